"""What one member of staff proposes and another confirms: grants from the pool, opening balances, corrections."""

import datetime as dt
import uuid
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.people.models import Person
from apps.registry.models import Cadre
from apps.volunteers.choices.bank import AccountKind, ApprovalKind, ApprovalState, TransferKind
from apps.volunteers.choices.shifts import RecordSource
from apps.volunteers.models import Account, Approval, Transfer
from apps.volunteers.queries.bank import granted_in, rules_of
from apps.volunteers.rules.bank import grant_refusal, pool_refusal, room_refusal, time_words

from . import bank_telling as telling
from .bank import contra_refusal, earn, reverse
from .ledger import Move, check_open, lock, of_bank, one_act, write

MOST = 1_500 * 60
ALONE = "alone"
DECIDED = {True: ApprovalState.APPROVED, False: ApprovalState.REFUSED}


# Asking -----------------------------------------------------------------------------------------------------------


def lives_alone(person: Person) -> bool:
    """As the registry knows it; False for who is not in it."""
    return Cadre.objects.filter(pk=person.pk, living=ALONE).exists()


@one_act
def ask_grant(
    account: Account, minutes: int, reason: str, *, attested: bool = False, actor, now: dt.datetime, form_key: uuid.UUID
) -> Approval:
    """Propose minutes from the pool for somebody of 80 and more who lives alone: as the registry says, or `attested` by
    his community, which `reason` then names. See rule book 10.35."""
    on = timezone.localdate(now)
    rules = rules_of(account.bank, on)
    assert account.person is not None  # nobody proposes it for one of the bank's own accounts
    alone = attested or lives_alone(account.person)
    _refuse(pool_refusal(account.person.birth_date, alone, on, rules), "person")
    _refuse(grant_refusal(minutes, granted_in(account.pk, on.year), rules), "minutes")
    return _ask(ApprovalKind.GRANT, account, minutes, reason, actor, now, form_key)


@one_act
def ask_opening(
    account: Account, minutes: int, reason: str, *, actor, now: dt.datetime, form_key: uuid.UUID
) -> Approval:
    """Propose what somebody brings with him: an old paper passbook, or the signed statement of another bureau's bank;
    `reason` names the paper and its number. See rule book 10.38."""
    return _ask(ApprovalKind.OPENING, account, minutes, reason, actor, now, form_key)


@one_act
def ask_contra(
    wrong: Transfer, reason: str, *, instead: int = 0, actor, now: dt.datetime, form_key: uuid.UUID
) -> Approval:
    """Propose to take a wrong transfer back, and of care to enter `instead` minutes. See rule book 10.36."""
    if sentence := contra_refusal(wrong):
        raise BusinessError(sentence, code="contra")
    if Transfer.objects.filter(reverses=wrong).exists():
        raise BusinessError("这一笔已经更正过。", code="again")
    if instead and wrong.kind != TransferKind.EARN:
        raise BusinessError("只有服务存入的可以改成另外的时长，别的请更正以后重新办。", code="instead", field="instead")
    extra = {"wrong": wrong, "instead": instead}
    return _ask(ApprovalKind.CONTRA, wrong.account, wrong.minutes, reason, actor, now, form_key, **extra)


