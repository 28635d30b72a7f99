import datetime as dt

import pytest
from django.utils import timezone

from apps.common.partial_date import PartialDate
from apps.registry.choices import LifeEventKind
from apps.registry.services import life
from apps.signups.models import Offer, SignUp
from apps.signups.services import offers, seats
from apps.university.models import Enrolment
from tests.builders import make_cadre, make_user
from tests.signups.places_world import DAY, NOW, World, ask, states, taken

pytestmark = pytest.mark.django_db
DIED_ON = PartialDate.of(dt.date(2026, 3, 3))
TODAY = dt.date(2026, 3, 4)


@pytest.fixture
def world():
    world = World(first_on=timezone.localdate() + 30 * DAY)  # a death is registered now
    world.clerk = make_user("jingban", role="clerk", unit=world.unit)
    world.cadre = make_cadre("李德厚", unit=world.unit, birth_date="1956-05-02").person
    return world


def dies(world):
    told = life.Report(LifeEventKind.DIED, DIED_ON)
    return life.record(world.cadre, told, actor=world.clerk, today=TODAY)


def test_his_places_go_on_and_come_back_exactly(world):
    seat, rank, ended = world.add_class(capacity=2), world.add_class(capacity=1), world.add_class()
    (other,) = world.people(1)
    ask(seat, world.cadre), ask(rank, other), ask(rank, world.cadre), ask(ended, world.cadre)
    ended.state = "ended"
    ended.save()

    event = dies(world)
    assert (states(seat), states(rank)["李德厚"], states(ended)["李德厚"]) == ({"李德厚": "left"}, "left", "seated")
    assert set(SignUp.objects.filter(closed_by_event=event.pk).values_list("end_reason", flat=True)) == {"离世"}

    event = life.undo(event, reason="误登", actor=world.clerk)
    assert (states(seat), states(rank)["李德厚"], event.loose_ends) == ({"李德厚": "seated"}, "waiting", [])
    assert Enrolment.objects.filter(class_group__offering=seat, state="in", ended_on=None).count() == 1


def test_a_place_given_away_meanwhile_stays_given_and_staff_hear_of_it(world):
    offering = world.add_class(capacity=1)
    one, two = world.people(2)
    ask(offering, world.cadre), ask(offering, one), ask(offering, two)

    event = dies(world)
    offers.accept(Offer.objects.get(), actor=None, now=NOW, via="phone")
    event = life.undo(event, reason="误登", actor=world.clerk)

    assert states(offering) == {"李德厚": "waiting", "学员1": "seated", "学员2": "waiting"}
    assert (taken(offering), event.loose_ends) == (
        1, ["“书法01班”的名额已经给了别人，他排在原来的候补位次上。请和本人联系，商量怎样安排。"],
    )  # fmt: skip
    seats.withdraw(SignUp.objects.get(person=one), reason="", actor=None, now=NOW)
    assert states(offering)["李德厚"] == "offered"  # his old rank was before the second's


def test_what_was_cancelled_meanwhile_does_not_come_back(world):
    offering = world.add_class()
    ask(offering, world.cadre)
    event = dies(world)
    seats.cancel_offering(offering, reason="人数不够", actor=world.clerk, now=NOW)

    event = life.undo(event, reason="误登", actor=world.clerk)

    assert states(offering) == {"李德厚": "left"}
    assert event.loose_ends == ["“书法01班”已经取消或者结束，原来的报名没有恢复。请和本人说明。"]
