"""When somebody has long been away, when a course is completed, when a class may be changed (rule book 9.50–9.54)."""

import datetime as dt
from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind
from apps.university.choices.life import Basis

PERCENT = 100
MONTHS_A_YEAR = 12
UNDO = dt.timedelta(hours=24)
LEAST_ANSWERS = 5


@rule_kind(
    "university.attendance",
    "老年大学考勤和结业",
    labels={
        "weeks_absent": "连续几周缺课列入核对（0 为不用）",
        "months_absent": "没有请假几个月未到列入核对（0 为不用）",
        "completion": "到课率达到百分之几建议结业",
        "leave_counts": "请假的课算到课",
        "tap_ahead": "上课前几分钟起可以刷卡",
    },
    source="规则手册 9.50、9.51；领域资料 3.10",
)
@dataclass(frozen=True)
class AttendanceRules(RuleValues):
    """What is proposed to staff; nothing follows by itself. See rule book 9.50, 9.51."""

    weeks_absent: int = 6
    months_absent: int = 3
    completion: int = 70
    leave_counts: bool = False
    tap_ahead: int = 60

    def __post_init__(self) -> None:
        if not 0 <= self.completion <= PERCENT:
            raise ValueError("“到课率达到百分之几建议结业”在 0 到 100 之间。")
        if min(self.weeks_absent, self.months_absent, self.tap_ahead) < 0:
            raise ValueError("周数、月数、分钟数不能是负数。")


@rule_kind(
    "university.changes",
    "老年大学换班",
    labels={
        "days": "开课后几天内可以换班",
        "equal_fee_only": "只能换到学费相同的班",
        "late_joiners": "插班的可以换班",
        "joined_late_after": "开课几天后报名算插班",
    },
    source="规则手册 9.53；领域资料 3.10",
)
@dataclass(frozen=True)
class ChangeRules(RuleValues):
    """Until when a class may be changed, counted from its first lesson. See rule book 9.53."""

    days: int = 31
    equal_fee_only: bool = False
    late_joiners: bool = False
    joined_late_after: int = 31


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier, at most the last of that month."""
    whole = day.year * MONTHS_A_YEAR + day.month - 1 - months
    year, month = divmod(whole, MONTHS_A_YEAR)
    for last in range(day.day, 27, -1):
        try:
            return dt.date(year, month + 1, last)
        except ValueError:
            continue
    return dt.date(year, month + 1, min(day.day, 27))


def basis_of_run(since: dt.date, weeks: int, rules: AttendanceRules, on: dt.date) -> Basis | None:
    """Why somebody stands on the list who has missed all lessons on which something is known since a day, in so many
    calendar weeks; None: he does not. A day present or on leave ends the run. See rule book 9.50."""
    if rules.weeks_absent and weeks >= rules.weeks_absent:
        return Basis.WEEKS
    if rules.months_absent and since <= months_before(on, rules.months_absent):
        return Basis.MONTHS
    return None


def came_often_enough(came: int, leave: int, held: int, rules: AttendanceRules) -> bool:
    """Whether completion is proposed: lessons he came to of those whose roll was taken; of none, no. Compared in whole
    numbers, so that 7 of 10 is 70 %. See rule book 9.51."""
    counted = came + (leave if rules.leave_counts else 0)
    return held > 0 and counted * PERCENT >= rules.completion * held


def percent_of(came: int, held: int) -> int | None:
    """Whole per cent, rounded down: nobody stands above a threshold he is below."""
    return came * PERCENT // held if held else None


def masked_name(name: str) -> str:
    """李德厚 → 李＊厚, 王兰 → 王＊: enough to know oneself by, too little to find somebody."""
    if len(name) < 3:  # noqa: PLR2004
        return f"{name[:1]}＊"
    return f"{name[0]}{'＊' * (len(name) - 2)}{name[-1]}"


def surname_fits(name: str, surname: str) -> bool:
    """What was typed as the surname: the name begins with it; the whole name is right too."""
    surname = "".join(surname.split())
    return bool(surname) and name.startswith(surname)
