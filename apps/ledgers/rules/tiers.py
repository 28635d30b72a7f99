"""Service tiers as the criteria suggest them, and how many one carer answers for."""

from collections.abc import Iterator
from dataclasses import dataclass

from apps.ledgers.choices import Level, Reason
from apps.organisation.rules import RuleValues, rule_kind
from apps.registry.choices import EMPTY_NEST, VETERAN_TYPES, Ability, Living


@rule_kind(
    "care",
    "责任人人数",
    labels={"capacity": "每位责任人最多负责几人"},
    source="规则手册 4.8；domain 3.8 (一对五)",
)
@dataclass(frozen=True)
class CareRules(RuleValues):
    """How many cadres one carer answers for; more needs a reason (rule book 4.8)."""

    capacity: int = 5


@rule_kind(
    "tiers",
    "服务等级建议",
    labels={
        "aged_from": "高龄从几周岁起",
        "very_aged_from": "从几周岁起直接列为重点",
        "disabled_from": "自理能力从第几级起算失能（0–4）",
    },
    source="规则手册 4.1；domain 2.1.3, 3.6 (高龄独居、失能无人陪伴为高风险)",
)
@dataclass(frozen=True)
class TierRules(RuleValues):
    aged_from: int = 80
    very_aged_from: int = 90
    disabled_from: int = Ability.MILD


def flags_of(level: int) -> tuple[bool, bool]:
    """(重点联系对象, 高风险对象) that a decided level stands for: 一级 both, 二级 the first, 三级 neither."""
    return level <= Level.SECOND, level == Level.FIRST


ALONE = (Living.ALONE,)


@dataclass(frozen=True)
class Facts:
    """What is known of a cadre when a tier is suggested; None or empty where nothing is known."""

    retire_type: str
    age: int | None = None
    living: str = ""
    ability: int | None = None
    seriously_ill: bool = False
    frequent_illness: bool = False
    in_hospital: bool = False
    difficulties: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    level: Level
    is_focus: bool
    high_risk: bool
    reasons: tuple[Reason, ...] = ()


def suggest_tier(facts: Facts, rules: TierRules | None = None) -> Suggestion:
    """一级 for high risk (80+ alone, or disabled without company), 二级 for 双高期 and the focus group, else 三级.

    双高期 is every 离休, or 高龄 and 高发病 (domain 0). Focus: 90+, alone, disabled, seriously ill, 双高期, or 80+ with
    an empty nest or a difficulty (domain 3.6). A suggestion: staff decide.

    See rule book 4.1, 4.2.
    """
    rules = rules or TierRules()
    reasons = tuple(_reasons(facts, rules))
    found = set(reasons)
    aged = Reason.AGED_80 in found or Reason.AGED_90 in found
    high_risk = (aged and Reason.ALONE in found) or Reason.DISABLED_NO_COMPANY in found
    focus = high_risk or bool(
        found & {Reason.AGED_90, Reason.ALONE, Reason.DISABLED, Reason.SERIOUSLY_ILL, Reason.DOUBLE_HIGH}
        or (aged and found & {Reason.EMPTY_NEST, Reason.DIFFICULTY})
    )
    level = Level.FIRST if high_risk else Level.SECOND if focus else Level.THIRD
    return Suggestion(level, focus, high_risk, reasons)


def _reasons(facts: Facts, rules: TierRules) -> Iterator[Reason]:
    veteran = facts.retire_type in VETERAN_TYPES
    age = facts.age or 0
    aged = age >= rules.aged_from
    disabled = facts.ability is not None and facts.ability >= rules.disabled_from
    long_stay = facts.in_hospital or facts.living == Living.HOSPITAL
    ill = facts.seriously_ill or facts.frequent_illness or long_stay
    if veteran:
        yield Reason.VETERAN
    if aged:
        yield Reason.AGED_90 if age >= rules.very_aged_from else Reason.AGED_80
    if facts.living in ALONE:
        yield Reason.ALONE
    elif facts.living in EMPTY_NEST:
        yield Reason.EMPTY_NEST
    if disabled:
        yield Reason.DISABLED_NO_COMPANY if facts.living in ALONE else Reason.DISABLED
    if facts.seriously_ill:
        yield Reason.SERIOUSLY_ILL
    if long_stay:
        yield Reason.LONG_STAY
    if veteran or (aged and ill):
        yield Reason.DOUBLE_HIGH
    if facts.difficulties:
        yield Reason.DIFFICULTY
