"""达标创建评估: how points add up, what is missing, whose turn it is (domain 3.1). Values in, values out."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.branches.choices import EvaluationAct, EvaluationState, ItemNature
from apps.organisation.rules import RuleValues, rule_kind


@rule_kind(
    "branches.evaluation",
    "达标创建评估",
    labels={
        "due_days": "呈报期限前几天提醒",
        "waiting_days": "呈报后几天没有核查就提醒",
        "expiring_days": "命名有效期前几天列为快到",
        "valid_years": "命名有效年数",
        "least_ways": "核查至少用几种方式（听汇报、查台账、看现场、开座谈）",
        "story_length": "事迹材料最多多少字",
    },
    source="规则手册 7.70；领域资料 3.1（核查：听汇报、查台账、看现场、开座谈）",
)
@dataclass(frozen=True)
class EvaluationRules(RuleValues):
    """Days, years, numbers (rule book 7.70); raises ValueError with a sentence where they cannot be."""

    due_days: int = 15
    waiting_days: int = 15
    expiring_days: int = 90
    valid_years: int = 3
    least_ways: int = 4
    story_length: int = 1500

    def __post_init__(self):
        if min(self.due_days, self.waiting_days, self.expiring_days, self.valid_years) < 1:
            raise ValueError("提醒天数和有效年数至少为 1。")
        if not 0 <= self.least_ways <= 4:
            raise ValueError("核查方式填 0 到 4 种。")
        if not 100 <= self.story_length <= 10_000:
            raise ValueError("事迹材料字数在 100 到 10000 之间。")


# act → (states it is done in, state it leads to; None: it stays).
State, Act = EvaluationState, EvaluationAct
MOVES: dict[str, tuple[frozenset[str], str | None]] = {
    Act.SUBMIT: (frozenset({State.DRAFTING, State.RETURNED}), State.SUBMITTED),
    Act.RETURN: (frozenset({State.SUBMITTED, State.VERIFIED}), State.RETURNED),
    Act.VERIFY: (frozenset({State.SUBMITTED}), State.VERIFIED),
    Act.RECHECK: (frozenset({State.VERIFIED}), None),
    Act.NAME: (frozenset({State.VERIFIED}), State.NAMED),
    Act.DECLINE: (frozenset({State.VERIFIED}), State.NOT_NAMED),
    Act.REWARD: (frozenset({State.NAMED}), None),
}


def may(act: str, state: str) -> bool:
    return state in MOVES[act][0]


def total(points: Iterable[tuple[Decimal | None, str]]) -> Decimal | None:
    """Sum of (points, nature): deductions are taken away. None where nothing was given (rule book 7.70)."""
    given = [(value, nature) for value, nature in points if value is not None]
    if not given:
        return None
    return sum((-value if nature == ItemNature.DEDUCTION else value for value, nature in given), Decimal(0))


def points_refusal(points: Decimal | None, most: Decimal) -> str:
    """Why these points cannot be; empty where they can."""
    if points is None or 0 <= points <= most:
        return ""
    return f"分数在 0 到 {plain(most)} 之间。"


def plain(points: Decimal | None) -> str:
    """As it is read: 5, 4.5; empty for none."""
    return "" if points is None else f"{points.normalize():f}"


def missing_items(lines: Sequence[tuple[int, str, Decimal | None]]) -> list[int]:
    """Numbers of the basic items without points, of (number, nature, points) (rule book 7.70)."""
    return [number for number, nature, points in lines if nature == ItemNature.NORMAL and points is None]


def valid_until(decided_on: datetime.date, years: int) -> datetime.date:
    """The last day of a naming made on a day for so many years (rule book 7.70)."""
    try:
        following = decided_on.replace(year=decided_on.year + years)
    except ValueError:
        following = datetime.date(decided_on.year + years, 3, 1)
    return following - datetime.timedelta(1)
