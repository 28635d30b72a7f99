"""What a certificate of service rests on: confirmed records of the teams of one unit."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Min, Sum

from apps.people.models import Person
from apps.volunteers.choices.shifts import RecordState
from apps.volunteers.models import ServiceCertificate, ServiceRecord
from apps.volunteers.rules.certificates import read_code


@dataclass(frozen=True)
class Served:
    """Of one volunteer in teams of one unit: how much, how often, from the first to the last day (inclusive)."""

    minutes: int
    count: int
    services: tuple[str, ...]
    first: dt.date
    last: dt.date


def served(
    volunteers: Iterable[int], first: dt.date | None = None, until: dt.date | None = None, unit: int | None = None
) -> dict[tuple[int, int], Served]:
    """(volunteer id, unit id) → what is confirmed of days [first, until). One statement for any number."""
    rows = ServiceRecord.objects.current().filter(state=RecordState.CONFIRMED, volunteer__in=list(volunteers))
    if first is not None:
        rows = rows.filter(on__gte=first)
    if until is not None:
        rows = rows.filter(on__lt=until)
    if unit is not None:
        rows = rows.filter(team__unit=unit)
    sums = rows.order_by().values_list("volunteer_id", "team__unit_id").annotate(
        total=Sum("minutes"), times=Count("pk"), kinds=ArrayAgg("service", distinct=True), earliest=Min("on"),
        latest=Max("on"),
    )  # fmt: skip
    return {
        (volunteer, of): Served(minutes, count, tuple(sorted(services)), earliest, latest)
        for volunteer, of, minutes, count, services, earliest, latest in sums
    }


def certificates_of(person: Person) -> list[ServiceCertificate]:
    """All of his, the latest first."""
    rows = ServiceCertificate.objects.current().filter(volunteer=person.pk).select_related("unit")
    return list(rows.order_by("-applied_at", "-pk"))


def find(code: str, check_code: str) -> ServiceCertificate | None:
    """The one with this number, if the checking code fits; a wrong code and an unknown number are the same."""
    rows = ServiceCertificate.objects.current().select_related("unit").filter(code=read_code(code))
    found = rows.first()
    return found if found is not None and found.check_code == read_code(check_code) else None
