"""Stays, check-ups and medicines as pages ask for them."""

import datetime as dt

from django.db.models import Q, QuerySet

from apps.ledgers.models import CheckUp
from apps.ledgers.rules.assessment import months_after
from apps.organisation.queries import rule_values
from apps.registry.choices import VETERAN_TYPES
from apps.registry.models import Cadre

VIEW_HEALTH = "registry.view_health"
MOST_SHOWN = 20
MONTHS = 12


def long_stay_since(on: dt.date) -> dt.date:
    """Whoever was admitted on this day or before and is still there stays long. See rule book 8.14."""
    return on - dt.timedelta(days=rule_values("stays", on=on).long_days - 1)


def without_check_up(user, *, year: int, on: dt.date) -> QuerySet[Cadre]:
    """Living cadres, among those whose health the user may see, who are owed a check-up in `year` and of whom nothing
    is written down. See rule book 8.15."""
    rules = rule_values("checkups", on=min(on, dt.date(year, 12, 31)))
    rows = Cadre.objects.living().visible_to(user, VIEW_HEALTH)
    if rules.aged_from:
        born_until = months_after(dt.date(year, 12, 31), -MONTHS * rules.aged_from)
        old = Q(person__birth_date__isnull=True) | Q(person__birth_date__lte=born_until.isoformat())
        rows = rows.filter(old | Q(retire_type__in=VETERAN_TYPES) if rules.with_veterans else old)
    done = CheckUp.objects.filter(year=year, voided_at__isnull=True).values("cadre")
    return rows.exclude(pk__in=done)
