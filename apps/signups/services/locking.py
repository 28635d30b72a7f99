"""The one order in which rows are locked: persons by their numbers, then offerings by theirs. Never a person after an
offering. Locks are FOR NO KEY UPDATE, so that rows that point to a person or offering may be written meanwhile."""

from collections.abc import Iterable

from django.db import connection

from apps.common.part_rows import part_of
from apps.organisation.models import Unit
from apps.signups.models import Offering, Places, Round

# Plain statements: they run at every press of a button while thousands press, and the next one waits for them.
LOCK_PERSONS = "SELECT id FROM people_person WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
LOCK_PLACES = """
SELECT offering_id, capacity, held_back, taken FROM signups_places WHERE offering_id = ANY(%s)
ORDER BY offering_id FOR NO KEY UPDATE
"""
# Of the offering, its unit and its round, what every act asks for; the rest is read when it is wanted.
READ = """
SELECT f.id, f.kind, f.public_id, f.title, f.mode, f.state, f.opens_at, f.closes_at, f.unit_id, f.round_id,
       u.path, r.state,
       EXISTS (SELECT FROM signups_signup s WHERE s.offering_id = f.id AND s.state = 'waiting' AND s.voided_at IS NULL)
FROM signups_offering f
JOIN organisation_unit u ON u.id = f.unit_id
LEFT JOIN signups_round r ON r.id = f.round_id
WHERE f.id = ANY(%s)
"""
PLACES = ("offering_id", "capacity", "held_back", "taken")
OFFERING = ("id", "kind", "public_id", "title", "mode", "state", "opens_at", "closes_at", "unit_id", "round_id")


def lock_persons(persons: Iterable[int]) -> None:
    _rows(LOCK_PERSONS, persons)


def lock_places(offerings: Iterable[int]) -> dict[int, Places]:
    """Offering id → its places, locked, with the offering as it is now, and whether somebody waits there: that is read
    after the lock was given."""
    ids = set(offerings)
    found = {row[0]: part_of(Places, **dict(zip(PLACES, row, strict=True))) for row in _rows(LOCK_PLACES, ids)}
    for *facts, path, round_state, waits in _rows(READ, ids):
        offering = part_of(Offering, **dict(zip(OFFERING, facts, strict=True)))
        offering.unit = part_of(Unit, id=offering.unit_id, path=path)
        if offering.round_id is not None:
            offering.round = part_of(Round, id=offering.round_id, state=round_state)
        found[offering.pk].offering, found[offering.pk].somebody_waits = offering, waits
    return found


def _rows(statement: str, ids: Iterable[int]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [sorted(set(ids))])
        return cursor.fetchall()


def hold(persons: Iterable[int], offerings: Iterable[int]) -> None:
    """For an act made of several (a change of class): lock everybody and everything first, in the right order."""
    lock_persons(persons)
    lock_places(offerings)
