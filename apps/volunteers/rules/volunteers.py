"""What a volunteer has signed before anything is given him to do, and how much is gentle enough (rule book 10.1–10.4).
Pure."""

import calendar
import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind
from apps.volunteers.choices.volunteers import StatementKind

OLDEST = 130
WEEK_MINUTES = 7 * 24 * 60


@rule_kind(
    "volunteers.papers",
    "志愿者：书面材料和量力而行",
    labels={
        "age_from": "几岁起可以登记为志愿者",
        "health_months": "身体状况说明几个月内有效（0：长期）",
        "family_months": "家属知情同意书几个月内有效（0：长期）",
        "family_from": "几岁起要家属知情同意书（空着：不要）",
        "insurance_needed": "没有保险的不安排服务",
        "warn_days": "材料到期前几天提醒",
        "gentle_from": "几岁起服务时间从宽掌握（空着：不分年龄）",
        "gentle_minutes": "到了这个年龄、本人没有说的，每周最多几分钟",
        "usual_minutes": "其他人、本人没有说的，每周最多几分钟",
    },
    source="规则手册 10.1；规则手册 10.2、10.3；《志愿服务条例》（自愿、与年龄和身体状况相适应、必要时保险）；"
    "领域资料 3.9；各地做法不同，按本地文件改",
)
@dataclass(frozen=True)
class VolunteerRules(RuleValues):
    """Ages are full years, inclusive; months from the day of signing. See rule book 10.2 and 10.3."""

    age_from: int = 18
    health_months: int = 12
    family_months: int = 0
    family_from: int | None = 75
    insurance_needed: bool = False
    warn_days: int = 30
    gentle_from: int | None = 75
    gentle_minutes: int = 600
    usual_minutes: int = 1200

    def __post_init__(self):
        ages = (self.age_from, self.family_from, self.gentle_from)
        if any(age is not None and not 0 <= age <= OLDEST for age in ages):
            raise ValueError("年龄填 0 到 130。")
        if not 0 <= self.health_months <= 120 or not 0 <= self.family_months <= 120:
            raise ValueError("有效期填 0 到 120 个月。")
        if not 0 <= self.warn_days <= 365:
            raise ValueError("提前提醒的天数填 0 到 365。")
        if not all(1 <= minutes <= WEEK_MINUTES for minutes in (self.gentle_minutes, self.usual_minutes)):
            raise ValueError(f"每周的分钟数填 1 到 {WEEK_MINUTES}。")


def needed(age: int | None, rules: VolunteerRules) -> list[str]:
    """Kinds of paper without which nothing is given to somebody of an age; an unknown age counts as very old.
    See rule book 10.2."""
    years = OLDEST if age is None else age
    kinds: list[str] = [StatementKind.WILLING, StatementKind.HEALTH]
    if rules.family_from is not None and years >= rules.family_from:
        kinds.append(StatementKind.FAMILY)
    if rules.insurance_needed:
        kinds.append(StatementKind.INSURANCE)
    return kinds


def lacking(age: int | None, in_force: Collection[str], rules: VolunteerRules) -> list[str]:
    """The needed kinds that are not among those in force, in their order. See rule book 10.2."""
    return [kind for kind in needed(age, rules) if kind not in in_force]


def lacking_words(kinds: Collection[str], ended: Mapping[str, dt.date]) -> str:
    """One sentence on what is missing; `ended`: kind → the day from which its last paper held no longer."""
    words = [StatementKind(kind).label + (f"（{ended[kind]:%Y-%m-%d}到期）" if kind in ended else "") for kind in kinds]
    return f"还缺{'、'.join(words)}，请先签好、登记好再安排。" if words else ""


def default_end(kind: str, starts_on: dt.date, rules: VolunteerRules) -> dt.date | None:
    """The day from which a paper signed on a day holds no longer; None: until he leaves. See rule book 10.2."""
    by_kind: dict[str, int] = {StatementKind.HEALTH: rules.health_months, StatementKind.FAMILY: rules.family_months}
    months = by_kind.get(kind, 0)
    return _months_after(starts_on, months) if months else None


def weekly_limit(age: int | None, said: int | None, rules: VolunteerRules) -> int:
    """Minutes a week beyond which he is not asked: what he said, else what is gentle at his age (量力而行).
    See rule book 10.3."""
    if said is not None:
        return said
    years = OLDEST if age is None else age
    gentle = rules.gentle_from is not None and years >= rules.gentle_from
    return rules.gentle_minutes if gentle else rules.usual_minutes


def _months_after(day: dt.date, months: int) -> dt.date:
    """The same day some months on; a day that the month lacks is its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
