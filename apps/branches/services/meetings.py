"""Recording what a branch held, and who was there; the frail get it brought home (domain 3.1)."""

import datetime
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from apps.branches.access import Desk
from apps.branches.choices import AttendanceState, MeetingKind
from apps.branches.models import Attendance, HomeDelivery, Meeting, Organisation, Programme
from apps.branches.queries import assembled, last_meeting, past_states, people_at_hand, signs_of
from apps.branches.rules.meetings import MeetingRules, delivery_due, is_frail, require_kind, state_offered
from apps.branches.rules.pasted import clean_minutes
from apps.common import audit
from apps.common.errors import BusinessError, StaleVersion
from apps.common.insert_select import insert_rows
from apps.common.voiding import restore, void
from apps.organisation.queries import rule_values
from apps.people.choices import LifeStatus
from apps.people.models import Person

from .guards import check, require_standing

MOST_PRESENT = 2000
LONGEST_MINUTES = 50_000
AWAY = "在外地"


@dataclass(frozen=True)
class Mark:
    """How one member stood to a meeting; `reason` only for leave."""

    state: str
    reason: str = ""


@dataclass(frozen=True)
class Seat:
    """One row of the roll before anybody touches it."""

    person: Person
    state: str
    reason: str = ""
    frail: bool = False


@dataclass(frozen=True)
class MeetingTemplate:
    """What the form starts from: the last meeting of its kind. `topic_hint` is last time's, never filled in."""

    kind: str
    held_at: datetime.time | None
    place: str
    is_online: bool
    host: Person | None
    recorder: Person | None
    topic_hint: str
    programme: Programme | None
    items: str
    seats: tuple[Seat, ...]


@dataclass(frozen=True, kw_only=True)
class MeetingFacts:
    """What a meeting form says. `key` is the uuid that the form carried. `attendance` by person id; members it does
    not name were not there. Host and recorder are person ids."""

    key: uuid.UUID
    kind: str
    held_on: datetime.date
    topic: str
    said_present: int
    attendance: Mapping[int, Mark]
    held_at: datetime.time | None = None
    place: str = ""
    is_online: bool = False
    host: int | None = None
    recorder: int | None = None
    programme: Programme | None = None
    items: str = ""
    minutes: str = ""
    resolutions: str = ""
    guests: str = ""
    partners: Collection[Organisation] = field(default=())
    partner_names: str = ""

    def items_of_row(self) -> dict:
        """The columns of Meeting, minutes cleaned of what WeChat and Word leave behind."""
        return {
            "kind": self.kind, "held_on": self.held_on, "held_at": self.held_at, "place": self.place.strip(),
            "is_online": self.is_online, "topic": self.topic.strip(), "host_id": self.host,
            "recorder_id": self.recorder, "programme": self.programme, "items": self.items.strip(),
            "minutes": clean_minutes(self.minutes), "resolutions": clean_minutes(self.resolutions),
            "said_present": self.said_present, "guests": self.guests.strip(),
            "partner_names": self.partner_names.strip(),
        }  # fmt: skip


def rules_for(organisation: Organisation, on: datetime.date) -> MeetingRules:
    """The rule set in force for an organisation's unit on a day."""
    return rule_values(MeetingRules.rule_key, on=on, unit=organisation.unit)


def template_for(organisation: Organisation, kind: str, *, on: datetime.date) -> MeetingTemplate:
    """What a new meeting of the kind starts from on a day. Refuses a kind that the organisation does not hold."""
    require_kind(organisation.kind, kind)
    last = last_meeting(organisation, kind, before=on)
    return MeetingTemplate(
        kind=kind,
        held_at=last.held_at if last else None,
        place=last.place if last else organisation.venue,
        is_online=bool(last and last.is_online),
        host=last.host if last else None,
        recorder=last.recorder if last else None,
        topic_hint=last.topic if last else "",
        programme=last.programme if last and last.programme and not last.programme.closed_on else None,
        items=last.items if last else "",
        seats=seats_for(organisation, kind, on=on),
    )


def seats_for(organisation: Organisation, kind: str, *, on: datetime.date) -> tuple[Seat, ...]:
    """The roll of a day: everybody expected, with the state that his row starts from (rule book 7.33)."""
    people = assembled(organisation, kind, on)
    states = past_states(organisation, kind, before=on)
    signs = signs_of(people, on)
    seats = []
    for person in people:
        known, before = signs.get(person.pk), states.get(person.pk, [])
        past = [state for state, _ in before]
        frail = is_frail(
            past,
            ability=known.ability if known else None,
            long_in_hospital=bool(known and known.long_in_hospital),
        )
        away = bool(known and known.away)
        state = state_offered(past, frail=frail, away=away)
        if person.life_status != LifeStatus.LIVING:
            state, frail = AttendanceState.ABSENT, False
        seats.append(Seat(person, state, _reason(state, before, away), frail))
    return tuple(seats)


