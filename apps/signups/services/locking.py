"""The one order in which rows are locked: persons by their numbers, then offerings by theirs. Never a person after an
offering. Locks are FOR NO KEY UPDATE, so that rows that point to a person or offering may be written meanwhile."""

from collections.abc import Iterable

from apps.people.models import Person
from apps.signups.models import Offering, Places

# Of the offering, its unit and its round, what every act asks for; the rest is read when it is wanted.
READ = ("kind", "public_id", "title", "mode", "state", "opens_at", "closes_at", "unit__path", "round__state")


def lock_persons(persons: Iterable[int]) -> None:
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in=set(persons)).order_by("pk")
    list(rows.values_list("pk"))


def lock_places(offerings: Iterable[int]) -> dict[int, Places]:
    """Offering id → its places, locked, with the offering as it is now: it is read after the lock was given."""
    ids = sorted(set(offerings))
    rows = Places.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    found = {row.pk: row for row in rows}
    for offering in Offering.objects.select_related("unit", "round").only(*READ).filter(pk__in=ids):
        found[offering.pk].offering = offering
    return found


def hold(persons: Iterable[int], offerings: Iterable[int]) -> None:
    """For an act made of several (a change of class): lock everybody and everything first, in the right order."""
    lock_persons(persons)
    lock_places(offerings)
