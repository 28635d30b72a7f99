"""Between services and processes: the schema, the demo city, the collected static files. Each only when needed."""

import hashlib
import json
import os
import subprocess

from . import services
from .console import Refusal, say
from .places import Places, has_command, write_private
from .sharing import read
from .supervisor import Supervisor


def prepare_database(
    places: Places, supervisor: Supervisor, addresses: dict[str, str], *, thorough: bool = False
) -> None:
    """Migrate when the migrations differ from those applied last; with `thorough` when anything in the code does,
    because code lists and rights are renewed with it, and always on somebody else's server."""
    mark = places.var / "migrated.json"
    wanted = {"migrations": fingerprint(places, "apps/*/migrations/*.py")}
    if thorough:
        wanted["code"] = fingerprint(places, "apps/**/*.py", "apps/*/data/**/*", "requirements.txt")
    if os.environ.get("DATABASE_URL") or not wanted.items() <= read(mark).items():
        say("更新数据库结构 …")
        owner = services.environment(places, addresses, owner=True)
        must(places, supervisor, owner, "更新数据库结构", "migrate", "--noinput")
        write_private(mark, json.dumps(wanted))


def load_demo(places: Places, supervisor: Supervisor, addresses: dict[str, str]) -> None:
    """The small demo city, into a database without people; never with production settings or CADRE_DEMO=False."""
    owner = services.environment(places, addresses, owner=True)
    production = owner["DJANGO_SETTINGS_MODULE"].endswith(".production")
    if production or owner.get("CADRE_DEMO") == "False" or not has_command(places, "seed_demo"):
        return
    if not has_people(places, owner):
        say("数据库是空的，装入虚构的演示数据（约 300 人）…")
        must(places, supervisor, owner, "装入演示数据", "seed_demo", "--size", "small")


def must(places: Places, supervisor: Supervisor, env: dict[str, str], what: str, *arguments: str) -> None:
    log = arguments[0]
    if supervisor.call(services.manage(places, *arguments), env, folder=places.root, log=log):
        text = (places.logs / f"{log}.log").read_text(encoding="utf-8", errors="replace")
        tail = "\n".join("    " + line for line in text.splitlines()[-12:])
        full = "磁盘已满，请清出空间。" if "No space left on device" in text else ""
        raise Refusal(f"{what}没有成功。{full}日志 {places.logs / log}.log 的最后几行：\n{tail}")


def has_people(places: Places, env: dict[str, str]) -> bool:
    """Asked without Django, which would take a second and a half."""
    question = (
        "import os, psycopg2\n"
        "cursor = psycopg2.connect(os.environ['DATABASE_OWNER_URL']).cursor()\n"
        "cursor.execute('select exists(select from people_person)')\n"
        "print(cursor.fetchone()[0])"
    )
    asked = subprocess.run([str(places.python), "-c", question], env=env, capture_output=True, text=True)
    if asked.returncode:
        raise Refusal(f"查不到数据库里有没有人员：{asked.stderr.strip().splitlines()[-1]}")
    return asked.stdout.strip() == "True"


def collect_static(places: Places, supervisor: Supervisor, addresses: dict[str, str]) -> None:
    """Gather style sheets, scripts and pictures when one of them, or a package that brings some, has changed."""
    mark = places.var / "static-collected"
    wanted = fingerprint(places, "static/**/*", "apps/*/static/**/*", "requirements.txt", "cadre_portal/settings/*.py")
    if mark.exists() and mark.read_text() == wanted and (places.var / "static" / "staticfiles.json").exists():
        return
    say("整理页面样式和脚本 …")
    env = services.environment(places, addresses)
    must(places, supervisor, env, "整理页面样式和脚本", "collectstatic", "--noinput", "--clear")
    mark.write_text(wanted)


def fingerprint(places: Places, *patterns: str) -> str:
    """Digest of names and contents of the files that match."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in places.root.glob(pattern) if path.is_file()}):
        digest.update(f"{path.relative_to(places.root)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
