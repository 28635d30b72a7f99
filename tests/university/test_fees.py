import datetime as dt
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.signups.choices import SignUpSource
from apps.signups.services.seats import sign_up
from apps.university.choices.money import RefundAct, RefundCause, RefundState
from apps.university.models import ClassSession, Enrolment, Payment, Refund
from apps.university.queries.fees import day_report, held_until, overdue, statement_of, to_refund, unpaid
from apps.university.rules.refunds import RefundRules, refund_of, share_of
from apps.university.services import payments, refunds
from apps.university.services.fees import difference_of, pay_by
from apps.university.services.refunds import RefundFacts
from tests.builders import make_cadre, make_class, make_person, make_school, make_unit, make_user

ON = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 22, 10, tzinfo=timezone.get_default_timezone())
SEATED = dt.datetime(2026, 9, 1, 10, tzinfo=timezone.get_default_timezone())


def enrol(class_group, person, now=SEATED) -> Enrolment:
    row = sign_up(class_group.offering, person, source=SignUpSource.DESK, actor=None, now=now, form_key=uuid.uuid4())
    return Enrolment.objects.select_related("student", "class_group").get(sign_up=row)


def pay(row: Enrolment, amount="600", key=None, actor=None, **over) -> Payment:
    values = {"method": "cash", "paid_on": ON, "on": ON, "actor": actor, "form_key": key or uuid.uuid4()} | over
    return payments.take_payment(row.student, {row.pk: Decimal(amount)}, **values)


@pytest.fixture
def desk(db):
    unit = make_unit()
    school = make_school(unit=unit)
    return make_class(school, fee=Decimal(600)), make_user("daxue", role="university_clerk", unit=unit)


@pytest.fixture
def enrolled(desk):
    return enrol(desk[0], make_cadre("李德厚", unit=desk[0].school.unit, birth_date="1955-05-02").person)


def leave(row: Enrolment, cause=RefundCause.OWN, key=None, **over) -> Refund:
    facts = RefundFacts(cause, **over)
    return refunds.apply(row, facts, actor=None, now=NOW, form_key=key or uuid.uuid4())


@pytest.mark.parametrize(("held", "share"), [(0, 100), (1, 80), (8, 80), (9, 50), (15, 50), (16, 0)])
def test_the_table_of_refunds(held, share):
    assert share_of(held, RefundRules()) == share


def test_a_refund_takes_the_handling_fee_and_the_causes_into_account():
    rules = replace(RefundRules(), handling=Decimal(20), only_special=True)

    assert refund_of(Decimal(600), Decimal(0), 9, RefundCause.ILLNESS, rules).amount == Decimal(460)
    assert refund_of(Decimal(600), Decimal(0), 1, RefundCause.OWN, rules).refusal
    assert refund_of(Decimal(600), Decimal(0), 18, RefundCause.CLASS_OFF, rules).amount == Decimal(600)
    assert refund_of(Decimal(10), Decimal(0), 9, RefundCause.ILLNESS, rules).amount == 0
    with pytest.raises(ValueError, match="4 项"):
        replace(rules, shares=(100, 50))


def test_a_place_is_due_paid_once_and_reported(desk, enrolled):
    clerk, key = desk[1], uuid.uuid4()
    assert (enrolled.fee_due, enrolled.pay_by) == (Decimal(600), dt.date(2026, 9, 8))
    assert list(overdue(Enrolment.objects.all(), ON)) == [enrolled]

    first = pay(enrolled, key=key, actor=clerk)
    again = pay(enrolled, key=key, actor=clerk)

    assert first == again
    assert not unpaid(Enrolment.objects.all()).exists()
    report = day_report([desk[0].school], ON, ON + dt.timedelta(1))
    assert (report.total, report.count, report.lines[0][1]) == (Decimal(600), 1, "daxue")
    with pytest.raises(BusinessError, match="已经缴清"):
        pay(enrolled, amount="1")


def test_a_payment_is_never_changed_only_answered_by_a_contra_entry(enrolled):
    payment = pay(enrolled)
    payments.note_receipt(payment, "粤财A0012345", actor=None)
    for change in ({"amount": 1}, {"paid_on": ON - dt.timedelta(1)}):
        with pytest.raises(Exception, match="never changed"), transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(**change)

    contra = payments.take_back(payment, "输错了", actor=None, on=ON, form_key=uuid.uuid4())
    assert payments.take_back(payment, "输错了", actor=None, on=ON, form_key=uuid.uuid4()) == contra

    enrolled.refresh_from_db()
    assert (contra.amount, enrolled.paid) == (Decimal(-600), 0)
    assert day_report([enrolled.class_group.school], ON, ON + dt.timedelta(1)).total == 0


