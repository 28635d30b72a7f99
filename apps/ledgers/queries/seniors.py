"""高龄津贴 (domain 3.7): who reaches 80, 90, 100 soon, what his family did, and who died lately."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from apps.common.partial_date import PartialDate
from apps.ledgers.choices.treatments import SeniorBand
from apps.ledgers.models import SeniorClaim
from apps.ledgers.rules.treatments import born_by
from apps.registry.choices import LifeEventKind, LifeEventState
from apps.registry.models import Cadre, LifeEvent


@dataclass(frozen=True)
class Senior:
    """A cadre who reaches an age; `on` as exactly as his birth date is known."""

    cadre: Cadre
    band: int
    reaches: str
    claim: SeniorClaim | None = None


def reaching(user, *, start: dt.date, end: dt.date, cadres: QuerySet[Cadre] | None = None) -> list[Senior]:
    """The living in reach who complete 80, 90 or 100 years in [start, end], by day: two statements.
    See rule book 8.36."""
    found = cadres if cadres is not None else Cadre.objects.current()
    found = found.visible_to(user).living()
    windows = Q()
    for band in SeniorBand.values:
        first, last = born_by(band, start), born_by(band, end)
        windows |= Q(person__birth_date__gte=PartialDate.of(first), person__birth_date__lte=PartialDate.of(last)) | Q(
            person__birth_date__in=[f"{first:%Y-%m}", f"{last:%Y-%m}"]
        )
    rows = list(found.filter(windows).select_related("person", "managing_unit").order_by("person__birth_date", "pk"))
    claims = {
        (claim.cadre_id, claim.band): claim
        for claim in SeniorClaim.objects.filter(cadre__in=[row.pk for row in rows], voided_at__isnull=True)
    }
    seniors = [_senior(row, start, end, claims) for row in rows]
    return sorted(seniors, key=lambda one: (one.reaches, one.cadre.pk))


def _senior(row: Cadre, start: dt.date, end: dt.date, claims: dict) -> Senior:
    birth = row.person.birth_date
    band = next((one for one in SeniorBand.values if start.year <= birth.year + one <= end.year), SeniorBand.EIGHTY)
    reaches = f"{birth.year + band}" + (f"-{birth.month:02d}" if birth.month else "")
    reaches += f"-{birth.day:02d}" if birth.day else ""
    return Senior(row, band, reaches, claims.get((row.pk, band)))


@dataclass(frozen=True)
class Gone:
    """A death that the paying office must know of."""

    event: LifeEvent
    cadre: Cadre

    @property
    def age(self) -> int | None:
        birth, died = self.cadre.person.birth_date, self.event.happened_on
        if birth is None or birth.month is None or died is None:
            return birth and died and died.year - birth.year - 1
        day = died.last_day
        return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day or 1))

    @property
    def band(self) -> str:
        age = self.age or 0
        return next((f"{one} 周岁以上" for one in sorted(SeniorBand.values, reverse=True) if age >= one), "")


def gone_since(user, since: dt.date) -> list[Gone]:
    """Deaths in reach that became known on or after a day, reported ones included: they are here the same day.
    See rule book 8.36."""
    events = LifeEvent.objects.filter(
        kind=LifeEventKind.DIED, state__in=(LifeEventState.REPORTED, LifeEventState.CONFIRMED),
        reported_at__date__gte=since, person__cadre__in=Cadre.objects.current().visible_to(user).values("pk"),
    )  # fmt: skip
    rows = list(events.order_by("-reported_at", "-pk")[:2000])
    cadres = Cadre.objects.filter(pk__in=[row.person_id for row in rows]).select_related("person", "managing_unit")
    known = {cadre.pk: cadre for cadre in cadres}
    return [Gone(row, known[row.person_id]) for row in rows]


def people_of(rows: Iterable[Senior | Gone]) -> set[int]:
    return {row.cadre.pk for row in rows}
