"""The demo city as a running portal: web, worker, beat, Postgres, Valkey. Started once for all walks through it."""

import socket
import time
from typing import NamedTuple

import pytest

from apps.portal.demo.accounts import DEMO_PASSWORD
from cadre_portal.embedded.stack import Stack


class City(NamedTuple):
    stack: Stack
    base: str


@pytest.fixture(scope="session")
def city(tmp_path_factory):
    """Walks share it and leave behind what they did: count what is yours, not what there is."""
    port = free_port()
    variables = {"PORT": str(port), "TICK_SECONDS": "3", "SECOND_FACTOR": "optional"}
    folder = tmp_path_factory.mktemp("city")
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


def sign_in(page, base: str, username: str) -> None:
    page.goto(f"{base}/account/login/?next=/admin/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/admin/")


def wait_while(page, word: str, seconds: float = 60) -> None:
    """Reload a page that says it is still working, as somebody without scripts would see it."""
    deadline = time.monotonic() + seconds
    while word in page.title():
        assert time.monotonic() < deadline, f"still: {page.title()}"
        time.sleep(0.3)
        page.reload()
