"""适老化改造: which step follows which, and how long each may take. Values in, values out: no rows, no clock."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from apps.ledgers.choices.adaptation import AdaptationState
from apps.organisation.rules import RuleValues, rule_kind

State = AdaptationState


@rule_kind(
    "adaptations",
    "适老化改造",
    labels={
        "most": "每户改造费用上限（元），超过要写理由",
        "survey_days": "登记后几天内勘查",
        "quote_days": "勘查后几天内报价",
        "works_days": "报价后几天内完工（没有约定工期时）",
        "accept_days": "完工后几天内验收",
        "ask_days": "验收后几天内回访",
    },
    source="规则手册 8.17；民发〔2020〕86号",
)
@dataclass(frozen=True)
class AdaptationRules(RuleValues):
    most: Decimal = Decimal("5000")
    survey_days: int = 15
    quote_days: int = 15
    works_days: int = 45
    accept_days: int = 10
    ask_days: int = 30


# What each step makes of a case. See rule book 8.17.
NEXT = {
    State.SURVEY: State.QUOTE,
    State.QUOTE: State.WORKS,
    State.WORKS: State.ACCEPTANCE,
    State.ACCEPTANCE: State.ASKING,
    State.ASKING: State.CLOSED,
}
ENDED = (State.CLOSED, State.CANCELLED)
# What has been accepted is no longer called off.
MAY_CANCEL = (State.SURVEY, State.QUOTE, State.WORKS, State.ACCEPTANCE)


def step_due(state: str, since: dt.date, rules: AdaptationRules) -> dt.date | None:
    """The last day in time for what a case in `state` since a day waits for; None where it is over.

    See rule book 8.17.
    """
    days = {
        State.SURVEY: rules.survey_days,
        State.QUOTE: rules.quote_days,
        State.WORKS: rules.works_days,
        State.ACCEPTANCE: rules.accept_days,
        State.ASKING: rules.ask_days,
    }
    return since + dt.timedelta(days=days[State(state)]) if state in days else None


def total_of(lines: list[tuple[Decimal, int]]) -> Decimal:
    """Sum of (price of one, how many), in yuan."""
    return sum((price * number for price, number in lines), Decimal(0))
