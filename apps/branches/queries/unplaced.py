"""Members whose papers do not fit together: none with a formal branch, or a formal branch without being a member."""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet

from apps.branches.choices import Link
from apps.branches.models import Membership
from apps.branches.rules.belonging import FULL, PROBATIONARY
from apps.people.choices import LifeStatus
from apps.registry.models import Cadre

MEMBERS = (FULL, PROBATIONARY)


def without_formal_branch(user, on: dt.date) -> QuerySet[Cadre]:
    """Living party members in the user's charge who have no formal relation anywhere on a day, by unit and name."""
    return _living(user).filter(~_formal(on), person__political_status__in=MEMBERS)


def no_longer_members(user, on: dt.date) -> QuerySet[Cadre]:
    """Those in the user's charge with a formal relation whose 政治面貌 does not say that they are members."""
    return _living(user).filter(_formal(on)).exclude(person__political_status__in=MEMBERS)


def _living(user) -> QuerySet[Cadre]:
    rows = Cadre.objects.visible_to(user).filter(voided_at__isnull=True, person__life_status=LifeStatus.LIVING)
    return rows.select_related("person", "managing_unit").order_by("managing_unit__path", "person__name_sort_key", "pk")


def _formal(on: dt.date) -> Exists:
    return Exists(Membership.objects.current(on).filter(person_id=OuterRef("pk"), link=Link.FORMAL))
