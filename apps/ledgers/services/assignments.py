"""Who cares for whom: pairing, hand-over, ending (domain 3.8)."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, QuerySet

from apps.accounts.models import User
from apps.common.errors import BusinessError
from apps.common.insert_select import copy_rows, execute
from apps.ledgers.choices import CareRole
from apps.ledgers.models import CareAssignment
from apps.ledgers.queries.pairing import open_items
from apps.organisation.queries import rule_values
from apps.registry.models import Cadre

STAGING = "staged_assignments"
RECORD = "ledgers.record_contact"

END_OTHERS = """
UPDATE ledgers_careassignment a
   SET ends_on = GREATEST(a.starts_on, %(on)s), handover_note = %(handover)s, handover_items = s.items
  FROM staged_assignments s
 WHERE a.cadre_id = s.cadre_id AND a.ends_on IS NULL AND a.voided_at IS NULL
   AND ((a.role = 'primary' AND a.carer_id <> s.carer_id) OR (a.role = 'secondary' AND a.carer_id = s.carer_id))
"""
START = """
INSERT INTO ledgers_careassignment (public_id, cadre_id, carer_id, starts_on, assigned_by_id, override_reason)
SELECT gen_random_uuid(), s.cadre_id, s.carer_id, %(on)s, %(actor)s, %(reason)s
  FROM staged_assignments s
"""


# What the one who hands over had promised to see to goes with the person.
HAND_ON_MEASURES = """
UPDATE ledgers_measure m SET owner_id = s.carer_id
  FROM staged_assignments s
  JOIN ledgers_need n ON n.cadre_id = s.cadre_id AND n.closed_on IS NULL AND n.voided_at IS NULL
  JOIN ledgers_careassignment a ON a.cadre_id = s.cadre_id AND a.ends_on IS NULL AND a.voided_at IS NULL
       AND a.role = 'primary' AND a.carer_id <> s.carer_id
 WHERE m.need_id = n.id AND m.owner_id = a.carer_id
   AND m.done_on IS NULL AND m.dropped_on IS NULL AND m.voided_at IS NULL
"""
# Beyond so many hand-overs at once nobody reads lists; the people's pages say what is open.
MOST_LISTED = 1000


@dataclass(frozen=True)
class AssignCounts:
    """`started` newly in somebody's care, `handed_over` of them taken over from another, `kept` as they were."""

    started: int
    handed_over: int
    kept: int


class OverCapacity(BusinessError):
    """More persons than the rule allows; a reason lets it pass."""

    def __init__(self, name: str, would_have: int, capacity: int) -> None:
        super().__init__(
            f"{name}将负责 {would_have} 位，超过规定的 {capacity} 位。请减少人数、另选责任人，或写明超出的理由。",
            code="over_capacity",
            field="override_reason",
        )


@transaction.atomic
def assign_carers(
    cadres: QuerySet[Cadre],
    *,
    carers: Sequence[User],
    actor: User | None,
    on: dt.date,
    override_reason: str = "",
    handover_note: str = "",
) -> AssignCounts:
    """Make `carers` the 责任人 of a group from the day `on`, sharing it evenly in the order of units and names.

    A previous 责任人 ends on that day with the hand-over note and the list of what is open; measures that he was to
    see to pass to the new one. Carers and cadres are locked, so that capacity holds
    against a second clerk at the same moment; beyond it OverCapacity, unless a reason is given. Someone who already
    has one of `carers` keeps him. Set-based; repeating it changes nothing. `actor` None is the portal itself.
    See rule book 4.8, 8.50.
    """
    carers = _lock_carers(carers)
    ids = list(cadres.order_by("managing_unit__path", "person__name_sort_key", "pk").values_list("pk", flat=True))
    execute(
        "SELECT person_id FROM registry_cadre WHERE person_id = ANY(%s) ORDER BY person_id FOR NO KEY UPDATE", [ids]
    )
    kept, given = _share_out(ids, carers)
    _check_capacity(ids, kept, given, carers, override_reason=override_reason, on=on)
    items = _items_at_handover(ids, on)
    rows = [(cadre, carer, "\n".join(items.get(cadre, ()))) for cadre, carer in given]
    copy_rows(STAGING, (("cadre_id", "bigint"), ("carer_id", "bigint"), ("items", "text")), rows)
    execute(HAND_ON_MEASURES)
    handed_over = execute(END_OTHERS, {"on": on, "handover": handover_note[:500]})
    started = execute(START, {"on": on, "actor": getattr(actor, "pk", None), "reason": override_reason[:200]})
    return AssignCounts(started, min(handed_over, started), len(ids) - started)


