"""What is accepted beside the password: a printed sheet, a certificate behind the proxy, the network, TOTP."""

import re
import subprocess

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from apps.accounts import certificates, code_sheets, services
from apps.accounts.models import BoundCertificate, CodeSheet, SheetCode
from apps.accounts.second_factor import tidy_serial
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from tests.builders import make_unit, make_user
from tests.test_settings import start

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse 马 9A"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PROXY = "10.9.9.9"
SERIAL, SUBJECT = "4A3F09", "CN=20011,O=云江市委老干部局"


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def clerk(unit):
    return make_user("20011", role="clerk", unit=unit, password=PASSWORD)


@pytest.fixture
def safe(unit):
    return make_user("20001", role="security_admin", unit=unit, password=PASSWORD)


def sign_in(client, **extra):
    return client.post("/account/login/", {"login": "20011", "password": PASSWORD}, **extra)


def shown(serial=SERIAL, verify="SUCCESS", peer=PROXY, subject="CN=20011") -> dict:
    return {
        "REMOTE_ADDR": peer,
        "HTTP_X_CLIENT_VERIFY": verify,
        "HTTP_X_CLIENT_SERIAL": serial,
        "HTTP_X_CLIENT_SUBJECT": subject,
    }


# The sheet


@pytest.fixture
def sheet(clerk, safe, settings):
    settings.SECOND_FACTOR = "sheet"
    return code_sheets.print_sheet(clerk, actor=safe, reason="领用登记1号")


def give(client, number, code, **more):
    return client.post("/account/2fa/choose/", {"number": number, "code": code, "next": "/admin/?q=1", **more})


def test_the_page_asks_for_a_number_and_takes_each_code_once(client, sheet):
    _, codes = sheet
    sign_in(client)
    asked = client.get("/admin/?q=1")
    assert asked.url == "/account/2fa/choose/?next=%2Fadmin%2F%3Fq%3D1"
    assert "第 1 号" in client.get(asked.url).content.decode()

    assert give(client, 1, codes[0][:4] + " " + codes[0][4:]).url == "/admin/?q=1"
    assert client.get("/admin/").status_code == 200

    other = Client()
    sign_in(other)
    assert "第 2 号" in other.get("/account/2fa/choose/").content.decode()
    assert give(other, 1, codes[0]).status_code == 422
    assert other.get("/admin/").status_code == 302
    assert give(other, 2, codes[1]).status_code == 302


def test_wrong_codes_change_neither_the_number_nor_pass_and_are_limited(client, sheet):
    _, codes = sheet
    sign_in(client)
    for wrong in ("00000000", codes[1], "", "１２３", "' or 1=1"):
        assert give(client, 1, wrong).status_code == 422
    give(client, 1, "99999999")
    answer = give(client, 1, codes[0])

    assert "试错次数太多" in answer.content.decode()
    assert SheetCode.objects.filter(used_at__isnull=False).count() == 0
    assert AuditEntry.objects.filter(action="second_factor_failed").exists()


def test_number_that_is_not_asked_for_is_refused(client, sheet):
    _, codes = sheet
    sign_in(client)

    assert give(client, 5, codes[4]).status_code == 422
    assert give(client, "x", codes[0]).status_code == 422


def test_codes_are_not_stored_in_clear_and_bound_to_their_number(sheet):
    printed, codes = sheet
    digests = {bytes(row.digest) for row in printed.codes.all()}

    assert len(codes) == len(digests) == 40
    assert all(re.fullmatch(r"\d{8}", code) for code in codes)
    assert not any(code.encode() in digest for code in codes for digest in digests)


def test_a_new_sheet_ends_the_old_one(client, sheet, clerk, safe):
    _, old = sheet
    _, new = code_sheets.print_sheet(clerk, actor=safe, reason="丢失")
    sign_in(client)

    assert give(client, 1, old[0]).status_code == 422
    assert give(client, 1, new[0]).status_code == 302
    assert CodeSheet.objects.filter(revoked_at__isnull=True).count() == 1


