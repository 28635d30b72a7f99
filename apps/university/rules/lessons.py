"""Days and moments of lessons in words. Values in, values out."""

import datetime as dt
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"


def day_of(moment: dt.datetime) -> dt.date:
    """The day in China on which a moment falls."""
    return moment.astimezone(ZONE).date()


def day_words(moment: dt.datetime) -> str:
    day = day_of(moment)
    return f"{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def clock(moment: dt.datetime) -> str:
    local = moment.astimezone(ZONE)
    return f"{local.hour}:{local.minute:02d}"


def span_words(starts_at: dt.datetime, ends_at: dt.datetime) -> str:
    return f"{clock(starts_at)}–{clock(ends_at)}"


def moment_words(starts_at: dt.datetime, ends_at: dt.datetime) -> str:
    """11月24日（周二）8:20–10:00; the year stands where it is told on paper."""
    return f"{day_words(starts_at)}{span_words(starts_at, ends_at)}"


def moment_at(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, ZONE)


def week_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """Monday and the Monday after."""
    monday = day - dt.timedelta(days=day.weekday())
    return monday, monday + dt.timedelta(days=7)
