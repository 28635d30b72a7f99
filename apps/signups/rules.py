"""Times and attempts of sign-ups and offers. Values in, values out: no rows, no clock."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from apps.organisation.rules import RuleValues, rule_kind
from apps.organisation.workdays import LONGEST_REST, WorkCalendar
from apps.people.choices import ReachBy

from .choices import AttemptWay

ZONE = ZoneInfo("Asia/Shanghai")
DAY = dt.timedelta(days=1)
# Nobody is rung at earlier or later hours; the day has three parts (rule book 9.7).
CALLS_FROM, NOON, EVENING, CALLS_UNTIL = 8, 12, 18, 21
# The ways that reach somebody who wants to be reached so. Going there counts for everybody.
WAYS = {
    ReachBy.MOBILE: {AttemptWay.PHONE, AttemptWay.SMS},
    ReachBy.LANDLINE: {AttemptWay.PHONE},
    ReachBy.VISIT: {AttemptWay.THROUGH},
    ReachBy.LETTER: {AttemptWay.LETTER},
    ReachBy.THROUGH: {AttemptWay.THROUGH, AttemptWay.PHONE},
}


@rule_kind(
    "signups",
    "报名、候补和递补",
    labels={
        "undo_minutes": "报名以后几分钟内可以撤销",
        "answer_hours": "联系上以后给多少工作小时答复",
        "work_from": "上班时间",
        "work_until": "下班时间",
        "attempts": "联系几次没有联系上，答复时间开始算",
        "rest_days": "没有联系上的，几天内不再递补给他",
        "pass_on_days": "开始以后几天内空出的名额还递补",
    },
    source="规则手册 9.3；领域资料 3.10（48 小时电话确认，联系两次）；事项 6",
)
@dataclass(frozen=True)
class SignUpRules(RuleValues):
    """18 working hours are two working days of nine: the 48 hours of the domain notes without nights, weekends and
    holidays. Raises ValueError with a sentence for nonsense."""

    undo_minutes: int = 10
    answer_hours: int = 18
    work_from: str = "08:30"
    work_until: str = "17:30"
    attempts: int = 2
    rest_days: int = 3
    pass_on_days: int = 30

    def __post_init__(self):
        try:
            opens, closes = dt.time.fromisoformat(self.work_from), dt.time.fromisoformat(self.work_until)
        except ValueError:
            raise ValueError("上班、下班时间请写成 08:30 这样。") from None
        if opens >= closes:
            raise ValueError("下班时间要晚于上班时间。")
        if not 0 <= self.undo_minutes <= 24 * 60:
            raise ValueError("撤销时间填 0 到 1440 分钟。")
        if not 1 <= self.answer_hours <= 200 or not 1 <= self.attempts <= 10:
            raise ValueError("答复时间填 1 到 200 个工作小时，联系次数填 1 到 10 次。")
        if not 0 <= self.rest_days <= 60 or not 0 <= self.pass_on_days <= 400:
            raise ValueError("间隔填 0 到 60 天，递补期限填 0 到 400 天。")


@dataclass(frozen=True)
class Attempt:
    """One attempt to reach somebody: when, how, and whether he was there."""

    at: dt.datetime
    way: str
    reached: bool = False


def answer_by(start: dt.datetime, rules: SignUpRules, calendar: WorkCalendar) -> dt.datetime:
    """The end of his time to answer: `answer_hours` of working time after `start` (rule book 9.6), which
    stands still at night, on weekends and holidays."""
    opens, closes = dt.time.fromisoformat(rules.work_from), dt.time.fromisoformat(rules.work_until)
    left, local = dt.timedelta(hours=rules.answer_hours), start.astimezone(ZONE)
    day = local.date()
    for _ in range(LONGEST_REST * rules.answer_hours):
        if calendar.is_workday(day):
            begins = max(local, dt.datetime.combine(day, opens, ZONE))
            there = dt.datetime.combine(day, closes, ZONE) - begins
            if there >= left:
                return begins + left
            left -= max(there, dt.timedelta())
        day += DAY
    raise ValueError("没有工作日，算不出答复时间。")


def clock_starts(attempts: Iterable[Attempt], reach_by: str, rules: SignUpRules) -> dt.datetime | None:
    """From when his time to answer runs: from reaching him, else from the last of `attempts` attempts in ways that
    reach him, on different days or parts of a day; None while neither has been. See rule book 9.7."""
    parts: set[tuple[dt.date, int]] = set()
    for attempt in sorted(attempts, key=lambda one: one.at):
        if attempt.reached:
            return attempt.at
        if part := _part_of_day(attempt, reach_by):
            parts.add(part)
            if len(parts) >= rules.attempts:
                return attempt.at
    return None


def _part_of_day(attempt: Attempt, reach_by: str) -> tuple[dt.date, int] | None:
    """Morning, afternoon or evening of a day; none for an attempt that does not count."""
    local = attempt.at.astimezone(ZONE)
    serves = attempt.way == AttemptWay.VISIT or attempt.way in WAYS.get(ReachBy(reach_by), set())
    if not serves or not CALLS_FROM <= local.hour < CALLS_UNTIL:
        return None
    return local.date(), (local.hour >= NOON) + (local.hour >= EVENING)