def _ask(kind: str, account: Account, minutes: int, reason: str, actor, now, form_key: uuid.UUID, **extra) -> Approval:
    known = Approval.objects.filter(public_id=form_key, kind=kind, account=account).first()
    if known is not None:
        return known
    if not reason.strip():
        raise BusinessError("请写明理由。", code="reason", field="reason")
    if not 1 <= minutes <= MOST:
        raise BusinessError("时间填1分钟到1500小时。", code="minutes", field="minutes")
    row = Approval(
        public_id=form_key, kind=kind, account=account, minutes=minutes, reason=reason.strip()[:120], asked_at=now,
        asked_by=actor, **extra,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise BusinessError("已经有人提出过，正等复核。", code="again") from error
    _note("bank.ask", row, actor)
    return row


# Deciding ---------------------------------------------------------------------------------------------------------


@one_act
def decide(approval: Approval, yes: bool, *, answer: str = "", actor, now: dt.datetime) -> Approval:
    """Another person says yes, and the minutes move, or no, with the reason. Decided before, it stays as it was; who
    proposed it may only take it back (`take_back`). See rule book 10.36."""
    row = _locked(approval)
    if row.state == DECIDED[yes]:
        return row
    _check_waiting(row)
    if actor is None or row.asked_by_id == actor.pk:
        raise BusinessError("提出的人不能自己复核，请另一位同事复核。", code="four_eyes")
    if not yes and not answer.strip():
        raise BusinessError("不同意的，请写明原因。", code="answer", field="answer")
    row.done = _ACTS[row.kind](row, actor, now) if yes else None
    row.state, row.answer, row.decided_by, row.decided_at = DECIDED[yes], answer.strip()[:120], actor, now
    row.save(update_fields=["done", "state", "answer", "decided_by", "decided_at"])
    _note("bank.decide", row, actor, [row.state])
    return row


@one_act
def take_back(approval: Approval, *, actor, now: dt.datetime) -> Approval:
    """Who proposed it thinks better of it."""
    row = _locked(approval)
    if row.state == ApprovalState.WITHDRAWN:
        return row
    _check_waiting(row)
    if actor is None or row.asked_by_id != actor.pk:
        raise BusinessError("请提出的人自己撤回。", code="not_own")
    row.state, row.decided_at = ApprovalState.WITHDRAWN, now
    row.save(update_fields=["state", "decided_at"])
    _note("bank.decide", row, actor, [row.state])
    return row


def _locked(approval: Approval) -> Approval:
    rows = Approval.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("wrong", "account__bank__unit", "account__person").get(pk=approval.pk)


def _check_waiting(row: Approval) -> None:
    if row.state != ApprovalState.WAITING:
        raise BusinessError(f"刚有人办过，现在是“{row.get_state_display()}”。请刷新。", code="state")


def _grant(row: Approval, actor, now: dt.datetime) -> Transfer:
    pool = of_bank(row.account.bank, AccountKind.POOL)
    locked = lock([row.account_id, pool.pk])
    account, pool, on = locked[row.account_id], locked[pool.pk], timezone.localdate(now)
    check_open(account)
    rules = rules_of(account.bank, on)
    _refuse(grant_refusal(row.minutes, granted_in(account.pk, on.year), rules), "minutes")
    _refuse(room_refusal(row.minutes, account.balance, rules), "minutes")
    if row.minutes > pool.available:
        raise BusinessError(f"公共池现在有{time_words(pool.available)}，不够拨付。", code="cover")
    transfer = write(_move(TransferKind.GRANT, row, account, actor, now), _pair(pool.pk, account.pk, row.minutes))
    telling.granted(transfer, now=now)
    return transfer


def _opening(row: Approval, actor, now: dt.datetime) -> Transfer:
    account = lock([row.account_id])[row.account_id]
    check_open(account)
    _refuse(room_refusal(row.minutes, account.balance, rules_of(account.bank, timezone.localdate(now))), "minutes")
    outside = lock([of_bank(account.bank, AccountKind.OUTSIDE).pk]).popitem()[1]
    return write(_move(TransferKind.OPENING, row, account, actor, now), _pair(outside.pk, account.pk, row.minutes))


def _contra(row: Approval, actor, now: dt.datetime) -> Transfer:
    assert row.wrong is not None  # approval_whole
    contra = reverse(row.wrong, row.reason, actor=actor, now=now, form_key=row.public_id)
    if row.instead:
        account = lock([row.account_id])[row.account_id]
        confirmation = row.wrong.confirmation
        by_team = confirmation is not None and confirmation.record.source in (RecordSource.SHIFT, RecordSource.GRID)
        extra = {"served_on": row.wrong.served_on, "reason": f"更正为{time_words(row.instead)}"}
        key = uuid.uuid5(row.public_id, "instead")
        move = Move(TransferKind.EARN, account, row.instead, key, actor, now, extra=extra)
        earn(move, by_team=by_team, rules=rules_of(account.bank, timezone.localdate(now)))
    return contra


_ACTS: dict[str, Callable[[Approval, User, dt.datetime], Transfer]] = {
    ApprovalKind.GRANT: _grant,
    ApprovalKind.OPENING: _opening,
    ApprovalKind.CONTRA: _contra,
}


def _pair(source: int, to: int, minutes: int) -> dict[int, int]:
    return {to: minutes, source: -minutes}


def _move(kind: str, row: Approval, account: Account, actor, now: dt.datetime) -> Move:
    people = (account.person_id,) if account.person_id else ()
    return Move(kind, account, row.minutes, row.public_id, actor, now, people, {"reason": row.reason})


def _note(act: str, row: Approval, actor, fields=()) -> None:
    people = [row.account.person_id] if row.account.person_id else []
    audit.record(act, actor=actor, people=people, fields=fields, target=f"volunteers.approval:{row.pk}")


def _refuse(sentence: str, field: str) -> None:
    if sentence:
        raise BusinessError(sentence, code=field, field=field)
