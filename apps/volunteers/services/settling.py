"""Accounts that stop: frozen by a death or by staff, settled as the family decides, closed."""

import datetime as dt
import uuid

from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.people.models import Person
from apps.volunteers.choices.bank import AccountKind, AccountState, HoldState, OutState, TransferKind
from apps.volunteers.models import Account, Hold, OutStatement, Transfer
from apps.volunteers.queries.bank import account_of, relation_between, rules_of
from apps.volunteers.rules.bank import gift_refusal, heirs_until

from . import bank_telling as telling
from .ledger import Move, between, check_open, holder, lock, made_before, of_bank, one_act, open_account, target, write

BY_DEATH = "离世"


# Death ------------------------------------------------------------------------------------------------------------


@one_act
def freeze_by_death(event, *, now: dt.datetime) -> None:
    """Of a life event that says he died: what is held is let go, then nothing moves until the family has decided. An
    account that staff froze before keeps its reason until it is thawed. See rule book 10.37."""
    account = account_of(event.person_id)
    if account is None:
        return
    account = lock([account.pk])[account.pk]
    if account.closed_by_event is not None:
        return
    _let_go(account, now)
    account.state, account.closed_by_event, account.freeze_reason = AccountState.FROZEN, event.pk, BY_DEATH
    account.frozen_on = timezone.localdate(now)
    account.save(update_fields=["state", "closed_by_event", "freeze_reason", "frozen_on"])
    _note("bank.freeze", account, None)


@one_act
def thaw_after_death(event) -> list[str]:
    """The death was none: exactly his account is open again; a sentence for staff where it was settled meanwhile, or
    what had been held for help is to be held anew."""
    found = []
    for pk in Account.objects.filter(closed_by_event=event.pk).order_by("pk").values_list("pk", flat=True):
        account = lock([pk])[pk]
        if account.state == AccountState.CLOSED:
            found.append("时间账户已经结清，余额给了家属或公共池。请和本人说明，需要时用“更正”退回。")
            continue
        assert account.frozen_on is not None  # set with `closed_by_event`
        frozen_at = timezone.make_aware(dt.datetime.combine(account.frozen_on, dt.time()))
        _open_again(account)
        if Hold.objects.filter(account=account, state=HoldState.RELEASED, ended_at__gte=frozen_at).exists():
            found.append("时间账户里为求助预留的时间已经退回。还要帮忙的，请重新预留。")
        _note("bank.thaw", account, None)
    return found


def _let_go(account: Account, now: dt.datetime) -> None:
    for row in Hold.objects.filter(account=account, state=HoldState.HELD).order_by("pk"):
        row.state, row.ended_at = HoldState.RELEASED, now
        row.save(update_fields=["state", "ended_at"])
    for statement in OutStatement.objects.filter(account=account, state=OutState.PRINTED):
        statement.state, statement.ended_at, statement.end_reason = OutState.CANCELLED, now, "账户冻结"
        statement.save(update_fields=["state", "ended_at", "end_reason"])
    account.refresh_from_db(fields=["held"])


def _open_again(account: Account) -> None:
    account.state, account.closed_by_event, account.freeze_reason = AccountState.OPEN, None, ""
    account.frozen_on = None
    account.save(update_fields=["state", "closed_by_event", "freeze_reason", "frozen_on"])


def decide_until(account: Account, on: dt.date) -> dt.date:
    """The last day on which the family of a dead holder decides, counted from the day the account was frozen."""
    return heirs_until(account.frozen_on or on, rules_of(account.bank, on))


