"""What every write here checks before it writes."""

import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.branches.models import Membership, Organisation, Post
from apps.common.errors import BusinessError


def check(record: Membership | Post) -> None:
    """Run the model's own checks; raises BusinessError with the constraint's sentence."""
    try:
        record.full_clean()
    except ValidationError as error:
        raise BusinessError(error.messages[0], code="invalid") from error


def save(record: Membership | Post, **save) -> None:
    """Save under the constraints; a neighbour who was quicker gets the same sentence."""
    check(record)
    try:
        with transaction.atomic():
            record.save(**save)
    except IntegrityError as error:
        raise BusinessError("刚有人改了同一位老同志的组织关系或任职，请刷新后再看。", code="concurrent") from error


def not_after_today(on: datetime.date, what: str) -> None:
    if on > timezone.localdate():
        raise BusinessError(f"{what}不能晚于今天；将来的变动到时再登记。", code="future", field="on")


def require_standing(organisation: Organisation, on: datetime.date) -> None:
    if organisation.voided_at or (organisation.dissolved_on and organisation.dissolved_on <= on):
        raise BusinessError("这个党组织已撤销，请选择现有的党组织。", code="dissolved", field="organisation")
