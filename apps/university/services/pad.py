"""登记本: printed before, entered after, line by line in the order of the pad (rule book 9.48).

Each line keeps its key from the day it was printed: entered twice it is one sign-up. A line that was refused, or that
was left out, is entered later.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.common import audit, papers
from apps.common.choices import PaperState
from apps.common.errors import BusinessError
from apps.people.models import Person
from apps.signups.choices import SignUpSource
from apps.university.models import ClassGroup, PadLine, PadSheet, School, Term
from apps.university.models.desk import MOST_LINES
from apps.university.queries.desk_classes import is_lottery

from .desk import ask_in_draw, check_living, enrol, ticket_of

LINES_A_PAGE = 20
BACK_WITHIN = dt.timedelta(days=14)


@dataclass(frozen=True)
class Entry:
    """What was typed of one line. `written_at`: the time on the pad."""

    line: PadLine
    written_at: dt.datetime
    person: Person
    class_group: ClassGroup


@transaction.atomic
def make_pad(school: School, term: Term, *, lines: int, actor, on: dt.date) -> PadSheet:
    """A pad with its code and its numbered lines, ready to be printed."""
    if not 1 <= lines <= MOST_LINES:
        raise BusinessError(f"一本登记 1 到 {MOST_LINES} 行。", field="lines")
    paper = papers.print_paper(
        "登记本", f"{school} {term}登记本", "", actor=actor, unit_id=school.unit_id, due_on=on + BACK_WITHIN,
        pages=-(-lines // LINES_A_PAGE),
    )  # fmt: skip
    sheet = PadSheet.objects.create(school=school, term=term, paper=paper, made_by=actor)
    papers.belongs_to(paper, sheet)
    PadLine.objects.bulk_create(PadLine(sheet=sheet, position=place) for place in range(1, lines + 1))
    return sheet


def enter_lines(sheet: PadSheet, entries: Sequence[Entry], *, actor, now: dt.datetime) -> dict[int, str]:
    """Enter lines in the order of the pad, whatever order they come in; each in a transaction of its own, so that what
    is right stands. Returns line id → sentence for those refused; the sentence stays on the line too.

    Places held back for the pad are used; who finds none waits, by the time on the pad. See rule book 9.48.
    """
    refused: dict[int, str] = {}
    for entry in sorted(entries, key=lambda one: one.line.position):
        try:
            _enter(entry, actor, now)
        except BusinessError as refusal:
            refused[entry.line.pk] = refusal.sentence
            _note(entry, refusal.sentence)
    if entries:
        audit.record(
            "pad.enter", actor=actor, people=sorted({entry.person.pk for entry in entries}),
            target=f"university.padsheet:{sheet.pk}",
        )  # fmt: skip
    return refused


def check_order(lines: Sequence[tuple[PadLine, dt.datetime]], sheet: PadSheet) -> dict[int, str]:
    """line id → sentence where the time on a line is before that of an earlier line, entered now or before."""
    times: dict[int, Any] = dict(sheet.lines.filter(written_at__isnull=False).values_list("position", "written_at"))
    times.update({line.position: at for line, at in lines})
    wrong: dict[int, str] = {}
    latest: dt.datetime | None = None
    for position in sorted(times):
        if latest is not None and times[position] < latest:
            wrong[position] = f"时间比前面的行早（前面已到 {timezone.localtime(latest):%H:%M}），请核对。"
        else:
            latest = times[position]
    return {line.pk: wrong[line.position] for line, _ in lines if line.position in wrong}


@transaction.atomic
def _enter(entry: Entry, actor, now: dt.datetime) -> None:
    check_living(entry.person)
    line = PadLine.objects.get(pk=entry.line.pk)
    if line.sign_up_id is not None:
        return
    if entry.written_at > now:
        raise BusinessError("登记时间还没有到，请核对日期和时间。")
    if is_lottery(entry.class_group):
        sign_up = _in_draw(entry, actor, now)
    else:
        sign_up = enrol(
            entry.class_group, entry.person, way=SignUpSource.PAD, actor=actor, now=now, form_key=line.form_key,
            queued_at=entry.written_at,
        )  # fmt: skip
    # The line last: two who enter it at once meet at the person, who is locked by then.
    line = PadLine.objects.select_for_update(of=("self",), no_key=True).get(pk=line.pk)
    line.written_at, line.person, line.class_group = entry.written_at, entry.person, entry.class_group
    line.sign_up, line.refusal = sign_up, ""
    line.save()


def _in_draw(entry: Entry, actor, now: dt.datetime):
    """A class that is drawn becomes the next choice of his ticket."""
    held = ticket_of(entry.person, entry.class_group.offering.round)
    classes = []
    if held is not None:
        rows = held.sign_ups.filter(person=entry.person, state="applied").order_by("preference", "pk")
        classes = [row.offering.class_group for row in rows.select_related("offering__class_group", "offering__round")]
    if entry.class_group.pk not in [one.pk for one in classes]:
        classes.append(entry.class_group)
    ticket = ask_in_draw(
        classes, [entry.person], wants=held.wants if held else 1, way=SignUpSource.PAD, actor=actor, now=now,
        form_key=entry.line.form_key,
    )  # fmt: skip
    return ticket.sign_ups.get(person=entry.person, offering=entry.class_group.offering_id, state="applied")


def _note(entry: Entry, sentence: str) -> None:
    PadLine.objects.filter(pk=entry.line.pk, sign_up__isnull=True).update(
        written_at=entry.written_at, person=entry.person, class_group=entry.class_group, refusal=sentence[:200]
    )


@transaction.atomic
def finish(sheet: PadSheet, *, actor, now: dt.datetime) -> None:
    """All that stands on the pad was entered: its paper is back. Done again it changes nothing."""
    changed = PadSheet.objects.filter(pk=sheet.pk, entered_at__isnull=True).update(entered_at=now, entered_by=actor)
    sheet.refresh_from_db()
    if changed and sheet.paper.state in papers.OUT:
        papers.take_back(sheet.paper, actor=actor, on=timezone.localdate(now))


def is_open(sheet: PadSheet) -> bool:
    return sheet.entered_at is None and sheet.paper.state != PaperState.CANCELLED
