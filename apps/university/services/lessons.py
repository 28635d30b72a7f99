"""A lesson called off, moved, taught by somebody else, added; each told to the class, each taken back by its act."""

import datetime as dt
import uuid
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import Max

from apps.common import audit
from apps.common.errors import BusinessError
from apps.university.choices.life import ActKind, NoticeKind
from apps.university.choices.schools import ClassState, SessionState, TeacherRole, TeacherState
from apps.university.models import ClassGroup, ClassSession, Room, SessionAct, SessionTeacher, Teacher
from apps.university.queries.class_people import studying
from apps.university.queries.lesson_clashes import room_is_taken, students_elsewhere, teacher_is_taken
from apps.university.rules.lessons import day_of, day_words, moment_words

from .telling import take_back, tell

CLASH = ("classsession_room", "sessionteacher_free")


def open_lesson(session: ClassSession) -> ClassSession:
    """The lesson, locked; BusinessError where it can no longer change."""
    session = (
        ClassSession.objects.select_for_update(of=("self",))
        .select_related("class_group__course", "class_group__school__unit", "room")
        .get(pk=session.pk)
    )
    if session.voided_at or session.class_group.state in (ClassState.ENDED, ClassState.CANCELLED):
        raise BusinessError("这个班已经结课或取消，不能再调课。", code="ended")
    if session.state == SessionState.HELD or hasattr(session, "roll"):
        raise BusinessError("这次课已经上过、点过名，不能再调。", code="held")
    return session


def known_act(form_key: uuid.UUID) -> SessionAct | None:
    """The act that the same form has done already."""
    return SessionAct.objects.select_related("notice").filter(public_id=form_key).first()


@transaction.atomic
def cancel_lesson(session: ClassSession, *, reason: str, actor, now: dt.datetime, form_key: uuid.UUID) -> SessionAct:
    """停课. Room and teachers are free for others from now on. The same form again changes nothing."""
    if (done := known_act(form_key)) is not None:
        return done
    session, reason = open_lesson(session), checked_reason(reason)
    if session.state == SessionState.CANCELLED:
        raise BusinessError("这次课已经停了。", code="off")
    before = facts_of(session)
    session.teachers.all().delete()
    session.state, session.reason = SessionState.CANCELLED, reason
    session.save(update_fields=["state", "reason"])
    words = (
        f"{title_of(session.class_group)}{moment_words(session.starts_at, session.ends_at)}的课停一次，原因：{reason}。"
    )
    return _record(session, ActKind.CANCELLED, reason, before, words, actor, now, form_key)


@transaction.atomic
def move_lesson(
    session: ClassSession,
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    room: Room | None,
    reason: str,
    anyway: bool = False,
    actor,
    now: dt.datetime,
    form_key: uuid.UUID,
) -> SessionAct:
    """改时间、换教室. BusinessError names the class that has the room or the teacher; with students who have another
    class at that time it asks once (`anyway`)."""
    if (done := known_act(form_key)) is not None:
        return done
    session, reason = open_lesson(session), checked_reason(reason)
    if session.state == SessionState.CANCELLED:
        raise BusinessError("这次课已经停了。要补上，请用“补课”。", code="off")
    check_time(starts_at, ends_at, now)
    if (starts_at, ends_at, room) == (session.starts_at, session.ends_at, session.room):
        raise BusinessError("时间和教室都没有变。", code="same", field="day")
    before, teachers = facts_of(session), list(session.teachers.select_related("teacher__person"))
    check_free(session, starts_at, ends_at, room, [line.teacher for line in teachers], anyway=anyway)
    old = moment_words(session.starts_at, session.ends_at)
    moved_in_time = (starts_at, ends_at) != (session.starts_at, session.ends_at)
    session.starts_at, session.ends_at, session.room = starts_at, ends_at, room
    session.state, session.reason = SessionState.MOVED, reason
    with clashes_said():
        session.save(update_fields=["starts_at", "ends_at", "room", "state", "reason"])
        session.teachers.update(starts_at=starts_at, ends_at=ends_at)
    where = f"在{room.campus.name}{room.name}" if room is not None else ""
    change = f"改到{moment_words(starts_at, ends_at)}，{where or '地点不变'}" if moved_in_time else f"改{where}"
    words = f"{title_of(session.class_group)}{old}的课{change}，原因：{reason}。"
    return _record(session, ActKind.MOVED, reason, before, words, actor, now, form_key)


