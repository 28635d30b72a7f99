"""Last term's classes into the next: each goes on, begins anew, or is left out (rule book 9.24)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from apps.common.errors import BusinessError
from apps.signups.choices import Mode
from apps.university.choices.schools import ClassState, PhaseKind, TeacherState
from apps.university.models import ClassGroup, School, Teacher, Term, TermPhase

from .classes import ClassFacts, create_class, slots_of

UP, ON, ANEW, LEAVE = "up", "on", "new", "off"
HOWS = {UP: "续读，升一个年级", ON: "续读，年级不变", ANEW: "新开，不续读", LEAVE: "不开"}
MOST = 300


@dataclass(frozen=True)
class Line:
    """A class of the old term: how it may go on, what is proposed, and what stands already."""

    source: ClassGroup
    hows: tuple[str, ...]
    proposed: str
    standing: str


@dataclass(frozen=True)
class Outcome:
    source: ClassGroup
    made: ClassGroup | None
    refused: str = ""


def lines_of(source: Term, target: Term, school: School) -> list[Line]:
    """What could be copied, in order of the course; those that were copied before say so."""
    rows = list(
        ClassGroup.objects.current()
        .filter(term=source, school=school)
        .exclude(state=ClassState.CANCELLED)
        .select_related("course", "teacher__person", "room", "offering__places", "term", "school__unit")
        .prefetch_related("slots")
        .order_by("course__name", "grade", "code")[:MOST]
    )
    after = ClassGroup.objects.current().filter(term=target, school=school)
    followed = {one.follows_id: one for one in after.filter(follows__in=rows).select_related("course")}
    taken = {(one.course_id, one.grade, one.code): one for one in after.select_related("course")}
    lines = []
    for one in rows:
        last = one.grade >= one.course.grades
        hows = (ON, ANEW, LEAVE) if last else (UP, ON, ANEW, LEAVE)
        proposed = (ANEW if one.course.grades == 1 else LEAVE) if last else UP
        standing = followed.get(one.pk) or (
            taken.get((one.course_id, one.grade, one.code)) if proposed == ANEW else None
        )
        lines.append(Line(one, hows, proposed, f"已经开了“{standing}”" if standing else ""))
    return lines


def copy_classes(source: Term, target: Term, school: School, hows: Mapping[int, str], *, actor) -> list[Outcome]:
    """Make the classes that `hows` names (class id → how), each on its own: one that clashes is told and the others
    stand. Once more makes nothing twice (rule book 9.24)."""
    window = _window(target, school)
    outcomes = []
    for line in lines_of(source, target, school):
        how = hows.get(line.source.pk, LEAVE)
        if how == LEAVE or how not in line.hows:
            continue
        if line.standing:
            outcomes.append(Outcome(line.source, None, line.standing))
            continue
        try:
            with transaction.atomic():
                made = create_class(_facts(line.source, target, how, window), actor=actor)
        except BusinessError as refusal:
            outcomes.append(Outcome(line.source, None, refusal.sentence))
        else:
            outcomes.append(Outcome(line.source, made))
    return outcomes


def _window(target: Term, school: School) -> TermPhase | None:
    """When new students ask, of this school or of all."""
    rows = TermPhase.objects.filter(Q(school=school) | Q(school=None), term=target, kind=PhaseKind.NEW, voided_at=None)
    return max(rows, key=lambda row: row.school_id is not None, default=None)


def _facts(one: ClassGroup, target: Term, how: str, window: TermPhase | None) -> ClassFacts:
    length = one.until - one.first_on
    first_on = min(target.starts_on + (one.first_on - one.term.starts_on), target.ends_on - dt.timedelta(1))
    opens = window if one.offering.mode == Mode.FIRST_COME else None
    return ClassFacts(
        term=target, school=one.school, course=one.course, code=one.code, grade=one.grade + (how == UP),
        capacity=one.offering.places.capacity, held_back=one.offering.places.held_back, slots=slots_of(one),
        first_on=first_on, until=min(first_on + length, target.ends_on), mode=Mode(one.offering.mode),
        opens_at=opens.opens_at if opens else None, closes_at=opens.closes_at if opens else None,
        min_open=one.min_open, age_from=one.age_from, age_to=one.age_to, needs_health=one.needs_health, fee=one.fee,
        room=one.room if one.room and one.room.closed_on is None else None, teacher=_still(one.teacher),
        second_teacher=_still(one.second_teacher), follows=None if how == ANEW else one, note=one.note,
    )  # fmt: skip


def _still(teacher: Teacher | None) -> Teacher | None:
    return teacher if teacher and teacher.state in (TeacherState.HIRED, TeacherState.RESERVE) else None
