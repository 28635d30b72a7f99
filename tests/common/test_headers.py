"""Security headers stand on every answer, whatever became of the request (trust B6)."""

import pytest
from django.test import Client, RequestFactory

from apps.common.client_address import address_of_request, client_address, is_within
from apps.common.models import AuditEntry
from tests.builders import make_unit, make_user

CSP = (
    "default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "object-src 'none'",
    "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
)  # fmt: skip


def assert_guarded(response):
    policy = response.headers["Content-Security-Policy"]
    assert {part.strip() for part in policy.split(";")} == set(CSP)
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"),
    [("/", 200), ("/account/login/", 200), ("/admin/", 302), ("/no/such/page", 404), ("/display/", 200)],
)
def test_visitors_get_guarded_pages(client, address, status):
    response = client.get(address)

    assert response.status_code == status
    assert_guarded(response)


@pytest.mark.django_db
def test_refusals_and_failures_are_guarded_too(client, monkeypatch):
    client.raise_request_exception = False
    client.force_login(make_user("jingban", role="clerk", unit=make_unit()))
    assert_guarded(refused := client.get("/admin/accounts/user/"))
    assert refused.status_code == 403
    assert_guarded(bad := client.get("/", headers={"host": "evil.example"}))
    assert bad.status_code == 400

    monkeypatch.setattr("apps.portal.views.lunar_text", lambda day: 1 / 0)
    broken = client.get("/")
    assert broken.status_code == 500
    assert "Traceback" not in broken.content.decode()
    assert_guarded(broken)


@pytest.mark.django_db
def test_csrf_refusal_is_guarded_and_a_sentence():

    response = Client(enforce_csrf_checks=True).post("/account/login/", {"login": "x", "password": "y"})

    assert response.status_code == 403
    assert "页面放得太久了" in response.content.decode()
    assert_guarded(response)


@pytest.mark.django_db
def test_static_files_are_guarded(client, settings, tmp_path):
    (tmp_path / "x.css").write_text("a{}")
    settings.STATIC_ROOT = tmp_path
    settings.STATIC_URL = "/static/"
    settings.WHITENOISE_AUTOREFRESH = True

    response = Client().get("/static/x.css")

    assert response.status_code == 200
    assert_guarded(response)


@pytest.mark.django_db
def test_pages_of_signed_in_people_are_never_kept(client):
    client.force_login(make_user("jingban", role="clerk", unit=make_unit()))

    for address in ("/admin/", "/", "/admin/organisation/unit/", "/no/such/page", "/account/2fa/"):
        assert client.get(address).headers["Cache-Control"] == "no-store", address


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "expected"),
    [
        ("203.0.113.9", "", [], "203.0.113.9"),
        ("203.0.113.9", "10.0.0.1", [], "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9", ["10.0.0.0/8"], "203.0.113.9"),
        ("10.0.0.1", "198.51.100.7, 203.0.113.9, 10.0.0.2", ["10.0.0.0/8"], "203.0.113.9"),
        ("10.0.0.1", "", ["10.0.0.1"], "10.0.0.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", ["10.0.0.0/8"], "10.0.0.3"),
        ("10.0.0.1", "<script>, 10.0.0.2", ["10.0.0.0/8"], ""),
        ("", "203.0.113.9", ["unix"], "203.0.113.9"),
        ("", "203.0.113.9", [], ""),
        ("2001:db8::1", "2001:0db8:0:0::5", ["2001:db8::1"], "2001:db8::5"),
    ],
)
def test_client_address_believes_only_trusted_proxies(settings, peer, forwarded, proxies, expected):
    settings.TRUSTED_PROXIES = proxies
    extra = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}

    assert client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **extra)) == expected


def test_networks():
    assert is_within("10.1.2.3", ["10.1.0.0/16"])
    assert not is_within("10.2.2.3", ["10.1.0.0/16", "2001:db8::/32"])
    assert not is_within("nonsense", ["10.1.0.0/16"])
    assert address_of_request() == ""


@pytest.mark.django_db
def test_service_entries_carry_the_address_of_the_request(client):
    user = make_user("jingban", role="clerk", unit=make_unit(), password="Correct horse 马 9")
    client.post("/account/login/", {"login": user.username, "password": "Correct horse 马 9"}, REMOTE_ADDR="10.9.8.7")

    assert AuditEntry.objects.get(action="sign_in").address == "10.9.8.7"
