"""Setting 名次, the places that cadres have in lists and at meetings."""

from collections import Counter
from dataclasses import dataclass

from django.db import transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.registry.models import Cadre

LARGEST = 999_999_999


@dataclass(frozen=True)
class Place:
    """A cadre's new place, and the one its setter saw; None for no place."""

    cadre_id: int
    number: int | None
    seen: int | None


@transaction.atomic
def set_places(places: list[Place], *, actor) -> int:
    """Write the places that differ from what was seen, all or none; returns how many.

    Refuses a place given twice within `places`, and one that somebody else changed meanwhile.
    """
    taken = Counter(place.number for place in places if place.number is not None)
    twice = sorted(number for number, count in taken.items() if count > 1)
    if twice:
        raise BusinessError(f"名次 {'、'.join(map(str, twice[:5]))} 填了不止一位，请改成不同的数。", code="twice")
    changed = [place for place in places if place.number != place.seen]
    rows = Cadre.objects.select_for_update(of=("self",)).in_bulk([place.cadre_id for place in changed])
    for place in changed:
        if rows[place.cadre_id].order_no not in (place.seen, place.number):
            raise BusinessError("有几位的名次刚被别人改过。请看过最新的名次再保存。", code="stale")
        rows[place.cadre_id].order_no = place.number
    Cadre.objects.bulk_update(rows.values(), ["order_no"], batch_size=500)
    if changed:
        audit.record("change", actor=actor, people=rows.keys(), fields=["order_no"], target="registry.cadre")
    return len(changed)
