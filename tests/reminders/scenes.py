"""A bureau in miniature for the tests of reminders: one unit, its clerk, carer, section head and leader."""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from apps.accounts.models import User
from apps.ledgers.models import CareAssignment, Duty
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.registry.models import Cadre
from tests.builders import LONG_AGO, make_cadre, make_unit, make_user

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class Bureau:
    unit: Unit
    carer: User
    section_head: User
    leader: User


def make_bureau() -> Bureau:
    unit = make_unit()
    return Bureau(
        unit=unit,
        carer=make_user("carer", role="liaison", unit=unit, phone="13900000001", email="carer@example.test"),
        section_head=make_user("head", role="section_head", unit=unit, phone="13900000002"),
        leader=make_user("leader", role="leader", unit=unit, phone="13900000003"),
    )


def long_known(person: Person) -> None:
    """As if registered years ago: what was missed then counts as missed."""
    Person.objects.filter(pk=person.pk).update(created_at=datetime.datetime(2020, 1, 1, tzinfo=ZONE))


def make_celebrant(
    bureau: Bureau, name: str, calendar: str, month: int, day: int, *, birth: str, focus: bool = True, **over
) -> Cadre:
    """A cadre with a birthday; `focus` lets him live alone."""
    cadre = make_cadre(
        name,
        unit=bureau.unit,
        birth_date=birth,
        birthday_calendar=calendar,
        birthday_month=month,
        birthday_day=day,
        living="alone" if focus else "children",
        **over,
    )
    long_known(cadre.person)
    return cadre


def make_duty(cadre: Cadre, due_on: datetime.date, *, kind: str = "veteran_visit", **over) -> Duty:
    start = over.pop("period_start", due_on - datetime.timedelta(days=89))
    duty = Duty.objects.create(
        cadre=cadre,
        kind=kind,
        period_start=start,
        period_end=due_on + datetime.timedelta(days=1),
        due_on=due_on,
        **over,
    )
    Duty.objects.filter(pk=duty.pk).update(created_at=datetime.datetime(2020, 1, 1, tzinfo=ZONE))
    return duty


def assign(cadre: Cadre, carer: User) -> CareAssignment:
    return CareAssignment.objects.create(cadre=cadre, carer=carer, starts_on=LONG_AGO)


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)
