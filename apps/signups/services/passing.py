"""Free places go to those who wait, in rank order (rule book 9.5). The places are locked by the caller."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Min, Q
from django.utils import timezone

from apps.organisation.queries import rule_values
from apps.signups.choices import OfferingState, OfferReason, SignUpState
from apps.signups.kinds import kind_of
from apps.signups.models import Offer, OfferingTime, Places, SignUp
from apps.signups.rules import SignUpRules

from .telling import offers_made

FIRST_LOOK = 20


def offer_free(places: Places, *, now: dt.datetime, reason: str = OfferReason.FREED) -> list[Offer]:
    """Offer every free place to the first who may have it; `places.taken` is brought up to date.

    Whom the room refuses now, and who rests because nobody could reach him, is passed over and keeps his rank. Nothing
    is offered of what is cancelled, or began longer ago than the rule set lets anybody join.
    """
    if places.free <= 0 or places.offering.state != OfferingState.OPEN:
        return []
    chosen = _first_eligible(places, now)
    if not chosen:
        return []
    SignUp.objects.filter(pk__in=[row.pk for row in chosen]).update(state=SignUpState.OFFERED, rest_until=None)
    for row in chosen:
        row.state, row.rest_until = SignUpState.OFFERED, None
    offers = Offer.objects.bulk_create(Offer(sign_up=row, reason=reason, made_at=now) for row in chosen)
    places.taken += len(chosen)
    offers_made(places.offering, offers, now=now)
    return offers


def _first_eligible(places: Places, now: dt.datetime) -> list[SignUp]:
    offering, on = places.offering, timezone.localdate(now)
    chosen: list[SignUp] = []
    for group in _waiting(places, now):
        if not chosen and _too_late(places, on):
            return []
        refused = kind_of(offering).refusals(offering, [row.person_id for row in group], on)
        chosen += [row for row in group if row.person_id not in refused]
        if len(chosen) >= places.free:
            return chosen[: places.free]
    return chosen


def _waiting(places: Places, now: dt.datetime) -> Iterator[list[SignUp]]:
    """Those who wait, in rank order, a few at a time and then more."""
    rested = Q(rest_until__isnull=True) | Q(rest_until__lte=now)
    rows = SignUp.objects.filter(
        rested, offering=places.pk, state=SignUpState.WAITING, voided_at__isnull=True
    ).in_rank()  # fmt: skip
    size, start = max(FIRST_LOOK, 2 * places.free), 0
    while group := list(rows[start : start + size]):
        yield group
        if len(group) < size:
            return
        start, size = start + size, 2 * size


def _too_late(places: Places, on: dt.date) -> bool:
    """Whether it began so long ago that nobody joins any more; what has no times is never too late."""
    first = OfferingTime.objects.filter(offering=places.pk).aggregate(day=Min("first_on"))["day"]
    rules = rule_values(SignUpRules.rule_key, on=on, unit=places.offering.unit)
    return first is not None and on > first + dt.timedelta(days=rules.pass_on_days)
