"""Sending to a local gateway by one worker, each outcome committed before the next send (design 7)."""

import datetime
import subprocess
import sys
import time

from django.conf import settings
from django.utils import timezone

from apps.accounts.models import User
from apps.messaging.jobs import send_waiting
from apps.messaging.models import Delivery, DeliveryItem, Message
from apps.messaging.rules import ZONE
from apps.messaging.services import NewMessage, post

MESSAGES = 2_000
USERS = 200
PER_SECOND = 100
NAME = "bench-sender"


def run() -> list[dict]:
    kept = settings.SMS_GATEWAY, settings.EMAIL_HOST
    gateway = subprocess.Popen(
        [sys.executable, "-m", "tests.gateway", "--sms-port", "0", "--smtp-port", "0"],
        stdout=subprocess.PIPE, text=True, cwd=settings.BASE_DIR,
    )  # fmt: skip
    try:
        address = gateway.stdout.readline().split()[0].partition("=")[2]
        settings.SMS_GATEWAY = kept[0] | {"url": address, "secret": "gateway-secret", "idempotent": True, "timeout": 10}
        settings.EMAIL_HOST = ""
        return [measure()]
    finally:
        gateway.terminate()
        gateway.wait()
        settings.SMS_GATEWAY, settings.EMAIL_HOST = kept
        clear()


def measure() -> dict:
    clear()
    now = datetime.datetime.combine(timezone.localdate(), datetime.time(9), ZONE)
    users = User.objects.bulk_create(
        User(username=f"{NAME}-{n}", display_name=NAME, phone=f"139{n:08}", password="!") for n in range(USERS)
    )
    post(
        [NewMessage(f"{NAME}-{n}", "urgent", "hospital.day", user_id=users[n % USERS].pk) for n in range(MESSAGES)],
        now=now,
    )
    started = time.perf_counter()
    done = send_waiting(now)
    ours = time.perf_counter() - started
    if done.sent != MESSAGES:
        raise RuntimeError(f"{done.sent} of {MESSAGES} sent")
    return {
        "work": f"sending one by one, {done.sent / ours:.0f}/s (asked: {PER_SECOND}/s)", "rows": MESSAGES,
        "ours_s": round(ours, 3), "floor_s": None, "ratio": None,
        "peer": None, "peer_s": None, "peer_ratio": None, "peak_mb": None,
    }  # fmt: skip


def clear() -> None:
    rows = {"user__username__startswith": NAME}
    DeliveryItem.objects.filter(delivery__in=Delivery.objects.filter(**rows)).delete()
    Delivery.objects.filter(**rows).delete()
    Message.objects.filter(**rows).delete()
    User.objects.filter(username__startswith=NAME).delete()
