import datetime as dt
import time

import pytest
import sxtwl
from lunar_python import LunarYear

from apps.common.birthday import (
    LUNAR,
    SOLAR,
    Birthday,
    LunarDate,
    all_birthdays,
    celebrated_age,
    full_age,
    lunar_of,
    lunar_text,
    nominal_age,
    occurrence_pairs,
    occurrences,
)

FIRST, LAST = dt.date(1900, 1, 31), dt.date(2057, 1, 31)


def every_day():
    day = FIRST
    while day <= LAST:
        yield day
        day += dt.timedelta(days=1)


def test_every_day_of_1900_to_2056_agrees_with_sxtwl():
    """sxtwl silently rolls invalid lunar dates over, so it is asked from the solar side only."""
    for day in every_day():
        lunar = sxtwl.fromSolar(day.year, day.month, day.day)
        expected = LunarDate(
            lunar.getLunarYear(), lunar.getLunarMonth(), lunar.getLunarDay(), bool(lunar.isLunarLeap())
        )
        assert lunar_of(day) == expected
        birthday = Birthday(LUNAR, expected.month, expected.day, expected.is_leap)
        assert occurrences(birthday, day, day, leap_policy="leap") == [day]


def test_every_lunar_month_of_1900_to_2056_agrees_with_lunar_python():
    """Its day conversion takes milliseconds; the first day and the length of each month decide all days."""
    for year in range(1900, 2057):
        for month in LunarYear.fromYear(year).getMonthsInYear():
            number, is_leap = abs(month.getMonth()), month.getMonth() < 0
            first = dt.date(2000, 1, 1) + dt.timedelta(days=round(month.getFirstJulianDay() - 2451545))
            last = first + dt.timedelta(days=month.getDayCount() - 1)
            assert lunar_of(first) == LunarDate(year, number, 1, is_leap)
            assert lunar_of(last) == LunarDate(year, number, month.getDayCount(), is_leap)
            assert lunar_of(last + dt.timedelta(days=1)).day == 1


def test_every_value_occurs_once_in_every_lunar_year():
    """Each of the 720 lunar values, both policies: one day in each lunar year, inside that year."""
    for year in range(1901, 2056):
        start, end = occurrences(Birthday(LUNAR, 1, 1), dt.date(year, 1, 1), dt.date(year + 1, 12, 31))[:2]
        end -= dt.timedelta(days=1)
        for policy in ("normal", "leap"):
            for value in all_birthdays()[366:]:
                (day,) = occurrences(value, start, end, leap_policy=policy)
                lunar = lunar_of(day)
                assert lunar.month == value.month
                assert lunar.day in (value.day, 29)
                assert not lunar.is_leap or (policy == "leap" and value.is_leap)


def test_known_new_years_and_leap_months():
    assert lunar_of(dt.date(2023, 3, 22)) == LunarDate(2023, 2, 1, True)
    assert lunar_of(dt.date(2033, 12, 22)) == LunarDate(2033, 11, 1, True)
    assert lunar_of(dt.date(2034, 2, 19)) == LunarDate(2034, 1, 1)
    assert lunar_of(dt.date(2026, 2, 17)) == LunarDate(2026, 1, 1)
    assert lunar_of(dt.date(2100, 12, 31)).year == 2100


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (dt.date(2026, 11, 21), "十月十三"),
        (dt.date(2025, 7, 25), "闰六月初一"),
        (dt.date(2026, 1, 26), "腊月初八"),
        (dt.date(1945, 2, 12), "腊月三十"),
        (dt.date(2026, 3, 8), "正月二十"),
        (dt.date(2026, 3, 9), "正月廿一"),
        (dt.date(2026, 2, 26), "正月初十"),
        (dt.date(2026, 3, 18), "正月三十"),
    ],
)
def test_lunar_words(day, words):
    assert lunar_text(day) == words


def test_feb_29_follows_the_setting_in_common_years():
    born = Birthday(SOLAR, 2, 29)
    window = dt.date(2027, 1, 1), dt.date(2028, 12, 31)

    assert occurrences(born, *window) == [dt.date(2027, 2, 28), dt.date(2028, 2, 29)]
    assert occurrences(born, *window, feb29="03-01") == [dt.date(2027, 3, 1), dt.date(2028, 2, 29)]


def test_pairs_hold_every_value_for_a_window_and_are_cheap():
    start, end = dt.date(2026, 1, 25), dt.date(2026, 2, 1)
    began = time.process_time()

    pairs = occurrence_pairs(start, end)

    assert time.process_time() - began < 0.5
    assert ("lunar", 12, 8, False, dt.date(2026, 1, 26)) in pairs
    assert {pair[4] for pair in pairs} == {start + dt.timedelta(days=n) for n in range(8)}
    assert len([pair for pair in pairs if pair[0] == "solar"]) == 8
    assert len([pair for pair in pairs if pair[0] == "lunar"]) == 16  # plain and leap of each day
    assert pairs == [
        (value.calendar, value.month, value.day, value.is_leap, day)
        for value in all_birthdays()
        for day in occurrences(value, start, end)
    ]


def test_the_thirtieth_gives_two_values_on_the_29th_of_a_short_month():
    pairs = occurrence_pairs(dt.date(2026, 2, 16), dt.date(2026, 2, 16))

    assert [(pair[1], pair[2]) for pair in pairs if pair[0] == LUNAR and not pair[3]] == [(12, 29), (12, 30)]


@pytest.mark.parametrize(
    "wrong",
    [
        ("lunar", 13, 1),
        ("lunar", 0, 1),
        ("lunar", 1, 31),
        ("solar", 2, 30),
        ("solar", 4, 31),
        ("solar", 1, 1, True),
        ("moon", 1, 1),
    ],
)
def test_impossible_values_are_refused(wrong):
    with pytest.raises(ValueError):
        Birthday(*wrong)


def test_a_window_before_or_after_the_tables_is_empty_not_an_error():
    value = Birthday(LUNAR, 5, 5)

    assert occurrences(value, dt.date(1800, 1, 1), dt.date(1899, 12, 31)) == []
    assert occurrences(value, dt.date(2150, 1, 1), dt.date(2151, 12, 31)) == []
    with pytest.raises(ValueError):
        lunar_of(dt.date(1899, 12, 31))


def test_ages():
    assert full_age(dt.date(1940, 1, 1), dt.date(2026, 11, 21)) == 86
    assert nominal_age(dt.date(1940, 1, 1), dt.date(2026, 11, 21)) == 88


def test_celebrated_age_counts_in_the_calendar_celebrated_by():
    born = dt.date(1945, 2, 12)  # lunar 1944-12-30
    lunar = Birthday(LUNAR, 12, 30)

    assert celebrated_age(lunar, born, dt.date(2025, 1, 28)) == 80
    assert celebrated_age(lunar, born, dt.date(2026, 2, 16)) == 81
    assert celebrated_age(lunar, born, dt.date(2026, 2, 16), basis="nominal") == 82
    assert celebrated_age(Birthday(SOLAR, 2, 12), born, dt.date(2025, 2, 12)) == 80


def test_display():
    assert Birthday(LUNAR, 7, 8, True).display() == "农历闰七月初八"
    assert Birthday(SOLAR, 2, 29).display() == "公历2月29日"
