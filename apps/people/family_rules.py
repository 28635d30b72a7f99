"""Proxies: how long a grant may hold and when staff hear of it. Values in, values out: no rows, no clock."""

import datetime as dt
from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind
from apps.organisation.workdays import WorkCalendar

DAY = dt.timedelta(days=1)
LONGEST, LATEST_NOTICE = 1095, 180


@rule_kind(
    "family",
    "家属代办",
    labels={
        "max_days": "一次授权最长多少天",
        "notice_days": "到期前多少天提醒",
        "rival_days": "多少天内两位家属要求相反，交工作人员",
        "answer_workdays": "改电话、住址几个工作日内核实",
    },
    source="规则手册 6.5、6.6；《个人信息保护法》第十四、十五、二十九条；《民法典》第二十八、三十三、一百六十一条",
)
@dataclass(frozen=True)
class FamilyRules(RuleValues):
    """Days; `answer_workdays` are working days. Raises ValueError with a sentence for nonsense.

    See rule book 6.5.
    """

    max_days: int = 365
    notice_days: int = 30
    rival_days: int = 30
    answer_workdays: int = 3

    def __post_init__(self):
        if not 1 <= self.max_days <= LONGEST:
            raise ValueError(f"一次授权填 1 到 {LONGEST} 天。")
        if not 1 <= self.notice_days <= LATEST_NOTICE or not 1 <= self.rival_days <= LATEST_NOTICE:
            raise ValueError(f"提前提醒和意见相反的天数填 1 到 {LATEST_NOTICE} 天。")
        if not 1 <= self.answer_workdays <= 30:
            raise ValueError("核实期限填 1 到 30 个工作日。")


def latest_end(starts_on: dt.date, rules: FamilyRules) -> dt.date:
    """The first day on which a grant from `starts_on` may hold no more (half-open). See rule book 6.5."""
    return starts_on + rules.max_days * DAY


def span_error(starts_on: dt.date, ends_on: dt.date, rules: FamilyRules) -> str:
    """Why a grant may not run from one day to the other; empty if it may. See rule book 6.5."""
    if ends_on <= starts_on:
        return "到期日要晚于开始日。"
    if ends_on > latest_end(starts_on, rules):
        last = latest_end(starts_on, rules) - DAY
        return f"一次授权最长 {rules.max_days} 天，从这天起最晚到 {last.year}年{last.month}月{last.day}日。"
    return ""


def waits_too_long(asked_on: dt.date, on: dt.date, rules: FamilyRules, calendar: WorkCalendar) -> bool:
    """Whether a request has waited longer than it may. See rule book 6.6."""
    return on > calendar.add_workdays(asked_on, rules.answer_workdays)
