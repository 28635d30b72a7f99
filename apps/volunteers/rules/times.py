"""Days, hours and minutes of service in the words that people read. Values in, values out."""

import datetime as dt
import re
import unicodedata

WEEKDAYS = "一二三四五六日"
HOUR = 60
DAY_ENDS = 24 * HOUR
NOON, EVENING = 12 * HOUR, 18 * HOUR
TYPED = re.compile(r"(\d{1,2})(?:[:.点时](\d{1,2})?分?)?|(\d{1,2})(\d{2})")


def clock(minutes: int) -> str:
    """545 → 9:05."""
    return f"{minutes // HOUR}:{minutes % HOUR:02d}"


def span_words(starts: int, ends: int) -> str:
    """上午9:00–11:00: people of eighty do not reckon to twenty-four alone."""
    half = "上午" if starts < NOON else "下午" if starts < EVENING else "晚上"
    return f"{half}{clock(starts)}–{clock(ends)}"


def day_words(day: dt.date) -> str:
    """11月28日（星期六）."""
    return f"{day.month}月{day.day}日（星期{WEEKDAYS[day.weekday()]}）"


def length_words(minutes: int) -> str:
    """150 → 2小时30分; nothing is 0分. See rule book 10.17."""
    hours, rest = divmod(minutes, HOUR)
    return f"{f'{hours}小时' if hours else ''}{f'{rest}分' if rest or not hours else ''}"


def minute_of(moment: dt.datetime) -> int:
    """Minutes since midnight of a local moment."""
    return moment.hour * HOUR + moment.minute


def read_clock(text: str) -> int | None:
    """Minutes since midnight of 9:05, 9：05, 9点5分, 905, 9; None for what is no time. 24:00 ends a day."""
    typed = re.sub(r"\s", "", unicodedata.normalize("NFKC", text[:12])).replace("半", "30分")
    found = TYPED.fullmatch(typed)
    if found is None:
        return None
    hours, minutes = int(found[1] or found[3]), int(found[2] or found[4] or 0)
    total = hours * HOUR + minutes
    return total if minutes < HOUR and total <= DAY_ENDS else None
