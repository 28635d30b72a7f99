"""The time bank: minutes come in for confirmed care, are held and used, given, donated, and put right.

Every act is one transaction with its audit row and messages, and does nothing the second time. Locks: `ledger.lock`.
"""

import datetime as dt
import uuid
from dataclasses import replace

from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.people.models import Person
from apps.volunteers.choices.bank import AccountKind, AccountState, HoldState, TransferKind
from apps.volunteers.choices.shifts import RecordSource, RecordState
from apps.volunteers.models import Account, CareConfirmation, Hold, ServiceRequest, Transfer
from apps.volunteers.queries.bank import account_of, bank_of, earned_on, parties, rules_of
from apps.volunteers.rules.bank import (
    BankRules,
    cover_refusal,
    credit_of,
    earning_refusal,
    gift_refusal,
    redeem_refusal,
    room_refusal,
    time_words,
)

from . import bank_telling as telling
from .ledger import (
    Move,
    between,
    check_open,
    holder,
    lock,
    of_bank,
    once,
    one_act,
    open_account,
    target,
    write,
)
from .surplus import key_after, pass_on, passed_on

BY_TEAM = (RecordSource.SHIFT, RecordSource.GRID)
NO_ACCOUNT = "还没有时间账户。帮助过别人并经对方确认，或者收到家人赠送的时间，账户就自动开了。"


# Earning ----------------------------------------------------------------------------------------------------------


@one_act
def credit(confirmation: CareConfirmation, *, actor, now: dt.datetime, grant=None) -> Transfer | None:
    """Minutes for care that its receiver (family, community) confirmed, once for each record; None where it earns
    none: no bank, no care, his own household, the day's most reached. What is over the account's most goes to the
    pool. See rule book 10.31 and 10.32."""
    known = Transfer.objects.filter(confirmation=confirmation).first()
    if known is not None:
        return known
    record, on = confirmation.record, timezone.localdate(now)
    bank = bank_of(record.team.unit)
    if bank is None or record.state == RecordState.REFUSED or record.voided_at or confirmation.voided_at:
        return None
    rules = rules_of(bank, on)
    if not_earning(confirmation, rules):
        return None
    account = lock([open_account(record.volunteer_id, bank, record.team.unit, on=on, actor=actor).pk]).popitem()[1]
    known = Transfer.objects.filter(confirmation=confirmation).first()
    if known is not None:
        return known
    extra = {"confirmation": confirmation, "grant": grant, "served_on": record.on}
    minutes = min(confirmation.minutes, record.ends - record.starts)
    move = Move(TransferKind.EARN, account, minutes, confirmation.public_id, actor, now, extra=extra)
    return earn(move, by_team=record.source in BY_TEAM, rules=rules)


def not_earning(confirmation: CareConfirmation, rules: BankRules) -> str:
    """Why a confirmed record earns no minutes, as a sentence; empty if it does."""
    record = confirmation.record
    helper, helped = record.volunteer.person, record.receiver
    if helped is None:
        return "没有登记服务对象，只记志愿时长。"
    home = helper.household_id is not None and helper.household_id == helped.household_id
    return earning_refusal(record.service, same_household=home, is_self=helper.pk == helped.pk, rules=rules)


def earn(move: Move, *, by_team: bool, rules: BankRules) -> Transfer | None:
    """The entries of care served on `move.extra["served_on"]`, up to the day's most; None where that is reached. What
    is over the account's most goes on to the pool by a transfer of its own. A frozen account takes nothing in: staff
    credit it, if at all, once it is open again. The account is locked."""
    check_open(move.account)
    earned = earned_on(move.account.pk, move.extra["served_on"])
    parts = credit_of(move.minutes, move.account.balance, earned, by_team=by_team, rules=rules)
    if not parts.total:
        return None
    move = replace(move, minutes=parts.total, people=(holder(move.account),))
    row = write(move, {move.account.pk: parts.total, of_bank(move.account.bank, AccountKind.ISSUE).pk: -parts.total})
    if parts.pool:
        telling.passed_on(pass_on(move, parts.pool, by_team=by_team, rules=rules), now=move.now)
    else:
        telling.earned(row, now=move.now)
    return row


# Using ------------------------------------------------------------------------------------------------------------


