"""The time bank under load: 50,000 gifts by 32 threads among 1,000 accounts with caps (design 7).

On a portal of its own, the service in process with idempotency, audit and outbox; beside it the same double entry as
bare SQL. TIMEBANK_TRANSFERS and TIMEBANK_ACCOUNTS take other numbers. A result that is not exact is an error, not a
figure: the sum of all entries is zero, no balance is above the cap or below nothing, every balance is the sum of its
entries, every transfer has its audit row and its message.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from cadre_portal.embedded.places import ROOT
from cadre_portal.embedded.stack import Stack

TRANSFERS = int(os.environ.get("TIMEBANK_TRANSFERS", "50000"))
ACCOUNTS = int(os.environ.get("TIMEBANK_ACCOUNTS", "1000"))
THREADS, BESIDE = 32, 10


def run() -> list[dict]:
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        Stack(Path(name), processes=(), environment={"LOG_LEVEL": "ERROR"}) as stack,
    ):
        scene(stack, "make", ACCOUNTS)
        found = scene(stack, "give", THREADS, TRANSFERS)
        least = scene(stack, "bare", THREADS, max(TRANSFERS // BESIDE, 1000))
    check(found)
    if not is_exact(least):
        raise RuntimeError(f"not exact after bare SQL: {least}")
    return [row(found, least)]


def check(found: dict) -> None:
    whole = found["transfers"] == found["audited"] == found["told"] == TRANSFERS
    if not whole or not is_exact(found):
        raise RuntimeError(f"not exact: {found}")


def is_exact(found: dict) -> bool:
    """Of bare SQL too: it keeps to the cap, so that nobody wonders whose entry is above it."""
    return not (found["sum"] or found["wrong"] or found["over"] or found["below"])


def row(found: dict, least: dict) -> dict:
    rate, bare = found["count"] / found["seconds"], least["count"] / least["seconds"]
    ours_ms, bare_ms = found["cpu"] / found["count"] * 1000, least["cpu"] / least["count"] * 1000
    work = (
        f"time bank, {THREADS} threads, {ACCOUNTS} accounts: {rate:.0f}/s (asked: 150/s; bare SQL {bare:.0f}/s), "
        f"{ours_ms:.1f} ms of the process each (bare SQL {bare_ms:.1f}), {found['refused']} refused by rules"
    )
    return {
        "work": work, "rows": found["count"], "ours_s": round(found["seconds"], 3),
        "floor_s": round(found["count"] / bare, 3), "ratio": round(bare / rate, 2), "peer": None, "peer_s": None,
        "peer_ratio": None, "peak_mb": None,
    }  # fmt: skip


def scene(stack: Stack, *arguments) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.timebank_scene", *map(str, arguments)],
        env=stack.environment(), cwd=ROOT, capture_output=True, text=True, timeout=3600,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return json.loads(done.stdout)
