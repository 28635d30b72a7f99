"""A whole portal of its own for process tests and drills: real services and processes in a folder, to be killed.

The supervisor runs as a process of its own (`bin/_launch.py serve`), restarts what the test kills, and dies with it.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from . import services
from .places import ROOT, Places
from .postgres import remove_outside_home
from .sharing import start_ticks
from .supervisor import in_child

READY_S = 180.0
# Of the processes and of every command run against them: two settings would mean two sets of keys.
SETTINGS = {"DJANGO_SETTINGS_MODULE": "cadre_portal.settings.dev"}


class Stack:
    """Use as a context manager.

    `processes` are names out of web, worker, beat, tick; postgres and valkey always run. `environment` adds
    variables (gateway addresses, settings) for all processes. The database is migrated (unless `schema=False`) and
    has no people; it is gone afterwards, the logs below `folder` stay. `durable=False` skips fsync: good against
    killed processes, not against a killed machine.
    """

    def __init__(
        self,
        folder: Path,
        *,
        processes: tuple[str, ...] = ("worker", "beat"),
        environment: dict[str, str] | None = None,
        durable: bool = True,
        schema: bool = True,
    ):
        self.places = Places(ROOT, folder)
        self.processes = processes
        self.variables = environment or {}
        self.options = [] if durable else ["--no-fsync"]
        self.options += [] if schema else ["--no-schema"]

    def __enter__(self) -> "Stack":
        self.places.make()
        kept = {name: value for name, value in os.environ.items() if name not in services.ADDRESSES}
        kept |= SETTINGS | self.variables
        command = [sys.executable, str(ROOT / "bin" / "_launch.py"), "serve", *self.processes, *self.options]
        self.log = self.places.logs / "supervisor.log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command,
                env=kept | {"CADRE_VAR_DIR": str(self.places.var)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=in_child(signal.SIGTERM),
            )
        deadline = time.monotonic() + READY_S
        while not self.facts():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise RuntimeError(f"the stack did not start: {self.log.read_text(encoding='utf-8')[-3000:]}")
            time.sleep(0.1)
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(90)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        remove_outside_home(self.places.var)

    def facts(self) -> dict:
        """Addresses, and name → [pid, start] of the running children; empty until everything is ready."""
        try:
            return json.loads((self.places.var / "run-state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def pid(self, name: str) -> int | None:
        """Pid of a child that runs now; None while it is dead and not yet restarted."""
        pid, ticks = self.facts().get("children", {}).get(name, (None, None))
        return pid if pid and start_ticks(pid) == ticks else None

    def kill(self, name: str, number: int = signal.SIGKILL) -> bool:
        """Send a signal to a child; False when it does not run at the moment."""
        pid = self.pid(name)
        if pid:
            os.kill(pid, number)
        return bool(pid)

    def wait_for(self, name: str, *, other_than: int | None = None, seconds: float = 60.0) -> int:
        """Pid of a child once it runs (as another process than `other_than`); TimeoutError if it does not."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if (pid := self.pid(name)) and pid != other_than:
                return pid
            time.sleep(0.05)
        raise TimeoutError(f"{name} does not run after {seconds} s")

    def environment(self, *, owner: bool = False) -> dict[str, str]:
        """Environment of a process that works with this portal."""
        facts = self.facts()
        addresses = {name: facts[name] for name in services.ADDRESSES}
        return services.environment(self.places, addresses, owner=owner) | SETTINGS | self.variables

    def manage(self, *arguments: str, timeout: float = 300.0) -> subprocess.CompletedProcess:
        """Run a management command to its end against this portal."""
        env = self.environment(owner=arguments[0] in services.OWNER_COMMANDS)
        command = services.manage(self.places, *arguments)
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=timeout)
