"""Reads over records of service: what overlaps, how much there is."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Count, Sum

from apps.common.code_lists import names_of
from apps.volunteers.choices.shifts import RecordState
from apps.volunteers.models import ServiceRecord
from apps.volunteers.rules.shifts import trimmed
from apps.volunteers.rules.times import span_words

# Spans asked for, each against the records of that volunteer and day.
OVERLAPS = """
SELECT DISTINCT r.id FROM unnest(%s::bigint[], %s::date[], %s::int[], %s::int[]) AS asked (volunteer, day, first, last)
JOIN volunteers_servicerecord r ON r.volunteer_id = asked.volunteer AND r."on" = asked.day
 AND r.starts < asked.last AND r.ends > asked.first
WHERE r.voided_at IS NULL AND r.state <> 'refused'
"""


def overlapping(spans: Iterable[tuple[int, dt.date, int, int]]) -> list[ServiceRecord]:
    """Records that stand in the way of (volunteer, day, starts, ends), earliest first. Two statements for all."""
    rows = list(spans)
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS, [list(column) for column in zip(*rows, strict=True)])
        found = [pk for (pk,) in cursor.fetchall()]
    return list(ServiceRecord.objects.filter(pk__in=found).select_related("project").order_by("on", "starts", "pk"))


def overlap_words(starts: int, ends: int, others: Sequence[ServiceRecord]) -> str:
    """What is said of a time that overlaps, and what is left of it: the T9 case."""
    named = "、".join(f"{span_words(row.starts, row.ends)}“{name_of(row)}”" for row in others)
    rest = trimmed(starts, ends, [(row.starts, row.ends) for row in others])
    if rest is None:
        return f"这段时间已经记了{named}，不能重复记。"
    return f"与已经记的{named}重叠，可以只记{span_words(rest.starts, rest.ends)}。"


def name_of(row: ServiceRecord) -> str:
    """What was done, shortest: the project, else the kind of service."""
    return row.project.name if row.project else names_of("volunteer_service").get(row.service, "服务")


def served_minutes(
    volunteers: Iterable[int], first: dt.date | None = None, until: dt.date | None = None
) -> dict[int, int]:
    """Volunteer id → 志愿时长 in minutes of days [first, until): confirmed records alone; who has none is left out.
    See rule book 10.17."""
    return _sums("volunteer", {"volunteer__in": list(volunteers)}, first, until)


def team_minutes(teams: Iterable[int], first: dt.date | None = None, until: dt.date | None = None) -> dict[int, int]:
    """Team id → the same, of all its people together. See rule book 10.17."""
    return _sums("team", {"team__in": list(teams)}, first, until)


def project_sums(project) -> tuple[int, int]:
    """(志愿时长 in minutes, number of times somebody served) of a project, confirmed records alone. One query."""
    rows = ServiceRecord.objects.current().filter(state=RecordState.CONFIRMED, project=project)
    found = rows.aggregate(minutes=Sum("minutes"), number=Count("pk"))
    return found["minutes"] or 0, found["number"]


def _sums(by: str, which: dict, first: dt.date | None, until: dt.date | None) -> dict[int, int]:
    rows = ServiceRecord.objects.current().filter(state=RecordState.CONFIRMED, **which)
    if first is not None:
        rows = rows.filter(on__gte=first)
    if until is not None:
        rows = rows.filter(on__lt=until)
    return dict(rows.order_by().values_list(by).annotate(Sum("minutes")))
