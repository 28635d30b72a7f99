"""Enrolment under fire: two hundred at the last places, web workers and the database killed, ten thousand steps.

`lost`: an answer that is not what stands in the database, or nobody's answer, or a place that stayed empty while
somebody waited; `doubled`: one person twice; `oversold`: more seats than places. ENROL_ROUNDS (5), ENROL_STEPS (10,000)
and ENROL_APPLICANTS (1,500) set the length, 0 leaves that part out; the full campaign is ENROL_ROUNDS=100. Nothing of
the code may be changed meanwhile: workers that are born later would run something else.
"""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from benchmarks.enrol import form_path, press
from benchmarks.enrol import scene as bench_scene
from cadre_portal.embedded.places import ROOT
from cadre_portal.embedded.stack import Stack

ROUNDS, STEPS = int(os.environ.get("ENROL_ROUNDS", "5")), int(os.environ.get("ENROL_STEPS", "10000"))
THREADS, PLACES = 200, (1, 10, 50)
APPLICANTS, CLASSES, EACH = int(os.environ.get("ENROL_APPLICANTS", "1500")), 10, 40
CLIENTS, PATIENCE_S = 32, 300.0
# Each time it dies the supervisor waits twice as long before it starts it again, up to half a minute.
MOST_OF_POSTGRES = 4


def run() -> list[dict]:
    with tempfile.TemporaryDirectory(prefix="drill-") as name:
        folder = Path(name)
        with Stack(folder, processes=("web",), environment={"LOG_LEVEL": "CRITICAL"}) as stack:
            found = [walk(stack)] if STEPS else []
            found += [rush(stack, places) for places in PLACES if ROUNDS]
            return found + ([under_fire(stack, folder)] if APPLICANTS else [])


def rush(stack: Stack, places: int) -> dict:
    found = scene(stack, "rush", THREADS, places, ROUNDS)
    name = f"{THREADS} threads at {places} places, {ROUNDS} rounds"
    return row(name, found["tried"], found["lost"] + found["undersold"], found["doubled"], found["oversold"])


def walk(stack: Stack) -> dict:
    """Raises when one of the invariants breaks."""
    found = scene(stack, "walk", STEPS)
    return row(f"random walk of {found['tried']} steps, checked after each", found["tried"], 0, 0, 0)


def under_fire(stack: Stack, folder: Path) -> dict:
    """The real form over real sockets; who was not answered sends the same form again."""
    made = bench_scene(stack, "make", APPLICANTS, CLASSES, EACH, folder / "people.json")
    people = json.loads((folder / "people.json").read_text(encoding="utf-8"))
    jobs = [[form_path(made["ours"][n % CLASSES]), *cookies] for n, cookies in enumerate(people)]
    stop, kills = threading.Event(), {"web": 0, "postgres": 0}
    killer = threading.Thread(target=kill_by_turns, args=(stack, stop, kills), daemon=True)
    killer.start()
    found = press(stack, folder, CLIENTS, jobs, PATIENCE_S)
    stop.set()
    killer.join()
    if not kills["web"] or not kills["postgres"]:
        raise RuntimeError(f"over before anything was killed: {kills}; more ENROL_APPLICANTS")
    stack.wait_for("postgres", seconds=120)
    stands = bench_scene(stack, "report")
    (folder / "taken.json").write_text(json.dumps(found["taken"]), encoding="utf-8")
    kept = bench_scene(stack, "kept", folder / "taken.json")["kept"]
    lost = APPLICANTS - kept + stands["undersold"] + max(0, min(APPLICANTS, CLASSES * EACH) - stands["taken"])
    name = f"real form, {kills['web']} web workers and {kills['postgres']} times Postgres killed"
    return row(name, APPLICANTS, lost, stands["doubled"], stands["wrong"])


def kill_by_turns(stack: Stack, stop: threading.Event, kills: dict) -> None:
    """A worker of the web server, and at every third time the database, each time after all of it answers again: so
    that some work is done between two kills however slow the machine is."""
    rng = random.Random(20261122)
    while not stop.wait(rng.uniform(0.5, 1.5)):
        workers = children(stack.pid("web"))
        if workers:
            os.kill(rng.choice(workers), signal.SIGKILL)
            kills["web"] += 1
        if kills["web"] % 3 == 2 and kills["postgres"] < MOST_OF_POSTGRES and stack.kill("postgres"):
            kills["postgres"] += 1
            time.sleep(0.5)
            stack.wait_for("postgres", seconds=120)
            wait_for_database(stack)
        wait_for_answer(stack)


def wait_for_database(stack: Stack) -> None:
    """Until it takes connections, after its recovery."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            psycopg2.connect(stack.facts()["DATABASE_URL"]).close()
            return
        except (psycopg2.OperationalError, KeyError):
            time.sleep(0.2)


def wait_for_answer(stack: Stack) -> None:
    """Until the web server answers, for a minute at most."""
    deadline = time.monotonic() + 60
    host = urlsplit(stack.facts()["address"]).netloc
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection(host, timeout=10)
            connection.request("GET", "/me/")
            if connection.getresponse().status < 500:  # noqa: PLR2004
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)


def children(pid: int | None) -> list[int]:
    if pid is None:
        return []
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(one) for one in text.split()]


def scene(stack: Stack, *arguments) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "drills.enrol_scene", *map(str, arguments)],
        env=stack.environment(), cwd=ROOT, capture_output=True, text=True, timeout=7200,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return json.loads(done.stdout)


def row(drill: str, tried: int, lost: int, doubled: int, oversold: int) -> dict:
    return {
        "drill": drill, "tried": tried, "lost": lost, "doubled": doubled, "oversold": oversold, "late": None,
        "unknown": None,
    }  # fmt: skip
