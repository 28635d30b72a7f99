"""Surveys without names; works with consent and gone without it; what the public and a student see of class life."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from apps.common.errors import BusinessError
from apps.people.models import PersonAccount
from apps.university.models import Certificate, ClassGroup, Leave, SurveyAnswer
from apps.university.queries.surveys import figures_of
from apps.university.services.lessons import cancel_lesson
from apps.university.services.surveys import answer, enter_sheets, open_survey
from apps.university.services.works import add_work, withdraw_consent
from tests.builders import make_user
from tests.university.life import BEFORE, Life

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 9, 9)


@pytest.fixture
def life():
    made = Life()
    ClassGroup.objects.filter(pk=made.group.pk).update(state="running")
    made.group.refresh_from_db()
    return made


def test_nobody_answers_twice_and_five_are_needed_to_see(life):
    survey = open_survey(life.group, closes_on=dt.date(2026, 9, 20), actor=life.clerk, on=ON)
    answer(survey, life.rows[0], {"teaching": 3}, "很好", on=ON)
    with pytest.raises(BusinessError, match="已经评价过"):
        answer(survey, life.rows[0], {"teaching": 1}, "", on=ON)
    with pytest.raises(BusinessError, match="结束"):
        answer(survey, life.rows[1], {}, "", on=dt.date(2026, 9, 20))
    assert figures_of(survey).questions == ()
    sheets = [(uuid.uuid4(), {"teaching": 2}, "") for _ in range(4)]
    assert enter_sheets(survey, [*sheets, (uuid.uuid4(), {}, " ")], actor=life.clerk) == 4
    assert enter_sheets(survey, sheets, actor=life.clerk) == 0
    found = figures_of(survey)
    assert found.questions[0].counts == (("满意", 1), ("还可以", 4), ("不满意", 0))
    assert found.words == ("很好",)


def test_a_work_is_shown_until_its_maker_takes_it_back(life, client):
    values = {"title": "秋山", "text": "秋山如画", "photo": None, "shown_name": "surname", "consent_by": "paper"}
    work = add_work(life.group, life.rows[0].student, consent_on=ON, actor=life.clerk, on=ON, **values)
    page = client.get(reverse("university:works")).content.decode()
    assert "秋山" in page
    assert "张学员" in page
    assert "张三丰" not in page
    withdraw_consent(work, actor=life.clerk, now=BEFORE)
    assert "秋山" not in client.get(reverse("university:works")).content.decode()
    with pytest.raises(BusinessError):
        add_work(life.group, life.rows[0].student, consent_on=dt.date(2027, 1, 1), actor=life.clerk, on=ON, **values)


def test_a_stranger_checks_a_certificate(life, client):
    Certificate.objects.create(
        school=life.school, enrolment=life.rows[0], year=2026, number=1, code="2026-001-0001", name="张三丰",
        course="书法", term="2026年秋季", issued_on=ON,
    )  # fmt: skip
    page = reverse("university:certificates")
    right = client.post(page, {"code": " 2026-001-0001 ", "surname": "张"}).content.decode()
    assert "证书有效" in right
    assert "张＊丰" in right
    for wrong in ({"code": "2026-001-0001", "surname": "李"}, {"code": "2026-001-0009", "surname": "张"}):
        assert "没有查到" in client.post(page, wrong).content.decode()
    Certificate.objects.update(withdrawn_on=ON)
    assert "已经撤销" in client.post(page, {"code": "2026-001-0001", "surname": "张"}).content.decode()


def test_the_public_timetable_and_its_calendar(life, client):
    cancel_lesson(life.group.sessions.order_by("number").last(), **life.common())
    feed = client.get(reverse("university:class_feed", args=[life.group.public_id])).content.decode()
    assert feed.count("BEGIN:VEVENT") == 7
    assert feed.count("STATUS:CANCELLED") == 1
    assert "DTSTART:20260908T002000Z" in feed
    assert "张三丰" not in feed
    ClassGroup.objects.filter(pk=life.group.pk).update(state="planned")
    assert client.get(reverse("university:class_timetable", args=[life.group.public_id])).status_code == 404


def test_a_retiree_asks_for_leave_and_answers_a_survey(life, client):
    user = make_user("laoren", is_staff=False)
    person = life.rows[0].student.person
    PersonAccount.objects.create(user=user, person=person, starts_on=dt.date(2020, 1, 1))
    client.force_login(user)
    today = dt.date.today()  # noqa: DTZ011
    sent = client.post(reverse("portal:me_leave"), {
        "which": str(life.group.public_id), "first_on": today, "last_on": today + dt.timedelta(3),
        "form_key": str(uuid.uuid4()),
    })  # fmt: skip
    assert sent.status_code == 302
    leave = Leave.objects.get()
    assert leave.until == today + dt.timedelta(4)
    assert "不请了" in client.get(reverse("portal:me_leave")).content.decode()
    client.post(reverse("portal:me_leave_end", args=[leave.public_id]))
    leave.refresh_from_db()
    assert leave.voided_at

    survey = open_survey(life.group, closes_on=today + dt.timedelta(9), actor=life.clerk, on=today)
    page = reverse("portal:me_survey", args=[survey.public_id])
    assert "老师讲得怎么样" in client.get(page).content.decode()
    assert "内容合不合适" in client.post(page, {"teaching": "3"}).content.decode()
    said = {"teaching": "3", "content": "0", "place": "2", "again": "3", "words": "好", "finish": "1"}
    assert client.post(page, said).status_code == 302
    kept = SurveyAnswer.objects.get()
    assert (kept.teaching, kept.content, kept.words) == (3, None, "好")
    assert "已经交过" in client.post(page, said, follow=True).content.decode()
