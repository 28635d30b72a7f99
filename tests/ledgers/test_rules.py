"""Pure rules of duties and tiers; no database."""

import datetime as dt

import pytest

from apps.ledgers import rules
from apps.ledgers.choices import Audience, DutyKind, Level, Method, Period, Reason
from apps.ledgers.rules import DutyRules, Facts, Span, suggest_tier
from apps.organisation.rules import build

D = dt.date


@pytest.mark.parametrize(
    ("period", "day", "span"),
    [
        (Period.WEEK, D(2025, 12, 31), Span(D(2025, 12, 29), D(2026, 1, 5))),
        (Period.MONTH, D(2025, 12, 31), Span(D(2025, 12, 1), D(2026, 1, 1))),
        (Period.QUARTER, D(2025, 11, 20), Span(D(2025, 10, 1), D(2026, 1, 1))),
        (Period.QUARTER, D(2026, 1, 1), Span(D(2026, 1, 1), D(2026, 4, 1))),
        (Period.HALF_YEAR, D(2026, 6, 30), Span(D(2026, 1, 1), D(2026, 7, 1))),
        (Period.YEAR, D(2024, 2, 29), Span(D(2024, 1, 1), D(2025, 1, 1))),
    ],
)
def test_period_of_a_day_is_the_calendar_period(period, day, span):
    assert rules.period_of(period, day) == span


def test_periods_between_covers_both_ends_and_leaves_no_gap():
    spans = list(rules.periods_between(Period.QUARTER, D(2025, 12, 31), D(2026, 4, 1)))

    assert [span.start for span in spans] == [D(2025, 10, 1), D(2026, 1, 1), D(2026, 4, 1)]
    assert all(a.end == b.start for a, b in zip(spans, spans[1:], strict=False))


def test_period_not_asked_for_owes_nothing():
    assert list(rules.periods_between(Period.NONE, D(2026, 1, 1), D(2026, 12, 31))) == []


def test_overdue_counts_days_after_the_last_day():
    assert rules.overdue_days(D(2025, 12, 31), D(2026, 1, 5)) == 5
    assert rules.overdue_days(D(2026, 3, 31), D(2026, 3, 31)) == 0


@pytest.mark.parametrize(
    ("kind", "year", "day", "campaign"),
    [
        (DutyKind.SPRING, 2025, D(2025, 1, 29), "2025春节"),
        (DutyKind.SPRING, 2026, D(2026, 2, 17), "2026春节"),
        (DutyKind.SPRING, 2027, D(2027, 2, 6), "2027春节"),
        (DutyKind.SPRING, 2028, D(2028, 1, 26), "2028春节"),
        (DutyKind.DOUBLE_NINTH, 2026, D(2026, 10, 18), "2026重阳"),
        (DutyKind.DOUBLE_NINTH, 2027, D(2027, 10, 8), "2027重阳"),
        (DutyKind.DOUBLE_NINTH, 2028, D(2028, 10, 26), "2028重阳"),
        (DutyKind.PARTY_DAY, 2026, D(2026, 7, 1), "2026七一"),
        (DutyKind.NATIONAL_DAY, 2026, D(2026, 10, 1), "2026国庆"),
    ],
)
def test_festival_falls_on_its_calendar_day(kind, year, day, campaign):
    found = [
        (span.last_day, name)
        for found_kind, span, name in rules.festivals(DutyRules(), D(year, 1, 1), D(year, 12, 31))
        if found_kind == kind and name.startswith(str(year))
    ]

    assert found == [(day, campaign)]


def test_festival_window_opens_by_the_lead_and_ends_on_the_day():
    ((_, span, _),) = rules.festivals(DutyRules(spring_days=35), D(2024, 12, 25), D(2024, 12, 26))

    assert span == Span(D(2024, 12, 25), D(2025, 1, 30))


