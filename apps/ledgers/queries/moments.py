"""Something that happened to a person, and where a timeline finds more of it."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from apps.ledgers.choices.timeline import MomentKind
from apps.registry.models import Cadre


@dataclass(frozen=True)
class Moment:
    """One line of the timeline. `subject` names the record to open, as `app.model:pk`."""

    on: dt.date
    when: str
    text: str
    note: str = ""
    subject: str = ""
    kind: MomentKind = MomentKind.CONTACT


@dataclass(frozen=True)
class Source:
    """One table of which the timeline tells. `rows` of a cadre in any order; `day` is the field that dates them and
    must be indexed with the person or be few; `right` must be held over the cadre, none if empty. `moments` turns a
    row into lines without asking the database. A partial date is compared as the text it is (`partial`)."""

    key: str
    kind: MomentKind
    right: str
    day: str
    rows: Callable[[Cadre], QuerySet]
    moments: Callable[[Any], Iterable[Moment]]
    partial: bool = False

    def latest(self, cadre: Cadre, *, year: int | None, most: int) -> QuerySet:
        """The latest rows, of one year if asked."""
        rows = self.rows(cadre).filter(**{f"{self.day}__isnull": False})
        if year is not None:
            start, end = (str(year), str(year + 1)) if self.partial else (dt.date(year, 1, 1), dt.date(year + 1, 1, 1))
            rows = rows.filter(**{f"{self.day}__gte": start, f"{self.day}__lt": end})
        return rows.order_by(f"-{self.day}", "-pk")[:most]


def day_words(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def on_day(day: dt.date, text: str, note: str = "", subject: str = "") -> Moment:
    """A line of a full date; its source says of which kind it is."""
    return Moment(day, day_words(day), text, note, subject)
