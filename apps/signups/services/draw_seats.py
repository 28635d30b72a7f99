"""The places of a published draw, given in a few statements for tens of thousands of tickets (rule book 9.18)."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable

import pgtrigger
from django.db import connection
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.common.insert_select import copy_rows, execute
from apps.people.models import Person
from apps.signups.choices import SignUpState
from apps.signups.drawing import Drawn
from apps.signups.kinds import kind_of
from apps.signups.models import Offering, Places, Round, SignUp, Ticket, TicketHolder

from .draw_list import Choice, barred, offerings_of
from .seats import pass_on

ASKED = """
SELECT s.offering_id, s.person_id, s.ticket_id
FROM unnest(%s::bigint[], %s::bigint[]) AS w(ticket, offering)
JOIN signups_signup s ON s.ticket_id = w.ticket AND s.offering_id = w.offering
WHERE s.state = 'applied' AND s.voided_at IS NULL
"""
# Who got as many as he wanted ends his other choices; all others wait in the drawn order.
SETTLE = """
UPDATE signups_signup s SET
    lot = d.place, priority = d.priority, state = d.state,
    seated_at = CASE WHEN d.state = 'seated' THEN %s::timestamptz END,
    ended_at = CASE WHEN d.state = 'off' THEN %s::timestamptz END,
    end_reason = CASE WHEN d.state = 'off' THEN %s ELSE '' END
FROM (
    SELECT a.id, t.place, k.priority, CASE
        WHEN w.offering_id IS NOT NULL THEN 'seated' WHEN coalesce(g.got, 0) >= k.wants THEN 'off' ELSE 'waiting'
    END AS state
    FROM draw_places t
    JOIN signups_ticket k ON k.id = t.ticket_id
    JOIN signups_signup a ON a.ticket_id = t.ticket_id AND a.state = 'applied' AND a.voided_at IS NULL
    LEFT JOIN draw_won w ON w.ticket_id = a.ticket_id AND w.offering_id = a.offering_id
    LEFT JOIN (SELECT ticket_id, count(*) AS got FROM draw_won GROUP BY ticket_id) g ON g.ticket_id = t.ticket_id
) d
WHERE s.id = d.id
"""
OCCUPY = """
INSERT INTO signups_occupied (person_id, sign_up_id, weekday, starts, ends, first_on, until)
SELECT s.person_id, s.id, t.weekday, t.starts, t.ends, t.first_on, t.until
FROM draw_won w JOIN signups_signup s ON s.ticket_id = w.ticket_id AND s.offering_id = w.offering_id
JOIN signups_offeringtime t ON t.offering_id = s.offering_id
WHERE s.state = 'seated'
"""
CONTENT = "抽签已录取别的志愿"


def lock_winners(round: Round, drawn: Iterable[Drawn]) -> None:
    """Before anything else of a publication is locked: the persons, in order of their number."""
    numbers = [one.number for one in drawn if one.got]
    holders = TicketHolder.objects.filter(round=round, ticket__number__in=numbers, withdrawn_at__isnull=True)
    rows = Person.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    list(rows.filter(pk__in=holders.values("person_id")).values_list("pk"))


def seat(round: Round, drawn: list[Drawn], *, now: dt.datetime) -> None:
    """Give the places drawn and rank all others. Persons and round are locked. The history keeps no row of this step.

    Who may not have his place any more, or has no time for it since, waits with his rank; the place goes to the next.
    Raises BusinessError where a class has fewer places than were drawn.
    """
    offerings, on = offerings_of(round), timezone.localdate(now)
    tickets = dict(Ticket.objects.filter(round=round).values_list("number", "pk"))
    places = {row.pk: row for row in Places.objects.select_for_update().filter(pk__in=offerings).order_by("pk")}
    won = [(tickets[one.number], int(code)) for one in drawn for code in one.got]
    asked = _asked(won)
    gone = barred(offerings, asked, on)
    won = [choice for choice in won if choice not in gone]
    _check_room(offerings, places, won, asked)
    copy_rows(
        "draw_places",
        [("ticket_id", "bigint"), ("place", "integer")],
        ((tickets[one.number], one.place) for one in drawn),
    )
    copy_rows("draw_won", [("ticket_id", "bigint"), ("offering_id", "bigint")], won)
    with pgtrigger.ignore("signups.SignUp:changed_update"):  # what each row was before, the frozen list says
        execute(SETTLE, [now, now, CONTENT])
    execute(OCCUPY)
    _tell_the_room(round, offerings, on)
    _pass_on(offerings, now)


def _asked(won: list[Choice]) -> dict[int, dict[int, int]]:
    """offering → person → ticket, of those who won it and still ask for it."""
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [[ticket for ticket, _ in won], [offering for _, offering in won]])
        found: dict[int, dict[int, int]] = defaultdict(dict)
        for offering, person, ticket in cursor.fetchall():
            found[offering][person] = ticket
        return found


def _check_room(
    offerings: list[Offering], places: dict[int, Places], won: list[Choice], asked: dict[int, dict[int, int]]
) -> None:
    given, kept = Counter[int](), set(won)
    for key, people in asked.items():
        given[key] = sum((ticket, key) in kept for ticket in people.values())
    for offering in offerings:
        place = places[offering.pk]
        if place.free < given[offering.pk]:
            raise BusinessError(
                f"“{offering.title}”抽出 {given[offering.pk]} 人，现在只有 {place.free} 个名额："
                "封存以后名额被改少或被占用。请先把名额改回来，再公布。"
            )


def _tell_the_room(round: Round, offerings: list[Offering], on: dt.date) -> None:
    """The kind makes what belongs to a place, for all of them at once."""
    rows = SignUp.objects.filter(ticket__round=round, offering__in=offerings, state=SignUpState.SEATED)
    by_kind: dict[str, list[SignUp]] = defaultdict(list)
    for row in rows.select_related("offering", "person").order_by("pk"):
        by_kind[row.offering.kind].append(row)
    for rows_of_kind in by_kind.values():
        kind_of(rows_of_kind[0].offering).seated(rows_of_kind, on)


def _pass_on(offerings: list[Offering], now: dt.datetime) -> None:
    """Places that are left where somebody waits: a couple that one place did not serve, a place given back since."""
    waiting = SignUp.objects.filter(offering__in=offerings, state=SignUpState.WAITING, voided_at__isnull=True)
    wanted = set(waiting.values_list("offering_id", flat=True).order_by().distinct())
    left = {row.pk for row in Places.objects.filter(pk__in=wanted) if row.free}
    for offering in offerings:
        if offering.pk in left:
            pass_on(offering, now)
