"""Worker, beat, broker and database really running, and killed in the middle: none lost, none twice.

The long campaign is `bin/drill reminders`.
"""

import json
import time
from collections import Counter

import pytest

from cadre_portal.embedded.stack import Stack
from drills.reminders import scene
from tests.gateway import SmsGatewayServer

pytestmark = pytest.mark.process

REMINDERS = 150
SECONDS = 180


def wait_until(holds, seconds=SECONDS):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to that in time"
        time.sleep(0.2)


def test_kill_of_worker_broker_and_database_loses_and_doubles_nothing(tmp_path):
    with SmsGatewayServer(mode="slow", delay=0.05) as gateway:
        variables = {
            "SMS_GATEWAY_URL": gateway.url,
            "SMS_GATEWAY_SECRET": gateway.secret,
            "SMS_TIMEOUT": "1",
            "TICK_SECONDS": "2",
        }
        with Stack(tmp_path, processes=("worker", "beat"), environment=variables, durable=False) as stack:
            scene(stack, "make", str(REMINDERS))
            for share, name in ((0.1, "worker"), (0.3, "valkey"), (0.5, "postgres"), (0.7, "worker")):
                wait_until(lambda: len(gateway.journal.entries) >= share * REMINDERS)  # noqa: B023 - waited for here
                pid = stack.wait_for(name)
                assert stack.kill(name)
                stack.wait_for(name, other_than=pid)
            stack.wait_for("postgres")
            found = {}

            def all_ended():
                found.update(json.loads(scene(stack, "report")))
                return not found["open"]

            wait_until(all_ended)

    rang = Counter(entry["key"] for entry in gateway.journal.entries)
    assert (found["reminders"], found["inbox"], found["unknown"], found["failed"]) == (REMINDERS, REMINDERS, [], 0)
    assert rang == Counter(found["keys"])
    assert len(rang) == REMINDERS
