"""A random walk over places: whatever happens in whatever order, what must always hold holds (trust: waiting lists).

Used by a test (some thousand steps) and by `bin/drill enrol` (ten thousand).
"""

import datetime as dt
import random
import uuid
from collections import Counter
from types import SimpleNamespace

from django.db import connection, transaction

from apps.common.errors import BusinessError
from apps.organisation.models import RuleSet
from apps.people.models import Person
from apps.signups.choices import ACTIVE, AttemptWay
from apps.signups.models import Offer, Offering, Places, SignUp
from apps.signups.services import life, offers, seats
from apps.university.services.places import refusals
from tests.signups.places_world import NOW, World, ask

PEOPLE, FIRST_ON = 14, dt.date(2040, 3, 5)
WEEKDAYS = (1, 1, 2, 3)  # two of the classes are at the same time
# Each line finds what must not be; together one statement.
BREACHES = """
SELECT 'over capacity' FROM signups_places WHERE taken > capacity
UNION ALL SELECT 'wrong count' FROM signups_places p WHERE p.taken <> (
  SELECT count(*) FROM signups_signup s
  WHERE s.offering_id = p.offering_id AND s.state IN ('seated', 'offered') AND s.voided_at IS NULL)
UNION ALL SELECT 'twice in one' FROM signups_signup WHERE state IN ('seated', 'offered', 'waiting', 'applied')
  GROUP BY offering_id, person_id HAVING count(*) > 1
UNION ALL SELECT 'offered without offer' FROM signups_signup s WHERE s.state = 'offered' AND NOT EXISTS (
  SELECT FROM signups_offer o WHERE o.sign_up_id = s.id AND o.state = 'open')
UNION ALL SELECT 'offer without place' FROM signups_offer o JOIN signups_signup s ON s.id = o.sign_up_id
  WHERE o.state = 'open' AND s.state <> 'offered'
UNION ALL SELECT 'time not as seats' FROM signups_signup s LEFT JOIN signups_occupied o ON o.sign_up_id = s.id
  WHERE (s.state = 'seated') <> (o.id IS NOT NULL)
UNION ALL SELECT 'enrolment not as seats' FROM signups_signup s LEFT JOIN university_enrolment e
  ON e.sign_up_id = s.id AND e.state = 'in' AND e.voided_at IS NULL WHERE (s.state = 'seated') <> (e.id IS NOT NULL)
UNION ALL SELECT 'too many courses' FROM university_enrolment WHERE state = 'in' AND voided_at IS NULL
  GROUP BY student_id HAVING count(*) > 2
"""


class Walk:
    """Steps of chance on four classes of two or three places and fourteen people who may have two courses each."""

    def __init__(self, seed: int):
        self.rng = random.Random(seed)
        self.now, self.events = NOW, {}
        self.did: Counter[str] = Counter()
        RuleSet.objects.create(kind="enrolment", effective_from=dt.date(2020, 1, 1), values={"most_courses": 2})
        world = World(first_on=FIRST_ON)
        self.offerings = [world.add_class(capacity=2, held_back=n % 2, weekday=day) for n, day in enumerate(WEEKDAYS)]
        self.people = world.people(PEOPLE)
        self.last_offer = 0

    def run(self, steps: int) -> Counter:
        """Raises AssertionError with what broke after which step."""
        acts = [self.ask] * 6 + [self.leave] * 4 + [self.answer] * 4 + [self.attempt] * 5 + [
            self.lapse, self.undo, self.resize, self.die_or_live, self.pass_on, self.ask_by_pad,
        ]  # fmt: skip
        for step in range(steps):
            self.now += dt.timedelta(minutes=self.rng.choice((1, 5, 30, 200, 900)))
            act = self.rng.choice(acts)
            try:
                act()
                self.did[act.__name__] += 1
            except BusinessError as refused:
                self.did[f"{act.__name__} {refused.code}"] += 1
            self.check(step, act.__name__)
        return self.did

    def check(self, step: int, act: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(BREACHES)
            found = cursor.fetchall()
        assert not found, (step, act, found)
        fresh = Offer.objects.filter(pk__gt=self.last_offer).select_related("sign_up__offering").order_by("pk")
        for offer in fresh:
            self.last_offer = offer.pk
            assert not self._passed_over(offer), (step, act, "not by rank")

    def _passed_over(self, offer: Offer) -> list[int]:
        """Who waits before him, does not rest, and might have had it. Who slipped back since is no concern of it."""
        row = offer.sign_up
        waiting = SignUp.objects.filter(offering=row.offering_id, state="waiting").exclude(rest_until__gt=self.now)
        before = [other for other in waiting if _rank(other) < _rank(row)]
        refused = refusals(row.offering, [other.person_id for other in before], self.now.date())
        return [other.pk for other in before if other.person_id not in refused]

    def ask(self, **over) -> None:
        offering, person = self.rng.choice(self.offerings), self.rng.choice(self.people)
        source = self.rng.choice(("web", "desk", "phone"))
        ask(offering, person, now=self.now, **{"source": source, **over})

    def ask_by_pad(self) -> None:
        self.ask(source="pad", queued_at=self.now - dt.timedelta(hours=3))

    def leave(self) -> None:
        if row := self._some(SignUp.objects.filter(state__in=ACTIVE)):
            seats.withdraw(row, reason="", actor=None, now=self.now)

    def undo(self) -> None:
        if row := SignUp.objects.order_by("pk").last():
            seats.undo(row, actor=None, now=self.now)

    def answer(self) -> None:
        if offer := self._some(Offer.objects.filter(state="open")):
            how = self.rng.choice((offers.accept, offers.accept, offers.decline))
            how(offer, actor=None, now=self.now, via="phone")

    def attempt(self) -> None:
        if offer := self._some(Offer.objects.filter(state="open")):
            offers.record_attempt(
                offer, way=AttemptWay.PHONE, reached=self.rng.random() < 0.3, note="", actor=None, now=self.now,
                form_key=uuid.uuid4(),
            )  # fmt: skip

    def lapse(self) -> None:
        offers.lapse_due(self.now)

    def resize(self) -> None:
        places = Places.objects.get(pk=self.rng.choice(self.offerings).pk)
        offering = Offering.objects.get(pk=places.pk)
        seats.set_capacity(offering, self.rng.randint(1, 4), self.rng.randint(0, 1), actor=None, now=self.now)

    def die_or_live(self) -> None:
        """A death as the registry confirms it, or the one before taken back."""
        person = self.rng.choice(self.people)
        event = self.events.pop(person.pk, None)
        with transaction.atomic():
            if event is not None:
                life.close_by_death(event, undo=True)
                Person.objects.filter(pk=person.pk).update(life_status="living")
            elif not self.events:
                event = SimpleNamespace(kind="died", pk=1_000_000 + sum(self.did.values()), person_id=person.pk)
                Person.objects.filter(pk=person.pk).update(life_status="deceased")
                life.close_by_death(event, undo=False)
                self.events[person.pk] = event

    def pass_on(self) -> None:
        seats.pass_on(self.rng.choice(self.offerings), self.now)

    def _some(self, rows):
        found = list(rows.order_by("pk"))
        return self.rng.choice(found) if found else None


def _rank(row: SignUp) -> tuple:
    return row.priority, row.lot is None, row.lot or 0, row.queued_at, row.pk
