"""A death stops, lowers and reclaims what must be, frees a place, and all of it comes back with its undoing (8.32)."""

import datetime as dt
from decimal import Decimal

import pytest

from apps.common.partial_date import PartialDate
from apps.ledgers.choices.treatments import PlaceState
from apps.ledgers.models import ConvalescenceBatch, GreenCard, Subscription, TreatmentChange, TreatmentItem
from apps.ledgers.queries.seniors import gone_since, reaching
from apps.ledgers.services import convalescence, treatments
from apps.ledgers.services.life import handle_life_event
from apps.ledgers.services.treatment_deaths import end_treatments
from apps.registry.models import Cadre, LifeEvent
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 5, 20)
DIED = dt.date(2026, 3, 10)


@pytest.fixture
def world():
    unit = make_unit()
    clerk = make_user("clerk", role="clerk", unit=unit)
    cadre = make_cadre("李德厚", unit=unit, retire_type="veteran", work_start="1945-09-02")
    return unit, clerk, cadre


def death(cadre, *, happened_on="2026-03-10", state="confirmed"):
    return LifeEvent.objects.create(
        person=cadre.person, kind="died", happened_on=PartialDate.parse(happened_on), state=state
    )


def opened(clerk, *, every="year", number=1, on_death="prorate"):
    item = TreatmentItem.objects.create(
        group="living", name=f"{every}{number}{on_death}", every=every, standard="asked", on_death=on_death
    )
    run = treatments.open_period(
        item, year=2026, number=number, asked=Decimal(1200), cadres=Cadre.objects.current(), actor=clerk, on=TODAY
    ).run
    return run.dues.get()


def test_what_is_not_sent_yet_falls_to_the_months_lived_and_later_periods_stop(world):
    _, clerk, cadre = world
    year = opened(clerk)
    before = opened(clerk, every="month", number=2)
    stopped = opened(clerk, every="month", number=3, on_death="stop")
    after = opened(clerk, every="quarter", number=2)
    event = death(cadre)

    end_treatments(cadre, event, False, TODAY)

    for due in (year, before, stopped, after):
        due.refresh_from_db()
    assert year.payable == Decimal("300.00")
    assert before.payable == Decimal(1200)
    assert before.stopped_on is None
    assert (stopped.stopped_on, stopped.stop_reason) == (DIED, "died")
    assert after.stopped_on == DIED

    end_treatments(cadre, event, True, TODAY)

    for due in (year, stopped, after):
        due.refresh_from_db()
        assert (due.payable, due.stopped_on, due.stop_reason, due.closed_by_event) == (Decimal(1200), None, "", None)
    assert not TreatmentChange.objects.filter(voided_at__isnull=True).exists()


def test_what_was_given_after_the_death_must_come_back_and_is_noted_so(world):
    _, clerk, cadre = world
    due = opened(clerk, every="month", number=5)
    lived = opened(clerk, every="month", number=1)
    for one, day in ((due, dt.date(2026, 5, 6)), (lived, dt.date(2026, 1, 6))):
        treatments.receive([one.pk], treatments.Receipt(day), actor=clerk, on=TODAY)

    end_treatments(cadre, death(cadre), False, TODAY)

    entry = TreatmentChange.objects.get()
    assert (entry.due, entry.kind, entry.amount) == (due, "reclaim", Decimal(-1200))
    treatments.settle_reclaim(entry, settled_on=TODAY, actor=clerk, on=TODAY)
    entry.refresh_from_db()
    assert entry.settled_on == TODAY


def test_papers_and_card_end_and_come_back(world):
    _, _, cadre = world
    paper = Subscription.objects.create(cadre=cadre, year=2026, title="人民日报", price=288)
    card = GreenCard.objects.create(
        cadre=cadre, number="1", hospital="市医院", issued_on=dt.date(2025, 1, 1), valid_until=dt.date(2027, 1, 1)
    )
    ended = GreenCard.objects.create(
        cadre=cadre, number="0", hospital="市医院", issued_on=dt.date(2023, 1, 1), valid_until=dt.date(2025, 1, 1),
        closed_on=dt.date(2025, 1, 1),
    )  # fmt: skip
    event = death(cadre)

    end_treatments(cadre, event, False, TODAY)
    paper.refresh_from_db()
    card.refresh_from_db()
    assert (paper.ends_on, card.closed_on) == (DIED, DIED)

    end_treatments(cadre, event, True, TODAY)
    for row in (paper, card, ended):
        row.refresh_from_db()
    assert (paper.ends_on, card.closed_on, ended.closed_on) == (None, None, dt.date(2025, 1, 1))


def make_batch(quota: int, **over) -> ConvalescenceBatch:
    values = {"name": "第一批", "place": "青屿疗养院", "starts_on": dt.date(2026, 6, 1), "ends_on": dt.date(2026, 6, 9)}
    return ConvalescenceBatch.objects.create(**{**values, "quota": quota, **over})


def say(place, clerk, state, **over):
    return convalescence.answer(place, convalescence.Answer(state, **over), actor=clerk, on=TODAY)


def test_a_place_is_freed_by_a_death_and_given_back_unless_taken(world):
    unit, clerk, cadre = world
    other = make_cadre("王守仁", unit=unit)
    batch = make_batch(1)
    convalescence.invite(batch, Cadre.objects.current(), actor=clerk, on=TODAY)
    his, hers = batch.places.get(cadre=cadre), batch.places.get(cadre=other)
    assert say(his, clerk, PlaceState.ACCEPTED).state == "accepted"
    assert say(hers, clerk, PlaceState.ACCEPTED).state == "waiting"
    event = death(cadre)

    end_treatments(cadre, event, False, TODAY)
    batch.refresh_from_db()
    assert batch.taken == 0
    assert convalescence.next_waiting(batch) == hers

    assert say(hers, clerk, PlaceState.ACCEPTED).state == "accepted"
    end_treatments(cadre, event, True, TODAY)
    his.refresh_from_db()
    batch.refresh_from_db()
    assert (his.state, batch.taken) == ("waiting", 1)


def test_the_confirmed_death_of_the_registry_reaches_treatments(world):
    _, clerk, cadre = world
    due = opened(clerk, every="quarter", number=4)

    handle_life_event(death(cadre), False)

    due.refresh_from_db()
    assert due.stop_reason == "died"


def test_deaths_of_this_week_are_listed_the_same_day_reported_ones_too(world):
    unit, clerk, cadre = world
    foreign = make_cadre("外地人", unit=make_unit("别处"))
    death(cadre, happened_on="2026-11-01", state="reported")
    death(foreign, happened_on="2026-11-01")
    since = LifeEvent.objects.first().reported_at.date()

    rows = gone_since(clerk, since)

    assert [(row.cadre, row.band) for row in rows] == [(cadre, "90 周岁以上")]
    assert gone_since(clerk, since + dt.timedelta(days=2)) == []


def test_who_reaches_ninety_in_the_next_months(world):
    unit, clerk, _ = world
    for name, birth in (("到龄", "1936-08-15"), ("已过", "1936-01-02"), ("还早", "1937-01-02"), ("八十", "1946-07-01")):
        make_cadre(name, unit=unit, birth_date=birth)
    make_cadre("已故", unit=unit, birth_date="1936-08-15", life_status="deceased")

    rows = reaching(clerk, start=dt.date(2026, 5, 1), end=dt.date(2026, 11, 28))

    assert [(row.cadre.person.name, row.band, row.reaches) for row in rows] == [
        ("八十", 80, "2026-07-01"), ("到龄", 90, "2026-08-15"),
    ]  # fmt: skip
