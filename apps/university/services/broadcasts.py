"""电视课表 taken in from a table, 精品课程 decided, 教研 with its papers."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.common.scans import Scan
from apps.university.choices.air import NominationState
from apps.university.models import Course, CourseNomination, Programme, School, TeachingResearch
from apps.university.rules.programmes import Line

State = NominationState


@dataclass(frozen=True)
class Verdict:
    """What becomes of a pasted line: `word` is 新增, 改 (with `was`), 一样 or the problem."""

    line: Line
    word: str
    was: str = ""
    tone: str = ""


def judge(lines: Sequence[Line]) -> list[Verdict]:
    """What taking these lines in would do; one statement. Of two lines for one channel and time, the second is
    refused."""
    days = {line.on for line in lines if not line.problem}
    rows = Programme.objects.current().filter(on__in=days)
    known = {(row.channel, row.on, row.starts): row for row in rows}
    seen: set[tuple] = set()
    found = []
    for line in lines:
        key = (line.channel, line.on, line.starts)
        row = known.get(key)
        if line.problem:
            found.append(Verdict(line, line.problem, tone="late"))
        elif key in seen:
            found.append(Verdict(line, "和上面一行是同一个时间", tone="late"))
        elif row is None:
            found.append(Verdict(line, "新增", tone="done"))
        elif (row.title, row.replays) == (line.title, line.replays):
            found.append(Verdict(line, "已经有了"))
        else:
            found.append(Verdict(line, "改", was=row.title, tone="soon"))
        seen.add(key)
    return found


@transaction.atomic
def take_in(school: School, lines: Sequence[Line], *, actor) -> tuple[int, int]:
    """(new, changed) programmes; the same table again changes nothing. A programme of another school at the same
    channel and time is left as it is."""
    School.objects.select_for_update(of=("self",)).get(pk=school.pk)
    new = changed = 0
    for verdict in judge(lines):
        line = verdict.line
        if verdict.word == "新增" and line.on is not None:
            _, made = Programme.objects.get_or_create(
                channel=line.channel, on=line.on, starts=line.starts, voided_at=None,
                defaults={"school": school, "title": line.title, "replays": line.replays},
            )  # fmt: skip
            new += made
        elif verdict.word == "改":
            rows = Programme.objects.current().filter(
                school=school, channel=line.channel, on=line.on, starts=line.starts
            )
            changed += rows.update(title=line.title, replays=line.replays)
    audit.record("programme.import", actor=actor, target=f"university.school:{school.pk}")
    return new, changed


def nominate(nomination: CourseNomination, *, on: dt.date) -> CourseNomination:
    """Put a course forward; it is a course of the school, the day no later than `on`."""
    if nomination.course.school_id != nomination.school_id:
        raise BusinessError("这门课程是别的学校的，请重新选。", code="school", field="course")
    if nomination.asked_on > on:
        raise BusinessError("申报日期不能晚于今天。", code="future", field="asked_on")
    if nomination.state != State.ASKED:
        raise BusinessError("已经评定过，不能再改。", code="decided")
    nomination.save()
    return nomination


NEXT: dict[str, tuple[str, ...]] = {
    State.ASKED: (State.APPROVED, State.REFUSED),
    State.APPROVED: (State.ENDED,),
}


@transaction.atomic
def decide(nomination: CourseNomination, state: str, *, opinion: str, on: dt.date, actor) -> CourseNomination:
    """APPROVED or REFUSED of what waits; ENDED of what was approved. The course follows. Once more the same does
    nothing. See rule book 9.63."""
    row = CourseNomination.objects.select_for_update(of=("self",)).select_related("course").get(pk=nomination.pk)
    if row.state == state:
        return row
    allowed = NEXT.get(row.state, ())
    if state not in allowed or row.voided_at:
        raise BusinessError("这份申报已经有了结果，请刷新再看。", code="decided")
    row.state, row.opinion, row.decided_on, row.decided_by = state, opinion, on, actor
    row.save(update_fields=["state", "opinion", "decided_on", "decided_by"])
    Course.objects.filter(pk=row.course_id).update(is_model=state == State.APPROVED)
    audit.record("nomination.decide", actor=actor, target=f"university.coursenomination:{row.pk}", fields=[state])
    return row


@transaction.atomic
def keep_paper(research: TeachingResearch, scan: Scan, *, actor) -> None:
    """The paper of a meeting; the one before is removed."""
    row = TeachingResearch.objects.select_for_update(of=("self",)).get(pk=research.pk)
    before = row.file
    row.file = attachments.store(
        scan.data, subject=f"university.teachingresearch:{row.pk}", purpose="教研材料", filename=scan.filename,
        content_type=scan.content_type, actor=actor, keep_days=None,
    )  # fmt: skip
    row.save(update_fields=["file"])
    if before is not None:
        transaction.on_commit(lambda: attachments.purge(before), robust=True)
    audit.record("change", actor=actor, target=f"university.teachingresearch:{row.pk}", fields=["file"])
