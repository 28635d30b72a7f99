"""bin/manage as a user calls it, with embedded services of its own in a folder of the test."""

import os
import shutil
import subprocess
import sys

import pytest

from cadre_portal.embedded.places import ROOT, Places
from cadre_portal.embedded.services import ADDRESSES
from cadre_portal.embedded.suite import remove

pytestmark = [
    pytest.mark.process,
    pytest.mark.xdist_group("manage"),
    pytest.mark.skipif(
        not (ROOT / ".venv" / "installed.json").exists(), reason="the clone has no .venv yet: bin/test makes it"
    ),
]
BIRTHDAYS = ("birthdays", "--calendar", "solar", "--month", "2", "--day", "29", "--from", "2027-01-01")


@pytest.fixture(scope="module")
def manage(tmp_path_factory):
    """Start `bin/manage …` without waiting for its end."""
    folder = tmp_path_factory.mktemp("manage")
    kept = {name: value for name, value in os.environ.items() if name not in ADDRESSES}
    kept |= {"CADRE_VAR_DIR": str(folder / "var"), "DJANGO_SETTINGS_MODULE": "cadre_portal.settings.dev"}

    def start(*arguments: str) -> subprocess.Popen:
        command = [sys.executable, str(ROOT / "bin" / "_launch.py"), "manage", *arguments]
        return subprocess.Popen(
            command, env=kept, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    yield start
    remove(Places(ROOT, folder / "var").var)
    shutil.rmtree(folder, ignore_errors=True)


def test_standard_output_is_the_commands_own(manage):
    process = manage(*BIRTHDAYS, "--to", "2028-12-31")

    output, said = process.communicate(timeout=120)

    assert (process.returncode, output.split()) == (0, ["2027-02-28", "2028-02-29"])
    assert "更新数据库结构" in said


def test_exit_code_is_passed_on(manage):
    process = manage("no_such_command")

    output, said = process.communicate(timeout=60)

    assert (process.returncode, output) == (1, "")
    assert "no_such_command" in said


def test_two_commands_at_once_share_the_services(manage):
    script = "import time; from django.db import connection as c; c.ensure_connection(); time.sleep(1.5); c.cursor()"
    both = [manage("shell", "--no-imports", "-c", script) for _ in range(2)]

    ends = [process.communicate(timeout=60) + (process.returncode,) for process in both]

    assert [(output, code) for output, _, code in ends] == [("", 0), ("", 0)], ends
