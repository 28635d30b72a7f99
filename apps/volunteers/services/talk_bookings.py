"""Bookings of talks: asked for by schools, lecturers asked, answered. Alone writes TalkBooking and TalkAsk (rule book
10.60, 10.61)."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.phone import parse_phone
from apps.common.voiding import check_reason
from apps.organisation.models import Division, Unit
from apps.organisation.queries import rule_values
from apps.signups.services.locking import lock_persons
from apps.volunteers.choices.talks import AskState, BookingState
from apps.volunteers.models import Lecturer, Talk, TalkAsk, TalkBooking, TalkCampaign, TalkRound, TalkTopic
from apps.volunteers.queries.talks import busy
from apps.volunteers.queries.volunteers import may_serve
from apps.volunteers.rules.talks import TalkRules, day_refusal, line_refusal, plain
from apps.volunteers.rules.times import DAY_ENDS

from . import talk_telling
from .talks import TalkFacts, create_talk

LINES = ("host", "place", "contact", "wish")


@dataclass(frozen=True)
class BookingFacts:
    """What a school asks for. `days`: up to three, the first wished most; `part` empty: any time of day."""

    host: str
    place_kind: str
    place: str
    contact: str
    phone: str
    days: tuple[dt.date, ...]
    expected: int
    topic: TalkTopic | None = None
    wish: str = ""
    part: str = ""
    division: Division | None = None


def unit_for(topic: TalkTopic | None) -> Unit:
    """Who answers: the unit of the topic, else the bureau at the top."""
    return topic.unit if topic is not None else Unit.get_root_nodes().order_by("path")[0]


@transaction.atomic
def book(facts: BookingFacts, *, form_key: uuid.UUID, now: dt.datetime, actor: User | None = None) -> TalkBooking:
    """A booking that staff answer; they hear of it. The same form key again gives the booking it made. Raises
    BusinessError with the field and a sentence for what cannot be. See rule book 10.60."""
    if (known := TalkBooking.objects.filter(public_id=form_key).first()) is not None:
        return known
    unit = unit_for(facts.topic)
    today = timezone.localdate(now)
    rules = rule_values(TalkRules.rule_key, on=today, unit=unit)
    lines = _lines(facts)
    if sentence := day_refusal(list(facts.days), today, rules):
        raise BusinessError(sentence, code="days", field="first")
    if not 1 <= facts.expected <= rules.most:
        raise BusinessError(f"人数填 1 到 {rules.most:,}。", code="expected", field="expected")
    try:
        phone = parse_phone(facts.phone).digits
    except ValueError as error:
        raise BusinessError(str(error), code="phone", field="phone") from error
    try:
        with transaction.atomic():
            row = TalkBooking.objects.create(
                public_id=form_key, unit=unit, place_kind=facts.place_kind, division=facts.division, phone=phone,
                topic=facts.topic, days=list(facts.days), part=facts.part, expected=facts.expected, asked_at=now,
                entered_by=actor, **lines,
            )  # fmt: skip
    except IntegrityError:  # the same form twice at once
        return TalkBooking.objects.get(public_id=form_key)
    talk_telling.new_booking(row, now)
    _note("talk.book", row, actor)
    return row


def _lines(facts: BookingFacts) -> dict[str, str]:
    found = {name: plain(getattr(facts, name)) for name in LINES}
    for name, text in found.items():
        if not text and name != "wish":
            raise BusinessError("这一项要填。", code="empty", field=name)
        if sentence := line_refusal(text):
            raise BusinessError(sentence, code="line", field=name)
    return found


@transaction.atomic
def ask(
    booking: TalkBooking, lecturer: Lecturer, *, on: dt.date, starts: int, minutes: int, actor: User, now: dt.datetime
) -> TalkAsk:
    """The lecturer is asked whether he can at that time: he is told, and nothing is settled. Asked for another time
    before, that question is withdrawn. Asked already it stays. See rule book 10.61."""
    lock_persons([lecturer.volunteer_id])
    row = _locked(booking)
    _check_time(on, starts, minutes, timezone.localdate(now))
    people = [lecturer.volunteer_id]
    refusal = may_serve(people, on) | busy(people, on, starts, starts + minutes)
    if lecturer.left_on is not None or lecturer.voided_at is not None:
        refusal = {lecturer.volunteer_id: "他已经不是宣讲员。"}
    if sentence := refusal.get(lecturer.volunteer_id):
        raise BusinessError(f"{lecturer.volunteer.person.name}：{sentence}", code="taken", field="lecturer")
    known = row.asks.filter(lecturer=lecturer, on=on, starts=starts, voided_at__isnull=True).first()
    if known is not None and known.state == AskState.ASKED and known.minutes == minutes:
        return known
    _withdraw(row, now, row.asks.exclude(on=on, starts=starts, minutes=minutes))
    values = {"minutes": minutes, "state": AskState.ASKED, "asked_at": now, "asked_by": actor, "answered_at": None,
              "note": ""}  # fmt: skip
    made, _ = TalkAsk.objects.update_or_create(booking=row, lecturer=lecturer, on=on, starts=starts, defaults=values)
    row.on, row.starts, row.minutes = on, starts, minutes
    row.save(update_fields=["on", "starts", "minutes"])
    talk_telling.asked(made, now)
    _note("talk.ask", row, actor, people=people)
    return made


@transaction.atomic
def answer(
    asked: TalkAsk, yes: bool, *, actor: User, now: dt.datetime, note: str = "", topic: TalkTopic | None = None,
    campaign: TalkCampaign | None = None, part: TalkRound | None = None,
) -> Talk | None:  # fmt: skip
    """What he said. His yes makes the talk: he is told that it is fixed, the others who were asked that they are not
    needed. His no is no fault. The same answer again changes nothing. See rule book 10.61."""
    lecturer = asked.lecturer
    lock_persons([lecturer.volunteer_id])
    booking = TalkBooking.objects.select_for_update(of=("self",)).select_related("unit", "topic").get(
        pk=asked.booking_id
    )  # fmt: skip
    asked = TalkAsk.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    wanted = AskState.ACCEPTED if yes else AskState.DECLINED
    if asked.state == wanted:
        return Talk.objects.filter(booking=booking).first()
    if asked.state != AskState.ASKED or booking.state != BookingState.NEW:
        raise BusinessError("这次询问已经结束，不用再登记。", code="state")
    asked.state, asked.answered_at, asked.note = wanted, now, plain(note)[:120]
    asked.save(update_fields=["state", "answered_at", "note"])
    _note("talk.answer", booking, actor, people=[lecturer.volunteer_id], fields=[wanted])
    if not yes:
        return None
    topic = topic or booking.topic
    if topic is None:
        raise BusinessError("请选讲哪个题目。", code="topic", field="topic")
    facts = TalkFacts(
        unit=booking.unit, topic=topic, on=asked.on, starts=asked.starts, minutes=asked.minutes, host=booking.host,
        place_kind=booking.place_kind, place=booking.place, division=booking.division, expected=booking.expected,
        campaign=campaign, round=part, lecturers=(lecturer,),
    )  # fmt: skip
    talk = create_talk(facts, agreed=True, actor=actor, now=now, booking=booking)
    _withdraw(booking, now, booking.asks.exclude(pk=asked.pk))
    _close(booking, BookingState.CONFIRMED, actor, now)
    return talk


@transaction.atomic
def decline(booking: TalkBooking, *, reason: str, actor: User, now: dt.datetime) -> TalkBooking:
    """No talk comes of it; the school is told by telephone, lecturers who were asked that they are not needed.
    Once more does nothing."""
    reason = check_reason(reason)[:120]
    row = TalkBooking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
    if row.state == BookingState.DECLINED:
        return row
    if row.state == BookingState.CONFIRMED:
        raise BusinessError("已经安排好了。不去了，请到那一场里办“取消”。", code="state")
    _withdraw(row, now, row.asks.all())
    row.reason = reason
    _close(row, BookingState.DECLINED, actor, now)
    _note("talk.decline", row, actor, reason=reason)
    return row


@transaction.atomic
def reopen(booking: TalkBooking, *, actor: User, now: dt.datetime) -> TalkBooking:
    """A declined booking waits again. Waiting already it stays."""
    row = TalkBooking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
    if row.state != BookingState.DECLINED:
        return row
    row.state, row.reason, row.answered_at, row.answered_by = BookingState.NEW, "", None, None
    row.save(update_fields=["state", "reason", "answered_at", "answered_by"])
    _note("talk.reopen", row, actor)
    return row


def _check_time(on: dt.date, starts: int, minutes: int, today: dt.date) -> None:
    if on < today:
        raise BusinessError("日子已经过了，请另选。", code="past", field="on")
    if minutes < 1 or not 0 <= starts < starts + minutes <= DAY_ENDS:
        raise BusinessError("这一场要在当天讲完，请核对开始时间和时长。", code="time", field="starts")


def _withdraw(booking: TalkBooking, now: dt.datetime, rows) -> None:
    """Those still asked among `rows` need not answer any more."""
    waiting = list(rows.filter(state=AskState.ASKED).select_related("lecturer"))
    TalkAsk.objects.filter(pk__in=[row.pk for row in waiting]).update(state=AskState.WITHDRAWN, answered_at=now)
    talk_telling.not_needed(waiting, now)


def _close(booking: TalkBooking, state: str, actor: User, now: dt.datetime) -> None:
    booking.state, booking.answered_at, booking.answered_by = state, now, actor
    booking.save(update_fields=["state", "answered_at", "answered_by", "reason"])


def _locked(booking: TalkBooking) -> TalkBooking:
    row = TalkBooking.objects.select_for_update(of=("self",)).select_related("unit").get(pk=booking.pk)
    if row.state != BookingState.NEW or row.voided_at is not None:
        raise BusinessError("这个预约已经办结。", code="state")
    return row


def _note(action: str, booking: TalkBooking, actor: User | None, *, people=(), **more) -> None:
    audit.record(action, actor=actor, people=list(people), target=f"volunteers.talkbooking:{booking.pk}", **more)
