"""Senior universities of four levels: rooms, courses, teachers, the term that runs and the next one's classes."""

import datetime as dt
from decimal import Decimal
from itertools import product

from django.db import transaction

from apps.accounts.models import User
from apps.organisation.models import Division, Unit
from apps.people.models import Person
from apps.people.services import save_person
from apps.signups.choices import Mode
from apps.signups.models import Round
from apps.university.choices.schools import PhaseKind, SchoolLevel, Season, TeacherState
from apps.university.models import Campus, ClassGroup, Course, Department, Major, Room, School, Teacher, Term, TermPhase
from apps.university.rules.classes import HOUR, ClassRules, Slot, moment
from apps.university.services.classes import ClassFacts, begin_class, create_class, publish_class

from .school_facts import (
    BRANCH_COURSES,
    CAMPUSES,
    CITY,
    COURSES,
    NEXT_CLASSES,
    RUNNING_CLASSES,
    SCHOOLS,
    TEACHERS,
)

WEEK = dt.timedelta(7)
WEEKS = 18
TO_NEXT_TERM = 27 * WEEK
BEGAN_WEEKS_AGO = 11 * WEEK
JULY = 7
STEP = 7  # through the twenty times of a week


@transaction.atomic
def write_schools(staff: dict[str, User], *, on: dt.date) -> None:
    """Nothing where schools stand already. Enrolments are written by the parts that own them."""
    if School.objects.exists():
        return
    clerk = staff["daxue"]
    schools = _write_schools(on)
    _write_rooms(schools)
    _write_courses(schools)
    _write_teachers(schools, on)
    monday = on - dt.timedelta(on.weekday()) - BEGAN_WEEKS_AGO
    running = _write_term(schools[CITY].unit, monday, on)
    following = _write_term(schools[CITY].unit, monday + TO_NEXT_TERM, on)
    _write_running(schools, running, clerk)
    _write_next(schools, following, clerk, on)


def _write_schools(on: dt.date) -> dict[str, School]:
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=[row[3] for row in SCHOOLS])}
    division = Division.objects.filter(code="449900").first()
    schools: dict[str, School] = {}
    for position, (name, short, level, unit, parent, address, phone, days) in enumerate(SCHOOLS):
        schools[name] = School.objects.create(
            name=name, short_name=short, level=level, unit=units[unit], parent=schools.get(parent), address=address,
            phone=phone, phone_hours="工作日 8:30–11:30、14:00–17:00", opened_on=on - dt.timedelta(days),
            position=position, division=division,
            introduction="面向本地离退休干部和其他老年人招生，学费低廉，教室在一楼或有电梯。" if not parent else "",
        )  # fmt: skip
    return schools


def _write_rooms(schools: dict[str, School]) -> None:
    for school, name, address, how, rooms in CAMPUSES:
        campus = Campus.objects.create(
            school=schools[school], name=name, address=address, how_to_get_there=how, phone=schools[school].phone
        )
        Room.objects.bulk_create(
            Room(campus=campus, name=room, floor=floor, seats=seats, lift=lift, equipment=equipment)
            for room, floor, seats, lift, equipment in rooms
        )


def _write_courses(schools: dict[str, School]) -> None:
    city = schools[CITY]
    for number, row in enumerate(COURSES, 1):
        department, major, name, interests, summary, _, _, grades, _, strenuous, bring = row
        of, _ = Department.objects.get_or_create(school=city, name=department, defaults={"position": number})
        line, _ = Major.objects.get_or_create(department=of, name=major, defaults={"position": number})
        Course.objects.create(
            school=city, major=line, code=f"{number:02d}", name=name, interests=list(interests), summary=summary,
            strenuous=strenuous, grades=grades, to_bring=bring,
            syllabus="\n".join(f"第{week}周　{name}第{week}讲" for week in range(1, 17)),
        )  # fmt: skip
    for school, name, interests, summary, _, _, _, strenuous in BRANCH_COURSES:
        Course.objects.create(
            school=schools[school], name=name, interests=list(interests), summary=summary, strenuous=strenuous
        )


def _write_teachers(schools: dict[str, School], on: dt.date) -> None:
    wanted = {(CITY, row[0]) for row in TEACHERS} | {(row[0], row[5]) for row in BRANCH_COURSES}
    people = {}
    for name, sex, born, _ in TEACHERS:
        people[name] = Person(name=name, sex=sex, birth_date=born)
        save_person(people[name], sealed={})
    subjects = {row[0]: row[3] for row in TEACHERS}
    for school, name in sorted(wanted):
        Teacher.objects.create(
            school=schools[school], person=people[name], state=TeacherState.HIRED, subjects=subjects[name],
            hired_on=on - dt.timedelta(700), experience="从教多年，曾任本地文化馆辅导教师。",
        )  # fmt: skip


def _write_term(unit: Unit, monday: dt.date, on: dt.date) -> Term:
    season = Season.AUTUMN if monday.month >= JULY else Season.SPRING
    term = Term.objects.create(
        unit=unit, year=monday.year, season=season, starts_on=monday, ends_on=monday + WEEKS * WEEK
    )
    is_next = monday > on
    for kind, since, until in (
        (PhaseKind.CONTINUING, -42, -28),
        (PhaseKind.NEW, -28, -10),
        (PhaseKind.PAYING, -28, -3),
        (PhaseKind.CHANGING, 0, 28),
        (PhaseKind.MAKING_UP, -3, 14),
    ):
        begin, end = monday + dt.timedelta(since), monday + dt.timedelta(until)
        if is_next and kind in (PhaseKind.CONTINUING, PhaseKind.NEW):
            begin, end = {
                PhaseKind.CONTINUING: (on - dt.timedelta(20), on - dt.timedelta(6)),
                PhaseKind.NEW: (on - dt.timedelta(5), on + dt.timedelta(20)),
            }[kind]
        TermPhase.objects.create(
            term=term, kind=kind, opens_at=moment(begin, 9 * HOUR), closes_at=moment(end, 17 * HOUR)
        )
    return term


