"""Evaluation of organisations and units by standards: opening, self-assessment, submission, its taking back.

Verification and naming are in `evaluation_decisions`. Each step is one conditional change of a locked row.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from apps.branches.choices import EvaluationAct, EvaluationState, EvaluationSubject, ItemNature
from apps.branches.models import Evaluation, EvaluationLine, EvaluationStep, MicroLecture, Standard, StandardItem
from apps.branches.rules.evaluation import MOVES, EvaluationRules, missing_items, points_refusal
from apps.common import attachments, audit
from apps.common.errors import BusinessError, StaleVersion
from apps.common.models import Attachment
from apps.common.scans import read_scan
from apps.common.voiding import void
from apps.organisation.queries import rule_values

EVIDENCE = "evaluation"
MOST_EVIDENCE = 6
MOST_ITEMS = 200
BATCH = 1000


@dataclass(frozen=True)
class ItemFacts:
    """A line of a standard as it was typed."""

    section: str
    text: str
    points: Decimal
    nature: str = ItemNature.NORMAL


@dataclass(frozen=True)
class Given:
    """What the subject says about one item; None: not filled yet."""

    points: Decimal | None
    note: str = ""


# Standards ----------------------------------------------------------------------------------------------------


def is_in_use(standard: Standard) -> bool:
    return standard.pk is not None and Evaluation.objects.filter(standard=standard, voided_at__isnull=True).exists()


@transaction.atomic
def keep_standard(standard: Standard, items: Sequence[ItemFacts], *, actor) -> Standard:
    """Save a standard and put `items` below those it has. Its items stand once an evaluation uses it."""
    if items and is_in_use(standard):
        raise BusinessError("已有评估在用，标准内容不能再改；请另建一个起始年份。", code="in_use", field="lines")
    standard.save()
    last = standard.items.order_by("-number").values_list("number", flat=True).first() or 0
    if last + len(items) > MOST_ITEMS:
        raise BusinessError(f"一个标准最多 {MOST_ITEMS} 条。", code="many", field="lines")
    StandardItem.objects.bulk_create(
        StandardItem(
            standard=standard, number=last + place, section=item.section, text=item.text, points=item.points,
            nature=item.nature,
        )
        for place, item in enumerate(items, 1)
    )  # fmt: skip
    audit.record("keep_standard", actor=actor, target=f"branches.standard:{standard.pk}")
    return standard


# Opening ------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_evaluations(
    standard: Standard, *, year: int, due_on: dt.date, actor, organisation_ids: Iterable[int] = (),
    unit_ids: Iterable[int] = (), by_staff: bool = True,
) -> int:  # fmt: skip
    """Open a year's evaluation for organisations or units; those that have one keep it. Returns how many are new."""
    _require_usable(standard, year)
    ids = {"organisation_id": sorted(set(organisation_ids)), "unit_id": sorted(set(unit_ids))}
    wrong = "unit_id" if standard.subject == EvaluationSubject.BRANCH else "organisation_id"
    if ids[wrong]:
        raise BusinessError("这个标准的评估对象不是这一类，请另选标准。", code="subject", field="standard")
    rows = [
        Evaluation(
            standard=standard, year=year, due_on=due_on, entered_by=actor, by_staff=by_staff, **{name: pk}
        )
        for name, pks in ids.items()
        for pk in pks
    ]  # fmt: skip
    before = _number_of(standard, year)
    Evaluation.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    _write_lines(standard, year)
    opened = _number_of(standard, year) - before
    if opened:
        target = f"branches.standard:{standard.pk}"
        audit.record("open_evaluations", actor=actor, target=target, fields=[f"{year}", f"{opened}"])
    return opened


def _number_of(standard: Standard, year: int) -> int:
    return Evaluation.objects.filter(standard=standard, year=year, voided_at__isnull=True).count()


def _require_usable(standard: Standard, year: int) -> None:
    if standard.voided_at or (standard.closed_on and standard.closed_on <= timezone.localdate()):
        raise BusinessError("这个标准已停用，请另选。", code="closed", field="standard")
    if year < standard.year_from:
        raise BusinessError(f"这个标准从 {standard.year_from} 年起用，请改年度。", code="year", field="year")
    if not standard.items.filter(voided_at__isnull=True).exists():
        raise BusinessError("这个标准还没有内容，请先录入各条和分值。", code="empty", field="standard")


