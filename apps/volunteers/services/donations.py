"""Donations taken in and handed on. Alone writes Donation (rule book 10.66)."""

import datetime as dt
import uuid

from django.db import transaction

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.volunteers.models import Donation, Team


@transaction.atomic
def take_in(donation: Donation, *, actor: User | None, on: dt.date, form_key: uuid.UUID | None = None) -> Donation:
    """A new donation with the next receipt number of its team and year. The same form key again gives what it made.
    Raises BusinessError for a day to come. See rule book 10.66."""
    team = Team.objects.select_for_update(no_key=True, of=("self",)).get(pk=donation.team_id)
    if form_key is not None:
        if (known := Donation.objects.filter(public_id=form_key).first()) is not None:
            return known
        donation.public_id = form_key
    check(donation, on)
    donation.receipt_no = _next(team, donation.on.year)
    donation.save()
    _note("donation.take", donation, actor)
    return donation


@transaction.atomic
def hand_on(
    donation: Donation, *, recipient: str, given_on: dt.date, actor: User, on: dt.date
) -> Donation:  # fmt: skip
    """It was brought to whoever needs it. Raises BusinessError for a day before it came or after today."""
    row = Donation.objects.select_for_update(of=("self",)).get(pk=donation.pk)
    if row.voided_at is not None:
        raise BusinessError("这笔捐赠已经作废。", code="void")
    row.recipient, row.given_on = recipient.strip(), given_on
    if not row.recipient and row.person_id is None:
        raise BusinessError("请写送给了谁。", code="recipient", field="recipient")
    check(row, on)
    row.save(update_fields=["recipient", "given_on"])
    _note("donation.give", row, actor)
    return row


def check(row: Donation, today: dt.date) -> None:
    """Raises BusinessError with the field for what cannot be."""
    for wrong, sentence, name in (
        (row.on > today, "接收日期不能晚于今天。", "on"),
        (row.given_on is not None and row.given_on > today, "送到的日期不能晚于今天。", "given_on"),
        (row.given_on is not None and row.given_on < row.on, "送到的日期不能早于接收日期。", "given_on"),
        (row.quantity is None or row.quantity <= 0, "数量要大于 0。", "quantity"),
        (row.value is not None and row.value < 0, "估值不能是负数。", "value"),
    ):
        if wrong:
            raise BusinessError(sentence, code="donation", field=name)


def _next(team: Team, year: int) -> str:
    start = f"{year}-"
    last = (
        Donation.objects.filter(team=team, receipt_no__startswith=start).order_by("-receipt_no")
        .values_list("receipt_no", flat=True).first()
    )  # fmt: skip
    return f"{start}{int(last.removeprefix(start)) + 1 if last else 1:06d}"


def _note(action: str, row: Donation, actor: User | None) -> None:
    people = [row.person_id] if row.person_id else []
    audit.record(action, actor=actor, people=people, target=f"volunteers.donation:{row.pk}")
