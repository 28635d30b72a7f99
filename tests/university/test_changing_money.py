"""Money of a change of class: it goes along, what is too much is given back, and an undo brings it home."""

import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from apps.common.errors import BusinessError
from apps.university.choices.money import RefundAct
from apps.university.models import Enrolment, Refund
from apps.university.queries.fees import to_refund
from apps.university.services import payments, refunds
from apps.university.services.moving import change_class_of, undo_change
from tests.university.life import BEFORE, Life

ON = BEFORE.date()


@pytest.fixture
def life(db):
    return Life(names=("张三丰",))


def paid_class(life, fee: int, *, weekday: int) -> object:
    return life.make_class(course_name=f"国画{fee}", weekday=weekday, room=None, teacher=None, fee=fee)


@pytest.fixture
def row(life) -> Enrolment:
    """In a class of 600 yuan, paid."""
    found = life.enrol(paid_class(life, 600, weekday=1), life.rows[0].student.person)
    pay(found, 600)
    found.refresh_from_db()
    return found


def pay(row: Enrolment, amount: int):
    return payments.take_payment(
        row.student, {row.pk: Decimal(amount)}, method="cash", paid_on=ON, on=ON, actor=None, form_key=uuid.uuid4()
    )


def change(life, row: Enrolment, target):
    return change_class_of(row, target, **life.common())


def money(row: Enrolment) -> tuple:
    row = Enrolment.objects.get(pk=row.pk)
    return int(row.paid), int(row.refunded), int(row.owes)


def test_money_goes_to_a_dearer_class_and_the_rest_is_owed(life, row):
    made = change(life, row, paid_class(life, 800, weekday=4))

    assert made.difference == 200
    assert (money(made.new), money(row)) == ((600, 0, 200), (0, 0, 0))
    undo_change(made, actor=life.clerk, now=BEFORE)
    back = Enrolment.objects.get(class_group=row.class_group, state="in")
    assert money(back) == (600, 0, 0)
    assert not to_refund(Enrolment.objects.all()).exists()


def test_what_a_cheaper_class_leaves_is_a_refund_and_an_undo_withdraws_it(life, row):
    made = change(life, row, paid_class(life, 450, weekday=4))

    refund = Refund.objects.get(enrolment=row)
    assert (made.difference, refund.amount, refund.state) == (-150, 150, "applied")
    assert (money(made.new), money(row)) == ((450, 0, 0), (150, 150, 0))
    undo_change(made, actor=life.clerk, now=BEFORE)
    refund.refresh_from_db()
    back = Enrolment.objects.get(class_group=row.class_group, state="in")
    assert (refund.state, money(back)) == ("back", (600, 0, 0))
    assert not to_refund(Enrolment.objects.all()).exists()


def test_a_difference_that_went_to_the_finance_office_is_owed_again(life, row):
    made = change(life, row, paid_class(life, 450, weekday=4))
    refund = refunds.sign(Refund.objects.get(), on=ON, actor=None, today=ON)
    refunds.send(life.school, [refund], on=ON, actor=None, today=ON, form_key=uuid.uuid4())
    undo_change(made, actor=life.clerk, now=BEFORE)

    back = Enrolment.objects.get(class_group=row.class_group, state="in")
    assert money(back) == (450, 0, 150)
    assert Refund.objects.get().state == "sent"


def test_nobody_changes_while_a_refund_is_under_way(life, row):
    Enrolment.objects.filter(pk=row.pk).update(fee_due=500)
    facts = refunds.RefundFacts("over")
    refund = refunds.apply(row, facts, actor=None, now=BEFORE, form_key=uuid.uuid4())
    target = paid_class(life, 450, weekday=4)
    with pytest.raises(BusinessError, match="退费在办"):
        change(life, row, target)
    refunds.end(refund, RefundAct.WITHDRAW, on=ON, reason="不退了", actor=None, today=ON)
    assert change(life, row, target).difference == -150


def test_the_pages_say_the_difference_before_and_where_it_stands_after(life, row, client, settings):
    client.force_login(life.clerk)
    target = paid_class(life, 450, weekday=4)
    made = change(life, row, target)
    shown = client.get(reverse("admin:university_classchange_changelist")).content.decode()
    assert "退还 150.00 元" in shown
    assert "退费已申请" in shown
    page = client.get(reverse("admin:university_classchange_change", args=[made.pk])).content.decode()
    assert reverse("admin:university_refund_change", args=[Refund.objects.get().pk]) in page
    move = client.get(reverse("admin:university_classchange_move", args=[made.new_id])).content.decode()
    assert "已缴 450.00 元" in move
    assert "要补缴 150.00 元" in move