def _reason(state: str, before: list[tuple[str, str]], away: bool) -> str:
    if state != AttendanceState.LEAVE:
        return ""
    return next((reason for said, reason in before[:1] if said == state and reason), AWAY if away else "")


@transaction.atomic
def record_meeting(desk: Desk, facts: MeetingFacts) -> Meeting:
    """Write a meeting that took place, its roll, and a promise to bring it home to each who is down for it.

    The same key again gives the meeting that is there. Refuses days to come, kinds that the organisation does not
    hold, and people who do not belong to it that day. Leaves an audit entry about everybody on the roll.
    """
    if found := Meeting.objects.filter(public_id=facts.key).first():
        return _same(desk, found)
    roll = _check(desk, facts)
    meeting = Meeting(
        public_id=facts.key, organisation=desk.organisation, expected=len(roll), entered_by=desk.user,
        by_staff=desk.by_staff, **facts.items_of_row(),
    )  # fmt: skip
    check(meeting)
    try:
        with transaction.atomic():
            meeting.save()
    except IntegrityError:
        return _same(desk, Meeting.objects.get(public_id=facts.key))
    meeting.partners.set(facts.partners)
    insert_rows(
        Attendance,
        ("meeting", "person", "state", "reason"),
        [(meeting.pk, pk, mark.state, mark.reason) for pk, mark in roll.items()],
    )
    _open_deliveries(desk, meeting, roll)
    _note("record_meeting", desk, meeting, roll)
    return meeting


@transaction.atomic
def change_meeting(desk: Desk, meeting: Meeting, facts: MeetingFacts, *, version: int) -> Meeting:
    """Write what a form about a recorded meeting says now. Promises to bring it home follow the roll; what was
    brought already stays. Raises StaleVersion when it was changed since the form was opened."""
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk, organisation=desk.organisation)
    if meeting.voided_at:
        raise BusinessError("这次会议已作废。要改先恢复它。", code="voided")
    if meeting.version != version:
        raise StaleVersion
    roll = _check(desk, facts)
    for name, value in facts.items_of_row().items():
        setattr(meeting, name, value)
    meeting.expected = len(roll)
    check(meeting)
    meeting.save()
    meeting.partners.set(facts.partners)
    _write_roll(meeting, roll)
    _open_deliveries(desk, meeting, roll)
    _note("change_meeting", desk, meeting, roll)
    meeting.refresh_from_db()
    return meeting


@transaction.atomic
def void_meeting(desk: Desk, meeting: Meeting, *, reason: str) -> Meeting:
    """Take a meeting back, with its promises that are still open. Void already: nothing happens."""
    meeting = _own(desk, meeting)
    void(meeting, reason=reason, actor=desk.user, people=people_on(meeting))
    open_deliveries(meeting).update(voided_at=meeting.voided_at, void_reason="会议作废")
    return meeting


@transaction.atomic
def restore_meeting(desk: Desk, meeting: Meeting) -> Meeting:
    """Take a voided meeting back into use; its promises are open again. In use: nothing happens."""
    meeting = _own(desk, meeting)
    if meeting.voided_at:
        HomeDelivery.objects.filter(meeting=meeting, voided_at=meeting.voided_at, delivered_on__isnull=True).update(
            voided_at=None, void_reason=""
        )
        restore(meeting, actor=desk.user, people=people_on(meeting))
    return meeting


def open_deliveries(meeting: Meeting):
    return HomeDelivery.objects.filter(meeting=meeting, delivered_on__isnull=True, voided_at__isnull=True)


def _same(desk: Desk, meeting: Meeting) -> Meeting:
    """The meeting that this key wrote before: of this organisation, or the key is somebody else's."""
    if meeting.organisation_id != desk.organisation.pk:
        raise BusinessError("这张表已经用过。请回到工作台重新打开。", code="foreign_key")
    return meeting


def _own(desk: Desk, meeting: Meeting) -> Meeting:
    return Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk, organisation=desk.organisation)


