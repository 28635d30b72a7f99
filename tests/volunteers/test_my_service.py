"""我的志愿服务: becoming one, taking part, undoing, waiting, leaving; by himself and by who may enrol him."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.signups.choices import SignUpSource, SignUpState
from apps.signups.models import SignUp
from apps.signups.services import seats
from apps.volunteers.models import Turn, Volunteer
from apps.volunteers.services.records import confirm
from tests.family import make_family

from .builders import make_volunteer
from .shift_world import World, ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def family():
    return make_family(timezone.localdate())


@pytest.fixture
def world(family):
    return World(unit=family.cadre.managing_unit)


@pytest.fixture
def volunteer(family, world) -> Volunteer:
    return make_volunteer(person=family.cadre.person, team=world.team, papers=("willing", "health", "family"))


def ahead(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def page(client, name="me_volunteer", *args, status=200) -> str:
    answer = client.get(reverse(f"portal:{name}", args=args), follow=True)
    assert answer.status_code == status
    return answer.content.decode()


def join(client, shift, key=None):
    address = reverse("portal:me_volunteer_join", args=[shift.public_id])
    return client.post(f"{address}?form={key or uuid.uuid4()}", follow=True)


def do(client, row, act):
    return client.post(reverse("portal:me_volunteer_place_act", args=[row.public_id, act]), follow=True)


def own_row(family, shift) -> SignUp:
    return SignUp.objects.filter(person=family.cadre.person, offering=shift.offering_id).latest("pk")


def test_four_screens_make_him_a_volunteer_to_whom_nothing_is_given_yet(client, family):
    client.force_login(family.own)
    assert "还没有登记为志愿者" in page(client)
    what, can, when, will = (
        reverse("portal:me_volunteer_become", args=[step]) for step in ("what", "can", "when", "will")
    )

    assert client.post(what, {"wishes": ["unknown"]}).status_code == 422
    first = client.post(what, {"wishes": ["hospital", "company"]}).url
    second = client.post(first, {"skills": ["care"]}).url
    third = client.post(second, {"times": ["1am", "3pm"], "hours": "4"}).url
    assert first.startswith(can)
    assert second.startswith(when)
    assert third.startswith(will)
    assert client.post(third, {"contact_name": "女儿", "contact_phone": "13900007001"}).status_code == 422
    said = {"willing": "on", "contact_name": "女儿李晓梅", "contact_phone": "13900007001"}
    answer = client.post(third, said, follow=True)
    client.post(third, said)

    row = Volunteer.objects.get(person=family.cadre.person)
    assert (row.wishes, row.skills, row.weekly_minutes) == (["company", "hospital"], ["care"], 240)
    assert set(row.times.values_list("weekday", "part")) == {(1, "am"), (3, "pm")}
    assert row.contact_phone == "13900007001"
    assert "自愿服务承诺书" in answer.content.decode()
    assert "还差签字的纸" in page(client)


def test_nobody_says_for_another_that_he_is_willing(client, family):
    client.force_login(family.daughter)
    assert "自愿的事要本人说" in page(client)
    page(client, "me_volunteer_become", "what", status=404)
    client.force_login(family.son)
    page(client, status=404)


def test_taking_part_and_taking_it_back(client, family, world, volunteer, now):
    shift, key = world.shift(now=now, on=ahead(2)), uuid.uuid4()
    client.force_login(family.own)
    assert "确定参加" in page(client, "me_volunteer_join", shift.public_id)

    assert "报上了" in join(client, shift, key).content.decode()
    join(client, shift, key)
    row = own_row(family, shift)
    assert Turn.objects.get(sign_up=row).volunteer == volunteer
    assert "护河巡查" in page(client)
    assert "已经报过了" in page(client, "me_volunteer_join", shift.public_id)
    assert "已撤销" in do(client, row, "undo").content.decode()
    assert own_row(family, shift).state == SignUpState.UNDONE
    assert "现在不能办了" in do(client, row, "undo").content.decode()


def test_full_becomes_a_rank_and_then_an_offer(client, family, world, volunteer, now):
    shift = world.shift(now=now, on=ahead(2), capacity=1)
    first = ask(shift, world.volunteer("谢秋霞"), now=now)
    client.force_login(family.own)
    join(client, shift)
    row = own_row(family, shift)
    assert "第1位候补" in page(client, "me_volunteer_place", row.public_id)

    assert do(client, first, "leave").status_code == 404
    seats.withdraw(first, reason="来不了", actor=None, now=now)
    assert "有名额，等您答复" in page(client)
    assert "报上了" in do(client, row, "accept").content.decode()
    client.force_login(world.chief)
    assert client.get(reverse("portal:me_volunteer_place", args=[row.public_id])).status_code == 404


def test_leaving_after_the_ten_minutes(client, family, world, volunteer, now):
    shift = world.shift(now=now, on=ahead(2))
    row = ask(shift, volunteer, now=now)
    SignUp.objects.filter(pk=row.pk).update(undo_until=now - dt.timedelta(minutes=1))
    client.force_login(family.own)

    assert "来不了，退出" in page(client, "me_volunteer_place", row.public_id)
    do(client, row, "leave")
    assert own_row(family, shift).state == SignUpState.WITHDRAWN


def test_his_daughter_joins_for_him_and_it_says_so(client, family, world, volunteer, now):
    shift = world.shift(now=now, on=ahead(2))
    client.force_login(family.daughter)

    assert "您在替" in page(client, "me_volunteer_join", shift.public_id)
    assert "代报" in join(client, shift).content.decode()
    assert own_row(family, shift).source == SignUpSource.PROXY
    client.force_login(family.son)
    page(client, "me_volunteer_join", shift.public_id, status=404)


def test_refused_says_why(client, family, world, now):
    shift = world.shift(now=now, on=ahead(2))
    client.force_login(family.own)
    text = join(client, shift).content.decode()
    assert "请先登记成为志愿者" in text
    assert "先登记为志愿者" in text

    make_volunteer(person=family.cadre.person, team=world.team, papers=("willing",))
    assert "还缺" in page(client, "me_volunteer_join", shift.public_id)


def test_hours_papers_and_what_he_offers(client, family, world, volunteer, now):
    done = world.record(volunteer, on=ahead(-1), now=now)
    confirm([done], actor=world.chief, now=now)
    world.record(volunteer, 800, 830, on=ahead(-1), now=now)
    client.force_login(family.own)

    text = page(client, "me_volunteer_hours")
    assert "2小时" in text
    assert "另有 30分 等队长确认" in text
    assert "长期有效" in page(client, "me_volunteer_papers")
    client.post(reverse("portal:me_volunteer_change", args=["when"]), {"times": ["2eve"], "hours": "2"})
    client.post(reverse("portal:me_volunteer_change", args=["what"]), {"wishes": ["repair"]})
    text = page(client, "me_volunteer_offer")
    for words in ("周二晚上", "2小时", "小修小补"):
        assert words in text
    assert "data:image" in page(client, "me_volunteer_card")
