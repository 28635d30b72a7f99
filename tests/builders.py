"""Plain builders with a fixed cast: minimal valid rows, nothing random. Every argument can be overridden."""

import datetime

from apps.accounts.models import RoleGrant, User
from apps.branches.models import Membership, Organisation, Post
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.registry.models import Cadre
from apps.signups.choices import Mode
from apps.signups.models import Offering
from apps.university.models import Campus, ClassGroup, Course, Room, School, Teacher, Term
from apps.university.rules.classes import ZONE, Slot
from apps.university.services.classes import ClassFacts, create_class

LONG_AGO = datetime.date(2020, 1, 1)


def make_unit(name: str = "云江市委老干部局", *, parent: Unit | None = None, **over) -> Unit:
    values = {"name": name, "code": over.pop("code", name), **over}
    if parent is None:
        return Unit.objects.add_root(values)
    return Unit.objects.add_child(Unit.objects.get(pk=parent.pk), values)


def make_user(username: str = "clerk", *, role: str | None = None, unit: Unit | None = None, **over) -> User:
    """An account; with `role` it is granted on `unit` and below since long ago."""
    user = User.objects.create_user(
        username, over.pop("password", "correct horse 马"), **{"display_name": username, "is_staff": True, **over}
    )
    if role:
        RoleGrant.objects.create(user=user, role=role, unit=unit, starts_on=LONG_AGO)
    return user


def make_person(name: str = "李德厚", **over) -> Person:
    return Person.objects.create(
        **{"name": name, "sex": "1", "birth_date": "1933-05-02", "political_status": "01", **over}
    )


def make_cadre(name: str = "李德厚", *, unit: Unit, person: Person | None = None, **over) -> Cadre:
    own = {field.name for field in Cadre._meta.get_fields()}
    person_values = {key: over.pop(key) for key in list(over) if key not in own}
    person = person or make_person(name, **person_values)
    return Cadre.objects.create(
        **{"person": person, "retire_type": "retired", "managing_unit": unit, "counting_unit": unit, **over}
    )


def make_organisation(
    name: str = "南河社区离退休干部党支部", *, above: Organisation | None = None, **over
) -> Organisation:
    if above is None:
        return Organisation.objects.add_root({"name": name, **over})
    return Organisation.objects.add_child(Organisation.objects.get(pk=above.pk), {"name": name, **over})


def make_member(person: Person, organisation: Organisation, **over) -> Membership:
    return Membership.objects.create(**{"person": person, "organisation": organisation, "starts_on": LONG_AGO, **over})


def make_post(person: Person, organisation: Organisation, *, user: User | None = None, **over) -> Post:
    values = {"person": person, "organisation": organisation, "user": user, "kind": "secretary"}
    return Post.objects.create(**{**values, "starts_on": LONG_AGO, **over})


def make_school(name: str = "云江老年大学", *, unit: Unit, **over) -> School:
    """A school with one campus and a room of 60 seats."""
    level = over.pop("level", "city")
    school = School.objects.create(
        **{"name": name, "level": level, "unit": unit, "address": "河滨路66号", "phone": "0700-8800600", **over}
    )
    campus = Campus.objects.create(school=school, name="河滨校区", address="河滨路66号")
    Room.objects.create(campus=campus, name="101教室", seats=60)
    return school


def make_teacher(name: str = "沈墨林", *, school: School, **over) -> Teacher:
    person = over.pop("person", None) or make_person(name, birth_date="1960-03-02")
    return Teacher.objects.create(**{"school": school, "person": person, "state": "hired", "subjects": "书法", **over})


def make_term(unit: Unit, *, on: datetime.date = datetime.date(2026, 9, 7), **over) -> Term:
    """The autumn term of 2026, sixteen weeks from Monday, 7 September."""
    season = "autumn" if on.month >= 7 else "spring"
    values = {"unit": unit, "year": on.year, "season": season, "starts_on": on}
    term, _ = Term.objects.get_or_create(
        **{key: over.get(key, value) for key, value in values.items()},
        defaults={"ends_on": over.get("ends_on", on + datetime.timedelta(112))},
    )
    return term


def make_class(
    school: School | None = None, *, capacity: int = 30, mode: str = "first", state: str = "public", **over
) -> ClassGroup:
    """A class of 书法 on Tuesdays 8:20–10:00, 8 September to 15 December 2026, open for asking since 1 August; `state`
    planned leaves it hidden. What is given goes to ClassFacts; `course_name` makes another course, `weekday` another
    day (each of the same course needs its own), `round` a lottery's."""
    school = school or make_school(unit=over.pop("unit", None) or make_unit())
    course, _ = Course.objects.get_or_create(school=school, name=over.pop("course_name", "书法"))
    term = over.pop("term", None) or make_term(school.unit)
    codes = ClassGroup.objects.filter(school=school, term=term).count()
    opens_at = None if mode == "lottery" else datetime.datetime(2026, 8, 1, 9, tzinfo=ZONE)
    closes_at = None if mode == "lottery" else datetime.datetime(2026, 12, 1, 17, tzinfo=ZONE)
    starts = over.pop("starts", 500)
    values = {
        "term": term, "school": school, "course": course, "code": f"{codes + 1}班", "capacity": capacity,
        "slots": (Slot(over.pop("weekday", 2), starts, starts + 100),), "first_on": term.starts_on,
        "until": term.ends_on, "mode": Mode(mode), "opens_at": opens_at, "closes_at": closes_at,
        "min_open": min(15, capacity), "room": None, "teacher": None,
    }  # fmt: skip
    made = create_class(ClassFacts(**{**values, **over}), actor=None)
    if state != "planned":
        Offering.objects.filter(pk=made.offering_id).update(state="open")
        ClassGroup.objects.filter(pk=made.pk).update(state=state)
        made.refresh_from_db()
    return made
