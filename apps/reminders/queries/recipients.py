"""Which account a role means for a cadre, at the moment a reminder is handed out: one act, one person to do it."""

import datetime
from collections.abc import Collection

from apps.ledgers.queries import bureau_leaders, responsible_for_cadres, section_heads
from apps.registry.models import Cadre
from apps.reminders.choices import Role


def recipients_of(pairs: Collection[tuple[int, str]], *, on: datetime.date) -> dict[tuple[int, str], int | None]:
    """(cadre id, role) → user id, None where nobody holds the role. A handful of queries for any number of pairs."""
    unit_of = dict(Cadre.objects.filter(pk__in={cadre for cadre, _ in pairs}).values_list("pk", "managing_unit_id"))
    wanted = {role: {cadre for cadre, its in pairs if its == role and cadre in unit_of} for role in Role.values}
    carers = responsible_for_cadres({cadre: unit_of[cadre] for cadre in wanted[Role.RESPONSIBLE]}, on=on)
    holders = {
        Role.SECTION: section_heads({unit_of[cadre] for cadre in wanted[Role.SECTION]}, on=on),
        Role.BUREAU: bureau_leaders({unit_of[cadre] for cadre in wanted[Role.BUREAU]}, on=on),
    }
    found: dict[tuple[int, str], int | None] = {}
    for cadre, role in pairs:
        if role == Role.RESPONSIBLE:
            found[cadre, role] = carers.get(cadre)
        else:
            found[cadre, role] = next(iter(holders[Role(role)].get(unit_of.get(cadre), ())), None)
    return found
