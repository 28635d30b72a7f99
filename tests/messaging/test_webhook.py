"""Group robots over a real socket: counts only, signed as they ask, and no doubt sent twice."""

import json

import pytest
from django.conf import settings
from django.test import override_settings

from apps.messaging.channels.signing import robot_sign
from apps.messaging.jobs import send_waiting
from apps.messaging.models import ChannelPreference, ChannelState, Delivery
from apps.messaging.rules import template
from apps.messaging.services import NewMessage, post
from tests.builders import make_person, make_unit, make_user
from tests.gateway import GroupRobot
from tests.reminders.scenes import at

pytestmark = pytest.mark.django_db

MORNING = at("2026-03-10T09:00")


def robot_settings(robot, **over):
    return {**settings.WEBHOOK, "url": robot.url, "secret": robot.secret, "sign": robot.sign, "timeout": 1, **over}


@pytest.fixture
def robot():
    with GroupRobot() as running, override_settings(WEBHOOK=robot_settings(running)):
        yield running


def make_carer(name="carer", **over):
    return make_user(name, **{"phone": "13900000001", **over})


def digest(user, key="v1", template="visit.eve", **over):
    return NewMessage(key, "digest", template, user_id=user.pk, **over)


def states():
    return list(Delivery.objects.filter(channel="webhook").values_list("state", "outcome"))


def test_the_group_reads_counts_and_nobodys_name(robot):
    person = make_person("欧阳不可见")
    carer = make_carer()
    post([digest(carer, "a", "discharge.day", about_id=person.pk), digest(carer, "b")], now=MORNING)

    send_waiting(MORNING)

    due = template("visit.eve").label
    content = f"您今天有2件待办：{due}1项，出院待看望1位。请登录平台查看。"
    text = {"content": content, "mentioned_mobile_list": ["13900000001"]}
    assert robot.journal.entries == [{"msgtype": "text", "text": text}]
    assert states() == [("sent", "accepted")]


def test_whoever_has_no_number_is_not_mentioned(robot):
    post([digest(make_carer(phone=""))], now=MORNING)

    send_waiting(MORNING)

    assert robot.journal.entries[0]["text"]["mentioned_mobile_list"] == []


@pytest.mark.parametrize("sign", ["query", "header"])
def test_signatures_are_those_the_robots_ask_for(sign):
    with GroupRobot(sign=sign) as robot, override_settings(WEBHOOK=robot_settings(robot)):
        post([digest(make_carer())], now=MORNING)
        send_waiting(MORNING)

    assert robot.refused_signatures == 0
    assert len(robot.journal.entries) == 1


def test_a_wrong_secret_is_a_refusal():
    with GroupRobot(sign="query") as robot, override_settings(WEBHOOK=robot_settings(robot, secret="another")):
        post([digest(make_carer())], now=MORNING)
        send_waiting(MORNING)

    assert robot.refused_signatures == 1
    assert states() == [("failed", "refused")]


def test_the_sign_of_the_dingtalk_family():
    """Known answer: printf '1577808000000\\nSEC123' | openssl dgst -sha256 -hmac SEC123 -binary | base64"""
    assert robot_sign("SEC123", "1577808000000") == "VvVlfhQLAhpm5yhgX57z4XB/fAfefqCv+6Nt7JpA2Dk="


@pytest.mark.parametrize(
    ("mode", "state"),
    [
        ("too-often", ("pending", "busy")),
        ("refuse", ("failed", "refused")),
        ("system-busy", ("unknown", "busy")),
        ("5xx", ("unknown", "busy")),
        ("accepts-then-times-out", ("unknown", "no_answer")),
    ],
)
def test_trouble_is_told_apart_and_a_doubt_goes_to_a_person(robot, mode, state):
    robot.mode = mode
    post([digest(make_carer())], now=MORNING)

    send_waiting(MORNING)
    robot.mode = "ok"
    send_waiting(MORNING)

    assert states() == [state]
    assert len(robot.journal.entries) == (mode == "accepts-then-times-out")


def test_a_units_own_robot_goes_before_the_one_for_all(robot):
    unit = make_unit(code="440601")
    with GroupRobot(secret="own") as own:
        units = {"440601": {"url": own.url, "secret": "own"}}
        with override_settings(WEBHOOK=robot_settings(robot, units=units)):
            post([digest(make_carer("a", role="clerk", unit=unit), "a"), digest(make_carer("b"), "b")], now=MORNING)
            send_waiting(MORNING)

    assert len(own.journal.entries) == len(robot.journal.entries) == 1


def test_a_robot_taken_out_of_the_settings_is_an_end_not_a_crash(robot):
    carer = make_carer()
    ChannelPreference.objects.create(user=carer, channels=["webhook", "smsfile"])
    post([digest(carer)], now=MORNING)
    with override_settings(WEBHOOK=robot_settings(robot, url="", units={"440601": {"url": robot.url}})):
        send_waiting(MORNING)

    assert states() == [("failed", "no_address")]
    assert Delivery.objects.filter(channel="smsfile", state="pending").count() == 1
    assert not ChannelState.objects.exists()


def test_the_body_may_have_any_form(robot):
    body = {"msgtype": "markdown", "markdown": {"title": "提醒", "text": "{text}"}, "at": {"atMobiles": ["{phone}"]}}
    with override_settings(WEBHOOK=robot_settings(robot, body=body)):
        post([digest(make_carer())], now=MORNING)
        send_waiting(MORNING)

    assert json.dumps(robot.journal.entries, ensure_ascii=False).count("13900000001") == 1
    assert robot.journal.entries[0]["markdown"]["text"].startswith("您今天有1件待办")