@transaction.atomic
def substitute(
    session: ClassSession, *, teacher: Teacher, reason: str, actor, now: dt.datetime, form_key: uuid.UUID
) -> SessionAct:
    """代课: instead of the main teacher."""
    if (done := known_act(form_key)) is not None:
        return done
    session, reason = open_lesson(session), checked_reason(reason)
    if session.state == SessionState.CANCELLED:
        raise BusinessError("这次课已经停了。", code="off")
    if teacher.state not in (TeacherState.HIRED, TeacherState.RESERVE):
        raise BusinessError("这位老师没有在聘。", code="not_hired", field="teacher")
    if session.teachers.filter(person=teacher.person_id).exists():
        raise BusinessError("这次课本来就是这位老师上。", code="same", field="teacher")
    if sentence := teacher_is_taken(teacher, session.starts_at, session.ends_at, besides=session.pk):
        raise BusinessError(sentence, code="clash", field="teacher")
    before = facts_of(session)
    session.teachers.exclude(role=TeacherRole.SECOND).delete()
    with clashes_said():
        _teach(session, teacher, TeacherRole.SUBSTITUTE)
    session.reason = reason
    session.save(update_fields=["reason"])
    words = (
        f"{title_of(session.class_group)}{moment_words(session.starts_at, session.ends_at)}的课由{teacher.person.name}"
        f"老师代课，时间、地点不变。"
    )
    return _record(session, ActKind.SUBSTITUTE, reason, before, words, actor, now, form_key)


@transaction.atomic
def make_up(
    missed: ClassSession,
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    room: Room | None,
    teacher: Teacher | None,
    reason: str,
    anyway: bool = False,
    actor,
    now: dt.datetime,
    form_key: uuid.UUID,
) -> SessionAct:
    """补课 for a lesson that was called off: one more lesson with the next number."""
    if (done := known_act(form_key)) is not None:
        return done
    group = ClassGroup.objects.select_for_update(of=("self",)).get(pk=missed.class_group_id)
    if group.state in (ClassState.ENDED, ClassState.CANCELLED):
        raise BusinessError("这个班已经结课或取消，不能再补课。", code="ended")
    reason = checked_reason(reason)
    check_time(starts_at, ends_at, now)
    teacher = teacher or group.teacher
    last = group.sessions.filter(voided_at__isnull=True).aggregate(last=Max("number"))["last"] or 0
    session = ClassSession(
        class_group=group, number=last + 1, starts_at=starts_at, ends_at=ends_at, room=room,
        topic=f"补第{missed.number}次课", reason=reason,
    )  # fmt: skip
    check_free(session, starts_at, ends_at, room, [teacher] if teacher else [], anyway=anyway)
    with clashes_said():
        session.save()
        if teacher is not None:
            _teach(session, teacher, TeacherRole.MAIN)
    where = f"，在{room.campus.name}{room.name}" if room is not None else ""
    words = f"{title_of(group)}{day_words(missed.starts_at)}停的课，{moment_words(starts_at, ends_at)}补上{where}。"
    return _record(session, ActKind.EXTRA, reason, {"added": True}, words, actor, now, form_key)


@transaction.atomic
def undo(act: SessionAct, *, actor, now: dt.datetime) -> SessionAct:
    """As it was before the act, which must be the lesson's last. Who has heard of it already is told again; texts
    that still wait are taken back. See rule book 9.52."""
    act = SessionAct.objects.select_for_update(of=("self",)).select_related("notice").get(pk=act.pk)
    if act.undone_at:
        return act
    if act.session.acts.filter(undone_at__isnull=True, pk__gt=act.pk).exists():
        raise BusinessError("这次课后来又调过，请先撤回后面那一次。", code="later_act")
    session = open_lesson(act.session)
    if act.kind == ActKind.EXTRA:
        session.teachers.all().delete()
        session.state, session.voided_at, session.void_reason = SessionState.CANCELLED, now, "撤回补课"
        session.save(update_fields=["state", "voided_at", "void_reason"])
    else:
        _restore(session, act.before)
    act.undone_at = now
    act.save(update_fields=["undone_at"])
    if act.notice is not None and not take_back(act.notice) and session.starts_at > now:
        words = f"{title_of(session.class_group)}{_as_it_is(act, session)}。前面的{act.get_kind_display()}通知作废。"
        on = day_of(now)
        tell(
            session.class_group, [line.student for line in act.notice.lines.select_related("student__person")],
            NoticeKind.AS_PLANNED, words, session=session, of_use_until=session.starts_at, actor=actor, now=now, on=on,
        )  # fmt: skip
    audit.record(
        "lesson.undo", actor=actor, target=f"university.classsession:{session.pk}", people=(), reason=act.reason
    )
    return act


