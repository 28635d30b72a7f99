"""A class that goes on as a whole: places kept for those who were in it, before anybody else asks (rule book 9.49).

They come first by their priority class: whom nobody could tell in time goes back to waiting, and is the first to be
asked again (`services.offers.lapse_due`).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.signups.choices import ACTIVE, OfferReason, SignUpSource, SignUpState
from apps.signups.kinds import kind_of
from apps.signups.models import Offer, Offering, SignUp

from .giving import end
from .locking import lock_persons, lock_places
from .passing import offer_free
from .telling import offers_made

COMES_FIRST = 10  # before everybody who asks anew (100)


@dataclass(frozen=True)
class Continued:
    """Persons by their number: who was offered a place, who waits first because there was none left, who may not have
    one with the sentence. Who has asked for it already is in none of them."""

    offered: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def sort_out(offering: Offering, persons: Sequence[int], free: int, on: dt.date) -> Continued:
    """Who goes on, in the order given; nothing is written. Who was offered it and said no, or kept silent, is not asked
    again. A handful of statements for however many."""
    known = SignUp.objects.filter(offering=offering, person__in=persons, voided_at__isnull=True)
    told = Q(source=SignUpSource.CONTINUING) & ~Q(state=SignUpState.UNDONE)
    asked = set(known.filter(Q(state__in=ACTIVE) | told).values_list("person", flat=True))
    wanted = [pk for pk in persons if pk not in asked]
    refused = dict(kind_of(offering).refusals(offering, wanted, on))
    may = [pk for pk in wanted if pk not in refused]
    return Continued(may[: max(free, 0)], may[max(free, 0) :], refused)


@transaction.atomic
def offer_continuing(
    offering: Offering, persons: Sequence[int], *, answer_by: dt.datetime, actor: User, now: dt.datetime
) -> Continued:
    """Keep a place for each of `persons` until `answer_by`, in the order given while there are places; the rest wait,
    before everybody else. Done again it adds who is new. All of them are told. See rule book
    9.49."""
    lock_persons(persons)
    places = lock_places([offering.pk])[offering.pk]
    found = sort_out(places.offering, persons, places.free, timezone.localdate(now))
    rows = [
        SignUp(
            offering=places.offering, person_id=pk, state=state, priority=COMES_FIRST, queued_at=now,
            source=SignUpSource.CONTINUING, entered_by=actor,
        )
        for state, people in ((SignUpState.OFFERED, found.offered), (SignUpState.WAITING, found.waiting))
        for pk in people
    ]  # fmt: skip
    SignUp.objects.bulk_create(rows)
    offers = Offer.objects.bulk_create(
        Offer(sign_up=row, reason=OfferReason.CONTINUING, made_at=now, answer_by=answer_by)
        for row in rows
        if row.state == SignUpState.OFFERED
    )
    offers_made(places.offering, offers, now=now)
    people = [row.person_id for row in rows]
    audit.record("continuing.offer", actor=actor, people=people, target=f"signups.offering:{offering.pk}")
    return found


@transaction.atomic
def take_back_continuing(offering: Offering, *, actor: User, now: dt.datetime) -> int:
    """As if it had not been, for those who have not answered; who has his place keeps it. Returns how many."""
    rows = SignUp.objects.filter(
        offering=offering, source=SignUpSource.CONTINUING, voided_at__isnull=True,
        state__in=(SignUpState.OFFERED, SignUpState.WAITING),
    )  # fmt: skip
    lock_persons(rows.order_by().values_list("person", flat=True))
    places = lock_places([offering.pk])[offering.pk]
    found = list(rows.order_by("pk"))
    end(places, found, SignUpState.UNDONE, now=now, reason="老生续读撤回")
    offer_free(places, now=now)
    people = [row.person_id for row in found]
    audit.record("continuing.undo", actor=actor, people=people, target=f"signups.offering:{offering.pk}")
    return len(found)
