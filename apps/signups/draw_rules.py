"""Who comes first in a draw and whose chance is greater: what each unit may set. No rows, no clock."""

from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind

EVERYBODY = 100


@rule_kind(
    "draws",
    "抽签的优先类别和签数",
    labels={
        "most_lots": "一张抽签表最多几支签",
        "subsidised": "离休干部的优先类别",
        "never_placed": "从未录取过的人的优先类别",
        "lost_before": "上次抽签一门没抽中的人的优先类别",
        "others": "其他人的优先类别",
    },
    source="规则手册 9.13、9.14；领域资料 3.10、第5节（连续几年没报上）；各校自定",
)
@dataclass(frozen=True)
class DrawRules(RuleValues):
    """Smaller class first, 100 the last, which those who come after the draw have too; whoever fits several has the
    smallest. All alike unless a unit sets otherwise. Raises ValueError for nonsense. See rule book 9.13 and 9.14."""

    most_lots: int = 4
    subsidised: int = EVERYBODY
    never_placed: int = EVERYBODY
    lost_before: int = EVERYBODY
    others: int = EVERYBODY

    def __post_init__(self) -> None:
        if not 1 <= self.most_lots <= 20:
            raise ValueError("一张抽签表的签数填 1 到 20 支。")
        if not all(
            1 <= number <= EVERYBODY for number in (self.subsidised, self.never_placed, self.lost_before, self.others)
        ):
            raise ValueError("优先类别填 1 到 100，数字小的在前。")
