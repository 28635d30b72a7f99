"""What is being done for an old comrade: the measures promised to him, in plain words."""

import datetime as dt
from dataclasses import dataclass

from apps.ledgers.models import Measure
from apps.ledgers.queries.promises import promised_to

from .promises import Helper, day_words, helper_of


@dataclass(frozen=True)
class Doing:
    """One promise: for which wish, what is done, by when or since when."""

    wish: str
    title: str
    words: str
    tag: str = ""
    tone: str = ""
    provider: str = ""
    who: Helper | None = None


def doings_of(person_id: int, on: dt.date) -> list[Doing]:
    """What is open, the next due first, then what was done within half a year; one statement."""
    return [_doing(row, on) for row in promised_to(person_id, on)]


def _doing(row: Measure, on: dt.date) -> Doing:
    common = {"wish": row.need.description, "title": row.what, "provider": row.provider, "who": helper_of(row.owner)}
    if row.done_on:
        return Doing(words=f"{day_words(row.done_on, on)}办好了：{row.result}", tag="办好了", tone="done", **common)
    if row.due_on < on:
        words = f"原定{day_words(row.due_on, on)}前，还没有办到，我们在催办"
        return Doing(words=words, tag="还没办到", tone="late", **common)
    return Doing(words=f"{day_words(row.due_on, on)}前办好", **common)
