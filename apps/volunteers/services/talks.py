"""Talks: planned, changed, cancelled, held, voided. Alone writes Talk and TalkLecturer (rule book 10.61–10.64)."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.voiding import check_reason
from apps.organisation.models import Division, Unit
from apps.signups.services.engaging import Engagement, disengage, engage
from apps.signups.services.locking import lock_persons
from apps.volunteers.choices.shifts import RecordSource
from apps.volunteers.choices.talks import BookingState, TalkState
from apps.volunteers.models import (
    Lecturer,
    Talk,
    TalkBooking,
    TalkCampaign,
    TalkLecturer,
    TalkRound,
    TalkTopic,
)
from apps.volunteers.models.talks import MOST_AUDIENCE
from apps.volunteers.queries.talks import busy, subject_of
from apps.volunteers.queries.volunteers import may_serve
from apps.volunteers.rules.times import DAY_ENDS

from . import records, talk_telling

SERVICE = "talk"
JUST_TAKEN = "宣讲员里有人这个时间刚刚排了别的班次、课程或宣讲，请换时间或者换人。"
NOT_ASKED = "请先问过宣讲员本人，他愿意了再安排，并勾上“本人已经答应”。"


@dataclass(frozen=True)
class TalkFacts:
    """What is said of a talk. `starts`: minutes since midnight."""

    unit: Unit
    topic: TalkTopic
    on: dt.date
    starts: int
    minutes: int
    host: str
    place_kind: str
    place: str
    campaign: TalkCampaign | None = None
    round: TalkRound | None = None
    division: Division | None = None
    expected: int | None = None
    lecturers: tuple[Lecturer, ...] = field(default=())


@transaction.atomic
def create_talk(
    facts: TalkFacts, *, agreed: bool, actor: User | None, now: dt.datetime, form_key: uuid.UUID | None = None,
    booking: TalkBooking | None = None,
) -> Talk:  # fmt: skip
    """A planned talk; lecturers are told where it is ahead. `agreed`: each of them said yes, else refused. The same
    form key again gives the talk it made. See rule book 10.61."""
    lock_persons(row.volunteer_id for row in facts.lecturers)
    form_key = form_key or uuid.uuid4()
    if (known := Talk.objects.filter(public_id=form_key).first()) is not None:
        return known
    _check(facts, agreed, timezone.localdate(now))
    row = Talk.objects.create(public_id=form_key, booking=booking, **_columns(facts))
    TalkLecturer.objects.bulk_create(TalkLecturer(talk=row, lecturer=one) for one in facts.lecturers)
    _take_time(row, {one.volunteer_id for one in facts.lecturers})
    talk_telling.fixed(row, [one.volunteer_id for one in facts.lecturers], now)
    _note("talk.create", row, actor)
    return row


@transaction.atomic
def change_talk(talk: Talk, facts: TalkFacts, *, agreed: bool, actor: User, now: dt.datetime) -> Talk:
    """Another time, place or lecturer of a talk that was not held yet; who stays hears of a new time or place, who is
    new that it is fixed, who is left out that it is off. See rule book 10.61."""
    before = _speakers(talk)
    after = {one.volunteer_id for one in facts.lecturers}
    lock_persons(before | after)
    row = _locked(talk)
    if row.state != TalkState.PLANNED:
        raise BusinessError("已经讲过或取消的，不能再改安排。", code="state")
    old = (row.on, row.starts, row.minutes, row.place, row.host)
    _check(facts, agreed, timezone.localdate(now), but=row.pk)
    for name, value in _columns(facts).items():
        setattr(row, name, value)
    row.save()
    row.speakers.exclude(lecturer__in=facts.lecturers).delete()
    known = set(row.speakers.values_list("lecturer_id", flat=True))
    TalkLecturer.objects.bulk_create(
        TalkLecturer(talk=row, lecturer=one) for one in facts.lecturers if one.pk not in known
    )
    _take_time(row, after)
    if old != (row.on, row.starts, row.minutes, row.place, row.host):
        talk_telling.moved(row, before & after, now)
    talk_telling.fixed(row, after - before, now)
    talk_telling.cancelled(row, before - after, now)
    _note("talk.change", row, actor)
    return row


@transaction.atomic
def cancel_talk(talk: Talk, *, reason: str, actor: User, now: dt.datetime) -> Talk:
    """It does not take place; lecturers are told, and a booking waits again for another time. Once more does
    nothing."""
    reason = check_reason(reason)[:120]
    people = _speakers(talk)
    lock_persons(people)
    row = _locked(talk)
    if row.state == TalkState.CANCELLED:
        return row
    if row.state == TalkState.HELD:
        raise BusinessError("已经登记讲过，不能取消。登记错了请用“作废”。", code="state")
    row.state, row.reason = TalkState.CANCELLED, reason
    if row.booking_id is not None:
        TalkBooking.objects.filter(pk=row.booking_id, state=BookingState.CONFIRMED).update(
            state=BookingState.NEW, answered_at=None, answered_by=None, on=None, starts=None, minutes=None
        )  # fmt: skip
        row.booking = None
    row.save()
    disengage(subject_of(row.pk))
    talk_telling.cancelled(row, people, now)
    _note("talk.cancel", row, actor, reason)
    return row


@transaction.atomic
def hold_talk(talk: Talk, audience: int, *, actor: User, now: dt.datetime) -> list[str]:
    """It was held before so many (人次), or the number is put right. Each lecturer gets a record of service that waits
    for the leader; returns names of those whose time overlaps a record they have, who got none. See rule book 10.62,
    10.64."""
    lock_persons(_speakers(talk))
    row = _locked(talk)
    if row.state == TalkState.CANCELLED:
        raise BusinessError("这一场已经取消。讲过了的请另外登记一场。", code="state")
    if row.on > timezone.localdate(now):
        raise BusinessError("还没有到日子，讲过以后再登记人数。", code="ahead", field="audience")
    if not 0 <= audience <= MOST_AUDIENCE:
        raise BusinessError("受众人次填 0 到 1 亿，请核对。", code="audience", field="audience")
    row.state, row.audience = TalkState.HELD, audience
    row.save(update_fields=["state", "audience"])
    _note("talk.hold", row, actor)
    return _records(row, actor, now)


def _records(talk: Talk, actor: User, now: dt.datetime) -> list[str]:
    missed = []
    rows = talk.speakers.filter(record__isnull=True).select_related("lecturer__volunteer__person", "lecturer__team")
    for speaker in rows.order_by("lecturer__volunteer"):
        lecturer = speaker.lecturer
        facts = records.RecordFacts(
            volunteer=lecturer.volunteer, team=lecturer.team, on=talk.on, starts=talk.starts, ends=talk.ends,
            service=SERVICE, place=talk.place, content=f"{talk.topic.title}（{talk.host}）", source=RecordSource.GRID,
        )  # fmt: skip
        try:
            with transaction.atomic():
                speaker.record = records.record(facts, actor=actor, now=now)
        except BusinessError as refusal:
            if refusal.code != "overlap":
                raise
            missed.append(lecturer.volunteer.person.name)
        else:
            speaker.save(update_fields=["record"])
    return missed


@transaction.atomic
def void_talk(talk: Talk, *, reason: str, actor: User, now: dt.datetime) -> Talk:
    """It was entered wrongly: it counts nowhere, and the hours that came from it are voided. Once more does nothing.
    Refused where hours were credited, as for every record."""
    reason = check_reason(reason)
    lock_persons(_speakers(talk))
    row = _locked(talk, voided=True)
    if row.voided_at is not None:
        return row
    for speaker in row.speakers.filter(record__isnull=False).select_related("record"):
        assert speaker.record is not None  # as filtered
        records.void(speaker.record, reason=reason, actor=actor, now=now)
    if row.booking_id is not None:
        TalkBooking.objects.filter(pk=row.booking_id, state=BookingState.CONFIRMED).update(
            state=BookingState.NEW, answered_at=None, answered_by=None, on=None, starts=None, minutes=None
        )  # fmt: skip
        row.booking = None
    disengage(subject_of(row.pk))
    row.voided_at, row.void_reason = now, reason
    row.save(update_fields=["voided_at", "void_reason", "booking"])
    _note("talk.void", row, actor, reason)
    return row


def _take_time(talk: Talk, people: Collection[int]) -> None:
    """Whoever speaks can neither sign up for a shift or class at that hour nor speak elsewhere: by the constraint of
    signups, whoever came first. See rule book 10.61."""
    engagement = Engagement(subject_of(talk.pk), f"宣讲（{talk.host}）", talk.on, talk.starts, talk.ends)
    try:
        with transaction.atomic():
            engage(engagement, people)
    except IntegrityError as error:
        raise BusinessError(JUST_TAKEN, code="taken", field="lecturers") from error


def _columns(facts: TalkFacts) -> dict:
    names = ("unit", "topic", "on", "starts", "minutes", "host", "place_kind", "place", "campaign", "round",
             "division", "expected")  # fmt: skip
    return {name: getattr(facts, name) for name in names}


def _check(facts: TalkFacts, agreed: bool, today: dt.date, but: int | None = None) -> None:
    if not facts.lecturers:
        raise BusinessError("请选宣讲员。", code="lecturers", field="lecturers")
    if not agreed:
        raise BusinessError(NOT_ASKED, code="agreed", field="agreed")
    if not 0 <= facts.starts < facts.starts + facts.minutes <= DAY_ENDS or facts.minutes < 1:
        raise BusinessError("这一场要在当天讲完，请核对开始时间和时长。", code="time", field="starts")
    _check_campaign(facts)
    people = {one.volunteer_id: one for one in facts.lecturers}
    barred = may_serve(people, facts.on) if facts.on >= today else {}
    taken = busy(people, facts.on, facts.starts, facts.starts + facts.minutes, but=but)
    for pk, lecturer in people.items():
        if sentence := barred.get(pk) or taken.get(pk):
            raise BusinessError(f"{lecturer.volunteer.person.name}：{sentence}", code="taken", field="lecturers")


def _check_campaign(facts: TalkFacts) -> None:
    campaign, part = facts.campaign, facts.round
    if part is not None and (campaign is None or part.campaign_id != campaign.pk):
        raise BusinessError("这个轮次不属于选的行动，请重新选。", code="round", field="round")
    for row, field_name in ((campaign, "campaign"), (part, "round")):
        if row is not None and not row.starts_on <= facts.on < row.ends_on:
            last = row.ends_on - dt.timedelta(days=1)
            raise BusinessError(
                f"“{row}”是 {row.starts_on:%Y-%m-%d} 到 {last:%Y-%m-%d}，这一场不在里面。",
                code="days",
                field=field_name,
            )


def _speakers(talk: Talk) -> set[int]:
    return set(talk.speakers.values_list("lecturer__volunteer_id", flat=True))


def _locked(talk: Talk, *, voided: bool = False) -> Talk:
    row = Talk.objects.select_for_update(of=("self",)).select_related("topic", "unit").get(pk=talk.pk)
    if row.voided_at is not None and not voided:
        raise BusinessError("这一场已经作废。", code="void")
    return row


def _note(action: str, talk: Talk, actor: User | None, reason: str = "") -> None:
    people: Collection[int] = sorted(_speakers(talk))
    audit.record(action, actor=actor, people=people, reason=reason, target=f"volunteers.talk:{talk.pk}")
