"""bin/test: the checks and the test suite on throw-away services of its own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import environment, services
from .console import say
from .management import exit_code
from .places import Places, require_space
from .postgres import remove_outside_home
from .sharing import Ownership
from .supervisor import Supervisor

TEST_MB = 400
TEST_SETTINGS = "cadre_portal.settings.test"
SERIAL = "process or browser"
# `load` hands tests out from the front, so on each worker too those that empty the tables come last; one at a time,
# because the longest stand side by side.
FAST = ["-n", "2", "--dist", "load", "--maxschedchunk", "1", "-m", f"not ({SERIAL})"]
# What starts processes has services and ports of its own, so two go side by side; those of one group share theirs and
# follow each other. In the order of conftest.py: the longest first. On the databases that the first pass made.
SLOW = ["-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder", "-m", SERIAL]
PASSES = ([*FAST, "--reuse-db"], [*SLOW, "--reuse-db"])


def run(places: Places, arguments: list[str]) -> int:
    """With pytest arguments only pytest; without, the quick checks first. Returns pytest's exit code, or 1 when a
    check found something although the tests passed."""
    require_space(places.root, TEST_MB)
    environment.ensure(places, development=True)
    with throw_away(places, "test", durable=False) as (supervisor, own, addresses):
        os.environ["DJANGO_SETTINGS_MODULE"] = TEST_SETTINGS
        env = services.environment(own, as_one_role(addresses))
        failed = [] if arguments else failed_checks(places, supervisor, env)
        if failed:
            say(f"没有通过的检查：{'、'.join(failed)}（下面的测试照常运行，最后仍按失败结束）")
        code = pytest(places, supervisor, env, arguments)
        if failed:  # again: pytest's green summary would be all that is read
            say(f"没有通过的检查：{'、'.join(failed)}")
        return exit_code(code) or int(bool(failed))


def pytest(places: Places, supervisor: Supervisor, env: dict[str, str], arguments: list[str]) -> int:
    """One plain run with arguments; without, first what needs nothing but the database, then what starts processes
    or a browser."""
    worst = 0
    for options in [arguments] if arguments else PASSES:
        code = supervisor.call([str(places.python), "-m", "pytest", *options], env, folder=places.root)
        worst = worst or code
        if code not in (0, 1):  # interrupted or ended by a signal: nobody waits for the rest
            break
    return worst


def as_one_role(addresses: dict[str, str]) -> dict[str, str]:
    """The owner's address as the only one: a test that starts a process need change one variable."""
    return {"DATABASE_URL": addresses["DATABASE_OWNER_URL"], "REDIS_URL": addresses["REDIS_URL"]}


def failed_checks(places: Places, supervisor: Supervisor, env: dict[str, str]) -> list[str]:
    """Names of the quick checks that found something; each prints what it found."""
    python = str(places.python)
    checks = {
        "ruff check": [python, "-m", "ruff", "check", "."],
        "ruff format": [python, "-m", "ruff", "format", "--check", "."],
        "djlint": [python, "-m", "djlint", "--quiet", "--lint", "templates", "apps"],
        "mypy": [python, "-m", "mypy", *typed_modules(places)],
        "makemigrations --check": services.manage(places, "makemigrations", "--check", "--dry-run"),
    }
    failed = []
    for name, command in checks.items():
        say(f"检查 {name} …")
        if supervisor.call(command, env, folder=places.root):
            failed.append(name)
    return failed


def typed_modules(places: Places) -> list[str]:
    """Rules and services carry types, and so does the launcher."""
    found = [path for name in ("rules", "services") for path in places.root.glob(f"apps/*/{name}*")]
    kept = [path for path in found if path.suffix == ".py" or (path / "__init__.py").exists()]
    return ["cadre_portal/embedded", *sorted(str(path.relative_to(places.root)) for path in kept)]


@contextmanager
def throw_away(places: Places, purpose: str, *, durable: bool) -> Iterator[tuple[Supervisor, Places, dict[str, str]]]:
    """Services in a folder of their own, whatever addresses the environment names; removed at the end."""
    remove_left_behind(places, purpose)
    for variable in services.ADDRESSES:
        os.environ.pop(variable, None)
    own = Places(places.root, places.var / f"{purpose}-{os.getpid()}")
    own.make()
    try:
        ownership = Ownership(own, purpose)
        ownership.take()
        with Supervisor(own.logs) as supervisor:
            yield supervisor, own, services.start(own, supervisor, durable=durable)
    finally:
        remove(own.var)


def remove_left_behind(places: Places, purpose: str) -> None:
    """Folders of runs that were killed: their lock is free."""
    for folder in places.var.glob(f"{purpose}-*"):
        if Ownership(Places(places.root, folder), purpose).take():
            remove(folder)


def remove(folder: Path) -> None:
    remove_outside_home(folder)
    shutil.rmtree(folder, ignore_errors=True)
