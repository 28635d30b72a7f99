"""What a student owes for a class: the only place that reckons a fee (rule book 9.33, 9.34)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, Enrolment, Student
from apps.university.rules.fees import FeeRules, fee_of

from .students import kind_now

ZERO = Decimal("0.00")


def rules_for(class_group: ClassGroup, on: dt.date) -> FeeRules:
    """Discounts of the unit that answers for the school, as they stand on a day."""
    return rule_values(FeeRules.rule_key, on=on, unit=class_group.school.unit)


def fee_for(class_group: ClassGroup, student: Student, on: dt.date) -> tuple[Decimal, str]:
    """(yuan owed, the discount in words; empty for the full fee) of one student for one class on a day."""
    return fees_for_many(class_group, {student.pk: student.kind}, rules_for(class_group, on))[student.pk]


def fees_for_many(class_group: ClassGroup, kinds: Mapping[int, str], rules: FeeRules) -> dict[int, tuple[Decimal, str]]:
    """student (person) id → `fee_for`, of students with their kinds (rule book 9.33). Asks nothing."""
    return {
        student: fee_of(class_group.fee, kind, class_group.monitor_id == student, rules)
        for student, kind in kinds.items()
    }


# The school's own days for paying before those of the whole term.
PAYING = """
SELECT closes_at FROM university_termphase
WHERE term_id = %s AND kind = 'pay' AND voided_at IS NULL AND (school_id = %s OR school_id IS NULL)
ORDER BY school_id NULLS LAST LIMIT 1
"""


def pay_by(class_group: ClassGroup, on: dt.date, rules: FeeRules | None = None) -> dt.date:
    """Last day on which somebody who got his place on a day may pay: so many days on, or the end of the term's days
    for paying where that is later. See rule book 9.34."""
    last = on + dt.timedelta(days=(rules or rules_for(class_group, on)).pay_days)
    with connection.cursor() as cursor:
        cursor.execute(PAYING, [class_group.term_id, class_group.school_id])
        found = cursor.fetchone()
    if found is None:
        return last
    # Exclusive: a phase that ends at midnight ends with the day before.
    return max(last, timezone.localdate(found[0] - dt.timedelta(microseconds=1)))


def fee_now(row: Enrolment, on: dt.date) -> tuple[Decimal, str]:
    """(yuan, the discount in words) that he would owe by the rules and by what the registry says of him today."""
    student = row.student
    student.kind = kind_now(student)
    return fee_for(row.class_group, student, on)


@transaction.atomic
def reprice(enrolment: Enrolment, *, on: dt.date, actor) -> Enrolment:
    """The fee as the rules have it today: he became monitor, or the registry knows him as 离休 now. What he paid too
    much is given back as a refund (多缴)."""
    row = locked([enrolment.pk])[0]
    if row.state != EnrolmentState.STUDYING or row.voided_at is not None:
        raise BusinessError("已经不在这个班，应缴不再重算。", code="state")
    fee, words = fee_now(row, on)
    if (fee, words) != (row.fee_due, row.discount):
        row.fee_due, row.discount = fee, words
        row.save(update_fields=["fee_due", "discount"])
        audit.record("fee.reprice", actor=actor, people=[row.student_id], target=f"university.enrolment:{row.pk}")
    return row


def locked(ids: Iterable[int]) -> list[Enrolment]:
    """Enrolments with class and student, locked in the order of their keys until the transaction ends."""
    rows = Enrolment.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(ids))
    rows = rows.select_related("class_group__school__unit", "class_group__course", "student__person", "sign_up")
    return list(rows.order_by("pk"))


# Changing the class -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """What a change of class means in money: `kept` goes over, `to_pay` is asked for, `to_refund` is given back."""

    old_fee: Decimal
    new_fee: Decimal
    discount: str
    kept: Decimal
    to_pay: Decimal
    to_refund: Decimal

    @property
    def words(self) -> str:
        if self.to_pay:
            return f"要补缴 {self.to_pay} 元"
        return f"退差额 {self.to_refund} 元" if self.to_refund else "学费不变"


def spare(row: Enrolment) -> Decimal:
    """What was paid for a class and not given back: it goes along when he changes the class."""
    return max(ZERO, row.paid - row.refunded)


def difference_of(
    old: Enrolment, new: ClassGroup, on: dt.date, *, beside: Iterable[Enrolment] = (), rules: FeeRules | None = None
) -> Difference:
    """Changing from the class of an enrolment to another on a day: what was paid, and not given back, goes along.
    `beside`: other enrolments of his whose money comes too; `rules`: of the new class, where they were read.

    See rule book 9.53.
    """
    fee, discount = fees_for_many(new, {old.student_id: old.student.kind}, rules or rules_for(new, on))[old.student_id]
    kept = sum((spare(row) for row in (old, *beside)), ZERO)
    return Difference(old.fee_due, fee, discount, min(kept, fee), max(ZERO, fee - kept), max(ZERO, kept - fee))
