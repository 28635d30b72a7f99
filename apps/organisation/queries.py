"""Reads over the trees."""

import datetime
import json
import typing
from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Max, Q

from . import rules
from .models import CalendarDay, RuleSet, Unit
from .workdays import WorkCalendar

AHEAD = datetime.timedelta(days=45)
# Asked at every press of a button while thousands press: plain, so that little time goes into making the statement.
IN_FORCE = """
SELECT r.kind, u.path, r.values FROM organisation_ruleset r LEFT JOIN organisation_unit u ON u.id = r.unit_id
WHERE r.kind = ANY(%(keys)s) AND r.effective_from <= %(on)s AND r.voided_at IS NULL
  AND (r.unit_id IS NULL OR u.path = ANY(%(above)s))
ORDER BY r.effective_from, r.id
"""


def subtree_ids(units: Iterable[Unit]) -> set[int]:
    """Ids of the units and everything below them: scopes are resolved to ids before they meet people (design 5)."""
    paths = Q()
    for unit in units:
        paths |= Q(path__startswith=unit.path)
    return set(Unit.objects.filter(paths).values_list("pk", flat=True)) if paths else set()


def ancestor_ids(unit: Unit) -> list[int]:
    """The unit itself and those above it, nearest first."""
    paths = [unit.path[:end] for end in range(len(unit.path), 0, -Unit.steplen)]
    by_path = dict(Unit.objects.filter(path__in=paths).values_list("path", "pk"))
    return [by_path[path] for path in paths if path in by_path]


def rule_values(key: str, *, on: datetime.date, unit: Unit | None = None):
    """Values of rule kind `key` in force on a day for a unit: nearest ancestor first, then the whole city's, then
    the defaults. Within one unit the latest `effective_from` not after `on` holds. One query."""
    return rules_at([key], on=on, path=unit.path if unit else "")[key]


def rules_at(keys: Sequence[str], *, on: datetime.date, path: str = "") -> dict[str, typing.Any]:
    """key → `rule_values` of several kinds for the unit at `path`, all read in one statement."""
    above = [path[:end] for end in range(len(path), 0, -Unit.steplen)]
    with connection.cursor() as cursor:
        cursor.execute(IN_FORCE, {"keys": list(keys), "on": on, "above": above})
        latest = {(key, place): values for key, place, values in cursor.fetchall()}
    found = {}
    for key in keys:
        own = next((latest[key, place] for place in (*above, None) if (key, place) in latest), None)
        found[key] = rules.kinds()[key].defaults if own is None else rules.build(key, json.loads(own))
    return found


def rule_groups(key: str, *, on: datetime.date) -> list[tuple[typing.Any, list[int] | None]]:
    """Values of rule kind `key` in force on a day, with the ids of the units they hold for: each unit once, so that
    set-based writers need one statement a group. A single group for everybody has None instead of ids."""
    rows = RuleSet.objects.filter(kind=key, effective_from__lte=on, voided_at__isnull=True)
    latest = {row.unit_id: row.values for row in rows.order_by("effective_from", "pk")}
    everywhere = rules.build(key, latest.pop(None, {}))
    if not latest:
        return [(everywhere, None)]
    units = dict(Unit.objects.values_list("path", "pk"))
    own = {pk: rules.build(key, values) for pk, values in latest.items()}
    groups: dict[object, list[int]] = {}
    for path, pk in units.items():
        above = (units.get(path[:end]) for end in range(len(path), 0, -Unit.steplen))
        values = next((own[ancestor] for ancestor in above if ancestor in own), everywhere)
        groups.setdefault(values, []).append(pk)
    return list(groups.items())


def work_calendar() -> WorkCalendar:
    """The calendar as the table holds it now; one query of some forty rows a year."""
    rows = CalendarDay.objects.filter(voided_at__isnull=True)
    return WorkCalendar(dict(rows.values_list("day", "kind")))


def missing_years(on: datetime.date) -> list[int]:
    """Years whose notice is needed by now (planning looks 45 days ahead) and is not in the table."""
    return work_calendar().missing_years([on, on + AHEAD])


def calendar_changed_at() -> datetime.datetime | None:
    """When the calendar was last changed; what was planned before may stand on other days now."""
    return CalendarDay.objects.aggregate(at=Max("updated_at"))["at"]
