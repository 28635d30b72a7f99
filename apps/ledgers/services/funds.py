"""The money of a year: registered, changed by a document (rule book 8.42)."""

import datetime as dt
import uuid
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from apps.common import audit
from apps.common.errors import BusinessError
from apps.ledgers.models import FundAdjustment, FundYear


@transaction.atomic
def keep_fund(fund: FundYear, *, actor) -> FundYear:
    """Save a year's money. Less than what was granted already is refused."""
    is_new = fund.pk is None
    try:
        fund.validate_constraints()
        with transaction.atomic():
            fund.save() if is_new else fund.save(
                update_fields=["source", "document_no", "budget", "opens_on", "closes_on"]
            )
    except ValidationError as error:
        raise BusinessError(error.messages[0], code="invalid") from error
    except IntegrityError as error:
        raise BusinessError("已批准的金额超过了这个预算，请核对。", code="budget", field="budget") from error
    audit.record("fund.keep", actor=actor, target=f"ledgers.fundyear:{fund.pk}")
    return fund


@transaction.atomic
def adjust_fund(
    fund: FundYear, *, amount: Decimal, on: dt.date, document_no: str, reason: str, actor, form_key: uuid.UUID
) -> FundAdjustment:
    """More (or less, negative) money by a document; never below what was granted. The same key again: the same row."""
    FundYear.objects.select_for_update(of=("self",)).get(pk=fund.pk)
    known = FundAdjustment.objects.filter(public_id=form_key, fund=fund).first()
    if known:
        return known
    if not amount:
        raise BusinessError("请写增加或减少多少元，减少的写负数。", code="amount", field="amount")
    room = FundYear.objects.filter(pk=fund.pk, granted__lte=F("budget") + F("adjusted") + amount)
    if not room.update(adjusted=F("adjusted") + amount):
        fund.refresh_from_db()
        raise BusinessError(f"最多只能减少 {fund.left} 元，其余的已经批准出去了。", code="over", field="amount")
    row = FundAdjustment.objects.create(
        public_id=form_key, fund=fund, amount=amount, on=on, document_no=document_no.strip(), reason=reason.strip(),
        entered_by=actor,
    )  # fmt: skip
    audit.record("fund.adjust", actor=actor, target=f"ledgers.fundyear:{fund.pk}", reason=document_no)
    return row
