"""Stays in hospital and check-ups. Values in, values out: no rows, no clock."""

import datetime as dt
from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind


@rule_kind(
    "stays",
    "长期住院",
    labels={"long_days": "住院满几天算长期住院"},
    source="规则手册 8.14；domain 3.6 (长期住院至少每月看望)",
)
@dataclass(frozen=True)
class StayRules(RuleValues):
    long_days: int = 30


def days_in_hospital(admitted_on: dt.date, until: dt.date) -> int:
    """Nights from admission to `until`; the day of admission is the first day. Never below one."""
    return max((until - admitted_on).days, 0) + 1


def is_long_stay(admitted_on: dt.date, until: dt.date, rules: StayRules) -> bool:
    """See rule book 8.14."""
    return days_in_hospital(admitted_on, until) >= rules.long_days


@rule_kind(
    "checkups",
    "每年体检",
    labels={"aged_from": "每年体检从几周岁起（0 为全部老同志）", "with_veterans": "离休干部不论年龄都算"},
    source="规则手册 8.15；domain 4.2 (四月起体检)",
)
@dataclass(frozen=True)
class CheckUpRules(RuleValues):
    """Who is offered a check-up each calendar year."""

    aged_from: int = 0
    with_veterans: bool = True


def is_owed_check_up(*, veteran: bool, age: int | None, rules: CheckUpRules) -> bool:
    """Unknown age counts as owed: better asked once too often. See rule book 8.15."""
    return (veteran and rules.with_veterans) or age is None or age >= rules.aged_from
