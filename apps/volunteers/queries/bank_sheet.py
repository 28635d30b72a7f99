"""The bank as a whole: how much is where, what came and went in a year, who stands on a worklist."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from apps.volunteers.choices.bank import AccountKind, AccountState, TransferKind
from apps.volunteers.models import Account, Bank, Entry

from .bank import ledger_sum


@dataclass(frozen=True)
class Sheet:
    """Minutes. `people` + `pool` + `outside` + `issue` = 0 = `total`, the sum of the ledger's entries."""

    accounts: int
    frozen: int
    people: int
    held: int
    pool: int
    outside: int
    total: int

    @property
    def issue(self) -> int:
        return -(self.people + self.pool + self.outside)


def sheet_of(bank: Bank) -> Sheet:
    rows = Account.objects.filter(bank=bank)
    person = Q(kind=AccountKind.PERSON)
    found = rows.aggregate(
        accounts=Count("pk", filter=person & ~Q(state=AccountState.CLOSED)),
        frozen=Count("pk", filter=Q(state=AccountState.FROZEN)),
        people=Sum("balance", filter=person, default=0),
        held=Sum("held", default=0),
        pool=Sum("balance", filter=Q(kind=AccountKind.POOL), default=0),
        outside=Sum("balance", filter=Q(kind=AccountKind.OUTSIDE), default=0),
    )
    return Sheet(**found, total=ledger_sum(bank))


@dataclass(frozen=True)
class Flow:
    """One kind of transfer in one year: how many, minutes into and out of the accounts of people."""

    kind: str
    count: int
    came: int
    went: int


def flows_of(bank: Bank, year: int) -> list[Flow]:
    """What came into and went out of people's accounts in a year, by kind; kinds without any are left out."""
    rows = Entry.objects.filter(
        transfer__bank=bank, transfer__on__gte=dt.date(year, 1, 1), transfer__on__lt=dt.date(year + 1, 1, 1)
    )
    person = Q(account__kind=AccountKind.PERSON)
    found = rows.order_by().values("transfer__kind").annotate(
        count=Count("transfer", distinct=True),
        came=Sum("minutes", filter=person & Q(minutes__gt=0), default=0),
        went=Sum("minutes", filter=person & Q(minutes__lt=0), default=0),
    )  # fmt: skip
    by_kind = {row["transfer__kind"]: row for row in found}
    return [
        Flow(kind.label, row["count"], row["came"], -row["went"])
        for kind in TransferKind if (row := by_kind.get(kind))
    ]  # fmt: skip
