"""What a death ends here, and what comes back when it was none."""

import datetime as dt
from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.registry.choices import LifeEventKind
from apps.registry.models import LifeEvent
from apps.signups.choices import OfferingState, RoundState, SignUpState
from apps.signups.models import Places, SignUp

from .giving import end, take_seats
from .locking import lock_places
from .passing import offer_free

STANDING = (OfferingState.DRAFT, OfferingState.OPEN)


def close_by_death(event: LifeEvent, undo: bool) -> list[str]:
    """Life handler: a death ends his sign-ups, and his places go to the next; undone, exactly these are open again
    (design 2, socket 2).

    A place that was given away meanwhile stays with who has it: he waits at his old rank, and staff are told. The
    person is locked by the caller. See rule book 9.5.
    """
    if event.kind != LifeEventKind.DIED:
        return []
    now = timezone.now()
    if undo:
        return list(_reopen(event, now))
    rows = SignUp.objects.active().filter(person_id=event.person_id, offering__state__in=STANDING)
    offerings = lock_places(rows.values_list("offering_id", flat=True))
    for row in rows.order_by("offering_id"):
        places = offerings[row.offering_id]
        end(places, [row], SignUpState.WITHDRAWN, now=now, reason="离世", event=event.pk)
        offer_free(places, now=now)
    return []


def _reopen(event: LifeEvent, now: dt.datetime) -> Iterator[str]:
    """Sentences on those that are not what they were."""
    rows = SignUp.objects.filter(closed_by_event=event.pk)
    offerings = lock_places(rows.values_list("offering_id", flat=True))
    for row in rows.select_related("ticket__round").order_by("offering_id"):
        places = offerings[row.offering_id]
        row.offering = places.offering
        if places.offering.state not in STANDING:
            yield f"“{places.offering.title}”已经取消或者结束，原来的报名没有恢复。请和本人说明。"
            continue
        had_place = row.seated_at is not None
        try:
            with transaction.atomic():
                _put_back(row, places, now)
        except IntegrityError:
            yield f"“{places.offering.title}”后来又另报过，原来的报名没有恢复。请核对以哪一份为准。"
            continue
        if had_place and row.state != SignUpState.SEATED:
            yield f"“{places.offering.title}”的名额已经给了别人，他排在原来的候补位次上。请和本人联系，商量怎样安排。"


def _put_back(row: SignUp, places: Places, now: dt.datetime) -> None:
    row.ended_at, row.end_reason, row.closed_by_event = None, "", None
    row.state = _state_before(row, places)
    if row.state != SignUpState.SEATED:
        row.seated_at = None
    row.save(update_fields=["state", "seated_at", "ended_at", "end_reason", "closed_by_event"])
    if row.state == SignUpState.SEATED:
        take_seats(places.offering, [row], now=now)
        places.taken += 1


def _state_before(row: SignUp, places: Places) -> str:
    """A place where there still is one; an offer comes back as a rank."""
    if row.seated_at is not None:
        return SignUpState.SEATED if places.free > 0 else SignUpState.WAITING
    undrawn = row.ticket is not None and row.ticket.round.state in (RoundState.COLLECTING, RoundState.FROZEN)
    return SignUpState.APPLIED if undrawn else SignUpState.WAITING
