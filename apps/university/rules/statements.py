"""Which papers a student of an age needs for a class (domain 3.10; rule book 9.32). Pure."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind
from apps.university.choices.statements import NEAREST, SignerRelation, StatementKind

OLDEST = 130
Kind = StatementKind


@rule_kind(
    "university.papers",
    "老年大学学员要交的书面材料",
    labels={
        "form_from": "学员登记表：几岁起要（空着：不要）",
        "safety_from": "安全责任书：几岁起要（空着：不要）",
        "health_from": "健康声明：几岁起要（空着：不要）",
        "health_active_from": "健康声明：活动量大的课几岁起要（空着：不另要）",
        "family_from": "家属同意书：几岁起要（空着：不要）",
        "family_active_from": "家属同意书：活动量大的课几岁起要（空着：不另要）",
        "nearest_from": "家属同意书：几岁起要配偶或直系亲属签",
        "companion_from": "陪同承诺书：几岁起要家属陪同（空着：不要）",
        "valid_months": "健康声明、家属同意书几个月内有效（0：长期）",
        "blocks": "缺哪些材料不能录取（都不选：都不挡）",
    },
    source="规则手册 9.32；领域资料 3.10（70 岁以上体弱不宜活动量大的课、80 岁以上直系亲属签字和陪同，各地不同）",
)
@dataclass(frozen=True)
class PaperRules(RuleValues):
    """Ages (周岁, inclusive) from which each paper is needed; None: never. See rule book 9.32."""

    form_from: int | None = 0
    safety_from: int | None = 0
    health_from: int | None = 70
    health_active_from: int | None = 0
    family_from: int | None = 80
    family_active_from: int | None = 70
    nearest_from: int = 80
    companion_from: int | None = 80
    valid_months: int = 12
    blocks: tuple[StatementKind, ...] = ()

    def __post_init__(self):
        ages = (self.form_from, self.safety_from, self.health_from, self.health_active_from, self.family_from,
                self.family_active_from, self.nearest_from, self.companion_from)  # fmt: skip
        if any(age is not None and not 0 <= age <= OLDEST for age in ages):
            raise ValueError("年龄填 0 到 130。")
        if not 0 <= self.valid_months <= 120:
            raise ValueError("有效期填 0 到 120 个月。")


@dataclass(frozen=True)
class Signed:
    """A paper that came back: the day on it and who signed."""

    on: dt.date
    relation: str = SignerRelation.SELF


def needed(age: int | None, active: bool, rules: PaperRules, *, health: bool = False) -> list[str]:
    """Kinds of paper that somebody of an age needs for a class; an unknown age counts as very old. `active`: a class
    with much movement. `health`: the class itself asks for the health statement. See rule book 9.32."""
    years = OLDEST if age is None else age
    limits = {
        Kind.FORM: (rules.form_from, None),
        Kind.SAFETY: (rules.safety_from, None),
        Kind.HEALTH: (rules.health_from, rules.health_active_from),
        Kind.FAMILY: (rules.family_from, rules.family_active_from),
        Kind.COMPANION: (rules.companion_from, None),
    }
    return [
        kind
        for kind, (usual, moving) in limits.items()
        if (usual is not None and years >= usual) or (active and moving is not None and years >= moving)
    ]


def missing(
    age: int | None, active: bool, signed: Mapping[str, Signed], on: dt.date, rules: PaperRules, *, health: bool = False
) -> dict[str, str]:
    """kind → why it is still wanted (没有交, 已过期, 要直系亲属签); empty when all is there. See rule book 9.32."""
    found = {}
    for kind in needed(age, active, rules, health=health):
        paper = signed.get(kind)
        if paper is None:
            found[kind] = "没有交"
        elif kind in (Kind.HEALTH, Kind.FAMILY) and rules.valid_months and paper.on < months_before(on, rules):
            found[kind] = f"已过有效期（{paper.on:%Y-%m-%d} 签）"
        elif kind == Kind.FAMILY and paper.relation not in NEAREST and (age is None or age >= rules.nearest_from):
            found[kind] = "要配偶或直系亲属签字"
    return found


def months_before(on: dt.date, rules: PaperRules) -> dt.date:
    """The first signing day that is still good on a day; a day that the month lacks is its last."""
    months = on.year * 12 + on.month - 1 - rules.valid_months
    year, month = divmod(months, 12)
    for day in range(on.day, 27, -1):
        try:
            return dt.date(year, month + 1, day)
        except ValueError:
            continue
    return dt.date(year, month + 1, on.day)


def blocking(lacking: Collection[str], rules: PaperRules, *, health: bool = False) -> list[str]:
    """Those of the missing kinds without which nobody gets a place; `health`: the class asks for the health statement
    of whoever asks for a place. See rule book 9.32."""
    return [kind for kind in lacking if kind in rules.blocks or (health and kind == Kind.HEALTH)]
