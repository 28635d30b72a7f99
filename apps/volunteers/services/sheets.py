"""A paper sheet of a team, typed in one grid: written whole or not at all, once for its form."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common.errors import BusinessError
from apps.signups.services.locking import lock_persons
from apps.volunteers.choices.shifts import RecordSource
from apps.volunteers.models import Project, ServiceRecord, Team, TeamMember, Volunteer
from apps.volunteers.queries.members import named
from apps.volunteers.queries.records import overlap_words, overlapping
from apps.volunteers.rules.shifts import trimmed
from apps.volunteers.rules.times import span_words

from .line_refusals import LineRefusals
from .records import RecordFacts, check_times, confirm, record

NOBODY = "这支队里那天没有“{}”。请核对姓名，或者先登记为队员。"
MOST_LINES = 60

Span = tuple[int, int]


@dataclass(frozen=True)
class SheetLine:
    """A line as typed: the name (with the year of birth where the team has two of it), minutes since midnight.
    `trim`: what overlaps another record may be cut off."""

    number: int
    name: str
    starts: int | None
    ends: int | None
    trim: bool = False
    content: str = ""


@dataclass(frozen=True)
class Sheet:
    """The head of a sheet. `confirmed`: the leader signed the paper, the hours count at once."""

    team: Team
    on: dt.date
    service: str
    form_key: uuid.UUID
    project: Project | None = None
    place: str = ""
    confirmed: bool = False


@dataclass(frozen=True)
class Entered:
    records: list[ServiceRecord]
    again: bool = False


@transaction.atomic
def enter_sheet(sheet: Sheet, lines: Sequence[SheetLine], *, actor: User, now: dt.datetime) -> Entered:
    """A record for every line. Sent twice it is entered once. Raises LineRefusals naming each line that cannot be:
    nobody of that name in the team that day, two of it, times that cannot be, or an overlap that may be trimmed. See
    rule book 10.15."""
    if not lines:
        raise BusinessError("请至少填一行。", code="empty")
    if len(lines) > MOST_LINES:
        raise BusinessError(f"一张表最多 {MOST_LINES} 行，请分成几张。", code="many")
    keys = {line.number: uuid.uuid5(sheet.form_key, str(line.number)) for line in lines}
    members = _members(sheet.team, sheet.on)
    lock_persons(row.pk for row in members)
    if known := list(ServiceRecord.objects.filter(public_id__in=keys.values()).order_by("pk")):
        return Entered(known, again=True)
    found, wrong = _read(sheet, lines, members, now)
    if wrong:
        raise LineRefusals(wrong)
    made = []
    for line in lines:
        volunteer, starts, ends = found[line.number]
        facts = RecordFacts(
            volunteer=volunteer, team=sheet.team, project=sheet.project, on=sheet.on, starts=starts, ends=ends,
            service=sheet.service, place=sheet.place or (sheet.project.place if sheet.project else ""),
            community=sheet.project.community if sheet.project else None, content=line.content,
            source=RecordSource.GRID, form_key=keys[line.number],
        )  # fmt: skip
        made.append(record(facts, actor=actor, now=now))
    if sheet.confirmed:
        confirm(made, actor=actor, now=now)
    return Entered(made)


def trim(span: Span, volunteer: Volunteer, on: dt.date) -> Span:
    """The times cut down to what overlaps no record of his. Raises BusinessError when nothing is left (T9)."""
    others = overlapping([(volunteer.pk, on, *span)])
    rest = trimmed(*span, [(row.starts, row.ends) for row in others])
    if rest is None:
        raise BusinessError(overlap_words(*span, others), code="overlap")
    return rest.starts, rest.ends


def _read(
    sheet: Sheet, lines: Sequence[SheetLine], members: Sequence[Volunteer], now: dt.datetime
) -> tuple[dict[int, tuple[Volunteer, int, int]], dict[int, str]]:
    found: dict[int, tuple[Volunteer, int, int]] = {}
    wrong: dict[int, str] = {}
    taken: dict[int, list[Span]] = {}
    for line in lines:
        try:
            volunteer = named(line.name, members, nobody=NOBODY)
            span = _span(sheet, line, now)
            span = trim(span, volunteer, sheet.on) if line.trim else span
            _check_alone(volunteer, sheet.on, span, taken.setdefault(volunteer.pk, []))
        except BusinessError as refusal:
            wrong[line.number] = refusal.sentence
        else:
            taken[volunteer.pk].append(span)
            found[line.number] = (volunteer, *span)
    return found, wrong


def _span(sheet: Sheet, line: SheetLine, now: dt.datetime) -> Span:
    if line.starts is None or line.ends is None:
        raise BusinessError("请填开始和结束时间，例如 9:00。")
    check_times(sheet.on, line.starts, line.ends, line.ends - line.starts, timezone.localdate(now))
    return line.starts, line.ends


def _check_alone(volunteer: Volunteer, on: dt.date, span: Span, taken: list[Span]) -> None:
    starts, ends = span
    twice = [other for other in taken if other[0] < ends and starts < other[1]]
    if twice:
        raise BusinessError(f"这张表上他还有一行{span_words(*twice[0])}，时间重叠，请核对。")
    others = overlapping([(volunteer.pk, on, starts, ends)])
    if others:
        rest = trimmed(starts, ends, [(row.starts, row.ends) for row in others])
        more = "同意的话，请勾“只记不重叠的”。" if rest else "请把这一行删掉。"
        raise BusinessError(overlap_words(starts, ends, others) + more)


def _members(team: Team, on: dt.date) -> list[Volunteer]:
    """Who was in the team that day."""
    rows = TeamMember.objects.on(on).filter(team=team).values_list("volunteer", flat=True)
    return list(Volunteer.objects.filter(pk__in=rows).select_related("person").order_by("pk"))
