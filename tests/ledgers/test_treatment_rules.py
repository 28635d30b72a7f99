"""Treatments without a database: periods, ages, nursing fees, what a death leaves due, arrears (8.30–8.34)."""

import datetime as dt
from decimal import Decimal

import pytest

from apps.common.partial_date import PartialDate
from apps.ledgers.rules.treatments import (
    Span,
    TreatmentAmounts,
    born_by,
    in_arrears,
    left_after_death,
    nursing_amount,
    period_words,
    span_from,
    span_of,
)
from apps.registry.rules import VeteranSubsidy, revolution_period, subsidy_months

D = dt.date


@pytest.mark.parametrize(
    ("every", "number", "start", "end", "words"),
    [
        ("year", 1, D(2026, 1, 1), D(2027, 1, 1), "2026年"),
        ("half", 2, D(2026, 7, 1), D(2027, 1, 1), "2026年下半年"),
        ("quarter", 3, D(2026, 7, 1), D(2026, 10, 1), "2026年第3季度"),
        ("month", 12, D(2026, 12, 1), D(2027, 1, 1), "2026年12月"),
    ],
)
def test_a_period_is_half_open_and_has_a_name(every, number, start, end, words):
    span = span_of(every, 2026, number)

    assert span == Span(start, end) == span_from(every, start)
    assert period_words(every, start) == words


@pytest.mark.parametrize(("every", "number"), [("half", 3), ("year", 2), ("quarter", 5), ("month", 13), ("year", 0)])
def test_a_year_lacks_such_a_period(every, number):
    with pytest.raises(ValueError, match="no period"):
        span_of(every, 2026, number)


def test_what_is_given_once_has_one_period():
    assert span_of("once", 2020) == span_of("once", 2026, 4)


def test_born_on_the_29th_of_february_is_ninety_on_the_1st_of_march():
    assert born_by(90, D(2026, 2, 28)) == D(1936, 2, 28)
    assert born_by(90, D(2026, 3, 1)) == D(1936, 3, 1)
    assert born_by(91, D(2028, 2, 29)) == D(1937, 2, 28)


@pytest.mark.parametrize(
    ("work_start", "months"),
    [("1945-09-02", "2"), ("1945-09-03", "1"), ("1942-12-31", "2.5"), ("1945-09", None), ("1927-07-31", "3")],
)
def test_months_of_living_subsidy_follow_the_period(work_start, months):
    found = subsidy_months(revolution_period(PartialDate.parse(work_start)), VeteranSubsidy())

    assert found == (Decimal(months) if months else None)


@pytest.mark.parametrize(
    ("work_start", "unable", "amount"),
    [("1937-07-06", False, "800"), ("1945-09-02", False, "400"), ("1945-09-03", False, "200"),
     ("1945-09-03", True, "800"), ("1945-09", True, None)],
)  # fmt: skip
def test_nursing_fee_by_period_and_ability(work_start, unable, amount):
    found = nursing_amount(revolution_period(PartialDate.parse(work_start)), unable, TreatmentAmounts())

    assert found == (Decimal(amount) if amount else None)


@pytest.mark.parametrize(
    ("way", "died_on", "left"),
    [
        ("prorate", D(2026, 3, 31), "300.00"),  # January to March of twelve months
        ("prorate", D(2026, 1, 1), "100.00"),
        ("prorate", D(2026, 12, 5), "1200"),
        ("prorate", D(2025, 12, 31), "0.00"),
        ("stop", D(2026, 3, 31), "0.00"),
        ("full", D(2026, 3, 31), "1200"),
        ("full", D(2025, 12, 31), "0.00"),
        ("stop", D(2027, 1, 3), "1200"),  # the whole period was lived
        ("stop", D(2026, 12, 31), "0.00"),
    ],
)
def test_what_a_death_leaves_of_a_year(way, died_on, left):
    assert left_after_death(Decimal("1200"), span_of("year", 2026), died_on, way) == Decimal(left)


def test_a_share_is_rounded_half_up_to_the_cent():
    assert left_after_death(Decimal("100"), span_of("quarter", 2026, 1), D(2026, 1, 9), "prorate") == Decimal("33.33")
    assert left_after_death(Decimal("100"), span_of("quarter", 2026, 1), D(2026, 2, 9), "prorate") == Decimal("66.67")


def test_arrears_are_what_neither_the_unit_paid_nor_he_got_back():
    assert in_arrears(Decimal("4200"), Decimal("3000"), Decimal("500")) == Decimal("700")
    assert in_arrears(Decimal("4200"), Decimal("3000"), Decimal("1200")) == Decimal("0")