@one_act
def hold(request: ServiceRequest, minutes: int, *, actor, now: dt.datetime) -> Hold:
    """Set minutes of the receiver aside for a request; asked again for the same request it is the same hold. Raises
    BusinessError: no account, frozen, too young on the day of the service, not enough. See rule book 10.33."""
    account = _locked_account(request.receiver_id)
    known = Hold.objects.filter(request=request, state=HoldState.HELD).first()
    if known is not None:
        return known
    check_open(account)
    rules = rules_of(account.bank, timezone.localdate(now))
    assert account.person is not None  # as `_locked_account` finds it
    _refuse(redeem_refusal(account.person.birth_date, request.on, rules), "age")
    _refuse(cover_refusal(minutes, account.balance, account.held), "cover")
    row = Hold.objects.create(account=account, request=request, minutes=minutes, held_at=now, held_by=actor)
    _note_hold("bank.hold", row, actor, request)
    return row


@one_act
def capture(request: ServiceRequest, minutes: int, *, actor, now: dt.datetime) -> Transfer | None:
    """The service was done in so many minutes: they are used, never more than were held, and the rest is free again.
    Once a request; None where nothing was held. See rule book 10.33."""
    row = _locked_hold(request)
    if row is None:
        return Transfer.objects.filter(hold__request=request).order_by("-pk").first()
    used = min(minutes, row.minutes)
    if used < 1:
        _release(row, actor, now)
        return None
    row.state, row.captured, row.ended_at = HoldState.CAPTURED, used, now
    row.save(update_fields=["state", "captured", "ended_at"])
    check_open(row.account)
    issue = of_bank(row.account.bank, AccountKind.ISSUE)
    extra = {"hold": row, "grant": request.grant}
    move = Move(TransferKind.SPEND, row.account, used, row.public_id, actor, now, (holder(row.account),), extra)
    transfer = write(move, {row.account.pk: -used, issue.pk: used})
    telling.spent(transfer, now=now)
    return transfer


@one_act
def release(request: ServiceRequest, *, actor, now: dt.datetime) -> Hold | None:
    """The request is over without service: its minutes are free again. None where none were held."""
    row = _locked_hold(request)
    return None if row is None else _release(row, actor, now)


def _release(row: Hold, actor, now: dt.datetime) -> Hold:
    row.state, row.ended_at = HoldState.RELEASED, now
    row.save(update_fields=["state", "ended_at"])
    _note_hold("bank.release", row, actor, row.request)
    return row


def _locked_account(person_id: int) -> Account:
    account = account_of(person_id)
    if account is None:
        raise BusinessError(NO_ACCOUNT, code="no_account")
    return lock([account.pk])[account.pk]


def _locked_hold(request: ServiceRequest) -> Hold | None:
    """The hold of a request that stands, with its account, both locked."""
    row = Hold.objects.filter(request=request, state=HoldState.HELD).first()
    if row is None:
        return None
    account = lock([row.account_id])[row.account_id]
    row = Hold.objects.filter(pk=row.pk, state=HoldState.HELD).first()
    if row is not None:
        row.account = account
    return row


def _note_hold(act: str, row: Hold, actor, request: ServiceRequest | None) -> None:
    whose = holder(row.account)
    behalf = whose if request is not None and request.grant_id else None
    audit.record(act, actor=actor, people=[whose], target=target(row.account), on_behalf_of=behalf)


# Giving -----------------------------------------------------------------------------------------------------------


@once(TransferKind.GIFT)
def give(
    giver: Person, receiver: Person, minutes: int, *, actor, now: dt.datetime, form_key: uuid.UUID, grant=None
) -> Transfer:
    """Minutes from one to his spouse or a lineal relative whom staff verified; the receiver's account is opened where
    there is none. The same form again gives the same transfer. See rule book 10.34."""
    if giver.pk == receiver.pk:
        raise BusinessError("请选另外一位。", code="same", field="receiver")
    (accounts, relation), on = parties(giver.pk, receiver.pk), timezone.localdate(now)
    if giver.pk not in accounts:
        raise BusinessError(NO_ACCOUNT, code="no_account")
    if receiver.pk not in accounts and relation is not None:
        own = Account.objects.select_related("bank", "unit").get(pk=accounts[giver.pk])
        accounts[receiver.pk] = open_account(receiver.pk, own.bank, own.unit, on=on, actor=actor).pk
    rows = lock(accounts.values())
    own = rows[accounts[giver.pk]]
    rules = rules_of(own.bank, on)
    _refuse(gift_refusal(relation, rules), "kin", "receiver")
    theirs = rows[accounts[receiver.pk]]
    check_open(own)
    if theirs.state != AccountState.OPEN:
        raise BusinessError("对方的账户已经冻结，收不了。", code="frozen", field="receiver")
    _refuse(cover_refusal(minutes, own.balance, own.held), "cover", "minutes")
    if theirs.bank_id != own.bank_id:
        rules = rules_of(theirs.bank, on)
    _refuse(room_refusal(minutes, theirs.balance, rules), "room", "minutes")
    people = (giver.pk, receiver.pk)
    move = Move(TransferKind.GIFT, own, minutes, form_key, actor, now, people, {"grant": grant})
    transfer = write(move, between(own, theirs, minutes))
    telling.gift(transfer, theirs, now=now)
    return transfer


