"""Whose papers are wanting or run out soon: as conditions, so that lists of any length are one query."""

import datetime as dt
import functools
import operator

from django.db.models import Q, QuerySet

from apps.organisation.queries import rule_groups
from apps.volunteers.choices.volunteers import StatementKind
from apps.volunteers.models import Volunteer, VolunteerStatement
from apps.volunteers.rules.volunteers import VolunteerRules


def lacking(rows: QuerySet[Volunteer], on: dt.date) -> QuerySet[Volunteer]:
    """Volunteers who still have to sign something before anything may be given them on a day (rule book 10.2)."""
    return rows.filter(functools.reduce(operator.or_, (_lacking(*group, on) for group in _groups(on))))


def without(rows: QuerySet[Volunteer], kind: str, on: dt.date) -> QuerySet[Volunteer]:
    """Volunteers without a paper of one kind in force on a day."""
    return rows.exclude(pk__in=_in_force(kind, on))


def ending(rows: QuerySet[Volunteer], on: dt.date, days: int) -> QuerySet[Volunteer]:
    """Volunteers of whom a paper in force ends within `days`, with none of its kind after it."""
    soon = VolunteerStatement.objects.filter(
        voided_at__isnull=True, starts_on__lte=on, ends_on__gt=on, ends_on__lte=on + dt.timedelta(days=days)
    ).order_by()
    return rows.filter(pk__in=soon.values("volunteer_id"))


def warn_days(on: dt.date) -> int:
    """How many days ahead the list of papers that run out looks: the widest of the rules in force."""
    return max(rules.warn_days for rules, _ in _groups(on))


def _groups(on: dt.date):
    return rule_groups(VolunteerRules.rule_key, on=on)


def _lacking(rules: VolunteerRules, units: list[int] | None, on: dt.date) -> Q:
    found = ~Q(pk__in=_in_force(StatementKind.WILLING, on)) | ~Q(pk__in=_in_force(StatementKind.HEALTH, on))
    if rules.family_from is not None:
        old = Q(person__birth_date__lte=str(_years_before(on, rules.family_from))) | Q(person__birth_date__isnull=True)
        found |= old & ~Q(pk__in=_in_force(StatementKind.FAMILY, on))
    if rules.insurance_needed:
        found |= ~Q(pk__in=_in_force(StatementKind.INSURANCE, on))
    return found if units is None else Q(unit__in=units) & found


def _in_force(kind: str, on: dt.date):
    rows = VolunteerStatement.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on), kind=kind, starts_on__lte=on, voided_at__isnull=True
    )
    return rows.order_by().values("volunteer_id")


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
