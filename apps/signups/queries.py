"""Reads over places and ranks: nothing here writes or locks."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from .choices import SignUpState
from .models import Offering, Places, SignUp
from .models.sign_ups import RANK

# Who already sits somewhere at the time of an offering; the first such place of each.
CLASHES = """
SELECT DISTINCT ON (o.person_id) o.person_id, f.title
FROM signups_offeringtime t
JOIN signups_occupied o
  ON o.weekday = t.weekday AND int4range(o.starts, o.ends) && int4range(t.starts, t.ends)
 AND daterange(o.first_on, o.until) && daterange(t.first_on, t.until)
JOIN signups_signup s ON s.id = o.sign_up_id
JOIN signups_offering f ON f.id = s.offering_id
WHERE t.offering_id = %s AND o.person_id = ANY(%s) AND s.offering_id <> t.offering_id
ORDER BY o.person_id, o.weekday, o.starts, f.id
"""


def position_of(sign_up: SignUp) -> int:
    """第几位候补: 1 is the next; 0 when he does not wait."""
    return positions_of([sign_up]).get(sign_up.pk, 0)


def positions_of(sign_ups: Iterable[SignUp]) -> dict[int, int]:
    """Sign-up id → its place in the waiting list of its offering, 1 the next; who does not wait is left out. Those who
    may not have a place now, or could not be reached, count with the others: they keep their rank. One statement."""
    wanted = [row for row in sign_ups if row.state == SignUpState.WAITING]
    if not wanted:
        return {}
    ranked = (
        SignUp.objects.filter(
            offering__in={row.offering_id for row in wanted}, state=SignUpState.WAITING, voided_at__isnull=True
        )
        .annotate(position=Window(RowNumber(), partition_by=F("offering"), order_by=RANK))
        .filter(pk__in=[row.pk for row in wanted])
    )
    return dict(ranked.order_by().values_list("pk", "position"))


def free_of(offerings: Iterable[Offering]) -> dict[int, int]:
    """Offering id → places that anybody may have now. While people wait, it is whom they pass to who has them: an
    offering with somebody waiting shows none. One statement."""
    rows = Places.objects.filter(offering__in=[row.pk for row in offerings])
    return {row.offering_id: row.free for row in rows}


def clashes(offering: Offering, persons: Iterable[int]) -> dict[int, str]:
    """Person id → title of what he already has at the time of an offering. One statement for all."""
    with connection.cursor() as cursor:
        cursor.execute(CLASHES, [offering.pk, list(persons)])
        return dict(cursor.fetchall())