def _check(desk: Desk, facts: MeetingFacts) -> dict[int, Mark]:
    """The whole roll, one mark for each who is expected; raises BusinessError with a sentence for what is wrong."""
    organisation = desk.organisation
    if facts.kind not in MeetingKind:
        raise BusinessError("请选择会议类型。", code="kind", field="kind")
    require_kind(organisation.kind, facts.kind)
    if facts.held_on > desk.today:
        raise BusinessError("会议日期不能晚于今天。开完会再登记。", code="future", field="held_on")
    if facts.held_on.year < 1949:
        raise BusinessError("会议日期太早，请核对年份。", code="early", field="held_on")
    require_standing(organisation, facts.held_on)
    if not facts.topic.strip():
        raise BusinessError("请写明主题。", code="topic", field="topic")
    if not 0 <= facts.said_present <= MOST_PRESENT:
        raise BusinessError(f"实到人数填 0 到 {MOST_PRESENT}。", code="said_present", field="said_present")
    if max(len(facts.minutes), len(facts.resolutions)) > LONGEST_MINUTES:
        raise BusinessError("会议记录太长，请分几次登记或只留要点。", code="long", field="minutes")
    _check_company(organisation, facts)
    return _roll(organisation, facts)


def _check_company(organisation: Organisation, facts: MeetingFacts) -> None:
    at_hand = people_at_hand(organisation, facts.held_on) if facts.host or facts.recorder else set()
    for name, words in (("host", "主持人"), ("recorder", "记录人")):
        if (pk := getattr(facts, name)) and pk not in at_hand:
            raise BusinessError(f"{words}要从本支部的党员和班子成员里选。", code=name, field=name)
    own_programme = facts.programme is None or facts.programme.organisation_id in (None, organisation.pk)
    if not own_programme:
        raise BusinessError("这个流程是别的党组织的，请另选。", code="programme", field="programme")
    if any(one.pk == organisation.pk for one in facts.partners):
        raise BusinessError("共建的党组织不能是自己。", code="partners", field="partners")


def _roll(organisation: Organisation, facts: MeetingFacts) -> dict[int, Mark]:
    expected = list(assembled(organisation, facts.kind, facts.held_on).values_list("pk", flat=True))
    if strangers := facts.attendance.keys() - set(expected):
        raise BusinessError(
            f"名单里有 {len(strangers)} 人那天不属于这个党组织。请按当天的名单重新勾选。",
            code="strangers",
            field="attendance",
        )
    if wrong := [mark.state for mark in facts.attendance.values() if mark.state not in AttendanceState]:
        raise BusinessError(f"没有“{wrong[0]}”这种出席情况。", code="state", field="attendance")
    nobody = Mark(AttendanceState.ABSENT)
    return {pk: _tidy(facts.attendance.get(pk, nobody)) for pk in expected}


def _tidy(mark: Mark) -> Mark:
    """A reason stands with leave only, and fits its column."""
    return Mark(mark.state, mark.reason.strip()[:40] if mark.state == AttendanceState.LEAVE else "")


def _write_roll(meeting: Meeting, roll: Mapping[int, Mark]) -> None:
    """Make the stored roll the given one, touching only what differs."""
    meeting.attendance.exclude(person_id__in=roll).delete()
    stored = {row.person_id: row for row in meeting.attendance.all()}
    changed = []
    for pk, mark in roll.items():
        row = stored.get(pk)
        if row and (row.state, row.reason) != (mark.state, mark.reason):
            row.state, row.reason = mark.state, mark.reason
            changed.append(row)
    Attendance.objects.bulk_update(changed, ["state", "reason"])
    added = [(meeting.pk, pk, mark.state, mark.reason) for pk, mark in roll.items() if pk not in stored]
    if added:
        insert_rows(Attendance, ("meeting", "person", "state", "reason"), added)


def _open_deliveries(desk: Desk, meeting: Meeting, roll: Mapping[int, Mark]) -> None:
    """Promises follow the roll: opened for whoever is down for 送学, taken back from who no longer is."""
    wanted = {pk for pk, mark in roll.items() if mark.state == AttendanceState.DELIVERY}
    due = delivery_due(meeting.held_on, rules_for(desk.organisation, meeting.held_on))
    still_open = open_deliveries(meeting)
    still_open.exclude(person_id__in=wanted).update(voided_at=Now(), void_reason="改了出席情况")
    still_open.exclude(due_on=due).update(due_on=due)
    there = set(
        HomeDelivery.objects.filter(meeting=meeting, voided_at__isnull=True).values_list("person_id", flat=True)
    )
    HomeDelivery.objects.bulk_create(
        HomeDelivery(
            organisation=desk.organisation, person_id=pk, meeting=meeting, due_on=due, entered_by=desk.user,
            by_staff=desk.by_staff,
        )
        for pk in sorted(wanted - there)
    )  # fmt: skip


def people_on(meeting: Meeting) -> list[int]:
    """Ids of everybody on its roll."""
    return list(meeting.attendance.values_list("person_id", flat=True))


def _note(action: str, desk: Desk, meeting: Meeting, roll: Mapping[int, Mark]) -> None:
    target = f"branches.meeting:{meeting.pk}"
    reason = "代录" if desk.by_staff else ""
    audit.record(action, actor=desk.user, people=roll, fields=[meeting.kind], reason=reason, target=target)
