"""Rolls, taps, leaves, who has long been away, completion and certificates."""

import datetime as dt
import uuid

import pytest

from apps.common.errors import BusinessError
from apps.organisation.models import RuleSet
from apps.university.choices.life import Basis
from apps.university.models import AbsenceCase, Attendance, Certificate, ClassGroup, DoorTap, Enrolment
from apps.university.queries.attendance import coverage_of, long_away, standings
from apps.university.queries.lessons import on_leave
from apps.university.rules.life import AttendanceRules, basis_of_run, came_often_enough, masked_name, months_before
from apps.university.services.absences import decide, note_call
from apps.university.services.attendance import note_leave, take_roll, tap
from apps.university.services.completion import decide_again, decide_completion, withdraw_certificate
from tests.university.life import Life, at

RULES = AttendanceRules()
TUESDAY = dt.date(2026, 9, 8)


def test_six_straight_weeks_or_three_months_put_somebody_on_the_list_and_no_fewer():
    on = dt.date(2026, 11, 1)
    assert basis_of_run(TUESDAY, 6, RULES, on) == Basis.WEEKS
    assert basis_of_run(TUESDAY, 5, RULES, on) is None
    assert basis_of_run(TUESDAY, 2, RULES, dt.date(2026, 12, 8)) == Basis.MONTHS
    assert basis_of_run(TUESDAY, 9, AttendanceRules(weeks_absent=0, months_absent=0), on) is None


def test_completion_is_proposed_at_the_threshold():
    assert came_often_enough(7, 0, 10, RULES)
    assert not came_often_enough(69, 30, 100, RULES)
    assert came_often_enough(69, 30, 100, AttendanceRules(leave_counts=True))
    assert not came_often_enough(0, 0, 0, RULES)
    assert came_often_enough(6, 0, 10, AttendanceRules(completion=60))
    assert months_before(dt.date(2026, 5, 31), 3) == dt.date(2026, 2, 28)
    assert (masked_name("李德厚"), masked_name("王兰"), masked_name("欧阳德厚")) == ("李＊厚", "王＊", "欧＊＊厚")


@pytest.fixture
def life(db):
    made = Life()
    ClassGroup.objects.filter(pk=made.group.pk).update(state="running")
    made.group.refresh_from_db()
    return made


def roll(life, number: int, *states: str, counted: int | None = None):
    session = life.group.sessions.get(number=number)
    marks = {row.pk: state for row, state in zip(life.rows, states, strict=True)}
    day = session.starts_at.date()
    return take_roll(session, states.count("in") if counted is None else counted, marks, actor=life.clerk, on=day)


def test_a_roll_says_when_the_number_differs_and_can_be_corrected(life):
    done = roll(life, 1, "in", "out", "", counted=2)
    assert (done.present, done.fits) == (1, False)
    assert roll(life, 1, "in", "in", "").fits
    assert roll(life, 1, "in", "", "").saved == 1
    assert Attendance.objects.count() == 1
    with pytest.raises(BusinessError, match="还没有上"):
        take_roll(life.group.sessions.get(number=2), 0, {}, actor=life.clerk, on=TUESDAY)
    assert coverage_of([life.group], at(9, 9))[life.group.pk].percent == 100


def test_a_card_at_the_door(life):
    card = life.rows[0].student.card_no
    assert tap(f" {card}\n", life.school, actor=life.clerk, now=at(9, 8, 8)).fine
    assert tap(card, life.school, actor=life.clerk, now=at(9, 8, 9)).fine
    assert (Attendance.objects.count(), DoorTap.objects.count()) == (1, 1)
    other_day = tap(card, life.school, actor=life.clerk, now=at(9, 9, 8))
    assert "今天这个时间没有您的课。下一次是9月15日（周二）8:20" in other_day.sentence
    assert not tap("???", life.school, actor=life.clerk, now=at(9, 9, 8)).fine


def test_leave_is_noted_and_shown_on_the_roll(life):
    student = life.rows[0].student
    values = {"reason": "带孙子", "by": "phone", "actor": life.clerk, "on": dt.date(2026, 9, 7)}
    note_leave(student, None, first_on=TUESDAY, until=dt.date(2026, 9, 9), form_key=uuid.uuid4(), **values)
    assert on_leave(life.first, TUESDAY) == {student.pk}
    assert on_leave(life.first, dt.date(2026, 9, 9)) == set()
    with pytest.raises(BusinessError):
        note_leave(student, None, first_on=TUESDAY, until=TUESDAY, form_key=uuid.uuid4(), **values)


def test_who_is_long_away_is_rung_before_anything_is_decided(life):
    for number in range(1, 7):
        roll(life, number, "in", "out", "in")
    on, now = dt.date(2026, 10, 20), at(10, 20)
    classes = ClassGroup.objects.all()
    [away] = long_away(classes, on)
    assert (away.enrolment, away.missed, away.basis) == (life.rows[1], 6, Basis.WEEKS)
    case = AbsenceCase.objects.create(enrolment=away.enrolment, basis=away.basis, since=away.since)
    with pytest.raises(BusinessError, match="请先打电话"):
        decide(case, "leave", actor=life.clerk, now=now)
    case = note_call(
        away.enrolment, basis=away.basis, since=away.since, reached="yes", said="住院", actor=life.clerk, now=now
    )
    decide(case, "leave", actor=life.clerk, now=now)
    life.rows[1].refresh_from_db()
    assert life.rows[1].state == "left"
    assert long_away(classes, on) == []


def test_a_day_present_or_on_leave_ends_what_was_missed(life):
    """The first was on leave between, the second came and has missed four since, the third came last."""
    rules = {"weeks_absent": 4, "months_absent": 0}
    RuleSet.objects.create(kind=AttendanceRules.rule_key, effective_from=dt.date(2020, 1, 1), values=rules)
    lessons = zip("oollooo", "ooioooo", "ooooooi", strict=True)
    states = {"o": "out", "i": "in", "l": "leave"}
    for number, lesson in enumerate(lessons, 1):
        roll(life, number, *(states[one] for one in lesson))
    found = long_away(ClassGroup.objects.all(), dt.date(2026, 11, 1))
    assert [(one.enrolment, one.missed) for one in found] == [(life.rows[1], 4)]
    assert found[0].since == life.group.sessions.get(number=4).starts_at.date()


def test_completion_is_decided_by_staff_and_numbers_have_no_gaps(life):
    for number in range(1, 8):
        roll(life, number, "in", "out" if number > 1 else "in", "in")
    assert [(one.came, one.held) for one in standings(life.group)] == [(7, 7), (1, 7), (7, 7)]
    on = dt.date(2026, 11, 2)
    wanted = {life.rows[0].pk: "done", life.rows[1].pk: "short", life.rows[2].pk: "done"}
    with pytest.raises(BusinessError, match="每位学员都要定"):
        decide_completion(life.group, {life.rows[0].pk: "done"}, actor=life.clerk, on=on)
    made = decide_completion(life.group, wanted, actor=life.clerk, on=on)
    assert [one.number for one in made] == [1, 2]
    first = Certificate.objects.get(enrolment=life.rows[0])
    withdraw_certificate(first, reason="名字印错", actor=life.clerk, on=on)
    again = decide_again(life.rows[0], actor=life.clerk, on=on)
    assert again.number == 3
    assert again.code == f"2026-{life.school.pk:03d}-0003"
    assert Enrolment.objects.get(pk=life.rows[0].pk).state == "done"
    with pytest.raises(BusinessError, match="已经有结业证书"):
        decide_again(life.rows[0], actor=life.clerk, on=on)
