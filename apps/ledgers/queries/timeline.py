"""The timeline of a person: what happened to him in every module, each table one part of a single statement."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, QuerySet, Value

from apps.common.models import AuditEntry
from apps.registry.models import Cadre

from .moments import Moment, Source
from .timeline_sources import SOURCES

PAGE = 15
MOST_PAGES = 60


@dataclass(frozen=True)
class Wanted:
    """Which part of a timeline: one kind, one year, the how-manieth page from the newest (1)."""

    kind: str = ""
    year: int | None = None
    page: int = 1

    @property
    def most(self) -> int:
        """How many of the newest lines suffice for this page and to know whether there is another."""
        return self.page * PAGE + 1


@dataclass(frozen=True)
class TimelinePage:
    """Lines of one page; `has_more`: there are earlier ones."""

    moments: tuple[Moment, ...]
    has_more: bool


def sources_for(cadre: Cadre, wanted: Wanted, sees: Callable[[str], bool]) -> list[Source]:
    """The tables that this reader may see of this kind."""
    return [
        source for source in SOURCES if wanted.kind in ("", source.kind) and (not source.right or sees(source.right))
    ]


def timeline_parts(cadre: Cadre, wanted: Wanted, found: Iterable[Source]) -> dict[str, QuerySet]:
    """name → rows, for `read_together`."""
    return {f"moments.{source.key}": source.latest(cadre, year=wanted.year, most=wanted.most) for source in found}


def timeline(
    wanted: Wanted, found: Iterable[Source], rows_of: Callable[[str], list], others: Iterable[Moment] = ()
) -> TimelinePage:
    """The lines of all tables, newest first (rule book 8.56). `others`: lines of what is on the page anyhow."""
    moments = [
        replace(moment, kind=source.kind)
        for source in found
        for row in rows_of(f"moments.{source.key}")
        for moment in source.moments(row)
    ]
    moments += [
        moment for moment in others if wanted.kind in ("", moment.kind) and wanted.year in (None, moment.on.year)
    ]
    moments.sort(key=lambda moment: moment.on, reverse=True)
    start = (wanted.page - 1) * PAGE
    return TimelinePage(tuple(moments[start : start + PAGE]), len(moments) > start + PAGE)


def looks_at(cadre: Cadre, since: dt.datetime) -> QuerySet:
    """One row (looks, people who looked) since a moment; none without."""
    rows = AuditEntry.objects.filter(subjects__person_id=cadre.pk, subjects__at__gte=since, actor_id__isnull=False)
    return rows.order_by().values(one=Value(1)).annotate(looks=Count("pk"), people=Count("actor_id", distinct=True))
