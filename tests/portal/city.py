"""The demo city as a running portal: web, worker, beat, Postgres, Valkey. Started once for all walks through it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from cadre_portal.embedded.stack import Stack


class City(NamedTuple):
    stack: Stack
    base: str


@pytest.fixture(scope="session")
def city(tmp_path_factory):
    """Walks share it and leave behind what they did: count what is yours, not what there is."""
    with running(tmp_path_factory.mktemp("city")) as city:
        yield city


@contextmanager
def running(folder: Path) -> Iterator[City]:
    port = free_port()
    variables = {"PORT": str(port), "TICK_SECONDS": "3", "SECOND_FACTOR": "optional"}
    with Stack(folder, processes=("web", "worker", "beat"), environment=variables, durable=False) as stack:
        stack.manage("collectstatic", "--noinput")
        web = stack.wait_for("web")
        stack.kill("web")  # it lists the static files when it starts
        stack.manage("seed_demo", "--size", "small")
        stack.wait_for("web", other_than=web)
        yield City(stack, f"http://127.0.0.1:{port}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
