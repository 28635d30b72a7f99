"""When which month is to be reported: pure, no clock, no rows. Months are given by their first day."""

import datetime as dt
from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind
from apps.organisation.workdays import WorkCalendar

MOST_MONTHS_BACK = 12


@rule_kind(
    "unit_reports",
    "单位每月变动报告",
    labels={
        "required": "这些单位要报",
        "opens_day": "当月几日起可以报无变动",
        "due_day": "次月几日以前报到",
        "first_month": "从哪个月起要报（填该月1日）",
        "remind_ahead": "到期前几个工作日提醒联络员",
        "remind_section": "逾期几天告诉科室",
    },
    source="规则手册 4.16；领域资料 2.1、4.1（单位联络员每月报变动）；到期日遇休息日提前",
)
@dataclass(frozen=True)
class ReportRules(RuleValues):
    """A month may be reported without change from its `opens_day` and is due on `due_day` of the next, or on the last
    working day before. Units with living people of their own report, unless `required` is off for them. Without
    `first_month` nobody is behind with months before the first report of all."""

    required: bool = True
    opens_day: int = 20
    due_day: int = 5
    first_month: dt.date | None = None
    remind_ahead: int = 2
    remind_section: int = 3

    def __post_init__(self):
        if not 1 <= self.opens_day <= 28 or not 1 <= self.due_day <= 28:
            raise ValueError("日期填 1 到 28。")
        if not 0 <= self.remind_ahead <= 10 or not 1 <= self.remind_section <= 25:
            raise ValueError("到期前提醒填 0 到 10 个工作日；逾期告诉科室填 1 到 25 天。")
        if self.first_month is not None and self.first_month.day != 1:
            raise ValueError("从哪个月起要报，请填那个月的 1 日。")


def month_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def shifted(month: dt.date, by: int) -> dt.date:
    """The month `by` months later (earlier when negative)."""
    place = month.year * 12 + month.month - 1 + by
    return dt.date(place // 12, place % 12 + 1, 1)


def months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """Both included; none when `last` is before `first`."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [shifted(first, place) for place in range(max(0, count))]


def month_words(month: dt.date, today: dt.date) -> str:
    """11月, or 2025年11月 in another year."""
    return f"{month.month}月" if month.year == today.year else f"{month.year}年{month.month}月"


def opens_on(month: dt.date, rules: ReportRules) -> dt.date:
    """The first day on which a month may be said to be without change."""
    return month.replace(day=rules.opens_day)


def due_on(month: dt.date, rules: ReportRules, calendar: WorkCalendar) -> dt.date:
    """The last day (inclusive) on which a report of `month` is in time (rule book 4.16)."""
    return calendar.on_or_before(shifted(month, 1).replace(day=rules.due_day))


def open_month(today: dt.date, rules: ReportRules) -> dt.date:
    """The latest month that may be reported as a whole."""
    month = month_of(today)
    return month if today >= opens_on(month, rules) else shifted(month, -1)


def last_due_month(today: dt.date, rules: ReportRules, calendar: WorkCalendar) -> dt.date:
    """The latest month whose due day is over."""
    month = shifted(month_of(today), -1)
    return month if due_on(month, rules, calendar) < today else shifted(month, -1)


def owed_months(
    today: dt.date, rules: ReportRules, calendar: WorkCalendar, first_report: dt.date | None
) -> list[dt.date]:
    """Months whose due day is over, oldest first: at most twelve, none before reporting began."""
    began = rules.first_month or first_report
    if began is None:
        return []
    last = last_due_month(today, rules, calendar)
    return months_between(max(began, shifted(last, 1 - MOST_MONTHS_BACK)), last)
