"""Who must act on a duty: one person, whoever is away being stood in for (issue: one 责任人 a duty).

The carer; else the secretary of the branch that holds his formal membership; else the liaison of his unit; else the
head of the section. Nobody found is None, so that the row reaches a worklist.
"""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from apps.accounts.access import (
    acting_holders,
    holder_parts,
    nearest_of,
    substitutions,
    those_standing_in,
    those_there,
)
from apps.branches.choices import Link, PostKind
from apps.branches.models import Membership, Post
from apps.common.together import read_together
from apps.ledgers.models import CareAssignment, Duty
from apps.people.choices import LifeStatus

LIAISON, SECTION_HEAD, LEADER = "liaison", "section_head", "leader"


def responsible_users(duty_ids: Collection[int], *, on=None) -> dict[int, int | None]:
    """duty id → the one user who must act on it; None where nobody is found, so that the row reaches a worklist.

    The same few queries for one duty and for ten thousand. `on`: the day whose grants count, today if left out.

    See rule book 4.14.
    """
    rows = Duty.objects.filter(pk__in=duty_ids).values_list("pk", "cadre_id", "cadre__managing_unit_id")
    duties = list(rows)
    by_cadre = responsible_for_cadres({cadre: unit for _, cadre, unit in duties}, on=on)
    return {pk: by_cadre[cadre] for pk, cadre, _ in duties}


def responsible_for_cadres(
    unit_of_cadre: dict[int, int], *, on=None, carers: dict[int, int] | None = None
) -> dict[int, int | None]:
    """cadre id → user id, given each cadre's managing unit. `carers`: cadre id → carer, where the caller has read them
    already. At most two statements."""
    day = on or timezone.localdate()
    found = _carers(unit_of_cadre) if carers is None else dict(carers)
    left = unit_of_cadre.keys() - found.keys()
    parts = {"away": substitutions(day)}
    if left:
        parts |= holder_parts({unit_of_cadre[cadre] for cadre in left}, LIAISON, SECTION_HEAD, on=day)
        parts["secretaries"] = _branch_secretaries(left, day)
    line = read_together(parts)
    found |= {cadre: user for cadre, user in line.pop("secretaries", ()) if user}
    away = line.pop("away")
    holders = nearest_of((LIAISON, SECTION_HEAD), **line) if left else {}
    left -= found.keys()
    acting = those_standing_in({*found.values(), *(user for users in holders.values() for user in users)}, away)
    whole: dict[int, int | None] = {cadre: acting.get(user, user) for cadre, user in found.items()}
    for cadre in left:
        whole[cadre] = next(iter(those_there(holders[unit_of_cadre[cadre]], acting)), None)
    return whole


def _carers(cadre_ids: Collection[int]) -> dict[int, int]:
    rows = CareAssignment.objects.open().primary().filter(cadre_id__in=cadre_ids, carer__is_active=True)
    return dict(rows.values_list("cadre_id", "carer_id"))


def _branch_secretaries(cadre_ids: Collection[int], on: dt.date) -> QuerySet:
    """(cadre id, account of the secretary in office of the branch that he formally belongs to, or None)."""
    in_office = Post.objects.current(on).filter(
        organisation=OuterRef("organisation"), kind=PostKind.SECRETARY, user__is_active=True
    )
    latest = in_office.order_by("-starts_on", "-pk").values("user_id")[:1]
    held = Membership.objects.current(on).filter(person_id__in=cadre_ids, link=Link.FORMAL)
    return held.order_by("pk").annotate(secretary=Subquery(latest)).values_list("person_id", "secretary")


def section_heads(unit_ids: Iterable[int], *, on=None) -> dict[int, list[int]]:
    """unit id → users who head the section that answers for it (the grant nearest above); empty list if none."""
    return acting_holders(set(unit_ids), SECTION_HEAD, on=on or timezone.localdate())


def bureau_leaders(unit_ids: Iterable[int], *, on=None) -> dict[int, list[int]]:
    """unit id → leaders of the bureau that answers for it (the grant nearest above); empty list if none."""
    return acting_holders(set(unit_ids), LEADER, on=on or timezone.localdate())


def open_duty_ids(duty_ids: Collection[int]) -> set[int]:
    """Those still open, of cadres still in the registry and living: asked again before a reminder is sent."""
    return set(
        Duty.objects.open()
        .filter(pk__in=duty_ids, cadre__voided_at__isnull=True, cadre__person__life_status=LifeStatus.LIVING)
        .values_list("pk", flat=True)
    )
