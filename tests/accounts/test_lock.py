"""An idle staff page locks: the password alone opens it, and what was being sent is still there."""

import datetime
import time

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts import kept
from apps.accounts.middleware import LOCKED_AT, SEEN_AT, SIGNED_IN_AT, day_of
from apps.accounts.models import KeptPost
from apps.common.models import AuditEntry
from apps.organisation.models import Community
from tests.builders import make_unit, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse 马 9A"
ADD = "/admin/organisation/community/add/"
NOTE = {"division": "110101", "street": "南河街道", "name": "写了一半的社区", "contact_name": "", "contact_phone": ""}


@pytest.fixture
def admin():
    return make_user("20011", role="clerk", unit=make_unit(), password=PASSWORD)


@pytest.fixture
def desk(client, admin):
    """A workstation at which somebody signed in a moment ago."""
    client.post("/account/login/", {"login": "20011", "password": PASSWORD})
    return client


def leave(client, seconds: int = 15 * 60 + 1) -> None:
    session = client.session
    session[SEEN_AT] = int(time.time()) - seconds
    session.save()


def unlock(client, password=PASSWORD, **more):
    return client.post("/account/locked/", {"password": password, **more})


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def test_an_idle_page_locks_and_the_password_leads_back(desk):
    leave(desk)
    answer = desk.get("/admin/?q=1")
    assert answer.url == "/account/locked/?next=%2Fadmin%2F%3Fq%3D1"
    page = desk.get(answer.url)
    assert "页面已锁定" in page.content.decode()
    assert "no-store" in page["Cache-Control"]

    assert unlock(desk, next="/admin/?q=1").url == "/admin/?q=1"
    assert desk.get("/admin/").status_code == 200
    assert actions()[-1] == "unlock"


def test_locked_means_every_page_but_the_public_ones(desk):
    leave(desk)
    for path in ("/admin/organisation/unit/", "/account/password/change/", "/account/2fa/", "/account/kept/"):
        assert desk.get(path).url.startswith("/account/locked/"), path
    assert desk.get("/help/").status_code == 200
    assert desk.get("/admin/").url.startswith("/account/locked/"), "looking at a public page unlocks nothing"


def test_a_wrong_password_stays_locked_and_five_sign_out(desk, admin):
    leave(desk)
    for _ in range(5):
        wrong = unlock(desk, "wrong")
        assert wrong.status_code == 422
    assert "密码不对" in wrong.content.decode()

    assert unlock(desk).url == "/account/login/", "even the right one, after so many"
    assert "_auth_user_id" not in desk.session
    assert actions().count("unlock_failed") == 6


def test_what_was_being_sent_is_kept_sealed_and_sent_on(desk, django_user_model):
    leave(desk)
    answer = desk.post(ADD, NOTE)
    assert (answer.status_code, answer.url) == (303, "/account/locked/")
    assert not Community.objects.exists()
    assert "写了一半".encode() not in bytes(KeptPost.objects.get().sealed)
    assert "已经保留" in desk.get("/account/locked/").content.decode()

    assert unlock(desk).url == "/account/kept/"
    page = desk.get("/account/kept/").content.decode()
    assert f'action="{ADD}"' in page
    assert 'name="name" value="写了一半的社区"' in page
    assert "csrfmiddlewaretoken" in page


def test_the_kept_form_really_can_be_sent(admin):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin)
    strict.get(ADD)
    token = strict.cookies["csrftoken"].value
    leave(strict)
    assert strict.post(ADD, {**NOTE, "csrfmiddlewaretoken": token}).status_code == 303
    unlock(strict, csrfmiddlewaretoken=token)
    fields = strict.get("/account/kept/").context["kept"].fields

    sent = strict.post(ADD, {**dict(fields), "csrfmiddlewaretoken": token})

    assert sent.status_code == 302, sent.content.decode()[-500:]
    assert Community.objects.get().name == "写了一半的社区"


def test_a_forged_post_is_not_kept(admin):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin)
    strict.get("/admin/")
    leave(strict)

    assert strict.post(ADD, NOTE).status_code == 403
    assert not KeptPost.objects.exists()


def test_another_session_of_the_same_colleague_does_not_see_it(desk, admin):
    leave(desk)
    desk.post(ADD, NOTE)
    other = Client()
    other.force_login(admin)

    assert "写了一半" not in other.get("/account/kept/", follow=True).content.decode()


def test_it_is_gone_after_an_hour_and_after_signing_out(desk):
    leave(desk)
    desk.post(ADD, NOTE)
    KeptPost.objects.update(kept_at=timezone.now() - datetime.timedelta(hours=1, seconds=1))
    unlock(desk)
    assert desk.get("/account/kept/").status_code == 302
    assert kept.purge(timezone.now()) == 1

    leave(desk)
    desk.post(ADD, NOTE)
    desk.post("/account/logout/")
    assert not KeptPost.objects.exists()


def test_passwords_and_what_is_too_large_are_not_kept(desk):
    leave(desk)
    desk.post("/account/password/change/", {"oldpassword": "geheim", "password1": "a", "password2": "a"})
    assert not KeptPost.objects.exists()

    desk.post(ADD, {**NOTE, "name": "长" * 600_000})
    assert not KeptPost.objects.exists()
    assert "没有保留" in desk.get("/account/locked/").content.decode()


def test_locking_by_hand_before_leaving(desk):
    assert desk.get("/account/lock/").status_code == 405
    assert desk.post("/account/lock/", {"next": "/admin/"}).url == "/account/locked/?next=%2Fadmin%2F"
    assert LOCKED_AT in desk.session
    assert desk.get("/admin/").url.startswith("/account/locked/")


def test_the_script_unlocks_without_leaving_the_page(desk):
    leave(desk)
    wrong = unlock(desk, "wrong", here="1")
    assert (wrong.status_code, wrong.json()["sentence"]) == (422, "密码不对。")
    assert unlock(desk, here="1").status_code == 204
    assert desk.get("/admin/").status_code == 200


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/account/locked/?next=/"])
def test_unlocking_leads_nowhere_else(desk, target):
    leave(desk)
    desk.get("/admin/")

    assert unlock(desk, next=target).url == "/admin/"


def test_staff_sign_in_once_a_working_day(desk):
    session = desk.session
    yesterday = timezone.localtime() - datetime.timedelta(days=1)
    session[SIGNED_IN_AT] = int(yesterday.replace(hour=23, minute=59).timestamp())
    session[SEEN_AT] = int(time.time())
    session.save()
    answer = desk.get("/admin/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/account/login/")
    assert "每个工作日" in answer.content.decode()


def test_the_day_is_that_of_the_bureau():
    late = datetime.datetime(2026, 3, 1, 15, 59, tzinfo=datetime.UTC)

    assert day_of(int(late.timestamp())) == datetime.date(2026, 3, 1)
    assert day_of(int(late.timestamp()) + 60) == datetime.date(2026, 3, 2)


def test_people_at_home_are_signed_out_not_locked(client):
    client.force_login(make_user("70001", is_staff=False))
    client.get("/account/2fa/")
    leave(client, 4 * 3600 + 1)

    assert client.get("/account/2fa/").url.startswith("/account/phone/")


def test_each_staff_page_carries_the_cover_and_the_sign_in_page_does_not(desk):
    page = desk.get("/admin/").content.decode()

    assert 'data-lock-after="900"' in page
    assert "data-lock hidden" in page
    assert "data-lock" not in Client().get("/account/login/").content.decode()
