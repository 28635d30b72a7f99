"""Bookings of talks, what is kept of children, and how lecturers fit. Values in, values out."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind

from .times import EVENING, NOON

DIGITS = re.compile(r"\d[\d\s-]{5,}\d")
ADDRESS = re.compile(r"https?:|www\.|://", re.IGNORECASE)


@rule_kind(
    "talk_bookings",
    "宣讲预约",
    labels={
        "ahead_from": "最少提前几天约",
        "ahead_to": "最多提前几天约",
        "most": "一次预约最多多少人",
        "contact_days": "代理家长多少天没有联系就提醒",
    },
    source="规则手册 10.60、10.65；事项 7",
)
@dataclass(frozen=True)
class TalkRules(RuleValues):
    """Days before a talk within which it can be booked, and how many may be expected. Raises ValueError with a sentence
    for nonsense. See rule book 10.60, 10.65."""

    ahead_from: int = 3
    ahead_to: int = 180
    most: int = 1_000_000
    contact_days: int = 31

    def __post_init__(self):
        if not 0 <= self.ahead_from <= self.ahead_to <= 730:
            raise ValueError("提前的天数填 0 到 730，最少的不能比最多的大。")
        if not 1 <= self.most <= 100_000_000:
            raise ValueError("人数填 1 到 1 亿。")
        if not 1 <= self.contact_days <= 366:
            raise ValueError("天数填 1 到 366。")


def day_refusal(days: list[dt.date], today: dt.date, rules: TalkRules) -> str:
    """Why a talk cannot be booked for these days, in a sentence; empty when it can. See rule book 10.60."""
    if not days:
        return "请至少写一个方便的日子。"
    if len(set(days)) < len(days):
        return "几个日子有重复的，请改成不同的。"
    for day in days:
        if (day - today).days < rules.ahead_from:
            return f"{day.month}月{day.day}日太近了，请至少提前{rules.ahead_from}天。急的请直接打电话。"
        if (day - today).days > rules.ahead_to:
            return f"{day:%Y-%m-%d}太远了，最多提前{rules.ahead_to}天约。"
    return ""


def share_words(done: int, target: int) -> str:
    """How much of a target (not 0) was reached, rounded down: 3%; a beginning is never called nothing."""
    return "不到1%" if 0 < done * 100 < target else f"{done * 100 // target}%"


def plain(text: str) -> str:
    """A typed line without unseen letters, in one line."""
    text = unicodedata.normalize("NFKC", text)
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def line_refusal(text: str) -> str:
    """Why a line of the public form is not taken; empty when it is. See rule book 10.60."""
    if ADDRESS.search(text):
        return "这里不要写网址。"
    if "<" in text or ">" in text:
        return "这里不要写尖括号。"
    return ""


def child_refusal(text: str) -> str:
    """Why a text about a child is not kept: it holds what could be an id or a phone number. See rule book 10.65."""
    if DIGITS.search(unicodedata.normalize("NFKC", text)):
        return "这里像是有电话号码或证件号码。孩子和家长的号码不要写进系统，请删掉。"
    return ""


def parts_of(starts: int, minutes: int) -> set[str]:
    """Half days that a talk touches: am, pm, eve."""
    ends = starts + minutes
    found = set()
    if starts < NOON:
        found.add("am")
    if starts < EVENING and ends > NOON:
        found.add("pm")
    if ends > EVENING:
        found.add("eve")
    return found


@dataclass(frozen=True)
class Fit:
    """What speaks for a lecturer and against him. `barred`: he may not be asked at all."""

    knows_topic: bool
    is_free: bool
    is_near: bool
    barred: str = ""
    note: str = ""

    @property
    def words(self) -> str:
        """The reason beside his name."""
        if self.barred:
            return self.barred
        said = [
            "能讲这个题目" if self.knows_topic else "没有登记过这个题目",
            "这个时间有空" if self.is_free else "没说过这个时间有空，先打电话问",
            "愿意去这个地方" if self.is_near else "没说过愿意去这个地方",
        ]
        return "；".join([*said, *([self.note] if self.note else [])])

    @property
    def rank(self) -> tuple:
        """The best fit first; those who may not be asked last. See rule book 10.61."""
        return (bool(self.barred), not self.is_free, not self.knows_topic, not self.is_near)