def _as_it_is(act: SessionAct, session: ClassSession) -> str:
    if act.kind == ActKind.EXTRA:
        return f"{moment_words(session.starts_at, session.ends_at)}不补课"
    return f"{moment_words(session.starts_at, session.ends_at)}照原来上课"


def _restore(session: ClassSession, before: dict) -> None:
    """Room, time, state and teachers of before; BusinessError where they are taken by now."""
    starts_at, ends_at = (dt.datetime.fromisoformat(before[name]) for name in ("starts_at", "ends_at"))
    room = Room.objects.filter(pk=before["room"]).first() if before["room"] else None
    lines = [(Teacher.objects.select_related("person").get(pk=pk), role) for pk, role in before["teachers"]]
    check_free(session, starts_at, ends_at, room, [teacher for teacher, _ in lines], anyway=True)
    session.teachers.all().delete()
    session.starts_at, session.ends_at, session.room = starts_at, ends_at, room
    session.state, session.reason = before["state"], before["reason"]
    with clashes_said():
        session.save(update_fields=["starts_at", "ends_at", "room", "state", "reason"])
        for teacher, role in lines:
            _teach(session, teacher, role)


def _record(session, kind, reason, before, words, actor, now, form_key) -> SessionAct:
    group = session.class_group
    was = dt.datetime.fromisoformat(before.get("starts_at", session.starts_at.isoformat()))
    last = max(session.starts_at, was)
    # A lesson of days gone by is put right without telling anybody.
    notice = None
    if last > now:
        notice = tell(
            group, [row.student for row in studying(group)], NoticeKind(kind), words, session=session,
            of_use_until=last, actor=actor, now=now, on=day_of(now),
        )  # fmt: skip
    act = SessionAct.objects.create(
        public_id=form_key, session=session, class_group=group, kind=kind, reason=reason, before=before, notice=notice,
        done_at=now, done_by=actor,
    )  # fmt: skip
    audit.record(f"lesson.{kind}", actor=actor, target=f"university.classsession:{session.pk}", reason=reason)
    return act


def _teach(session: ClassSession, teacher: Teacher, role: str) -> None:
    SessionTeacher.objects.create(
        session=session, teacher=teacher, person_id=teacher.person_id, role=role, starts_at=session.starts_at,
        ends_at=session.ends_at,
    )  # fmt: skip


def facts_of(session: ClassSession) -> dict:
    return {
        "starts_at": session.starts_at.isoformat(), "ends_at": session.ends_at.isoformat(), "room": session.room_id,
        "state": session.state, "reason": session.reason,
        "teachers": list(session.teachers.order_by("pk").values_list("teacher_id", "role")),
    }  # fmt: skip


def check_time(starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime) -> None:
    if ends_at <= starts_at:
        raise BusinessError("下课要晚于上课。", code="order", field="ends")
    if starts_at <= now:
        raise BusinessError("新的时间已经过了，请填以后的时间。", code="past", field="day")


def check_free(session, starts_at, ends_at, room, teachers, *, anyway: bool) -> None:
    """BusinessError with the other class where room or teacher are taken, or students, unless `anyway`, elsewhere."""
    if room is not None and (sentence := room_is_taken(room, starts_at, ends_at, besides=session.pk)):
        raise BusinessError(sentence, code="clash", field="room")
    for teacher in teachers:
        if sentence := teacher_is_taken(teacher, starts_at, ends_at, besides=session.pk):
            raise BusinessError(sentence, code="clash", field="day")
    elsewhere = 0 if anyway else students_elsewhere(session.class_group, starts_at, ends_at)
    if elsewhere:
        raise BusinessError(
            f"这个时间有 {elsewhere} 位学员另外有课。换个时间，或者勾选“有学员冲突也这样办”。",
            code="students", field="anyway",
        )  # fmt: skip


@contextmanager
def clashes_said():
    """Somebody took the room or the teacher in between: the constraint's refusal in words. A savepoint of its own."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not any(name in str(error) for name in CLASH):
            raise
        raise BusinessError("教室或老师的时间刚刚被别的班占用，请再看一次课表。", code="clash", field="day") from error


def checked_reason(reason: str) -> str:
    reason = " ".join(reason.split()).rstrip("。")
    if not reason:
        raise BusinessError("请写原因，例如“老师生病”。", code="no_reason", field="reason")
    return reason[:120]


def title_of(group: ClassGroup) -> str:
    return f"{group.school}“{group}”"
