"""来电来访: how long an answer may take, and when the section hears of it. Values in, values out."""

import datetime as dt
from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind
from apps.organisation.workdays import WorkCalendar

from .choices import InquiryState


@rule_kind(
    "inquiries",
    "来电来访办理期限",
    labels={"answer_workdays": "转办后几个工作日内办结", "escalate_workdays": "逾期几个工作日报科长"},
    source="规则手册 4.15；领域资料 3.6（问题要限期答复）；首问负责制为各局规定",
)
@dataclass(frozen=True)
class InquiryRules(RuleValues):
    """Working days. Raises ValueError with a sentence for nonsense."""

    answer_workdays: int = 5
    escalate_workdays: int = 3

    def __post_init__(self):
        if not 1 <= self.answer_workdays <= 60 or not 1 <= self.escalate_workdays <= 60:
            raise ValueError("天数填 1 到 60 个工作日。")


def due_day(taken_on: dt.date, rules: InquiryRules, calendar: WorkCalendar) -> dt.date:
    """The last day in time for what is passed on today (rule book 4.15)."""
    return calendar.add_workdays(taken_on, rules.answer_workdays)


def state_words(state: str, due_on: dt.date | None, on: dt.date) -> tuple[str, str]:
    """(words, tone) of a list: 转办中，逾期 2 天; what is answered waits for the call back, in time or not."""
    label = str(InquiryState(state).label)
    if state not in (InquiryState.OPEN, InquiryState.ANSWERED) or due_on is None:
        return label, "done"
    left = (due_on - on).days
    if left < 0:
        return f"{label}，逾期 {-left} 天", "late"
    when = ("今天到期", "明天到期", "后天到期")[left] if left < 3 else f"{due_on.month}月{due_on.day}日前"
    return f"{label}，{when}", "soon" if left < 3 else ""
