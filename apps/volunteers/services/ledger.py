"""Writing to the ledger of the time bank: accounts opened and locked, transfers with their entries.

The one order of locks: persons by their numbers; then accounts of persons by theirs; then those of the bank itself.
"""

import datetime as dt
import functools
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.insert_select import reserve_ids
from apps.common.partial_date import PartialDate
from apps.organisation.models import Unit
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.volunteers.choices.bank import AccountKind, AccountState, TransferKind
from apps.volunteers.models import Account, Bank, Transfer
from apps.volunteers.queries.bank import account_of

FORM_USED = "这张表已经用过。请重新打开再填。"
# Of the account all but its history, in the order of its fields (`from_db`); of bank and holder what every act asks
# for, the rest when it is wanted. Plain, so that little time goes into making the statement while others wait.
READ = (
    "id", "public_id", "bank_id", "unit_id", "kind", "person_id", "number", "balance", "held", "state", "frozen_on",
    "freeze_reason", "closed_by_event",
)  # fmt: skip
LOCK = """
SELECT a.id, a.public_id, a.bank_id, a.unit_id, a.kind, a.person_id, a.number, a.balance, a.held, a.state,
       a.frozen_on, a.freeze_reason, a.closed_by_event, b.unit_id, u.path, p.name, p.birth_date
FROM volunteers_account a
JOIN volunteers_bank b ON b.id = a.bank_id JOIN organisation_unit u ON u.id = b.unit_id
LEFT JOIN people_person p ON p.id = a.person_id
WHERE a.id = ANY(%s) ORDER BY a.kind <> 'person', a.id FOR NO KEY UPDATE OF a
"""
# A transfer with its entries, in one statement: none ever stands without them (SUM_ZERO).
WRITE = """
WITH made AS (
    INSERT INTO volunteers_transfer (
        public_id, bank_id, account_id, kind, minutes, "on", at, actor_id, served_on, grant_id, confirmation_id,
        hold_id, reverses_id, reason
    ) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
), entries AS (
    INSERT INTO volunteers_entry (transfer_id, account_id, minutes)
    SELECT made.id, given.account, given.minutes
    FROM made, unnest(%s::bigint[], %s::integer[]) AS given(account, minutes)
)
SELECT id FROM made
"""
GONE = (LifeStatus.DECEASED, LifeStatus.DEATH_REPORTED)
BANK_ACCOUNTS = (AccountKind.POOL, AccountKind.ISSUE, AccountKind.OUTSIDE)
SENTENCES = {
    "account_covered": "可用的时间不够，没有办成。请刷新再看余额。",
    "account_open": "账户已经冻结或者销户，没有办成。请刷新再看。",
    "hold_once": "这次帮忙已经预留了时间。",
    "volunteers_transfer_public_id": FORM_USED,
}


@dataclass(frozen=True)
class Move:
    """What a transfer says beside its entries. `people`: whom it concerns, for the audit; the others as the columns."""

    kind: str
    account: Account
    minutes: int
    form_key: uuid.UUID
    actor: User | None
    now: dt.datetime
    people: tuple[int, ...] = ()
    extra: Mapping = field(default_factory=dict)


def one_act(inner: Callable) -> Callable:
    """Decorator of an act: one transaction, and a sentence (BusinessError) where the database refuses."""

    @functools.wraps(inner)
    def wrapped(*args, **kwargs):
        try:
            with transaction.atomic():
                return inner(*args, **kwargs)
        except IntegrityError as error:
            raise in_words(error) from error

    return wrapped


def once(kind: str) -> Callable:
    """Decorator of an act that a form sends (`form_key`) and that writes a transfer of `kind`: `one_act`, and sent
    again it is the transfer that it made before. That is looked up only where the act is refused, by a rule or because
    the key is taken. Another's form key is refused."""

    def decorator(inner: Callable) -> Callable:
        act = one_act(inner)

        @functools.wraps(inner)
        def wrapped(whose: Person, *args, form_key: uuid.UUID, **kwargs):
            try:
                return act(whose, *args, form_key=form_key, **kwargs)
            except BusinessError:
                known = Transfer.objects.select_related("account").filter(public_id=form_key).first()
                if known is None:
                    raise
                if known.kind != kind or known.account.person_id != whose.pk:
                    raise BusinessError(FORM_USED, code="form_used") from None
                return known

        return wrapped

    return decorator


# Accounts ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_bank(unit: Unit, name: str, *, on: dt.date, actor, phone: str = "") -> Bank:
    """The bank of a unit with its own three accounts. Twice is once."""
    bank, is_new = Bank.objects.get_or_create(
        unit=unit, defaults={"name": name.strip()[:60], "phone": phone.strip()[:40], "opened_on": on}
    )
    if is_new:
        for kind in BANK_ACCOUNTS:
            _insert(bank, unit, kind, None, on)
        audit.record("bank.open", actor=actor, target=f"volunteers.bank:{bank.pk}")
    return bank


