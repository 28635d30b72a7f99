"""Records of service: written, confirmed, refused, corrected, voided (民政部令第67号). Alone writes ServiceRecord."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.voiding import check_reason
from apps.organisation.models import Community
from apps.people.models import Person
from apps.signups.services.locking import lock_persons
from apps.volunteers.choices.shifts import RecordSource, RecordState
from apps.volunteers.models import Project, ServiceRecord, ServiceRequest, Team, Turn, Volunteer
from apps.volunteers.queries.records import overlap_words, overlapping
from apps.volunteers.rules.times import DAY_ENDS, length_words

CREDITED = "这条记录已经由服务对象确认、记入时间币，不能改也不能作废。请在时间账户里办“更正”。"
NOT_OWN = "自己的时长不能自己确认，请副队长或者工作人员确认。"


@dataclass(frozen=True)
class RecordFacts:
    """One piece of service: on a day, [starts, ends) in minutes since midnight. `minutes` is what was really served, by
    default all of it. `service` is a code of `volunteer_service`."""

    volunteer: Volunteer
    team: Team
    on: dt.date
    starts: int
    ends: int
    service: str
    minutes: int | None = None
    project: Project | None = None
    turn: Turn | None = None
    request: ServiceRequest | None = None
    receiver: Person | None = None
    place: str = ""
    community: Community | None = None
    content: str = ""
    evaluation: str = ""
    source: str = RecordSource.GRID
    form_key: uuid.UUID = field(default_factory=uuid.uuid4)


@transaction.atomic
def record(facts: RecordFacts, *, actor: User | None, now: dt.datetime) -> ServiceRecord:
    """A record that waits for the leader. The same form key again gives the row it made. Raises BusinessError: a day
    to come, no time, longer than it lasted, or a time that overlaps another record of his (code "overlap"). See rule
    book 10.15."""
    lock_persons([facts.volunteer.pk])
    if (known := ServiceRecord.objects.filter(public_id=facts.form_key).first()) is not None:
        if known.volunteer_id != facts.volunteer.pk:
            raise BusinessError("这张表已经用过。请重新打开再填。", code="form_used")
        return known
    minutes = facts.ends - facts.starts if facts.minutes is None else facts.minutes
    check_times(facts.on, facts.starts, facts.ends, minutes, _day(now))
    _check_free(facts.volunteer.pk, facts.on, facts.starts, facts.ends)
    try:
        with transaction.atomic():
            row = ServiceRecord.objects.create(
                public_id=facts.form_key, volunteer=facts.volunteer, team=facts.team, project=facts.project,
                turn=facts.turn, request=facts.request, receiver=facts.receiver, service=facts.service, on=facts.on,
                starts=facts.starts, ends=facts.ends, minutes=minutes, place=facts.place, community=facts.community,
                content=" ".join(facts.content.split()), evaluation=" ".join(facts.evaluation.split()),
                source=facts.source, recorded_by=actor,
            )  # fmt: skip
    except IntegrityError as error:
        raise BusinessError("刚才有人登记了同一段服务。请刷新后核对。", code="overlap", field="starts") from error
    _note("record.make", row, actor)
    return row


@transaction.atomic
def confirm(records: Iterable[ServiceRecord], *, actor: User, now: dt.datetime) -> int:
    """Records that wait become 志愿时长. Confirmed already they stay so; nobody confirms his own, they are left to
    another. Returns how many were confirmed; BusinessError when all were his own. See rule book 10.16."""
    rows = _locked(records)
    waiting = [row for row in rows if row.state == RecordState.WAITING]
    own = set(Volunteer.objects.filter(person__accounts__user=actor).values_list("pk", flat=True))
    mine = [row for row in waiting if row.volunteer_id in own]
    others = [row for row in waiting if row.volunteer_id not in own]
    if mine and not others:
        raise BusinessError(NOT_OWN, code="own")
    values = {"state": RecordState.CONFIRMED, "confirmed_by": actor, "confirmed_at": now}
    ServiceRecord.objects.filter(pk__in=[row.pk for row in others]).update(**values)
    if others:
        _note_many("record.confirm", others, actor)
    return len(others)


@transaction.atomic
def refuse(records: Iterable[ServiceRecord], *, reason: str, actor: User, now: dt.datetime) -> int:
    """Records that wait do not count; the reason stands on them, and their time is free for another record. Returns how
    many. Raises BusinessError for one that is confirmed: it is voided instead. See rule book 10.16."""
    reason = _reason(reason)
    rows = _locked(records)
    if any(row.state == RecordState.CONFIRMED for row in rows):
        raise BusinessError("已经确认的记录请用“作废”。", code="confirmed")
    waiting = [row for row in rows if row.state == RecordState.WAITING]
    if any(_is_credited(row) for row in waiting):
        raise BusinessError(CREDITED, code="credited")
    values = {"state": RecordState.REFUSED, "refusal": reason, "confirmed_by": actor, "confirmed_at": now}
    ServiceRecord.objects.filter(pk__in=[row.pk for row in waiting]).update(**values)
    if waiting:
        _note_many("record.refuse", waiting, actor, reason)
    return len(waiting)


@transaction.atomic
def correct(
    row: ServiceRecord, *, starts: int, ends: int, minutes: int | None, reason: str, actor: User, now: dt.datetime
) -> ServiceRecord:
    """Another time for a record that waits, with the reason. Unchanged does nothing. Of a confirmed one the hours were
    certified: it is voided and written anew."""
    lock_persons([row.volunteer_id])
    row = ServiceRecord.objects.select_for_update(of=("self",)).get(pk=row.pk)
    minutes = ends - starts if minutes is None else minutes
    if (row.starts, row.ends, row.minutes) == (starts, ends, minutes):
        return row
    if row.voided_at is not None or row.state != RecordState.WAITING:
        raise BusinessError("只有待确认的记录可以改时长。已经确认的请作废以后重新登记。", code="state")
    if _is_credited(row):
        raise BusinessError(CREDITED, code="credited")
    reason = _reason(reason)
    check_times(row.on, starts, ends, minutes, _day(now))
    _check_free(row.volunteer_id, row.on, starts, ends, but=row.pk)
    row.starts, row.ends, row.minutes = starts, ends, minutes
    row.save(update_fields=["starts", "ends", "minutes"])
    _note("record.correct", row, actor, reason)
    return row


@transaction.atomic
def void(row: ServiceRecord, *, reason: str, actor: User, now: dt.datetime) -> ServiceRecord:
    """It was not so: it counts nowhere, and its time is free. Refused once minutes of it were credited (更正 instead).
    Once more does nothing. See rule book 10.16."""
    reason = _reason(reason)
    lock_persons([row.volunteer_id])
    row = ServiceRecord.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.voided_at is not None:
        return row
    if _is_credited(row):
        raise BusinessError(CREDITED, code="credited")
    row.voided_at, row.void_reason = now, reason
    row.save(update_fields=["voided_at", "void_reason"])
    _note("record.void", row, actor, reason)
    return row


def check_times(on: dt.date, starts: int, ends: int, minutes: int, today: dt.date) -> None:
    """Raises BusinessError with the field for times that cannot be."""
    for wrong, sentence, name in (
        (on > today, "日期还没有到，服务以后再登记。", "on"),
        (not 0 <= starts < DAY_ENDS, "开始时间请写成 9:00 这样。", "starts"),
        (not starts < ends <= DAY_ENDS, "结束时间要晚于开始时间。", "ends"),
        (minutes < 1, "时长要大于 0 分钟。", "minutes"),
        (minutes > ends - starts, f"时长不能超过开始到结束的{length_words(max(0, ends - starts))}。", "minutes"),
    ):
        if wrong:
            raise BusinessError(sentence, code="times", field=name)


def _check_free(volunteer: int, on: dt.date, starts: int, ends: int, but: int | None = None) -> None:
    others = [row for row in overlapping([(volunteer, on, starts, ends)]) if row.pk != but]
    if others:
        raise BusinessError(overlap_words(starts, ends, others), code="overlap", field="starts")


def _is_credited(row: ServiceRecord) -> bool:
    return hasattr(row, "confirmation")


def _locked(records: Iterable[ServiceRecord]) -> list[ServiceRecord]:
    """As they are now, their volunteers locked; voided ones left out."""
    rows = list(records)
    lock_persons(row.volunteer_id for row in rows)
    found = ServiceRecord.objects.select_for_update(of=("self",)).current().filter(pk__in=[row.pk for row in rows])
    return list(found.select_related("confirmation").order_by("pk"))


def _reason(reason: str) -> str:
    return check_reason(reason)[:120]


def _day(now: dt.datetime) -> dt.date:
    return timezone.localdate(now)


def _note(action: str, row: ServiceRecord, actor: User | None, reason: str = "") -> None:
    target = f"volunteers.servicerecord:{row.pk}"
    audit.record(action, actor=actor, people=[row.volunteer_id], reason=reason, target=target)


def _note_many(action: str, rows: Sequence[ServiceRecord], actor: User, reason: str = "") -> None:
    """One entry for one act on many."""
    target = f"volunteers.servicerecord:{rows[0].pk}" if len(rows) == 1 else f"volunteers.servicerecord×{len(rows)}"
    people = sorted({row.volunteer_id for row in rows})
    audit.record(action, actor=actor, people=people, reason=reason, target=target)
