"""Repairs of rooms: reported, ordered, done or given up. One step at a time, each decided under the row's lock."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.university.choices.rooms import Condition, RepairState
from apps.university.models import Equipment, RoomRepair

OPEN = (RepairState.REPORTED, RepairState.ORDERED)


@transaction.atomic
def report(repair: RoomRepair, *, actor) -> RoomRepair:
    """A new report; a thing named in it counts as out of order until it is mended."""
    if repair.thing is not None and repair.thing.room_id != repair.room_id:
        raise BusinessError("这件设备不在这间教室。", field="thing")
    repair.save()
    if repair.thing is not None and repair.thing.condition == Condition.GOOD:
        Equipment.objects.filter(pk=repair.thing.pk).update(condition=Condition.WORN)
    audit.record("room.report", actor=actor, target=_target(repair))
    return repair


@transaction.atomic
def order(repair: RoomRepair, *, repairer: str, on: dt.date, actor) -> None:
    """Somebody is sent to mend it; again when somebody else is."""
    row = _locked(repair, OPEN)
    _not_before(on, row.reported_on, "派修日期不能早于报修日期。", "on")
    _set(row, state=RepairState.ORDERED, ordered_on=on, repairer=repairer)
    audit.record("room.order", actor=actor, target=_target(row))


@transaction.atomic
def finish(repair: RoomRepair, *, on: dt.date, cost: Decimal | None, result: str, actor) -> None:
    """Mended, with what it cost in yuan; the thing is in order again."""
    row = _locked(repair, OPEN)
    _not_before(on, row.ordered_on or row.reported_on, "修好日期不能早于派修、报修日期。", "on")
    _set(row, state=RepairState.DONE, done_on=on, cost=cost, result=result)
    others = RoomRepair.objects.current().filter(thing=row.thing_id, state__in=OPEN).exclude(pk=row.pk)
    if row.thing_id and not others.exists():
        Equipment.objects.filter(pk=row.thing_id).update(condition=Condition.GOOD, checked_on=on)
    audit.record("room.finish", actor=actor, target=_target(row))


@transaction.atomic
def drop(repair: RoomRepair, *, reason: str, actor) -> None:
    """Not mended, and why."""
    row = _locked(repair, OPEN)
    _set(row, state=RepairState.DROPPED, result=reason)
    audit.record("room.drop", actor=actor, target=_target(row))


@transaction.atomic
def take_back(repair: RoomRepair, *, actor) -> None:
    """The last step taken back: mended or given up becomes what it was before."""
    row = _locked(repair, (RepairState.DONE, RepairState.DROPPED, RepairState.ORDERED))
    if row.state == RepairState.ORDERED:
        _set(row, state=RepairState.REPORTED, ordered_on=None, repairer="")
    else:
        before = RepairState.ORDERED if row.ordered_on else RepairState.REPORTED
        _set(row, state=before, done_on=None, cost=None, result="")
    audit.record("room.take_back", actor=actor, target=_target(row))


def _locked(repair: RoomRepair, states) -> RoomRepair:
    row = RoomRepair.objects.select_for_update(of=("self",)).get(pk=repair.pk)
    if row.state not in states or row.voided_at:
        raise BusinessError(f"这件报修{row.get_state_display()}，不能再办这一步。", code="state")
    return row


def _not_before(on: dt.date, first: dt.date, sentence: str, field: str) -> None:
    if on < first:
        raise BusinessError(sentence, field=field)


def _set(row: RoomRepair, **values) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def _target(row: RoomRepair) -> str:
    return f"university.roomrepair:{row.pk}"
