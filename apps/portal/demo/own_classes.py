"""What the demo's old comrade finds under 我的课: three classes for the very old, one he has, one he waits for (his
daughter asked), one in which a place was just offered to him."""

import datetime as dt
import uuid
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common.errors import BusinessError
from apps.people.choices import LifeStatus
from apps.people.models import Person, PersonAccount, ProxyGrant
from apps.signups.choices import SignUpSource
from apps.signups.models import SignUp
from apps.signups.services.seats import sign_up, withdraw
from apps.university.models import ClassGroup, Course, Room, School, Teacher, Term
from apps.university.rules.classes import HOUR, Slot, moment
from apps.university.services.classes import ClassFacts, create_class, publish_class

from .school_facts import CITY

DAY, WEEK, MINUTE = dt.timedelta(days=1), dt.timedelta(days=7), dt.timedelta(minutes=1)
CODE = "长者班"
SUNDAY = 7
# (course, places, begins at, fee): he has the first, waits for the second, is offered the third.
CLASSES = (("诗词赏析", 20, 9 * HOUR, 0), ("书法基础", 6, 14 * HOUR, 60), ("智能手机", 5, 16 * HOUR, 0))
LENGTH = 80


@transaction.atomic
def write_own_classes(staff: dict[str, User], *, on: dt.date) -> None:
    """After the schools and the family. Nothing where it was done, or where the person is missing."""
    own = PersonAccount.objects.filter(user__username="laotongzhi", is_proxy=False).select_related("person").first()
    school = School.objects.filter(name=CITY).first()
    term = Term.objects.filter(starts_on__gt=on).order_by("starts_on").first()
    if own is None or school is None or term is None or ClassGroup.objects.filter(code=CODE).exists():
        return
    clerk = staff["daxue"]
    made = [_make(school, term, row, clerk, on) for row in CLASSES]
    others = iter(_others(own.person))
    begin = timezone.make_aware(dt.datetime.combine(on - DAY, dt.time(9, 30)))
    _ask(made[0], own.person, begin, source=SignUpSource.WEB, actor=own.user)
    _fill(made[1], others, 8, begin, clerk)
    grant = ProxyGrant.objects.filter(person=own.person, user__username="jiashu").first()
    _ask(made[1], own.person, begin + 30 * MINUTE, source=SignUpSource.PROXY, actor=grant and grant.user, grant=grant)
    first = _fill(made[2], others, 5, begin, clerk)
    _ask(made[2], own.person, begin + 40 * MINUTE, source=SignUpSource.WEB, actor=own.user)
    if first:
        withdraw(first[0], reason="去省城带孙子", actor=clerk, now=begin + 5 * HOUR * MINUTE)


def _make(school: School, term: Term, row: tuple, clerk: User, on: dt.date) -> ClassGroup:
    name, places, starts, fee = row
    running = ClassGroup.objects.filter(school=school, course__name=name, teacher__isnull=False).first()
    facts = ClassFacts(
        term=term, school=school, course=Course.objects.get(school=school, name=name), code=CODE, capacity=places,
        slots=(Slot(SUNDAY, starts, starts + LENGTH),), first_on=term.starts_on, until=term.starts_on + 12 * WEEK,
        opens_at=moment(on - 3 * DAY, 9 * HOUR), closes_at=moment(on + 25 * DAY, 17 * HOUR), age_from=60,
        room=Room.objects.filter(campus__school=school, floor=1, seats__gte=places).order_by("pk").first(),
        teacher=running.teacher if running else Teacher.objects.filter(school=school).order_by("pk").first(),
        fee=Decimal(fee), min_open=4, note="课上多歇两回，家属可以陪着来。",
    )  # fmt: skip
    made = create_class(facts, actor=clerk)
    publish_class(made, actor=clerk)
    made.offering.refresh_from_db()
    return made


def _others(person: Person):
    rows = Person.objects.filter(
        life_status=LifeStatus.LIVING, birth_date__gte="1938", birth_date__lt="1955", cadre__isnull=False
    )
    return rows.exclude(pk=person.pk).order_by("-pk")


def _ask(group: ClassGroup, person: Person, now: dt.datetime, **over) -> SignUp | None:
    """Who may not have it (another class at the time, a third course) is passed over."""
    try:
        with transaction.atomic():
            return sign_up(group.offering, person, now=now, form_key=uuid.uuid4(), **over)
    except BusinessError:
        return None


def _fill(group: ClassGroup, people, count: int, begin: dt.datetime, clerk: User) -> list[SignUp]:
    done: list[SignUp] = []
    for number, person in enumerate(people):
        source = SignUpSource.PHONE if number % 3 else SignUpSource.DESK
        row = _ask(group, person, begin + number * MINUTE, source=source, actor=clerk)
        done += [row] if row else []
        if len(done) == count:
            break
    return done
