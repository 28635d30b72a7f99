"""Who must act on a duty: the carer, else the liaison of the unit, else the section (issue 2, C)."""

from collections.abc import Collection, Iterable

from django.utils import timezone

from apps.accounts.models import RoleGrant
from apps.ledgers.models import CareAssignment, Duty
from apps.organisation.models import Unit
from apps.people.choices import LifeStatus

LIAISON, SECTION_HEAD, LEADER = "liaison", "section_head", "leader"


def responsible_users(duty_ids: Collection[int], *, on=None) -> dict[int, int | None]:
    """duty id → the one user who must act on it; None where nobody is found, so that the row reaches a worklist.

    The same few queries for one duty and for ten thousand. `on`: the day whose grants count, today if left out.
    """
    rows = Duty.objects.filter(pk__in=duty_ids).values_list("pk", "cadre_id", "cadre__managing_unit_id")
    duties = list(rows)
    by_cadre = responsible_for_cadres({cadre: unit for _, cadre, unit in duties}, on=on)
    return {pk: by_cadre[cadre] for pk, cadre, _ in duties}


def responsible_for_cadres(unit_of_cadre: dict[int, int], *, on=None) -> dict[int, int | None]:
    """cadre id → user id, given each cadre's managing unit."""
    carers = dict(
        CareAssignment.objects.open()
        .primary()
        .filter(cadre_id__in=unit_of_cadre.keys(), carer__is_active=True)
        .values_list("cadre_id", "carer_id")
    )
    left = {unit for cadre, unit in unit_of_cadre.items() if cadre not in carers}
    fallback = _nearest_holders(left, (LIAISON, SECTION_HEAD), on=on) if left else {}
    return {
        cadre: carers.get(cadre) or next(iter(fallback.get(unit, ())), None) for cadre, unit in unit_of_cadre.items()
    }


def section_heads(unit_ids: Iterable[int], *, on=None) -> dict[int, list[int]]:
    """unit id → users who head the section that answers for it (the grant nearest above); empty list if none."""
    return _nearest_holders(set(unit_ids), (SECTION_HEAD,), on=on)


def bureau_leaders(unit_ids: Iterable[int], *, on=None) -> dict[int, list[int]]:
    """unit id → leaders of the bureau that answers for it (the grant nearest above); empty list if none."""
    return _nearest_holders(set(unit_ids), (LEADER,), on=on)


def open_duty_ids(duty_ids: Collection[int]) -> set[int]:
    """Those still open, of cadres still in the registry and living: asked again before a reminder is sent."""
    return set(
        Duty.objects.open()
        .filter(pk__in=duty_ids, cadre__voided_at__isnull=True, cadre__person__life_status=LifeStatus.LIVING)
        .values_list("pk", flat=True)
    )


def _nearest_holders(unit_ids: set[int], roles: tuple[str, ...], *, on=None) -> dict[int, list[int]]:
    """Holders of the first of `roles` that anyone holds on the unit or above it: nearest unit first within a role."""
    grants = (
        RoleGrant.objects.current(on or timezone.localdate())
        .on_units()
        .filter(role__in=roles, user__is_active=True)
        .order_by("pk")
        .values_list("role", "unit__path", "user_id")
    )
    holders: dict[tuple[str, str], list[int]] = {}
    for role, path, user_id in grants:
        holders.setdefault((role, path), []).append(user_id)
    found = {}
    for pk, path in Unit.objects.filter(pk__in=unit_ids).values_list("pk", "path"):
        above = [path[:end] for end in range(len(path), 0, -Unit.steplen)]
        found[pk] = next((holders[role, p] for role in roles for p in above if (role, p) in holders), [])
    return found
