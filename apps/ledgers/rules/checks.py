"""When nobody answers: whom somebody visits the same day. Values in, values out: no rows, no clock."""

from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind


@rule_kind(
    "safety_checks",
    "无人接听的当日上门核实",
    labels={
        "alone": "用于独居的老同志",
        "high_risk": "用于高风险对象",
        "calls": "一天几次没有接通就发出",
        "from_hour": "几点起打的才算",
        "until_hour": "到几点为止打的才算",
        "repeat_hours": "没人报告的，每隔几小时再提醒",
        "escalate_hours": "几小时没人报告就报局领导",
    },
    source="规则手册 4.12；rule book 4.12; domain 0 (高龄独居、失能无人陪伴每周联系)",
)
@dataclass(frozen=True)
class CheckRules(RuleValues):
    """Whom, after how many unanswered calls between which hours (the last one exclusive), and how it is repeated.

    See rule book 4.12.
    """

    alone: bool = True
    high_risk: bool = True
    calls: int = 2
    from_hour: int = 7
    until_hour: int = 21
    repeat_hours: int = 2
    escalate_hours: int = 4

    def __post_init__(self) -> None:
        if self.calls < 1:
            raise ValueError("至少 1 次没有接通才发出。")
        if not 0 <= self.from_hour < self.until_hour <= 24:
            raise ValueError("时段要从早到晚，例如 7 到 21。")
        if self.repeat_hours < 1 or self.escalate_hours < 1:
            raise ValueError("再提醒和报局领导的时间至少 1 小时。")
