"""Shifts: made, moved, cancelled. The only writer of Shift and of its Offering, Places and OfferingTime."""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.signups.choices import Mode, OfferingState
from apps.signups.models import Occupied, Offering, OfferingTime, Places, SignUp
from apps.signups.services.locking import hold, lock_places
from apps.signups.services.offers import retime
from apps.signups.services.seats import cancel_offering, set_capacity
from apps.volunteers.choices.shifts import ProjectState, TurnState
from apps.volunteers.models import Project, ServiceRequest, Shift, ShiftSeries, Team, Volunteer
from apps.volunteers.rules.times import DAY_ENDS, clock

from .places import SHIFT
from .shift_telling import moved

DAY = dt.timedelta(days=1)
MOST_PLACES = 500


@dataclass(frozen=True)
class ShiftFacts:
    """What a shift is: of a project or of one request for help, never both. `starts`, `ends`: minutes since midnight of
    `on`, half-open. Places are asked for from `opens_at` (at once without it) until it begins."""

    team: Team
    on: dt.date
    starts: int
    ends: int
    capacity: int
    place: str = ""
    project: Project | None = None
    request: ServiceRequest | None = None
    series: ShiftSeries | None = None
    leader: Volunteer | None = None
    opens_at: dt.datetime | None = None


@transaction.atomic
def create_shift(facts: ShiftFacts, *, actor: User | None, now: dt.datetime) -> Shift:
    """A shift with its places and its time. Of a project that is not public yet nobody sees it until it is. Raises
    BusinessError with the field it is about. See rule book 10.11."""
    _check(facts, timezone.localdate(now))
    public = facts.project is None or facts.project.state == ProjectState.OPEN
    state = OfferingState.OPEN if public else OfferingState.DRAFT
    offering = Offering(kind=SHIFT, unit_id=facts.team.unit_id, mode=Mode.FIRST_COME, state=state)
    _write_offering(offering, facts)
    Places.objects.create(offering=offering, capacity=facts.capacity)
    _write_time(offering, facts)
    shift = Shift.objects.create(
        team=facts.team, project=facts.project, request=facts.request, series=facts.series, offering=offering,
        on=facts.on, starts=facts.starts, ends=facts.ends, leader=facts.leader, place=_place(facts),
    )  # fmt: skip
    audit.record("shift.create", actor=actor, target=_target(shift))
    return shift


@transaction.atomic
def change_shift(shift: Shift, facts: ShiftFacts, *, actor: User | None, now: dt.datetime) -> Shift:
    """Day, time, place, leader or number of places of a shift that has not begun. Everybody who has a place or waits is
    told when day, time or place changed; who has something else at the new time makes the move impossible, by name of
    nobody. Unchanged does nothing. See rule book 10.12."""
    people = list(SignUp.objects.active().filter(offering=shift.offering_id).values_list("person_id", flat=True))
    hold(people, [shift.offering_id])
    row = Shift.objects.select_for_update(of=("self",)).select_related("offering__places").get(pk=shift.pk)
    check_ahead(row)
    _check(facts, timezone.localdate(now))
    if facts.capacity != row.offering.places.capacity:
        set_capacity(row.offering, facts.capacity, 0, actor=actor, now=now)
    changed = [name for name in ("on", "starts", "ends", "leader") if getattr(row, name) != getattr(facts, name)]
    changed += ["place"] if row.place != _place(facts) else []
    if not changed:
        return row
    for name in ("on", "starts", "ends", "leader"):
        setattr(row, name, getattr(facts, name))
    row.place = _place(facts)
    row.save()
    _write_offering(row.offering, facts)
    if {"on", "starts", "ends"} & set(changed):
        _write_time(row.offering, facts)
        _retime(row, facts)
        retime(row.offering, now)
    if {"on", "starts", "ends", "place"} & set(changed):
        moved(row, now=now)
    audit.record("shift.change", actor=actor, target=_target(row), fields=changed)
    return row


@transaction.atomic
def cancel_shift(shift: Shift, *, reason: str, actor: User | None, now: dt.datetime) -> int:
    """It does not take place: whoever has a place or waits is told. Returns how many; once more does nothing. A day of
    a series that was cancelled is not made again. See rule book 10.12."""
    places = lock_places([shift.offering_id])[shift.offering_id]
    row = Shift.objects.get(pk=shift.pk)
    row.offering = places.offering
    if row.offering.state == OfferingState.CANCELLED:
        return 0
    check_ahead(row)
    if not reason.strip():
        raise BusinessError("请写明为什么取消，报了名的人会收到通知。", code="reason", field="reason")
    if row.turns.filter(state=TurnState.CAME).exists():
        raise BusinessError("已经有人签到，不能取消。请结束这一班，登记大家的时长。", code="came")
    told = cancel_offering(row.offering, reason=reason.strip(), actor=actor, now=now)
    audit.record("shift.cancel", actor=actor, target=_target(row), reason=reason.strip())
    return told


