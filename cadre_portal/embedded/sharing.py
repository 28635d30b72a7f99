"""Who runs the embedded services of a clone, and who else is using them.

The owner (bin/run, or a bin/manage that found nothing running) holds `services.lock` and describes itself in
`run-state.json`. Everybody else takes a shared hold of `users.lock` while using them; a bin/manage that owns them
stops them only when nobody holds it. Locks are the kernel's (flock), so a killed process leaves none behind.
"""

import fcntl
import json
import os
import signal
import time
from pathlib import Path

from .console import Refusal, say, sentence_of
from .places import Places, write_private
from .supervisor import Supervisor, signal_group

ORPHAN_S = 15.0


class Ownership:
    """The right to run the services below `places.var`; hold it as long as they run."""

    def __init__(self, places: Places, command: str):
        self.places = places
        self.command = command
        self.addresses: dict[str, str] = {}
        self.state = places.var / "run-state.json"

    def take(self) -> bool:
        """Take it if nobody has it; then end what a killed predecessor may have left."""
        self.file = open(self.places.var / "services.lock", "a+", encoding="utf-8")  # noqa: SIM115 (held for life)
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.file.close()
            return False
        self.file.truncate(0)
        self.file.write(json.dumps({"command": self.command, "pid": os.getpid()}))
        self.file.flush()
        end_orphans(self.state)
        return True

    def publish(self, supervisor: Supervisor, **facts: object) -> None:
        """Tell others that everything is ready, and from now on which processes run."""
        self.facts = facts
        supervisor.on_change = self.describe
        self.describe(supervisor)

    def describe(self, supervisor: Supervisor) -> None:
        running = {child.name: [child.pid, start_ticks(child.pid)] for child in supervisor.children if child.pid}
        facts = {"command": self.command, "pid": os.getpid(), **self.facts, "children": running}
        try:
            write_private(self.state, json.dumps(facts, ensure_ascii=False, indent=1))
        except OSError as error:
            say(f"运行状态暂时记不下来。{sentence_of(error)}")

    def withdraw(self, supervisor: Supervisor, *, after_users: bool) -> None:
        """Say that the services are about to stop; with `after_users` wait for the last one first."""
        with open(self.places.var / "users.lock", "w") as users:
            if after_users:
                fcntl.flock(users, fcntl.LOCK_EX)
            supervisor.on_change = lambda _: None
            self.state.unlink(missing_ok=True)


def owner_of(places: Places) -> dict:
    """Command and pid of the present owner; empty when there is none."""
    try:
        with open(places.var / "services.lock", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return {}
    except FileNotFoundError:
        return {}
    except BlockingIOError:
        return read(places.var / "services.lock") or {"command": "run", "pid": 0}


def take_for_run(ownership: Ownership) -> None:
    """For bin/run: refuse when another one runs, wait while a bin/manage has the services for a moment."""
    told = False
    while not ownership.take():
        owner = owner_of(ownership.places)
        if owner.get("command") == "run":
            raise Refusal(
                f"门户已经在运行（进程 {owner['pid']}）。要停止它，请到那个窗口按 Ctrl-C；要全部删除，请用 bin/reset。"
            )
        if owner and not told:
            told = True
            say(f"bin/{owner['command']}（进程 {owner['pid']}）正在使用内置数据库，等它结束 …")
        time.sleep(0.2)


def use_running(places: Places) -> dict | None:
    """Facts of services that run and are ready, with a shared hold that lasts until this process (or the program it
    becomes) ends; None when there is no owner. Waits while an owner is starting or stopping."""
    told = False
    while owner_of(places):
        users = os.open(places.var / "users.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(users, fcntl.LOCK_SH)
        if facts := read(places.var / "run-state.json"):
            os.set_inheritable(users, True)
            return facts
        os.close(users)
        if not told:
            told = True
            say("门户正在启动或停止，等它就绪 …")
        time.sleep(0.2)
    return None


def read(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def end_orphans(state: Path) -> None:
    """End children of a supervisor that was killed, if the kernel's signal to them has not done it."""
    left = [pid for pid, ticks in read(state).get("children", {}).values() if start_ticks(pid) == ticks]
    begin = time.monotonic()
    while left:
        for pid in left:
            signal_group(pid, signal.SIGTERM if time.monotonic() - begin < ORPHAN_S else signal.SIGKILL)
        time.sleep(0.2)
        left = [pid for pid in left if start_ticks(pid) is not None]
    state.unlink(missing_ok=True)


def start_ticks(pid: int | None) -> int | None:
    """Start time of a living process in clock ticks since boot: with the pid it names a process for good."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return None if fields[0] in "XZ" else int(fields[19])
