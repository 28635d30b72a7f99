"""What giving a place and ending a sign-up change. Inside the act's transaction, everything locked by the caller
(`locking`); of one offering at a time."""

import datetime as dt
from collections.abc import Collection

from django.utils import timezone

from apps.common.insert_select import execute
from apps.signups.choices import HOLDING, OfferState, SignUpState
from apps.signups.kinds import kind_of
from apps.signups.models import Occupied, Offer, Offering, Places, SignUp

# `occupied_once` refuses whoever has something else at one of these times.
OCCUPY = """
INSERT INTO signups_occupied (person_id, sign_up_id, weekday, starts, ends, first_on, until)
SELECT s.person_id, s.id, t.weekday, t.starts, t.ends, t.first_on, t.until
FROM signups_signup s JOIN signups_offeringtime t ON t.offering_id = s.offering_id
WHERE s.id = ANY(%(sign_ups)s)
"""


def take_seats(offering: Offering, sign_ups: list[SignUp], *, now: dt.datetime) -> None:
    """For sign-ups that are SEATED by now: their time is taken, the room enrols them."""
    execute(OCCUPY, {"sign_ups": [row.pk for row in sign_ups]})
    kind_of(offering).seated(sign_ups, timezone.localdate(now))


def seat(offering: Offering, sign_ups: list[SignUp], *, now: dt.datetime) -> None:
    """SEATED, with all that follows from it. Raises IntegrityError where there is no place or somebody is elsewhere at
    that time: the database decides."""
    values = {"state": SignUpState.SEATED, "seated_at": now}
    _write(sign_ups, values)
    take_seats(offering, sign_ups, now=now)


def end(
    places: Places,
    sign_ups: Collection[SignUp],
    state: str,
    *,
    now: dt.datetime,
    reason: str = "",
    event: int | None = None,
) -> None:
    """Sign-ups end in `state`: offers that stand open are withdrawn, their time is free, the room ends what it made.
    `places.taken` is brought up to date; nothing is passed on yet."""
    seated = [row for row in sign_ups if row.state == SignUpState.SEATED]
    holding = sum(row.state in HOLDING for row in sign_ups)
    keys = [row.pk for row in sign_ups]
    withdrawn = {"state": OfferState.WITHDRAWN, "answered_at": now}
    Offer.objects.filter(sign_up__in=keys, state=OfferState.OPEN).update(**withdrawn)
    Occupied.objects.filter(sign_up__in=keys).delete()
    values = {"state": state, "ended_at": now, "end_reason": reason[:200], "closed_by_event": event}
    _write(sign_ups, values)
    places.taken -= holding
    if seated:
        kind_of(places.offering).freed(seated, timezone.localdate(now))


def _write(sign_ups: Collection[SignUp], values: dict) -> None:
    SignUp.objects.filter(pk__in=[row.pk for row in sign_ups]).update(**values)
    for row in sign_ups:
        for name, value in values.items():
            setattr(row, name, value)
