"""Doors without a password: the code arrives at a real gateway, and who asked for it gets in, nobody else."""

import datetime
import re
import threading
import time

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.utils import timezone

from apps.accounts import cards, devices, phone_codes, phone_logins
from apps.accounts.middleware import SEEN_AT
from apps.accounts.models import PhoneLogin, RememberedDevice, RoleGrant, SignInCode, User
from apps.accounts.personal_accounts import PROVEN_AT
from apps.accounts.personal_views import freshly_proven
from apps.branches.tasks import serve_sign_in
from apps.common.crypto import blind_index
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.messaging.models import Delivery, Message
from apps.messaging.queries import inbox
from apps.people.models import PersonAccount, Phone, Relative
from tests.builders import LONG_AGO, make_cadre, make_organisation, make_post, make_unit, make_user
from tests.gateway import SmsGatewayServer
from tests.messaging.conftest import sms_settings

pytestmark = pytest.mark.django_db

NUMBER, OTHER = "13900000009", "13900000010"


@pytest.fixture(autouse=True)
def gateway(monkeypatch):
    """An SMS gateway on a socket. The bell is rung by the tests themselves: no worker runs beside them."""
    monkeypatch.setattr(phone_codes, "ring", lambda: None)
    with SmsGatewayServer() as server, override_settings(SMS_GATEWAY=sms_settings(server)):
        yield server


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def secretary(unit):
    return make_secretary("王志强", unit)


def make_secretary(name, unit, *, number=NUMBER, branch="南河社区党支部") -> User:
    cadre = make_cadre(name, unit=unit)
    add_number(cadre.person, number)
    user = make_user(name, display_name=name, is_staff=False, password=None)
    make_post(cadre.person, make_organisation(branch, unit=unit), user=user)
    phone_logins.open_phone_login(user, phone_logins.phone_hash(number), actor=None)
    return user


def add_number(person, number) -> None:
    Phone(
        person=person, kind="mobile", number=number, number_index=blind_index("phone", number), last4_index=b"x"
    ).save()


def ask(client, number=NUMBER, **more):
    return client.post("/account/phone/", {"phone": number, **more})


def texted(gateway) -> list[str]:
    """Codes that phones rang for."""
    serve_sign_in()
    return [entry["text"].split("】")[1][:6] for entry in gateway.journal.entries]


def who_is_in(client) -> int | None:
    return int(client.session["_auth_user_id"]) if "_auth_user_id" in client.session else None


def type_code(client, code, **more):
    return client.post("/account/phone/code/", {"code": code, **more})


def words(response) -> str:
    return response.content.decode()


def settled(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def test_a_code_arrives_and_signs_in(client, secretary, gateway):
    ask(client, "139 0000 0009", next="/help/")
    [code] = texted(gateway)
    answer = type_code(client, f" {code[:3]} {code[3:]}".translate({48 + n: 0xFF10 + n for n in range(10)}))

    assert (answer.status_code, answer.url) == (302, "/help/")
    assert who_is_in(client) == secretary.pk
    assert gateway.journal.entries[0]["phone"] == NUMBER
    text = gateway.journal.entries[0]["text"]
    assert text.startswith(f"【云江老干部】{code}")
    assert "不要告诉别人" in text
    entry = AuditEntry.objects.get(action="sign_in")
    assert (entry.actor_id, entry.fields) == (secretary.pk, ["sms"])


def test_code_is_nowhere_once_it_was_sent(client, secretary, gateway):
    ask(client)
    [code] = texted(gateway)
    row, delivery = SignInCode.objects.get(), Delivery.objects.get()

    assert code.encode() not in bytes(row.digest)
    assert (delivery.state, delivery.payload) == ("sent", "")
    assert Message.objects.get().context == {}
    assert list(inbox(secretary)) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM accounts_signincode s UNION ALL SELECT m::text FROM messaging_message m")
        rows = "".join(text for (text,) in cursor.fetchall())
    assert code not in rows.replace(row.public_id.hex, "")
    assert NUMBER not in rows


def test_unknown_number_is_answered_alike_and_nothing_leaves(client, secretary, gateway):
    known, stranger = Client(), Client()
    first, second = ask(known), ask(stranger, OTHER)

    assert (first.status_code, first.url) == (second.status_code, second.url)
    assert texted(gateway) != []
    assert [entry["phone"] for entry in gateway.journal.entries] == [NUMBER]
    pages = [words(one.get("/account/phone/code/")) for one in (known, stranger)]
    assert settled(pages[0]) == settled(pages[1])
    assert "还可以试 4 次" in words(type_code(stranger, "000000"))


def test_asking_costs_the_same_for_every_number(client, secretary, django_assert_num_queries):
    with connection.execute_wrapper(counter := Counter()):
        ask(Client())
        known, counter.count = counter.count, 0
        ask(Client(), OTHER)

    assert counter.count == known


class Counter:
    count = 0

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)


