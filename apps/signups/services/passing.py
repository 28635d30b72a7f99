"""Free places go to those who wait, in rank order (rule book 9.5). The places are locked by the caller."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Min, Q
from django.utils import timezone

from apps.organisation.queries import rule_values
from apps.signups.choices import OfferingState, OfferReason, SignUpState
from apps.signups.kinds import kind_of, last_moment
from apps.signups.models import Offer, OfferingTime, Places, SignUp
from apps.signups.rules import SignUpRules

from .telling import offers_made

FIRST_LOOK = 20


def offer_free(places: Places, *, now: dt.datetime, reason: str = OfferReason.FREED) -> list[Offer]:
    """Offer every free place to the first who may have it; `places.taken` is brought up to date.

    Whom the room refuses now, and who rests because nobody could reach him, is passed over and keeps his rank; two who
    asked together are offered two places at once, else both are passed over (rule book 9.12). Nothing is offered of
    what is cancelled, or began longer ago than the rule set lets anybody join, or of what its kind closes by now; until
    then an offer of such a kind is to be answered.
    """
    if places.free <= 0 or places.offering.state != OfferingState.OPEN:
        return []
    until = last_moment(places.offering)
    if until is not None and now >= until:
        return []
    chosen = _first_eligible(places, now)
    if not chosen:
        return []
    SignUp.objects.filter(pk__in=[row.pk for row in chosen]).update(state=SignUpState.OFFERED, rest_until=None)
    for row in chosen:
        row.state, row.rest_until = SignUpState.OFFERED, None
    offers = Offer.objects.bulk_create(
        Offer(sign_up=row, reason=reason, made_at=now, answer_by=until) for row in chosen
    )
    places.taken += len(chosen)
    offers_made(places.offering, offers, now=now)
    return offers


def _first_eligible(places: Places, now: dt.datetime) -> list[SignUp]:
    offering, on = places.offering, timezone.localdate(now)
    chosen: list[SignUp] = []
    for group in _waiting(places, now):
        if not chosen and _too_late(places, on):
            return []
        parties = _parties(places, group, now)
        people = [row.person_id for party in parties for row in party]
        refused = kind_of(offering).refusals(offering, people, on)
        for party in parties:
            if len(chosen) + len(party) <= places.free and not any(row.person_id in refused for row in party):
                chosen += party
        if len(chosen) >= places.free:
            return chosen
    return chosen


def _parties(places: Places, group: list[SignUp], now: dt.datetime) -> list[list[SignUp]]:
    """Those of a stretch of the ranks, each with whom he waits together: two of one ticket of a draw, as long as both
    wait. They are where the first of them is; while one of them rests, neither is there."""
    tickets = {row.ticket_id for row in group if row.ticket_id is not None}
    together: dict[int, list[SignUp]] = defaultdict(list)
    if tickets:
        rows = SignUp.objects.filter(
            offering=places.pk, ticket__in=tickets, state=SignUpState.WAITING, voided_at__isnull=True
        )
        for row in rows.in_rank():
            together[row.ticket_id].append(row)
    parties = [
        [row] if row.ticket_id is None else together.get(row.ticket_id, [row])
        for row in group if _leads(row, together)
    ]  # fmt: skip
    return [party for party in parties if all(row.rest_until is None or row.rest_until <= now for row in party)]


def _leads(row: SignUp, together: dict[int, list[SignUp]]) -> bool:
    """Whether he comes first of those he waits with; who waits alone does."""
    party = together.get(row.ticket_id) if row.ticket_id is not None else None
    return party is None or party[0].pk == row.pk


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
