"""疗养: never over its quota, reasons and health asked for, who went lately left out (rule book 8.34)."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.common.errors import BusinessError
from apps.ledgers.choices.treatments import PlaceState
from apps.ledgers.models import ConvalescenceBatch
from apps.ledgers.services import convalescence
from apps.registry.models import Cadre
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 5, 20)


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def clerk(unit):
    return make_user("clerk", role="clerk", unit=unit)


def make_batch(quota: int, **over) -> ConvalescenceBatch:
    values = {"name": "第一批", "place": "青屿疗养院", "starts_on": dt.date(2026, 6, 1), "ends_on": dt.date(2026, 6, 9)}
    return ConvalescenceBatch.objects.create(**{**values, "quota": quota, **over})


def invited(batch, clerk, unit, *names):
    for name in names:
        make_cadre(name, unit=unit)
    convalescence.invite(batch, Cadre.objects.current(), actor=clerk, on=TODAY)
    return [batch.places.get(cadre__person__name=name) for name in names]


def say(place, clerk, state, on=TODAY, **over):
    return convalescence.answer(place, convalescence.Answer(state, **over), actor=clerk, on=on)


def test_the_fifth_waits_and_who_waited_longest_is_next(unit, clerk):
    batch = make_batch(1)
    first, second, third = invited(batch, clerk, unit, "李一", "王二", "张三")

    assert [say(one, clerk, PlaceState.ACCEPTED).state for one in (first, second, third)] == [
        "accepted", "waiting", "waiting",
    ]  # fmt: skip
    say(first, clerk, PlaceState.REFUSED, reason="要照顾老伴")
    batch.refresh_from_db()
    assert batch.taken == 0
    assert convalescence.next_waiting(batch) == second


def test_an_answer_given_twice_holds_one_place(unit, clerk):
    batch = make_batch(2)
    (place,) = invited(batch, clerk, unit, "李一")

    say(place, clerk, PlaceState.ACCEPTED)
    say(place, clerk, PlaceState.ACCEPTED)

    batch.refresh_from_db()
    assert batch.taken == 1


def test_health_reason_and_relation_are_asked_for(unit, clerk):
    batch = make_batch(2, health_note="近三个月没有住院")
    (place,) = invited(batch, clerk, unit, "李一")

    with pytest.raises(BusinessError, match="身体条件"):
        say(place, clerk, PlaceState.ACCEPTED)
    with pytest.raises(BusinessError, match="关系"):
        say(place, clerk, PlaceState.ACCEPTED, health_checked=True, companion="李小梅")
    with pytest.raises(BusinessError, match="原因"):
        say(place, clerk, PlaceState.REFUSED)
    with pytest.raises(BusinessError, match="还没有出发"):
        say(place, clerk, PlaceState.WENT)
    assert say(place, clerk, PlaceState.ACCEPTED, health_checked=True).health_checked_on == TODAY


def test_who_went_lately_is_known_and_left_out(client, unit, clerk):
    old = make_batch(3, name="去年", starts_on=dt.date(2025, 6, 1), ends_on=dt.date(2025, 6, 9))
    make_cadre("去过的", unit=unit)
    old.places.create(cadre=Cadre.objects.get(), invited_on=dt.date(2025, 5, 1), state=PlaceState.WENT)
    make_cadre("没去过", unit=unit)
    batch = make_batch(3)
    client.force_login(clerk)
    page = reverse("admin:ledgers_convalescencebatch_invite", args=[batch.pk])

    shown = client.get(page).content.decode()
    assert "没去过" in shown
    assert "去过的</label>" not in shown
    assert "去年（青屿疗养院）" in client.get(f"{page}?all=on").content.decode()


def test_inviting_twice_is_once(unit, clerk):
    batch = make_batch(2)
    invited(batch, clerk, unit, "李一")

    assert convalescence.invite(batch, Cadre.objects.current(), actor=clerk, on=TODAY) == 0
    assert batch.places.count() == 1
