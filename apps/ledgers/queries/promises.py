"""What was promised to one person, for himself, his family and the secretary of his branch: measures in plain facts."""

import datetime as dt

from apps.ledgers.models import Measure

KEPT_FOR = dt.timedelta(days=183)
MOST = 40


def promised_to(person_id: int, on: dt.date) -> list[Measure]:
    """Measures open now, the next due first, then those done within half a year; with need and owner. One statement.
    What was dropped is not shown: that was told in person."""
    rows = Measure.objects.standing().filter(
        need__cadre=person_id, need__voided_at__isnull=True, dropped_on__isnull=True
    )
    rows = rows.exclude(done_on__lt=on - KEPT_FOR).select_related("need", "owner")
    found = list(rows.order_by("due_on", "pk")[:MOST])
    still_open = [row for row in found if row.done_on is None]
    return still_open + sorted((row for row in found if row.done_on), key=lambda row: row.done_on, reverse=True)
