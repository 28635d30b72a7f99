"""Birthdays as people wish to celebrate them, by the solar or the lunar calendar.

What is stored is a calendar, a month, a day and a leap-month flag, never a Gregorian date: a lunar birthday
falls on another Gregorian day each year, sometimes twice in one Gregorian year and sometimes never.

The policy is ours, no library has it:
- a birthday in a leap month is celebrated in the plain month (`leap_policy="normal"`); with "leap" in the
  leap month, if the year has that one, else in the plain month; never in both;
- the 30th becomes the 29th in a month of 29 days;
- 29 February becomes `feb29` ("02-28" or "03-01") in common years.

Month lengths come from borax, whose table agrees with sxtwl and lunar_python for every date from 1900 to
2056 (the tests hold it) and differs from them in 2057, 2089 and 2097. No clock is read here.
"""

import datetime as dt
import functools
from bisect import bisect_right
from calendar import isleap, monthrange
from collections.abc import Iterator
from dataclasses import dataclass

from borax.calendars.lunardate import LCalendars

SOLAR, LUNAR = "solar", "lunar"
LEAP_POLICIES = ("normal", "leap")
FEB29_POLICIES = ("02-28", "03-01")

FIRST_LUNAR_YEAR, LAST_LUNAR_YEAR = 1900, 2100
_LUNAR_EPOCH = dt.date(1900, 1, 31)  # first day of lunar 1900

_MONTH_NAMES = [month + "月" for month in "正二三四五六七八九十冬腊"]
_DAY_TENS, _DAY_ONES = "初十廿三", "一二三四五六七八九十"


@dataclass(frozen=True, slots=True, order=True)
class Birthday:
    """A month and day of one calendar; a day that no year has raises ValueError with a Chinese sentence."""

    calendar: str
    month: int
    day: int
    is_leap: bool = False

    def __post_init__(self) -> None:
        if self.calendar not in (SOLAR, LUNAR):
            raise ValueError("历法只能是公历或农历。")
        if not 1 <= self.month <= 12:
            raise ValueError(f"没有 {self.month} 月。")
        most = 30 if self.calendar == LUNAR else monthrange(2000, self.month)[1]
        if not 1 <= self.day <= most:
            name = "农历" if self.calendar == LUNAR else "公历"
            raise ValueError(f"{name} {self.month} 月没有 {self.day} 日。")
        if self.is_leap and self.calendar == SOLAR:
            raise ValueError("公历没有闰月。")

    def display(self) -> str:
        """公历2月29日, or 农历闰七月初八."""
        if self.calendar == SOLAR:
            return f"公历{self.month}月{self.day}日"
        return "农历" + _lunar_words(self.month, self.day, self.is_leap)


@dataclass(frozen=True, slots=True, order=True)
class LunarDate:
    """A day of the lunar calendar; its year begins with 正月初一, not with January."""

    year: int
    month: int
    day: int
    is_leap: bool = False


@dataclass(frozen=True, slots=True)
class _LunarMonth:
    first_day: dt.date
    length: int


def occurrences(
    birthday: Birthday, start: dt.date, end: dt.date, *, leap_policy: str = "normal", feb29: str = "02-28"
) -> list[dt.date]:
    """The days from `start` to `end` (both included) on which it is celebrated, in order.

    Nought to two in a Gregorian year. Never raises for a day that a year lacks; lunar years outside
    1900 to 2100 have none.

    See rule book 2.1, 2.2, 2.3.
    """
    _check_policies(leap_policy, feb29)
    if birthday.calendar == SOLAR:
        days = (_solar_day(birthday, year, feb29) for year in range(start.year, end.year + 1))
    else:
        # 腊月 of lunar year Y falls in Gregorian Y+1, so the year before the window counts too.
        days = (_lunar_day(birthday, year, leap_policy) for year in _lunar_years(start.year - 1, end.year))
    return [day for day in days if start <= day <= end]


@functools.cache
def all_birthdays() -> tuple[Birthday, ...]:
    """Every value there can be: 366 solar, 360 lunar, 360 of leap months."""
    solar = [Birthday(SOLAR, m, d) for m in range(1, 13) for d in range(1, monthrange(2000, m)[1] + 1)]
    lunar = [
        Birthday(LUNAR, month, day, is_leap)
        for is_leap in (False, True)
        for month in range(1, 13)
        for day in range(1, 31)
    ]
    return tuple(solar + lunar)