def test_festival_switched_off_is_not_owed():
    off = DutyRules(spring_days=0, party_day_days=0, national_day_days=0, double_ninth_days=0)

    assert list(rules.festivals(off, D(2026, 1, 1), D(2026, 12, 31))) == []


def test_veteran_is_owed_a_monthly_call_a_quarterly_visit_and_a_half_yearly_talk():
    owed = rules.obligations(DutyRules(), D(2026, 3, 1), D(2026, 3, 31))

    assert {(line.kind, line.due_on) for line in owed if line.audience == Audience.VETERAN} == {
        (DutyKind.VETERAN_CALL, D(2026, 3, 31)),
        (DutyKind.VETERAN_VISIT, D(2026, 3, 31)),
        (DutyKind.VETERAN_TALK, D(2026, 6, 30)),
    }


def test_high_risk_is_owed_weekly_monthly_and_quarterly():
    owed = rules.obligations(DutyRules(), D(2026, 3, 2), D(2026, 3, 8))

    assert {(line.kind, line.due_on) for line in owed if line.audience == Audience.HIGH_RISK} == {
        (DutyKind.RISK_CONTACT, D(2026, 3, 8)),
        (DutyKind.RISK_VISIT, D(2026, 3, 31)),
        (DutyKind.RISK_BUREAU, D(2026, 3, 31)),
    }


def test_a_call_keeps_no_visit_and_a_visit_keeps_a_call():
    accepted = {line.kind: line.methods for line in rules.acceptances(DutyRules()) if not line.means}

    assert Method.PHONE not in accepted[DutyKind.VETERAN_VISIT]
    assert Method.HOME in accepted[DutyKind.VETERAN_CALL]
    assert set(accepted) == set(DutyKind)


def test_rule_set_of_a_bureau_overrides_single_values():
    rules_of_bureau = build("duties", {"focus_contact": "month", "festival_for": ["veteran"], "spring_days": 28})

    assert rules_of_bureau == DutyRules(focus_contact=Period.MONTH, festival_for=(Audience.VETERAN,), spring_days=28)


@pytest.mark.parametrize(
    "values",
    [
        {"focus_contact": "fortnight"},
        {"spring_days": "soon"},
        {"weather": 1},
        {"rule_key": "x"},
        {"festival_for": ["away"]},
    ],
)
def test_rule_set_with_nonsense_is_refused(values):
    with pytest.raises(ValueError):
        build("duties", values)


@pytest.mark.parametrize(
    ("facts", "level", "reasons"),
    [
        (Facts("retired", age=70), Level.THIRD, ()),
        (Facts("retired", age=85, living="alone"), Level.FIRST, (Reason.AGED_80, Reason.ALONE)),
        (Facts("retired", age=79, living="alone"), Level.SECOND, (Reason.ALONE,)),
        (Facts("retired", age=85, living="spouse"), Level.SECOND, (Reason.AGED_80, Reason.EMPTY_NEST)),
        (Facts("retired", age=85, living="children"), Level.THIRD, (Reason.AGED_80,)),
        (Facts("retired", age=90, living="children"), Level.SECOND, (Reason.AGED_90,)),
        (
            Facts("retired", age=72, living="alone", ability=2),
            Level.FIRST,
            (Reason.ALONE, Reason.DISABLED_NO_COMPANY),
        ),
        (Facts("retired", age=72, living="children", ability=3), Level.SECOND, (Reason.DISABLED,)),
        (Facts("veteran", age=None), Level.SECOND, (Reason.VETERAN, Reason.DOUBLE_HIGH)),
        (
            Facts("retired", age=82, living="children", frequent_illness=True),
            Level.SECOND,
            (Reason.AGED_80, Reason.DOUBLE_HIGH),
        ),
        (Facts("retired", age=70, difficulties=("07",)), Level.THIRD, (Reason.DIFFICULTY,)),
    ],
)
def test_tier_is_suggested_with_its_reasons(facts, level, reasons):
    advice = suggest_tier(facts)

    assert (advice.level, advice.reasons) == (level, reasons)
