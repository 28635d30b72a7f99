"""Shifts: made, places given and waited for, moved, cancelled; series week by week (rule book 10.10–10.12)."""

import datetime as dt
import uuid

import pytest

from apps.common.errors import BusinessError
from apps.messaging.models import Message
from apps.signups.choices import OfferState, SignUpSource, SignUpState
from apps.signups.models import Occupied, Offer, SignUp
from apps.signups.services import offers, seats
from apps.volunteers.choices.shifts import TurnState
from apps.volunteers.models import Turn
from apps.volunteers.queries.fitting import beyond_wish
from apps.volunteers.services.shifts import cancel_shift, change_shift, facts_of

from .shift_world import NOW, SATURDAY, World, ask, at, turn_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def test_places_are_those_of_every_sign_up(world):
    shift = world.shift(capacity=1)
    first, second = world.volunteers(2)
    assert ask(shift, first).state == SignUpState.SEATED
    waiting = ask(shift, second)
    assert (waiting.state, turn_of(shift, first).state) == (SignUpState.WAITING, TurnState.EXPECTED)
    seats.withdraw(SignUp.objects.get(person=first.pk), reason="", actor=None, now=NOW)
    assert turn_of(shift, first).state == TurnState.CANCELLED
    waiting.refresh_from_db()
    assert waiting.state == SignUpState.OFFERED
    assert Message.objects.filter(template="signup.offer", person=second.pk).exists()


def offered(world, shift, first, second) -> Offer:
    """The first gave his place up, the second is asked."""
    ask(shift, first), ask(shift, second)
    seats.withdraw(SignUp.objects.get(person=first.pk), reason="", actor=None, now=NOW)
    return Offer.objects.get(sign_up__person=second.pk)


def test_an_offer_lapses_before_the_shift_begins_and_nobody_is_asked_after(world):
    first, second, third = world.volunteers(3)
    shift = world.shift(capacity=1)
    offer = offered(world, shift, first, second)
    waits = ask(shift, third)
    assert offer.answer_by == at(8)  # an hour before, by the rule set
    change_shift(shift, world.facts(starts=600, ends=720, capacity=1), actor=world.clerk, now=NOW)
    offer.refresh_from_db()
    assert offer.answer_by == at(9)
    with pytest.raises(BusinessError, match="来不及"):
        offers.accept(offer, actor=None, now=at(9), via=SignUpSource.WEB)
    assert offers.lapse_due(at(8, 59)) == 0
    assert offers.lapse_due(at(9)) == 1
    offer.refresh_from_db(), offer.sign_up.refresh_from_db(), waits.refresh_from_db()
    assert (offer.state, offer.sign_up.state) == (OfferState.UNREACHED, SignUpState.LAPSED)
    assert waits.state == SignUpState.WAITING  # not asked any more
    assert not Message.objects.filter(template="signup.unreached").exists()
    assert offers.lapse_due(at(9, 5)) == 0


def test_who_was_rung_answers_before_the_shift_at_the_latest(world):
    first, second = world.volunteers(2)
    shift = world.shift(capacity=1)
    offer = offered(world, shift, first, second)
    friday = at(16, day=SATURDAY - dt.timedelta(1))
    offers.record_attempt(
        offer, way="phone", reached=True, note="", actor=world.clerk, now=friday, form_key=uuid.uuid4()
    )  # fmt: skip
    offer.refresh_from_db()
    assert offer.answer_by == at(8)  # two working days would end on Tuesday
    assert offers.accept(offer, actor=None, now=at(7), via=SignUpSource.WEB).state == SignUpState.SEATED


def test_undone_leaves_no_turn(world):
    shift = world.shift()
    row = ask(shift, world.leader)
    seats.undo(row, actor=None, now=NOW)
    assert not Turn.objects.current().exists()


def test_who_may_not(world):
    shift, same_time = world.shift(), world.shift(starts=600, ends=700, project=world.project)
    ask(shift, world.leader)
    with pytest.raises(BusinessError, match="这个时间您在“护河巡查"):
        ask(same_time, world.leader)
    world.project.age_to = 75
    world.project.save()
    with pytest.raises(BusinessError, match="75 岁以下"):
        ask(shift, world.volunteer("老严", birth="1940-01-01"))
    with pytest.raises(BusinessError):
        ask(shift, world.volunteer("退出的", left_on=dt.date(2026, 1, 1)))


def test_more_than_he_wants_is_said_not_refused(world):
    modest = world.volunteer("量力", weekly_minutes=180)
    shift, other = world.shift(), world.shift(on=SATURDAY - dt.timedelta(1))
    ask(other, modest)
    said = beyond_wish(shift, [modest.pk, world.leader.pk])
    assert "每周最多3小时，这一周已经排了2小时" in said[modest.pk]
    assert ask(shift, modest).state == SignUpState.SEATED


def test_moved_with_everybody_on_it(world):
    shift = world.shift()
    ask(shift, world.leader)
    later = world.facts(on=SATURDAY + dt.timedelta(1), starts=600, ends=720, capacity=4)
    moved = change_shift(shift, later, actor=world.clerk, now=NOW)
    taken = Occupied.objects.get(person=world.leader.pk)
    assert (taken.weekday, taken.starts, taken.first_on) == (7, 600, moved.on)
    assert moved.offering.title == "护河巡查（3月8日10:00）"
    assert Message.objects.filter(template="shift.moved", person=world.leader.pk).count() == 1
    change_shift(shift, facts_of(moved), actor=world.clerk, now=NOW)
    assert Message.objects.filter(template="shift.moved").count() == 1


def test_not_moved_onto_something_else(world):
    shift, other = world.shift(), world.shift(starts=840, ends=900)
    ask(shift, world.leader)
    ask(other, world.leader)
    with pytest.raises(BusinessError, match="不能整班改过去"):
        change_shift(shift, world.facts(starts=850, ends=950), actor=world.clerk, now=NOW)


def test_cancelled_tells_everybody_once(world):
    shift = world.shift(capacity=1)
    for volunteer in world.volunteers(2):
        ask(shift, volunteer)
    with pytest.raises(BusinessError, match="为什么取消"):
        cancel_shift(shift, reason=" ", actor=world.clerk, now=NOW)
    assert cancel_shift(shift, reason="下大雨", actor=world.clerk, now=NOW) == 2
    assert cancel_shift(shift, reason="下大雨", actor=world.clerk, now=NOW) == 0
    assert Message.objects.filter(template="signup.cancelled").count() == 2
    with pytest.raises(BusinessError, match="已经取消"):
        change_shift(shift, world.facts(starts=600), actor=world.clerk, now=NOW)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"starts": 700}, "结束时间要晚于"),
        ({"capacity": 0}, "需要的人数"),
        ({"on": dt.date(2026, 3, 1)}, "日期已经过了"),
    ],
)
def test_facts_that_cannot_be(world, wrong, sentence):
    with pytest.raises(BusinessError, match=sentence):
        world.shift(**wrong)


def test_too_late_to_ask(world):
    shift = world.shift()
    with pytest.raises(BusinessError, match="截止报名"):
        ask(shift, world.leader, now=at(9, 30))
