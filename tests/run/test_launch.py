"""How the launcher chooses a Python, refuses in plain words, and decides what is already done. Nothing is started."""

import contextlib
import errno
import json
import re
import shutil
import socket
import stat
import subprocess
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import pytest

from cadre_portal.embedded import campaign, environment, portal, reset, services, suite
from cadre_portal.embedded.campaign import table
from cadre_portal.embedded.campaigns import names_known
from cadre_portal.embedded.console import Refusal, say, sentence_of
from cadre_portal.embedded.keys import portal_keys
from cadre_portal.embedded.places import ROOT, Places, require_space
from cadre_portal.embedded.postgres import can_enter, claim
from cadre_portal.embedded.valkey import LONGEST_SOCKET_PATH, socket_folder


@pytest.fixture
def places(tmp_path):
    made = Places(tmp_path, tmp_path / "var")
    made.make()
    (tmp_path / "requirements.txt").write_text("Django==5.2.19\nembedded-postgres==1\nvalkeylite==1\n")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\npytest==9\n")
    return made


def launch_with(tmp_path: Path, verdict: str | None) -> subprocess.CompletedProcess:
    """bin/_launch in a clone without environment, with one fake Python that says `verdict` of itself."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("dirname", "sh"):
        (programs / name).symlink_to(shutil.which(name))
    if verdict:
        fake = programs / "python3"
        fake.write_text(f'#!/bin/sh\n[ "$1" = -c ] && echo {verdict} || echo "started $1 $2"\n')
        fake.chmod(0o755)
    (tmp_path / "bin").mkdir()
    script = shutil.copy(ROOT / "bin" / "_launch", tmp_path / "bin")
    return subprocess.run([script, "run"], env={"PATH": str(programs)}, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [(None, "需要 Python 3.11"), ("old", "需要 Python 3.11"), ("bare", "apt install python3-venv")],
)
def test_unfit_python_is_refused_with_the_remedy(tmp_path, verdict, sentence):
    tried = launch_with(tmp_path, verdict)

    assert tried.returncode == 1
    assert sentence in tried.stderr


def test_fit_python_gets_the_command(tmp_path):
    tried = launch_with(tmp_path, "fine")

    assert tried.stdout.split()[0] == "started"
    assert tried.stdout.split()[2] == "run"


@pytest.mark.parametrize("text", ["abc", "0", "65536", "-1", "80 80"])
def test_port_that_is_no_port_is_refused(monkeypatch, text):
    monkeypatch.setenv("PORT", text)

    with pytest.raises(Refusal, match="1 到 65535"):
        portal.port_wanted()


def test_port_in_use_names_another(monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(Refusal, match=f"端口 {port} 已被.*PORT={port + 1} bin/run"):
            portal.require_free("127.0.0.1", port)


def test_little_space_is_refused_before_slow_work(monkeypatch, tmp_path):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 5_000_000))

    with pytest.raises(Refusal, match="只剩 5 MB.*至少需要 900 MB"):
        require_space(tmp_path, 900)


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "磁盘已满"), (errno.EACCES, "没有权限"), (errno.EROFS, "只读")]
)
def test_errors_of_the_system_are_told_in_words(number, words):
    assert words in sentence_of(OSError(number, "x", "/a/file"))


def test_full_disk_in_pip_is_told_as_such(places):
    refusal = environment.failure(places, "安装软件包失败", "ERROR: [Errno 28] No space left on device\n")

    assert "磁盘已满" in str(refusal)


def finished(places: Places, pins: list[str]) -> None:
    """An environment that says it holds `pins`."""
    (places.venv / "bin").mkdir(parents=True)
    (places.venv / "bin" / "python").touch()
    content = {"python": environment.python_version(), "pins": pins}
    (places.venv / "installed.json").write_text(json.dumps(content))


def missing(places: Places) -> list[str]:
    return environment.missing(places, {"requirements.txt": environment.pins(places, "requirements.txt")})


def test_environment_without_marker_is_unfinished(places):
    finished(places, environment.pins(places, "requirements.txt"))
    assert missing(places) == []

    (places.venv / "installed.json").unlink()

    assert missing(places) == ["requirements.txt"]


def test_environment_whose_python_is_gone_is_made_again(places):
    finished(places, environment.pins(places, "requirements.txt"))
    (places.venv / "bin" / "python").unlink()

    assert not environment.usable(places)


def test_environment_holds_until_a_pin_changes(places):
    finished(places, [*environment.pins(places, "requirements.txt"), "pytest==9"])
    assert missing(places) == []

    (places.root / "requirements.txt").write_text("Django==5.2.20\n")

    assert missing(places) == ["requirements.txt"]


def test_new_pin_takes_the_place_of_the_old():
    assert environment.replaced(["Django==1", "pytest==9"], ["Django==2"]) == ["Django==2", "pytest==9"]


def test_servers_of_others_need_no_embedded_package(places, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://x")
    monkeypatch.setenv("REDIS_URL", "redis://x")

    assert environment.pins(places, "requirements.txt") == ["Django==5.2.19"]


def test_keys_are_made_once_and_private(places, monkeypatch):
    for name in ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY", "SECRET_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    first = portal_keys(places)

    assert portal_keys(places) == first
    assert stat.S_IMODE((places.secrets / "portal.json").stat().st_mode) == 0o600
    assert len(bytes.fromhex(first["FIELD_KEYS"].removeprefix("1:"))) == 32


def test_key_from_outside_is_left_alone(places, monkeypatch):
    monkeypatch.setenv("SECRET_KEY_FILE", "/run/secrets/key")

    assert "SECRET_KEY" not in portal_keys(places)


def test_production_brings_its_own_keys(places, monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "cadre_portal.settings.production")
    monkeypatch.delenv("SECRET_KEY", raising=False)

    assert "SECRET_KEY" not in services.environment(places, {})


def test_env_file_does_not_override_the_environment(tmp_path, monkeypatch):
    file = tmp_path / ".env"
    file.write_text("# 说明\nPORTAL_NAME='甲市老干部'\nPORT=9000\n")
    monkeypatch.setenv("PORT", "8000")
    monkeypatch.setenv("PORTAL_NAME", "x")
    monkeypatch.delenv("PORTAL_NAME")

    services.read_env_file(file)

    assert services.os.environ["PORTAL_NAME"] == "甲市老干部"
    assert services.os.environ["PORT"] == "8000"


def test_long_path_gets_a_short_private_socket_folder(tmp_path):
    deep = tmp_path / ("深" * 40)
    deep.mkdir()

    short = socket_folder(deep)

    assert len(str(short / "valkey.sock").encode()) < LONGEST_SOCKET_PATH
    assert stat.S_IMODE(short.stat().st_mode) == 0o700
    short.rmdir()


def test_folder_that_others_may_not_enter_is_noticed(tmp_path):
    closed = tmp_path / "closed" / "inner"
    closed.mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)

    assert not can_enter(closed, 65534)


def test_copied_clone_does_not_take_the_data_of_the_original(tmp_path):
    home, original, copy = tmp_path / "home", tmp_path / "a" / "var", tmp_path / "b" / "var"
    for folder in (home, original, copy):
        folder.mkdir(parents=True)
    for var in (original, copy):
        (var / "postgres").symlink_to(home)
    claim(home, original)

    with pytest.raises(Refusal, match="属于另一个目录"):
        claim(home, copy)

    (original / "postgres").unlink()
    claim(home, copy)

    assert (home / "owner").read_text() == str(copy)


def test_reset_finds_data_outside_the_clone(places, tmp_path):
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (places.var / "postgres").symlink_to(outside)

    assert outside in reset.things_made(places)


def test_reset_without_a_terminal_wants_yes(places, monkeypatch):
    monkeypatch.setattr("sys.stdin", open("/dev/null"))  # noqa: SIM115

    with pytest.raises(Refusal, match="bin/reset --yes"):
        reset.run(places, [])

    assert places.var.exists()


def test_reset_removes_what_was_made(places):
    assert reset.run(places, ["--yes"]) == 0
    assert not places.var.exists()


def test_every_variable_of_the_settings_is_in_the_example():
    sources = "".join(path.read_text() for path in (ROOT / "cadre_portal" / "settings").glob("*.py"))
    read = set(re.findall(r'env_(?:str|bool|int|list|keys)\(\s*"(\w+)"', sources)) - {"CADRE_DATABASE_ROLE"}
    example = re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)

    assert read - set(example) == set()


def test_table_lines_up_although_chinese_is_wide():
    keys = ("work", "rows")

    lines = table([{"work": "导入", "rows": 25000}, {"work": "plan", "rows": None}], keys)

    assert lines == ["work  rows ", "导入  25000", "plan  –    "]


def test_row_with_other_keys_is_refused(monkeypatch):
    monkeypatch.setattr("importlib.import_module", lambda name: SimpleNamespace(run=lambda: [{"work": "x"}]))

    with pytest.raises(ValueError, match="row keys"):
        campaign.main("benchmarks", campaign.BENCH_KEYS, ["x", "--json"])


def test_unknown_campaign_says_which_there_are(capsys):
    assert not names_known(Places(ROOT, ROOT / "var"), "benchmarks", ["no_such"])
    assert "可选的名称" in capsys.readouterr().err


@pytest.fixture
def tested(places, monkeypatch, capsys):
    """Exit code and lines of a bin/test whose programs are not started: the modules named in `red` fail."""

    def run(*arguments: str, red: tuple[str, ...] = ()) -> tuple[int, list[str]]:
        def call(command: list[str], env: dict[str, str], *, folder: Path) -> int:
            if "pytest" in command:
                say("= pytest =")
            return int(any(part in red for part in command))

        @contextlib.contextmanager
        def nothing(*args, **kwargs):
            yield SimpleNamespace(call=call), places, {"DATABASE_OWNER_URL": "postgresql://x", "REDIS_URL": "redis://x"}

        monkeypatch.setenv("DJANGO_SETTINGS_MODULE", suite.TEST_SETTINGS)
        monkeypatch.setattr(suite, "require_space", lambda path, megabytes: None)
        monkeypatch.setattr(environment, "ensure", lambda places, **options: None)
        monkeypatch.setattr(suite, "throw_away", nothing)
        code = suite.run(places, list(arguments))
        return code, capsys.readouterr().err.splitlines()

    return run


def test_failed_checks_are_named_again_after_green_tests(tested):
    code, lines = tested(red=("mypy", "djlint"))

    assert code == 1
    assert lines[-2:] == ["= pytest =", "没有通过的检查：djlint、mypy"]


def test_run_without_a_failed_check_ends_with_the_tests_own_words(tested):
    assert tested()[0] == 0
    assert tested(red=("pytest",)) == (1, tested()[1])
    assert tested("tests/people", red=("mypy",)) == (0, ["= pytest ="])
    assert tested()[1][-1] == "= pytest ="