def test_five_wrong_codes_and_the_right_one_is_dead(client, secretary, gateway):
    ask(client)
    [code] = texted(gateway)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    answers = [words(type_code(client, wrong)) for _ in range(5)]

    assert "还可以试 4 次" in answers[0]
    assert "不能再用了" in answers[4]
    assert "试错五次" in words(type_code(client, code))
    assert who_is_in(client) is None
    assert AuditEntry.objects.filter(action="sign_in_failed").count() == 5


def test_another_browser_cannot_use_the_code(client, secretary, gateway):
    ask(client)
    [code] = texted(gateway)
    thief = Client()
    type_code(thief, code)
    ask(thief, OTHER)
    type_code(thief, code)

    assert who_is_in(thief) is None
    type_code(client, code)
    assert who_is_in(client) == secretary.pk


def test_a_code_is_good_once(client, secretary, gateway):
    ask(client)
    [code] = texted(gateway)
    type_code(client, code)
    client.logout()

    assert type_code(client, code).status_code == 422


def test_a_second_within_a_minute_is_not_texted(client, secretary, gateway):
    ask(client)
    assert ask(client).url == "/account/phone/code/"
    elsewhere = ask(Client())

    assert elsewhere.status_code == 422
    assert "等一分钟" in words(elsewhere)
    assert len(texted(gateway)) == 1


def test_the_eleventh_of_a_day_is_refused(secretary):
    now = timezone.now()
    for minute in range(10):
        phone_codes.ask(NUMBER, "b", now=now - datetime.timedelta(minutes=60 - 2 * minute))
    refused = ask(Client())

    assert "明天再试" in words(refused)
    phone_codes.ask(NUMBER, "b", now=now + datetime.timedelta(hours=23, minutes=30))


