import datetime as dt

import pytest

from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.organisation.models import RuleSet
from apps.signups.services import seats
from apps.university.models import Enrolment, Student
from apps.university.rules.places import Applicant, ClassLimits, EnrolmentRules, refusal
from apps.university.services.places import refusals
from tests.builders import make_cadre, make_person
from tests.signups.places_world import DAY, NOW, World, ask

LIMITS = ClassLimits(dt.date(2026, 3, 16), age_from=50, age_to=70)


def person(birth="1956-05-02", **over):
    return Applicant(birth=PartialDate.parse(birth) if birth else None, **over)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (person(), ""),
        (person("1976-03-16"), ""),  # 50 on the first day
        (person("1976-03-17"), "到时候是49岁"),
        (person("1955-03-17"), ""),  # 70, and 71 on the next day
        (person("1955-03-16"), "到时候是71岁"),
        (person("1955-03"), ""),  # one of its days would let him in
        (person("1955-02"), "到时候是71岁"),
        (person(None), "还没有登记出生日期"),
        (person(life="deceased"), "已登记离世"),
        (person(life="reported"), "还在核实"),
        (person(voided=True), "已经作废"),
        (person(held=3), "每学期最多读3门，这学期已经有3门"),
        (person(held=3, life="deceased"), "已登记离世"),
        (person(clash="国画01班"), "和已有的“国画01班”冲突"),
        (person(same_now="书法02班"), "同一门课只能报一个班"),
        (person(times=9), ""),
    ],
)
def test_the_first_reason_is_said(facts, said):
    found = refusal(LIMITS, facts, EnrolmentRules())

    assert said in found
    assert bool(found) == bool(said)


def test_limits_of_one_side_and_rules_of_one_school():
    over_50 = refusal(ClassLimits(dt.date(2026, 3, 16), age_from=50), person("1990-01-01"), EnrolmentRules())
    assert over_50.startswith("这个班收50岁以上（含50岁），按开课那天（2026年3月16日）的周岁算，到时候是36岁。")
    up_to_70 = refusal(ClassLimits(dt.date(2026, 3, 16), age_to=70), person("1940"), EnrolmentRules())
    assert up_to_70.startswith("这个班收70岁以下（含70岁）")
    assert "已经读过2次" in refusal(LIMITS, person(times=2), EnrolmentRules(same_course_times=2))
    assert refusal(LIMITS, person(held=9), EnrolmentRules(most_courses=0)) == ""
    assert "只收离退休干部" in refusal(
        ClassLimits(LIMITS.first_on, cadres_only=True), person(is_cadre=False), EnrolmentRules()
    )
    with pytest.raises(ValueError, match="门数"):
        EnrolmentRules(most_courses=-1)


@pytest.mark.django_db
def test_seats_count_offers_do_not_and_one_look_serves_many(django_assert_max_num_queries):
    world = World()
    RuleSet.objects.create(kind="enrolment", effective_from=dt.date(2020, 1, 1), values={"most_courses": 1})
    reads, full, other = (world.add_class(capacity=1) for _ in range(3))
    one, two, three = world.people(3)
    ask(reads, one), ask(full, two)
    waits = ask(full, three)

    with django_assert_max_num_queries(7):
        found = refusals(other, [one.pk, two.pk, three.pk], NOW.date())

    assert found.keys() == {one.pk, two.pk}
    seats.withdraw(Enrolment.objects.get(student=two.pk).sign_up, reason="", actor=None, now=NOW)
    waits.refresh_from_db()
    assert waits.state == "offered"
    assert refusals(other, [two.pk, three.pk], NOW.date()) == {}
    with pytest.raises(BusinessError, match="每学期最多读1门"):
        ask(other, one)


@pytest.mark.django_db
def test_the_same_course_again_and_a_school_for_cadres_only():
    world = World()
    first = world.add_class()
    course = first.class_group.course
    again = world.add_class(course=course)
    one = make_cadre("李德厚", unit=world.unit, birth_date="1956-05-02").person
    other = make_person("赵秀英", birth_date="1956-05-02")
    ask(first, one)

    with pytest.raises(BusinessError, match="这学期已经在“书法01班”读这门课"):
        ask(again, one)
    Enrolment.objects.update(state="done")
    RuleSet.objects.create(kind="enrolment", effective_from=dt.date(2020, 1, 1), values={"same_course_times": 1})
    with pytest.raises(BusinessError, match="这门课已经读过1次"):
        ask(again, one)

    world.school.admits = "cadres"
    world.school.save()
    with pytest.raises(BusinessError, match="只收离退休干部"):
        ask(again, other)
    assert ask(world.add_class(), one).state == "seated"


@pytest.mark.django_db
def test_a_place_makes_a_student_and_leaving_ends_the_enrolment():
    world = World()
    offering = world.add_class(fee="200")
    (one,) = world.people(1)

    row = ask(offering, one)
    enrolment = Enrolment.objects.get()
    assert (enrolment.student, enrolment.fee_due, enrolment.class_group.offering) == (
        Student.objects.get(),
        200,
        offering,
    )
    seats.withdraw(row, reason="搬家", actor=None, now=NOW + DAY)

    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.ended_on, enrolment.end_reason) == ("left", dt.date(2026, 3, 3), "搬家")
