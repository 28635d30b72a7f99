"""From when party age counts, and in which year it earns the medal (domain 3.3)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from apps.branches.choices import PartyEventKind
from apps.common.partial_date import PartialDate
from apps.organisation.rules import RuleValues, rule_kind

DAY = dt.timedelta(days=1)
OPEN_END = dt.date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Period:
    """Admissions of [first, last]: months of probation that the rule of the time knew, the shortest first.

    One number is the rule for everybody; several depend on what he was, so that without the day of 转正 the start is
    known only between bounds.
    """

    first: dt.date
    last: dt.date
    months: tuple[int, ...]


# Domain 3.3, from the 中组部 table of party age by date of admission.
PERIODS = (
    Period(dt.date(1921, 7, 1), dt.date(1923, 6, 9), (0,)),
    Period(dt.date(1923, 6, 10), dt.date(1927, 4, 26), (3, 6)),
    Period(dt.date(1927, 4, 27), dt.date(1928, 6, 17), (0, 3)),
    Period(dt.date(1928, 6, 18), dt.date(1945, 4, 22), (0,)),
    Period(dt.date(1945, 4, 23), dt.date(1956, 9, 14), (6, 12, 24)),
    Period(dt.date(1956, 9, 15), dt.date(1969, 3, 31), (12,)),
    Period(dt.date(1969, 4, 1), dt.date(1977, 8, 11), (0,)),
    Period(dt.date(1977, 8, 12), OPEN_END, (12,)),
)


@rule_kind(
    "party_medal",
    "光荣在党50年",
    labels={
        "years": "党龄满几年",
        "month": "截至哪一月",
        "day": "截至哪一日",
        "first_year": "从哪一年开始颁发",
        "prepare_months": "提前几个月准备名单",
    },
    source="规则手册 7.50；领域资料 3.3；中组部关于颁发“光荣在党50年”纪念章的通知（2021年）",
)
@dataclass(frozen=True)
class MedalRules(RuleValues):
    """Living members with `years` full years of party age on the day of the year. Raises ValueError with a sentence.

    See rule book 7.50.
    """

    years: int = 50
    month: int = 7
    day: int = 1
    first_year: int = 2021
    prepare_months: int = 3

    def __post_init__(self) -> None:
        if not 1 <= self.years <= 100 or not 1921 <= self.first_year <= 2199 or not 1 <= self.prepare_months <= 11:
            raise ValueError("党龄填 1 到 100 年，起始年份填四位数，提前 1 到 11 个月准备。")
        try:
            dt.date(2001, self.month, self.day)
        except ValueError:
            raise ValueError("截至的月和日不对。") from None

    def day_of(self, year: int) -> dt.date:
        return dt.date(year, self.month, self.day)


@dataclass(frozen=True, slots=True)
class PartyEvent:
    """Something in his party life that decides what counts. `full_on`: day of 转正 after joining again."""

    kind: str
    on: PartialDate
    full_on: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """Party age counts from some day of [earliest, latest]; `why` is the sentence for the list. `review`: years
    count, but whether he has always done well is for a person to say. `assumed`: 转正 is reckoned, not on file."""

    earliest: dt.date
    latest: dt.date
    why: str
    review: bool = False
    assumed: bool = False

    @property
    def is_certain(self) -> bool:
        return self.earliest == self.latest


def party_age_start(
    joined: PartialDate | None,
    full: PartialDate | None,
    *,
    events: Sequence[PartyEvent] = (),
    decided: PartialDate | None = None,
) -> Start | None:
    """From when party age counts, None where nothing is known. `decided`: a start that the organisation has found.

    Restored after a wrong expulsion: continuous. Joined again: from the new 转正, or from that joining where no
    probation was set; earlier years do not count. A year of 留党察看 counts.

    See rule book 7.50.
    """
    review = any(event.kind == PartyEventKind.WATCH for event in events)
    if decided is not None:
        return Start(decided.first_day, decided.last_day, "党龄起算日经组织认定", review)
    if again := max((event for event in events if event.kind == PartyEventKind.REJOINED), key=_when, default=None):
        since = again.full_on or again.on
        return Start(since.first_day, since.last_day, "重新入党，从重新转正之日算起", review)
    if joined is None:
        return Start(full.first_day, full.last_day, "只有转正时间", review) if full is not None else None
    earliest, why, assumed = _bound(joined.first_day, full, shortest=True)
    latest, why_late, assumed_late = _bound(joined.last_day, full, shortest=False)
    if why != why_late:
        why = "入党时间跨两个时期，起算的办法不同"
    if any(event.kind == PartyEventKind.RESTORED for event in events):
        why = "恢复党籍，党龄连续计算"
    return Start(earliest, max(earliest, latest), why, review, assumed or assumed_late)


def _when(event: PartyEvent) -> dt.date:
    return event.on.last_day


def _bound(joined: dt.date, full: PartialDate | None, *, shortest: bool) -> tuple[dt.date, str, bool]:
    period = next((one for one in PERIODS if one.first <= joined <= one.last), None)
    if period is None:
        return joined, "入党时间早于1921年7月1日，请核对", True
    if period.months == (0,):
        return joined, "入党时没有预备期，从入党之日算起", False
    if full is not None:
        return full.first_day if shortest else full.last_day, "从转正之日算起", False
    months = period.months[0] if shortest else period.months[-1]
    why = f"没有转正时间，按预备期{'、'.join(str(one) for one in period.months)}个月推算"
    return add_months(joined, months), why, True


def doubts_of(start: Start, year: int, rules: MedalRules) -> list[str]:
    """Why a person who may be due in `year` must be looked at first, in sentences; empty when all is clear.

    See rule book 7.50.
    """
    early, late = medal_year(start.earliest, rules), medal_year(start.latest, rules)
    found = []
    if early != late:
        found.append(f"时间不够准确，可能是{early}年，也可能是{late}年")
    if start.assumed:
        found.append("没有转正时间，请查档案")
    if start.review:
        found.append("受过留党察看，请审核是否一贯表现良好")
    if late < year:
        found.append(f"{late}年就应颁发，没有颁发记录")
    return found


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of a later month; where that month lacks it, the first day after it."""
    count = day.year * 12 + day.month - 1 + months
    try:
        return dt.date(count // 12, count % 12 + 1, day.day)
    except ValueError:
        return dt.date(count // 12 + (count % 12 == 11), (count + 1) % 12 + 1, 1)


def medal_year(start: dt.date, rules: MedalRules) -> int:
    """The first year on whose day the years are full, never before the first year of the medal.

    See rule book 7.50.
    """
    full = add_months(start, 12 * rules.years)
    year = full.year if full <= rules.day_of(full.year) else full.year + 1
    return max(year, rules.first_year)


def age_words(start: Start, on: dt.date) -> str:
    """Full years on a day: 50年, or 48至50年 where the start is known only between bounds."""
    most, least = party_age(start.earliest, on), party_age(start.latest, on)
    return f"{least}年" if most == least else f"{least}至{most}年"


def party_age(start: dt.date, on: dt.date) -> int:
    """Full years of party age on a day; 0 before it begins."""
    years = on.year - start.year - (add_months(start, 12 * (on.year - start.year)) > on)
    return max(0, years)
