"""全部退费: the refunds of everybody who paid for a class that was cancelled, in one act each step (rule book 9.38)."""

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.university.choices.money import RefundAct, RefundCause, RefundState
from apps.university.choices.schools import ClassState
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, Enrolment, Refund, RefundBatch, RefundStep
from apps.university.rules.refunds import refund_of

from . import refunds
from .fees import locked, spare

ZERO = Decimal(0)


@dataclass(frozen=True)
class Done:
    """What one act did: how many people, and yuan."""

    count: int
    total: Decimal


def owed_back(class_group: ClassGroup):
    """Enrolments of a cancelled class with money that nobody gave back yet, nor decided against."""
    decided = Refund.objects.filter(state=RefundState.REFUSED, voided_at__isnull=True).order_by()
    rows = Enrolment.objects.filter(
        class_group=class_group, state=EnrolmentState.CANCELLED, voided_at__isnull=True, paid__gt=F("refunded")
    )
    return rows.exclude(pk__in=decided.values("enrolment_id"))


def refunds_of(class_group: ClassGroup, *states: str):
    """Refunds of a class because it was cancelled, without their accounts."""
    rows = Refund.objects.filter(
        enrolment__class_group=class_group, cause=RefundCause.CLASS_OFF, voided_at__isnull=True
    ).defer("account")
    rows = rows.filter(state__in=states) if states else rows
    return rows.select_related("school__unit", "enrolment__student__person", "enrolment__class_group__course", "batch")


@transaction.atomic
def apply_all(class_group: ClassGroup, *, actor, now: dt.datetime) -> Done:
    """Write down the refund of everybody who paid and has none: all of the money, in a few statements for any number.
    Once more, or from two desks at once, it finds nobody left. BusinessError unless the class is cancelled.

    See rule book 9.38.
    """
    group = ClassGroup.objects.select_related("school__unit").get(pk=class_group.pk)
    if group.state != ClassState.CANCELLED:
        raise BusinessError("取消开班以后才能全部退费。只退一位的，从学员页面办。", code="not_off")
    on = timezone.localdate(now)
    keys = list(owed_back(group).values_list("pk", flat=True))
    locked(keys)
    rows = list(owed_back(group).filter(pk__in=keys).select_related("student__person").order_by("pk"))
    rules = refunds.rules_on(group.school, on)
    made = Refund.objects.bulk_create(_refund(row, group, rules, on, actor) for row in rows)
    RefundStep.objects.bulk_create(
        RefundStep(refund=refund, act=RefundAct.APPLY, on=on, at=now, note=refund.words, entered_by=actor)
        for refund in made
    )
    if made:
        audit.record(
            "refund.step", actor=actor, people=[row.student_id for row in rows], fields=[RefundAct.APPLY],
            target=f"university.classgroup:{group.pk}",
        )  # fmt: skip
    return _done(made)


def _refund(row: Enrolment, group: ClassGroup, rules, on: dt.date, actor) -> Refund:
    basis = spare(row)
    found = refund_of(basis, ZERO, 0, RefundCause.CLASS_OFF, rules)
    return Refund(
        school=group.school, enrolment=row, cause=RefundCause.CLASS_OFF, applied_on=on, left_on=row.ended_on or on,
        moved_on=on, basis=basis, sessions=0, share=found.share, handling=found.handling, amount=found.amount,
        words=found.words[:120], payee=row.student.person.name, account="", entered_by=actor,
    )  # fmt: skip


@transaction.atomic
def sign_all(class_group: ClassGroup, *, on: dt.date, actor, today: dt.date) -> Done:
    """The list came back signed by everybody that is written down: all of them or none (rule book 9.38)."""
    rows = list(refunds_of(class_group, RefundState.APPLIED).order_by("enrolment_id"))
    return _done([refunds.sign(row, on=on, actor=actor, today=today) for row in rows])


@transaction.atomic
def send_all(class_group: ClassGroup, *, on: dt.date, actor, today: dt.date, form_key: uuid.UUID) -> RefundBatch:
    """All signed ones of the class to the finance office on one list. The same form again gives the same list.

    See rule book 9.38.
    """
    school = ClassGroup.objects.select_related("school").get(pk=class_group.pk).school
    rows = list(refunds_of(class_group, RefundState.SIGNED))
    return refunds.send(school, rows, on=on, actor=actor, today=today, form_key=form_key)


@transaction.atomic
def withdraw_all(class_group: ClassGroup, *, reason: str, actor, today: dt.date) -> Done:
    """Take back what `apply_all` wrote down and nobody signed yet, with a reason; it can be written down again.

    See rule book 9.38.
    """
    rows = list(refunds_of(class_group, RefundState.APPLIED).order_by("enrolment_id"))
    return _done(
        [refunds.end(row, RefundAct.WITHDRAW, on=today, reason=reason, actor=actor, today=today) for row in rows]
    )


def _done(rows: list[Refund]) -> Done:
    return Done(len(rows), sum((row.amount for row in rows), Decimal("0.00")))