def test_reset_for_a_lost_phone_ends_the_sheet_too(sheet, clerk, safe):
    services.reset_second_factor(clerk, actor=safe, reason="丢失")

    assert code_sheets.asked_code(clerk) is None


def test_the_last_codes_say_so(client, sheet):
    printed, codes = sheet
    printed.codes.filter(number__lte=35).update(used_at="2026-01-01T00:00Z")
    sign_in(client)

    assert give(client, 36, codes[35]).status_code == 302
    assert "只剩 4 个" in client.get("/admin/").content.decode()


def test_sheet_is_printed_on_the_page_of_the_security_administrator(client, clerk, safe, settings):
    settings.SECOND_FACTOR = "sheet,network"
    settings.SECOND_FACTOR_NETWORKS = ["127.0.0.1"]
    client.force_login(safe)
    page = f"/admin/accounts/user/{clerk.pk}/sheet/"
    assert "打印口令单" in client.get(f"/admin/accounts/user/{clerk.pk}/change/").content.decode()
    assert client.post(page, {"reason": ""}).status_code == 422

    printed = client.post(page, {"reason": "领用登记1号"})

    assert len(re.findall(r"<b>\d{4} \d{4}</b>", printed.content.decode())) == 40
    assert "no-store" in printed["Cache-Control"]
    assert client.get(page).status_code == 200
    assert "口令单剩 40 个" in client.get("/admin/accounts/user/").content.decode()
    assert AuditEntry.objects.get(action="print_code_sheet").reason == "领用登记1号"
    with pytest.raises(BusinessError):
        code_sheets.print_sheet(safe, actor=safe, reason="自己")


# The certificate


@pytest.fixture
def bound(clerk, safe, settings):
    settings.SECOND_FACTOR = "certificate"
    settings.TRUSTED_PROXIES = [PROXY]
    return certificates.bind(clerk, "00:4a:3f:09", "CN=20011", actor=safe, reason="UKey领用1号")


def test_a_bound_certificate_passes_without_a_question(client, bound):
    sign_in(client, REMOTE_ADDR=PROXY)

    assert client.get("/admin/", **shown()).status_code == 200
    assert AuditEntry.objects.filter(action="use_certificate").count() == 1
    assert client.get("/admin/", **shown()).status_code == 200
    assert AuditEntry.objects.filter(action="use_certificate").count() == 1


def test_a_ukey_that_was_pulled_out_opens_nothing(client, bound):
    sign_in(client, REMOTE_ADDR=PROXY)
    client.get("/admin/", **shown())

    assert client.get("/admin/", REMOTE_ADDR=PROXY).url.startswith("/account/2fa/choose/")
    assert client.get("/admin/", **shown(serial="77")).url.startswith("/account/2fa/choose/")


@pytest.mark.parametrize(
    "headers",
    [
        shown(peer="203.0.113.9"),
        shown(peer="127.0.0.1"),
        shown(verify="NONE"),
        shown(verify="FAILED:expired"),
        shown(verify="success"),
        shown(serial=""),
        shown(serial="4A3F0900"),
        shown(subject="CN=20012"),
        shown(subject=""),
    ],
)
def test_forged_unverified_and_foreign_certificates_open_nothing(client, bound, headers):
    sign_in(client, REMOTE_ADDR=PROXY)
    forged = {**headers, "HTTP_X_FORWARDED_FOR": PROXY}

    assert client.get("/admin/", **forged).url.startswith("/account/2fa/choose/")


def test_an_unbound_certificate_is_named_so_that_it_can_be_bound(client, bound):
    sign_in(client, REMOTE_ADDR=PROXY)

    page = client.get("/account/2fa/choose/", **shown(serial="0B", subject="CN=<b>新")).content.decode()

    assert "<code>B</code>" in page
    assert "CN=&lt;b&gt;" in page


