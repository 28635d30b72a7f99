"""党费收缴台账: members × twelve months, what stands in each cell, and the sums (domain 4.3, table 7)."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from apps.branches.models import Organisation
from apps.branches.rules.dues import ZERO, MonthState, months_of_year
from apps.people.models import Person

from .dues import bases_of, dues_of, payments_of_year, people_of_year

WORDS = {MonthState.EXEMPT: "免", MonthState.OPEN: "", MonthState.UNFIXED: "", MonthState.PAID: ""}


@dataclass(slots=True)
class LedgerLine:
    """`cells` are twelve texts: the amount paid, 免 for an exempt month, 转 for a month that another branch collects,
    empty where nothing was paid. `here` is what this branch received."""

    person: Person
    amount: Decimal | None
    cells: list[str] = field(default_factory=list)
    here: Decimal = ZERO
    open: Decimal = ZERO


@dataclass(slots=True)
class Ledger:
    organisation: Organisation
    year: int
    lines: list[LedgerLine]
    sums: list[Decimal]
    total: Decimal


def ledger_of(organisation: Organisation, year: int, today: dt.date) -> Ledger:
    """The ledger of a branch for a year, in 姓氏笔画 order. Six queries for any number of members."""
    months = months_of_year(year)
    dues = dues_of([organisation.pk], months[0], months[-1])
    payments = payments_of_year(organisation, year, person_ids=dues)
    paid: dict[tuple[int, dt.date], Decimal] = defaultdict(lambda: ZERO)
    here: dict[int, Decimal] = defaultdict(lambda: ZERO)
    sums = dict.fromkeys(months, ZERO)
    for payment in payments:
        paid[payment.person_id, payment.month] += payment.paid
        if payment.organisation_id == organisation.pk:
            here[payment.person_id] += payment.paid
            sums[payment.month] += payment.paid
    people = people_of_year(organisation, {*dues, *here})
    bases = bases_of(people, year)
    lines = []
    for pk, person in people.items():
        mine = dues.get(pk, {})
        open_sum = sum((due.open for month, due in mine.items() if month <= today), ZERO)
        line = LedgerLine(person, bases[pk].amount if pk in bases else None, here=here[pk], open=open_sum)
        for month in months:
            line.cells.append(_cell(paid.get((pk, month)), mine.get(month), is_member=bool(mine)))
        lines.append(line)
    return Ledger(organisation, year, lines, list(sums.values()), sum(sums.values(), ZERO))


def _cell(paid: Decimal | None, due, *, is_member: bool) -> str:
    if paid:
        return f"{paid}"
    if due is None:
        return "转" if is_member else ""
    return WORDS[due.state]
