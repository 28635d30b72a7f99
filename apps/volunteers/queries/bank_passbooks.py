"""A passbook (存折) of one account and year, ready to print."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum

from apps.volunteers.models import Account, Entry
from apps.volunteers.rules.bank import time_words

from .bank_lines import Line, Totals, check_code, line_of, signed, totals_of, with_words

A_BOOK = 2_000


@dataclass(frozen=True)
class Passbook:
    """`brought`: minutes carried over from before the year."""

    account: Account
    year: int
    lines: Sequence[Line]
    totals: Totals
    brought: int
    code: str

    @property
    def words(self) -> dict[str, str]:
        return {
            "brought": time_words(self.brought), "came": time_words(self.totals.came_new),
            "went": time_words(self.totals.went_new), "left": time_words(self.left),
            "put_right": signed(self.totals.put_right) if self.totals.put_right else "",
        }  # fmt: skip

    @property
    def left(self) -> int:
        return self.brought + self.totals.came - self.totals.went


def passbook_of(account: Account, year: int) -> Passbook:
    """One account, oldest entry first."""
    return passbooks_of([account], year)[0]


def passbooks_of(accounts: Sequence[Account], year: int) -> list[Passbook]:
    """Of many accounts at once; the same few queries for any number, so that a batch of hundreds is quick."""
    totals = totals_of([account.pk for account in accounts], year)
    found: dict[int, list[Line]] = {account.pk: [] for account in accounts}
    rows = Entry.objects.filter(
        account__in=list(found), transfer__on__gte=dt.date(year, 1, 1), transfer__on__lt=dt.date(year + 1, 1, 1)
    ).order_by("account", "id")  # fmt: skip
    for entry in with_words(rows):
        if len(found[entry.account_id]) < A_BOOK:
            found[entry.account_id].append(line_of(entry))
    before = totals_before(list(found), year)
    return [
        _book(account, year, found[account.pk], totals.get(account.pk), before.get(account.pk, 0))
        for account in accounts
    ]


def _book(account: Account, year: int, lines: list[Line], totals: Totals | None, brought: int) -> Passbook:
    totals = totals or Totals(balance=brought)
    return Passbook(account, year, lines, totals, brought, check_code(account, year, totals))


def totals_before(accounts: list[int], year: int) -> dict[int, int]:
    """account id → what stood there when the year began."""
    rows = Entry.objects.filter(account__in=accounts, transfer__on__lt=dt.date(year, 1, 1)).order_by()
    return dict(rows.values("account").annotate(total=Sum("minutes")).values_list("account", "total"))
