"""Reads over places and ranks: nothing here writes or locks."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from apps.accounts.models import RoleGrant
from apps.accounts.roles import ROLES
from apps.organisation.models import Unit

from .choices import OfferingState, SignUpState
from .kinds import kind_of
from .models import Offering, Places, SignUp

# Who is already taken at the time of an offering, by a place or an engagement; the first such of each.
CLASHES = """
SELECT DISTINCT ON (o.person_id) o.person_id, coalesce(f.title, o.title)
FROM signups_offeringtime t
JOIN signups_occupied o
  ON o.weekday = t.weekday AND int4range(o.starts, o.ends) && int4range(t.starts, t.ends)
 AND daterange(o.first_on, o.until) && daterange(t.first_on, t.until)
LEFT JOIN signups_signup s ON s.id = o.sign_up_id
LEFT JOIN signups_offering f ON f.id = s.offering_id
WHERE t.offering_id = %s AND o.person_id = ANY(%s) AND s.offering_id IS DISTINCT FROM t.offering_id
ORDER BY o.person_id, o.weekday, o.starts, f.id
"""

POSITIONS = """
SELECT id, position FROM (
  SELECT id, row_number() OVER (PARTITION BY offering_id ORDER BY priority, lot, queued_at, id) AS position
  FROM signups_signup WHERE offering_id = ANY(%s) AND state = 'waiting' AND voided_at IS NULL
) ranked
WHERE id = ANY(%s)
"""


def position_of(sign_up: SignUp) -> int:
    """第几位候补: 1 is the next; 0 when he does not wait."""
    return positions_of([sign_up]).get(sign_up.pk, 0)


def positions_of(sign_ups: Iterable[SignUp]) -> dict[int, int]:
    """Sign-up id → its place in the waiting list of its offering, 1 the next; who does not wait is left out. Those who
    may not have a place now, or could not be reached, count with the others: they keep their rank. One statement. See
    rule book 9.2."""
    wanted = [row for row in sign_ups if row.state == SignUpState.WAITING]
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(POSITIONS, [[row.offering_id for row in wanted], [row.pk for row in wanted]])
        return dict(cursor.fetchall())


def clashes(offering: Offering, persons: Iterable[int]) -> dict[int, str]:
    """Person id → title of what he already has at the time of an offering. One statement for all."""
    with connection.cursor() as cursor:
        cursor.execute(CLASHES, [offering.pk, list(persons)])
        return dict(cursor.fetchall())


def staff_of(offering: Offering, now: dt.datetime) -> list[int]:
    """Ids of those who work on its places: holders of the kind's permission on its unit, or, where nobody has it there,
    on the nearest unit above. One query."""
    permission = kind_of(offering).permission
    roles = [key for key, role in ROLES.items() if permission and permission in role.permissions]
    path = offering.unit.path
    above = [path[:end] for end in range(len(path), 0, -Unit.steplen)]
    grants = RoleGrant.objects.current(timezone.localdate(now)).filter(
        role__in=roles, unit__path__in=above, community__isnull=True, user__is_active=True
    )
    rows = list(grants.order_by("user_id").values_list("unit__path", "user_id").distinct())
    nearest = max((len(path) for path, _ in rows), default=0)
    return sorted({user for path, user in rows if len(path) == nearest})


def offerings_to_pass_on(now: dt.datetime) -> list[int]:
    """Ids of offerings with a free place and somebody who waits and does not rest: somebody may have become able to
    take it. Few at any time; one query over the places that are not full."""
    waiting = SignUp.objects.filter(
        Q(rest_until__isnull=True) | Q(rest_until__lte=now),
        offering=OuterRef("pk"), state=SignUpState.WAITING, voided_at__isnull=True,
    )  # fmt: skip
    free = Places.objects.filter(offering__state=OfferingState.OPEN, taken__lt=F("capacity") - F("held_back"))
    rows = free.filter(Exists(waiting)).order_by("pk")
    return list(rows.values_list("pk", flat=True))
