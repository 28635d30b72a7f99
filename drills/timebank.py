"""The time bank under fire: twenty spend one balance at the same moment, half of them as gifts, half for help that they
ask for; the process or the database is killed in between, and every form sent again.

`lost`: a form answered with yes that does not stand, or with no that does, or nobody's answer, or a balance that could
have served one more; `doubled`: minutes that moved more than once; `oversold`: more spent than there was, or an
account that is not the sum of its entries. TIMEBANK_ROUNDS (3) sets the length.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg2

from cadre_portal.embedded.places import ROOT
from cadre_portal.embedded.stack import Stack

ROUNDS = int(os.environ.get("TIMEBANK_ROUNDS", "3"))
AT_ONCE, COVERS, EACH = 20, 7, 30
STARTS_S = 120.0
CALM, KILLED, DATABASE = "nobody killed", "the process killed in between", "the database killed in between"


def run() -> list[dict]:
    with tempfile.TemporaryDirectory(prefix="drill-") as name:
        folder = Path(name)
        with Stack(folder, processes=(), environment={"LOG_LEVEL": "CRITICAL"}) as stack:
            scene(stack, "make")
            return [campaign(stack, folder, how) for how in (CALM, KILLED, DATABASE)]


def campaign(stack: Stack, folder: Path, how: str) -> dict:
    total, cut = {"lost": 0, "doubled": 0, "oversold": 0}, []
    for number in range(ROUNDS):
        path = folder / f"{len(how)}-{number}.json"
        asked = scene(stack, "family", COVERS, path, AT_ONCE)
        if how == KILLED:
            cut.append(killed(stack, path, asked, after=1 + number % (COVERS - 1)))
        answers = scene(stack, "spend", path) if how != DATABASE else through_a_crash(stack, path, asked, number, cut)
        count(total, answers, scene(stack, "stands", path))
    if cut and not any(0 < stood < COVERS for stood in cut):
        raise RuntimeError(f"never killed in between: {cut} of {COVERS} stood; more TIMEBANK_ROUNDS")
    when = f" (when {', '.join(map(str, cut))} stood)" if cut else ""
    name = f"{AT_ONCE} spend one balance that covers {COVERS}, {how}{when}, {ROUNDS} rounds"
    return {"drill": name, "tried": AT_ONCE * ROUNDS, **total, "late": None, "unknown": None}


def count(total: dict, answers: dict, found: dict) -> None:
    kept, gifts = found["kept"], found["gifts"]
    wrong_answers = sum((answer == "taken") != (key in kept) for key, answer in answers.items())
    total["lost"] += wrong_answers + max(0, COVERS - len(kept)) + (AT_ONCE - len(answers))
    went, came = COVERS * EACH - found["giver"], found["mother"]
    total["doubled"] += abs(went - len(kept) * EACH) // EACH + abs(came - gifts * EACH) // EACH
    total["oversold"] += max(0, len(kept) - COVERS) + found["wrong"] + (found["sum"] != 0) + (found["giver"] < 0)


def killed(stack: Stack, path: Path, asked: dict, after: int) -> int:
    """As soon as some stand, kill -9; what was committed stands, the rest does not, and all forms are sent again.
    Returns how many stood."""
    process = start(stack, "spend", path)
    wait_until_some_stand(stack, process, asked, after)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return standing(stack, asked)


def through_a_crash(stack: Stack, path: Path, asked: dict, number: int, cut: list[int]) -> dict:
    process = start(stack, "spend", path)
    wait_until_some_stand(stack, process, asked, 1 + number % (COVERS - 1))
    if not stack.kill("postgres"):
        raise RuntimeError("no database to kill")
    time.sleep(0.5)
    stack.wait_for("postgres", seconds=120)
    cut.append(standing(stack, asked))
    out, err = process.communicate(timeout=600)
    if process.returncode:
        raise RuntimeError(err[-3000:])
    return json.loads(out)


def wait_until_some_stand(stack: Stack, process: subprocess.Popen, asked: dict, number: int) -> None:
    connection = psycopg2.connect(stack.facts()["DATABASE_URL"])
    connection.autocommit = True
    deadline = time.monotonic() + STARTS_S
    with connection.cursor() as cursor:
        while process.poll() is None and count_of(cursor, asked) < number:
            if time.monotonic() > deadline:
                raise RuntimeError("nobody spends anything")
            time.sleep(0.002)
    connection.close()


def standing(stack: Stack, asked: dict) -> int:
    """How many stand now; asked until the database answers after its recovery. Those who go on spend meanwhile: after
    a crash of the database this may be more than stood when it was killed."""
    deadline = time.monotonic() + STARTS_S
    while True:
        try:
            connection = psycopg2.connect(stack.facts()["DATABASE_URL"])
        except psycopg2.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            with connection, connection.cursor() as cursor:
                found = count_of(cursor, asked)
            connection.close()
            return found


def count_of(cursor, asked: dict) -> int:
    """Gifts and holds of this family."""
    cursor.execute(
        "SELECT (SELECT count(*) FROM volunteers_transfer WHERE kind = 'gift' AND public_id = ANY(%(keys)s::uuid[]))"
        " + (SELECT count(*) FROM volunteers_hold h JOIN volunteers_servicerequest r ON r.id = h.request_id"
        " WHERE r.public_id = ANY(%(keys)s::uuid[]))",
        {"keys": asked["keys"]},
    )
    return cursor.fetchone()[0]


def start(stack: Stack, *arguments) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "drills.timebank_scene", *map(str, arguments)],
        env=stack.environment(), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def scene(stack: Stack, *arguments) -> dict:
    process = start(stack, *arguments)
    out, err = process.communicate(timeout=3600)
    if process.returncode:
        raise RuntimeError(err[-3000:])
    return json.loads(out)