@one_act
def settle(
    account: Account, heir: Person | None, reason: str, *, actor, now: dt.datetime, form_key: uuid.UUID
) -> Transfer | None:
    """As the family decided (`reason` says who and by what paper): to a verified heir within the months of the rules,
    as far as his account takes it, the rest or all to the pool; then the account is closed. None where nothing was in
    it. The same form again gives the same transfer. See rule book 10.37."""
    on = timezone.localdate(now)
    theirs = _heirs_account(account, heir, on, actor) if heir is not None else None
    pool = of_bank(account.bank, AccountKind.POOL)
    rows = lock([account.pk, theirs.pk if theirs else pool.pk])
    account = rows[account.pk]
    if (known := made_before(form_key, TransferKind.SETTLE, account)) is not None:
        return known
    if account.state != AccountState.FROZEN or account.closed_by_event is None:
        raise BusinessError("只有户主离世、冻结着的账户可以结清。", code="state")
    if not reason.strip():
        raise BusinessError("请写明谁决定的、凭什么材料。", code="reason", field="reason")
    if theirs is not None and on > (last := decide_until(account, on)):
        raise BusinessError(
            f"家属决定的期限到{last.year}年{last.month}月{last.day}日，已经过了，余额转入公共池。",
            code="late",
            field="heir",
        )
    transfer = None
    if account.balance:
        to = rows[theirs.pk] if theirs else rows[pool.pk]
        check_open(to)
        people = tuple(pk for pk in (account.person_id, to.person_id) if pk)
        extra = {"reason": reason.strip()[:120]}
        move = Move(TransferKind.SETTLE, account, account.balance, form_key, actor, now, people, extra)
        shares = _shares(account, to, pool, on)
        transfer = write(move, shares)
        if theirs is not None and to.pk in shares:
            telling.gift(transfer, to, now=now)
    _close(account, on, actor)
    return transfer


def _shares(account: Account, to: Account, pool: Account, on: dt.date) -> dict[int, int]:
    """Entries of all that is left: to an heir up to his account's most, the rest to the pool."""
    if to.kind == AccountKind.POOL:
        return between(account, to, account.balance)
    given = min(account.balance, max(0, rules_of(to.bank, on).account_most - to.balance))
    entries = between(account, to, given) if given else {}
    if given < account.balance:
        entries |= {account.pk: -account.balance, pool.pk: account.balance - given}
    return entries


def _heirs_account(account: Account, heir: Person, on: dt.date, actor) -> Account:
    rules = rules_of(account.bank, on)
    if sentence := gift_refusal(relation_between(holder(account), heir.pk), rules):
        raise BusinessError(sentence, code="kin", field="heir")
    return open_account(heir.pk, account.bank, account.unit, on=on, actor=actor)


# By staff ---------------------------------------------------------------------------------------------------------


@one_act
def freeze(account: Account, reason: str, *, actor, on: dt.date) -> Account:
    """Nothing moves until it is thawed: something is being looked into. What is held stays held."""
    account = lock([account.pk])[account.pk]
    if account.state == AccountState.FROZEN:
        return account
    check_open(account)
    if not reason.strip():
        raise BusinessError("请写明为什么冻结。", code="reason", field="reason")
    account.state, account.freeze_reason, account.frozen_on = AccountState.FROZEN, reason.strip()[:120], on
    account.save(update_fields=["state", "freeze_reason", "frozen_on"])
    _note("bank.freeze", account, actor)
    return account


@one_act
def thaw(account: Account, *, actor) -> Account:
    """Open again what staff froze; what a death froze comes back only when the death is undone."""
    account = lock([account.pk])[account.pk]
    if account.state == AccountState.OPEN:
        return account
    if account.state == AccountState.CLOSED or account.closed_by_event is not None:
        raise BusinessError("户主离世的账户不能解冻。登记错了的，请撤销离世登记，账户会自动恢复。", code="dead")
    _open_again(account)
    _note("bank.thaw", account, actor)
    return account


@one_act
def close(account: Account, *, actor, on: dt.date) -> Account:
    """An empty account nobody needs any more. With minutes in it, they are given, donated or transferred out first."""
    account = lock([account.pk])[account.pk]
    if account.state == AccountState.CLOSED:
        return account
    check_open(account)
    if account.kind != AccountKind.PERSON:
        raise BusinessError("时间银行自己的账户不能销户。", code="kind")
    if account.balance or account.held:
        raise BusinessError("账户里还有时间。请先赠送、捐出或者转出，再销户。", code="balance")
    _close(account, on, actor)
    return account


def _close(account: Account, on: dt.date, actor) -> None:
    account.refresh_from_db(fields=["balance", "held"])
    account.state, account.closed_on = AccountState.CLOSED, on
    account.save(update_fields=["state", "closed_on"])
    _note("bank.close", account, actor)


def _note(act: str, account: Account, actor) -> None:
    audit.record(act, actor=actor, people=[account.person_id] if account.person_id else [], target=target(account))
