"""Plain builders with a fixed cast: minimal valid rows, nothing random. Every argument can be overridden."""

import datetime

from apps.accounts.models import RoleGrant, User
from apps.branches.models import Membership, Organisation, Post
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.registry.models import Cadre

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
