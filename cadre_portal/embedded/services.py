"""The two services the portal stands on, each embedded or somebody else's, and the environment that names them."""

import os
from pathlib import Path

from .keys import portal_keys
from .places import Places
from .postgres import Postgres
from .supervisor import Supervisor
from .valkey import Valkey

ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
OWNER_COMMANDS = {
    "migrate", "makemigrations", "showmigrations", "sqlmigrate", "squashmigrations", "optimizemigration",
    "seed_demo", "flush", "test", "pgtrigger", "dbshell",
}  # fmt: skip


def all_external() -> bool:
    return bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


def start(places: Places, supervisor: Supervisor, *, durable: bool = True) -> dict[str, str]:
    """Start what no address was given for; returns the addresses as environment variables.

    One external DATABASE_URL serves both roles unless DATABASE_OWNER_URL is set too.
    """
    addresses: dict[str, str] = {}
    if url := os.environ.get("DATABASE_URL"):
        addresses |= {"DATABASE_URL": url, "DATABASE_OWNER_URL": os.environ.get("DATABASE_OWNER_URL") or url}
    else:
        postgres = Postgres(places, durable=durable)
        postgres.start(supervisor)
        addresses |= {
            "DATABASE_URL": postgres.url("cadre_app"),
            "DATABASE_OWNER_URL": postgres.url("cadre_owner"),
        }
    if url := os.environ.get("REDIS_URL"):
        addresses["REDIS_URL"] = url
    else:
        valkey = Valkey(places)
        valkey.start(supervisor)
        addresses["REDIS_URL"] = valkey.url()
    return addresses


def environment(places: Places, addresses: dict[str, str], *, owner: bool = False) -> dict[str, str]:
    """Environment of a portal process. With production settings no key is made: the bureau brings its own."""
    settings = os.environ.get("DJANGO_SETTINGS_MODULE") or "cadre_portal.settings.dev"
    keys = {} if settings.endswith(".production") else portal_keys(places)
    return {
        **os.environ,
        **keys,
        **addresses,
        "DJANGO_SETTINGS_MODULE": settings,
        "CADRE_VAR_DIR": str(places.var),
        "CADRE_DATABASE_ROLE": "owner" if owner else "app",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": os.environ.get("PYTHONWARNINGS", "ignore:You're running the worker with superuser"),
    }


def manage(places: Places, *arguments: str) -> list[str]:
    return [str(places.python), str(places.root / "manage.py"), *arguments]


def read_env_file(path: Path) -> None:
    """Add the NAME=value lines of a `.env` file to the environment; what is already set wins."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("\"'"))
