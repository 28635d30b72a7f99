"""What the bureau owes to whom and when, and which contact keeps it. Values in, values out: no rows, no clock."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from apps.common.birthday import LUNAR, SOLAR, Birthday, occurrences
from apps.organisation.rules import rule_kind
from apps.registry.choices import EMPTY_NEST, VETERAN_TYPES, Ability, Living

from .choices import FESTIVALS, Audience, By, ContactKind, DutyKind, Level, Method, Period, Reason

DAY = dt.timedelta(days=1)
VISITS = (Method.HOME, Method.HOSPITAL, Method.CARE_HOME)
CALLS = (Method.PHONE, Method.WECHAT)
BUREAU = (By.STAFF, By.CARER)
GREETED = (Audience.VETERAN, Audience.FOCUS, Audience.HIGH_RISK)


@rule_kind(
    "duties",
    "联系看望要求",
    labels={
        "veteran_call": "离休干部电话或微信联系",
        "veteran_visit": "离休干部上门看望",
        "veteran_talk": "离休干部谈心谈话",
        "focus_contact": "重点联系对象看望或联系",
        "risk_contact": "高风险对象联系",
        "risk_visit": "高风险对象看望",
        "risk_bureau": "高风险对象局里看望",
        "away_visit": "异地居住的看望（代替上门看望）",
        "hospital_days": "住院后几天内看望",
        "hospital_stay": "长期住院看望",
        "discharge_days": "出院后几天内回访",
        "spring_days": "春节慰问提前天数（0 为不安排）",
        "party_day_days": "七一慰问提前天数（0 为不安排，只慰问党员）",
        "national_day_days": "国庆慰问提前天数（0 为不安排）",
        "double_ninth_days": "重阳慰问提前天数（0 为不安排）",
        "festival_for": "节日慰问对象",
        "visit_methods": "算作看望的方式",
        "call_methods": "算作联系的方式",
    },
    source="domain 0, 3.6 (离休：每月联系、每季看望、半年谈心；高风险：每周、每月、每季)",
)
@dataclass(frozen=True)
class DutyRules:
    """How often each audience is owed what. A visit keeps a call's obligation; a call never keeps a visit's."""

    veteran_call: Period = Period.MONTH
    veteran_visit: Period = Period.QUARTER
    veteran_talk: Period = Period.HALF_YEAR
    focus_contact: Period = Period.QUARTER
    risk_contact: Period = Period.WEEK
    risk_visit: Period = Period.MONTH
    risk_bureau: Period = Period.QUARTER
    away_visit: Period = Period.YEAR
    hospital_days: int = 2
    hospital_stay: Period = Period.MONTH
    discharge_days: int = 7
    spring_days: int = 35
    party_day_days: int = 21
    national_day_days: int = 14
    double_ninth_days: int = 14
    festival_for: tuple[Audience, ...] = GREETED
    visit_methods: tuple[Method, ...] = VISITS
    call_methods: tuple[Method, ...] = CALLS

    def __post_init__(self) -> None:
        if len(set(self.festival_for)) < len(self.festival_for) or set(self.festival_for) - set(GREETED):
            raise ValueError("“节日慰问对象”只能从离休干部、重点联系对象、高风险对象里选，每种一次。")


@rule_kind(
    "care",
    "责任人人数",
    labels={"capacity": "每位责任人最多负责几人"},
    source="domain 3.8 (一对五)",
)
@dataclass(frozen=True)
class CareRules:
    """How many cadres one carer answers for; more needs a reason."""

    capacity: int = 5


@rule_kind(
    "tiers",
    "服务等级建议",
    labels={
        "aged_from": "高龄从几周岁起",
        "very_aged_from": "从几周岁起直接列为重点",
        "disabled_from": "自理能力从第几级起算失能（0–4）",
    },
    source="domain 2.1.3, 3.6 (高龄独居、失能无人陪伴为高风险)",
)
@dataclass(frozen=True)
class TierRules:
    aged_from: int = 80
    very_aged_from: int = 90
    disabled_from: int = Ability.MILD


# Periods ----------------------------------------------------------------------------------------------------------

MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF_YEAR: 6, Period.YEAR: 12}


@dataclass(frozen=True, order=True)
class Span:
    """[start, end): `end` is not part of it."""

    start: dt.date
    end: dt.date

    @property
    def last_day(self) -> dt.date:
        return self.end - DAY


def period_of(period: Period, day: dt.date) -> Span:
    """The calendar period that `day` lies in; a week begins on Monday."""
    if period == Period.WEEK:
        start = day - dt.timedelta(days=day.weekday())
        return Span(start, start + 7 * DAY)
    months = MONTHS[Period(period)]
    first = (day.month - 1) // months * months
    return Span(dt.date(day.year, first + 1, 1), _month_after(day.year, first + months))


def _month_after(year: int, months: int) -> dt.date:
    return dt.date(year + months // 12, months % 12 + 1, 1)


def periods_between(period: Period, start: dt.date, end: dt.date) -> Iterator[Span]:
    """All calendar periods that have a day in [start, end], both included; none for “不要求”."""
    if period == Period.NONE:
        return
    span = period_of(period, start)
    while span.start <= end:
        yield span
        span = period_of(period, span.end)


def overdue_days(due_on: dt.date, on: dt.date) -> int:
    """Days past the last day in time: due 2025-12-31, on 2026-01-05 it is 5; never negative (T10)."""
    return max((on - due_on).days, 0)


# Obligations ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Obligation:
    """A duty owed to everybody of an audience whose tier took effect on or before `owed_from`.

    Calendar periods are owed from their first day on: somebody who comes in the middle begins with the next full
    one. A festival is owed to all who are in the audience on the day itself.
    """

    kind: DutyKind
    audience: Audience
    span: Span
    due_on: dt.date
    owed_from: dt.date
    basis: str = ""
    near_only: bool = False
    members_only: bool = False


# rule field, duty, audience, only for those who live here
PERIODIC = (
    ("veteran_call", DutyKind.VETERAN_CALL, Audience.VETERAN, False),
    ("veteran_visit", DutyKind.VETERAN_VISIT, Audience.VETERAN, True),
    ("veteran_talk", DutyKind.VETERAN_TALK, Audience.VETERAN, False),
    ("focus_contact", DutyKind.FOCUS_CONTACT, Audience.FOCUS, False),
    ("risk_contact", DutyKind.RISK_CONTACT, Audience.HIGH_RISK, False),
    ("risk_visit", DutyKind.RISK_VISIT, Audience.HIGH_RISK, True),
    ("risk_bureau", DutyKind.RISK_BUREAU, Audience.HIGH_RISK, True),
    ("away_visit", DutyKind.AWAY_VISIT, Audience.AWAY, False),
    ("hospital_stay", DutyKind.HOSPITAL_STAY, Audience.IN_HOSPITAL, False),
)
FESTIVAL_DAYS = {
    DutyKind.SPRING: (Birthday(LUNAR, 1, 1), "春节"),
    DutyKind.PARTY_DAY: (Birthday(SOLAR, 7, 1), "七一"),
    DutyKind.NATIONAL_DAY: (Birthday(SOLAR, 10, 1), "国庆"),
    DutyKind.DOUBLE_NINTH: (Birthday(LUNAR, 9, 9), "重阳"),
}


def obligations(rules: DutyRules, start: dt.date, end: dt.date) -> list[Obligation]:
    """Everything owed in periods that have a day in [start, end], both included."""
    found = []
    for field, kind, audience, near_only in PERIODIC:
        for span in periods_between(getattr(rules, field), start, end):
            found.append(Obligation(kind, audience, span, span.last_day, span.start, near_only=near_only))
    for kind, span, basis in festivals(rules, start, end):
        for audience in rules.festival_for:
            found.append(
                Obligation(
                    kind, audience, span, span.last_day, span.last_day, basis, members_only=kind == DutyKind.PARTY_DAY
                )
            )
    return found


def festivals(rules: DutyRules, start: dt.date, end: dt.date) -> Iterator[tuple[DutyKind, Span, str]]:
    """(kind, window that ends on the festival itself, name of the campaign such as 2027春节) with a day in the window.

    Dates of lunar festivals come from the calendar, not from a table of holidays (domain 4.2).
    """
    for kind, (day, name) in FESTIVAL_DAYS.items():
        lead = getattr(rules, f"{kind.value}_days")
        if lead <= 0:
            continue
        for date in occurrences(day, start, end + lead * DAY):
            yield kind, Span(date - lead * DAY, date + DAY), f"{date.year}{name}"


# Which contact keeps which duty -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Acceptance:
    """A contact keeps a duty of `kind` when its method, kind and author are among these; empty means any.

    `away_methods` count as well for those who live elsewhere.
    """

    kind: DutyKind
    methods: tuple[Method, ...]
    away_methods: tuple[Method, ...] = ()
    contact_kinds: tuple[ContactKind, ...] = ()
    by: tuple[By, ...] = ()


def acceptances(rules: DutyRules) -> list[Acceptance]:
    """One line a duty kind (domain 3.6: a call does not satisfy a visit rule unless the rule says so)."""
    visits = rules.visit_methods
    either = tuple(dict.fromkeys((*rules.visit_methods, *rules.call_methods)))
    from_afar = (*rules.call_methods, Method.LETTER)
    greeting = (ContactKind.FESTIVAL, ContactKind.RESETTLED)
    return [
        Acceptance(DutyKind.VETERAN_CALL, either),
        Acceptance(DutyKind.VETERAN_VISIT, visits),
        Acceptance(DutyKind.VETERAN_TALK, visits, from_afar, contact_kinds=(ContactKind.TALK,)),
        Acceptance(DutyKind.FOCUS_CONTACT, either),
        Acceptance(DutyKind.RISK_CONTACT, either),
        Acceptance(DutyKind.RISK_VISIT, visits),
        Acceptance(DutyKind.RISK_BUREAU, visits, by=BUREAU),
        Acceptance(DutyKind.AWAY_VISIT, visits),
        *(Acceptance(kind, visits, from_afar, contact_kinds=greeting) for kind in FESTIVALS),
        Acceptance(DutyKind.HOSPITAL, visits, from_afar),
        Acceptance(DutyKind.HOSPITAL_STAY, visits, from_afar),
        Acceptance(DutyKind.DISCHARGE, either),
    ]


def flags_of(level: int) -> tuple[bool, bool]:
    """(重点联系对象, 高风险对象) that a decided level stands for: 一级 both, 二级 the first, 三级 neither."""
    return level <= Level.SECOND, level == Level.FIRST


# Suggested tier ---------------------------------------------------------------------------------------------------

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
