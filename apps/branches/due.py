"""这几天要办的: what a branch should do now, one sentence and one button each.

Each app that knows of such things offers a function `(desk) -> list[Due]`, named in settings.DESK_DUE. A death never
becomes a line here (domain 3.15: nothing chirpy about bad news).
"""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from .access import Desk

SOON = datetime.timedelta(days=7)
NEAR_WORDS = {0: "今天", 1: "明天", 2: "后天"}


@dataclass(frozen=True)
class Due:
    """One thing to do. `who` (full name, or empty) comes first in bold, then `text`; `on` is its last day; `acts` are
    (label, address), the first one the main one; `on_the_day`: not before it (a birthday)."""

    on: datetime.date
    text: str
    acts: tuple[tuple[str, str], ...]
    who: str = ""
    on_the_day: bool = False

    def tag(self, today: datetime.date) -> tuple[str, str]:
        """(words, tone) of the day it is due."""
        days = (self.on - today).days
        if days < 0:
            return f"已超 {-days} 天", "late"
        if days in NEAR_WORDS:
            return NEAR_WORDS[days], "soon"
        return f"{self.on.month}月{self.on.day}日" + ("" if self.on_the_day else "前"), ""


@dataclass(frozen=True)
class DueLine:
    """As a page shows it."""

    due: Due
    tag: str
    tone: str


def due_at_desk(desk: Desk) -> list[DueLine]:
    """Everything due, the most urgent first. Each source asks a fixed number of queries."""
    found = [due for path in settings.DESK_DUE for due in import_string(path)(desk)]
    found.sort(key=lambda due: (due.on, due.who, due.text))
    return [DueLine(due, *due.tag(desk.today)) for due in found]
