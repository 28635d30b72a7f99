"""Times and places of classes in the words the public reads (rule book 9.40). Values in, values out."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

WEEKDAYS = "一二三四五六日"
HOUR = 60
NOON = 12 * HOUR
EVENING = 18 * HOUR


def half_of(starts: int) -> str:
    """上午, 下午 or 晚上 of a beginning in minutes since midnight."""
    if starts < NOON:
        return "上午"
    return "下午" if starts < EVENING else "晚上"


def clock(minutes: int) -> str:
    return f"{minutes // HOUR}:{minutes % HOUR:02d}"


def span_words(starts: int, ends: int) -> str:
    """9:00–10:30 with the half of the day before it: people of eighty do not reckon to twenty-four."""
    return f"{half_of(starts)} {clock(starts)}–{clock(ends)}"


def week_words(slots: Iterable) -> str:
    """每周二、周四上午 9:00–10:30 of slots with `weekday` (1 is Monday), `starts` and `ends`; times that agree are said
    once. Empty without slots. See rule book 9.40."""
    days: dict[tuple[int, int], list[int]] = {}
    for slot in sorted(slots, key=lambda one: (one.weekday, one.starts)):
        days.setdefault((slot.starts, slot.ends), []).append(slot.weekday)
    said = [
        f"{'、'.join(f'周{WEEKDAYS[day - 1]}' for day in weekdays)}{span_words(*span)}"
        for span, weekdays in days.items()
    ]
    return f"每{'，'.join(said)}" if said else ""


def floor_words(floor: int | None, lift: bool) -> str:
    """On which floor, and whether there are stairs to climb."""
    if floor is None:
        return ""
    if floor <= 1:
        return "一楼，不用爬楼" if floor == 1 else f"地下{-floor}层{'，有电梯' if lift else '，要走楼梯'}"
    return f"{floor}楼，有电梯，不用爬楼" if lift else f"{floor}楼，要爬楼梯"


def ages_words(least: int | None, most: int | None) -> str:
    """周岁 on the first day of the class, both inclusive."""
    if least is None and most is None:
        return "不限年龄"
    if most is None:
        return f"{least} 岁以上"
    return f"{most} 岁以下" if least is None else f"{least} 到 {most} 岁"


def fee_words(fee: Decimal) -> str:
    """Yuan for all of the class."""
    return f"{fee.normalize():f} 元" if fee else "免费"


def one_in(asked: int, places: int) -> int:
    """How many ask for each place, to the nearest whole person and never less than two where not everybody gets one."""
    return max(2, (2 * asked + places) // (2 * places))


def listed(words: Sequence[str]) -> str:
    return "，".join(word for word in words if word)
