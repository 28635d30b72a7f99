"""发展党员: the steps, their order and how long each takes at least. Values in, values out; no clock."""

import datetime as dt
from dataclasses import dataclass

from apps.branches.choices import RecruitStage
from apps.organisation.rules import RuleValues, rule_kind

Stage = RecruitStage
ORDER = (Stage.APPLIED, Stage.ACTIVIST, Stage.CANDIDATE, Stage.PROBATIONARY, Stage.FULL)
OPEN_STAGES = (Stage.APPLIED, Stage.ACTIVIST, Stage.CANDIDATE, Stage.PROBATIONARY)
# The day of each step is kept in this column.
DAY_OF: dict[str, str] = {
    Stage.APPLIED: "applied_on",
    Stage.ACTIVIST: "activist_on",
    Stage.CANDIDATE: "candidate_on",
    Stage.PROBATIONARY: "admitted_on",
    Stage.FULL: "full_on",
}


@rule_kind(
    "branches.recruit",
    "发展党员",
    labels={
        "activist_months": "积极分子至少培养几个月",
        "probation_months": "预备期几个月",
        "least_prolonged": "延长预备期最少几个月",
        "most_prolonged": "延长预备期最多几个月",
        "full_ahead_days": "转正前几天提醒",
    },
    source="规则手册 7.22；中国共产党章程第七条；中国共产党发展党员工作细则（2014年）",
)
@dataclass(frozen=True)
class RecruitRules(RuleValues):
    """Months; raises ValueError with a sentence where they contradict each other."""

    activist_months: int = 12
    probation_months: int = 12
    least_prolonged: int = 6
    most_prolonged: int = 12
    full_ahead_days: int = 30

    def __post_init__(self):
        if not 0 < self.least_prolonged <= self.most_prolonged:
            raise ValueError("延长预备期最少的月数要在 1 和最多的月数之间。")


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day of a later month; its last day where that month is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    following = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return dt.date(year, month + 1, min(day.day, (following - dt.timedelta(1)).day))


def next_stage(stage: str) -> str:
    """The step after this one; empty at the end and for those who stopped."""
    if stage not in OPEN_STAGES:
        return ""
    return ORDER[ORDER.index(Stage(stage)) + 1]


def earliest(stage: str, days: dict[str, dt.date | None], rules: RecruitRules) -> dt.date | None:
    """The first day on which `stage` may be reached, from the days of the steps before (by column) and
    `probation_until`; None where only the step before counts.

    See rule book 7.22.
    """
    before = days.get(DAY_OF[ORDER[ORDER.index(Stage(stage)) - 1]])
    if stage == Stage.CANDIDATE and (began := days.get("activist_on")):
        return months_later(began, rules.activist_months)
    if stage == Stage.FULL and days.get("probation_until"):
        return days["probation_until"]
    return before


def prolonged_until(until: dt.date, months: int, rules: RecruitRules) -> dt.date:
    """The end of a prolonged probation; raises ValueError with a sentence outside the limits.

    See rule book 7.23.
    """
    if not rules.least_prolonged <= months <= rules.most_prolonged:
        raise ValueError(f"预备期延长 {rules.least_prolonged} 至 {rules.most_prolonged} 个月。")
    return months_later(until, months)
