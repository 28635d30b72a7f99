"""办法库: what is offered for a category to people of a unit."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from apps.ledgers.models import MeasureTemplate
from apps.organisation.models import Unit
from apps.organisation.queries import ancestor_ids


@dataclass(frozen=True)
class Offered:
    """A line of the library; `initial` fills the form of a measure."""

    pk: int
    what: str
    provider: str
    days: int

    def initial(self, on: dt.date) -> dict:
        return {"what": self.what, "provider": self.provider, "due_on": on + dt.timedelta(days=self.days)}


def measures_for(category: str, unit: Unit | None) -> list[Offered]:
    """Lines in use for a category: those of the unit and of the nearest above it first, then everybody's. Where two
    say the same thing, the nearer one counts. Two statements."""
    order = [*(ancestor_ids(unit) if unit else []), None]
    rows = MeasureTemplate.objects.filter(
        Q(unit__in=[pk for pk in order if pk]) | Q(unit__isnull=True),
        category=category,
        is_active=True,
        voided_at__isnull=True,
    )
    nearest: dict[str, MeasureTemplate] = {}
    for row in sorted(rows, key=lambda row: (order.index(row.unit_id), row.days, row.pk)):
        nearest.setdefault(row.what, row)
    return [Offered(row.pk, row.what, row.provider, row.days) for row in nearest.values()]
