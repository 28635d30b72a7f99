"""One supervisor over foreground children: starts them, restarts what dies with back-off, stops them in order.

Single-threaded. Signals are blocked and read in `step`; whoever waits for something waits by calling `step`, so
children are looked after meanwhile. Each child leads its own process group and asks the kernel for a signal when
the supervisor itself is killed, so that nothing is left behind.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .console import Refusal, say, sentence_of

STOPPING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
WATCHED = STOPPING | {signal.SIGCHLD}
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
FIRST_DELAY_S, LONGEST_DELAY_S = 0.5, 30.0
STEADY_AFTER_S = 60.0
LOG_LIMIT_BYTES = 20_000_000
TRIM_EVERY_S = 60.0
libc = ctypes.CDLL(None, use_errno=True)


class Stopped(Exception):
    """Someone asked the supervisor to stop."""


@dataclass
class Child:
    """A process to keep alive, or with `every` (seconds) one to run again and again.

    Stages stop from high to low. `stop_signal` asks for an orderly end within `grace` seconds; `orphan_signal` is
    what the kernel sends when the supervisor was killed.
    """

    name: str
    label: str
    command: list[str]
    environment: dict[str, str]
    stage: int
    folder: Path = Path("/")
    account: tuple[int, int] | None = None
    stop_signal: int = signal.SIGTERM
    orphan_signal: int = signal.SIGTERM
    grace: float = 10.0
    every: float | None = None
    process: subprocess.Popen | None = field(default=None, repr=False)
    started: float = 0.0
    due: float | None = None
    failures: int = 0

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def mark_ended(self, code: int) -> None:
        """The process was collected: clear what is left of its group."""
        if self.process:
            signal_group(self.process.pid, signal.SIGKILL)
            self.process.returncode = code
            self.process = None


class Supervisor:
    """Use as a context manager: leaving it, for whatever reason, stops all children."""

    def __init__(self, logs: Path, on_change: Callable[["Supervisor"], None] = lambda supervisor: None):
        self.logs = logs
        self.on_change = on_change
        self.children: list[Child] = []
        self.calls: dict[int, int | None] = {}
        self.trimmed = time.monotonic()

    def __enter__(self) -> "Supervisor":
        self.mask = signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
        return self

    def __exit__(self, *exception: object) -> None:
        try:
            self.stop()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, self.mask)

    def start(self, child: Child) -> None:
        self.children.append(child)
        self.spawn(child)

    def spawn(self, child: Child) -> None:
        with open(self.logs / f"{child.name}.log", "ab") as log:
            child.process = subprocess.Popen(
                child.command,
                env=child.environment,
                cwd=child.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=in_child(child.orphan_signal),
                **as_account(child.account),
            )
        child.started, child.due = time.monotonic(), None
        self.on_change(self)

    def call(
        self,
        command: list[str],
        environment: dict[str, str],
        *,
        folder: Path,
        log: str = "",
        tee: bool = False,
    ) -> int:
        """Run a command to its end while looking after the children; returns its exit code.

        With `log` its output is kept in that file. Without, it has the terminal, in the launcher's own process
        group: Ctrl-C is its business, SIGTERM is passed on.
        """
        quiet: dict = {}
        with open(self.logs / f"{log}.log" if log else os.devnull, "ab") as output:
            if log:
                quiet = {
                    "stdin": subprocess.DEVNULL,
                    "stdout": output,
                    "stderr": subprocess.STDOUT,
                    "process_group": 0,
                }
            process = subprocess.Popen(
                command, env=environment, cwd=folder, preexec_fn=in_child(signal.SIGTERM), **quiet
            )
        self.calls[process.pid] = None
        try:
            return self.wait_for_call(process, interactive=not log)
        finally:
            if self.calls.pop(process.pid, None) is None:
                end_at_once(process, group=bool(log))

    def wait_for_call(self, process: subprocess.Popen, *, interactive: bool) -> int:
        while (code := self.calls[process.pid]) is None:
            try:
                self.step(1.0)
            except Stopped as stopped:
                if not interactive:
                    raise
                if stopped.args[0] != signal.SIGINT:
                    process.send_signal(signal.SIGTERM)
        process.returncode = code
        return code

    def wait_until(self, ready: Callable[[], bool], *, child: Child, seconds: float, patience: str = "") -> None:
        """Wait until `ready()`; Refusal with the end of the child's log when it fails again and again or too long."""
        begin = said = time.monotonic()
        while not (child.process and ready()):
            self.step(0.05)
            now = time.monotonic()
            if child.failures >= 4 or now - begin > seconds:
                raise Refusal(
                    f"{child.label}没有启动成功。日志 {self.logs / child.name}.log 的最后几行：\n{self.tail(child)}"
                )
            if patience and now - said > 10:
                said = now
                say(patience)

    def tail(self, child: Child, lines: int = 8) -> str:
        text = (self.logs / f"{child.name}.log").read_text(encoding="utf-8", errors="replace")
        return "\n".join("    " + line for line in text.splitlines()[-lines:])

    def step(self, seconds: float) -> None:
        """One turn: wait for a signal at most this long, gather the dead, start what is due."""
        waiting = [child.due - time.monotonic() for child in self.children if child.due is not None]
        received = signal.sigtimedwait(WATCHED, max(0.0, min([seconds, *waiting])))
        if received and received.si_signo in STOPPING:
            raise Stopped(received.si_signo)
        self.gather()
        for child in self.children:
            if child.process is None and child.due is not None and child.due <= time.monotonic():
                self.start_again(child)
        self.trim_logs()

    def start_again(self, child: Child) -> None:
        """A start that the system refuses for the moment (no memory, full disk) is tried again later."""
        try:
            self.spawn(child)
        except OSError as error:
            child.due = time.monotonic() + LONGEST_DELAY_S
            say(f"{child.label}暂时无法启动，{LONGEST_DELAY_S:g} 秒后再试。{sentence_of(error)}")

    def gather(self) -> None:
        """Collect ended processes: children, calls, and orphans of children that the kernel handed to us."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            code = os.waitstatus_to_exitcode(status)
            if pid in self.calls:
                self.calls[pid] = code
            for child in self.children:
                if child.pid == pid:
                    child.mark_ended(code)
                    self.ended(child, code)

    def ended(self, child: Child, code: int) -> None:
        """Set the time of the next start."""
        now = time.monotonic()
        if child.every is not None:
            child.due = max(now, child.started + child.every)
        else:
            child.failures = 1 if now - child.started > STEADY_AFTER_S else child.failures + 1
            delay = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** (child.failures - 1))
            child.due = now + delay
            say(f"{child.label}意外退出（代码 {code}），{delay:g} 秒后重新启动。日志：{self.logs / child.name}.log")
        self.on_change(self)

    def stop(self) -> None:
        """Stop stage by stage, all children of a stage together; a second Ctrl-C stops at once."""
        for child in self.children:
            child.due = None
        for stage in sorted({child.stage for child in self.children}, reverse=True):
            self.stop_stage([child for child in self.children if child.stage == stage])
        self.children = []
        self.gather()

    def stop_stage(self, children: list[Child]) -> None:
        for child in children:
            signal_one(child.pid, child.stop_signal)
        begin, hurry = time.monotonic(), False
        while running := [child for child in children if child.process]:
            received = signal.sigtimedwait(WATCHED, 0.2)
            hurry = hurry or bool(received and received.si_signo in STOPPING and time.monotonic() - begin > 0.5)
            for child in running:
                if hurry or time.monotonic() - begin > child.grace:
                    signal_group(child.pid, signal.SIGKILL)
            self.gather_stopped(running)

    def gather_stopped(self, running: list[Child]) -> None:
        for child in running:
            pid, status = os.waitpid(child.pid or 0, os.WNOHANG)
            if pid:
                child.mark_ended(os.waitstatus_to_exitcode(status))
                self.on_change(self)

    def trim_logs(self) -> None:
        """Keep one older part of a log that has grown too long; children append, so emptying the file is safe."""
        if time.monotonic() - self.trimmed < TRIM_EVERY_S:
            return
        self.trimmed = time.monotonic()
        for log in self.logs.glob("*.log"):
            if log.stat().st_size > LOG_LIMIT_BYTES:
                shutil.copyfile(log, log.with_suffix(".log.1"))
                os.truncate(log, 0)


def end_with_parent() -> None:
    """For a process that a child of ours forked: the kernel kills it when its parent is gone."""
    libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))


def in_child(orphan_signal: int) -> Callable[[], None]:
    """What a new process does before it becomes the program (after a change of account, which would clear it)."""
    parent = os.getpid()

    def prepare() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        libc.prctl(PR_SET_PDEATHSIG, int(orphan_signal))
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def as_account(account: tuple[int, int] | None) -> dict:
    return {} if account is None else {"user": account[0], "group": account[1], "extra_groups": []}


def signal_one(pid: int | None, number: int) -> None:
    if pid:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return


def signal_group(pid: int | None, number: int) -> None:
    if pid:
        try:
            os.killpg(pid, number)
        except (ProcessLookupError, PermissionError):
            return


def end_at_once(process: subprocess.Popen, *, group: bool) -> None:
    if group:
        signal_group(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
