"""Levels of ability, days of the next assessment, steps of works at home: pure rules."""

import datetime as dt
from decimal import Decimal

import pytest

from apps.ledgers.choices.adaptation import AdaptationState
from apps.ledgers.choices.assessment import DueBecause, Raise, Scale
from apps.ledgers.rules.adaptation import NEXT, AdaptationRules, step_due, total_of
from apps.ledgers.rules.assessment import (
    AssessmentRules,
    Signs,
    double_high,
    due_after_discharge,
    due_again,
    grade,
    months_after,
)
from apps.ledgers.rules.medical import CheckUpRules, StayRules, days_in_hospital, is_long_stay, is_owed_check_up
from apps.registry.choices import Ability

RULES = AssessmentRules()
DAY = dt.date(2026, 3, 31)


@pytest.mark.parametrize(
    ("score", "level"),
    [(90, 0), (89, 1), (66, 1), (65, 2), (46, 2), (45, 3), (30, 3), (29, 4), (0, 4)],
)
def test_levels_of_the_national_standard(score, level):
    assert grade(Scale.NATIONAL, score, Signs(), RULES).level == level


@pytest.mark.parametrize(("score", "level"), [(100, 0), (95, 1), (65, 1), (60, 2), (45, 2), (40, 3), (0, 3)])
def test_levels_by_barthel(score, level):
    assert grade(Scale.BARTHEL, score, Signs(), RULES).level == level


@pytest.mark.parametrize(
    ("signs", "level", "raised"),
    [
        (Signs(dementia=True), Ability.MODERATE, (Raise.DEMENTIA,)),
        (Signs(mental=True), Ability.MODERATE, (Raise.MENTAL,)),
        (Signs(risk_events=1), Ability.MILD, ()),
        (Signs(risk_events=2), Ability.MODERATE, (Raise.RISK,)),
        (Signs(dementia=True, mental=True, risk_events=3), Ability.MODERATE, tuple(Raise)[:3]),
        (Signs(coma=True, dementia=True), Ability.COMPLETE, (Raise.COMA,)),
    ],
)  # fmt: skip
def test_what_raises_the_level_raises_it_once(signs, level, raised):
    found = grade(Scale.NATIONAL, 70, signs, RULES)

    assert (found.base, found.level, found.raised_by) == (Ability.MILD, level, raised)


def test_the_highest_level_stays_the_highest():
    assert grade(Scale.NATIONAL, 10, Signs(dementia=True), RULES).level == Ability.COMPLETE


def test_another_scale_tells_its_level():
    assert grade(Scale.OTHER, None, Signs(dementia=True), RULES, told=2).level == Ability.SEVERE
    with pytest.raises(ValueError, match="no level"):
        grade(Scale.OTHER, 55, Signs(), RULES)


@pytest.mark.parametrize(("scale", "score"), [(Scale.NATIONAL, 91), (Scale.BARTHEL, 101), (Scale.NATIONAL, None)])
def test_a_score_that_the_scale_has_not_is_refused(scale, score):
    with pytest.raises(ValueError):
        grade(scale, score, Signs(), RULES)


def test_the_next_assessment_comes_sooner_for_the_disabled_and_after_a_stay():
    assert due_again(Ability.INTACT, DAY, RULES) == (dt.date(2027, 3, 31), DueBecause.YEARLY)
    assert due_again(Ability.MILD, DAY, RULES) == (dt.date(2026, 9, 30), DueBecause.DISABLED)
    assert due_after_discharge(dt.date(2027, 3, 31), dt.date(2026, 5, 1), RULES) == dt.date(2026, 5, 31)
    assert due_after_discharge(dt.date(2026, 5, 2), dt.date(2026, 5, 1), RULES) == dt.date(2026, 5, 2)
    assert months_after(dt.date(2024, 8, 31), 6) == dt.date(2025, 2, 28)


def test_double_high_is_every_veteran_and_the_aged_who_are_often_ill():
    assert double_high(veteran=True, age=None, aged_from=80, ill=False)
    assert double_high(veteran=False, age=80, aged_from=80, ill=True)
    assert not double_high(veteran=False, age=79, aged_from=80, ill=True)
    assert not double_high(veteran=False, age=90, aged_from=80, ill=False)


def test_days_in_hospital_count_the_first_and_long_is_by_rule():
    assert days_in_hospital(DAY, DAY) == 1
    assert not is_long_stay(DAY, DAY + dt.timedelta(28), StayRules())
    assert is_long_stay(DAY, DAY + dt.timedelta(29), StayRules())


def test_who_is_owed_a_check_up():
    rules = CheckUpRules(aged_from=70)
    assert is_owed_check_up(veteran=True, age=60, rules=rules)
    assert is_owed_check_up(veteran=False, age=None, rules=rules)
    assert not is_owed_check_up(veteran=False, age=69, rules=rules)


def test_steps_follow_each_other_and_each_has_its_days():
    state, passed = AdaptationState.SURVEY, [AdaptationState.SURVEY]
    while state in NEXT:
        assert step_due(state, DAY, AdaptationRules()) > DAY
        state = NEXT[state]
        passed.append(state)

    assert passed[-1] == AdaptationState.CLOSED
    assert set(AdaptationState) - set(passed) == {AdaptationState.CANCELLED}
    assert step_due(AdaptationState.CLOSED, DAY, AdaptationRules()) is None


def test_the_sum_of_items_is_exact():
    assert total_of([(Decimal("0.10"), 3), (Decimal("1200.50"), 2)]) == Decimal("2401.30")
