"""A branch with members whose dues are fixed, for the tests of dues."""

import datetime as dt
from decimal import Decimal

from apps.branches.access import Desk
from apps.branches.models import Organisation
from apps.branches.services.dues_bases import BaseLine, fix_bases
from tests.builders import make_member, make_organisation, make_person, make_post, make_user

TODAY = dt.date(2026, 7, 20)


def make_desk(
    organisation: Organisation | None = None, *, today: dt.date = TODAY, kind: str = "secretary",
    at: Organisation | None = None,
) -> Desk:  # fmt: skip
    """The desk of the secretary of a branch; with `at` he sits at the desk of one below."""
    organisation = organisation or make_organisation()
    user = make_user(f"desk{organisation.pk}", is_staff=False)
    post = make_post(make_person("书记甲"), organisation, user=user, kind=kind)
    return Desk(at or organisation, user, today, post)


def add_member(desk: Desk, name: str = "李德厚", *, base: str | None = "4900", year: int = 2026, **over):
    """A formal member, with his base fixed unless it is None."""
    person = make_person(name)
    make_member(person, desk.organisation, **over)
    if base is not None:
        fix_bases(desk, [BaseLine(person.pk, Decimal(base), "pay_slip")], year=year)
    return person


def month(number: int, year: int = 2026) -> dt.date:
    return dt.date(year, number, 1)
