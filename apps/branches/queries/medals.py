"""Who is due for a year's 50-year medal, worked out in chunks, and the lists made of it (domain 3.3)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.db.models import Count, Q, QuerySet

from apps.branches.choices import MedalBatchState, MedalState, PartyEventKind
from apps.branches.models import MedalBatch, MedalCandidate, Membership, PartyEvent
from apps.branches.rules.party_age import MedalRules, Start, doubts_of, medal_year, party_age_start
from apps.branches.rules.party_age import PartyEvent as Event
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.models import Cadre

CHUNK = 2000
# 转正 came at most so many years after joining, prolonged probation included: what is earlier need not be read.
PROBATION_YEARS = 4
MOST_WHY = 200
SETTLED = (MedalState.ISSUED, MedalState.REFUSED, MedalState.APPROVED)


@dataclass(frozen=True, slots=True)
class Due:
    """A member whom the registry puts into the batch of a year. `doubts`: sentences; none means certain."""

    person_id: int
    organisation_id: int
    start: Start
    doubts: tuple[str, ...]

    @property
    def why(self) -> str:
        return "；".join((*self.doubts, self.start.why))[:MOST_WHY]


def due_chunks(year: int, *, base: int, rules: MedalRules, on: dt.date) -> Iterator[list[Due]]:
    """Members due in a year, a list a chunk, by person id. `base`: the first year of which this system keeps a list;
    whoever was due before it got his medal before the system. Five queries a chunk."""
    last = 0
    while links := list(_links(year, base=base, rules=rules, on=on, after=last)):
        last = links[-1].person_id
        ids = [link.person_id for link in links]
        cadres = {row.pk: row for row in Cadre.objects.current().filter(pk__in=ids)}
        events = events_of(ids)
        gone = _listed_elsewhere(ids, year)
        found = []
        for link in links:
            if link.person_id in gone or (cadre := cadres.get(link.person_id)) is None:
                continue
            start = start_of(cadre, events[link.person_id])
            if start is not None and base <= medal_year(start.latest, rules) and _is_due(start, year, rules):
                doubts = (*_of_life(link.person, rules.day_of(year)), *_of_removal(events[link.person_id]))
                found.append(
                    Due(link.person_id, link.organisation_id, start, (*doubts, *doubts_of(start, year, rules)))
                )
        yield found


def _is_due(start: Start, year: int, rules: MedalRules) -> bool:
    return medal_year(start.earliest, rules) <= year


def _links(year: int, *, base: int, rules: MedalRules, on: dt.date, after: int) -> QuerySet[Membership]:
    """The formal links, one a person, of those who can be due: standing on the day, or ended by a death since the
    medal day of the year before."""
    limit = f"{year - rules.years:04d}-{rules.month:02d}-{rules.day:02d}"
    joined, full = "person__cadre__joined_party_on", "person__cadre__full_member_on"
    dates = Q(**{f"{joined}__lte": limit}) | Q(**{f"{joined}__isnull": True, f"{full}__lte": limit})
    if base > rules.first_year:
        low = f"{base - rules.years - PROBATION_YEARS:04d}"
        dates &= Q(**{f"{joined}__gte": low}) | Q(**{f"{full}__gte": low})
    special = PartyEvent.objects.filter(kind__in=("decided", "rejoined"), voided_at__isnull=True).values("person_id")
    dates |= Q(person__cadre__party_age_from__lte=limit) | Q(person_id__in=special)
    standing = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    died = Q(person__life_status=LifeStatus.DECEASED, ends_on__gte=rules.day_of(year - 1))
    rows = Membership.objects.filter(
        standing | died, dates, link="formal", starts_on__lte=on, voided_at__isnull=True, person_id__gt=after,
        person__voided_at__isnull=True,
    )  # fmt: skip
    return rows.select_related("person").order_by("person_id", "-starts_on", "-pk").distinct("person_id")[:CHUNK]


def events_of(person_ids: Iterable[int]) -> dict[int, list[Event]]:
    """What decides party age, by person."""
    found: dict[int, list[Event]] = defaultdict(list)
    rows = PartyEvent.objects.filter(person_id__in=list(person_ids), voided_at__isnull=True).order_by("on", "pk")
    for row in rows:
        found[row.person_id].append(Event(row.kind, row.on, row.full_on))
    return found


def start_of(cadre: Cadre, events: list[Event]) -> Start | None:
    """From when his party age counts: what the organisation found by a document, else what the registry says."""
    found = [event.on for event in events if event.kind == PartyEventKind.DECIDED]
    decided = found[-1] if found else cadre.party_age_from
    start = party_age_start(cadre.joined_party_on, cadre.full_member_on, events=events, decided=decided)
    if start is not None and not found and cadre.party_age_from:
        return replace(start, why="党龄起算日按登记册")
    return start


def _of_life(person: Person, day: dt.date) -> list[str]:
    if person.life_status == LifeStatus.DECEASED:
        if person.died_on is not None and person.died_on.first_day > day:
            return []
        when = person.died_on.display() if person.died_on else ""
        return [f"{when}离世，在{day.month}月{day.day}日以前或当天"]
    if person.life_status == LifeStatus.DEATH_REPORTED:
        return ["离世待核实"]
    return ["失去联系，请核实"] if person.life_status == LifeStatus.LOST else []


def _of_removal(events: list[Event]) -> list[str]:
    kinds = {event.kind for event in events}
    mended = kinds & {PartyEventKind.RESTORED, PartyEventKind.REJOINED, PartyEventKind.DECIDED}
    return ["有除名、开除党籍记录，没有恢复或重新入党的记录"] if PartyEventKind.REMOVED in kinds and not mended else []


def _listed_elsewhere(ids: list[int], year: int) -> set[int]:
    """Those who were decided on in another year's list, or are still open in one that is not closed."""
    rows = MedalCandidate.objects.filter(person_id__in=ids, voided_at__isnull=True, batch__voided_at__isnull=True)
    rows = rows.exclude(batch__year=year).filter(
        Q(state__in=SETTLED) | (~Q(batch__state=MedalBatchState.CLOSED) & Q(batch__year__lt=year))
    )
    return set(rows.values_list("person_id", flat=True))