def _write_lines(standard: Standard, year: int) -> None:
    items = list(standard.items.filter(voided_at__isnull=True).values_list("pk", flat=True))
    bare = Evaluation.objects.filter(standard=standard, year=year, voided_at__isnull=True, lines__isnull=True)
    rows = [
        EvaluationLine(evaluation_id=pk, item_id=item) for pk in bare.values_list("pk", flat=True) for item in items
    ]
    EvaluationLine.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


# Self-assessment ----------------------------------------------------------------------------------------------


def locked(evaluation: Evaluation) -> Evaluation:
    rows = Evaluation.objects.select_for_update(of=("self",)).select_related("standard", "organisation", "unit")
    return rows.get(pk=evaluation.pk)


def require_open(evaluation: Evaluation) -> None:
    if not evaluation.is_open:
        raise BusinessError("已经呈报，不能再改自评；要改请上级退回。", code="closed")


def lines_of_section(evaluation: Evaluation, section: str):
    return evaluation.lines.filter(item__section=section).select_related("item").order_by("item__number", "pk")


def seen_of(lines: Iterable[EvaluationLine]) -> str:
    """What a form carries so that a stale one is noticed: rises with every change of its lines."""
    return str(sum(line.version for line in lines))


@transaction.atomic
def save_part(
    evaluation: Evaluation, section: str, given: Mapping[int, Given], *, seen: str, actor, by_staff: bool
) -> int:
    """Write the self-assessment of one section, by item id. Sent twice it changes nothing; returns lines changed.

    `seen` is `seen_of` when the form was opened: StaleVersion if somebody wrote other things meanwhile.
    """
    evaluation = locked(evaluation)
    require_open(evaluation)
    lines = list(lines_of_section(evaluation, section).select_for_update(of=("self",)))
    changed = []
    for line in lines:
        said = given.get(line.item_id)
        if said is None or (said.points, said.note.strip()) == (line.self_points, line.self_note):
            continue
        if words := points_refusal(said.points, line.item.points):
            raise BusinessError(words, code="points", field=f"p{line.item_id}")
        line.self_points, line.self_note = said.points, said.note.strip()[:300]
        line.entered_by, line.by_staff = actor, by_staff
        changed.append(line)
    if not changed:
        return 0
    if seen != seen_of(lines):
        raise StaleVersion
    for line in changed:
        line.save(update_fields=["self_points", "self_note", "entered_by", "by_staff"])
    note(evaluation, "self_assess", actor, by_staff=by_staff)
    return len(changed)


@transaction.atomic
def save_story(evaluation: Evaluation, story: str, *, seen: int, actor, by_staff: bool) -> None:
    """Write the 事迹材料; `seen` is the version that the form was opened at."""
    evaluation = locked(evaluation)
    require_open(evaluation)
    story = story.strip()
    if story == evaluation.story:
        return
    most = rule_values(EvaluationRules.rule_key, on=timezone.localdate()).story_length
    if len(story) > most:
        raise BusinessError(f"事迹材料最多 {most} 字，现在 {len(story)} 字。", code="long", field="story")
    if seen != evaluation.version:
        raise StaleVersion
    evaluation.story = story
    evaluation.save(update_fields=["story"])
    note(evaluation, "self_assess", actor, by_staff=by_staff, fields=["story"])


def missing_of(evaluation: Evaluation) -> list[int]:
    """Numbers of the basic items that are not filled."""
    rows = evaluation.lines.order_by("item__number").values_list("item__number", "item__nature", "self_points")
    return missing_items(list(rows))


@transaction.atomic
def submit(evaluation: Evaluation, *, on: dt.date, actor, by_staff: bool) -> Evaluation:
    """Hand in; refuses with the numbers of the items that are missing. Submitted already: nothing happens."""
    evaluation = locked(evaluation)
    if evaluation.state == EvaluationState.SUBMITTED:
        return evaluation
    if missing := missing_of(evaluation):
        numbers = "、".join(map(str, missing))
        raise BusinessError(f"还有 {len(missing)} 条没有填自评分：第 {numbers} 条。填好再呈报。", code="missing")
    evaluation.submitted_on = on
    step(evaluation, EvaluationAct.SUBMIT, on=on, actor=actor, by_staff=by_staff, fields=["submitted_on"])
    note(evaluation, "submit_evaluation", actor, by_staff=by_staff)
    return evaluation


