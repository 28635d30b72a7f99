"""Numbers of shifts and of the time that is counted (rule book 10.10–10.15). Values in, values out."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind
from apps.organisation.workdays import WorkCalendar

WEEK = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)
SATURDAY = 5


@rule_kind(
    "volunteer_shifts",
    "志愿服务班次和签到",
    labels={
        "weeks_ahead": "每周班次提前几周排好",
        "early_minutes": "班次开始以前几分钟可以签到",
        "late_minutes": "班次结束以后几分钟还可以扫码签退",
        "offers_end_minutes": "班次开始以前几分钟停止递补（填 0：到开始为止）",
        "close_within_days": "班次结束以后几天内登记到岗和时长",
    },
    source="规则手册 10.10、10.12、10.13；民政部令第67号（按实际服务时间记录、及时）；事项 7",
)
@dataclass(frozen=True)
class ShiftRules(RuleValues):
    """Raises ValueError with a sentence for nonsense. See rule book 10.13."""

    weeks_ahead: int = 4
    early_minutes: int = 60
    late_minutes: int = 120
    close_within_days: int = 7
    offers_end_minutes: int = 60

    def __post_init__(self):
        if not 1 <= self.weeks_ahead <= 26:
            raise ValueError("每周班次提前 1 到 26 周排好。")
        if not 0 <= self.early_minutes <= 240 or not 0 <= self.late_minutes <= 600:
            raise ValueError("提前签到填 0 到 240 分钟，签退填 0 到 600 分钟。")
        if not 0 <= self.offers_end_minutes <= 7 * 24 * 60:
            raise ValueError("停止递补填 0 到 10080 分钟（7 天）。")
        if not 1 <= self.close_within_days <= 60:
            raise ValueError("登记期限填 1 到 60 天。")


def series_days(
    weekday: int, first_on: dt.date, until: dt.date, horizon: dt.date, calendar: WorkCalendar, *, skip_holidays: bool
) -> list[dt.date]:
    """Days on which a weekly shift falls, within [first_on, until) and before `horizon`. A holiday is a weekday that is
    not worked, or a weekend day that the yearly notice names as off: an ordinary Saturday is none (rule book 10.12)."""
    day = first_on + (weekday - first_on.isoweekday()) % 7 * DAY
    found = []
    while day < min(until, horizon):
        if not (skip_holidays and is_holiday(day, calendar)):
            found.append(day)
        day += WEEK
    return found


def is_holiday(day: dt.date, calendar: WorkCalendar) -> bool:
    """Off by the yearly notice (rule book 10.12)."""
    return day in calendar.departures and not calendar.is_workday(day)


@dataclass(frozen=True)
class Served:
    """Really served: minutes since midnight, half-open."""

    starts: int
    ends: int

    @property
    def minutes(self) -> int:
        return self.ends - self.starts


def served(came: int, left: int, starts: int, ends: int) -> Served | None:
    """What of [came, left) lies in the shift [starts, ends): who came early or stayed late is not counted longer than
    the shift. None when nothing does. See rule book 10.14."""
    first, last = max(came, starts), min(left, ends)
    return Served(first, last) if last > first else None


def trimmed(starts: int, ends: int, others: Iterable[tuple[int, int]]) -> Served | None:
    """The longest part of [starts, ends) that overlaps none of `others`, the earlier of two equal ones; None when
    nothing is left. See rule book 10.15 (T9)."""
    best, at = None, starts
    for first, last in [*sorted(others), (ends, ends)]:
        piece = Served(at, min(first, ends))
        if piece.minutes > (best.minutes if best else 0):
            best = piece
        at = max(at, last)
    return best
