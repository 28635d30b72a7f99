"""bin/manage: any management command of the portal in its own environment.

Standard output belongs to the command alone; its exit code is passed on.
"""

import os
from pathlib import Path

from . import environment, services
from .places import Places
from .preparation import prepare_database
from .sharing import Ownership, use_running
from .supervisor import Supervisor

WITHOUT_SCHEMA = {
    "migrate",
    "makemigrations",
    "showmigrations",
    "sqlmigrate",
    "squashmigrations",
    "help",
    "check",
}


def run(places: Places, arguments: list[str]) -> int:
    """Use the services that run; otherwise start them for the time of the command."""
    environment.ensure(places)
    places.make()
    name = arguments[0] if arguments else "help"
    if services.all_external():
        become(places, arguments, {"DATABASE_OWNER_URL": os.environ["DATABASE_URL"]} | external())
    ownership = Ownership(places, "manage")
    while not ownership.take():
        if facts := use_running(places):
            become(places, arguments, {name: facts[name] for name in services.ADDRESSES})
    with Supervisor(places.logs) as supervisor:
        try:
            addresses = services.start(places, supervisor)
            if name not in WITHOUT_SCHEMA and not os.environ.get("DATABASE_URL"):
                prepare_database(places, supervisor, addresses)
            ownership.publish(supervisor, **addresses)
            env = services.environment(places, addresses, owner=name in services.OWNER_COMMANDS)
            return exit_code(supervisor.call(services.manage(places, *arguments), env, folder=Path.cwd()))
        finally:
            ownership.withdraw(supervisor, after_users=True)


def external() -> dict[str, str]:
    return {name: os.environ[name] for name in services.ADDRESSES if os.environ.get(name)}


def become(places: Places, arguments: list[str], addresses: dict[str, str]) -> None:
    """Replace this process by the command: same terminal, same exit code; holds on the services stay open."""
    owner = bool(arguments) and arguments[0] in services.OWNER_COMMANDS
    command = services.manage(places, *arguments)
    os.execve(command[0], command, services.environment(places, addresses, owner=owner))  # noqa: S606 (no shell meant)


def exit_code(code: int) -> int:
    """Code for the shell; a command ended by a signal is 128 + its number there."""
    return code if code >= 0 else 128 - code
