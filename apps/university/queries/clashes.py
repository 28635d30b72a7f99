"""Which lessons a room or a teacher already has at a time."""

import datetime as dt
from collections.abc import Iterable

from apps.university.choices.schools import SessionState
from apps.university.models import ClassGroup, ClassSession, Room, SessionTeacher, Teacher
from apps.university.rules.classes import moment_words

Moments = list[tuple[dt.datetime, dt.datetime]]


def room_clash(room: Room, moments: Moments, *, besides: int | None) -> str:
    """A sentence that names the other class and the first time they meet, or nothing. One query."""
    if not moments:
        return ""
    held = (
        ClassSession.objects.current()
        .filter(room=room, starts_at__lt=moments[-1][1], ends_at__gt=moments[0][0])
        .exclude(state=SessionState.CANCELLED)
        .exclude(class_group_id=besides)
        .select_related("class_group__course")
        .order_by("starts_at", "pk")
    )
    return _sentence(
        f"教室“{room}”", ((one.starts_at, one.ends_at, one.class_group) for one in held), moments, "请换教室或时间。"
    )


def teacher_clash(teacher: Teacher, moments: Moments, *, besides: int | None) -> str:
    """The same for a teacher, at whatever school he teaches."""
    if not moments:
        return ""
    held = (
        SessionTeacher.objects.filter(
            person_id=teacher.person_id, starts_at__lt=moments[-1][1], ends_at__gt=moments[0][0]
        )
        .exclude(session__class_group_id=besides)
        .select_related("session__class_group__course")
        .order_by("starts_at", "pk")
    )
    return _sentence(
        f"{teacher}老师",
        ((one.starts_at, one.ends_at, one.session.class_group) for one in held),
        moments,
        "请换老师或时间。",
    )


def _sentence(
    who: str, held: Iterable[tuple[dt.datetime, dt.datetime, ClassGroup]], moments: Moments, advice: str
) -> str:
    count, first = 0, None
    for starts, ends, other in held:
        if any(begin < ends and end > starts for begin, end in moments):
            count += 1
            first = first or (starts, ends, other)
    if first is None:
        return ""
    more = f"，一共撞上 {count} 次课" if count > 1 else ""
    return f"{who}{moment_words(first[0], first[1])}已经有“{first[2]}”上课{more}。{advice}"
