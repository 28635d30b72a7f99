"""Two entries of one person who are both students: one profile with all classes, money, papers and cards; and back."""

import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.ledgers.services import merging
from apps.university.models import Enrolment, Payment, Statement, Student, StudentCard, StudentSchool
from apps.university.services import payments
from apps.university.services.statements import record_statements
from tests.builders import make_person, make_user
from tests.university.life import BEFORE, Life

ON = BEFORE.date()


@pytest.fixture
def life(db):
    """王五 in one class, and entered again in another class of the same school, where he paid and signed."""
    made = Life(names=("王五",))
    made.other = made.make_class(course_name="国画", weekday=4, room=None, teacher=None, fee=Decimal(160))
    made.again = make_person("王五", birth_date="1955-02-03")
    made.head = make_user("kezhang", role="section_head", unit=made.unit)
    return made


def enrol_again(life) -> Enrolment:
    row = life.enrol(life.other, life.again)
    payments.take_payment(
        row.student, {row.pk: Decimal(160)}, method="cash", paid_on=ON, on=ON, actor=None, form_key=uuid.uuid4()
    )
    record_statements(
        row.student, life.school, ["health"], signed_on=ON, relation="self", signer="", actor=life.clerk, on=ON,
        form_key=uuid.uuid4(),
    )  # fmt: skip
    return row


def merge(life, winner):
    row = merging.propose(
        winner, life.again, chosen=(), reason="电话问过本人", actor=life.clerk, on=timezone.localdate()
    )
    return merging.carry_out(row, actor=life.head, now=timezone.now())


def owners(model) -> set:
    return set(model._base_manager.values_list("student_id", flat=True))


def test_both_are_students_of_one_school(life):
    his = life.rows[0].student
    row = enrol_again(life)
    old_card = StudentCard.objects.get(student=life.again.pk)
    done = merge(life, his.person)

    assert owners(Enrolment) == owners(Payment) == owners(Statement) | {his.pk} == {his.pk}
    assert owners(StudentCard) == {his.pk}
    old_card.refresh_from_db()
    assert old_card.end_reason == "合并登记，用另一张卡"
    his.refresh_from_db()
    assert his.health_statement_on == ON
    assert Student.objects.get(pk=life.again.pk).voided_at
    assert StudentSchool.objects.filter(student=his.pk).count() == 1

    undone = merging.undo(done, reason="原来是两个人", actor=life.head, now=timezone.now())

    assert undone.left == []
    row.refresh_from_db()
    assert row.student_id == Payment.objects.get().student_id == Statement.objects.get().student_id == life.again.pk
    old_card.refresh_from_db()
    assert (old_card.student_id, old_card.ended_on) == (life.again.pk, None)
    his.refresh_from_db()
    assert his.health_statement_on is None
    assert not Student.objects.get(pk=life.again.pk).voided_at


def test_only_the_other_is_a_student(life):
    enrol_again(life)
    nobody = make_person("王五", birth_date="1955-02-03")
    done = merge(life, nobody)

    assert owners(Payment) == owners(Statement) == {nobody.pk}
    assert not Student.objects.filter(pk=life.again.pk).exists()
    merging.undo(done, reason="原来是两个人", actor=life.head, now=timezone.now())
    assert owners(Payment) == owners(Statement) == {life.again.pk}


def test_what_came_in_since_is_not_left_without_its_student(life):
    enrol_again(life)
    nobody = make_person("王五", birth_date="1955-02-03")
    done = merge(life, nobody)
    third = life.make_class(course_name="合唱", weekday=5, room=None, teacher=None)
    life.enrol(third, nobody)
    with pytest.raises(BusinessError, match="又有了新的记录"):
        merging.undo(done, reason="原来是两个人", actor=life.head, now=timezone.now())
    assert owners(Payment) == {nobody.pk}


def test_one_class_asked_for_twice_is_refused_with_the_way_out(life):
    life.enrol(life.group, life.again)
    with pytest.raises(BusinessError, match="请先退掉其中一份"):
        merge(life, life.rows[0].student.person)
