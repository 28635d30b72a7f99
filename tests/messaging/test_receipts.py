"""The one door that strangers may knock at: signed, small, harmless twice, late, out of order or hostile."""

import json
import time
import uuid

import pytest
from django.urls import reverse

from apps.messaging.channels.signing import SIGNATURE_HEADER, TIME_HEADER, signature
from apps.messaging.jobs import send_waiting
from apps.messaging.models import Delivery
from apps.messaging.services import post
from tests.builders import make_user

from .test_sending import MORNING, states, urgent

pytestmark = pytest.mark.django_db


@pytest.fixture
def carer():
    return make_user("carer", phone="13900000001")


def knock(client, body, *, secret="gateway-secret", at=None, sign=None):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    timestamp = str(int(at if at is not None else time.time()))
    headers = {TIME_HEADER: timestamp, SIGNATURE_HEADER: sign or signature(secret, timestamp, body)}
    return client.post(
        reverse("messaging:sms_receipt"), data=body, content_type="application/json", headers=headers
    ).status_code


def receipt(delivery, status="delivered", **over):
    return {"key": str(delivery.public_id), "id": "g1", "status": status, **over}


@pytest.fixture
def sent(carer, gateway):
    post([urgent("h1", carer)], now=MORNING)
    send_waiting(MORNING)
    return Delivery.objects.get(channel="sms")


def test_a_receipt_is_noted_once_however_often_it_comes(client, sent):
    assert [knock(client, receipt(sent)) for _ in range(3)] == [200, 200, 200]

    assert states("sms") == [("sent", "receipt")]


def test_a_failure_after_delivery_is_out_of_order_and_not_heard(client, sent):
    knock(client, receipt(sent))
    knock(client, receipt(sent, "failed"))

    assert states("sms") == [("sent", "receipt")]


def test_a_failure_shows_as_failed_and_delivery_afterwards_wins(client, sent):
    knock(client, receipt(sent, "failed"))
    assert states("sms") == [("failed", "undelivered")]

    knock(client, receipt(sent))
    assert states("sms") == [("sent", "receipt")]


def test_a_receipt_settles_a_doubt_and_stops_a_retry(client, carer, gateway):
    gateway.mode = "accepts-then-times-out"
    post([urgent("h1", carer)], now=MORNING)
    send_waiting(MORNING)
    delivery = Delivery.objects.get(channel="sms")
    assert delivery.state == "pending"

    knock(client, receipt(delivery))
    send_waiting(MORNING)

    assert states("sms") == [("sent", "receipt")]
    assert len(gateway.journal.entries) == 1


def test_the_gateway_sends_each_receipt_twice_over_a_real_socket(live_server, transactional_db, gateway):
    user = make_user("carer", phone="13900000001")
    gateway.mode, gateway.receipt_url = "duplicate-receipts", live_server.url + reverse("messaging:sms_receipt")
    post([urgent("h1", user)], now=MORNING)
    send_waiting(MORNING)
    deadline = time.monotonic() + 20
    while len(gateway.receipts_answered) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)

    assert gateway.receipts_answered == [200, 200]
    assert states("sms") == [("sent", "receipt")]
    assert len(gateway.journal.entries) == 1


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"secret": "guess"}, 403),
        ({"at": 1_000_000_000}, 403),
        ({"at": 99_999_999_999}, 403),
        ({"sign": "签名"}, 403),
        ({"sign": "0" * 64}, 403),
    ],
)
def test_who_cannot_sign_is_not_heard(client, sent, how, status):
    assert knock(client, receipt(sent, "failed"), **how) == status
    assert states("sms") == [("sent", "accepted")]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{", b"\xff\xfe", b'{"key": 1}', b'{"key": "x", "status": "delivered"}',
        b'{"key": "0b1f6a52-9c1e-4c57-9d53-3a1b8c7e2f40", "status": "eaten"}', b"[" * 4000,
        b'{"key": null, "status": "delivered"}', b'{"key": {"$ne": ""}, "status": "failed"}',
    ],
)  # fmt: skip
def test_what_is_no_receipt_is_refused(client, sent, body):
    assert knock(client, body) == 400
    assert states("sms") == [("sent", "accepted")]


def test_an_unknown_key_a_large_body_and_a_get(client, sent):
    assert knock(client, {"key": str(uuid.uuid4()), "status": "delivered"}) == 404
    assert knock(client, b" " * 9000) == 413
    assert client.get(reverse("messaging:sms_receipt")).status_code == 405


def test_strange_gateway_numbers_are_cut_not_believed(client, sent):
    assert knock(client, receipt(sent, id="g\x00" + "9" * 500)) == 200

    sent.refresh_from_db()
    assert sent.gateway_id == "g" + "9" * 78 or len(sent.gateway_id) <= 80


def test_without_a_secret_no_receipt_is_believed(client, sent, settings):
    settings.SMS_GATEWAY = settings.SMS_GATEWAY | {"secret": ""}

    assert knock(client, receipt(sent), secret="") == 403
