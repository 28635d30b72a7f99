"""The supervisor, in a process of its own because it collects every child process it finds."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cadre_portal.embedded.sharing import start_ticks

pytestmark = pytest.mark.process
ROOT = Path(__file__).resolve().parent.parent.parent

PROGRAM = """
import json, os, signal, sys, time
from pathlib import Path
from cadre_portal.embedded.supervisor import Child, Stopped, Supervisor

folder = Path(sys.argv[1])
def note(supervisor):
    pids = {child.name: child.pid for child in supervisor.children}
    (folder / "new").write_text(json.dumps(pids)); (folder / "new").replace(folder / "pids")
def child(name, script, stage, **options):
    return Child(name, name, ["/bin/sh", "-c", script], dict(os.environ), stage, **options)
with Supervisor(folder, note) as supervisor:
    try:
        for name, stage in (("low", 0), ("high", 2)):
            script = f"trap 'echo {name} >> {folder}/ends; exit' TERM; while :; do sleep 0.05; done"
            supervisor.start(child(name, script, stage))
        supervisor.start(child("deaf", "trap '' TERM; sleep 300 & wait; sleep 300", 2, grace=0.5))
        supervisor.start(child("again", f"echo tick >> {folder}/ticks", 2, every=0.2))
        while True:
            supervisor.step(1)
    except Stopped:
        pass
"""


@pytest.fixture
def supervised(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: len(pids(tmp_path)) == 4)
        yield process, tmp_path
    finally:
        process.kill()
        process.wait()


def pids(folder: Path) -> dict[str, int]:
    path = folder / "pids"
    return json.loads(path.read_text()) if path.exists() else {}


def wait_for(condition, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def lives(pid: int | None) -> bool:
    return start_ticks(pid) is not None


def test_killed_child_is_started_again(supervised):
    _, folder = supervised
    first = pids(folder)["low"]

    os.kill(first, signal.SIGKILL)

    wait_for(lambda: pids(folder)["low"] not in {first, None})
    assert not lives(first)


def test_child_that_dies_again_and_again_waits_longer_each_time(supervised):
    _, folder = supervised
    begins = []
    for _ in range(3):
        pid = pids(folder)["low"]
        begins.append(time.monotonic())
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda pid=pid: pids(folder)["low"] not in {pid, None})
    waits = [later - earlier for earlier, later in zip(begins, [*begins[1:], time.monotonic()], strict=True)]

    assert waits[0] >= 0.5
    assert waits[1] >= 1.0
    assert waits[2] >= 2.0


def test_periodic_child_runs_again_and_again(supervised):
    _, folder = supervised

    wait_for(lambda: len((folder / "ticks").read_text().splitlines()) >= 3)


def test_stop_ends_high_stages_first_and_the_deaf_by_force(supervised):
    process, folder = supervised
    children = pids(folder)

    process.terminate()

    assert process.wait(30) == 0
    assert (folder / "ends").read_text().split() == ["high", "low"]
    assert not any(lives(pid) for pid in children.values())


def test_killed_supervisor_leaves_no_child_that_listens(supervised):
    process, folder = supervised
    children = pids(folder)

    process.kill()
    process.wait()

    wait_for(lambda: not lives(children["low"]) and not lives(children["high"]))
    os.killpg(children["deaf"], signal.SIGKILL)