def test_a_refund_goes_its_way_and_never_exceeds_what_was_paid(enrolled):
    payment, key = pay(enrolled), uuid.uuid4()
    held = held_until(enrolled.class_group_id, ON)

    refund = leave(enrolled, key=key)

    assert leave(enrolled, key=key) == refund
    enrolled.refresh_from_db()
    assert (held, refund.sessions, refund.share, refund.amount) == (10, 10, 50, Decimal(300))
    assert (enrolled.state, enrolled.ended_on, enrolled.refunded) == ("left", ON, Decimal(300))
    with pytest.raises(BusinessError, match="已经有一份"):
        leave(enrolled)
    with pytest.raises(BusinessError, match="已经办了退费"):
        payments.take_back(payment, "输错了", actor=None, on=ON, form_key=uuid.uuid4())
    with pytest.raises(IntegrityError, match="enrolment_refunds"), transaction.atomic():
        Enrolment.objects.filter(pk=enrolled.pk).update(refunded=601)

    signed = refunds.sign(refund, on=ON, actor=None, today=ON)
    batch = refunds.send(refund.school, [signed], on=ON, actor=None, today=ON, form_key=uuid.uuid4())
    paid = refunds.pay(signed, on=ON, voucher="记-12", actor=None, today=ON)
    assert (paid.state, paid.batch, paid.paid_on) == (RefundState.PAID, batch, ON)
    with pytest.raises(BusinessError, match="已退"):
        refunds.pay(signed, on=ON, voucher="", actor=None, today=ON)
    assert statement_of(enrolled.student).refunds == [refund]
    with pytest.raises(BusinessError, match="已经退过费"):
        leave(enrolled)


def test_the_last_step_of_a_refund_is_taken_back_whole(enrolled):
    pay(enrolled)
    refund = leave(enrolled)
    refunds.end(refund, RefundAct.REFUSE, on=ON, reason="没有材料", actor=None, today=ON)
    enrolled.refresh_from_db()
    assert enrolled.refunded == 0
    today = timezone.localdate()

    last = refunds.undoable(refund, today)
    with pytest.raises(BusinessError, match="为什么撤回"):
        refunds.undo(refund, reason="", step_id=last.pk, actor=None, today=today)
    back = refunds.undo(refund, reason="材料补来了", step_id=last.pk, actor=None, today=today)

    enrolled.refresh_from_db()
    assert (back.state, back.closing_note, enrolled.refunded) == (RefundState.APPLIED, "", Decimal(300))
    assert refunds.undoable(back, today) is None


def test_sessions_called_off_do_not_count_and_those_of_the_day_only_when_held(enrolled):
    rows = list(ClassSession.objects.filter(class_group=enrolled.class_group).order_by("starts_at"))
    ninth = timezone.localdate(rows[8].starts_at)
    rows[0].state = "off"
    rows[0].save(update_fields=["state"])

    assert held_until(enrolled.class_group_id, ninth) == 7
    rows[8].state = "held"
    rows[8].save(update_fields=["state"])
    assert held_until(enrolled.class_group_id, ninth) == 8


def test_a_change_of_class_carries_the_money_over(desk, enrolled):
    pay(enrolled)
    enrolled.refresh_from_db()
    dearer = make_class(desk[0].school, fee=Decimal(800), course_name="国画", weekday=3)
    cheaper = make_class(desk[0].school, fee=Decimal(450), course_name="合唱", weekday=4)

    assert difference_of(enrolled, dearer, ON).words == "要补缴 200.00 元"
    assert difference_of(enrolled, cheaper, ON).to_refund == Decimal(150)
    new = enrol(cheaper, enrolled.student.person)
    key = uuid.uuid4()
    moved = payments.carry_over(enrolled, new, actor=None, on=ON, form_key=key)
    assert payments.carry_over(enrolled, new, actor=None, on=ON, form_key=key) == moved

    enrolled.refresh_from_db()
    new.refresh_from_db()
    assert (moved.amount, enrolled.paid, new.paid, new.owes) == (0, Decimal(150), Decimal(450), 0)
    Enrolment.objects.filter(pk=enrolled.pk).update(state="changed", ended_on=ON)
    assert list(to_refund(Enrolment.objects.all())) == [enrolled]
    enrolled.refresh_from_db()
    assert leave(enrolled, RefundCause.CHANGE).amount == Decimal(150)


def test_what_the_school_cancels_is_given_back_whole(enrolled):
    pay(enrolled)
    Enrolment.objects.filter(pk=enrolled.pk).update(state="off", ended_on=ON)
    enrolled.refresh_from_db()

    assert refunds.causes_of(enrolled) == [RefundCause.CLASS_OFF]
    assert leave(enrolled, RefundCause.CLASS_OFF).amount == Decimal(600)


def test_a_veteran_pays_his_flat_fee_and_special_causes_need_a_proof(desk):
    veteran = make_cadre("王根生", unit=desk[0].school.unit, retire_type="veteran", birth_date="1933-01-01").person
    row = enrol(desk[0], veteran)
    stranger = enrol(desk[0], make_person("赵秀英", birth_date="1958-03-03"))

    assert (row.fee_due, row.discount, stranger.fee_due) == (Decimal(100), "离休干部，每门100元", Decimal(600))
    pay(row, "100")
    with pytest.raises(BusinessError, match="证明"):
        leave(row, RefundCause.ILLNESS)
    row.refresh_from_db()
    assert row.state == "in"


def test_the_days_of_paying_of_a_term_may_be_longer(desk):
    group = desk[0]
    opens = dt.datetime(2026, 9, 1, tzinfo=timezone.get_default_timezone())
    group.term.phases.create(kind="pay", opens_at=opens, closes_at=opens + dt.timedelta(30))

    assert pay_by(group, dt.date(2026, 9, 1)) == dt.date(2026, 9, 30)
    assert pay_by(group, dt.date(2026, 9, 28)) == dt.date(2026, 10, 5)
