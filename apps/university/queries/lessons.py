"""Lessons of a class, a person, a room or a teacher, and the one that is now."""

import datetime as dt

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from apps.university.choices.schools import ClassState, SessionState
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassSession, Enrolment, Leave, School, SessionTeacher, Student

SHOWN = (ClassState.PUBLISHED, ClassState.RUNNING, ClassState.ENDED)


def lessons() -> QuerySet[ClassSession]:
    """With all that a timetable shows, in order; three queries for however many."""
    return (
        ClassSession.objects.current()
        .select_related("class_group__course", "class_group__school", "room__campus")
        .prefetch_related(Prefetch("teachers", SessionTeacher.objects.select_related("teacher__person").order_by("pk")))
        .order_by("starts_at", "pk")
    )


def of_student(student: Student) -> Q:
    """Lessons of the classes in which he has a place."""
    own = Enrolment.objects.current().filter(student=student, state=EnrolmentState.STUDYING)
    return Q(class_group__in=own.order_by().values("class_group"))


def lesson_of_student(
    student: Student, school: School, now: dt.datetime, *, ahead: dt.timedelta
) -> tuple[ClassSession, Enrolment] | None:
    """His lesson at this school that is going on, or begins within `ahead`: the first."""
    session = (
        lessons()
        .filter(of_student(student), class_group__school=school, starts_at__lte=now + ahead, ends_at__gt=now)
        .exclude(state=SessionState.CANCELLED)
        .first()
    )
    if session is None:
        return None
    enrolment = Enrolment.objects.current().get(
        class_group=session.class_group_id, student=student, state=EnrolmentState.STUDYING
    )
    return session, enrolment


def next_lesson_of_student(student: Student, now: dt.datetime) -> ClassSession | None:
    coming = lessons().filter(of_student(student), starts_at__gt=now).exclude(state=SessionState.CANCELLED)
    return coming.first()


def on_leave(session: ClassSession, on: dt.date) -> set[int]:
    """Students (person ids) with a leave for the day of a lesson."""
    whose = Q(class_group__isnull=True) | Q(class_group=session.class_group_id)
    rows = Leave.objects.filter(whose, first_on__lte=on, until__gt=on, voided_at__isnull=True)
    inside = Enrolment.objects.filter(
        class_group=session.class_group_id, student=OuterRef("student"), state=EnrolmentState.STUDYING
    )
    return set(rows.filter(Exists(inside)).values_list("student_id", flat=True))