@transaction.atomic
def open_account(person_id: int, bank: Bank, unit: Unit, *, on: dt.date, actor) -> Account:
    """The account of a person: the one he has, wherever it was opened, or a new one, for which the person is locked: a
    death that is entered at the same moment finds it. Raises BusinessError where he is dead or his record is void."""
    known = account_of(person_id)
    if known is not None:
        return known
    person = Person.objects.select_for_update(no_key=True).only("voided_at", "life_status").get(pk=person_id)
    if person.voided_at is not None:
        raise BusinessError("这份登记已停用，不能开户。", code="voided")
    if person.life_status in GONE:
        raise BusinessError("他登记为已离世或正在核实，不能开户。登记错了的，请先更正。", code="life")
    try:
        with transaction.atomic():
            account = _insert(bank, unit, AccountKind.PERSON, person_id, on)
            audit.record("bank.account", actor=actor, people=[person_id], target=target(account))
    except IntegrityError:
        known = account_of(person_id)
        if known is None:
            raise
        return known
    return account


def _insert(bank: Bank, unit: Unit, kind: str, person_id: int | None, on: dt.date) -> Account:
    [pk] = reserve_ids(Account, 1)
    return Account.objects.create(
        pk=pk, number=f"{pk:08d}", bank=bank, unit=unit, kind=kind, person_id=person_id, opened_on=on
    )


def of_bank(bank: Bank, kind: str) -> Account:
    """One of the bank's own accounts, as it was when read; lock it before its balance decides anything."""
    return Account.objects.get(bank=bank, kind=kind)


def lock(ids: Iterable[int]) -> dict[int, Account]:
    """Accounts with bank and holder as they stand, locked until the transaction ends, in the one order."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [list(set(ids))])
        return {row[0]: _locked(row) for row in cursor.fetchall()}


def _locked(row: tuple) -> Account:
    account, (bank_unit, path, name, birth) = Account.from_db("default", READ, row[: len(READ)]), row[len(READ) :]
    account.bank = Bank.from_db("default", ("id", "unit_id"), (account.bank_id, bank_unit))
    account.bank.unit = Unit.from_db("default", ("id", "path"), (bank_unit, path))
    if account.person_id is not None:
        born = PartialDate.parse(birth) if birth else None
        account.person = Person.from_db("default", ("id", "name", "birth_date"), (account.person_id, name, born))
    return account


def check_open(account: Account) -> None:
    """Raises BusinessError unless minutes may move in it."""
    if account.state == AccountState.FROZEN:
        raise BusinessError(f"账户已冻结（{account.freeze_reason}），不能办。", code="frozen")
    if account.state == AccountState.CLOSED:
        raise BusinessError("账户已经销户。", code="closed")


def holder(account: Account) -> int:
    """The person whose account it is. Not for the bank's own accounts, which have none (account_whose)."""
    assert account.person_id is not None
    return account.person_id


def target(account: Account) -> str:
    return f"volunteers.account:{account.pk}"


# Transfers --------------------------------------------------------------------------------------------------------


def made_before(form_key: uuid.UUID, kind: str, account: Account) -> Transfer | None:
    """What the same form made before; another's form key is refused. Asked after the account was locked."""
    known = Transfer.objects.filter(public_id=form_key).first()
    if known is not None and (known.kind != kind or known.account_id != account.pk):
        raise BusinessError(FORM_USED, code="form_used")
    return known


def write(move: Move, entries: Mapping[int, int]) -> Transfer:
    """The transfer, its entries (account id → signed minutes, without zeros) and its audit row. The accounts are locked
    by the caller; the issuing account needs no lock. What the database refuses is an IntegrityError, put into words by
    `one_act`. See rule book 10.30."""
    row = Transfer(
        public_id=move.form_key, bank_id=move.account.bank_id, account=move.account, kind=move.kind,
        minutes=move.minutes, on=timezone.localdate(move.now), at=move.now, actor=move.actor, **move.extra,
    )  # fmt: skip
    row.pk = _insert_whole(row, entries)
    row._state.adding = False
    audit.record(
        f"bank.{TransferKind(move.kind)}", actor=move.actor, people=move.people, target=f"volunteers.transfer:{row.pk}",
        on_behalf_of=move.people[0] if move.people and move.extra.get("grant") else None,
    )  # fmt: skip
    return row


def _insert_whole(row: Transfer, entries: Mapping[int, int]) -> int:
    values: list[Any] = [
        str(row.public_id), row.bank_id, row.account_id, str(row.kind), row.minutes, row.on, row.at, row.actor_id,
        row.served_on, row.grant_id, row.confirmation_id, row.hold_id, row.reverses_id, row.reason,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [*values, list(entries), list(entries.values())])
        return cursor.fetchone()[0]


def between(giver: Account, receiver: Account, minutes: int) -> dict[int, int]:
    """Entries that carry minutes from one account to another; by the OUTSIDE accounts where their banks differ, so that
    each bank's own entries add up to zero."""
    entries = {giver.pk: -minutes, receiver.pk: minutes}
    if giver.bank_id != receiver.bank_id:
        entries[of_bank(giver.bank, AccountKind.OUTSIDE).pk] = minutes
        entries[of_bank(receiver.bank, AccountKind.OUTSIDE).pk] = -minutes
    return entries


def in_words(error: IntegrityError) -> BusinessError:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    found = next((words for key, words in SENTENCES.items() if name.startswith(key)), "刚有人办过，请刷新后再看。")
    return BusinessError(found, code=name or "concurrent")
