"""Who came to a shift and when. The only writer of a turn's state and times, beside `places`."""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values
from apps.signups.choices import OfferingState, OfferState, SignUpSource, SignUpState
from apps.signups.models import Offer, Places, SignUp
from apps.signups.services.giving import seat
from apps.signups.services.locking import lock_persons, lock_places
from apps.volunteers.choices.shifts import SignWay, TurnState
from apps.volunteers.models import Shift, Turn, Volunteer
from apps.volunteers.queries.fitting import refusals
from apps.volunteers.rules.shifts import ShiftRules
from apps.volunteers.rules.times import clock, day_words, minute_of

MINUTE = dt.timedelta(minutes=1)
# Who typed it by hand may put down any time of that day; a scan is now.
BY_HAND = {SignWay.PAPER, SignWay.LEADER, SignWay.PHONE}


@transaction.atomic
def sign_in(turn: Turn, at: dt.datetime, way: str, actor: User | None) -> Turn:
    """He came, at that moment. Signed in already, the first time stands. Raises BusinessError too early, too late by
    scan, on another day, cancelled or closed. See rule book 10.13."""
    row = _locked(turn)
    _check_moment(row, at, way)
    if row.state == TurnState.CAME and row.came_at is not None:
        return row
    row.state, row.came_at, row.came_way, row.entered_by = TurnState.CAME, at, way, actor
    row.save(update_fields=["state", "came_at", "came_way", "entered_by"])
    _note("turn.in", row, actor)
    return row


@transaction.atomic
def sign_out(turn: Turn, at: dt.datetime, way: str, actor: User | None) -> Turn:
    """He left, at that moment; said again, the later time holds until the shift is closed. Raises BusinessError where
    he has not signed in, or not later than that. See rule book 10.13."""
    row = _locked(turn)
    _check_moment(row, at, way)
    if row.state != TurnState.CAME or row.came_at is None:
        raise BusinessError("还没有签到，不能签退。请先签到。", code="not_in")
    if at < row.came_at + MINUTE:
        came = timezone.localtime(row.came_at)
        raise BusinessError(f"{clock(minute_of(came))}才签到，签退要在这以后。", code="order", field="left")
    row.left_at, row.left_way, row.entered_by = at, way, actor
    row.save(update_fields=["left_at", "left_way", "entered_by"])
    _note("turn.out", row, actor)
    return row


@transaction.atomic
def mark(turn: Turn, state: str, *, actor: User | None) -> Turn:
    """The leader says that he did not come, was excused, or is still expected: times noted before are gone."""
    if state == TurnState.CAME:
        raise ValueError("who came is signed in")
    row = _locked(turn)
    check_open(row.shift)
    if row.state == state and row.came_at is None:
        return row
    row.state, row.came_at, row.left_at, row.came_way, row.left_way = TurnState(state), None, None, "", ""
    row.entered_by = actor
    row.save(update_fields=["state", "came_at", "left_at", "came_way", "left_way", "entered_by"])
    _note("turn.mark", row, actor)
    return row


@transaction.atomic
def bring(shift: Shift, volunteer: Volunteer, *, actor: User | None, now: dt.datetime, form_key: uuid.UUID) -> Turn:
    """Somebody who stands there and is not on the list: he has a place, one more where all are taken, so that nobody
    who waits loses his rank. On it already: his turn. Raises BusinessError with the sentence of whoever may not be
    given anything. See rule book 10.13."""
    lock_persons([volunteer.pk])
    places = lock_places([shift.offering_id])[shift.offering_id]
    check_open(shift)
    active = SignUp.objects.active().filter(offering=shift.offering_id, person=volunteer.pk).first()
    if active is not None and active.state == SignUpState.SEATED:
        return Turn.objects.get(sign_up=active)
    if sentence := refusals(places.offering, [volunteer.pk], timezone.localdate(now)).get(volunteer.pk):
        raise BusinessError(sentence, code="refused")
    row = active or SignUp(
        public_id=form_key, offering=places.offering, person_id=volunteer.pk, state=SignUpState.WAITING,
        queued_at=now, source=SignUpSource.STAFF, entered_by=actor,
    )  # fmt: skip
    row.save()
    if row.state != SignUpState.OFFERED and places.taken >= places.capacity:
        Places.objects.filter(pk=places.pk).update(capacity=F("capacity") + 1)
    Offer.objects.filter(sign_up=row, state=OfferState.OPEN).update(
        state=OfferState.ACCEPTED, answered_at=now, answered_by=actor
    )
    seat(places.offering, [row], now=now)
    turn = Turn.objects.get(sign_up=row)
    _note("turn.bring", turn, actor)
    return turn


def check_open(shift: Shift) -> None:
    """Raises BusinessError where nobody signs in or out any more."""
    if shift.voided_at is not None or shift.offering.state == OfferingState.CANCELLED:
        raise BusinessError("这个班次已经取消，不用签到。", code="cancelled")
    if shift.offering.state == OfferingState.ENDED:
        raise BusinessError("这个班次已经结束并登记了时长。要更正，请在服务记录里改。", code="ended")


def _check_moment(turn: Turn, at: dt.datetime, way: str) -> None:
    """A scan counts only around the shift; what is typed only on its day."""
    shift, local = turn.shift, timezone.localtime(at)
    check_open(shift)
    if turn.state == TurnState.CANCELLED or turn.voided_at is not None:
        raise BusinessError("这个名额已经退了，不能签到。人来了的，请用“加一位”。", code="off")
    if local.date() != shift.on:
        raise BusinessError(f"这一班在{day_words(shift.on)}，不是今天。", code="day")
    rules = rule_values(ShiftRules.rule_key, on=shift.on, unit=shift.team.unit)
    minutes = minute_of(local)
    if minutes < shift.starts - rules.early_minutes:
        first = clock(max(0, shift.starts - rules.early_minutes))
        raise BusinessError(f"还没有到签到时间，{first}开始可以签到。", code="early")
    if way not in BY_HAND and minutes > shift.ends + rules.late_minutes:
        raise BusinessError("这一班已经结束，不能再扫码了。请告诉队长，由队长登记。", code="late")


def _locked(turn: Turn) -> Turn:
    """The turn as it is now, its person locked, with its shift."""
    lock_persons([turn.volunteer_id])
    rows = Turn.objects.select_for_update(of=("self",)).select_related("shift__team__unit", "shift__offering")
    return rows.get(pk=turn.pk)


def _note(action: str, turn: Turn, actor: User | None) -> None:
    audit.record(action, actor=actor, people=[turn.volunteer_id], target=f"volunteers.turn:{turn.pk}")
