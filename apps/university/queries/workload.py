"""How much each teacher taught in a term."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, Sum

from apps.university.choices.schools import SessionState, TeacherRole
from apps.university.models import SessionTeacher, Teacher, Term

LINES = 2000


@dataclass(frozen=True)
class Load:
    """Lessons and minutes of a term: planned, of those held by now, and of those taught for somebody else."""

    teacher: Teacher
    classes: int
    sessions: int
    minutes: int
    held: int
    substituted: int

    @property
    def hours(self) -> str:
        """In 学时 of 45 minutes, one place."""
        return f"{self.minutes / 45:.1f}".removesuffix(".0")


def loads(teachers, term: Term, *, now: dt.datetime) -> list[Load]:
    """Of a queryset of teachers, most lessons first; who taught none is left out. Lessons called off do not count."""
    length = ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=DurationField())
    rows = (
        SessionTeacher.objects.filter(
            session__class_group__term=term,
            session__voided_at__isnull=True,
            teacher__in=teachers.order_by().values("pk"),
        )
        .exclude(session__state=SessionState.CANCELLED)
        .values("teacher_id")
        .annotate(
            classes=Count("session__class_group", distinct=True),
            sessions=Count("pk"),
            length=Sum(length),
            held=Count("pk", filter=Q(ends_at__lte=now)),
            substituted=Count("pk", filter=Q(role=TeacherRole.SUBSTITUTE)),
        )
        .order_by("-sessions", "teacher_id")[:LINES]
    )
    found = list(rows)
    by_key = {
        one.pk: one
        for one in Teacher.objects.filter(pk__in=[row["teacher_id"] for row in found]).select_related(
            "person", "school"
        )
    }
    return [
        Load(
            by_key[row["teacher_id"]], row["classes"], row["sessions"], int(row["length"].total_seconds() // 60),
            row["held"], row["substituted"],
        )
        for row in found
    ]  # fmt: skip
