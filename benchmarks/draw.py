"""A lottery of 36,000 tickets with three choices each over 70 classes and 2,000 places: frozen, drawn, published with
places, enrolments, ranks and a notice to everybody; and the same list again from the two files (issue 6: ≤ 10 s).

Everything happens in one transaction that is rolled back. DRAW_TICKETS takes another number.
"""

import datetime as dt
import os
import time

from django.db import connection
from django.utils import timezone

from apps.common import attachments
from apps.common.insert_select import execute
from apps.organisation.models import Unit
from apps.signups import drawing
from apps.signups.choices import Mode, OfferingState, SignUpState
from apps.signups.draw_telling import tell_results
from apps.signups.models import Offering, OfferingTime, Places, Round, SignUp
from apps.signups.services import draws
from apps.university.models import ClassGroup, Course, Enrolment, School, Term

from .population import Population, plain_static, rolled_back

TICKETS = int(os.environ.get("DRAW_TICKETS", "36000"))
CLASSES, PLACES = 70, 2_000
# One in fifty of the population has died; they do not apply.
PEOPLE = TICKETS * 26 // 25
TICKET_ROWS = """
WITH people AS (
    SELECT p.id, row_number() OVER (ORDER BY p.id) AS n FROM people_person p JOIN registry_cadre c ON c.person_id = p.id
    WHERE p.life_status = 'living' AND c.managing_unit_id = ANY(%(units)s) LIMIT %(tickets)s
), made AS (
    INSERT INTO signups_ticket (public_id, round_id, number, priority, lots, wants, source)
    SELECT gen_random_uuid(), %(round)s, lpad(n::text, 7, '0'), 100, 1, 1 + (n %% 5 = 0)::int, 'web' FROM people
    RETURNING id, number
), held AS (
    INSERT INTO signups_ticketholder (ticket_id, round_id, person_id, agreed)
    SELECT made.id, %(round)s, people.id, true FROM made JOIN people ON people.n = made.number::int
    RETURNING ticket_id, person_id
)
INSERT INTO signups_signup (public_id, offering_id, person_id, state, queued_at, ticket_id, preference, source)
SELECT gen_random_uuid(), (%(offerings)s::bigint[])[1 + (person_id * 31 + p * 17) %% %(classes)s], person_id, 'applied',
    %(now)s, ticket_id, p, 'web'
FROM held CROSS JOIN generate_series(1, 3) p
"""


def run() -> list[dict]:
    with rolled_back(), plain_static():
        round = fill(Population())
        spent, check = measure(round)
    return [row(work, seconds) for work, seconds in (*spent.items(), ("the same again from the two files", check))]


def fill(people: Population) -> Round:
    people.grow(PEOPLE)
    unit, today = Unit.objects.get(pk=people.units[0]), timezone.localdate()
    begins = today + dt.timedelta(60)
    school = School.objects.create(name="基准测试大学", level="city", unit=unit, address="河滨路", phone="0000-0000")
    term = Term.objects.create(
        unit=unit, year=begins.year, season="spring", starts_on=begins, ends_on=begins + dt.timedelta(120)
    )
    now = timezone.now()
    round = Round.objects.create(
        kind="class", unit=unit, name="基准测试抽签", opens_at=now - dt.timedelta(9), closes_at=now - dt.timedelta(1),
        draws_at=now, draws_where="礼堂",
    )  # fmt: skip
    offerings = [make_class(round, school, term, number) for number in range(CLASSES)]
    values = {"round": round.pk, "tickets": TICKETS, "units": people.units, "now": now, "classes": CLASSES}
    execute(TICKET_ROWS, {**values, "offerings": offerings})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE signups_ticket, signups_ticketholder, signups_signup")
    return round


def make_class(round: Round, school: School, term: Term, number: int) -> int:
    """70 courses over five days and four times of day, each with its share of the places."""
    title = f"课程{number:02}"
    offering = Offering.objects.create(
        kind="class", unit=round.unit, title=title, mode=Mode.LOTTERY, state=OfferingState.OPEN, round=round
    )
    capacity = PLACES // CLASSES + (number < PLACES % CLASSES)
    Places.objects.create(offering=offering, capacity=capacity)
    OfferingTime.objects.create(
        offering=offering, weekday=1 + number % 5, starts=500 + number % 4 * 125, ends=590 + number % 4 * 125,
        first_on=term.starts_on, until=term.ends_on,
    )  # fmt: skip
    course = Course.objects.create(school=school, name=title)
    ClassGroup.objects.create(
        term=term, school=school, course=course, offering=offering, code="1班", state="public",
        first_on=term.starts_on, until=term.ends_on, fee=100,
    )  # fmt: skip
    return offering.pk


def measure(round: Round) -> tuple[dict[str, float], float]:
    now, spent = timezone.now(), {}

    def timed(work: str, act) -> None:
        started = time.perf_counter()
        act()
        spent[work] = time.perf_counter() - started

    timed("frozen: weighed, checked, listed", lambda: draws.freeze(round, actor=None, now=now))
    timed("drawn", lambda: draws.draw(round, number="0427", witnesses="基准", actor=None, now=now))
    timed("published: places, enrolments, ranks", lambda: draws.publish(round, actor=None, now=now))
    total = sum(spent.values())
    timed("everybody told, after the click", lambda: tell_results(now))
    spent["all three steps"] = total
    round.refresh_from_db()
    files = attachments.read(round.list_file), attachments.read(round.result_file)
    started = time.perf_counter()
    faults = drawing.check(*files)
    again = time.perf_counter() - started
    seated = SignUp.objects.filter(ticket__round=round, state=SignUpState.SEATED).count()
    if (
        faults
        or seated != min(PLACES, seated)
        or seated != Enrolment.objects.filter(sign_up__ticket__round=round).count()
    ):
        raise AssertionError((faults, seated))
    return spent, again


def row(work: str, seconds: float) -> dict:
    return {
        "work": f"lottery of {TICKETS:,} tickets, {work}", "rows": TICKETS, "ours_s": round(seconds, 3),
        "floor_s": None,
        "ratio": None, "peer": None, "peer_s": None, "peer_ratio": None, "peak_mb": None,
    }  # fmt: skip
