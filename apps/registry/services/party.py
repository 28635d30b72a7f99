"""A person's standing in the party as the registry keeps it: political status, day of admission, day of 转正."""

from django.db import transaction

from apps.common import audit
from apps.common.partial_date import PartialDate
from apps.people.models import Person
from apps.registry.models import Cadre

MEMBER, PROBATIONARY = "01", "02"
COLUMNS = ("joined_party_on", "full_member_on")


@transaction.atomic
def set_party_standing(
    person: Person,
    status: str,
    *,
    actor,
    joined_on: PartialDate | None = None,
    full_on: PartialDate | None = None,
) -> dict[str, str]:
    """Write the political status (GB/T 4762) and, for cadres, the days that are given; the change history keeps what
    was before. Returns what stood there, for `restore_party_standing`; the instance that was passed is brought up to
    date."""
    passed, person = person, Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    cadre = Cadre.objects.select_for_update(of=("self",)).filter(pk=person.pk).first()
    before = {"political_status": person.political_status}
    if cadre is not None:
        before |= {name: str(getattr(cadre, name) or "") for name in COLUMNS}
    days = {name: day for name, day in zip(COLUMNS, (joined_on, full_on), strict=True) if day is not None}
    _write(person, cadre, status, days, actor)
    passed.political_status = status
    return before


@transaction.atomic
def restore_party_standing(person: Person, before: dict[str, str], *, actor) -> None:
    """Put back exactly what `set_party_standing` found."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    cadre = Cadre.objects.select_for_update(of=("self",)).filter(pk=person.pk).first()
    days = {name: PartialDate.parse(before[name]) if before[name] else None for name in COLUMNS if name in before}
    _write(person, cadre, before["political_status"], days, actor)


def _write(person: Person, cadre: Cadre | None, status: str, days: dict, actor) -> None:
    person.political_status = status
    person.save(update_fields=["political_status"])
    if cadre is not None and days:
        for name, day in days.items():
            setattr(cadre, name, day)
        cadre.save(update_fields=list(days))
    audit.record(
        "change", actor=actor, people=[person.pk], fields=["political_status", *days],
        target=f"people.person:{person.pk}",
    )  # fmt: skip