def test_an_expired_code_does_not_sign_in(client, secretary, gateway):
    ask(client)
    [code] = texted(gateway)
    SignInCode.objects.update(expires_at=timezone.now())

    assert "五分钟" in words(type_code(client, code))
    assert who_is_in(client) is None


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_are_one_code(secretary, gateway):
    barrier, codes = threading.Barrier(8), []

    def knock():
        barrier.wait()
        codes.append(ask(Client()).status_code)
        connection.close()

    threads = [threading.Thread(target=knock) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(codes) == [302] + [422] * 7
    assert SignInCode.objects.count() == 1
    assert len(texted(gateway)) == 1


def test_two_on_one_phone_are_asked_who_it_is(client, unit, secretary, gateway):
    wife = make_secretary("李秀兰", unit, branch="北河社区党支部")
    ask(client)
    codes = texted(gateway)
    assert len(codes) == 1
    assert type_code(client, codes[0]).url == "/account/phone/who/"
    page = words(client.get("/account/phone/who/"))
    assert "王志强" in page
    assert "南河社区党支部书记" in page
    assert "北河社区党支部书记" in page

    stranger = make_user("70009", is_staff=False)
    assert client.post("/account/phone/who/", {"user": stranger.pk}).status_code == 422
    client.post("/account/phone/who/", {"user": wife.pk})
    assert who_is_in(client) == wife.pk


def test_who_has_nothing_to_do_here_any_more_is_told_calmly(client, secretary, gateway):
    post = secretary.posts.get()
    post.ends_on = timezone.localdate()
    post.save()
    ask(client)
    answer = type_code(client, texted(gateway)[0])

    assert answer.status_code == 403
    assert "任期变了" in words(answer)
    assert who_is_in(client) is None


def test_password_does_not_help_after_the_term_either(client, secretary):
    secretary.set_password("correct horse 马 9A")
    secretary.save()
    secretary.posts.update(ends_on=timezone.localdate())
    answer = client.post(
        "/account/login/", {"login": secretary.username, "password": "correct horse 马 9A"}, follow=True
    )

    assert "任期变了" in words(answer)
    assert who_is_in(client) is None


def test_a_number_that_left_the_record_signs_nobody_in(client, secretary, gateway):
    Phone.objects.all().delete()
    ask(client)

    assert texted(gateway) == []


def test_staff_never_come_in_by_phone(client, unit, secretary, gateway):
    RoleGrant.objects.create(user=secretary, role="clerk", unit=unit, starts_on=LONG_AGO)
    ask(client)

    assert texted(gateway) == []
    with pytest.raises(BusinessError):
        phone_logins.open_phone_login(secretary, b"x", actor=None)


def test_codes_go_before_everything_else_and_at_night(client, secretary, gateway, settings):
    ask(client)
    serve_sign_in()

    assert len(gateway.journal.entries) == 1
    assert Delivery.objects.get().delivery_class == "code"


def test_without_a_gateway_the_clerk_calls_the_number_on_record(client, unit, secretary, settings):
    settings.SMS_GATEWAY = {**settings.SMS_GATEWAY, "url": ""}
    clerk = make_user("20011", role="clerk", unit=unit)
    assert "发短信验证码" not in words(client.get("/account/phone/"))
    ask(client, call="1")
    serve_sign_in()
    row = SignInCode.objects.get()
    assert [message.template for message in inbox(clerk)] == ["sign_in.call"]

    desk, page = Client(), f"/admin/accounts/callrequest/{row.pk}/change/"
    desk.force_login(clerk)
    assert "王志强" in words(desk.get("/admin/accounts/callrequest/"))
    assert "139 0000 0009" in words(desk.get(page))
    assert desk.post(page).status_code == 422
    told = words(desk.post(page, {"called": "on"}))
    code = told.split('class="code-aloud"><b>')[1][:7].replace(" ", "")
    assert code not in words(desk.get(page)).replace(" ", "")

    assert type_code(Client(), code).status_code == 422
    type_code(client, code)
    assert who_is_in(client) == secretary.pk
    entry = AuditEntry.objects.get(action="phone_code.tell")
    assert (entry.actor_id, entry.on_behalf_of) == (clerk.pk, secretary.pk)
    assert AuditEntry.objects.get(action="sign_in", actor_id=secretary.pk).fields == ["call"]


def test_calls_of_another_district_are_not_seen(client, secretary, unit):
    ask(client, call="1")
    row = SignInCode.objects.get()
    stranger = make_user("20012", role="clerk", unit=make_unit("二区"))
    desk = Client()
    desk.force_login(stranger)

    assert desk.get(f"/admin/accounts/callrequest/{row.pk}/change/").status_code == 404
    assert desk.post(f"/admin/accounts/callrequest/{row.pk}/change/", {"called": "on"}).status_code == 404


# Cards


@pytest.fixture
def card(secretary):
    return cards.issue(secretary, "2580", actor=None, on=timezone.localdate())


def scan(client, token):
    return client.get(f"/account/card/{token}/", follow=True)


def test_a_card_and_four_digits_sign_in(client, secretary, card):
    page = scan(client, card[1])
    assert page.redirect_chain == [("/account/card/", 302)]
    assert card[1] not in words(page)
    client.post("/account/card/", {"digits": "２５８０"})

    assert who_is_in(client) == secretary.pk


def test_five_wrong_digits_lock_the_card_and_staff_are_told(client, unit, secretary, card):
    clerk = make_user("20011", role="clerk", unit=unit)
    scan(client, card[1])
    answers = [words(client.post("/account/card/", {"digits": "1111"})) for _ in range(5)]

    assert "还可以试 4 次" in answers[0]
    assert "锁住了" in answers[4]
    assert "锁住" in words(client.post("/account/card/", {"digits": "2580"}))
    assert who_is_in(client) is None
    serve_sign_in()
    serve_sign_in()
    assert [message.template for message in inbox(clerk)] == ["sign_in.card_locked"]


def test_a_lost_card_is_revoked_in_one_click_and_its_sessions_end(client, unit, secretary, card):
    scan(client, card[1])
    client.post("/account/card/", {"digits": "2580"})
    assert client.get("/account/devices/").status_code == 200
    desk = Client()
    desk.force_login(make_user("20011", role="clerk", unit=unit))
    desk.post(f"/admin/accounts/personalaccount/{secretary.pk}/change/", {"stop": f"card:{card[0].pk}"})

    assert client.get("/account/devices/").status_code == 302
    scan(client, card[1])
    assert "已经停用" in words(client.post("/account/card/", {"digits": "2580"}))


def test_staff_issue_and_print_a_card_once(unit, secretary, client):
    desk, page = Client(), f"/admin/accounts/personalaccount/{secretary.pk}/card/"
    desk.force_login(make_user("20011", role="clerk", unit=unit))
    assert "太容易猜" in words(desk.post(page, {"digits": "1234", "repeated": "1234"}))
    assert "不一样" in words(desk.post(page, {"digits": "2580", "repeated": "2581"}))
    printed = words(desk.post(page, {"digits": "2580", "repeated": "2580"}))

    assert "data:image/svg+xml;base64," in printed
    assert "2580" not in printed
    desk.post(page, {"digits": "9146", "repeated": "9146"})
    assert secretary.sign_in_cards.filter(revoked_at__isnull=True).count() == 1


# Remembered phones


@pytest.fixture
def remembered(secretary, gateway):
    phone = Client()
    ask(phone)
    type_code(phone, texted(gateway)[0], remember="on")
    return phone


def forget_session(phone) -> str:
    """Close the browser: the session is gone, the phone's own cookie stays."""
    del phone.cookies["sessionid"]
    return phone.cookies["phone"].value


def test_a_remembered_phone_skips_the_code(remembered, secretary):
    before = forget_session(remembered)
    assert remembered.get("/account/devices/").status_code == 200

    assert who_is_in(remembered) == secretary.pk
    assert remembered.cookies["phone"].value != before
    assert AuditEntry.objects.filter(action="sign_in", fields=["device"]).count() == 1
    assert before.split(".")[1].encode() not in bytes(RememberedDevice.objects.get().digest)


def test_what_was_being_sent_passes_with_a_remembered_phone(secretary, gateway):
    phone = Client(enforce_csrf_checks=True)
    phone.get("/account/phone/")
    token = phone.cookies["csrftoken"].value
    ask(phone, csrfmiddlewaretoken=token)
    type_code(phone, texted(gateway)[0], remember="on", csrfmiddlewaretoken=token)
    phone.get("/account/devices/")
    token = phone.cookies["csrftoken"].value
    forget_session(phone)
    answer = phone.post("/account/devices/", {"device": "all", "csrfmiddlewaretoken": token})

    assert answer.status_code == 302
    assert answer.url == "/account/devices/"
    assert not RememberedDevice.objects.filter(revoked_at__isnull=True).exists()


def test_a_lost_answer_locks_nobody_out_and_a_copy_betrays_itself(remembered):
    now, hour = timezone.now(), datetime.timedelta(hours=1)
    first = remembered.cookies["phone"].value
    second = devices.recall(first, now=now + hour).cookie
    assert devices.recall(first, now=now + hour + datetime.timedelta(seconds=5)).cookie == ""
    third = devices.recall(first, now=now + 2 * hour).cookie
    assert third

    assert devices.recall(second, now=now + 3 * hour) is None
    assert devices.recall(third, now=now + 3 * hour) is None
    assert AuditEntry.objects.filter(action="device.copied").count() == 1


def test_a_phone_is_forgotten_after_90_days_or_with_the_post(remembered, secretary):
    cookie = forget_session(remembered)
    assert devices.recall(cookie, now=timezone.now() + datetime.timedelta(days=90, minutes=1)) is None
    secretary.posts.update(ends_on=timezone.localdate())

    assert remembered.get("/account/devices/").url.startswith("/account/phone/?next=")


def test_forgetting_one_phone_leaves_the_session_at_hand(remembered, secretary):
    device = RememberedDevice.objects.get()
    remembered.post("/account/devices/", {"device": device.pk})

    assert remembered.get("/account/devices/").status_code == 200
    forget_session(remembered)
    assert remembered.get("/account/devices/").status_code == 302


def test_nobody_forgets_the_phone_of_another(client, remembered):
    client.force_login(make_user("70002", is_staff=False))
    client.post("/account/devices/", {"device": RememberedDevice.objects.get().pk})

    assert RememberedDevice.objects.get().revoked_at is None


# Staff pages


def test_staff_open_an_account_for_a_post_and_a_number_on_record(unit):
    cadre = make_cadre("赵守义", unit=unit)
    add_number(cadre.person, OTHER)
    post = make_post(cadre.person, make_organisation("东河社区党支部", unit=unit))
    desk = Client()
    desk.force_login(make_user("20011", role="clerk", unit=unit))
    assert "开通登录" in words(desk.get(f"/admin/branches/post/{post.pk}/change/"))
    hub = desk.post(f"/admin/branches/post/{post.pk}/account/").url
    post.refresh_from_db()
    user = post.user
    assert user.display_name == "赵守义"
    assert not user.has_usable_password()
    assert not user.is_staff

    page = f"/admin/accounts/personalaccount/{user.pk}/phone/"
    assert "139****0010" in words(desk.get(page))
    assert desk.post(page, {"number": blind_index("phone", NUMBER).hex()}).status_code == 422
    desk.post(page, {"number": blind_index("phone", OTHER).hex()})
    desk.post(page, {"number": blind_index("phone", OTHER).hex()})
    assert PhoneLogin.objects.filter(user=user, closed_at__isnull=True).count() == 1
    assert "139****0010" in words(desk.get(hub))
    desk.post(hub, {"stop": f"phone:{PhoneLogin.objects.get().pk}"})
    assert PhoneLogin.objects.get().closed_at is not None


def test_a_daughter_signs_in_by_the_number_she_is_on_record_with(client, unit, gateway):
    father = make_cadre("李德厚", unit=unit).person
    Relative.objects.create(person=father, name="李小梅", phone=OTHER, phone_index=blind_index("phone", OTHER))
    daughter = make_user("李小梅", display_name="李小梅", is_staff=False, password=None)
    PersonAccount.objects.create(user=daughter, person=father, is_proxy=True, starts_on=LONG_AGO)
    phone_logins.open_phone_login(daughter, phone_logins.phone_hash(OTHER), actor=None)
    ask(client, OTHER)
    type_code(client, texted(gateway)[0])

    assert who_is_in(client) == daughter.pk


def test_signing_out_on_a_phone_forgets_it(remembered):
    remembered.post("/account/logout/")

    assert remembered.cookies["phone"].value == ""
    assert not RememberedDevice.objects.filter(revoked_at__isnull=True).exists()


def test_what_was_being_sent_waits_through_an_idle_sign_out(client, secretary, gateway):
    ask(client)
    type_code(client, texted(gateway)[0])
    client.get("/account/devices/")
    session = client.session
    session[SEEN_AT] -= 4 * 3600 + 1
    session.save()
    page = "/branch/choose/"
    assert client.post(page, {"note": "三名党员请假"}).url == "/account/phone/"
    assert who_is_in(client) is None

    SignInCode.objects.update(asked_at=timezone.now() - datetime.timedelta(minutes=2))
    gateway.journal.entries.clear()
    ask(client)
    assert type_code(client, texted(gateway)[0]).url == "/account/kept/"
    assert "三名党员请假" in words(client.get("/account/kept/"))


def test_a_sensitive_act_of_a_remembered_phone_asks_again_and_keeps_what_was_sent(remembered, secretary, rf):
    forget_session(remembered)
    remembered.get("/account/devices/")
    guarded = freshly_proven(lambda request: HttpResponse("done"))
    request = rf.post("/somewhere/", {"phone": "new"})
    request.user, request.session = secretary, remembered.session

    answer = guarded(request)
    assert answer.url == "/account/phone/?next=%2Faccount%2Fkept%2F&again=1"
    assert remembered.get("/account/phone/").status_code == 302
    assert "再确认一次" in words(remembered.get("/account/phone/?again=1"))
    request.session[PROVEN_AT] = int(time.time())
    assert guarded(request).content == b"done"
