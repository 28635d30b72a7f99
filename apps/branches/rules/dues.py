"""Party dues of retired members (domain 3.2). Values in, values out: no rows, no clock. A month is its first day."""

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from apps.branches.choices import DuesKind, ExemptionKind
from apps.organisation.rules import RuleValues, rule_kind

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
STEPS = (Decimal("0.01"), Decimal("0.1"), Decimal(1))
LARGEST = Decimal(1_000_000)


@rule_kind(
    "branches.dues",
    "党费",
    labels={
        "enabled": "使用党费模块",
        "limits": "分档上限（元，含本数）",
        "rates": "各档比例（%，比上限多一个）",
        "rounding": "取整到（元：0.01、0.1 或 1）",
        "back_months": "补交最多几个月",
        "ahead_months": "预交最多几个月",
        "central_from": "自愿一次多交多少元起全额上缴中央",
        "alert_months": "几个月未交时提醒书记",
    },
    source="规则手册 7.40、7.41、7.42、7.43",
)
@dataclass(frozen=True)
class DuesRules(RuleValues):
    """What a member pays, on the whole base by its bracket, and the limits around it."""

    enabled: bool = True
    limits: tuple[Decimal, ...] = (Decimal(5000),)
    rates: tuple[Decimal, ...] = (Decimal("0.5"), Decimal(1))
    rounding: Decimal = CENT
    back_months: int = 6
    ahead_months: int = 6
    central_from: Decimal = Decimal(1000)
    alert_months: tuple[int, ...] = (3, 5)

    def __post_init__(self) -> None:
        if len(self.rates) != len(self.limits) + 1 or list(self.limits) != sorted(set(self.limits)):
            raise ValueError("“各档比例”要比“分档上限”多一个，上限从小到大。")
        if self.rounding not in STEPS:
            raise ValueError("“取整到”只能是 0.01、0.1 或 1。")
        if any(not 0 <= rate <= 100 for rate in self.rates):
            raise ValueError("“各档比例”在 0 到 100 之间。")


class MonthState(enum.StrEnum):
    """How one month of one member stands."""

    PAID = "paid"
    OPEN = "open"
    EXEMPT = "exempt"
    UNFIXED = "unfixed"


@dataclass(frozen=True, slots=True)
class Due:
    """What one member owes for one month, and what was paid. `fixed` is None before the branch fixed it.

    See rule book 7.42.
    """

    fixed: Decimal | None
    exempt: str = ""
    reduced: Decimal | None = None
    paid: Decimal = ZERO

    @property
    def due(self) -> Decimal:
        return due_of(self.fixed, self.exempt, self.reduced)

    @property
    def open(self) -> Decimal:
        return max(self.due - self.paid, ZERO)

    @property
    def state(self) -> MonthState:
        """An exempt month is settled, never unpaid; so is one that was paid before the exemption."""
        if self.exempt == ExemptionKind.ZERO and not self.paid:
            return MonthState.EXEMPT
        if self.fixed is None and not self.exempt and not self.paid:
            return MonthState.UNFIXED
        return MonthState.OPEN if self.open else MonthState.PAID


def rate_of(base: Decimal, rules: DuesRules) -> Decimal:
    """The rate in percent for a base: that of the first bracket whose limit, inclusive, it does not exceed."""
    place = next((number for number, limit in enumerate(rules.limits) if base <= limit), len(rules.limits))
    return rules.rates[place]


def monthly_amount(base: Decimal, rules: DuesRules) -> Decimal:
    """Yuan a month on the whole base (not by slices), rounded half up to the step of the rules.

    See rule book 7.40.
    """
    exact = base * rate_of(base, rules) / 100
    return ((exact / rules.rounding).quantize(Decimal(1), ROUND_HALF_UP) * rules.rounding).quantize(CENT)


def due_of(fixed: Decimal | None, exempt: str, reduced: Decimal | None) -> Decimal:
    """What is owed for a month, after an exemption."""
    if exempt == ExemptionKind.ZERO:
        return ZERO
    if exempt == ExemptionKind.REDUCED and reduced is not None:
        return reduced if fixed is None else min(reduced, fixed)
    return ZERO if fixed is None else fixed


def month_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def add_months(month: dt.date, count: int) -> dt.date:
    number = month.year * 12 + month.month - 1 + count
    return dt.date(number // 12, number % 12 + 1, 1)


def months_apart(earlier: dt.date, later: dt.date) -> int:
    """How many months `later` lies behind `earlier`; negative the other way."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def months_of_year(year: int) -> list[dt.date]:
    return [dt.date(year, number, 1) for number in range(1, 13)]


def kind_of(month: dt.date, paid_on: dt.date) -> str:
    """补交, 月交 or 预交, by the month in which it was paid."""
    late = months_apart(month, paid_on)
    return DuesKind.BACK if late > 0 else DuesKind.AHEAD if late < 0 else DuesKind.MONTHLY


def needs_approval(months: Iterable[dt.date], paid_on: dt.date, rules: DuesRules) -> bool:
    """Whether a back-payment reaches further back than the branch alone may accept.

    See rule book 7.41.
    """
    return any(months_apart(month, paid_on) > rules.back_months for month in months)


def too_far_ahead(months: Iterable[dt.date], paid_on: dt.date, rules: DuesRules) -> bool:
    """Whether a pre-payment reaches further than the rules allow.

    See rule book 7.41.
    """
    return any(months_apart(paid_on, month) > rules.ahead_months for month in months)


def goes_to_centre(amount: Decimal, rules: DuesRules) -> bool:
    """Whether a single voluntary payment is forwarded in full to the central level.

    See rule book 7.43.
    """
    return amount >= rules.central_from
