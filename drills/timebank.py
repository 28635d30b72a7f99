"""The time bank under fire: twenty spend one balance at the same moment, the process or the database killed in between,
and every form sent again.

`lost`: a form answered with yes that does not stand, or with no that does, or nobody's answer, or a balance that could
have served one more; `doubled`: minutes that arrived more than once; `oversold`: more given than there was, or an
account that is not the sum of its entries. TIMEBANK_ROUNDS (3) sets the length.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cadre_portal.embedded.places import ROOT
from cadre_portal.embedded.stack import Stack

ROUNDS = int(os.environ.get("TIMEBANK_ROUNDS", "3"))
AT_ONCE, COVERS, EACH = 20, 7, 30
CALM, KILLED, DATABASE = "nobody killed", "the process killed in between", "the database killed in between"


def run() -> list[dict]:
    with tempfile.TemporaryDirectory(prefix="drill-") as name:
        folder = Path(name)
        with Stack(folder, processes=(), environment={"LOG_LEVEL": "CRITICAL"}) as stack:
            scene(stack, "make")
            return [campaign(stack, folder, how) for how in (CALM, KILLED, DATABASE)]


def campaign(stack: Stack, folder: Path, how: str) -> dict:
    total = {"lost": 0, "doubled": 0, "oversold": 0}
    rng = random.Random(20261122)
    for number in range(ROUNDS):
        path = folder / f"{len(how)}-{number}.json"
        scene(stack, "family", COVERS, path, AT_ONCE)
        if how == KILLED:
            killed(stack, path, rng)
        answers = scene(stack, "spend", path) if how != DATABASE else through_a_crash(stack, path, rng)
        count(total, answers, scene(stack, "stands", path))
    name = f"{AT_ONCE} spend one balance that covers {COVERS}, {how}, {ROUNDS} rounds"
    return {"drill": name, "tried": AT_ONCE * ROUNDS, **total, "late": None, "unknown": None}


def count(total: dict, answers: dict, found: dict) -> None:
    kept = set(found["kept"])
    wrong_answers = sum((answer == "taken") != (key in kept) for key, answer in answers.items())
    total["lost"] += wrong_answers + max(0, COVERS - len(kept))
    total["doubled"] += abs(found["mother"] - len(kept) * EACH) // EACH
    total["oversold"] += max(0, len(kept) - COVERS) + found["wrong"] + (found["sum"] != 0) + (found["giver"] < 0)


def killed(stack: Stack, path: Path, rng: random.Random) -> None:
    """Half-way through, kill -9; what it had committed stands, the rest does not, and all forms are sent again."""
    process = start(stack, "spend", path)
    time.sleep(rng.uniform(2.0, 4.0))
    process.send_signal(signal.SIGKILL)
    process.communicate()


def through_a_crash(stack: Stack, path: Path, rng: random.Random) -> dict:
    process = start(stack, "spend", path)
    time.sleep(rng.uniform(2.0, 4.0))
    if stack.kill("postgres"):
        time.sleep(0.5)
        stack.wait_for("postgres", seconds=120)
    out, err = process.communicate(timeout=600)
    if process.returncode:
        raise RuntimeError(err[-3000:])
    return json.loads(out)


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
