"""The roll of a lesson, from paper or by card, and leaves. Nobody loses a right by not being ticked: a roll only feeds
proposals to staff."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values
from apps.university.choices.life import CameBy, Presence
from apps.university.choices.schools import ClassState, SessionState
from apps.university.models import (
    Attendance,
    ClassGroup,
    ClassSession,
    DoorTap,
    Leave,
    RollCall,
    School,
    Student,
)
from apps.university.queries.class_people import studying
from apps.university.queries.lessons import lesson_of_student, next_lesson_of_student
from apps.university.queries.students import student_of_card, wrong_card_words
from apps.university.rules.lessons import clock, day_of, day_words
from apps.university.rules.life import AttendanceRules

DAY = dt.timedelta(days=1)
LONGEST_LEAVE = dt.timedelta(days=366)


@dataclass(frozen=True)
class Rolled:
    """What a roll came to. `counted` is the number typed, `present` how many lines say 到课."""

    counted: int
    present: int
    saved: int

    @property
    def fits(self) -> bool:
        return self.counted == self.present


@transaction.atomic
def take_roll(session: ClassSession, counted: int, states: Mapping[int, str], *, actor, on: dt.date) -> Rolled:
    """`states`: enrolment id → `Presence`, or empty for nothing known (an entry made before is removed). A number that
    differs is kept as it stands on the paper, and said. See rule book 9.54."""
    session = ClassSession.objects.select_for_update(of=("self",)).select_related("class_group").get(pk=session.pk)
    check_roll(session, on)
    known = set(studying(session.class_group).values_list("pk", flat=True))
    if set(states) - known:
        raise BusinessError("名单变了（有人退课或换班），请刷新后再录。", code="stale")
    before = {row.enrolment_id: row for row in session.attendance.filter(enrolment__in=known)}
    wanted = {pk: state for pk, state in states.items() if state}
    gone = [row.pk for pk, row in before.items() if pk in states and not states[pk]]
    Attendance.objects.filter(pk__in=gone).delete()
    fresh = [pk for pk in wanted if pk not in before]
    changed = [row for pk, row in before.items() if wanted.get(pk, row.state) != row.state]
    for row in changed:
        row.state, row.by, row.entered_by = wanted[row.enrolment_id], CameBy.PAPER, actor
    Attendance.objects.bulk_update(changed, ["state", "by", "entered_by"])
    Attendance.objects.bulk_create(
        Attendance(session=session, enrolment_id=pk, state=wanted[pk], by=CameBy.PAPER, entered_by=actor)
        for pk in fresh
    )
    RollCall.objects.update_or_create(session=session, defaults={"counted": counted, "entered_by": actor})
    if session.state != SessionState.HELD:
        ClassSession.objects.filter(pk=session.pk).update(state=SessionState.HELD)
    audit.record("attendance.roll", actor=actor, target=f"university.classsession:{session.pk}")
    present = session.attendance.filter(state=Presence.PRESENT).count()
    return Rolled(counted, present, len(gone) + len(changed) + len(fresh))


def check_roll(session: ClassSession, on: dt.date) -> None:
    if session.voided_at or session.state == SessionState.CANCELLED:
        raise BusinessError("这次课停了，不用点名。", code="off")
    if session.class_group.state == ClassState.ENDED:
        raise BusinessError("这个班已经结课，考勤不能再改。", code="ended")
    if day_of(session.starts_at) > on:
        raise BusinessError(f"这次课在{day_words(session.starts_at)}，还没有上。", code="future")


@dataclass(frozen=True)
class Tapped:
    """What is said at the door: `fine` where there is a lesson. Names only whom the card belongs to."""

    fine: bool
    sentence: str
    student: Student | None = None


@transaction.atomic
def tap(text: str, school: School, *, actor, now: dt.datetime) -> Tapped:
    """A card number or what its QR holds, typed by a reader and ended by Enter. Counts as 到课 for the lesson of now;
    without one it is noted that he came, and he hears when his next lesson is. Twice is once. See rule book 9.54."""
    try:
        student = student_of_card(text)
    except BusinessError as refusal:
        return Tapped(False, refusal.sentence)
    if student is None:
        return Tapped(False, f"{wrong_card_words(text)}请再刷一次，或者看学员卡上的号码，用手输。")
    rules = rule_values(AttendanceRules.rule_key, on=day_of(now), unit=school.unit)
    found = lesson_of_student(student, school, now, ahead=dt.timedelta(minutes=rules.tap_ahead))
    name = student.person.name
    if found is None:
        if not DoorTap.objects.filter(student=student, school=school, at__gt=now - dt.timedelta(minutes=5)).exists():
            DoorTap.objects.create(school=school, student=student, at=now, entered_by=actor)
        return Tapped(False, f"{name}您好，今天这个时间没有您的课。{_next(student, now)}", student)
    session, enrolment = found
    row, fresh = Attendance.objects.get_or_create(
        session=session, enrolment=enrolment,
        defaults={"state": Presence.PRESENT, "by": CameBy.CARD, "came_at": now, "entered_by": actor},
    )  # fmt: skip
    if not fresh and row.state != Presence.PRESENT:
        row.state, row.by, row.came_at = Presence.PRESENT, CameBy.CARD, now
        row.save(update_fields=["state", "by", "came_at"])
    if fresh:
        DoorTap.objects.create(school=school, student=student, session=session, at=now, entered_by=actor)
    where = f"，{session.room}" if session.room_id else ""
    return Tapped(True, f"{name}您好，“{session.class_group}”{clock(session.starts_at)}上课{where}。", student)


def _next(student: Student, now: dt.datetime) -> str:
    following = next_lesson_of_student(student, now)
    if following is None:
        return "以后也没有排课，有疑问请问值班老师。"
    where = f"，{following.room}" if following.room_id else ""
    when = f"{day_words(following.starts_at)}{clock(following.starts_at)}"
    return f"下一次是{when}“{following.class_group}”{where}。"


@transaction.atomic
def note_leave(
    student: Student,
    class_group: ClassGroup | None,
    *,
    first_on: dt.date,
    until: dt.date,
    reason: str,
    by: str,
    actor,
    grant=None,
    on: dt.date,
    form_key: uuid.UUID,
) -> Leave:
    """请假 for days [first_on, until); of one class or, without, of all his. Asked for at most a year; days that are
    long gone are staff's to enter. Always granted: nobody asks for a certificate. See rule book 9.54."""
    known = Leave.objects.filter(public_id=form_key).first()
    if known is not None:
        return known
    if until <= first_on:
        raise BusinessError("结束的那天不能早于开始的那天。", code="order", field="last_on")
    if until - first_on > LONGEST_LEAVE:
        raise BusinessError("一次最多请一年的假。", code="too_long", field="last_on")
    if until <= on:
        raise BusinessError("这几天已经过了，请改日期。", code="past", field="last_on")
    if class_group is not None and not studying(class_group).filter(student=student).exists():
        raise BusinessError("他不在这个班里。", code="not_in", field="class_group")
    leave = Leave.objects.create(
        public_id=form_key, student=student, class_group=class_group, first_on=first_on, until=until,
        reason=" ".join(reason.split())[:60], by=by, entered_by=actor, grant=grant,
    )  # fmt: skip
    audit.record(
        "attendance.leave", actor=actor, people=[student.pk], target=f"university.leave:{leave.pk}",
        on_behalf_of=student.pk if grant is not None else None,
    )  # fmt: skip
    return leave


@transaction.atomic
def take_back_leave(leave: Leave, *, actor, now: dt.datetime) -> None:
    """He comes after all; once more does nothing."""
    leave = Leave.objects.select_for_update(of=("self",)).get(pk=leave.pk)
    if leave.voided_at:
        return
    leave.voided_at, leave.void_reason = now, "销假"
    leave.save(update_fields=["voided_at", "void_reason"])
    audit.record("attendance.end_leave", actor=actor, people=[leave.student_id], target=f"university.leave:{leave.pk}")