@functools.lru_cache(maxsize=64)
def occurrence_pairs(
    start: dt.date, end: dt.date, *, leap_policy: str = "normal", feb29: str = "02-28"
) -> list[tuple[str, int, int, bool, dt.date]]:
    """(calendar, month, day, is_leap, date) for every possible birthday in the window, both ends included.

    For planning: these few rows join as arrays on the index (calendar, month, day, leap), so that a million
    people need no lunar arithmetic each. The list is shared between calls: do not change it.
    """
    return [
        (value.calendar, value.month, value.day, value.is_leap, day)
        for value in all_birthdays()
        for day in occurrences(value, start, end, leap_policy=leap_policy, feb29=feb29)
    ]


def full_age(birth: dt.date, on: dt.date) -> int:
    """周岁, as the law counts: born on 29 February, it rises on 1 March in common years (rule book 2.4)."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def nominal_age(birth: dt.date, on: dt.date) -> int:
    """虚岁: one at birth, one more at each lunar new year. ValueError outside 1900-01-31 to 2100-12-31.

    See rule book 2.5.
    """
    return lunar_of(on).year - lunar_of(birth).year + 1


def celebrated_age(birthday: Birthday, birth: dt.date, on: dt.date, *, basis: str = "full") -> int:
    """The age that is celebrated on the day `on`, an occurrence of `birthday`.

    `basis` "full" is 周岁, "nominal" 虚岁. Years are counted in the calendar celebrated by, so that the 80th
    is the same for someone whose lunar birthday falls in January this year and in February the next, and a
    29 February kept on the 28th already counts the year that is completed the day after.
    """
    if birthday.calendar == SOLAR and basis == "full":
        return on.year - birth.year
    return lunar_of(on).year - lunar_of(birth).year + (basis == "nominal")


def lunar_of(day: dt.date) -> LunarDate:
    """The lunar date of a Gregorian day. Raises ValueError outside 1900-01-31 to 2100-12-31."""
    if not _LUNAR_EPOCH <= day <= dt.date(2100, 12, 31):
        raise ValueError("农历只能推算 1900年1月31日 至 2100年12月31日。")
    year = day.year if day >= _year_start(day.year) else day.year - 1
    keys, starts = _month_index(year)
    place = bisect_right(starts, day) - 1
    month, is_leap = keys[place]
    return LunarDate(year, month, (day - starts[place]).days + 1, is_leap)


def lunar_text(day: dt.date) -> str:
    """十月十三, 闰六月初一, 腊月三十: how a lunar day is said, without its year."""
    lunar = lunar_of(day)
    return _lunar_words(lunar.month, lunar.day, lunar.is_leap)


def _check_policies(leap_policy: str, feb29: str) -> None:
    if leap_policy not in LEAP_POLICIES:
        raise ValueError("闰月生日的过法只能是 normal 或 leap。")
    if feb29 not in FEB29_POLICIES:
        raise ValueError("2月29日生日的过法只能是 02-28 或 03-01。")


def _solar_day(birthday: Birthday, year: int, feb29: str) -> dt.date:
    if (birthday.month, birthday.day) == (2, 29) and not isleap(year):
        return dt.date(year, int(feb29[:2]), int(feb29[3:]))
    return dt.date(year, birthday.month, birthday.day)


def _lunar_day(birthday: Birthday, year: int, leap_policy: str) -> dt.date:
    months = _months_of(year)
    month = months[birthday.month, False]
    if birthday.is_leap and leap_policy == "leap":
        month = months.get((birthday.month, True), month)
    return month.first_day + dt.timedelta(days=min(birthday.day, month.length) - 1)


def _lunar_years(first: int, last: int) -> range:
    return range(max(first, FIRST_LUNAR_YEAR), min(last, LAST_LUNAR_YEAR) + 1)


@functools.cache
def _year_start(year: int) -> dt.date:
    """正月初一 of the lunar year."""
    days = sum(LCalendars.ndays(earlier) for earlier in range(FIRST_LUNAR_YEAR, year))
    return _LUNAR_EPOCH + dt.timedelta(days=days)


@functools.cache
def _months_of(year: int) -> dict[tuple[int, bool], _LunarMonth]:
    return dict(_walk_months(year))


@functools.cache
def _month_index(year: int) -> tuple[list[tuple[int, bool]], list[dt.date]]:
    months = _months_of(year)
    return list(months), [month.first_day for month in months.values()]


def _walk_months(year: int) -> Iterator[tuple[tuple[int, bool], _LunarMonth]]:
    first_day = _year_start(year)
    for month, length, leap in LCalendars.iter_year_month(year):
        yield (month, bool(leap)), _LunarMonth(first_day, length)
        first_day += dt.timedelta(days=length)


def _lunar_words(month: int, day: int, is_leap: bool) -> str:
    if day in (20, 30):
        words = "二十" if day == 20 else "三十"
    else:
        words = _DAY_TENS[(day - 1) // 10] + _DAY_ONES[(day - 1) % 10]
    return ("闰" if is_leap else "") + _MONTH_NAMES[month - 1] + words
