"""Patrol sheets entered at once, and the way of a problem from found to closed (rule book 10.53)."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.volunteers.choices.posts import ProblemOutcome
from apps.volunteers.models import OutsidePost, Patrol, Problem, Volunteer
from apps.volunteers.queries.members import named

from .line_refusals import LineRefusals

MOST_LINES = 60
NOBODY = "那天没有“{}”的任职登记，他也不是志愿者。请核对姓名，或者先登记社会任职。"


@dataclass(frozen=True)
class PatrolLine:
    """A line as typed. `problem`: what was found, empty for nothing; `told`: to whom it was reported that day."""

    number: int
    who: str
    on: dt.date
    minutes: int | None
    place: str = ""
    seen: str = ""
    problem: str = ""
    told: str = ""


@dataclass(frozen=True)
class Entered:
    patrols: list[Patrol]
    problems: int = 0
    again: bool = False


@transaction.atomic
def enter_patrols(
    lines: Sequence[PatrolLine], *, posts, volunteers, kind: str = "", form_key: uuid.UUID, on: dt.date, actor
) -> Entered:  # fmt: skip
    """A patrol for every line, found by name among `posts` held that day (of `kind`, if given), else among
    `volunteers`; querysets of what the actor may write for. Sent twice it is entered once. Raises LineRefusals naming
    each line that cannot be; then nothing is written.
    See rule book 10.53."""
    if not lines:
        raise BusinessError("请至少填一行。", code="empty")
    if len(lines) > MOST_LINES:
        raise BusinessError(f"一张表最多 {MOST_LINES} 行，请分成几张。", code="many")
    keys = {line.number: uuid.uuid5(form_key, f"patrol:{line.number}") for line in lines}
    if known := list(Patrol.objects.filter(public_id__in=keys.values()).order_by("pk")):
        return Entered(known, again=True)
    names = {"".join(line.who.split()).rstrip("0123456789") for line in lines}
    rows = posts.current().filter(person__name__in=names).select_related("person")
    rows = list((rows.filter(kind=kind) if kind else rows).order_by("pk"))
    helpers = list(volunteers.active().filter(person__name__in=names).select_related("person"))
    made: dict[int, Patrol] = {}
    wrong: dict[int, str] = {}
    for line in lines:
        try:
            made[line.number] = _patrol(line, rows, helpers, keys[line.number], on)
        except BusinessError as refusal:
            wrong[line.number] = refusal.sentence
    if wrong:
        raise LineRefusals(wrong)
    return _written(lines, made, form_key, actor)


def _patrol(
    line: PatrolLine, posts: list[OutsidePost], helpers: list[Volunteer], key: uuid.UUID, on: dt.date
) -> Patrol:
    if line.on > on:
        raise BusinessError("日期还没有到。")
    if line.minutes is None or not 1 <= line.minutes <= 1440:
        raise BusinessError("用时填 1 到 1440 分钟。")
    held = [post for post in posts if post.starts_on <= line.on and (post.ends_on is None or post.ends_on > line.on)]
    by_person = {post.person_id: post for post in held}
    known = {row.pk: row for row in helpers if row.pk not in by_person}
    among: list[OutsidePost | Volunteer] = [*by_person.values(), *known.values()]
    found = named(line.who, among, nobody=NOBODY)
    if isinstance(found, Volunteer):
        if not line.place:
            raise BusinessError("请填地点。")
        return Patrol(public_id=key, unit_id=found.unit_id, person_id=found.pk, on=line.on, minutes=line.minutes,
                      place=line.place, seen=line.seen)  # fmt: skip
    post = _one_post([one for one in held if one.person_id == found.person_id])
    return Patrol(
        public_id=key, unit_id=post.unit_id, person_id=post.person_id, post=post, on=line.on, minutes=line.minutes,
        place=line.place or post.place or post.body, seen=line.seen,
    )  # fmt: skip


def _one_post(held: list[OutsidePost]) -> OutsidePost:
    if len(held) > 1:
        bodies = "、".join(sorted({post.body for post in held}))
        raise BusinessError(f"他那天有 {len(held)} 个岗位（{bodies}），请在表头选岗位，分开录。")
    return held[0]


def _written(lines: Sequence[PatrolLine], made: dict[int, Patrol], form_key: uuid.UUID, actor) -> Entered:
    Patrol.objects.bulk_create(made[line.number] for line in lines)
    patrols = list(Patrol.objects.filter(public_id__in=[row.public_id for row in made.values()]).order_by("pk"))
    by_key = {row.public_id: row for row in patrols}
    problems = []
    for line in lines:
        if not line.problem:
            continue
        patrol, post = by_key[made[line.number].public_id], made[line.number].post
        problems.append(Problem(
            public_id=uuid.uuid5(form_key, f"problem:{line.number}"), unit_id=patrol.unit_id,
            person_id=patrol.person_id, patrol=patrol, found_on=line.on, what=line.problem, place=patrol.place,
            community_id=post.community_id if post is not None else None,
            reported_to=line.told, reported_on=line.on if line.told else None,
        ))  # fmt: skip
    Problem.objects.bulk_create(problems)
    people = sorted({row.person_id for row in patrols})
    audit.record("patrol.sheet", actor=actor, people=people, target=f"volunteers.patrol:{patrols[0].pk}")
    return Entered(patrols, len(problems))


@transaction.atomic
def report_problem(problem: Problem, *, to: str, on: dt.date, actor) -> Problem:
    """Reported to somebody on a day; told already: to whom and when is corrected."""
    problem = _locked(problem)
    _refuse_closed(problem)
    _check_day(problem, on, "on")
    if not to.strip():
        raise BusinessError("请写报给谁。", code="to", field="to")
    problem.reported_to, problem.reported_on = to.strip()[:80], on
    problem.save(update_fields=["reported_to", "reported_on"])
    _note("problem.report", problem, actor)
    return problem


@transaction.atomic
def close_problem(problem: Problem, *, on: dt.date, outcome: str, result: str, actor) -> Problem:
    """Closed with what came of it. Closed already: nothing happens."""
    problem = _locked(problem)
    if problem.closed_on is not None:
        return problem
    _check_day(problem, on, "on")
    if not result.strip():
        raise BusinessError("请写办理结果。", code="result", field="result")
    problem.closed_on, problem.outcome, problem.result = on, ProblemOutcome(outcome), result.strip()[:200]
    problem.save(update_fields=["closed_on", "outcome", "result"])
    _note("problem.close", problem, actor)
    return problem


@transaction.atomic
def reopen_problem(problem: Problem, *, actor) -> Problem:
    """It was not closed after all; the result that was written stays in the history."""
    problem = _locked(problem)
    if problem.closed_on is None:
        return problem
    problem.closed_on, problem.outcome, problem.result = None, "", ""
    problem.save(update_fields=["closed_on", "outcome", "result"])
    _note("problem.reopen", problem, actor)
    return problem


def _locked(problem: Problem) -> Problem:
    return Problem.objects.select_for_update(of=("self",)).get(pk=problem.pk)


def _refuse_closed(problem: Problem) -> None:
    if problem.closed_on is not None:
        raise BusinessError("这个问题已经办结。要改的，请先重新打开。", code="closed")


def _check_day(problem: Problem, on: dt.date, field: str) -> None:
    earliest = problem.found_on
    if on < earliest:
        raise BusinessError(f"不能早于发现日期 {earliest:%Y-%m-%d}。", code="order", field=field)


def _note(action: str, problem: Problem, actor) -> None:
    audit.record(action, actor=actor, people=[problem.person_id], target=f"volunteers.problem:{problem.pk}")
