"""How a day that something is due on is said on staff pages."""

import datetime as dt

SOON_DAYS = 3


def due_words(due_on: dt.date, on: dt.date) -> tuple[str, str]:
    """(words, tone): 逾期 3 天, 今天, 明天, 后天, 3月31日."""
    left = (due_on - on).days
    if left < 0:
        return f"逾期 {-left} 天", "late"
    if left < SOON_DAYS:
        return ("今天", "明天", "后天")[left], "soon"
    year = "" if due_on.year == on.year else f"{due_on.year}年"
    return f"{year}{due_on.month}月{due_on.day}日", ""