def base_year(year: int) -> int:
    """The first year of which this system keeps a list, `year` itself included."""
    first = MedalBatch.objects.filter(voided_at__isnull=True).order_by("year").values_list("year", flat=True).first()
    return min(year, first) if first else year


def without_dates(on: dt.date) -> int:
    """Members with a formal relation of whom nothing says when they joined: no list can name them."""
    rows = Membership.objects.current(on).filter(link="formal", person__cadre__isnull=False)
    return rows.filter(
        person__cadre__joined_party_on__isnull=True, person__cadre__full_member_on__isnull=True,
        person__cadre__party_age_from__isnull=True,
    ).count()  # fmt: skip


def candidates_of(batch: MedalBatch) -> QuerySet[MedalCandidate]:
    """A year's list, by organisation and 姓氏笔画."""
    rows = MedalCandidate.objects.filter(batch=batch, voided_at__isnull=True).select_related(
        "person", "person__cadre", "organisation", "behaved_by", "decided_by"
    )
    return rows.order_by("organisation__path", "person__name_stroke_key", "person_id")


def numbers_by_state(rows: QuerySet[MedalCandidate]) -> dict[str, int]:
    found = rows.order_by().values("state").annotate(number=Count("pk"))
    return {row["state"]: row["number"] for row in found}


def batch_of(on: dt.date) -> MedalBatch | None:
    """The batch that branches work on: this year's; once it is closed or was never made, next year's if it is made."""
    rows = MedalBatch.objects.filter(voided_at__isnull=True, year__in=(on.year, on.year + 1)).order_by("year")
    found = list(rows)
    return next((row for row in found if row.state != MedalBatchState.CLOSED), found[0] if found else None)


def prepare_from(year: int, rules: MedalRules) -> dt.date:
    """The day from which the list of a year is prepared."""
    months = year * 12 + rules.month - 1 - rules.prepare_months
    return dt.date(months // 12, months % 12 + 1, min(rules.day, 28))
