"""Levels of ability from the score of a scale, and when to assess again. Values in, values out: no rows, no clock."""

import calendar
import datetime as dt
from dataclasses import dataclass

from apps.ledgers.choices.assessment import DueBecause, Raise, Scale
from apps.organisation.rules import RuleValues, rule_kind
from apps.registry.choices import Ability


@rule_kind(
    "assessments",
    "能力评估和复评",
    labels={
        "national_mild": "国家标准：低于几分为轻度失能",
        "national_moderate": "国家标准：低于几分为中度失能",
        "national_severe": "国家标准：低于几分为重度失能",
        "national_complete": "国家标准：低于几分为完全失能",
        "barthel_mild": "Barthel：低于几分为轻度",
        "barthel_moderate": "Barthel：低于几分为中度",
        "barthel_severe": "Barthel：低于几分为重度",
        "risk_events": "近 30 天照护风险事件几次起提高一级",
        "months": "能力完好的几个月复评一次",
        "disabled_months": "失能的几个月复评一次",
        "discharge_days": "出院后几天内复评",
    },
    source="规则手册 8.10；GB/T 42195-2022",
)
@dataclass(frozen=True)
class AssessmentRules(RuleValues):
    """Scores below a bound fall into its level: of 90 in the national standard, of 100 by Barthel."""

    national_mild: int = 90
    national_moderate: int = 66
    national_severe: int = 46
    national_complete: int = 30
    barthel_mild: int = 100
    barthel_moderate: int = 65
    barthel_severe: int = 45
    risk_events: int = 2
    months: int = 12
    disabled_months: int = 6
    discharge_days: int = 30


MOST_POINTS = {Scale.NATIONAL: 90, Scale.BARTHEL: 100, Scale.OTHER: 1000}


@dataclass(frozen=True)
class Signs:
    """What raises the level, whatever the score; `risk_events`: falls, choking, getting lost … of the last 30 days."""

    dementia: bool = False
    mental: bool = False
    risk_events: int = 0
    coma: bool = False


@dataclass(frozen=True)
class Grade:
    """`base` by the score alone, `level` with what raised it."""

    base: Ability
    level: Ability
    raised_by: tuple[Raise, ...] = ()


def grade(scale: str, score: int | None, signs: Signs, rules: AssessmentRules, *, told: int | None = None) -> Grade:
    """The level by GB/T 42195-2022: from the score, one up for dementia, a mental illness, or so many care-risk events
    in 30 days (once, however many of these hold); coma is 完全失能. `told` is the level that another scale gives.

    Raises ValueError where there is neither a score that the scale knows nor a told level.

    See rule book 8.10, 8.11.
    """
    base = _base(scale, score, rules, told)
    if signs.coma:
        return Grade(base, Ability.COMPLETE, (Raise.COMA,))
    raised = tuple(
        reason
        for reason, holds in (
            (Raise.DEMENTIA, signs.dementia),
            (Raise.MENTAL, signs.mental),
            (Raise.RISK, signs.risk_events >= rules.risk_events),
        )
        if holds
    )
    return Grade(base, Ability(min(base + bool(raised), Ability.COMPLETE)), raised)


def _base(scale: str, score: int | None, rules: AssessmentRules, told: int | None) -> Ability:
    if scale == Scale.OTHER:
        if told is None:
            raise ValueError("no level")
        return Ability(told)
    if score is None or not 0 <= score <= MOST_POINTS[Scale(scale)]:
        raise ValueError(score)
    if scale == Scale.BARTHEL:
        bounds: tuple[int, ...] = (rules.barthel_mild, rules.barthel_moderate, rules.barthel_severe)
    else:
        bounds = (rules.national_mild, rules.national_moderate, rules.national_severe, rules.national_complete)
    return Ability(sum(score < bound for bound in bounds))


def due_again(level: int, assessed_on: dt.date, rules: AssessmentRules) -> tuple[dt.date, DueBecause]:
    """The last day in time for the next assessment: sooner for whoever cannot care for himself. See rule book 8.12."""
    disabled = level > Ability.INTACT
    months = rules.disabled_months if disabled else rules.months
    return months_after(assessed_on, months), DueBecause.DISABLED if disabled else DueBecause.YEARLY


def due_after_discharge(due_on: dt.date, discharged_on: dt.date, rules: AssessmentRules) -> dt.date:
    """A stay in hospital changes what he can do: never later than so many days after it. See rule book 8.12."""
    return min(due_on, discharged_on + dt.timedelta(days=rules.discharge_days))


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, the month's last where it lacks that day."""
    place = day.year * 12 + day.month - 1 + months
    year, month = place // 12, place % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def double_high(*, veteran: bool, age: int | None, aged_from: int, ill: bool) -> bool:
    """双高期 as it was seen on the day: every 离休, or 高龄 and 高发病. See rule book 4.1."""
    return veteran or (age is not None and age >= aged_from and ill)