# Evidence: never asked for (domain 3.15) ----------------------------------------------------------------------


def evidence_subject(line_id: int) -> str:
    return f"branches.evaluationline:{line_id}"


@transaction.atomic
def add_evidence(evaluation: Evaluation, line: EvaluationLine, files: Sequence, *, actor, by_staff: bool) -> None:
    """Keep scans or photos with an item, for good."""
    require_open(locked(evaluation))
    field = f"f{line.item_id}"
    rows = Attachment.objects.filter(subject=evidence_subject(line.pk), purpose=EVIDENCE, purged_at__isnull=True)
    if rows.count() + len(files) > MOST_EVIDENCE:
        raise BusinessError(f"一条最多放 {MOST_EVIDENCE} 份证据。", code="many", field=field)
    for scan in [read_scan(file, field=field) for file in files]:
        attachments.store(
            scan.data, subject=evidence_subject(line.pk), purpose=EVIDENCE, filename=scan.filename,
            content_type=scan.content_type, actor=actor, keep_days=None,
        )  # fmt: skip
    note(evaluation, "evaluation_evidence", actor, by_staff=by_staff)


@transaction.atomic
def remove_evidence(evaluation: Evaluation, found: Attachment, *, actor, by_staff: bool) -> None:
    require_open(locked(evaluation))
    attachments.purge(found)
    note(evaluation, "evaluation_evidence", actor, by_staff=by_staff)


# Shared by the steps ------------------------------------------------------------------------------------------


def step(evaluation, act: str, *, on: dt.date, actor, by_staff: bool, fields: list[str], note: str = "") -> None:
    """Move a locked evaluation by `act` and keep the step; BusinessError where its state does not allow it."""
    sources, target = MOVES[act]
    before = evaluation.state
    if evaluation.voided_at or before not in sources:
        words = EvaluationState(before).label
        raise BusinessError(f"现在是“{words}”，不能{EvaluationAct(act).label}。请刷新页面再看。", code="state")
    evaluation.state = target or before
    evaluation.save(update_fields=["state", *fields])
    EvaluationStep.objects.create(
        evaluation=evaluation, act=act, on=on, note=note[:200], state_before=before, entered_by=actor, by_staff=by_staff
    )


def note(evaluation: Evaluation, action: str, actor, *, by_staff: bool = False, fields: Sequence[str] = ()) -> None:
    audit.record(
        action, actor=actor, target=f"branches.evaluation:{evaluation.pk}", fields=fields,
        reason="代录" if by_staff else "",
    )  # fmt: skip


# 微党课 -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class LectureFacts:
    key: uuid.UUID
    title: str
    speaker: str
    held_on: dt.date
    summary: str = ""
    meeting: int | None = None


@transaction.atomic
def record_lecture(desk, facts: LectureFacts) -> MicroLecture:
    """Write a 微党课; the same key again changes that one."""
    if facts.held_on > desk.today:
        raise BusinessError("日期不能晚于今天；讲过了再记。", code="future", field="held_on")
    row = MicroLecture.objects.select_for_update(of=("self",)).filter(public_id=facts.key).first()
    row = row or MicroLecture(public_id=facts.key, organisation=desk.organisation)
    if row.organisation_id != desk.organisation.pk or row.voided_at:
        raise BusinessError("这张表已经用过。请回到工作台重新打开。", code="foreign_key")
    if facts.meeting and not desk.organisation.meetings.filter(pk=facts.meeting, voided_at__isnull=True).exists():
        raise BusinessError("没有这次会议，请重新选择。", code="meeting", field="meeting")
    row.title, row.speaker, row.held_on = facts.title.strip(), facts.speaker.strip(), facts.held_on
    row.summary, row.meeting_id = facts.summary.strip(), facts.meeting
    row.entered_by, row.by_staff = desk.user, desk.by_staff
    row.save()
    audit.record(
        "micro_lecture", actor=desk.user, target=f"branches.microlecture:{row.pk}",
        reason="代录" if desk.by_staff else "",
    )  # fmt: skip
    return row


@transaction.atomic
def take_back_lecture(desk, lecture: MicroLecture) -> None:
    row = MicroLecture.objects.select_for_update(of=("self",)).get(pk=lecture.pk, organisation=desk.organisation)
    void(row, reason="登记错了，撤回", actor=desk.user)
