"""How long teachers are hired for (rule book 9.26)."""

from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind


@rule_kind(
    "university.teachers", "老年大学教师聘任", labels={"hired_years": "一次聘任几年"}, source="规则手册 9.26"
)  # fmt: skip
@dataclass(frozen=True)
class TeacherRules(RuleValues):
    """A first proposal for the form; what is typed holds (rule book 9.26)."""

    hired_years: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.hired_years <= 5:
            raise ValueError("“一次聘任几年”在 1 到 5 之间。")
