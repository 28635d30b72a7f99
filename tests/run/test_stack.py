"""Real services under the real supervisor: what is killed comes back with its data, and nothing is left behind."""

import os
import signal
import subprocess
import time
from pathlib import Path

import psycopg2
import pytest

from cadre_portal.embedded.sharing import start_ticks
from cadre_portal.embedded.stack import Stack

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("stack")]


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("stack") / "var", processes=("worker",), durable=False) as running:
        yield running


def rows(url: str, sql: str) -> list[tuple]:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def eventually(action, seconds: float = 20.0):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return action()
        except psycopg2.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def test_database_stands_in_chinese_and_two_roles(stack):
    facts = stack.facts()

    owner = rows(facts["DATABASE_OWNER_URL"], "select current_user, current_setting('TimeZone')")
    app = rows(facts["DATABASE_URL"], "select current_user, cardinality(show_trgm('王建国'))")

    assert owner == [("cadre_owner", "Asia/Shanghai")]
    assert app == [("cadre_app", 4)]
    assert rows(facts["DATABASE_URL"], "select rolsuper from pg_roles where rolname like 'cadre%'") == [(False,)] * 2


def test_killed_database_comes_back_with_its_rows(stack):
    url = stack.facts()["DATABASE_OWNER_URL"]
    rows(url, "create table kept (n int); insert into kept select generate_series(1, 1000)")
    killed = stack.pid("postgres")

    stack.kill("postgres")

    stack.wait_for("postgres", other_than=killed)
    assert eventually(lambda: rows(url, "select count(*) from kept")) == [(1000,)]


@pytest.mark.parametrize("name", ["valkey", "worker"])
def test_killed_process_comes_back(stack, name):
    killed = stack.wait_for(name)

    stack.kill(name)

    assert stack.wait_for(name, other_than=killed) != killed


def test_management_command_speaks_to_the_same_database(stack):
    answer = stack.manage("showmigrations", "--plan")

    assert answer.returncode == 0, answer.stderr
    assert "[ ]" not in answer.stdout


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_the_supervisor_ends(tmp_path, how):
    with Stack(tmp_path / "var", processes=("worker", "beat"), durable=False, schema=False) as running:
        family = descendants(running.process.pid)
        assert len(family) > 8

        os.kill(running.process.pid, how)
        running.process.wait(30)

        deadline = time.monotonic() + 15
        while left := [pid for pid, ticks in family.items() if start_ticks(pid) == ticks]:
            assert time.monotonic() < deadline, f"still alive: {[command_of(pid) for pid in left]}"
            time.sleep(0.1)


def descendants(root: int) -> dict[int, int | None]:
    """pid → start time of all processes below `root`."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found, fresh = {}, {root}
    while fresh:
        fresh = {pid for pid, parent in parents if parent in fresh}
        found |= {pid: start_ticks(pid) for pid in fresh}
    return found


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
