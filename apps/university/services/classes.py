"""Class groups: made, changed, shown to the public; their sessions built from the weekly times.

The only writer of ClassGroup, WeeklySlot, the class's Offering with its OfferingTime, and of sessions as planned.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.queries import work_calendar
from apps.organisation.workdays import WorkCalendar
from apps.signups.choices import ACTIVE, Mode, OfferingState
from apps.signups.models import Offering, OfferingTime, Places, Round, SignUp
from apps.university.choices.schools import ClassState, SessionState, TeacherRole, TeacherState
from apps.university.models import (
    ClassGroup,
    ClassSession,
    Course,
    Room,
    School,
    SessionTeacher,
    Teacher,
    Term,
    WeeklySlot,
)
from apps.university.queries.clashes import Moments, room_clash, teacher_clash
from apps.university.rules.classes import GRADES, MOST_SLOTS, Slot, moments_of, overlapping, title_of

CLASS = "class"
MOST_PLACES = 2000
CLASH = "classsession_room", "sessionteacher_free"


@dataclass(frozen=True)
class ClassFacts:
    """What a class is. Days half-open [first_on, until); ages both inclusive; `fee` in yuan. `opens_at`, `closes_at`
    only for first come, `round` only for the lottery; both may still be missing while it is not public."""

    term: Term
    school: School
    course: Course
    code: str
    capacity: int
    slots: tuple[Slot, ...]
    first_on: dt.date
    until: dt.date
    mode: Mode = Mode.FIRST_COME
    opens_at: dt.datetime | None = None
    closes_at: dt.datetime | None = None
    round: Round | None = None
    held_back: int = 0
    grade: int = 1
    min_open: int = 15
    age_from: int | None = None
    age_to: int | None = None
    needs_health: bool = False
    fee: Decimal = Decimal(0)
    room: Room | None = None
    teacher: Teacher | None = None
    second_teacher: Teacher | None = None
    follows: ClassGroup | None = None
    note: str = ""


# Fields that stand on the class itself under the same name.
OWN = (
    "term", "school", "course", "code", "grade", "min_open", "age_from", "age_to", "needs_health", "fee", "room",
    "teacher", "second_teacher", "follows", "first_on", "until", "note",
)  # fmt: skip
# What those who asked for a place relied on: it stands once somebody has.
RELIED_ON = (
    ("term", "学期"), ("school", "学校"), ("course", "课程"), ("grade", "年级"), ("fee", "学费"),
    ("first_on", "第一次课"), ("until", "最后一次课"),
)  # fmt: skip


@transaction.atomic
def create_class(facts: ClassFacts, *, actor) -> ClassGroup:
    """A class that nobody sees yet, with its places, times and sessions. BusinessError with the field it is about."""
    check_facts(facts)
    calendar = work_calendar()
    offering = Offering.objects.create(kind=CLASS, unit_id=facts.school.unit_id, **_window(facts))
    Places.objects.create(offering=offering, capacity=facts.capacity, held_back=facts.held_back)
    made = ClassGroup(offering=offering, **{name: getattr(facts, name) for name in OWN})
    _save(made)
    _write_times(made, facts.slots)
    build_sessions(made, facts.slots, calendar)
    audit.record("class.create", actor=actor, target=_target(made))
    return made


@transaction.atomic
def change_class(class_group: ClassGroup, facts: ClassFacts, *, actor) -> ClassGroup:
    """Everything of a class except its number of places (`signups.services.seats.set_capacity`).

    While nobody asked for a place all may change; afterwards what they relied on stands (rule book 9.27). Sessions are
    built anew for another time, and follow another room or teacher where they are still to come and were not changed by
    hand.
    """
    class_group = ClassGroup.objects.select_for_update(of=("self",)).get(pk=class_group.pk)
    if class_group.state in (ClassState.ENDED, ClassState.CANCELLED):
        raise BusinessError("这个班已经结束或取消，不能再改。")
    check_facts(facts)
    slots = slots_of(class_group)
    new_times = _new_times(class_group, facts, slots)
    _refuse_what_stands(class_group, facts, new_times)
    changed = [name for name in OWN if getattr(class_group, name) != getattr(facts, name)]
    for name in OWN:
        setattr(class_group, name, getattr(facts, name))
    Offering.objects.filter(pk=class_group.offering_id).update(unit_id=facts.school.unit_id, **_window(facts))
    _save(class_group)
    if new_times:
        _write_times(class_group, facts.slots)
        build_sessions(class_group, facts.slots, work_calendar())
    elif {"room", "teacher", "second_teacher"} & set(changed):
        _staff_sessions(class_group, list(_planned(class_group)))
    audit.record("class.change", actor=actor, target=_target(class_group), fields=changed)
    return class_group


@transaction.atomic
def publish_class(class_group: ClassGroup, *, actor) -> ClassGroup:
    """Show a class to everybody; once more does nothing. Refuses what people could not enrol in."""
    class_group = ClassGroup.objects.select_for_update(of=("self",)).get(pk=class_group.pk)
    if class_group.state == ClassState.PUBLISHED:
        return class_group
    if class_group.state != ClassState.PLANNED:
        raise BusinessError(f"“{class_group}”{class_group.get_state_display()}，不能公布。")
    missing = what_is_missing(class_group)
    if missing:
        raise BusinessError(f"“{class_group}”还不能公布：{'、'.join(missing)}。", code="incomplete")
    ClassGroup.objects.filter(pk=class_group.pk).update(state=ClassState.PUBLISHED)
    Offering.objects.filter(pk=class_group.offering_id).update(state=OfferingState.OPEN)
    class_group.refresh_from_db()
    audit.record("class.publish", actor=actor, target=_target(class_group))
    return class_group


@transaction.atomic
def begin_class(class_group: ClassGroup, *, actor) -> ClassGroup:
    """A class that is public begins; once more does nothing."""
    class_group = ClassGroup.objects.select_for_update(of=("self",)).get(pk=class_group.pk)
    if class_group.state == ClassState.PUBLISHED:
        ClassGroup.objects.filter(pk=class_group.pk).update(state=ClassState.RUNNING)
        class_group.refresh_from_db()
        audit.record("class.begin", actor=actor, target=_target(class_group))
    return class_group


def what_is_missing(class_group: ClassGroup) -> list[str]:
    """What a class lacks before it can be shown, in words."""
    offering = class_group.offering
    missing = []
    if not class_group.slots.exists():
        missing.append("没有上课时间")
    if class_group.room_id is None:
        missing.append("没有教室")
    if class_group.teacher_id is None:
        missing.append("没有教师")
    if offering.mode == Mode.LOTTERY and offering.round_id is None:
        missing.append("抽签的班没有选抽签批次")
    if offering.mode == Mode.FIRST_COME and not (offering.opens_at and offering.closes_at):
        missing.append("没有报名起止时间")
    return missing


def check_facts(facts: ClassFacts) -> None:
    """Raises BusinessError for facts that contradict each other, with the field of the form."""
    for wrong, sentence, field in (
        (not facts.code.strip(), "请填班号，例如 1班。", "code"),
        (facts.course.school_id != facts.school.pk, "课程不是这所学校的，请重新选课程。", "course"),
        (not 1 <= facts.grade <= min(facts.course.grades, len(GRADES)),
         f"“{facts.course}”学制 {facts.course.grades} 年，年级应在 1 到 {facts.course.grades} 之间。", "grade"),
        (not 1 <= facts.capacity <= MOST_PLACES, f"名额在 1 到 {MOST_PLACES} 之间。", "capacity"),
        (facts.held_back > facts.capacity, "留给登记本的名额不能多于全部名额。", "held_back"),
        (facts.min_open > facts.capacity, "最少开班人数不能多于名额。", "min_open"),
        (facts.until <= facts.first_on, "最后一次课不能早于第一次课。", "last_on"),
        (facts.first_on < facts.term.starts_on or facts.until > facts.term.ends_on,
         f"上课日期要在学期之内（{facts.term.starts_on} 至 {facts.term.ends_on - dt.timedelta(1)}）。", "first_on"),
        (facts.age_from is not None and facts.age_to is not None and facts.age_to < facts.age_from,
         "最大年龄不能小于最小年龄。", "age_to"),
        (facts.fee < 0, "学费不能是负数。", "fee"),
        (facts.room is not None and facts.room.seats < facts.capacity,
         f"教室“{facts.room}”只有 {facts.room and facts.room.seats} 个座位，少于名额。请换教室或减少名额。", "room"),
        (facts.mode == Mode.LOTTERY and facts.round is not None and facts.round.unit_id != facts.school.unit_id
         and facts.round.unit_id not in _above(facts.school), "抽签批次不是这所学校的。", "round"),
        (facts.opens_at and facts.closes_at and facts.closes_at <= facts.opens_at, "截止报名要晚于开始报名。",
         "closes_at"),
        (facts.second_teacher is not None and facts.second_teacher == facts.teacher, "助教和主讲不能是同一位。",
         "second_teacher"),
        (facts.follows is not None and facts.follows.course_id != facts.course.pk, "上一年级的班不是同一门课程。",
         "follows"),
    ):  # fmt: skip
        if wrong:
            raise BusinessError(sentence, field=field)
    _check_slots(facts)
    for name in ("teacher", "second_teacher"):
        teacher = getattr(facts, name)
        if teacher is not None and teacher.state not in (TeacherState.HIRED, TeacherState.RESERVE):
            raise BusinessError(f"{teacher}{teacher.get_state_display()}，先办聘任再排课。", field=name)


def _check_slots(facts: ClassFacts) -> None:
    if not facts.slots:
        raise BusinessError("请填每周上课时间。", field="slots")
    if len(facts.slots) > MOST_SLOTS:
        raise BusinessError(f"每周最多 {MOST_SLOTS} 次课。", field="slots")
    both = overlapping(facts.slots)
    if both:
        raise BusinessError(f"{both[0]} 和 {both[1]} 重叠。", field="slots")


def _above(school: School) -> set[int]:
    above = set()
    while (parent := school.parent) is not None and school.pk not in above:
        above.add(school.pk)
        school = parent
        above.add(school.unit_id)
    return above


def _window(facts: ClassFacts) -> dict:
    first_come = facts.mode == Mode.FIRST_COME
    title = title_of(facts.course.name, facts.course.grades, facts.grade, facts.code.strip())
    return {
        "title": title,
        "mode": facts.mode,
        "opens_at": facts.opens_at if first_come else None,
        "closes_at": facts.closes_at if first_come else None,
        "round": None if first_come else facts.round,
    }


def _save(class_group: ClassGroup) -> None:
    class_group.code = class_group.code.strip()
    taken = ClassGroup.objects.current().exclude(pk=class_group.pk)
    same = {name: getattr(class_group, name) for name in ("school", "term", "course", "grade", "code")}
    if taken.filter(**same).exists():
        raise BusinessError("这门课这个年级这个学期已经有这个班号，请换一个。", field="code")
    class_group.save()


def slots_of(class_group: ClassGroup) -> tuple[Slot, ...]:
    return tuple(Slot(one.weekday, one.starts, one.ends) for one in class_group.slots.all())


def _new_times(class_group: ClassGroup, facts: ClassFacts, slots: tuple[Slot, ...]) -> bool:
    days = (class_group.first_on, class_group.until) != (facts.first_on, facts.until)
    return days or sorted(slots) != sorted(facts.slots)


def _refuse_what_stands(class_group: ClassGroup, facts: ClassFacts, new_times: bool) -> None:
    if new_times and class_group.sessions.exclude(state=SessionState.PLANNED).filter(voided_at__isnull=True).exists():
        raise BusinessError("已经上过课或调过课，时间请在课表里逐次调整。", field="slots")
    if not SignUp.objects.filter(offering=class_group.offering_id, state__in=ACTIVE, voided_at__isnull=True).exists():
        return
    for name, label in RELIED_ON:
        if getattr(class_group, name) != getattr(facts, name):
            raise BusinessError(f"已经有人报名，{label}不能再改。", field="last_on" if name == "until" else name)
    if new_times:
        raise BusinessError("已经有人报名，每周上课时间不能再改；个别课次请在课表里调整。", field="slots")
    offering = class_group.offering
    if offering.mode != facts.mode or offering.round_id != getattr(facts.round, "pk", None):
        raise BusinessError("已经有人报名，录取方式和抽签批次不能再改。", field="mode")


def _write_times(class_group: ClassGroup, slots: tuple[Slot, ...]) -> None:
    class_group.slots.all().delete()
    OfferingTime.objects.filter(offering=class_group.offering_id).delete()
    ordered = sorted(slots)
    WeeklySlot.objects.bulk_create(
        WeeklySlot(class_group=class_group, weekday=one.weekday, starts=one.starts, ends=one.ends) for one in ordered
    )
    OfferingTime.objects.bulk_create(
        OfferingTime(
            offering_id=class_group.offering_id, weekday=one.weekday, starts=one.starts, ends=one.ends,
            first_on=class_group.first_on, until=class_group.until,
        )
        for one in ordered
    )  # fmt: skip


def build_sessions(class_group: ClassGroup, slots: tuple[Slot, ...], calendar: WorkCalendar) -> list[ClassSession]:
    """Every lesson of a class that has not begun, numbered in order, without public holidays. Planned ones of before
    are taken over. BusinessError names the class that has the room or the teacher at the time."""
    moments = moments_of(slots, class_group.first_on, class_group.until, calendar)
    if not moments:
        raise BusinessError("这段日子里没有一次课：请看第一次课、最后一次课和星期。", field="slots")
    before = list(_planned(class_group).order_by("number"))
    # Without a room and a teacher nothing overlaps while the times move.
    _planned(class_group).update(room=None)
    SessionTeacher.objects.filter(session__in=before).delete()
    kept = before[: len(moments)]
    for number, (one, (starts, ends)) in enumerate(zip(kept, moments, strict=False), 1):
        one.number, one.starts_at, one.ends_at, one.room = number, starts, ends, None
    ClassSession.objects.bulk_update(kept, ["number", "starts_at", "ends_at"])
    ClassSession.objects.filter(pk__in=[one.pk for one in before[len(moments) :]]).delete()
    added = [
        ClassSession(class_group=class_group, number=number, starts_at=starts, ends_at=ends)
        for number, (starts, ends) in list(enumerate(moments, 1))[len(kept) :]
    ]
    sessions = kept + ClassSession.objects.bulk_create(added)
    _staff_sessions(class_group, sessions)
    return sessions


def _planned(class_group: ClassGroup):
    return ClassSession.objects.current().filter(class_group=class_group, state=SessionState.PLANNED)


def _staff_sessions(class_group: ClassGroup, sessions: list[ClassSession]) -> None:
    """Give sessions the room and the teachers of their class."""
    check_free(class_group, [(one.starts_at, one.ends_at) for one in sessions])
    keys = [one.pk for one in sessions]
    regular = SessionTeacher.objects.filter(session__in=keys).exclude(role=TeacherRole.SUBSTITUTE)
    substituted = set(
        SessionTeacher.objects.filter(session__in=keys, role=TeacherRole.SUBSTITUTE).values_list("session", flat=True)
    )
    try:
        with transaction.atomic():
            regular.exclude(session__in=substituted).delete()
            ClassSession.objects.filter(pk__in=keys).update(room=class_group.room)
            SessionTeacher.objects.bulk_create(
                SessionTeacher(
                    session=one, teacher=teacher, person_id=teacher.person_id, role=role, starts_at=one.starts_at,
                    ends_at=one.ends_at,
                )
                for one in sessions
                if one.pk not in substituted
                for teacher, role in (
                    (class_group.teacher, TeacherRole.MAIN), (class_group.second_teacher, TeacherRole.SECOND)
                )
                if teacher is not None
            )  # fmt: skip
    except IntegrityError as error:
        if not any(name in str(error) for name in CLASH):
            raise
        raise BusinessError("教室或老师的时间刚刚被别的班占用，请再看一次课表。", code="clash", field="room") from error


def check_free(class_group: ClassGroup, moments: Moments) -> None:
    """BusinessError with the other class and the time where room or teacher are taken."""
    if class_group.room is not None:
        clash = room_clash(class_group.room, sorted(moments), besides=class_group.pk)
        if clash:
            raise BusinessError(clash, code="clash", field="room")
    for name in ("teacher", "second_teacher"):
        teacher = getattr(class_group, name)
        clash = teacher_clash(teacher, sorted(moments), besides=class_group.pk) if teacher is not None else ""
        if clash:
            raise BusinessError(clash, code="clash", field=name)


def _target(class_group: ClassGroup) -> str:
    return f"university.classgroup:{class_group.pk}"
