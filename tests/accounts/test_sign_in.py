"""Sign-in through real requests: limits, second factor, sessions, first password."""

import datetime
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, TOTP, format_hotp_value, hotp_value
from django.contrib.auth import get_user_model
from django.utils import timezone

from apps.accounts import services
from apps.accounts.middleware import SEEN_AT, SIGNED_IN_AT
from apps.accounts.models import RoleGrant
from apps.common.models import AuditEntry
from tests.builders import make_unit, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse 马 9A"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def clerk():
    return make_user("20011", role="clerk", unit=make_unit(), password=PASSWORD)


def sign_in(client, username="20011", password=PASSWORD, **extra):
    return client.post("/account/login/", {"login": username, "password": password}, **extra)


def code_now(secret=SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_staff_sign_in_with_number_and_password(client, clerk):
    response = sign_in(client)

    assert (response.status_code, response.url) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200
    assert list(AuditEntry.objects.values_list("action", "actor_id", "address")) == [("sign_in", clerk.pk, "127.0.0.1")]


def test_wrong_password_and_unknown_name_look_the_same(client, clerk):
    known, unknown = sign_in(client, password="wrong"), sign_in(client, username="99999", password="wrong")

    assert known.context["form"].errors == unknown.context["form"].errors
    assert known.context["form"].non_field_errors() == ["用户名或密码不对。"]
    targets = AuditEntry.objects.filter(action="sign_in_failed").order_by("id").values_list("target", flat=True)
    assert list(targets) == [f"accounts.user:{clerk.pk}", ""]


def test_five_wrong_passwords_lock_the_account_not_the_bureau(client, clerk):
    make_user("20012", role="clerk", unit=make_unit("二局"), password=PASSWORD)
    for _ in range(5):
        sign_in(client, password="wrong")

    locked = sign_in(client)
    assert "试错次数太多" in locked.context["form"].non_field_errors()[0]
    assert sign_in(client, username="20011 ").status_code == 200
    assert sign_in(client, username="20012").status_code == 302


def test_one_address_is_slowed_down_after_many_failures(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "10/5m/ip,5/15m/key", "login": "120/m/ip"}
    for number in range(10):
        sign_in(client, username=f"3{number:04}", password="wrong")
    answer = sign_in(client, username="39999", password="wrong")

    assert "试错次数太多" in answer.context["form"].non_field_errors()[0]


def test_session_changes_its_id_and_dies_on_sign_out(client, clerk):
    client.get("/account/login/")
    client.session["before"] = True
    before = client.session.session_key
    sign_in(client)
    during = client.session.session_key
    client.post("/account/logout/")

    assert before != during
    client.cookies["sessionid"] = during
    assert client.get("/admin/").status_code == 302


def test_disabled_account_and_ended_sessions_stop_at_the_next_request(client, clerk):
    sign_in(client)
    services.end_sessions(clerk)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/account/login/")

    sign_in(client)
    get_user_model().objects.update(is_active=False)
    assert client.get("/admin/").status_code == 302
    assert sign_in(client).url == "/account/inactive/"


def test_revoked_or_expired_grant_stops_at_the_next_request(client, clerk):
    sign_in(client)
    grant = RoleGrant.objects.get()
    services.revoke_role(grant, actor=None, reason="调离")

    assert client.get("/admin/", follow=True).status_code == 403


def test_is_staff_flag_alone_opens_nothing(client):
    client.force_login(make_user("20013"))

    assert client.get("/admin/", follow=True).status_code == 403


def test_old_sessions_end(client, clerk):
    sign_in(client)
    session = client.session
    session[SIGNED_IN_AT] = int(time.time()) - 12 * 3600 - 1
    session.save()
    response = client.get("/admin/?q=1")

    assert response.url == "/account/login/?next=/admin/%3Fq%3D1"


def test_public_page_is_shown_after_a_session_timed_out(client, clerk):
    sign_in(client)
    session = client.session
    session[SIGNED_IN_AT] = session[SEEN_AT] = 1
    session.save()

    assert client.get("/").status_code == 200
    assert "_auth_user_id" not in client.session


def test_required_second_factor_is_set_up_before_any_staff_page(client, clerk, settings):
    settings.SECOND_FACTOR = "required"
    sign_in(client)
    assert client.get("/admin/").url == "/account/2fa/totp/activate/"

    page = client.get("/account/2fa/totp/activate/")
    assert page.status_code == 200
    response = client.post("/account/2fa/totp/activate/", {"code": code_now(client.session[SECRET_SESSION_KEY])})
    assert response.url == "/account/2fa/recovery-codes/"
    assert client.get("/admin/").status_code == 200
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert client.session.get(SECRET_SESSION_KEY) is None
    assert len(stored) > 60, "the secret is kept encrypted"
    assert TOTP(Authenticator.objects.get(type="totp")).instance.pk


def test_authenticator_must_be_passed_at_sign_in(client, clerk, settings):
    settings.SECOND_FACTOR = "required"
    TOTP.activate(clerk, SECRET)
    assert sign_in(client).url.startswith("/account/2fa/authenticate/")
    assert client.get("/admin/").status_code == 302
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    response = client.post("/account/2fa/authenticate/", {"code": code_now()})

    assert response.url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_session_that_came_round_the_second_factor_is_asked(client, clerk, settings):
    settings.SECOND_FACTOR = "required"
    TOTP.activate(clerk, SECRET)
    client.force_login(clerk)

    assert client.get("/admin/").url.startswith("/account/2fa/reauthenticate/")


def test_required_second_factor_cannot_be_switched_off_by_its_owner(client, clerk, settings):
    settings.SECOND_FACTOR = "required"
    TOTP.activate(clerk, SECRET)
    sign_in(client)
    client.post("/account/2fa/authenticate/", {"code": code_now()})
    client.post("/account/2fa/totp/deactivate/")

    assert Authenticator.objects.filter(type="totp").exists()


def test_first_password_is_changed_before_anything_else(client):
    user, first = services.open_account("20020", "测试", unit=make_unit(), actor=None)
    services.grant_role(
        user, "clerk", user.unit, starts_on=timezone.localdate(), ends_on=None, actor=None, reason="开立"
    )
    sign_in(client, "20020", first)
    assert client.get("/admin/").url == "/account/password/change/"

    weak = {"oldpassword": first, "password1": "onlyletters", "password2": "onlyletters"}
    assert "至少三种" in str(client.post("/account/password/change/", weak).context["form"].errors)
    good = {"oldpassword": first, "password1": "New horse 马 7", "password2": "New horse 马 7"}
    assert client.post("/account/password/change/", good).url == "/admin/"
    assert client.get("/admin/").status_code == 200

    again = {"oldpassword": "New horse 马 7", "password1": first, "password2": first}
    assert "最近 5 次" in str(client.post("/account/password/change/", again).context["form"].errors)


def test_old_password_must_be_renewed_under_dengbao_only(client, clerk, settings):
    get_user_model().objects.update(password_changed_at=timezone.now() - datetime.timedelta(days=91))
    sign_in(client)
    assert client.get("/admin/").url == "/account/password/change/"

    settings.PASSWORD_PROFILE = "asvs"
    assert client.get("/admin/").status_code == 200


def test_staff_network_closes_staff_pages_to_others(client, clerk, settings):
    settings.STAFF_NETWORKS = ["10.1.0.0/16"]
    client.force_login(clerk)

    assert client.get("/admin/", REMOTE_ADDR="203.0.113.9").status_code == 403
    assert client.get("/", REMOTE_ADDR="203.0.113.9").status_code == 200
    assert client.get("/admin/", REMOTE_ADDR="10.1.3.4").status_code == 200


def test_admin_sign_in_leads_to_the_portals_own(client):
    assert client.get("/admin/login/?next=/admin/accounts/user/").url == (
        "/account/login/?next=%2Fadmin%2Faccounts%2Fuser%2F"
    )
    assert client.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 302
