"""What the clock begins, what the health statement keeps out, and what is put right on a student's page."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.university.jobs.beginning import begin_due
from apps.university.models import ClassGroup, Enrolment, Statement
from apps.university.services.statements import record_statements
from tests.builders import make_person, make_school, make_unit, make_user
from tests.university.life import BEFORE, Life

TODAY = BEFORE.date()


@pytest.fixture
def life(db):
    return Life(names=("张三丰",))


def test_a_class_begins_on_its_first_day_once(life):
    empty = life.make_class(course_name="国画", weekday=4, room=None, teacher=None)
    first_on = life.group.first_on
    assert begin_due(first_on - dt.timedelta(days=1)) == 0
    assert begin_due(first_on) == 1
    assert begin_due(first_on + dt.timedelta(days=1)) == 0
    states = dict(ClassGroup.objects.values_list("pk", "state"))
    assert (states[life.group.pk], states[empty.pk]) == ("running", "public")
    assert AuditEntry.objects.filter(action="class.begin").count() == 1


def sign(life, student, on=TODAY) -> Statement:
    return record_statements(
        student, life.school, ["health"], signed_on=on, relation="self", signer="", actor=life.clerk, on=TODAY,
        form_key=uuid.uuid4(),
    )[0]  # fmt: skip


def test_a_class_that_asks_for_the_health_statement_refuses_whoever_has_none(life):
    group = life.make_class(course_name="太极", weekday=4, room=None, teacher=None, needs_health=True)
    person = life.rows[0].student.person
    with pytest.raises(BusinessError, match="要先交健康声明。请带身份证"):
        life.enrol(group, person)
    old = sign(life, life.rows[0].student, on=dt.date(2025, 6, 1))
    with pytest.raises(BusinessError, match="过了有效期"):
        life.enrol(group, person)
    old.refresh_from_db()
    sign(life, life.rows[0].student)
    assert life.enrol(group, person).state == "in"


def test_a_wrong_paper_is_voided_with_a_reason_and_comes_back(life, client):
    student = life.rows[0].student
    paper = sign(life, student)
    client.force_login(life.clerk)
    page = reverse("admin:university_student_statement", args=[paper.pk])
    assert client.post(page, {"reason": ""}).status_code == 422
    client.post(page, {"reason": "登记到别人名下"})
    student.refresh_from_db()
    assert student.health_statement_on is None
    shown = client.get(reverse("admin:university_student_change", args=[student.pk])).content.decode()
    assert "登记到别人名下" in shown
    assert AuditEntry.objects.filter(action="void", reason="登记到别人名下").exists()
    assert "恢复" in client.get(page).content.decode()
    client.post(page)
    student.refresh_from_db()
    assert student.health_statement_on == TODAY


def test_a_paper_of_another_school_is_not_found(life, client):
    elsewhere = make_school("江北区老年大学", unit=make_unit("江北区委老干部局"))
    client.force_login(make_user("jiangbei", role="university_clerk", unit=elsewhere.unit))
    page = reverse("admin:university_student_statement", args=[sign(life, life.rows[0].student).pk])
    assert client.get(page).status_code == 404
    assert client.get(reverse("admin:university_student_reprice", args=[life.rows[0].pk])).status_code == 404


def test_the_fee_of_a_later_monitor_is_reckoned_anew_with_the_difference_shown(life, client):
    group = life.make_class(course_name="国画", weekday=4, room=None, teacher=None, fee=Decimal(600))
    row = life.enrol(group, make_person("赵六", birth_date="1955-02-03"))
    ClassGroup.objects.filter(pk=group.pk).update(monitor=row.student_id)
    client.force_login(life.clerk)
    page = reverse("admin:university_student_reprice", args=[row.pk])
    shown = client.get(page).content.decode()
    assert "应缴由 600 元 改为 300 元？" in shown
    assert "还要缴 300.00 元" in shown
    client.post(page)
    row = Enrolment.objects.get(pk=row.pk)
    assert (row.fee_due, row.discount) == (Decimal(300), "班长，减300元")
    assert AuditEntry.objects.filter(action="fee.reprice").exists()
    assert "应缴还是300 元" in client.get(page).content.decode()
