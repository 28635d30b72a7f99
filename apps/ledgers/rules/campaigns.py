"""When greetings are due, what each category gets, and amounts against the budget. Values in, values out."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from apps.ledgers.choices.campaigns import CampaignKind, Category
from apps.organisation.rules import RuleValues, rule_kind

from .duties import DAY, FESTIVAL_DAYS, DutyRules, festivals

MONTHS_OF = ((CampaignKind.WINTER, "winter_months", "冬送温暖"), (CampaignKind.SUMMER, "summer_months", "夏送清凉"))


@rule_kind(
    "campaigns",
    "节日和季节慰问",
    labels={
        "winter_months": "冬送温暖在哪几个月（写数字）",
        "summer_months": "夏送清凉在哪几个月（写数字）",
        "begins_days": "慰问开始前几天提醒",
        "results_days": "走访以后几天还没录结果就提醒",
        "party_years": "党龄满几年的列入七一慰问",
        "aged_from": "“高龄”从几周岁起",
    },
    source="规则手册 8.20、8.21；领域资料 3.6（一月冬送温暖、七月夏送清凉）；天数为各局规定",
)
@dataclass(frozen=True)
class CampaignRules(RuleValues):
    """Months as numbers; days and years whole. Raises ValueError with a sentence for nonsense. See rule book 8.20."""

    winter_months: tuple[int, ...] = (1,)
    summer_months: tuple[int, ...] = (7,)
    begins_days: int = 10
    results_days: int = 5
    party_years: int = 50
    aged_from: int = 80

    def __post_init__(self) -> None:
        months = (*self.winter_months, *self.summer_months)
        if any(not 1 <= month <= 12 for month in months):
            raise ValueError("月份填 1 到 12。")
        if not (0 <= self.begins_days <= 60 and 1 <= self.results_days <= 60):
            raise ValueError("提醒的天数填 60 天以内。")
        if not (1 <= self.party_years <= 100 and 60 <= self.aged_from <= 110):
            raise ValueError("党龄填 1 到 100 年，高龄填 60 到 110 岁。")


STANDARD_LABELS = {"money": "慰问金（元）", "gift": "慰问品", "value": "慰问品折价（元）"}


@rule_kind(
    "greeting_standards",
    "慰问标准",
    labels={
        f"{part}_{category.value}": f"{category.label}：{words}"
        for category in Category
        for part, words in STANDARD_LABELS.items()
    },
    source="规则手册 8.22；各地标准不一，默认数只是样子，请按本地文件改；domain 4.3 表 4、表 5",
)
@dataclass(frozen=True)
class GreetingStandards(RuleValues):
    """Money and the value of the gift in yuan for one person of each category. See rule book 8.22."""

    money_veteran: Decimal = Decimal("1000.00")
    gift_veteran: str | None = "慰问品一份"
    value_veteran: Decimal = Decimal("200.00")
    money_survivor: Decimal = Decimal("500.00")
    gift_survivor: str | None = "慰问品一份"
    value_survivor: Decimal = Decimal("200.00")
    money_hospital: Decimal = Decimal("800.00")
    gift_hospital: str | None = ""
    value_hospital: Decimal = Decimal("0.00")
    money_difficulty: Decimal = Decimal("1000.00")
    gift_difficulty: str | None = "米、油各一份"
    value_difficulty: Decimal = Decimal("200.00")
    money_high_risk: Decimal = Decimal("500.00")
    gift_high_risk: str | None = "慰问品一份"
    value_high_risk: Decimal = Decimal("200.00")
    money_focus: Decimal = Decimal("300.00")
    gift_focus: str | None = "慰问品一份"
    value_focus: Decimal = Decimal("200.00")
    money_fifty: Decimal = Decimal("500.00")
    gift_fifty: str | None = ""
    value_fifty: Decimal = Decimal("0.00")
    money_aged: Decimal = Decimal("0.00")
    gift_aged: str | None = "慰问品一份"
    value_aged: Decimal = Decimal("200.00")
    money_other: Decimal = Decimal("0.00")
    gift_other: str | None = "慰问品一份"
    value_other: Decimal = Decimal("200.00")

    def __post_init__(self) -> None:
        if any(isinstance(value, Decimal) and value < 0 for value in vars(self).values()):
            raise ValueError("金额不能是负数。")


@dataclass(frozen=True)
class Standard:
    """What one category gets; yuan."""

    category: Category
    money: Decimal
    gift: str
    gift_value: Decimal


def standards_of(rules: GreetingStandards) -> Iterator[Standard]:
    """One line a category, in the order of precedence (rule book 8.22)."""
    for category in Category:
        key = category.value
        yield Standard(
            category,
            getattr(rules, f"money_{key}"),
            getattr(rules, f"gift_{key}") or "",
            getattr(rules, f"value_{key}"),
        )


@dataclass(frozen=True)
class Template:
    """A campaign that the rules foresee: both days of its span belong to it."""

    kind: CampaignKind
    name: str
    starts_on: dt.date
    last_day: dt.date
    festival_on: dt.date | None = None


def templates(rules: CampaignRules, duties: DutyRules, start: dt.date, end: dt.date) -> list[Template]:
    """Campaigns with a day in [start, end], in order of their beginning: festivals with the window of their duties,
    冬送温暖 and 夏送清凉 with the months of the rule set, one campaign a run of months. See rule book 8.20."""
    found = [
        Template(CampaignKind(kind.value), name, span.start, span.last_day, span.last_day)
        for kind, span, name in festivals(duties, start, end)
    ]
    for kind, field, words in MONTHS_OF:
        for first, last in _runs(getattr(rules, field), start.year - 1, end.year + 1):
            if first <= end and last >= start:
                found.append(Template(kind, f"{last.year}{words}", first, last))
    return sorted(found, key=lambda item: (item.starts_on, item.name))


def festival_name(kind: str, day: dt.date) -> str:
    """The name that the duties of a festival carry in the year of `day`, and so its campaign: 2027春节; empty where the
    kind is no festival (rule book 8.20)."""
    names = {one.value: words for one, (_, words) in FESTIVAL_DAYS.items()}
    return f"{day.year}{names[kind]}" if kind in names else ""


def _runs(months: Iterable[int], first_year: int, last_year: int) -> Iterator[tuple[dt.date, dt.date]]:
    """(first day, last day) of each run of neighbouring months: December and January are one."""
    wanted = set(months)
    places = [
        year * 12 + month - 1 for year in range(first_year, last_year + 1) for month in range(1, 13) if month in wanted
    ]
    while places:
        length = next((n for n in range(1, len(places)) if places[n] != places[0] + n), len(places))
        run, places = places[:length], places[length:]
        if len(wanted) < 12:
            yield _first_of(run[0]), _first_of(run[-1] + 1) - DAY


def _first_of(place: int) -> dt.date:
    return dt.date(place // 12, place % 12 + 1, 1)


def over_budget(planned: Decimal, budget: Decimal) -> Decimal:
    """By how many yuan the planned money and gifts exceed the budget; 0 when they do not (rule book 8.23)."""
    return max(planned - budget, Decimal("0.00"))
