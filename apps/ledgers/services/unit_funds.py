"""Spending of what a unit holds for its people: never over its budget, taken back by voiding."""

from django.db import IntegrityError, transaction
from django.db.models import F

from apps.common import audit, voiding
from apps.common.errors import BusinessError
from apps.ledgers.models import UnitFund, UnitSpending


@transaction.atomic
def spend(spending: UnitSpending, *, actor) -> UnitSpending:
    """Write a spending down; raises BusinessError where the budget, with what was approved over it, does not reach,
    and where the voucher was written down already. See rule book 8.35."""
    _take(spending.fund_id, spending.amount)
    spending.recorded_by = actor
    try:
        with transaction.atomic():
            spending.save()
    except IntegrityError as error:
        raise BusinessError("这张凭证为这位老同志的这笔支出已经记过。", code="twice", field="voucher_no") from error
    target = f"ledgers.unitspending:{spending.pk}"
    audit.record("treatment.spend", actor=actor, people=[spending.cadre_id], target=target)
    return spending


def _take(fund_id: int, amount) -> None:
    within = UnitFund.objects.filter(
        pk=fund_id, voided_at__isnull=True, spent__lte=F("amount") + F("approved_over") - amount
    )
    if not within.update(spent=F("spent") + amount):
        fund = UnitFund.objects.get(pk=fund_id)
        raise BusinessError(
            f"超出预算：还剩 {fund.left} 元。确实要用的，请先在这笔经费里登记批准的超支理由。",
            code="over",
            field="amount",
        )


@transaction.atomic
def void_spending(spending: UnitSpending, *, reason: str, actor, request=None) -> None:
    """Take a wrong spending back; its money is free again."""
    if spending.voided_at is None:
        voiding.void(spending, reason=reason, actor=actor, people=[spending.cadre_id], request=request)
        UnitFund.objects.filter(pk=spending.fund_id).update(spent=F("spent") - spending.amount)


@transaction.atomic
def restore_spending(spending: UnitSpending, *, actor, request=None) -> None:
    """Put a voided spending back, if the budget still reaches."""
    if spending.voided_at is not None:
        _take(spending.fund_id, spending.amount)
        voiding.restore(spending, actor=actor, people=[spending.cadre_id], request=request)
