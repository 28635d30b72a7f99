"""公益大讲堂: lectures with free seats, given first come through `signups`; told when one does not take place."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.signups.choices import Mode, OfferingState
from apps.signups.kinds import Kind
from apps.signups.models import Offering, OfferingTime, Places, SignUp
from apps.signups.queries import clashes
from apps.signups.services.seats import cancel_offering, set_capacity
from apps.university.choices.air import LectureState
from apps.university.models import Lecture, LectureSeries

LECTURE = "lecture"
WORKS_ON = "university.change_lecture"
MOST_SEATS = 5000
State = LectureState


@dataclass(frozen=True)
class LectureFacts:
    """What a lecture is; seats are asked for from `opens_at` until `closes_at`, by default until it begins."""

    series: LectureSeries
    title: str
    speaker: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    place: str
    seats: int
    opens_at: dt.datetime
    closes_at: dt.datetime | None = None
    summary: str = ""


def _check(facts: LectureFacts) -> None:
    first, last = timezone.localtime(facts.starts_at), timezone.localtime(facts.ends_at)
    if facts.ends_at <= facts.starts_at or first.date() != last.date():
        raise BusinessError("结束要晚于开始，并且在同一天。", code="order", field="ends_at")
    if not 1 <= facts.seats <= MOST_SEATS:
        raise BusinessError(f"座位填 1 到 {MOST_SEATS}。", code="seats", field="seats")
    if facts.opens_at >= (facts.closes_at or facts.starts_at):
        raise BusinessError("开始报名要早于截止报名。", code="window", field="opens_at")
    if facts.closes_at and facts.closes_at > facts.starts_at:
        raise BusinessError("截止报名不能晚于开讲。", code="window", field="closes_at")


def _write_offering(offering: Offering, facts: LectureFacts) -> Offering:
    offering.unit_id, offering.mode = facts.series.school.unit_id, Mode.FIRST_COME
    offering.title = f"大讲堂：{facts.title}"
    offering.opens_at, offering.closes_at = facts.opens_at, facts.closes_at or facts.starts_at
    offering.save()
    starts, ends = timezone.localtime(facts.starts_at), timezone.localtime(facts.ends_at)
    OfferingTime.objects.filter(offering=offering).delete()
    OfferingTime.objects.create(
        offering=offering, weekday=starts.isoweekday(), starts=starts.hour * 60 + starts.minute,
        ends=ends.hour * 60 + ends.minute, first_on=starts.date(), until=starts.date() + dt.timedelta(days=1),
    )  # fmt: skip
    return offering


def _write_lecture(lecture: Lecture, facts: LectureFacts) -> None:
    for name in ("series", "title", "speaker", "starts_at", "ends_at", "place", "summary"):
        setattr(lecture, name, getattr(facts, name))
    lecture.save()


@transaction.atomic
def create_lecture(facts: LectureFacts, *, actor) -> Lecture:
    """A lecture that nobody sees yet, with its seats and its time. BusinessError with the field."""
    _check(facts)
    offering = _write_offering(Offering(kind=LECTURE), facts)
    Places.objects.create(offering=offering, capacity=facts.seats)
    lecture = Lecture(offering=offering)
    _write_lecture(lecture, facts)
    audit.record("lecture.create", actor=actor, target=_target(lecture))
    return lecture


@transaction.atomic
def change_lecture(lecture: Lecture, facts: LectureFacts, *, actor, now: dt.datetime) -> Lecture:
    """While it is ahead. The time stands once somebody has a seat: to move it, cancel it and make another, so that
    nobody comes on the wrong day."""
    row = Lecture.objects.select_for_update(of=("self",)).select_related("offering__places").get(pk=lecture.pk)
    if row.state not in (State.DRAFT, State.PUBLISHED) or row.voided_at:
        raise BusinessError("已经讲过或者取消了，不能再改。", code="over")
    _check(facts)
    moved = (row.starts_at, row.ends_at) != (facts.starts_at, facts.ends_at)
    if moved and row.offering.sign_ups.exists():
        raise BusinessError(
            "已经有人报名，时间不能改。要改时间，请取消这一场，另外新增一场，系统会通知报了名的人。",
            code="relied_on", field="starts_at",
        )  # fmt: skip
    places = row.offering.places
    if places.capacity != facts.seats:
        set_capacity(row.offering, facts.seats, 0, actor=actor, now=now)
    if moved or not row.offering.sign_ups.exists():
        _write_offering(row.offering, facts)
    else:
        Offering.objects.filter(pk=row.offering_id).update(
            title=f"大讲堂：{facts.title}", opens_at=facts.opens_at, closes_at=facts.closes_at or facts.starts_at
        )
    _write_lecture(row, facts)
    audit.record("change", actor=actor, target=_target(row))
    return row


@transaction.atomic
def publish_lecture(lecture: Lecture, *, actor, now: dt.datetime) -> Lecture:
    """Everybody sees it, and may ask for a seat in its window. Once more does nothing."""
    row = Lecture.objects.select_for_update(of=("self",)).get(pk=lecture.pk)
    if row.state == State.PUBLISHED:
        return row
    if row.state != State.DRAFT or row.voided_at:
        raise BusinessError("已经讲过、取消或者作废了，不能公布。", code="over")
    if row.starts_at <= now:
        raise BusinessError("开讲时间已经过了，请改时间。", code="past")
    row.state = State.PUBLISHED
    row.save(update_fields=["state"])
    Offering.objects.filter(pk=row.offering_id).update(state=OfferingState.OPEN)
    audit.record("lecture.publish", actor=actor, target=_target(row))
    return row


@transaction.atomic
def cancel_lecture(lecture: Lecture, *, reason: str, actor, now: dt.datetime) -> int:
    """It does not take place; whoever has a seat or waits is told. Returns how many. Once more does nothing."""
    row = Lecture.objects.select_related("offering").get(pk=lecture.pk)
    if row.state == State.CANCELLED:
        return 0
    if row.state == State.HELD:
        raise BusinessError("这一场已经讲过了，不能取消。", code="over")
    if not reason.strip():
        raise BusinessError("请写明为什么取消，报了名的人会看到。", code="reason", field="reason")
    told = cancel_offering(row.offering, reason=reason.strip(), actor=actor, now=now)
    row = Lecture.objects.select_for_update(of=("self",)).get(pk=row.pk)
    row.state = State.CANCELLED
    row.save(update_fields=["state"])
    audit.record("lecture.cancel", actor=actor, target=_target(row), reason=reason)
    return told


@transaction.atomic
def record_turnout(lecture: Lecture, *, came: int, walk_ins: int, actor, now: dt.datetime) -> Lecture:
    """How many came, after it began: with a seat and without; numbers alone. May be corrected."""
    row = Lecture.objects.select_for_update(of=("self",)).select_related("offering__places").get(pk=lecture.pk)
    if row.state not in (State.PUBLISHED, State.HELD):
        raise BusinessError("没有公布或者已经取消的，不用登记到场人数。", code="over")
    if now < row.starts_at:
        raise BusinessError("还没有开讲，讲完再登记。", code="early")
    if came > row.offering.places.taken:
        raise BusinessError(f"有座位的一共 {row.offering.places.taken} 位，来的不会更多。", code="more", field="came")
    row.came, row.walk_ins, row.state = came, walk_ins, State.HELD
    row.save(update_fields=["came", "walk_ins", "state"])
    Offering.objects.filter(pk=row.offering_id).update(state=OfferingState.ENDED)
    audit.record("lecture.held", actor=actor, target=_target(row))
    return row


def _target(lecture: Lecture) -> str:
    return f"university.lecture:{lecture.pk}"


# The socket of signups


def refusals(offering: Offering, persons: Iterable[int], on: dt.date) -> Mapping[int, str]:
    """Everybody may come who lives and is not in a class or at another lecture then. See rule book 9.64."""
    ids = list(persons)
    busy = clashes(offering, ids)
    gone = Person.objects.filter(pk__in=ids).exclude(life_status=LifeStatus.LIVING, voided_at__isnull=True)
    found = {pk: "这一位的登记已经停用，请打电话问我们。" for pk in gone.values_list("pk", flat=True)}
    return {pk: f"这个时间您在“{title}”，不能同时参加。" for pk, title in busy.items()} | found


def _nothing(sign_ups: list[SignUp], on: dt.date) -> None:
    """A seat at a lecture makes nobody a student."""


def phone(offering: Offering) -> str:
    return offering.lecture.series.school.phone


LECTURES = Kind(LECTURE, "公益大讲堂", refusals, _nothing, _nothing, phone, WORKS_ON)