def assign_carer(cadre: Cadre, carer: User, *, actor: User, on: dt.date, **notes: str) -> CareAssignment:
    """`assign_carers` for one cadre; returns the open assignment."""
    assign_carers(Cadre.objects.filter(pk=cadre.pk), carers=[carer], actor=actor, on=on, **notes)
    return CareAssignment.objects.open().primary().get(cadre=cadre)


@transaction.atomic
def add_helper(cadre: Cadre, carer: User, *, actor: User, on: dt.date) -> CareAssignment:
    """Somebody who helps the 责任人; the 责任人 himself or a standing helper is returned as he is."""
    _lock_carers([carer])
    standing = CareAssignment.objects.open().filter(cadre=cadre, carer=carer).first()
    if standing:
        return standing
    return CareAssignment.objects.create(
        cadre=cadre, carer=carer, role=CareRole.SECONDARY, starts_on=on, assigned_by=actor
    )


@transaction.atomic
def end_assignment(assignment: CareAssignment, *, actor: User, on: dt.date, handover_note: str = "") -> None:
    """End it on the day `on` (exclusive); already ended ones stay as they are."""
    standing = CareAssignment.objects.select_for_update(of=("self",)).open().filter(pk=assignment.pk).first()
    if standing is None:
        return
    standing.ends_on = max(standing.starts_on, on)
    standing.handover_note = handover_note
    standing.handover_items = "\n".join(open_items([standing.cadre_id], on)[standing.cadre_id])
    standing.save(update_fields=["ends_on", "handover_note", "handover_items"])


def _items_at_handover(ids: list[int], on: dt.date) -> dict[int, list[str]]:
    """What is open for those who have a 责任人 already."""
    held = CareAssignment.objects.open().primary().filter(cadre__in=ids).values_list("cadre_id", flat=True)
    handed = list(held[: MOST_LISTED + 1])
    return open_items(handed, on) if 0 < len(handed) <= MOST_LISTED else {}


def _lock_carers(carers: Sequence[User]) -> list[User]:
    wanted = {carer.pk for carer in carers}
    locked = list(User.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
    for carer in locked:
        if not carer.is_active or not carer.has_perm(RECORD):
            raise BusinessError(
                f"{carer}不能做责任人：账号已停用，或没有记走访的权限。", code="not_a_carer", field="carers"
            )
    if not locked:
        raise BusinessError("请选一位责任人。", code="no_carer", field="carers")
    return locked


Pairs = list[tuple[int, int]]


def _share_out(ids: list[int], carers: list[User]) -> tuple[Pairs, Pairs]:
    """(kept, given) pairs of cadre and carer: whoever already has one of the carers stays with him, neighbours in
    the list go to the same carer."""
    names = [carer.pk for carer in carers]
    rows = CareAssignment.objects.open().primary().filter(cadre_id__in=ids, carer_id__in=names)
    standing = dict(rows.values_list("cadre_id", "carer_id"))
    left = [pk for pk in ids if pk not in standing]
    share = -(-len(left) // len(names)) or 1
    return list(standing.items()), [(pk, names[place // share]) for place, pk in enumerate(left)]


def _check_capacity(
    ids: list[int], kept: Pairs, given: Pairs, carers: list[User], *, override_reason: str, on: dt.date
) -> None:
    if override_reason.strip():
        return
    rows = CareAssignment.objects.open().primary().filter(carer__in=carers).exclude(cadre_id__in=ids)
    elsewhere = dict(rows.values_list("carer_id").annotate(count=Count("pk")))
    staying, coming = Counter(carer for _, carer in kept), Counter(carer for _, carer in given)
    for carer in carers:
        would_have = elsewhere.get(carer.pk, 0) + staying[carer.pk] + coming[carer.pk]
        capacity = rule_values("care", on=on, unit=carer.unit).capacity
        if coming[carer.pk] and would_have > capacity:
            raise OverCapacity(str(carer), would_have, capacity)
