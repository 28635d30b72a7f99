"""Figures of attendance, and who has long been away. Figures are of classes; people are never ranked."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q, Sum

from apps.organisation.queries import rule_groups
from apps.university.choices.life import Basis, Presence
from apps.university.choices.schools import ClassState, SessionState
from apps.university.choices.students import EnrolmentState
from apps.university.models import AbsenceCase, Attendance, ClassGroup, ClassSession, Enrolment, School
from apps.university.rules.lessons import day_of
from apps.university.rules.life import AttendanceRules, basis_of_run, percent_of

from .class_people import studying

MOST = 200


@dataclass(frozen=True)
class Coverage:
    """Of one class: lessons that should have been, whose roll was taken, and how many came of how many lines."""

    due: int = 0
    taken: int = 0
    came: int = 0
    lines: int = 0

    @property
    def percent(self) -> int | None:
        return percent_of(self.came, self.lines)


def coverage_of(class_groups: Iterable[ClassGroup], now: dt.datetime) -> dict[int, Coverage]:
    """Class id → figures; two queries for however many."""
    keys = [one.pk for one in class_groups]
    gone = ClassSession.objects.current().filter(class_group__in=keys, ends_at__lte=now)
    gone = gone.exclude(state=SessionState.CANCELLED).order_by()
    lessons = {
        row["class_group"]: (row["due"], row["taken"])
        for row in gone.values("class_group").annotate(due=Count("pk"), taken=Count("roll"))
    }
    rows = Attendance.objects.filter(session__class_group__in=keys, session__roll__isnull=False).order_by()
    lines = {
        row["session__class_group"]: (row["came"], row["lines"])
        for row in rows.values("session__class_group").annotate(
            came=Count("pk", filter=Q(state=Presence.PRESENT)), lines=Count("pk")
        )
    }
    return {pk: Coverage(*lessons.get(pk, (0, 0)), *lines.get(pk, (0, 0))) for pk in keys}


def counted_in(class_groups: Iterable[ClassGroup]) -> dict[int, int]:
    """Class id → sum of the numbers typed (人次)."""
    rows = ClassSession.objects.current().filter(class_group__in=[one.pk for one in class_groups]).order_by()
    return dict(rows.values("class_group").annotate(total=Sum("roll__counted")).values_list("class_group", "total"))


@dataclass(frozen=True)
class Away:
    """Somebody whom the rule lists. `case`: what staff noted already."""

    enrolment: Enrolment
    basis: Basis
    since: dt.date
    missed: int
    case: AbsenceCase | None

    @property
    def basis_words(self) -> str:
        return self.basis.label


# Of everybody who studies in these classes and missed his last known lesson: since when he has missed one after the
# other, in how many calendar weeks, how often. What the rules make of it, `basis_of_run` says.
RUNS = """
SELECT a.enrolment_id, c.school_id, min(s.starts_at), count(*),
       count(DISTINCT date_trunc('week', s.starts_at AT TIME ZONE 'Asia/Shanghai'))
FROM university_enrolment e
JOIN university_classgroup c ON c.id = e.class_group_id
CROSS JOIN LATERAL (
  SELECT max(t.starts_at) FILTER (WHERE b.state <> 'out') AS at
  FROM university_attendance b JOIN university_classsession t ON t.id = b.session_id WHERE b.enrolment_id = e.id
) known
JOIN university_attendance a ON a.enrolment_id = e.id AND a.state = 'out'
JOIN university_classsession s ON s.id = a.session_id
WHERE e.class_group_id = ANY(%s) AND e.state = 'in' AND (known.at IS NULL OR s.starts_at > known.at)
GROUP BY a.enrolment_id, c.school_id
ORDER BY min(s.starts_at), a.enrolment_id
"""


def long_away(class_groups, on: dt.date) -> list[Away]:
    """Who has been away by the rule and is not kept by a decision since: the longest away first, at most 200.

    `class_groups`: a queryset of classes. A handful of statements; people are read only of those who are listed.
    """
    running = list(class_groups.filter(state=ClassState.RUNNING).order_by().values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(RUNS, [running])
        runs = cursor.fetchall()
    rules = _rules_of({school for _, school, *_ in runs}, on)
    listed: dict[int, tuple[Basis, dt.date, int]] = {}
    for pk, school, since, missed, weeks in runs:
        basis = basis_of_run(day_of(since), weeks, rules[school], on)
        if basis is not None:
            listed[pk] = (basis, day_of(since), missed)
    cases = {
        (case.enrolment_id, case.since): case
        for case in AbsenceCase.objects.filter(enrolment__in=listed, voided_at__isnull=True)
    }
    of = {pk: cases.get((pk, since)) for pk, (_, since, _) in listed.items()}
    open_ones = [pk for pk, case in of.items() if case is None or not case.decision][:MOST]
    people = Enrolment.objects.select_related(
        "student__person", "class_group__course", "class_group__school__unit", "class_group__term"
    ).in_bulk(open_ones)
    return [Away(people[pk], *listed[pk], of[pk]) for pk in open_ones]


def _rules_of(schools: Iterable[int], on: dt.date) -> dict[int, AttendanceRules]:
    units = dict(School.objects.filter(pk__in=list(schools)).values_list("pk", "unit_id"))
    groups = rule_groups(AttendanceRules.rule_key, on=on)
    return {
        school: next(rules for rules, held_by in groups if held_by is None or unit in held_by)
        for school, unit in units.items()
    }


@dataclass(frozen=True)
class Standing:
    """How often somebody came to lessons whose roll was taken."""

    enrolment: Enrolment
    came: int
    leave: int
    absent: int
    held: int

    @property
    def percent(self) -> int | None:
        return percent_of(self.came, self.held)


def standings(class_group: ClassGroup, *, everybody: bool = False) -> list[Standing]:
    """Of everybody studying (or, with `everybody`, of those who ended it too), in the order of class lists.

    Who joined late is measured by the lessons since he has his place."""
    rows = studying(class_group)
    if everybody:
        ended = (EnrolmentState.STUDYING, EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED)
        rows = (
            Enrolment.objects.current()
            .filter(class_group=class_group, state__in=ended)
            .select_related("student__person")
            .order_by("student__person__name_sort_key", "student__person__name", "pk")
        )
    rows = list(rows.select_related("sign_up", "student__person"))
    held = list(
        ClassSession.objects.current()
        .filter(class_group=class_group, roll__isnull=False)
        .values_list("starts_at", flat=True)
    )
    lines = Attendance.objects.filter(enrolment__in=rows, session__roll__isnull=False).order_by()
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for pk, state, number in lines.values_list("enrolment", "state").annotate(number=Count("pk")):
        counts[pk][state] = number
    found = []
    for row in rows:
        own, joined = counts[row.pk], row.sign_up.seated_at
        due = sum(joined is None or at >= joined for at in held)
        came, leave, absent = (own.get(state, 0) for state in (Presence.PRESENT, Presence.LEAVE, Presence.ABSENT))
        found.append(Standing(row, came, leave, absent, max(due, came + leave + absent)))
    return found