class _Timetable:
    """Finds the first time of the week that a room and a teacher are both free."""

    def __init__(self) -> None:
        self.taken: set[tuple] = set()
        self.spans = ClassRules().spans
        self.placed = 0

    def place(self, rooms, teacher: Teacher) -> tuple[Slot, Room]:
        """Begins to look further on each time, so that the week fills evenly."""
        times = list(product(enumerate(self.spans), range(1, 6)))
        start = self.placed * STEP % len(times)
        for ((place, span), day), room in product(times[start:] + times[:start], rooms):
            keys = {(day, place, "room", room.pk), (day, place, "teacher", teacher.person_id)}
            if not keys & self.taken:
                self.taken |= keys
                self.placed += 1
                return Slot(day, *span), room
        raise ValueError(f"no time left for {teacher.pk}")


def _facts(
    school: School, term: Term, course: Course, *, rooms, teacher_name: str, table: _Timetable, **own
) -> ClassFacts:
    teacher = Teacher.objects.get(school=school, person__name=teacher_name)
    suitable = Room.objects.filter(campus__school=school, name__in=rooms, seats__gte=own["capacity"]).order_by("pk")
    slot, room = table.place(list(suitable), teacher)
    _, age_to = ClassRules().ages(strenuous=course.strenuous, grade=own.get("grade", 1))
    weeks = own.pop("weeks", 16)
    return ClassFacts(
        term=term, school=school, course=course, slots=(slot,), first_on=term.starts_on,
        until=term.starts_on + weeks * WEEK, room=room, teacher=teacher, age_to=age_to,
        min_open=min(15, max(1, own["capacity"] // 2)), **own,
    )  # fmt: skip


def _city_row(name: str):
    return next(row for row in COURSES if row[2] == name)


def _write_running(schools: dict[str, School], term: Term, clerk: User) -> None:
    table = _Timetable()
    window = {
        "opens_at": moment(term.starts_on - dt.timedelta(28), 9 * HOUR),
        "closes_at": moment(term.starts_on - dt.timedelta(10), 17 * HOUR),
    }
    for name, code, grade, capacity in RUNNING_CLASSES:
        row = _city_row(name)
        course = Course.objects.get(school=schools[CITY], name=name)
        facts = _facts(
            schools[CITY], term, course, rooms=row[5], teacher_name=row[6], table=table, code=code, grade=grade,
            capacity=capacity, fee=Decimal(row[8]), **window,
        )  # fmt: skip
        begin_class(publish_class(create_class(facts, actor=clerk), actor=clerk), actor=clerk)
    for row in BRANCH_COURSES:
        made = create_class(_branch_facts(schools, term, row, table, **window), actor=clerk)
        begin_class(publish_class(made, actor=clerk), actor=clerk)


def _branch_facts(schools: dict[str, School], term: Term, row, table: _Timetable, **own) -> ClassFacts:
    school, name, _, _, room, teacher, fee, _ = row
    course = Course.objects.get(school=schools[school], name=name)
    capacity = 20 if course.school.level == SchoolLevel.VILLAGE else 28
    return _facts(
        schools[school], term, course, rooms=(room,), teacher_name=teacher, table=table, code="1班",
        capacity=capacity, fee=Decimal(fee), **own,
    )  # fmt: skip


def _write_next(schools: dict[str, School], term: Term, clerk: User, on: dt.date) -> None:
    table = _Timetable()
    lottery = Round.objects.create(
        kind="class", unit=schools[CITY].unit, name=f"{CITY}{term}抽签",
        opens_at=moment(on - dt.timedelta(5), 9 * HOUR),
        closes_at=moment(on + dt.timedelta(9), 17 * HOUR), draws_at=moment(on + dt.timedelta(12), 9 * HOUR + 30),
        draws_where="河滨校区401阶梯教室",
    )  # fmt: skip
    opened = {"opens_at": moment(on - dt.timedelta(3), 9 * HOUR), "closes_at": moment(on + dt.timedelta(20), 17 * HOUR)}
    soon = {"opens_at": moment(on + dt.timedelta(7), 9 * HOUR), "closes_at": moment(on + dt.timedelta(30), 17 * HOUR)}
    ways = {
        "open": opened, "soon": soon, "hidden": {}, "lottery": {"mode": Mode.LOTTERY, "round": lottery},
    }  # fmt: skip
    before = {(one.course.name, one.grade): one for one in ClassGroup.objects.select_related("course").order_by("-pk")}
    for name, code, grade, capacity, how in NEXT_CLASSES:
        row = _city_row(name)
        course = Course.objects.get(school=schools[CITY], name=name)
        facts = _facts(
            schools[CITY], term, course, rooms=row[5], teacher_name=row[6], table=table, code=code, grade=grade,
            capacity=capacity, fee=Decimal(row[8]), follows=before.get((name, grade - 1)) if grade > 1 else None,
            **ways[how],
        )  # fmt: skip
        made = create_class(facts, actor=clerk)
        if how != "hidden":
            publish_class(made, actor=clerk)
    for row in BRANCH_COURSES:
        publish_class(create_class(_branch_facts(schools, term, row, table, **opened), actor=clerk), actor=clerk)
