"""What goes into the list of a draw: read once, when it is frozen (rule book 9.11, 9.12)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db import connection
from django.utils import timezone

from apps.people.choices import LifeStatus
from apps.signups.choices import OfferingState, SignUpState
from apps.signups.drawing import DrawList, Entry, Place
from apps.signups.kinds import kind_of
from apps.signups.models import Offering, OfferingTime, Places, Round, SignUp, Ticket, TicketHolder

Choice = tuple[int, int]  # ticket, offering

OCCUPIED = """
SELECT DISTINCT s.ticket_id, s.offering_id
FROM signups_signup s
JOIN signups_offeringtime t ON t.offering_id = s.offering_id
JOIN signups_occupied o ON o.person_id = s.person_id AND o.weekday = t.weekday
    AND o.starts < t.ends AND t.starts < o.ends AND o.first_on < t.until AND t.first_on < o.until
WHERE s.offering_id = ANY(%s) AND s.state = 'applied' AND s.ticket_id IS NOT NULL AND s.voided_at IS NULL
"""


def offerings_of(round: Round) -> list[Offering]:
    """Those that are drawn, in order of their numbers."""
    rows = Offering.objects.filter(round=round, state=OfferingState.OPEN, voided_at__isnull=True)
    return list(rows.order_by("pk"))


def list_of(round: Round, now: dt.datetime) -> DrawList:
    """The list as it stands: tickets that were not withdrawn, without their dead; choices that a person may have and
    has time for; places that are neither taken nor held back. A handful of statements and a few a class. See rule
    book 9.11."""
    offerings = offerings_of(round)
    on = timezone.localdate(now)
    holders = _holders(round)
    choices = _choices(offerings, on)
    left = _left(offerings, holders, on)
    rows = Ticket.objects.filter(round=round, withdrawn_at__isnull=True, voided_at__isnull=True).order_by("pk")
    entries = tuple(
        Entry(
            number, priority, lots, len(holders[pk]),
            min([wants, *(left[person] for person in holders[pk] if person in left)]),
            tuple(str(one) for one in choices.get(pk, ())),
        )
        for pk, number, priority, lots, wants in rows.values_list("pk", "number", "priority", "lots", "wants")
        if pk in holders
    )  # fmt: skip
    return DrawList(str(round.public_id), round.name, tuple(_places(offerings)), entries)


def _holders(round: Round) -> dict[int, list[int]]:
    rows = TicketHolder.objects.filter(round=round, withdrawn_at__isnull=True, person__voided_at__isnull=True)
    found: dict[int, list[int]] = defaultdict(list)
    living = rows.exclude(person__life_status=LifeStatus.DECEASED)
    for ticket, person in living.order_by("pk").values_list("ticket_id", "person_id"):
        found[ticket].append(person)
    return dict(found)


def _places(offerings: list[Offering]) -> Iterable[Place]:
    clashing = clashes_among(offerings)
    places = {row.pk: row for row in Places.objects.filter(pk__in=[one.pk for one in offerings])}
    for one in offerings:
        codes = tuple(sorted(str(other) for other in clashing[one.pk]))
        yield Place(str(one.pk), one.title, places[one.pk].free, codes)


def clashes_among(offerings: list[Offering]) -> dict[int, set[int]]:
    """Which of them nobody may have together: at the same time, or too alike for the kind."""
    times = list(OfferingTime.objects.filter(offering__in=offerings).order_by("pk"))
    found: dict[int, set[int]] = defaultdict(set)
    for one in times:
        for other in times:
            if one.offering_id != other.offering_id and _overlap(one, other):
                found[one.offering_id].add(other.offering_id)
    for first, second in _alike(offerings):
        found[first].add(second)
        found[second].add(first)
    return found


def _alike(offerings: list[Offering]) -> Iterable[tuple[int, int]]:
    alike = kind_of(offerings[0]).alike if offerings else None
    return alike(offerings) if alike else ()


def _overlap(one: OfferingTime, other: OfferingTime) -> bool:
    return (
        one.weekday == other.weekday
        and one.starts < other.ends
        and other.starts < one.ends
        and one.first_on < other.until
        and other.first_on < one.until
    )


def _choices(offerings: list[Offering], on: dt.date) -> dict[int, list[int]]:
    """ticket → offerings in order of preference, without those its people may not have or have no time for."""
    out = barred(offerings, applied_by_offering(offerings), on)
    rows = SignUp.objects.filter(offering__in=offerings, state=SignUpState.APPLIED, voided_at__isnull=True)
    found: dict[int, list[int]] = defaultdict(list)
    pairs = rows.exclude(ticket=None).order_by("ticket_id", "preference", "offering_id", "person_id")
    last = None
    for pair in pairs.values_list("ticket_id", "offering_id"):
        if pair != last and pair not in out:
            found[pair[0]].append(pair[1])
        last = pair
    return found


def applied_by_offering(offerings: list[Offering]) -> dict[int, dict[int, int]]:
    """offering → person → ticket, of those who wait for the draw."""
    rows = SignUp.objects.filter(offering__in=offerings, state=SignUpState.APPLIED, voided_at__isnull=True)
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for offering, person, ticket in (
        rows.exclude(ticket=None).values_list("offering_id", "person_id", "ticket_id").order_by()
    ):
        found[offering][person] = ticket
    return found


def barred(offerings: list[Offering], asked: dict[int, dict[int, int]], on: dt.date) -> set[Choice]:
    """Which of these choices cannot be given today: refused by the kind, or his time is taken by another place."""
    found: set[Choice] = set()
    for offering in offerings:
        tickets = asked.get(offering.pk, {})
        if tickets:
            refused = kind_of(offering).refusals(offering, tickets, on)
            found |= {(tickets[person], offering.pk) for person in refused}
    with connection.cursor() as cursor:
        cursor.execute(OCCUPIED, [[one.pk for one in offerings]])
        return found | set(cursor.fetchall())


def _left(offerings: list[Offering], holders: dict[int, list[int]], on: dt.date) -> dict[int, int]:
    """How many more places each person may take, where the kind has a most."""
    if not offerings or (left := kind_of(offerings[0]).left) is None:
        return {}
    return dict(left(offerings[0], [person for people in holders.values() for person in people], on))
