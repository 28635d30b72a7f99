"""Who must act on a duty: one person, whoever is away being stood in for (issue: one 责任人 a duty).

The carer; else the secretary of the branch that holds his formal membership; else the liaison of his unit; else the
head of the section. Nobody found is None, so that the row reaches a worklist.
"""

import datetime as dt
from collections.abc import Collection, Iterable

from django.utils import timezone

from apps.accounts.access import acting_holders, nearest_holders, stand_ins, those_there
from apps.branches.choices import Link, PostKind
from apps.branches.models import Membership, Post
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
    already. At most six statements."""
    day = on or timezone.localdate()
    found = _carers(unit_of_cadre) if carers is None else dict(carers)
    left = unit_of_cadre.keys() - found.keys()
    if left:
        found |= _branch_secretaries(left, day)
        left -= found.keys()
    units = {unit_of_cadre[cadre] for cadre in left}
    holders = nearest_holders(units, LIAISON, SECTION_HEAD, on=day) if units else {}
    acting = stand_ins({*found.values(), *(user for users in holders.values() for user in users)}, on=day)
    whole: dict[int, int | None] = {cadre: acting.get(user, user) for cadre, user in found.items()}
    for cadre in left:
        whole[cadre] = next(iter(those_there(holders[unit_of_cadre[cadre]], acting)), None)
    return whole


def _carers(cadre_ids: Collection[int]) -> dict[int, int]:
    rows = CareAssignment.objects.open().primary().filter(cadre_id__in=cadre_ids, carer__is_active=True)
    return dict(rows.values_list("cadre_id", "carer_id"))


def _branch_secretaries(cadre_ids: Collection[int], on: dt.date) -> dict[int, int]:
    """cadre id → account of the secretary in office of the branch that he formally belongs to."""
    branch_of = dict(
        Membership.objects.current(on)
        .filter(person_id__in=cadre_ids, link=Link.FORMAL)
        .values_list("person_id", "organisation_id")
    )
    if not branch_of:
        return {}
    posts = Post.objects.current(on).filter(
        organisation_id__in=set(branch_of.values()), kind=PostKind.SECRETARY, user__is_active=True
    )
    secretary_of = dict(posts.order_by("starts_on", "pk").values_list("organisation_id", "user_id"))
    return {cadre: secretary_of[branch] for cadre, branch in branch_of.items() if branch in secretary_of}


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
