"""Taking fees at the desk: one confirmation for one or several classes, only ever added (rule book 9.34)."""

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.insert_select import reserve_ids
from apps.university.choices.money import TAKEN, PaymentMethod
from apps.university.choices.students import EnrolmentState
from apps.university.models import Enrolment, Payment, PaymentLine, Student

from .fees import locked

LONGEST_AGO = dt.timedelta(days=366)


@transaction.atomic
def take_payment(
    student: Student, amounts: Mapping[int, Decimal], *, method: str, paid_on: dt.date, actor, on: dt.date,
    form_key: uuid.UUID, fiscal_no: str = "", note: str = "",
) -> Payment:  # fmt: skip
    """`amounts`: enrolment id → yuan, of classes of one school. The same form again gives the same confirmation, so
    that a double click takes no money twice. Never more than is owed."""
    known = Payment.objects.filter(public_id=form_key, student=student).first()
    if known is not None:
        return known
    if method not in TAKEN:
        raise BusinessError("请选缴费方式。", code="method", field="method")
    if not on - LONGEST_AGO <= paid_on <= on:
        raise BusinessError("缴费日期不能晚于今天，也不能早于一年以前。", code="paid_on", field="paid_on")
    rows = _checked(student, amounts)
    schools = {row.class_group.school_id for row in rows}
    if len(schools) > 1:
        raise BusinessError("几所学校的课要分开缴费，各开各的确认单。", code="schools")
    payment = _write(
        rows[0].class_group.school_id, student.pk, {row.pk: amounts[row.pk] for row in rows}, actor=actor,
        public_id=form_key, method=method, paid_on=paid_on, fiscal_no=fiscal_no.strip(), note=note.strip(),
    )  # fmt: skip
    _note("payment.take", payment, actor)
    return payment


def _checked(student: Student, amounts: Mapping[int, Decimal]) -> list[Enrolment]:
    """The enrolments, locked, each with an amount that it may take."""
    if not amounts:
        raise BusinessError("请勾选缴哪门课的学费。", code="none")
    rows = [row for row in locked(amounts) if row.student_id == student.pk and row.voided_at is None]
    if len(rows) != len(amounts):
        raise BusinessError("有一门课不是他的，请刷新后再试。", code="foreign")
    for row in rows:
        if row.state != EnrolmentState.STUDYING:
            raise BusinessError(f"{row.class_group} 已经{row.get_state_display()}，不收学费。", code="state")
        if amounts[row.pk] <= 0:
            raise BusinessError(f"{row.class_group} 的金额要大于 0。", code="amount")
        if amounts[row.pk] > row.owes:
            left = f"还要缴 {row.owes} 元" if row.owes else "已经缴清"
            raise BusinessError(f"{row.class_group} {left}，不能多收。", code="too_much")
    return rows


@transaction.atomic
def take_back(payment: Payment, reason: str, *, actor, on: dt.date, form_key: uuid.UUID) -> Payment:
    """The contra entry of a payment entered wrongly, dated today: the report of its own day stays as it was."""
    known = Payment.objects.filter(contra_of=payment).first()
    if known is not None:
        return known
    if payment.contra_of_id is not None or payment.method == PaymentMethod.CARRIED:
        raise BusinessError("冲销和换课转入的不能再冲销。", code="contra")
    if not reason.strip():
        raise BusinessError("请写明为什么冲销。", code="reason", field="reason")
    lines = {line.enrolment_id: -line.amount for line in payment.lines.all()}
    locked(lines)
    try:
        with transaction.atomic():
            contra = _write(
                payment.school_id, payment.student_id, lines, actor=actor, public_id=form_key, method=payment.method,
                paid_on=on, contra_of=payment, note=reason.strip(),
            )  # fmt: skip
    except IntegrityError as error:
        if "enrolment_refunds" in str(error):
            raise BusinessError("这笔钱已经办了退费，不能再冲销。", code="refunded") from error
        raise BusinessError("刚有人冲销过这一笔，请刷新。", code="concurrent") from error
    _note("payment.contra", contra, actor)
    return contra


@transaction.atomic
def carry_over(old: Enrolment, new: Enrolment, *, actor, on: dt.date, form_key: uuid.UUID) -> Payment | None:
    """What was paid for a class goes over to the one it was changed into, up to its fee; the rest stays to be given
    back (换课差额). None where nothing goes over. No report of the day changes. See rule book 9.53."""
    known = Payment.objects.filter(public_id=form_key).first()
    if known is not None:
        return known
    before, after = sorted(locked([old.pk, new.pk]), key=lambda row: row.pk != old.pk)
    amount = min(before.paid - before.refunded, after.fee_due - after.paid)
    if amount <= 0:
        return None
    payment = _write(
        after.class_group.school_id, after.student_id, {before.pk: -amount, after.pk: amount}, actor=actor,
        public_id=form_key, method=PaymentMethod.CARRIED, paid_on=on, note=f"由{before.class_group}转入"[:120],
    )  # fmt: skip
    _note("payment.carry", payment, actor)
    return payment


def _write(school: int, student: int, lines: Mapping[int, Decimal], *, actor, **values) -> Payment:
    key = reserve_ids(Payment, 1)[0]
    payment = Payment.objects.create(
        pk=key, number=f"{values['paid_on']:%y%m}-{key:06d}", school_id=school, student_id=student,
        amount=sum(lines.values(), Decimal(0)), received_by=actor, entered_at=timezone.now(), **values,
    )  # fmt: skip
    PaymentLine.objects.bulk_create(
        PaymentLine(payment=payment, enrolment_id=row, amount=amount) for row, amount in lines.items()
    )
    return payment


def _note(act: str, payment: Payment, actor) -> None:
    audit.record(act, actor=actor, people=[payment.student_id], target=f"university.payment:{payment.pk}")


@transaction.atomic
def note_receipt(payment: Payment, fiscal_no: str, *, actor) -> None:
    """The number of the fiscal receipt (财政票据) that the finance office made out."""
    number = fiscal_no.strip()
    if len(number) > 40:
        raise BusinessError("财政票据号太长，请核对。", code="fiscal_no", field="fiscal_no")
    Payment.objects.filter(pk=payment.pk).update(fiscal_no=number)
    _note("payment.receipt", payment, actor)
