"""A user's own inbox: counted lines a day, with the names he may see; never a name beside an illness."""

import datetime
from dataclasses import dataclass, field

from apps.messaging import rules as messaging_rules
from apps.messaging.queries import inbox
from apps.registry.models import Cadre


@dataclass
class Line:
    """`kind` is set for lines about health: who is meant stands in the list of reminders, behind its own right.
    `page`: name of the address where the rows are worked off."""

    text: str
    kind: str = ""
    people: list[tuple[int, str]] = field(default_factory=list)
    more: int = 0
    unread: bool = False
    page: str = ""


@dataclass
class Day:
    day: datetime.date
    lines: list[Line]


DAYS, NAMES = 30, 20


def inbox_days(user, today: datetime.date) -> list[Day]:
    """The last 30 days, newest first. Names of the living within the user's present scope only, at most 20 a line."""
    rows = list(inbox(user).filter(on_day__gt=today - datetime.timedelta(days=DAYS), on_day__lte=today))
    about = {row.about_id for row in rows if row.about_id}
    visible = set(Cadre.objects.living().visible_to(user).filter(pk__in=about).values_list("pk", flat=True))
    days: dict[datetime.date, dict[str, list]] = {}
    for row in rows:
        days.setdefault(row.on_day, {}).setdefault(row.template, []).append(row)
    keys = messaging_rules.template_keys()
    return [Day(day, [_line(key, lines[key], visible) for key in keys if key in lines]) for day, lines in days.items()]


def _line(key: str, rows: list, visible: set[int]) -> Line:
    template = messaging_rules.template(key)
    named = [] if template.health else [(row.about_id, row.about.name) for row in rows if row.about_id in visible]
    return Line(
        text=f"{template.label}{len(rows)}{template.unit}",
        kind=key.partition(".")[0] if template.health else "",
        people=named[:NAMES],
        more=max(0, len(named) - NAMES),
        unread=any(row.read_at is None for row in rows),
        page=template.page,
    )
