"""The security administrator's pages through real requests."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from apps.accounts.models import RoleGrant, User
from apps.common.models import AuditEntry
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(client):
    bureau = make_unit()
    district = make_unit("云山区委老干部局", parent=bureau)
    security = make_user("anquan", role="security_admin", unit=bureau)
    clerk = make_user("jingban", role="clerk", unit=bureau, display_name="周晓岚")
    User.objects.update(unit=bureau)
    client.force_login(security)
    return {"bureau": bureau, "district": district, "security": security, "clerk": clerk}


def account(cast, name="clerk"):
    return f"/admin/accounts/user/{cast[name].pk}"


def test_list_shows_accounts_with_roles_but_no_old_cadre(client, cast):
    User.objects.create_user("r1", display_name="老同志甲")
    page = client.get("/admin/accounts/user/").content.decode()

    assert "周晓岚" in page
    assert "经办人" in page
    assert "老同志甲" not in page


def test_account_is_opened_and_its_password_shown_once(client, cast):
    typed = {
        "username": "20031",
        "display_name": "林静",
        "unit": cast["bureau"].pk,
        "post": "",
        "phone": "",
        "email": "",
    }
    page = client.post("/admin/accounts/user/add/", typed)
    user = User.objects.get(username="20031")
    password = re.search(r"<code>(.+?)</code>", page.content.decode())[1]

    assert user.check_password(password)
    assert (user.is_staff, user.must_change_password) == (True, True)
    assert page.headers["Cache-Control"] == "no-store"
    assert password not in client.get(f"/admin/accounts/user/{user.pk}/change/").content.decode()
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["open_account"]


def test_stale_user_name_is_an_error_of_the_form(client, cast):
    typed = {"username": "JINGBAN", "display_name": "林静", "unit": "", "post": "", "phone": "", "email": ""}
    page = client.post("/admin/accounts/user/add/", typed)

    assert "已有人使用" in page.content.decode()


def test_user_name_role_and_flags_cannot_be_posted(client, cast):
    url = account(cast) + "/change/?edit=1"
    seen = client.get(url).context["adminform"].form.current_version()
    typed = {
        "display_name": "周晓兰", "unit": cast["bureau"].pk, "post": "科员", "phone": "", "email": "",
        "seen_version": seen, "username": "root", "is_superuser": "on", "is_active": "", "is_staff": "",
        "password": "x", "must_change_password": "on",
    }  # fmt: skip
    assert client.post(url, typed).status_code == 302

    user = User.objects.get(pk=cast["clerk"].pk)
    assert (user.username, user.display_name, user.is_active, user.is_staff) == ("jingban", "周晓兰", True, True)
    assert user.check_password("correct horse 马")
    assert AuditEntry.objects.get(action="change").fields == ["display_name", "post"]


@pytest.mark.parametrize(
    ("page", "action"),
    [
        ("password", "reset_password"),
        ("second-factor", "reset_second_factor"),
        ("sign-out", "force_sign_out"),
        ("disable", "disable_account"),
    ],
)
def test_acts_need_a_reason_and_are_on_record(client, cast, page, action):
    Authenticator.objects.create(user=cast["clerk"], type="totp", data={})
    url = f"{account(cast)}/{page}/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": " "}).status_code == 422
    assert not AuditEntry.objects.exists()

    assert client.post(url, {"reason": "本人申请"}).status_code in {200, 302}
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.reason, entry.target) == (action, "本人申请", f"accounts.user:{cast['clerk'].pk}")
    assert Authenticator.objects.exists() is (page != "second-factor")


def test_act_on_oneself_is_refused(client, cast):
    page = client.post(account(cast, "security") + "/disable/", {"reason": "x"})

    assert page.status_code == 422
    assert User.objects.get(pk=cast["security"].pk).is_active


def test_role_is_granted_and_revoked_on_its_pages(client, cast):
    typed = {
        "user": cast["clerk"].pk, "role": "liaison", "unit": cast["district"].pk, "starts_on": "2026-01-01",
        "ends_on": "", "reason": "任职文件",
    }  # fmt: skip
    response = client.post("/admin/accounts/rolegrant/add/", typed)
    assert response.status_code == 302, response.context["adminform"].form.errors
    grant = RoleGrant.objects.get(role="liaison")
    assert grant.granted_by == cast["security"]

    assert client.post(f"/admin/accounts/rolegrant/{grant.pk}/revoke/", {"reason": "轮岗"}).status_code == 302
    grant.refresh_from_db()
    assert timezone.localdate(grant.revoked_at) == timezone.localdate()
    assert client.get(f"/admin/accounts/rolegrant/{grant.pk}/revoke/").status_code == 403


def test_self_grant_and_conflict_are_errors_of_the_form(client, cast):
    typed = {"unit": cast["bureau"].pk, "starts_on": "2026-01-01", "ends_on": "", "reason": "x"}
    page = client.post("/admin/accounts/rolegrant/add/", {**typed, "user": cast["security"].pk, "role": "clerk"})
    assert "不能给自己授权" in page.content.decode()
    page = client.post("/admin/accounts/rolegrant/add/", {**typed, "user": cast["clerk"].pk, "role": "auditor"})
    assert "不同的人担任" in page.content.decode()


def test_grant_is_never_rewritten(client, cast):
    grant = RoleGrant.objects.get(role="clerk")
    response = client.post(f"/admin/accounts/rolegrant/{grant.pk}/change/", {"role": "leader"})

    assert response.status_code == 403
    assert RoleGrant.objects.get(pk=grant.pk).role == "clerk"


@pytest.mark.parametrize("role", ["security_admin", "system_admin", "auditor"])
def test_administrators_see_nobody_of_the_registry(client, cast, role):
    cadre = make_cadre("李德厚", unit=cast["bureau"])
    client.force_login(make_user(f"x{role}", role=role, unit=cast["bureau"]))

    home = client.get("/admin/", follow=True)
    assert home.status_code == 200
    assert "李德厚" not in home.content.decode()
    for model in ("registry/cadre", "people/person", "branches/membership"):
        assert client.get(f"/admin/{model}/", follow=True).status_code in {403, 404}
        assert client.get(f"/admin/{model}/{cadre.pk}/change/").status_code in {403, 404}
