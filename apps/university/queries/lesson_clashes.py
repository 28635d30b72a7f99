"""Who or what is taken at a moment, in sentences that name the other class."""

import datetime as dt

from apps.university.choices.schools import SessionState
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, ClassSession, Enrolment, Room, SessionTeacher, Teacher
from apps.university.rules.lessons import moment_words


def room_is_taken(room: Room, starts_at: dt.datetime, ends_at: dt.datetime, *, besides: int | None) -> str:
    """A sentence naming the class that has the room then, or nothing."""
    other = (
        ClassSession.objects.current()
        .filter(room=room, starts_at__lt=ends_at, ends_at__gt=starts_at)
        .exclude(state=SessionState.CANCELLED)
        .exclude(pk=besides)
        .select_related("class_group__course", "class_group__school")
        .order_by("starts_at")
        .first()
    )
    if other is None:
        return ""
    when = moment_words(other.starts_at, other.ends_at)
    return f"{room}{when}有“{other.class_group}”上课，请换教室或者时间。"


def teacher_is_taken(teacher: Teacher, starts_at: dt.datetime, ends_at: dt.datetime, *, besides: int | None) -> str:
    """The same for a teacher, at whatever school."""
    other = (
        SessionTeacher.objects.filter(person=teacher.person_id, starts_at__lt=ends_at, ends_at__gt=starts_at)
        .exclude(session=besides)
        .select_related("session__class_group__course", "session__class_group__school")
        .order_by("starts_at")
        .first()
    )
    if other is None:
        return ""
    group, when = other.session.class_group, moment_words(other.starts_at, other.ends_at)
    return f"{teacher}老师{when}在{group.school}上“{group}”，请换老师或者时间。"


def students_elsewhere(class_group: ClassGroup, starts_at: dt.datetime, ends_at: dt.datetime) -> int:
    """How many of the class have a lesson of another class at that time."""
    inside = Enrolment.objects.current().filter(state=EnrolmentState.STUDYING)
    own = inside.filter(class_group=class_group).values("student")
    others = (
        ClassSession.objects.current()
        .filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
        .exclude(class_group=class_group)
        .exclude(state=SessionState.CANCELLED)
    )
    return (
        inside.filter(student__in=own, class_group__in=others.values("class_group"))
        .values("student")
        .distinct()
        .count()
    )
