"""Public pages of volunteering: found, filtered, never a name; the leader's home, for him alone."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.common.models import AuditEntry
from apps.organisation.models import Division
from apps.volunteers.choices.shifts import RecordState
from apps.volunteers.models import ServiceRecord, TeamPlan
from tests.builders import make_user

from .shift_world import World

pytestmark = pytest.mark.django_db
MOST = 6


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def world():
    return World()


def ahead(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def page(client, name, *args, **asked) -> str:
    answer = client.get(reverse(f"volunteers:{name}", args=args), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_shifts_are_found_by_service_place_day_and_words(client, world, now):
    made = world.shift(now=now, on=ahead(3), place="南河桥头")
    division, _ = Division.objects.get_or_create(pk="700102", defaults={"name": "南河区"})
    world.team.division = division
    world.team.save()
    word = f"shift/{made.public_id}"

    for asked in (
        {}, {"what": "green"}, {"q": "桥头"}, {"near": "700102"}, {"day": str(made.on.isoweekday())}, {"half": "am"},
        {"what": "nothing such", "day": "9"},
    ):  # fmt: skip
        assert word in page(client, "shifts", **asked), asked
    for asked in ({"q": "理发"}, {"half": "pm"}, {"day": str(made.on.isoweekday() % 7 + 1)}):
        assert "没有找到合适的" in page(client, "shifts", **asked), asked


def test_what_is_not_public_is_not_shown(client, world, now):
    gone = world.shift(now=now, on=ahead(2))
    world.project.state = "draft"
    world.project.save()

    assert client.get(reverse("volunteers:shift", args=[gone.public_id])).status_code == 404
    assert "现在没有在招人的班次" in page(client, "shifts")


def test_public_pages_name_nobody_and_ask_little(client, world, now):
    made = world.shift(now=now, on=ahead(3))
    world.shift(now=now, on=ahead(10))
    for name, *args in (
        ("shifts",), ("shift", made.public_id), ("teams",), ("team_page", world.team.public_id), ("time_bank",),
        ("forms",), ("form", "join"), ("form", "help"), ("form", "hours"), ("ask",), ("become",),
        ("join", made.public_id),
    ):  # fmt: skip
        page(client, name, *args)  # the lists of codes are kept from here on
        with CaptureQueriesContext(
            connection,
        ) as counted:
            text = page(client, name, *args)
        assert "贺建国" not in text, name
        assert len(counted) <= MOST, (name, len(counted))
    assert client.get(reverse("volunteers:form", args=["none"])).status_code == 404


def test_the_door_leads_through_sign_in_back_to_the_shift(client, world, now):
    made = world.shift(now=now, on=ahead(3))
    questions = reverse("portal:me_volunteer_join", args=[made.public_id])
    assert questions.replace("/", "%2F") in page(client, "join", made.public_id)

    client.force_login(world.clerk)
    assert "这个账号不能在网上报名" in page(client, "join", made.public_id)
    client.force_login(world.chief)
    assert client.get(reverse("volunteers:join", args=[made.public_id])).url == questions
    assert client.get(reverse("volunteers:ask")).url == reverse("portal:me_help_new")


# The leader's home -------------------------------------------------------------------------------------------------

HOME = ("team", "team_members", "team_plan", "team_records")


def test_only_the_leader_sees_his_team(client, world):
    other = World("北山银龄志愿服务队", unit=world.unit)
    for user in (world.clerk, other.chief, make_user("stranger", is_staff=False)):
        client.force_login(user)
        for name in HOME:
            assert client.get(reverse(f"volunteers:{name}", args=[world.team.public_id])).status_code == 404


def test_home_says_what_comes_and_what_waits(client, world, now):
    world.shift(now=now, on=ahead(1))
    world.record(world.volunteer("谢秋霞"), on=ahead(-2), now=now)
    TeamPlan.objects.create(team=world.team, year=ahead(0).year, goals="每月两次护河")
    client.force_login(world.chief)

    text = page(client, "team", world.team.public_id)
    assert "护河巡查" in text
    assert "1 条等您确认" in text
    assert "每月两次护河" in page(client, "team_plan", world.team.public_id)


def test_a_look_at_members_is_on_record(client, world):
    world.volunteer("谢秋霞")
    client.force_login(world.chief)

    assert "谢秋霞" in page(client, "team_members", world.team.public_id)
    assert AuditEntry.objects.filter(action="team.members", actor_id=world.chief.pk).count() == 1


def test_records_are_confirmed_or_not_and_never_his_own(client, world, now):
    helper = world.volunteer("谢秋霞")
    good, bad = (world.record(helper, on=ahead(-day), now=now) for day in (2, 3))
    own = world.record(world.leader, on=ahead(-2), now=now)
    client.force_login(world.chief)
    address = reverse("volunteers:team_records", args=[world.team.public_id])

    assert "打勾" in client.post(address, {"act": "confirm"}).content.decode()
    client.post(address, {"act": "confirm", "record": [str(good.public_id), str(own.public_id)]})
    assert client.post(address, {"act": "refuse", "record": [str(bad.public_id)]}).status_code == 422
    client.post(address, {"act": "refuse", "record": [str(bad.public_id)], "reason": "那天没有来"})

    states = {row.pk: row.state for row in ServiceRecord.objects.all()}
    assert states == {
        good.pk: RecordState.CONFIRMED, own.pk: RecordState.WAITING, bad.pk: RecordState.REFUSED
    }  # fmt: skip
