"""Minutes that go to another bureau's bank: a statement is printed and signed on both sides, then the closing entry."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.common import audit, papers
from apps.common.choices import PaperState
from apps.common.errors import BusinessError
from apps.volunteers.choices.bank import AccountKind, HoldState, OutState, TransferKind
from apps.volunteers.models import Account, Hold, OutStatement, Transfer
from apps.volunteers.rules.bank import cover_refusal

from .ledger import Move, check_open, holder, lock, of_bank, one_act, write
from .settling import close

PAPER_KIND = "时间转出单"
WAITS_DAYS = 60


@one_act
def make_statement(
    account: Account, to_bank: str, minutes: int, *, closes: bool, actor, now: dt.datetime, form_key: uuid.UUID
) -> OutStatement:
    """The statement with its paper; its minutes are held until it is back. `closes`: he leaves, so all of his minutes
    go, and the account ends with it. The same form again gives the same statement. See rule book 10.38."""
    account = lock([account.pk])[account.pk]
    known = OutStatement.objects.filter(public_id=form_key, account=account).first()
    if known is not None:
        return known
    check_open(account)
    if not to_bank.strip():
        raise BusinessError("请写转到哪个单位的时间银行。", code="to_bank", field="to_bank")
    if sentence := cover_refusal(minutes, account.balance, account.held):
        raise BusinessError(sentence, code="cover", field="minutes")
    if closes and minutes != account.balance:
        raise BusinessError("转出后销户的，要全部转出，也不能有预留。", code="whole", field="minutes")
    row = OutStatement(
        public_id=form_key, account=account, to_bank=to_bank.strip()[:80], minutes=minutes, closes=closes, made_at=now,
        made_by=actor,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise BusinessError("已经开了一张转出单，还没有办结。", code="again") from error
    row.paper = papers.print_paper(
        PAPER_KIND, PAPER_KIND, _target(row), actor=actor, unit_id=account.unit_id, people=[holder(account)],
        due_on=timezone.localdate(now) + dt.timedelta(days=WAITS_DAYS),
    )  # fmt: skip
    row.save(update_fields=["paper"])
    Hold.objects.create(account=account, out=row, minutes=minutes, held_at=now, held_by=actor)
    audit.record("bank.out_print", actor=actor, people=[holder(account)], target=_target(row))
    return row


@one_act
def finish(statement: OutStatement, *, actor, now: dt.datetime) -> Transfer:
    """The paper is back with both stamps: the closing entry. Once; refused while the paper is still out.
    See rule book 10.38."""
    account = lock([statement.account_id])[statement.account_id]
    row = OutStatement.objects.select_related("paper").get(pk=statement.pk)
    if row.state == OutState.CLOSED:
        return Transfer.objects.get(hold__out=row)
    if row.state != OutState.PRINTED:
        raise BusinessError("这张转出单已经取消。", code="state")
    if row.paper is None or row.paper.state not in (PaperState.RETURNED, PaperState.ARCHIVED):
        raise BusinessError("双方签字盖章的转出单还没有收回。请先在“纸质表”里登记收回，再办结。", code="paper")
    check_open(account)
    held = row.holds.get(state=HoldState.HELD)
    held.state, held.captured, held.ended_at = HoldState.CAPTURED, held.minutes, now
    held.save(update_fields=["state", "captured", "ended_at"])
    outside = lock([of_bank(account.bank, AccountKind.OUTSIDE).pk]).popitem()[1]
    extra = {"hold": held, "reason": row.to_bank}
    move = Move(TransferKind.OUT, account, row.minutes, row.public_id, actor, now, (holder(account),), extra)
    transfer = write(move, {account.pk: -row.minutes, outside.pk: row.minutes})
    row.state, row.ended_at, row.ended_by = OutState.CLOSED, now, actor
    row.save(update_fields=["state", "ended_at", "ended_by"])
    if row.closes:
        close(account, actor=actor, on=timezone.localdate(now))
    return transfer


@one_act
def cancel(statement: OutStatement, reason: str, *, actor, now: dt.datetime) -> OutStatement:
    """He stays after all, or the other bank does not take it: the minutes are free again, the paper is void."""
    lock([statement.account_id])
    row = OutStatement.objects.select_related("paper").get(pk=statement.pk)
    if row.state == OutState.CANCELLED:
        return row
    if row.state != OutState.PRINTED:
        raise BusinessError("已经转出，不能取消。", code="state")
    if not reason.strip():
        raise BusinessError("请写明为什么取消。", code="reason", field="reason")
    for held in row.holds.filter(state=HoldState.HELD):
        held.state, held.ended_at = HoldState.RELEASED, now
        held.save(update_fields=["state", "ended_at"])
    row.state, row.ended_at, row.ended_by, row.end_reason = OutState.CANCELLED, now, actor, reason.strip()[:120]
    row.save(update_fields=["state", "ended_at", "ended_by", "end_reason"])
    if row.paper is not None and row.paper.state in papers.OUT:
        papers.cancel(row.paper, reason, actor=actor)
    audit.record("bank.out_cancel", actor=actor, people=[holder(row.account)], target=_target(row))
    return row


def _target(row: OutStatement) -> str:
    return f"volunteers.outstatement:{row.pk}"
