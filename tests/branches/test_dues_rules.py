"""Rules of dues: amounts, months, limits; without a database."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.branches.choices import DuesKind, ExemptionKind
from apps.branches.rules.dues import (
    Due,
    DuesRules,
    MonthState,
    add_months,
    kind_of,
    monthly_amount,
    months_apart,
    needs_approval,
    rate_of,
    too_far_ahead,
)
from apps.branches.rules.money import MoneyRules, allowance_of
from apps.common.capital_amount import capital_amount

RULES = DuesRules()
BASES = st.decimals(min_value=0, max_value=100_000, places=2)
MONTHS = st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2090, 12, 31)).map(lambda day: day.replace(day=1))


@given(BASES)
def test_amount_is_the_whole_base_by_one_rate_to_the_cent(base):
    amount = monthly_amount(base, RULES)

    assert amount == (base * rate_of(base, RULES) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert amount.as_tuple().exponent == -2


@given(BASES, BASES)
def test_a_higher_base_never_pays_less(one, other):
    low, high = sorted((one, other))

    assert monthly_amount(low, RULES) <= monthly_amount(high, RULES)


@given(BASES, st.sampled_from([Decimal("0.1"), Decimal(1)]))
def test_coarser_rounding_stays_within_half_a_step(base, step):
    rules = DuesRules(rounding=step)
    exact = base * rate_of(base, rules) / 100

    assert abs(monthly_amount(base, rules) - exact) <= step / 2
    assert monthly_amount(base, rules) % step == 0


@given(MONTHS, st.integers(min_value=-600, max_value=600))
def test_months_count_there_and_back(month, count):
    assert months_apart(month, add_months(month, count)) == count
    assert add_months(add_months(month, count), -count) == month


@given(st.decimals(0, 500, places=2), st.decimals(0, 500, places=2))
def test_what_is_open_and_paid_adds_up(fixed, paid):
    due = Due(fixed, paid=paid)

    assert due.open == max(fixed - paid, Decimal(0))
    assert (due.state == MonthState.OPEN) == (paid < fixed)


def test_exempt_is_a_state_of_its_own():
    assert Due(Decimal("24.50"), ExemptionKind.ZERO).state == MonthState.EXEMPT
    assert Due(None, ExemptionKind.ZERO).state == MonthState.EXEMPT
    assert Due(Decimal("24.50"), ExemptionKind.REDUCED, Decimal(2)).due == Decimal(2)
    assert Due(None).state == MonthState.UNFIXED


def test_a_month_is_back_current_or_ahead_by_the_day_of_payment():
    day = dt.date(2026, 7, 20)

    kinds = [kind_of(dt.date(2026, number, 1), day) for number in (6, 7, 8)]
    assert kinds == [DuesKind.BACK, DuesKind.MONTHLY, DuesKind.AHEAD]


def test_six_months_back_and_ahead_are_the_branchs_own_matter():
    day = dt.date(2026, 7, 20)

    assert not needs_approval([dt.date(2026, 1, 1)], day, RULES)
    assert needs_approval([dt.date(2025, 12, 1)], day, RULES)
    assert not too_far_ahead([dt.date(2027, 1, 1)], day, RULES)
    assert too_far_ahead([dt.date(2027, 2, 1)], day, RULES)


@pytest.mark.parametrize(
    "wrong",
    [{"rates": (Decimal(1),)}, {"limits": (Decimal(2), Decimal(1))}, {"rounding": Decimal("0.5")},
     {"rates": (Decimal(1), Decimal(101))}],
)  # fmt: skip
def test_rules_that_contradict_themselves_are_refused(wrong):
    with pytest.raises(ValueError, match="“"):
        DuesRules(**wrong)


def test_allowances_go_by_post():
    rules = MoneyRules(secretary=Decimal(300), deputy=Decimal(200), member=Decimal(150))

    posts = ("secretary", "deputy", "organisation", "member")
    assert [allowance_of(post, rules) for post in posts] == [300, 200, 150, 150]


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"), ("0.05", "伍分"), ("0.50", "伍角整"), ("20.50", "贰拾元伍角整"), ("21.51", "贰拾壹元伍角壹分"),
        ("100", "壹佰元整"), ("1005", "壹仟零伍元整"), ("10000", "壹万元整"), ("10000.05", "壹万元零伍分"),
        ("100500", "壹拾万零伍佰元整"), ("101000", "壹拾万壹仟元整"), ("100000000", "壹亿元整"),
        ("100000001", "壹亿零壹元整"), ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ],
)  # fmt: skip
def test_capital_amounts(amount, words):
    assert capital_amount(Decimal(amount)) == words
