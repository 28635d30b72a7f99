"""Classes: their sessions, clashes in words, and what stands once somebody asked for a place."""

import dataclasses
import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from apps.common.errors import BusinessError
from apps.organisation.models import CalendarDay
from apps.organisation.workdays import WorkCalendar
from apps.signups.models import SignUp
from apps.university.models import ClassSession, Course, Room
from apps.university.rules.classes import ClassRules, Slot, moments_of, read_span
from apps.university.services import classes
from tests.builders import make_class, make_person, make_school, make_teacher, make_term, make_unit

MONDAY = dt.date(2026, 9, 7)


@pytest.fixture
def school(db):
    return make_school(unit=make_unit())


def facts_of(school, **over):
    course, _ = Course.objects.get_or_create(school=school, name="书法")
    term = make_term(school.unit)
    values = {
        "term": term, "school": school, "course": course, "code": "1班", "capacity": 20, "first_on": MONDAY,
        "slots": (Slot(2, 500, 600),), "until": term.ends_on, "min_open": 10,
    }  # fmt: skip
    return classes.ClassFacts(**{**values, **over})


def test_lessons_leave_out_public_holidays_only():
    calendar = WorkCalendar({dt.date(2026, 10, 1): "off", dt.date(2026, 10, 10): "work"})
    days = [begin.date() for begin, _ in moments_of([Slot(4, 500, 600)], MONDAY, MONDAY + dt.timedelta(42), calendar)]
    assert dt.date(2026, 10, 1) not in days
    assert len(days) == 5
    saturday = moments_of([Slot(6, 500, 600)], MONDAY, MONDAY + dt.timedelta(42), calendar)
    assert len(saturday) == 6


def test_typed_times():
    assert read_span("8：20－10:00") == (500, 600)
    for wrong in ("8:20", "25:00-26:00", "10:00-9:00", "8:5-9:00", "八点-九点"):
        with pytest.raises(ValueError, match="。"):
            read_span(wrong)


def test_ages_a_new_class_begins_with():
    rules = ClassRules()
    assert rules.ages(strenuous=False, grade=1) == (None, 75)
    assert rules.ages(strenuous=True, grade=1) == (None, 70)
    assert rules.ages(strenuous=False, grade=2) == (None, None)


def test_a_class_is_made_with_places_times_and_sessions(school):
    days = ("2026-10-06", "2026-10-13")
    CalendarDay.objects.filter(day__in=days).delete()
    CalendarDay.objects.create(day=days[0], kind="off", name="国庆节")
    made = classes.create_class(facts_of(school, held_back=2), actor=None)
    assert (made.offering.places.capacity, made.offering.places.free) == (20, 18)
    assert made.offering.title == "书法1班"
    assert made.state == "planned"
    assert made.offering.times.get().until == made.until
    assert [one.number for one in made.sessions.all()] == list(range(1, 16))


def test_a_clash_names_the_other_class(school):
    room, teacher = Room.objects.get(), make_teacher(school=school)
    classes.create_class(facts_of(school, room=room, teacher=teacher), actor=None)
    with pytest.raises(BusinessError) as refused:
        classes.create_class(facts_of(school, code="2班", room=room, slots=(Slot(2, 590, 690),)), actor=None)
    assert "“书法1班”" in refused.value.sentence
    assert "2026年9月8日（周二）8:20–10:00" in refused.value.sentence
    elsewhere = make_school("江北区老年大学", unit=school.unit)
    same_person = make_teacher(school=elsewhere, person=teacher.person)
    with pytest.raises(BusinessError, match="沈墨林老师"):
        classes.create_class(facts_of(elsewhere, teacher=same_person), actor=None)
    assert ClassSession.objects.filter(class_group__code="2班").count() == 0


def test_the_database_refuses_a_room_twice(school):
    room = Room.objects.get()
    classes.create_class(facts_of(school, room=room), actor=None)
    other = classes.create_class(facts_of(school, code="2班"), actor=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        other.sessions.update(room=room)


def test_other_times_take_the_sessions_over(school):
    made = classes.create_class(
        facts_of(school, room=Room.objects.get(), teacher=make_teacher(school=school)), actor=None
    )
    kept = made.sessions.get(number=1).pk
    facts = facts_of(
        school, room=Room.objects.get(), teacher=made.teacher, slots=(Slot(2, 540, 640), Slot(4, 540, 640))
    )
    classes.change_class(made, facts, actor=None)
    sessions = list(made.sessions.prefetch_related("teachers"))
    assert sessions[0].pk == kept
    assert len(sessions) > 28
    assert all(one.room_id and len(one.teachers.all()) == 1 for one in sessions)
    assert made.offering.times.count() == 2


def test_what_people_relied_on_stands(school):
    made = make_class(school, capacity=20)
    SignUp.objects.create(
        offering=made.offering, person=make_person(), state="seated", source="web",
        queued_at=dt.datetime(2026, 8, 2, tzinfo=dt.UTC),
    )  # fmt: skip
    own = {name: getattr(made, name) for name in classes.OWN}
    offering = made.offering
    facts = classes.ClassFacts(
        **own, capacity=20, slots=classes.slots_of(made), opens_at=offering.opens_at, closes_at=offering.closes_at
    )
    for change in ({"fee": 10}, {"slots": (Slot(3, 500, 600),)}, {"mode": "lottery"}):
        with pytest.raises(BusinessError, match="已经有人报名"):
            classes.change_class(made, dataclasses.replace(facts, **change), actor=None)
    changed = classes.change_class(made, dataclasses.replace(facts, note="请带毛笔"), actor=None)
    assert changed.note == "请带毛笔"


def test_only_a_whole_class_is_published(school):
    made = make_class(school, state="planned")
    with pytest.raises(BusinessError, match="没有教室、没有教师"):
        classes.publish_class(made, actor=None)
    facts = facts_of(
        school, code="5班", room=Room.objects.get(), teacher=make_teacher(school=school), slots=(Slot(5, 500, 600),)
    )
    window = {"opens_at": dt.datetime(2026, 8, 1, tzinfo=dt.UTC), "closes_at": dt.datetime(2026, 8, 9, tzinfo=dt.UTC)}
    whole = classes.create_class(dataclasses.replace(facts, **window), actor=None)
    assert classes.publish_class(whole, actor=None).offering.state == "open"
    classes.publish_class(whole, actor=None)