@once(TransferKind.DONATE)
def donate(
    person: Person, minutes: int, *, actor, now: dt.datetime, form_key: uuid.UUID, grant=None, reason: str = ""
) -> Transfer:
    """Minutes from one to the pool of his bank. The same form again gives the same transfer. See rule book 10.35."""
    account = _locked_account(person.pk)
    check_open(account)
    _refuse(cover_refusal(minutes, account.balance, account.held), "cover", "minutes")
    pool = of_bank(account.bank, AccountKind.POOL)
    lock([pool.pk])
    extra = {"grant": grant, "reason": reason.strip()[:120]}
    move = Move(TransferKind.DONATE, account, minutes, form_key, actor, now, (person.pk,), extra)
    return write(move, {account.pk: -minutes, pool.pk: minutes})


# Putting right ----------------------------------------------------------------------------------------------------


@one_act
def reverse(wrong: Transfer, reason: str, *, actor, now: dt.datetime, form_key: uuid.UUID) -> Transfer:
    """The contra entry of a wrong transfer: the same entries with the other sign, dated today, and of a credit those of
    what went on to the pool with it. Once. Staff come here by `approvals.decide` only: one proposes, another confirms.
    Refused where an account no longer has that much. A frozen account may be put right. See rule book 10.36."""
    _refuse(contra_refusal(wrong), "contra")
    if not reason.strip():
        raise BusinessError("请写明为什么更正。", code="reason", field="reason")
    parts = [wrong, after] if (after := passed_on(wrong)) is not None else [wrong]
    lines = {part.pk: _taken_back(part) for part in parts}
    total = {pk: sum(line.get(pk, 0) for line in lines.values()) for line in lines.values() for pk in line}
    rows = lock(total)
    known = Transfer.objects.filter(reverses=wrong).first()
    if known is not None:
        return known
    for account in rows.values():
        _check_left(account, total[account.pk])
    people = tuple(sorted(row.person_id for row in rows.values() if row.person_id))
    extra = {"reverses": wrong, "reason": reason.strip()[:120]}
    move = Move(TransferKind.CONTRA, rows[wrong.account_id], wrong.minutes, form_key, actor, now, people, extra)
    if after is not None:
        back = replace(
            move, minutes=after.minutes, form_key=key_after(form_key), extra={**extra, "reverses": after}
        )  # fmt: skip
        write(back, lines[after.pk])
    contra = write(move, lines[wrong.pk])
    telling.corrected(contra, rows.values(), now=now)
    return contra


def contra_refusal(wrong: Transfer) -> str:
    """Why a transfer is not put right by a contra entry of its own; empty if it may be."""
    if wrong.kind in (TransferKind.CONTRA, TransferKind.OUT):
        return "更正和已转出的不能再更正。"
    if wrong.kind == TransferKind.SURPLUS:
        return "这是超过上限转入公共池的部分。请更正它前面的那笔“服务存入”，这一部分会一起退回。"
    return ""


def _taken_back(wrong: Transfer) -> dict[int, int]:
    return {account: -minutes for account, minutes in wrong.entries.values_list("account", "minutes")}


def _check_left(account: Account, minutes: int) -> None:
    if account.state == AccountState.CLOSED:
        raise BusinessError("其中一个账户已经销户，不能更正。", code="closed")
    if account.kind in (AccountKind.PERSON, AccountKind.POOL) and account.available + minutes < 0:
        whose = account.person.name if account.person else "公共池"
        left = time_words(account.available)
        raise BusinessError(
            f"{whose}的账户现在可用{left}，不够冲回{time_words(-minutes)}。请先退回预留，或者和本人商量。", code="cover"
        )


def _refuse(sentence: str, code: str, field: str | None = None) -> None:
    if sentence:
        raise BusinessError(sentence, code=code, field=field)
