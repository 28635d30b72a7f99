"""Reminders under fire: senders killed and frozen, the database and the broker killed (trust B15).

5,000 hospital reminders, four senders, a gateway over a real socket that takes 5 ms a text. `lost`: neither at a
phone nor on the worklist; `doubled`: rang twice; `unknown`: left to a person; `late`: claims of the dead still open
two leases after their end.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from cadre_portal.embedded.places import ROOT
from cadre_portal.embedded.stack import Stack
from tests.gateway import SmsGatewayServer

REMINDERS, SENDERS, KILLS = 5_000, 4, 220
TIMEOUT = 1  # seconds; a lease is three


def run() -> list[dict]:
    return [
        campaign("senders killed", kills=KILLS),
        campaign("senders killed, gateway without keys", kills=KILLS, honours_keys=False),
        campaign("senders frozen for three leases", kills=20, freeze=9.0),
        campaign("senders, database and broker killed", kills=KILLS, services=True),
    ]


def campaign(
    name: str,
    *,
    kills: int,
    reminders: int = REMINDERS,
    honours_keys: bool = True,
    freeze: float = 0.0,
    services: bool = False,
) -> dict:
    """One campaign on a portal of its own; a row of the drill's table."""
    with (
        tempfile.TemporaryDirectory(prefix="drill-") as folder,
        SmsGatewayServer(mode="slow", delay=0.005, honours_keys=honours_keys) as gateway,
    ):
        variables = {
            "SMS_GATEWAY_URL": gateway.url,
            "SMS_GATEWAY_SECRET": gateway.secret,
            "SMS_TIMEOUT": str(TIMEOUT),
            "SMS_IDEMPOTENT": str(honours_keys),
            "LOG_LEVEL": "ERROR",
        }
        with Stack(Path(folder), processes=(), environment=variables) as stack:
            scene(stack, "make", str(reminders))
            stop = threading.Event()
            killer = threading.Thread(target=kill_services, args=(stack, stop), daemon=True)
            if services:
                killer.start()
            done = json.loads(scene(stack, "send", str(SENDERS), str(kills), str(freeze)))
            stop.set()
            if services:
                killer.join()
            found = json.loads(scene(stack, "report"))
    return row(f"{name}: {done['kills']} kills", reminders, found, gateway, done)


def row(name: str, reminders: int, found: dict, gateway: SmsGatewayServer, done: dict) -> dict:
    rang = Counter(entry["key"] for entry in gateway.journal.entries)
    unknown = set(found["unknown"])
    arrived = sum(1 for key in found["keys"] if key in rang or key in unknown)
    return {
        "drill": name,
        "tried": reminders,
        "lost": reminders - arrived + found["open"],
        "doubled": sum(count - 1 for count in rang.values()) + max(0, found["inbox"] - reminders),
        "oversold": None,
        "late": done["late"],
        "unknown": len(unknown),
    }


def kill_services(stack: Stack, stop: threading.Event) -> None:
    """Database and broker by turns, each time after they are back."""
    while not stop.wait(3.0):
        for name in ("postgres", "valkey"):
            if stack.kill(name):
                time.sleep(0.5)
                stack.wait_for(name, seconds=120)


def scene(stack: Stack, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "drills.reminder_scene", *arguments],
        env=stack.environment(), cwd=ROOT, capture_output=True, text=True, timeout=3600,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return done.stdout
