"""What a roster says of health, written set-based: a row of its own a cadre, made where there is none."""

import uuid
from collections.abc import Sequence
from typing import Any

from apps.common.insert_select import execute, insert_rows, reserve_ids
from apps.registry.models import Health

from . import known as database
from . import writing
from .columns import EMPTY, SEALED
from .rows import Row

PREFIX = "health."


def write(rows: Sequence[Row], applied: Any) -> None:
    """Update what is there and insert what is not; keeps in `applied` (an `Applied`) what undo needs."""
    telling = [row for row in rows if any(place.startswith(PREFIX) for place in row.writes)]
    if not telling:
        return
    places = sorted({place for row in telling for place in row.writes if place.startswith(PREFIX)})
    known = database.people_by_id((row.person_id or 0 for row in telling), places)
    pairs = [(row, known[row.person_id or 0]) for row in telling]
    _update([pair for pair in pairs if pair[1]["health.id"] is not None], places, applied)
    _insert([row for row, person in pairs if person["health.id"] is None], places, applied)


def _update(pairs: Sequence[tuple[Row, database.Known]], places: Sequence[str], applied: Any) -> None:
    rows = []
    for row, known in pairs:
        values = [known["health.id"]]
        before = applied.before.setdefault(known["person.id"], {})
        for place in places:
            if place not in row.writes:
                values.append(known[place])
                continue
            before[place] = known[place]
            values.append(_stored(place, known["health.public_id"], row.writes[place]))
        rows.append(values)
    writing.update_columns(Health, "id", [place.removeprefix(PREFIX) for place in places], rows)


def _insert(rows: Sequence[Row], places: Sequence[str], applied: Any) -> None:
    if not rows:
        return
    ids = reserve_ids(Health, len(rows))
    made = []
    for pk, row in zip(ids, rows, strict=True):
        public_id = str(uuid.uuid4())
        told = [_stored(place, public_id, row.writes.get(place, EMPTY[place])) for place in places]
        made.append([pk, public_id, row.person_id, *told])
    insert_rows(Health, ["id", "public_id", "cadre", *(place.removeprefix(PREFIX) for place in places)], made)
    applied.healths.extend(ids)


def _stored(place: str, public_id: object, value: Any) -> Any:
    return writing.seal(place, None, public_id, value) if place in SEALED else value


def restore(before: dict[int, dict[str, Any]], current: dict[int, database.Known]) -> None:
    """Put back what `write` replaced; `current` holds the people as they stand now."""
    places = sorted({place for values in before.values() for place in values if place.startswith(PREFIX)})
    rows = [
        [current[pk]["health.id"], *(values.get(place, current[pk][place]) for place in places)]
        for pk, values in before.items()
        if any(place.startswith(PREFIX) for place in values)
    ]
    writing.update_columns(Health, "id", [place.removeprefix(PREFIX) for place in places], rows)


def remove(ids: Sequence[int], people: Sequence[int]) -> None:
    """Take back the rows that the batch made, of people who are as it left them."""
    execute("DELETE FROM registry_health WHERE id = ANY(%s) AND cadre_id = ANY(%s)", [list(ids), list(people)])
