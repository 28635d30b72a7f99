"""Figures of schools: what runs there now, and which were opened in a year."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from apps.university.choices.schools import ClassState, SchoolLevel
from apps.university.models import ClassGroup, Enrolment, Room, School, StudentSchool
from apps.university.rules.schools import in_tree_order

MOST = 2000


@dataclass(frozen=True)
class SchoolLine:
    """A school in its tree, with what is going on there on a day."""

    school: School
    depth: int
    rooms: int
    classes: int
    enrolments: int
    students: int

    @property
    def indented(self) -> str:
        """Its level, further in the deeper it stands."""
        return "　" * self.depth + self.school.get_level_display()


def tree(schools, on: dt.date) -> list[SchoolLine]:
    """Of a queryset of schools, each below the one it belongs to. Five queries however many there are."""
    rows = list(schools.select_related("unit").order_by("position", "pk")[:MOST])
    keys = [one.pk for one in rows]
    by_key = {one.pk: one for one in rows}
    rooms = _counts(Room.objects.current().filter(campus__school__in=keys, closed_on=None), "campus__school")
    now = Q(first_on__lte=on, until__gt=on, state__in=(ClassState.PUBLISHED, ClassState.RUNNING))
    running = ClassGroup.objects.current().filter(now, school__in=keys)
    classes = _counts(running, "school")
    places = _counts(
        Enrolment.objects.current().filter(class_group__in=running.order_by().values("pk"), state="in"),
        "class_group__school",
    )
    students = _counts(StudentSchool.objects.filter(school__in=keys), "school")
    return [
        SchoolLine(by_key[key], depth, rooms.get(key, 0), classes.get(key, 0), places.get(key, 0), students.get(key, 0))
        for key, depth in in_tree_order([(one.pk, one.parent_id) for one in rows])
    ]


def _counts(rows, by: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(number=Count("pk")))


def level_figures(schools, year: int) -> list[tuple[str, int, int]]:
    """Each level with its schools that are open and of those the ones opened in a year, highest level first (rule book
    9.23)."""
    found = (
        schools.filter(closed_on=None)
        .order_by()
        .values("level")
        .annotate(number=Count("pk"), opened=Count("pk", filter=Q(opened_on__year=year)))
    )
    counts = {row["level"]: (row["number"], row["opened"]) for row in found}
    return [(level.label, *counts.get(level.value, (0, 0))) for level in SchoolLevel]
