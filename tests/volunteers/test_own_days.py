"""Volunteering in a person's calendar and on his first page; what is done leaves the leader's list."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.volunteers.models import Shift
from apps.volunteers.queries import shift_lists
from apps.volunteers.services import helping, requests
from tests.family import make_family

from .builders import at, make_volunteer
from .help_world import ON, make_help_world
from .shift_world import World, ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def family():
    return make_family(timezone.localdate())


@pytest.fixture
def world(family):
    return World(unit=family.cadre.managing_unit)


def seat(family, world) -> Shift:
    """He is a volunteer with a place in the shift of the day after tomorrow."""
    volunteer = make_volunteer(person=family.cadre.person, team=world.team, papers=("willing", "health", "family"))
    shift = world.shift(on=timezone.localdate() + dt.timedelta(days=2), now=timezone.now())
    ask(shift, volunteer, now=timezone.now())
    return shift


def ask_help(family, now, **over):
    facts = {
        "receiver": family.cadre.person, "unit": family.cadre.managing_unit, "service": "hospital",
        "on": timezone.localdate(now) + dt.timedelta(days=4), "starts": 540, "ends": 660, "asked_as": "self",
        "place": "春风里8号",
    }  # fmt: skip
    return requests.ask(requests.RequestFacts(**{**facts, **over}), actor=family.own, now=now, form_key=uuid.uuid4())


def page(client, name: str) -> str:
    return client.get(reverse(f"portal:{name}")).content.decode()


def test_shifts_and_who_comes_stand_in_the_calendar_and_its_file(client, family, world):
    shift = seat(family, world)
    ask_help(family, timezone.now())
    client.force_login(family.own)

    shown, file = page(client, "me_calendar"), page(client, "me_calendar_file")

    assert f"志愿服务：{shift.project}" in shown
    assert "志愿者来帮忙" in shown
    assert "（正在找人）" in shown
    assert "春风里" not in shown + file
    assert file.count("BEGIN:VEVENT") >= 2


def test_his_first_page_leads_to_what_he_has(client, family, world):
    client.force_login(family.own)
    before = page(client, "me")
    shift = seat(family, world)
    ask_help(family, timezone.now())

    after = page(client, "me")
    client.force_login(family.daughter)
    hers = page(client, "me")

    assert "请人帮忙" in before
    assert "我的志愿服务" not in before
    assert f"上午9:00–11:00，{shift.project}" in after
    assert "1 件正在办" in after
    assert reverse("portal:me_volunteer") in hers


def test_what_was_done_for_a_request_is_no_longer_to_be_entered():
    world = make_help_world()
    world.volunteer("郑国梁")
    request = world.ask(team=world.team)
    said = world.agreed(request)
    after, day = at(11, 26), ON + dt.timedelta(days=1)
    before = shift_lists.to_close(Shift.objects.all(), day).count()

    helping.done(said, actor=world.clerk, now=after)

    assert before == 1
    assert not shift_lists.to_close(Shift.objects.all(), day).exists()