def test_a_released_certificate_ends_the_session(client, bound, safe):
    sign_in(client, REMOTE_ADDR=PROXY)
    client.get("/admin/", **shown())
    certificates.release(bound, actor=safe, reason="丢失")

    assert "/login/" in client.get("/admin/", **shown()).url
    sign_in(client, REMOTE_ADDR=PROXY)
    assert client.get("/admin/", **shown()).url.startswith("/account/2fa/")


def test_certificates_are_bound_and_released_on_their_pages(client, clerk, safe):
    client.force_login(safe)
    add = "/admin/accounts/boundcertificate/add/"
    values = {"user": clerk.pk, "serial": "4a:3f", "subject": "CN=20011", "reason": "领用1号"}
    assert client.post(add, values).status_code == 302
    bound = BoundCertificate.objects.get()
    assert bound.serial == "4A3F"
    assert "已经绑定" in client.post(add, values).content.decode()
    page = "/admin/accounts/boundcertificate/?state="
    assert "4A3F" in client.get(f"{page}held").content.decode()
    assert "4A3F" not in client.get(f"{page}released").content.decode()
    assert "十六进制" in client.post(add, {**values, "serial": "xyz"}).content.decode()

    release = f"/admin/accounts/boundcertificate/{bound.pk}/release/"
    assert client.post(release, {"reason": ""}).status_code == 422
    assert client.post(release, {"reason": "交回"}).status_code == 302
    assert client.post(release, {"reason": "再交"}).status_code == 403
    assert client.post(add, values).status_code == 302, "it may be given to somebody again"


def test_serials_read_alike_however_they_are_printed():
    assert tidy_serial("00:4a:3F:09") == tidy_serial("4A3F09") == tidy_serial(" 4a 3f 09 ")


# Network, and several together


def test_the_allowed_network_counts_and_only_while_it_holds(client, clerk, settings):
    settings.SECOND_FACTOR = "totp,network"
    settings.SECOND_FACTOR_NETWORKS = ["10.1.0.0/16"]
    client.force_login(clerk)

    assert client.get("/admin/", REMOTE_ADDR="10.1.2.3").status_code == 200
    assert client.get("/admin/", REMOTE_ADDR="203.0.113.9").status_code == 302
    assert client.get("/admin/", REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR="10.1.2.3").status_code == 302


def test_a_stolen_password_brings_no_authenticator_of_its_own(client, sheet, settings):
    settings.SECOND_FACTOR = "totp,sheet"
    sign_in(client)

    assert client.get("/account/2fa/totp/activate/").url.startswith("/account/2fa/choose/")
    assert client.get("/account/2fa/recovery-codes/generate/").url.startswith("/account/2fa/choose/")


def test_an_authenticator_that_is_not_accepted_is_not_asked_for(client, clerk, sheet):
    TOTP.activate(clerk, SECRET)
    assert sign_in(client).url == "/admin/"
    assert client.get("/admin/").url.startswith("/account/2fa/choose/")


def test_who_holds_nothing_is_told_whom_to_ask(client, clerk, settings):
    settings.SECOND_FACTOR = "sheet"
    sign_in(client)

    page = client.get(client.get("/admin/").url).content.decode()

    assert "请找安全管理员" in page


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"SECOND_FACTOR": "totp,fingerprint"}, "SECOND_FACTOR"),
        ({"SECOND_FACTOR": "totp,"}, "SECOND_FACTOR"),
        ({"SECOND_FACTOR": "network"}, "SECOND_FACTOR_NETWORKS"),
        ({"SECOND_FACTOR": "certificate"}, "TRUSTED_PROXIES"),
    ],
)
def test_settings_that_would_open_the_door_do_not_start(over, sentence):
    done: subprocess.CompletedProcess = start(**over)

    assert done.returncode != 0
    assert sentence in done.stderr


def test_a_list_starts_in_production():
    over = {"SECOND_FACTOR": "totp, sheet,certificate", "TRUSTED_PROXIES": "10.0.0.1"}

    assert start(**over).stdout == "False totp,sheet,certificate\n"
