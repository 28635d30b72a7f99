"""When a request is asked, answered, reported upwards and confirmed. Values in, values out: no rows, no clock."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from apps.organisation.rules import RuleValues, rule_kind
from apps.organisation.workdays import LONGEST_REST, WorkCalendar

ZONE = ZoneInfo("Asia/Shanghai")
DAY = dt.timedelta(days=1)
NOBODY, LEADER, CLERK, HEAD = range(4)


@rule_kind(
    "help_requests",
    "求助的办理",
    labels={
        "ahead_days": "最多提前几天提",
        "shortest": "一次最少几分钟",
        "longest": "一次最多几分钟",
        "answer_hours": "问了志愿者以后，给多少工作小时答复",
        "work_from": "上班时间",
        "work_until": "下班时间",
        "leader_hours": "多少工作小时没有人答应，告诉队长",
        "clerk_hours": "多少工作小时没有人答应，告诉经办人",
        "head_hours": "多少工作小时没有人答应，告诉科长",
        "clerk_before": "离开始不到几小时还没有人答应，直接告诉经办人",
        "head_before": "离开始不到几小时还没有人答应，直接告诉科长",
        "other_help": "没有找到人时说的话",
    },
    source="规则手册 10.23—10.27；事项 7；领域资料 2.5",
)
@dataclass(frozen=True)
class HelpRules(RuleValues):
    """Of the unit that answers for the request. Working hours stand still at night, on weekends and holidays. See
    rule book 10.23, 10.24, 10.25. Raises ValueError with a sentence for nonsense."""

    ahead_days: int = 60
    shortest: int = 15
    longest: int = 480
    answer_hours: int = 4
    work_from: str = "08:30"
    work_until: str = "17:30"
    leader_hours: int = 4
    clerk_hours: int = 9
    head_hours: int = 18
    clerk_before: int = 48
    head_before: int = 24
    other_help: str = "这次没有找到合适的志愿者，很抱歉。请打电话给我们或者社区，我们一起想别的办法。"

    def __post_init__(self):
        try:
            opens, closes = dt.time.fromisoformat(self.work_from), dt.time.fromisoformat(self.work_until)
        except ValueError:
            raise ValueError("上班、下班时间请写成 08:30 这样。") from None
        if opens >= closes:
            raise ValueError("下班时间要晚于上班时间。")
        if not 1 <= self.shortest <= self.longest <= 24 * 60:
            raise ValueError("分钟数填 1 到 1440，最多的不能少于最少的。")
        if not 1 <= self.leader_hours <= self.clerk_hours <= self.head_hours <= 400:
            raise ValueError("告诉队长、经办人、科长的时间要一级比一级长，填 1 到 400 个工作小时。")
        if not 1 <= self.answer_hours <= 200 or not 1 <= self.ahead_days <= 366:
            raise ValueError("答复时间填 1 到 200 个工作小时，提前填 1 到 366 天。")
        if not 0 <= self.head_before <= self.clerk_before <= 400:
            raise ValueError("离开始的小时数填 0 到 400，科长的不能比经办人的多。")
        if len(self.other_help) > 200:
            raise ValueError("没有找到人时说的话不超过 200 字。")


def moment(on: dt.date, minutes: int) -> dt.datetime:
    """The moment of `minutes` since midnight of a day, here."""
    return dt.datetime.combine(on, dt.time.min, ZONE) + dt.timedelta(minutes=minutes)


def working_hours_later(start: dt.datetime, hours: int, rules: HelpRules, calendar: WorkCalendar) -> dt.datetime:
    """`hours` of working time after `start`. See rule book 10.24."""
    opens, closes = dt.time.fromisoformat(rules.work_from), dt.time.fromisoformat(rules.work_until)
    left, local = dt.timedelta(hours=hours), start.astimezone(ZONE)
    day = local.date()
    for _ in range(LONGEST_REST * max(1, hours)):
        if calendar.is_workday(day):
            begins = max(local, dt.datetime.combine(day, opens, ZONE))
            there = dt.datetime.combine(day, closes, ZONE) - begins
            if there >= left:
                return begins + left
            left -= max(there, dt.timedelta())
        day += DAY
    raise ValueError("没有工作日，算不出时间。")


def answer_by(asked_at: dt.datetime, begins: dt.datetime, rules: HelpRules, calendar: WorkCalendar) -> dt.datetime:
    """Until when a volunteer may answer: the working hours, but never later than the beginning. See rule book 10.24."""
    return min(working_hours_later(asked_at, rules.answer_hours, rules, calendar), begins)


def stage_due(
    asked_at: dt.datetime, begins: dt.datetime, now: dt.datetime, rules: HelpRules, calendar: WorkCalendar
) -> int:
    """Up to whom an uncovered request is to be reported by now: 0 nobody, 1 team leader, 2 clerk, 3 section head; by
    the time since it was asked or the time left, whichever says more. See rule book 10.25."""
    found = NOBODY
    for stage, hours in ((LEADER, rules.leader_hours), (CLERK, rules.clerk_hours), (HEAD, rules.head_hours)):
        if now >= working_hours_later(asked_at, hours, rules, calendar):
            found = stage
    for stage, hours in ((CLERK, rules.clerk_before), (HEAD, rules.head_before)):
        if now >= begins - dt.timedelta(hours=hours):
            found = max(found, stage)
    return found


def time_refusal(on: dt.date, starts: int, ends: int, now: dt.datetime, rules: HelpRules) -> str:
    """Why help cannot be asked for at that time, in a sentence; empty when it can. See rule book 10.23."""
    if ends <= starts:
        return "结束时间要晚于开始时间。"
    if moment(on, starts) <= now:
        return "这个时间已经过了，请选后面的时间。今天就要人帮忙的，请直接打电话给我们。"
    if (on - now.astimezone(ZONE).date()).days > rules.ahead_days:
        return f"最多提前{rules.ahead_days}天提，请选近一些的日子。"
    if ends - starts < rules.shortest:
        return f"一次最少{rules.shortest}分钟。"
    if ends - starts > rules.longest:
        return f"一次最多{rules.longest // 60}小时，时间长的请分几次提。"
    return ""
