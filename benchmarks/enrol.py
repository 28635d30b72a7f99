"""Enrolment under load: 36,000 applicants for 2,000 places press the last button of the real form (design 7).

On a portal of its own: real server, real sockets, sessions and tokens prepared. Half of the applicants at 16 clients,
half at 64; beside each a part of as many on a minimal view with the same writes and middleware (`enrol_floor`), whose
seconds are scaled to the same number. Then 50 give up their places, and the service alone is asked by 32 threads.
ENROL_APPLICANTS takes another number. A result that is not exact is an error, not a figure.
"""

import json
import os
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

from cadre_portal.embedded.places import ROOT
from cadre_portal.embedded.stack import Stack

APPLICANTS = int(os.environ.get("ENROL_APPLICANTS", "36000"))
CLASSES, PLACES = 50, 40
LEVELS = (16, 64)
BESIDE = 10  # one applicant in so many goes to the minimal view
LEAVING, THREADS, ASKED = 50, 32, 2_000
SETTINGS = {"DJANGO_SETTINGS_MODULE": "benchmarks.enrol_settings", "LOG_LEVEL": "ERROR"}


def run() -> list[dict]:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        with Stack(folder, processes=("web",), environment=SETTINGS) as stack:
            beside = max(APPLICANTS // BESIDE, 200)
            number = APPLICANTS + beside + ASKED
            made = scene(stack, "make", number, CLASSES, PLACES, folder / "people.json")
            people = json.loads((folder / "people.json").read_text(encoding="utf-8"))
            rows = [level(stack, folder, made, people, beside, number) for number in range(len(LEVELS))]
            check(scene(stack, "report"), min(APPLICANTS, CLASSES * PLACES))
            rows.append(leaving(scene(stack, "leave", LEAVING)))
            rows.append(by_threads(scene(stack, "threads", THREADS, ASKED)))
    return rows


def level(stack: Stack, folder: Path, made: dict, people: list, beside: int, number: int) -> dict:
    """One level of clients: the floor first, then ours."""
    clients, share = LEVELS[number], len(LEVELS)
    ours = [[form_path(made["ours"][n % CLASSES]), *people[n]] for n in range(number, APPLICANTS, share)]
    floor = [
        [f"/bench/{made['floor'][n % CLASSES]}/", *people[APPLICANTS + n]] for n in range(number, beside, share)
    ]  # fmt: skip
    least = press(stack, folder, clients, floor)
    found = press(stack, folder, clients, ours)
    scaled = least["seconds"] * len(ours) / len(floor)
    rate, floor_rate = len(ours) / found["seconds"], len(floor) / least["seconds"]
    beside_it = f"floor {floor_rate:.0f}/s, p95 {least['p95'] * 1000:.0f} ms; {rate / floor_rate:.0%}"
    figures = f"{rate:.0f} decided/s, p50 {found['p50'] * 1000:.0f} ms, p95 {found['p95'] * 1000:.0f} ms ({beside_it})"
    work = f"enrol, last press, {clients} clients: {figures}"
    return row(work, len(ours), found["seconds"], scaled)


def form_path(class_key: str) -> str:
    return f"/me/classes/join/{class_key}/review/?form={uuid.uuid4()}"


def press(stack: Stack, folder: Path, clients: int, jobs: list, patience: float = 0.0) -> dict:
    """Send jobs from a process of their own. Raises when one was not taken and nobody waits for it."""
    path = folder / "jobs.json"
    path.write_text(json.dumps(jobs), encoding="utf-8")
    address = stack.facts()["address"]
    command = [sys.executable, "-m", "benchmarks.enrol_clients", address, str(clients), str(path), str(patience)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    if not patience and found["answers"] != {"taken": len(jobs)}:
        raise RuntimeError(f"not all were taken: {found['answers']}")
    return found


def scene(stack: Stack, *arguments) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.enrol_scene", *map(str, arguments)],
        env=stack.environment(), cwd=ROOT, capture_output=True, text=True, timeout=3600,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return json.loads(done.stdout)


def check(found: dict, places: int) -> None:
    """Every place given, none twice, nobody lost, nobody waiting who came more than a second before the last place."""
    exact = found["seated"] == found["taken"] == places and found["waiting"] == APPLICANTS - places
    if not exact or found["wrong"] or found["doubled"] or found["undersold"] or found["before_the_last_seat"]:
        raise RuntimeError(f"not exact: {found}")


def leaving(found: dict) -> dict:
    """With few applicants fewer wait than should leave: the row says how many did."""
    if not found["right"]:
        raise RuntimeError(f"not in rank order: {found}")
    work = f"{found['left']} leave, {found['offers']} offers in rank order"
    if found["left"] < LEAVING:
        work += f" ({LEAVING} are asked for; so few wait in two classes: more ENROL_APPLICANTS)"
    return row(work, found["left"], found["seconds"], None)


def by_threads(found: dict) -> dict:
    if found["wrong"] or found["doubled"]:
        raise RuntimeError(f"not exact: {found}")
    rate, bare = found["count"] / found["seconds"], found["count"] / found["floor"]
    work = f"enrol in process, {THREADS} threads: {rate:.0f}/s (asked: 150/s; bare SQL {bare:.0f}/s)"
    return row(work, found["count"], found["seconds"], found["floor"])


def row(work: str, rows: int, ours: float, floor: float | None) -> dict:
    return {
        "work": work, "rows": rows, "ours_s": round(ours, 3), "floor_s": floor and round(floor, 3),
        "ratio": floor and round(ours / floor, 2), "peer": None, "peer_s": None, "peer_ratio": None, "peak_mb": None,
    }  # fmt: skip
