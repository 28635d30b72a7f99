"""A shift is closed: the leader says who came and how long, in one grid; records are drafted and confirmed."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.signups.choices import OfferingState, SignUpState
from apps.signups.models import Offering, SignUp
from apps.signups.services.giving import end
from apps.signups.services.locking import lock_persons, lock_places
from apps.volunteers.choices.shifts import RecordSource, RecordState, SignWay, TurnState
from apps.volunteers.models import ServiceRecord, Shift, Turn
from apps.volunteers.rules.shifts import served
from apps.volunteers.rules.times import length_words

from .line_refusals import LineRefusals
from .records import RecordFacts, confirm, correct, record
from .shifts import begins_at

ONLY_OWN = "own"


@dataclass(frozen=True)
class Line:
    """What the leader says of one turn. `starts`, `ends`: minutes since midnight; `minutes` when he really served less
    than that, with the `reason`."""

    state: str
    starts: int | None = None
    ends: int | None = None
    minutes: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Closed:
    """How many served, and how many records wait for somebody else to confirm them."""

    served: int
    waiting: int


@transaction.atomic
def close_shift(
    shift: Shift, lines: Mapping[int, Line], *, actor: User, now: dt.datetime, confirming: bool = True
) -> Closed:
    """`lines`: turn id → what is said; every turn needs one. All or nothing: LineRefusals names the lines. Nobody signs
    up any more, who still waited is let go. Closed already, it does nothing and says what there is. `confirming`: the
    hours are confirmed at once, all but the actor's own. See rule book 10.14."""
    people = list(SignUp.objects.filter(offering=shift.offering_id).values_list("person_id", flat=True))
    lock_persons(people)
    places = lock_places([shift.offering_id])[shift.offering_id]
    if places.offering.state == OfferingState.CANCELLED or shift.voided_at is not None:
        raise BusinessError("这个班次已经取消，不用登记。", code="cancelled")
    if places.offering.state == OfferingState.ENDED:
        return _closed(shift)
    if now < begins_at(shift.on, shift.starts):
        raise BusinessError("这一班还没有开始，服务以后再登记。", code="early")
    turns = list(
        Turn.objects.select_for_update(of=("self",)).current()
        .filter(shift=shift).exclude(state=TurnState.CANCELLED).select_related("volunteer").order_by("pk")
    )  # fmt: skip
    if wrong := _wrong_lines(shift, turns, lines):
        raise LineRefusals(wrong)
    for turn in turns:
        turn.shift = shift
    made = _write(turns, lines, actor=actor, now=now)
    waiting = list(SignUp.objects.active().filter(offering=shift.offering_id).exclude(state=SignUpState.SEATED))
    end(places, waiting, SignUpState.CANCELLED, now=now, reason="班次已经结束")
    Offering.objects.filter(pk=places.pk).update(state=OfferingState.ENDED)
    if confirming:
        _confirm_others(made, actor=actor, now=now)
    audit.record("shift.close", actor=actor, target=f"volunteers.shift:{shift.pk}")
    return _closed(shift)


def _closed(shift: Shift) -> Closed:
    rows = ServiceRecord.objects.current().filter(turn__shift=shift)
    return Closed(rows.count(), rows.filter(state=RecordState.WAITING).count())


def _wrong_lines(shift: Shift, turns: Iterable[Turn], lines: Mapping[int, Line]) -> dict[int, str]:
    found = {}
    for turn in turns:
        line = lines.get(turn.pk)
        if line is None:
            found[turn.pk] = "名单刚变了，请刷新后再登记。"
        elif line.state == TurnState.EXPECTED:
            found[turn.pk] = "请选他来了没有。"
        elif line.state == TurnState.CAME and (sentence := _wrong_times(shift, line)):
            found[turn.pk] = sentence
    return found


def _wrong_times(shift: Shift, line: Line) -> str:
    if line.starts is None or line.ends is None:
        return "请填他几点来、几点走。没有签退的，问一问他几点走的。"
    counted = served(line.starts, line.ends, shift.starts, shift.ends)
    if counted is None:
        return "时间不在这一班里，请核对。"
    if line.minutes is None or line.minutes == counted.minutes:
        return ""
    if not 1 <= line.minutes <= counted.minutes:
        return f"时长在 1 分钟到{length_words(counted.minutes)}之间。"
    return "" if line.reason.strip() else "时长改少了，请写明原因。"


def _write(turns: Iterable[Turn], lines: Mapping[int, Line], *, actor: User, now: dt.datetime) -> list[ServiceRecord]:
    made: list[ServiceRecord] = []
    refused: dict[int, str] = {}
    for turn in turns:
        line = lines[turn.pk]
        try:
            with transaction.atomic():
                if row := _write_one(turn, line, actor=actor, now=now):
                    made.append(row)
        except BusinessError as refusal:
            refused[turn.pk] = refusal.sentence
    if refused:
        raise LineRefusals(refused)
    return made


def _write_one(turn: Turn, line: Line, *, actor: User, now: dt.datetime) -> ServiceRecord | None:
    shift = turn.shift
    if line.state != TurnState.CAME or line.starts is None or line.ends is None:
        turn.state, turn.came_at, turn.left_at, turn.came_way, turn.left_way = line.state, None, None, "", ""
        turn.save()
        return None
    counted = served(line.starts, line.ends, shift.starts, shift.ends)
    if counted is None:
        raise BusinessError("时间不在这一班里，请核对。", code="times")
    if turn.came_at is None:
        turn.came_at, turn.came_way, turn.entered_by = begins_at(shift.on, counted.starts), SignWay.LEADER, actor
    if turn.left_at is None:
        last = timezone.localtime(begins_at(shift.on, counted.ends))
        turn.left_at, turn.left_way = max(last, turn.came_at + dt.timedelta(minutes=1)), SignWay.LEADER
    turn.state = TurnState.CAME
    turn.save()
    request = shift.request
    source = shift.project or request
    assert source is not None  # shift_of_one
    facts = RecordFacts(
        volunteer=turn.volunteer, team=shift.team, on=shift.on, starts=counted.starts, ends=counted.ends, turn=turn,
        project=shift.project, request=request, receiver=request.receiver if request else None,
        service=source.service, place=shift.place, community=source.community, source=RecordSource.SHIFT,
        form_key=uuid.uuid5(turn.public_id, "record"),
    )  # fmt: skip
    row = record(facts, actor=actor, now=now)
    if line.minutes is not None and line.minutes != row.minutes:
        row = correct(
            row, starts=row.starts, ends=row.ends, minutes=line.minutes, reason=line.reason, actor=actor, now=now
        )  # fmt: skip
    return row


def _confirm_others(rows: list[ServiceRecord], *, actor: User, now: dt.datetime) -> None:
    """All but his own: those wait for the deputy or for staff."""
    try:
        confirm(rows, actor=actor, now=now)
    except BusinessError as refusal:
        if refusal.code != ONLY_OWN:
            raise