def check_ahead(shift: Shift) -> None:
    """Raises BusinessError for a shift that is over, closed or cancelled."""
    if shift.voided_at is not None or shift.offering.state == OfferingState.CANCELLED:
        raise BusinessError("这个班次已经取消。", code="cancelled")
    if shift.offering.state == OfferingState.ENDED:
        raise BusinessError("这个班次已经结束并登记了，不能再改。", code="ended")


def open_shifts(project: Project, *, now: dt.datetime) -> int:
    """Show the shifts ahead of a project that became public. Inside the caller's transaction; returns how many."""
    return _set_state(project, OfferingState.DRAFT, OfferingState.OPEN, now)


def hide_shifts(project: Project, *, now: dt.datetime) -> int:
    """The reverse of `open_shifts`, for shifts nobody has asked for."""
    return _set_state(project, OfferingState.OPEN, OfferingState.DRAFT, now)


def facts_of(shift: Shift) -> ShiftFacts:
    """What it is now."""
    return ShiftFacts(
        team=shift.team, on=shift.on, starts=shift.starts, ends=shift.ends, place=shift.place, project=shift.project,
        request=shift.request, series=shift.series, leader=shift.leader, opens_at=shift.offering.opens_at,
        capacity=shift.offering.places.capacity,
    )  # fmt: skip


def begins_at(on: dt.date, minutes: int) -> dt.datetime:
    """The moment of a minute of a day; 1440 is the midnight that ends it."""
    return timezone.make_aware(dt.datetime.combine(on, dt.time())) + dt.timedelta(minutes=minutes)


def _set_state(project: Project, old: str, new: str, now: dt.datetime) -> int:
    ahead = project.shifts.filter(on__gte=timezone.localdate(now), offering__state=old, voided_at__isnull=True)
    if new == OfferingState.DRAFT:
        ahead = ahead.exclude(offering__sign_ups__isnull=False)
    return Offering.objects.filter(pk__in=list(ahead.values_list("offering_id", flat=True))).update(state=new)


def _check(facts: ShiftFacts, today: dt.date) -> None:
    if (facts.project is None) == (facts.request is None):
        raise ValueError("a shift is of a project or of a request")
    for wrong, sentence, field in (
        (facts.project is not None and facts.project.team_id != facts.team.pk,
         "项目不是这支队的，请重新选。", "project"),
        (facts.project is not None and facts.project.state == ProjectState.CLOSED,
         "这个项目已经结束，不能再排班。", "project"),
        (facts.team.voided_at is not None or facts.team.closed_on is not None, "这支队已经解散，不能再排班。", "team"),
        (facts.on < today, "日期已经过了，请改日期。以前的服务请在“纸质表补录”里登记。", "on"),
        (not 0 <= facts.starts < facts.ends <= DAY_ENDS, "结束时间要晚于开始时间，并且在同一天。", "ends"),
        (not 1 <= facts.capacity <= MOST_PLACES, f"需要的人数填 1 到 {MOST_PLACES}。", "capacity"),
        (not _place(facts), "请填在哪里服务，大家好找。", "place"),
    ):  # fmt: skip
        if wrong:
            raise BusinessError(sentence, code="facts", field=field)


def _place(facts: ShiftFacts) -> str:
    """Of a request the place is for who goes there alone: it stands on the request, never on the shift."""
    if facts.request is not None:
        return "由队长告知"
    return " ".join(facts.place.split()) or (facts.project.place if facts.project else "")


def _name(facts: ShiftFacts) -> str:
    if facts.project is not None:
        return facts.project.name
    assert facts.request is not None  # shift_of_one
    return names_of("volunteer_service").get(facts.request.service, "帮忙")


def _write_offering(offering: Offering, facts: ShiftFacts) -> None:
    offering.title = f"{_name(facts)}（{facts.on.month}月{facts.on.day}日{clock(facts.starts)}）"
    offering.opens_at, offering.closes_at = facts.opens_at, begins_at(facts.on, facts.starts)
    offering.save()


def _write_time(offering: Offering, facts: ShiftFacts) -> None:
    OfferingTime.objects.filter(offering=offering).delete()
    OfferingTime.objects.create(
        offering=offering, weekday=facts.on.isoweekday(), starts=facts.starts, ends=facts.ends, first_on=facts.on,
        until=facts.on + DAY,
    )  # fmt: skip


def _retime(shift: Shift, facts: ShiftFacts) -> None:
    """The time taken of those who have a place moves with it; the database refuses who is elsewhere then."""
    from_now = {
        "weekday": facts.on.isoweekday(), "starts": facts.starts, "ends": facts.ends, "first_on": facts.on,
        "until": facts.on + DAY,
    }  # fmt: skip
    try:
        with transaction.atomic():
            Occupied.objects.filter(sign_up__offering=shift.offering_id).update(**from_now)
    except IntegrityError as error:
        words = "报了名的人里有人在新的时间已经有别的安排，不能整班改过去。请另选时间，或者取消这一班另排一班。"
        raise BusinessError(words, code="clash", field="starts") from error


def _target(shift: Shift) -> str:
    return f"volunteers.shift:{shift.pk}"
