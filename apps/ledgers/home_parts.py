"""What each subject adds to 今日待办: its rows are read in one statement with the rest of the page."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from apps.common.navigation import resolve_for
from apps.ledgers.access import acts_for
from apps.ledgers.board_words import due_words
from apps.ledgers.models import AftermathTask, Measure
from apps.ledgers.queries.aftermath import aftermath_due, loose_ends
from apps.ledgers.rules import DAY
from apps.registry.models import LifeEvent

MOST_MEASURES = 6
MOST_AFTERMATH = 4


@dataclass(frozen=True)
class HomePart:
    """`rows(user, on)`: a queryset of a few rows, or one row of figures; `show(user, rows, on)`: what the page gets of
    them, lists `figures` and `todo` (templates/admin/index.html names their keys). Only for holders of `right`."""

    key: str
    right: str
    rows: Callable[[object, dt.date], QuerySet]
    show: Callable[[object, list, dt.date], dict]


def home_parts(user, on: dt.date) -> dict[str, QuerySet]:
    """name → rows of every subject that this user works with."""
    return {f"part.{part.key}": part.rows(user, on) for part in PARTS if user.has_perm(part.right)}


def shown_parts(user, rows: dict[str, list], on: dt.date) -> dict[str, list]:
    """Figures and rows of all subjects, in their order."""
    whole: dict[str, list] = {"figures": [], "todo": []}
    for part in PARTS:
        if f"part.{part.key}" in rows:
            found = part.show(user, rows[f"part.{part.key}"], on)
            for name in whole:
                whole[name] += found.get(name, [])
    return whole


def _my_measures(user, on: dt.date) -> QuerySet[Measure]:
    """What he, or somebody he stands in for, promised to see to by the end of this week."""
    rows = Measure.objects.open().visible_to(user).filter(owner__in={user.pk, *acts_for(user)})
    rows = rows.filter(due_on__lte=on + (6 - on.weekday()) * DAY, need__closed_on__isnull=True)
    return rows.select_related("need__cadre__person", "owner").order_by("due_on", "pk")[:MOST_MEASURES]


def _measure_rows(user, rows: list[Measure], on: dt.date) -> dict:
    todo = []
    for row in rows:
        words, tone = due_words(row.due_on, on)
        url = resolve_for(f"ledgers.need:{row.need_id}", "change", user)
        todo.append(
            {
                "who": row.need.cadre.person.name,
                "who_url": reverse("admin:registry_cadre_change", args=[row.need.cadre_id]),
                "who_note": f"由{row.provider}来做" if row.provider else "",
                "kind": "",
                "what": f"办：{row.what}",
                "due": words,
                "tone": tone,
                "actions": [{"label": "看需求", "url": url}] if url else [],
            }
        )
    return {"todo": todo}


def _aftermath(user, on: dt.date) -> QuerySet[AftermathTask]:
    """What is to be seen to after a death."""
    return aftermath_due(user, most=MOST_AFTERMATH)


def _aftermath_rows(user, rows: list[AftermathTask], on: dt.date) -> dict:
    todo = []
    for row in rows:
        words, tone = due_words(row.due_on, on)
        url = resolve_for(f"ledgers.aftermathcase:{row.case_id}", "change", user)
        person = row.case.cadre.person
        todo.append(
            {
                "who": person.name, "who_url": reverse("admin:registry_cadre_change", args=[person.pk]),
                "who_note": person.get_life_status_display(), "kind": "", "what": row.what, "due": words, "tone": tone,
                "actions": [{"label": "去办", "url": url}] if url else [],
            }
        )  # fmt: skip
    return {"todo": todo}


def _loose_ends(user, on: dt.date) -> QuerySet[LifeEvent]:
    return loose_ends(user, most=MOST_AFTERMATH)


def _loose_end_rows(user, rows: list[LifeEvent], on: dt.date) -> dict:
    todo = []
    for row in rows:
        url = reverse("admin:registry_lifeevent_change", args=[row.pk])
        todo.append(
            {
                "who": row.person.name, "who_url": reverse("admin:registry_cadre_change", args=[row.person_id]),
                "who_note": "", "kind": "",
                "what": f"撤销“{row.get_kind_display()}”后还有 {len(row.loose_ends)} 件没能恢复",
                "due": "请核对", "tone": "soon", "actions": [{"label": "看看", "url": url}],
            }
        )  # fmt: skip
    return {"todo": todo}


PARTS: tuple[HomePart, ...] = (
    HomePart("aftermath", "ledgers.view_aftermathcase", _aftermath, _aftermath_rows),
    HomePart("measures", "ledgers.view_need", _my_measures, _measure_rows),
    HomePart("loose_ends", "registry.confirm_lifeevent", _loose_ends, _loose_end_rows),
)
