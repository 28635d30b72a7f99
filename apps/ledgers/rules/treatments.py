"""Rules of treatments: amounts, periods, who has reached an age, what a death leaves due. No clock, no database."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from apps.ledgers.choices.treatments import Every, OnDeath
from apps.organisation.rules import RuleValues, rule_kind
from apps.registry.choices import RevolutionPeriod

CENT = Decimal("0.01")
MONTHS = {Every.YEAR: 12, Every.HALF: 6, Every.QUARTER: 3, Every.MONTH: 1}
# Items that are given once have one period for all times.
ONCE_FROM, ONCE_UNTIL = dt.date(1949, 10, 1), dt.date(2999, 1, 1)


@rule_kind(
    "ledgers.treatment_amounts",
    "待遇标准（元）",
    labels={
        "special_fund": "特需费：每人每年",
        "medical_aid": "医疗补助：每人每期",
        "check_up": "体检：每人每次",
        "nursing_p1": "护理费（每月）：第一次国内革命战争时期",
        "nursing_p2": "护理费（每月）：第二次国内革命战争时期",
        "nursing_p3": "护理费（每月）：抗日战争前期",
        "nursing_p4": "护理费（每月）：抗日战争后期",
        "nursing_p5": "护理费（每月）：解放战争时期",
        "nursing_unable": "护理费（每月）：长期完全不能自理的另加",
    },
    source="规则手册 8.30、8.31；护理费默认数取自一份省级标准（领域资料 2.1.2），各地不同，请填当地标准和文号",
)
@dataclass(frozen=True)
class TreatmentAmounts(RuleValues):
    """Yuan. None: no standard yet, so no period of such an item can be opened. See rule book 8.30."""

    special_fund: Decimal | None = None
    medical_aid: Decimal | None = None
    check_up: Decimal | None = None
    nursing_p1: Decimal = Decimal("800")
    nursing_p2: Decimal = Decimal("800")
    nursing_p3: Decimal = Decimal("400")
    nursing_p4: Decimal = Decimal("400")
    nursing_p5: Decimal = Decimal("200")
    nursing_unable: Decimal = Decimal("600")


@rule_kind(
    "ledgers.treatment_terms",
    "待遇和服务的期限",
    labels={
        "senior_months": "高龄津贴：提前几个月列出到龄的",
        "card_days": "绿色通道卡：到期前几天列出要换的",
        "convalescence_years": "疗养：显示最近几年去过没有",
    },
    source="规则手册 8.34、8.36、8.37",
)
@dataclass(frozen=True)
class TreatmentTerms(RuleValues):
    """How early and how far back lists look. See rule book 8.34, 8.36 and 8.37."""

    senior_months: int = 6
    card_days: int = 60
    convalescence_years: int = 3


def nursing_amount(period: RevolutionPeriod | None, unable: bool, amounts: TreatmentAmounts) -> Decimal | None:
    """Nursing fee of a month; None while the period is undetermined: nothing is paid on a guess.

    See rule book 8.31.
    """
    if period is None or period == RevolutionPeriod.UNDETERMINED:
        return None
    base: Decimal = getattr(amounts, f"nursing_{period.value.lower()}")
    return base + (amounts.nursing_unable if unable else Decimal(0))


@dataclass(frozen=True, slots=True)
class Span:
    """A period of an item, half-open."""

    start: dt.date
    end: dt.date

    @property
    def last_day(self) -> dt.date:
        return self.end - dt.timedelta(days=1)


def span_of(every: str, year: int, number: int = 1) -> Span:
    """The `number`th period (from 1) of a year. Raises ValueError for one that the year lacks. See rule book 8.30."""
    if every == Every.ONCE:
        return Span(ONCE_FROM, ONCE_UNTIL)
    months = MONTHS[Every(every)]
    if not 1 <= number <= 12 // months:
        raise ValueError(f"no period {number} of {every}")
    first = (number - 1) * months
    return Span(_month(year, first), _month(year, first + months))


def span_from(every: str, start: dt.date) -> Span:
    """The period that begins on `start`."""
    if every == Every.ONCE:
        return Span(ONCE_FROM, ONCE_UNTIL)
    return Span(start, _month(start.year, start.month - 1 + MONTHS[Every(every)]))


def _month(year: int, months: int) -> dt.date:
    return dt.date(year + months // 12, months % 12 + 1, 1)


def period_words(every: str, start: dt.date) -> str:
    """2026年上半年, 2026年第3季度, 2026年5月."""
    if every == Every.ONCE:
        return "不分年度"
    if every == Every.YEAR:
        return f"{start.year}年"
    if every == Every.HALF:
        return f"{start.year}年{'上' if start.month == 1 else '下'}半年"
    if every == Every.QUARTER:
        return f"{start.year}年第{(start.month + 2) // 3}季度"
    return f"{start.year}年{start.month}月"


def born_by(age: int, day: dt.date) -> dt.date:
    """The last birth date whose holder has completed `age` years on `day`; born on 29 February: from 1 March of a
    common year. See rule book 8.30."""
    try:
        return day.replace(year=day.year - age)
    except ValueError:
        return dt.date(day.year - age, 2, 28)


def left_after_death(amount: Decimal, span: Span, died_on: dt.date, way: str) -> Decimal:
    """What of a period's amount is still due after a death: all of it for a period over before it, nothing for one
    that had not begun; of the period of the death itself what `way` (OnDeath) says, the month of death counted as
    lived. See rule book 8.32."""
    if span.end <= died_on.replace(day=1) or way == OnDeath.FULL and span.start <= died_on:
        return amount
    if span.start > died_on or way == OnDeath.STOP:
        return Decimal("0.00")
    whole = _months_between(span.start, span.end)
    lived = _months_between(span.start, died_on) + 1
    if lived >= whole:
        return amount
    return (amount * lived / whole).quantize(CENT, ROUND_HALF_UP)


def _months_between(first: dt.date, second: dt.date) -> int:
    return (second.year - first.year) * 12 + second.month - first.month


def in_arrears(cost: Decimal, paid_by_unit: Decimal, reimbursed: Decimal) -> Decimal:
    """医药费拖欠: what should be covered, less what the unit paid out directly and what was given back to him.
    See rule book 8.33."""
    return cost - paid_by_unit - reimbursed
