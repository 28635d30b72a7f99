"""Writing to the ledger of the time bank: accounts opened and locked, transfers with their entries.

The one order of locks: persons by their numbers; then accounts of persons by theirs; then those of the bank itself.
"""

import datetime as dt
import functools
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import Case, Value, When
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.insert_select import reserve_ids
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.volunteers.choices.bank import AccountKind, AccountState, TransferKind
from apps.volunteers.models import Account, Bank, Entry, Transfer
from apps.volunteers.queries.bank import account_of

FORM_USED = "这张表已经用过。请重新打开再填。"
# Of the account all but its history; of bank and holder what every act asks for, the rest when it is wanted.
READ = (
    "public_id", "kind", "number", "balance", "held", "state", "freeze_reason", "frozen_on", "closed_by_event", "unit",
    "bank__phone", "bank__unit__path", "person__name", "person__birth_date",
)  # fmt: skip
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


def accounts_of(*people: int) -> dict[int, int]:
    """person id → id of his account that is not closed. One query."""
    rows = Account.objects.of_people().filter(person__in=people).exclude(state=AccountState.CLOSED)
    return dict(rows.values_list("person", "pk"))


def open_account(person_id: int, bank: Bank, unit: Unit, *, on: dt.date, actor) -> Account:
    """The account of a person: the one he has, wherever it was opened, or a new one."""
    known = account_of(person_id)
    if known is not None:
        return known
    if Person.objects.filter(pk=person_id, voided_at__isnull=False).exists():
        raise BusinessError("这份登记已停用，不能开户。", code="voided")
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
    last = Case(When(kind=AccountKind.PERSON, then=Value(0)), default=Value(1))
    rows = Account.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(ids))
    rows = rows.select_related("bank__unit", "person").only(*READ).order_by(last, "pk")
    return {row.pk: row for row in rows}


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
    row = Transfer.objects.create(
        public_id=move.form_key, bank_id=move.account.bank_id, account=move.account, kind=move.kind,
        minutes=move.minutes, on=timezone.localdate(move.now), at=move.now, actor=move.actor, **move.extra,
    )  # fmt: skip
    Entry.objects.bulk_create(
        Entry(transfer=row, account_id=account, minutes=minutes) for account, minutes in entries.items()
    )
    audit.record(
        f"bank.{TransferKind(move.kind)}", actor=move.actor, people=move.people, target=f"volunteers.transfer:{row.pk}",
        on_behalf_of=move.people[0] if move.people and move.extra.get("grant") else None,
    )  # fmt: skip
    return row


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
