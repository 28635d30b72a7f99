"""Signing in and out (rule book 10.13)."""

import uuid

import pytest

from apps.common.errors import BusinessError
from apps.signups.models import Places
from apps.volunteers.choices.shifts import TurnState
from apps.volunteers.services.turns import bring, mark, sign_in, sign_out

from .shift_world import World, ask, at, turn_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.fixture
def turn(world):
    shift = world.shift()
    ask(shift, world.leader)
    return turn_of(shift, world.leader)


def test_in_and_out_by_scan(turn):
    assert sign_in(turn, at(8, 50), "qr", None).state == TurnState.CAME
    assert sign_in(turn, at(9, 5), "qr", None).came_at == at(8, 50)
    assert sign_out(turn, at(11, 5), "qr", None).left_at == at(11, 5)


@pytest.mark.parametrize(
    ("moment", "way", "sentence"),
    [
        (at(7, 30), "qr", "8:00开始可以签到"),
        (at(13, 30), "qr", "请告诉队长"),
        (at(9, 0, at(9).date().replace(day=6)), "leader", "不是今天"),
    ],
)
def test_at_the_wrong_time(turn, moment, way, sentence):
    with pytest.raises(BusinessError, match=sentence):
        sign_in(turn, moment, way, None)


def test_out_needs_in(turn):
    with pytest.raises(BusinessError, match="还没有签到"):
        sign_out(turn, at(11), "leader", None)
    sign_in(turn, at(9), "leader", None)
    with pytest.raises(BusinessError, match="9:00才签到"):
        sign_out(turn, at(9), "leader", None)
    assert mark(turn, TurnState.ABSENT, actor=None).came_at is None


def test_who_stands_there_is_taken_in(world):
    shift = world.shift(capacity=1)
    first, waits, comes = world.volunteers(3)
    for volunteer in (first, waits):
        ask(shift, volunteer)
    key = uuid.uuid4()
    made = bring(shift, comes, actor=world.chief, now=at(9), form_key=key)
    assert bring(shift, comes, actor=world.chief, now=at(9), form_key=key) == made
    assert Places.objects.get(pk=shift.offering_id).taken == 2
    assert bring(shift, waits, actor=world.chief, now=at(9), form_key=uuid.uuid4()).state == TurnState.EXPECTED
    assert Places.objects.get(pk=shift.offering_id).taken == 3
