"""Which addresses exist in each zone, walked in a process that starts as a server of that zone would."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.builders import make_unit, make_user

STAFF_APPS = ("registry", "ledgers", "reminders", "reports", "branches", "people")
WALK = """
import json, django; django.setup()
from django.urls import URLResolver, get_resolver
def walk(resolver, prefix=""):
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(entry, path)
        else:
            view = entry.callback
            yield path, entry.name or "", getattr(view, "__module__", "")
print(json.dumps(list(walk(get_resolver()))))
"""


def start(zone: str, script: str = WALK) -> subprocess.CompletedProcess:
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "cadre_portal.settings.test",
        "DATABASE_URL": "postgresql://u:p@127.0.0.1/x",
        "REDIS_URL": "redis://127.0.0.1/1",
        "PORTAL_ZONE": zone,
    }
    return subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


def routes_of(zone: str) -> list[tuple[str, str, str]]:
    done = start(zone)
    assert done.returncode == 0, done.stderr
    return [tuple(row) for row in json.loads(done.stdout)]


def is_staff_route(route: tuple[str, str, str]) -> bool:
    path, _, module = route
    return path.startswith("admin") or "django.contrib.admin" in module or module.startswith(
        tuple(f"apps.{app}." for app in STAFF_APPS)
    )  # fmt: skip


def test_outer_has_no_staff_route_and_the_others_have_all():
    outer, inner, whole = routes_of("outer"), routes_of("inner"), routes_of("all")

    assert [route for route in outer if is_staff_route(route)] == []
    assert {name for _, name, _ in outer} >= {"home", "help", "account_login", "sms_receipt"}
    assert sum(map(is_staff_route, inner)) > 100
    assert inner == whole
    assert set(outer) < set(whole)


def test_a_zone_that_is_none_does_not_start():
    done = start("Outer")

    assert done.returncode != 0
    assert "PORTAL_ZONE" in done.stderr


def test_commands_work_in_each_zone():
    check = "import django; django.setup(); from django.core.management import call_command; call_command('check')"

    assert start("outer", check).returncode == 0, start("outer", check).stderr


@pytest.fixture
def outer(settings):
    settings.PORTAL_ZONE = "outer"
    settings.ROOT_URLCONF = "cadre_portal.urls_outer"
    settings.LOGIN_REDIRECT_URL = "/"
    return settings


PUBLIC = ("/", "/courses/", "/branch/", "/activities/", "/help/", "/privacy/", "/accessibility/", "/map/", "/display/")


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*PUBLIC, "/account/login/", "/account/phone/", "/account/card/"])
def test_public_pages_of_outer_show_no_way_to_the_staff_side(outer, client, path):
    page = client.get(path)

    assert page.status_code == 200
    assert "/admin" not in page.content.decode()
    assert "工作人员</b>" not in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/login/", "/admin/registry/cadre/", "/admin/registry/cadre/1/change/"]
)
def test_staff_addresses_are_not_found_in_outer(outer, client, path):
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


@pytest.mark.django_db
def test_staff_do_not_sign_in_at_outer_and_their_sessions_open_nothing(outer, client):
    user = make_user("20011", role="clerk", unit=make_unit(), password="correct horse 马 9A")
    answer = client.post("/account/login/", {"login": "20011", "password": "correct horse 马 9A"}, follow=True)
    assert "内部网络登录" in answer.content.decode()
    assert "_auth_user_id" not in client.session

    client.force_login(user)
    assert client.get("/account/2fa/").status_code == 403
    assert client.get("/").status_code == 200
    assert "/admin" not in client.get("/").content.decode()
