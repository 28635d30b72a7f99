"""How the figures of the university are cut."""

import datetime as dt
from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind


@rule_kind(
    "university_reports",
    "老年大学统计",
    labels={"ages": "年龄从多少岁起各算一段"},
    source="规则手册 9.65；领域资料 2.4",
)
@dataclass(frozen=True)
class ReportRules(RuleValues):
    """See rule book 9.65. Raises ValueError with a sentence for ages that do not rise."""

    ages: tuple[int, ...] = (60, 65, 70, 75, 80)

    def __post_init__(self):
        if not self.ages or list(self.ages) != sorted(set(self.ages)) or not 1 <= self.ages[0] <= self.ages[-1] <= 120:
            raise ValueError("年龄从小到大填，不重复，1 到 120 岁。")


@dataclass(frozen=True)
class Band:
    """Full years, `low` inclusive, `high` exclusive; `label` as the table says it."""

    key: str
    label: str
    low: int
    high: int


def bands_of(rules: ReportRules) -> list[Band]:
    """One more than there are ages: below the first, between them, from the last on. See rule book 9.65."""
    edges = [0, *rules.ages, 200]
    found = []
    for low, high in zip(edges, edges[1:], strict=False):
        label = f"{low}岁以上" if high == 200 else f"{low}—{high - 1}岁"
        label = label if low else f"不满{high}岁"
        found.append(Band(f"{low}-{high}", label, low, high))
    return found


def born_by(on: dt.date, years: int) -> str:
    """The latest birth date, as stored text, of who is `years` old on a day; a birth known to the year or month counts
    from its first day, and who was born on 29 February waits for 1 March."""
    return f"{on.year - years:04d}-{on.month:02d}-{on.day:02d}"


def share_words(part: int, whole: int) -> str:
    """87%; a dash where there is nothing to divide by."""
    return f"{round(part * 100 / whole)}%" if whole else "—"
