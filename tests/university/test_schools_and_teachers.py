"""Schools in their tree, repairs step by step, phases that fit, and teachers from application to leaving."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.common.errors import BusinessError
from apps.people.models import Phone
from apps.university.admin.schools import check_place
from apps.university.choices.schools import PhaseKind, TeacherState
from apps.university.models import Equipment, Room, RoomRepair, School, Teacher, TeacherAssessment
from apps.university.queries.schools import level_figures, tree
from apps.university.queries.workload import loads
from apps.university.rules.classes import moment
from apps.university.services import rooms, teachers, terms
from tests.builders import make_class, make_school, make_teacher, make_term, make_unit, make_user

DAY = dt.date(2026, 11, 20)
NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@pytest.fixture
def school(db):
    return make_school(unit=make_unit())


def test_schools_stand_below_their_own_level_or_a_higher_one(school):
    town = make_school("桥头镇老年学校", unit=school.unit, level="town", parent=school, opened_on=dt.date(2026, 5, 1))
    village = make_school("南河学习点", unit=school.unit, level="village", parent=town)
    lines = tree(School.objects.all(), DAY)
    assert [(line.school, line.depth) for line in lines] == [(school, 0), (town, 1), (village, 2)]
    assert level_figures(School.objects.all(), 2026)[2] == ("镇街级", 1, 1)
    town.parent = village
    with pytest.raises(BusinessError, match="不能作镇街级学校的上级"):
        check_place(town)
    town.level, town.parent = "village", village
    with pytest.raises(BusinessError, match="自己的下级"):
        check_place(town)


def test_a_repair_goes_step_by_step_and_back(school):
    room = Room.objects.get()
    thing = Equipment.objects.create(room=room, name="饮水机")
    repair = rooms.report(
        RoomRepair(room=room, thing=thing, trouble="不出水", reported_on=DAY, reporter="王"), actor=None
    )
    with pytest.raises(BusinessError, match="不能早于"):
        rooms.order(repair, repairer="维修部", on=DAY - dt.timedelta(1), actor=None)
    rooms.order(repair, repairer="维修部", on=DAY, actor=None)
    rooms.finish(repair, on=DAY, cost=80, result="换了阀", actor=None)
    assert Equipment.objects.get().condition == "good"
    with pytest.raises(BusinessError, match="已修好"):
        rooms.finish(repair, on=DAY, cost=80, result="", actor=None)
    rooms.take_back(repair, actor=None)
    assert RoomRepair.objects.get().state == "order"


def test_phases_fit_each_other(school):
    term = make_term(school.unit)

    def window(month: int, day: int, days: int = 10):
        first = dt.date(2026, month, day)
        return moment(first, 540), moment(first + dt.timedelta(days), 1020)

    wanted = {PhaseKind.CONTINUING: window(6, 5), PhaseKind.NEW: window(6, 20), PhaseKind.PAYING: None}
    assert terms.put_phases(term, None, wanted, actor=None) == 2
    assert terms.put_phases(term, None, wanted, actor=None) == 0
    with pytest.raises(BusinessError, match="新生报名”不能早于") as refused:
        terms.put_phases(term, None, {**wanted, PhaseKind.NEW: window(6, 1)}, actor=None)
    assert refused.value.field == PhaseKind.NEW
    with pytest.raises(BusinessError, match="要在开学前开始"):
        terms.put_phases(term, school, {PhaseKind.NEW: window(9, 20)}, actor=None)


def facts(school, **over):
    values = {"school": school, "name": "梅映雪", "sex": "2", "birth_date": "1968-09", "subjects": "插花"}
    return teachers.TeacherFacts(**{**values, **over})


def test_a_person_known_by_number_is_the_same_teacher(school):
    first = teachers.apply(facts(school, mobile="13922220101"), on=DAY, actor=None)
    assert Phone.objects.get().person == first.person
    elsewhere = make_school("江北区老年大学", unit=school.unit)
    again = teachers.apply(facts(elsewhere, mobile="139 2222 0101"), on=DAY, actor=None)
    assert again.person == first.person
    stranger = teachers.apply(facts(elsewhere, name="梅雪"), on=DAY, actor=None)
    assert stranger.person != first.person
    with pytest.raises(BusinessError, match="已经登记过"):
        teachers.apply(facts(school, mobile="13922220101"), on=DAY, actor=None)
    with pytest.raises(BusinessError) as refused:
        teachers.apply(facts(school, name="某人", citizen_id="123"), on=DAY, actor=None)
    assert refused.value.field == "citizen_id"


def test_hired_after_a_trial_and_not_twice_at_once(school):
    teacher = teachers.apply(facts(school), on=DAY, actor=None)
    trial = {"teacher": teacher, "held_on": DAY, "kind": "trial", "by": "教务科"}
    teachers.assess(TeacherAssessment(result="fail", **trial), actor=None)
    year = {"starts_on": dt.date(2026, 12, 1), "last_on": dt.date(2027, 11, 30), "document_no": "1号"}
    with pytest.raises(BusinessError, match="试讲不合格"):
        teachers.hire(teacher, **year, actor=None)
    teachers.assess(TeacherAssessment(result="pass", **trial), actor=None)
    teachers.hire(teacher, **year, actor=None)
    with pytest.raises(BusinessError, match="重叠"):
        teachers.hire(teacher, **{**year, "starts_on": dt.date(2027, 11, 30)}, actor=None)
    assert Teacher.objects.get().state == TeacherState.HIRED


def test_nobody_leaves_while_lessons_to_come_are_his(school):
    teacher = make_teacher(school=school)
    made = make_class(school, teacher=teacher)
    with pytest.raises(BusinessError, match="次课是他上"):
        teachers.end(teacher, on=DAY, reason="回家乡", now=NOW, actor=None)
    load = loads(Teacher.objects.all(), made.term, now=NOW)[0]
    assert (load.classes, load.minutes) == (1, load.sessions * 100)
    assert 0 < load.held < load.sessions
    made.sessions.all().delete()
    teachers.end(teacher, on=DAY, reason="回家乡", now=NOW, actor=None)
    assert Teacher.objects.get().left_on == DAY


def test_staff_register_a_teacher_and_mend_a_room(school, client):
    client.force_login(make_user(role="university_clerk", unit=school.unit))
    page = reverse("admin:university_teacher_add")
    values = {"school": school.pk, "name": "梅映雪", "sex": "2", "birth_date": "不知道", "subjects": "插花"}
    assert client.post(page, values).status_code == 422
    assert not Teacher.objects.exists()
    answer = client.post(page, {**values, "birth_date": "1968-09", "mobile": "13922220101"})
    shown = client.get(answer.url).content.decode()
    assert "13922220101" in shown
    repair = reverse("admin:university_roomrepair_add")
    sent = {"room": Room.objects.get().pk, "trouble": "灯不亮", "reported_on": "2026-11-20", "reporter": "王"}
    done = client.post(repair, sent)
    assert "已报修" in client.get(done.url).content.decode()
