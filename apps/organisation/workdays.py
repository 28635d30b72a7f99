"""Working days: the week, corrected by the yearly notice on holidays. Values in, values out: no rows, no clock."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .choices import DayKind

DAY = dt.timedelta(days=1)
SATURDAY = 5
# A notice's New Year's holiday may begin in December of the year before; that does not make the old year known.
DECEMBER = 12
# No holiday in China is longer; more days off than this in a row are an error of the table.
LONGEST_REST = 60


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked, from the days on which the notice departs from the week (`departures`, day to kind).

    A year without a notice follows the plain week, Monday to Friday, and `is_known` says so. Source: 国务院令第795号
    (全国年节及纪念日放假办法) and the 国务院办公厅 notice of each year.
    """

    departures: Mapping[dt.date, str] = field(default_factory=dict)

    def is_workday(self, day: dt.date) -> bool:
        kind = self.departures.get(day)
        return day.weekday() < SATURDAY if kind is None else kind == DayKind.WORK

    def on_or_before(self, day: dt.date) -> dt.date:
        """`day` if it is worked, else the last working day before it."""
        for back in range(LONGEST_REST):
            if self.is_workday(day - back * DAY):
                return day - back * DAY
        return day

    def add_workdays(self, day: dt.date, count: int) -> dt.date:
        """The `count`-th working day after `day` (before it when negative); with 0 the day itself, worked or not."""
        step = DAY if count > 0 else -DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def is_known(self, year: int) -> bool:
        """Whether the notice of that year is in the table."""
        return year in self.known_years()

    def known_years(self) -> set[int]:
        return {day.year for day in self.departures if day.month < DECEMBER}

    def missing_years(self, days: Iterable[dt.date]) -> list[int]:
        """Years of `days` whose notice is not in the table, in order."""
        return sorted({day.year for day in days} - self.known_years())
