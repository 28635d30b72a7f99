"""When classes take place and whom they take (rule book 9.20–9.22). Values in, values out: no rows, no clock."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from apps.organisation.choices import DayKind
from apps.organisation.rules import RuleValues, rule_kind
from apps.organisation.workdays import WorkCalendar

ZONE = ZoneInfo("Asia/Shanghai")
HOUR = 60
MINUTES_A_DAY = 24 * HOUR
DAY = dt.timedelta(days=1)
WEEKDAYS = "一二三四五六日"
GRADES = "一二三四五六七八九十"
MOST_SLOTS = 5


@dataclass(frozen=True, order=True)
class Slot:
    """A weekly lesson: `weekday` 1 is Monday; minutes since midnight, half-open."""

    weekday: int
    starts: int
    ends: int

    def __str__(self) -> str:
        return f"周{WEEKDAYS[self.weekday - 1]} {clock(self.starts)}–{clock(self.ends)}"


def clock(minutes: int) -> str:
    return f"{minutes // HOUR}:{minutes % HOUR:02d}"


def read_clock(text: str) -> int:
    """Minutes since midnight of "8:20" or "８：20"; raises ValueError with a sentence."""
    hours, _, minutes = text.strip().replace("：", ":").partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):
        raise ValueError(f"“{text}”不是时间，请写成 8:20。")
    found = int(hours) * HOUR + int(minutes)
    if int(minutes) >= HOUR or found > MINUTES_A_DAY:
        raise ValueError(f"“{text}”不是时间，请写成 8:20。")
    return found


def read_span(text: str) -> tuple[int, int]:
    """Start and end of "8:20-10:00"; raises ValueError with a sentence."""
    for dash in "－–—~～至":
        text = text.replace(dash, "-")
    begin, dash, end = text.partition("-")
    if not dash:
        raise ValueError(f"“{text}”要写上课和下课，例如 8:20-10:00。")
    starts, ends = read_clock(begin), read_clock(end)
    if ends <= starts:
        raise ValueError(f"“{text}”的下课要晚于上课。")
    return starts, ends


@rule_kind(
    "university.classes",
    "老年大学开班",
    labels={
        "slots": "常用的上课时间（例如 8:20-10:00）",
        "min_open": "最少开班人数",
        "age_from": "最小年龄（空为不限）",
        "new_age_to": "新学员最大年龄（空为不限）",
        "strenuous_age_to": "活动量大的课程最大年龄（空为不限）",
    },
    source="规则手册 9.20、9.21、9.22",
)
@dataclass(frozen=True)
class ClassRules(RuleValues):
    """The usual times, and what a new class begins with: least to open, ages in 周岁 on the first day, inclusive
    (rule book 9.20, 9.21, 9.22)."""

    slots: tuple[str, ...] = ("8:20-10:00", "10:25-12:00", "13:00-14:40", "15:05-16:40")
    min_open: int = 15
    age_from: int | None = None
    new_age_to: int | None = 75
    strenuous_age_to: int | None = 70

    def __post_init__(self) -> None:
        for text in self.slots:
            read_span(text)
        if not 1 <= self.min_open <= 500:
            raise ValueError("“最少开班人数”在 1 到 500 之间。")

    @property
    def spans(self) -> list[tuple[int, int]]:
        return [read_span(text) for text in self.slots]

    def ages(self, *, strenuous: bool, grade: int) -> tuple[int | None, int | None]:
        """Ages a new class begins with: a class that goes on keeps those it has taught, whatever their age (rule book
        9.22)."""
        if strenuous:
            return self.age_from, self.strenuous_age_to
        return self.age_from, self.new_age_to if grade == 1 else None


def days_of(slot: Slot, first_on: dt.date, until: dt.date, calendar: WorkCalendar) -> Iterator[dt.date]:
    """Days in [first_on, until) on which a slot falls, without public holidays; a weekend class is held on weekends,
    also on those that are worked in exchange."""
    day = first_on + DAY * ((slot.weekday - first_on.isoweekday()) % 7)
    while day < until:
        if calendar.departures.get(day) != DayKind.OFF:
            yield day
        day += 7 * DAY


def moments_of(
    slots: Iterable[Slot], first_on: dt.date, until: dt.date, calendar: WorkCalendar
) -> list[tuple[dt.datetime, dt.datetime]]:
    """Begin and end of every lesson, in order (rule book 9.20)."""
    return sorted(
        (moment(day, slot.starts), moment(day, slot.ends))
        for slot in slots
        for day in days_of(slot, first_on, until, calendar)
    )


def moment(day: dt.date, minutes: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZONE) + dt.timedelta(minutes=minutes)


def overlapping(slots: Iterable[Slot]) -> tuple[Slot, Slot] | None:
    """The first two slots of one class that overlap."""
    ordered = sorted(slots)
    for before, after in zip(ordered, ordered[1:], strict=False):
        if before.weekday == after.weekday and after.starts < before.ends:
            return before, after
    return None


def title_of(course: str, grades: int, grade: int, code: str) -> str:
    """The name people know a class by: 国画二年级1班; of a course of one year, 书法1班."""
    return f"{course}{f'{GRADES[grade - 1]}年级' if grades > 1 else ''}{code}"


def moment_words(starts: dt.datetime, ends: dt.datetime) -> str:
    begin, end = starts.astimezone(ZONE), ends.astimezone(ZONE)
    day = f"{begin.year}年{begin.month}月{begin.day}日（周{WEEKDAYS[begin.weekday()]}）"
    return f"{day}{begin.hour}:{begin.minute:02d}–{end.hour}:{end.minute:02d}"
