"""How often whom is owed what, in which periods, and when it falls due. Values in, values out: no rows, no clock."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from apps.common.birthday import LUNAR, SOLAR, Birthday, occurrences
from apps.ledgers.choices import Audience, By, CallOutcome, DutyKind, Method, Period
from apps.organisation.rules import RuleValues, rule_kind
from apps.organisation.workdays import WorkCalendar

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
        "away_visit": "异地居住的看望（平时的上门改为打电话）",
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
        "counted_outcomes": "哪些接通情况算联系到了",
        "through_counts": "请人转告的，家人代接也算联系到了",
        "deaf_call_means_visit": "听力不好的，打电话改为上门",
    },
    source="规则手册 4.3；domain 0, 3.6 (离休：每月联系、每季看望、半年谈心；高风险：每周、每月、每季)",
)
@dataclass(frozen=True)
class DutyRules(RuleValues):
    """How often each audience is owed what. A visit keeps a call's obligation; a call never keeps a visit's.

    See rule book 4.11.
    """

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
    counted_outcomes: tuple[CallOutcome, ...] = (CallOutcome.ANSWERED,)
    through_counts: bool = True
    deaf_call_means_visit: bool = True

    def __post_init__(self) -> None:
        if len(set(self.festival_for)) < len(self.festival_for) or set(self.festival_for) - set(GREETED):
            raise ValueError("“节日慰问对象”只能从离休干部、重点联系对象、高风险对象里选，每种一次。")


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
    """All calendar periods that have a day in [start, end], both included; none for “不要求” (rule book 4.4)."""
    if period == Period.NONE:
        return
    span = period_of(period, start)
    while span.start <= end:
        yield span
        span = period_of(period, span.end)


def overdue_days(due_on: dt.date, on: dt.date) -> int:
    """Days past the last day in time: due 2025-12-31, on 2026-01-05 it is 5; never negative (T10) (rule book 4.6)."""
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
    members_only: bool = False


# rule field, duty, audience
PERIODIC = (
    ("veteran_call", DutyKind.VETERAN_CALL, Audience.VETERAN),
    ("veteran_visit", DutyKind.VETERAN_VISIT, Audience.VETERAN),
    ("veteran_talk", DutyKind.VETERAN_TALK, Audience.VETERAN),
    ("focus_contact", DutyKind.FOCUS_CONTACT, Audience.FOCUS),
    ("risk_contact", DutyKind.RISK_CONTACT, Audience.HIGH_RISK),
    ("risk_visit", DutyKind.RISK_VISIT, Audience.HIGH_RISK),
    ("risk_bureau", DutyKind.RISK_BUREAU, Audience.HIGH_RISK),
    ("away_visit", DutyKind.AWAY_VISIT, Audience.AWAY),
    ("hospital_stay", DutyKind.HOSPITAL_STAY, Audience.IN_HOSPITAL),
)
FESTIVAL_DAYS = {
    DutyKind.SPRING: (Birthday(LUNAR, 1, 1), "春节"),
    DutyKind.PARTY_DAY: (Birthday(SOLAR, 7, 1), "七一"),
    DutyKind.NATIONAL_DAY: (Birthday(SOLAR, 10, 1), "国庆"),
    DutyKind.DOUBLE_NINTH: (Birthday(LUNAR, 9, 9), "重阳"),
}


def obligations(
    rules: DutyRules, start: dt.date, end: dt.date, calendar: WorkCalendar | None = None
) -> list[Obligation]:
    """Everything owed in periods that have a day in [start, end], both included. With `calendar`, what falls due on a
    day off is due on the working day before. See rule book 4.3."""
    found = []
    for field, kind, audience in PERIODIC:
        for span in periods_between(getattr(rules, field), start, end):
            found.append(Obligation(kind, audience, span, due_day(span, calendar), span.start))
    for kind, span, basis in festivals(rules, start, end):
        due_on, only = due_day(span, calendar), kind == DutyKind.PARTY_DAY
        for audience in rules.festival_for:
            found.append(Obligation(kind, audience, span, due_on, span.last_day, basis, members_only=only))
    return found


def due_day(span: Span, calendar: WorkCalendar | None) -> dt.date:
    """The last working day of a span, which is when it falls due; its last day where none of it is worked (a week
    within a long holiday). A contact on the days off that remain is still in time. See rule book 4.9."""
    moved = calendar.on_or_before(span.last_day) if calendar else span.last_day
    return moved if moved >= span.start else span.last_day


def festivals(rules: DutyRules, start: dt.date, end: dt.date) -> Iterator[tuple[DutyKind, Span, str]]:
    """(kind, window that ends on the festival itself, name of the campaign such as 2027春节) with a day in the window.

    Dates of lunar festivals come from the calendar, not from a table of holidays (domain 4.2).

    See rule book 4.7.
    """
    for kind, (day, name) in FESTIVAL_DAYS.items():
        lead = getattr(rules, f"{kind.value}_days")
        if lead <= 0:
            continue
        for date in occurrences(day, start, end + lead * DAY):
            yield kind, Span(date - lead * DAY, date + DAY), f"{date.year}{name}"
