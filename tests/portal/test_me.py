"""`/me/`: himself, a daughter, a son, a stranger; on both sides of the network."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.common import audit
from apps.common.models import AuditEntry
from apps.ledgers.models import CareAssignment, Duty
from apps.people import proxies
from apps.people.acting import actings_of
from apps.people.change_requests import ask_address
from apps.people.models import ChangeRequest, Person, ProxyGrant
from apps.portal.me.calendar import Entry, as_file
from apps.portal.me.promises import promises_of
from apps.registry.models import Health
from tests.builders import make_cadre, make_member, make_organisation, make_user
from tests.family import DAY, grant_to, make_family, make_relative

pytestmark = pytest.mark.django_db
PROMISED = ("me_carer", "me_promises", "me_calendar", "me_calendar_file", "me_looks")
ASKED = ("me_classes", "me_change", "me_change_phone", "me_change_address")
HIS_OWN = ("me_family",)
ALL = ("me", *PROMISED, *ASKED, "me_health", *HIS_OWN, "me_grant")


@pytest.fixture
def family():
    return make_family(timezone.localdate())


@pytest.fixture(params=["cadre_portal.urls", "cadre_portal.urls_outer"], ids=["inner", "outer"])
def zone(request, settings):
    settings.ROOT_URLCONF = request.param


def opened(client, user) -> set[str]:
    client.force_login(user)
    return {page for page in ALL if client.get(reverse(f"portal:{page}")).status_code == 200}


def text(client, page: str) -> str:
    return client.get(reverse(f"portal:{page}")).content.decode()


def test_everybody_sees_just_his_part(client, family, zone):
    assert opened(client, family.own) == {"me", *PROMISED, *ASKED, "me_health", *HIS_OWN}
    assert opened(client, family.daughter) == {"me", *PROMISED, *ASKED, "me_grant"}
    assert opened(client, family.son) == {"me", "me_health", "me_grant"}
    assert opened(client, make_user("stranger", is_staff=False)) == set()


def test_expired_yesterday_is_nothing(client, family):
    today = timezone.localdate()
    ProxyGrant.objects.filter(pk=family.grants["daughter"].pk).update(starts_on=today - 9 * DAY, ends_on=today)

    assert opened(client, family.daughter) == set()


def test_a_visitor_is_led_to_the_door(client):
    answer = client.get(reverse("portal:me"))

    assert answer.status_code == 302
    assert "/account/" in answer.url


def test_a_proxy_reads_on_whose_behalf_and_sees_no_other_grant(client, family):
    client.force_login(family.daughter)
    page = text(client, "me")

    assert "您在替 李德厚 同志办" in page
    assert "李晓军" not in page + text(client, "me_grant")


def test_each_look_at_health_is_on_record(client, family):
    Health.objects.create(cadre=family.cadre, hospital="市一医院", in_hospital_since=dt.date(2026, 11, 1), ability=4)
    client.force_login(family.son)

    page = text(client, "me_health")

    assert "市一医院" in page
    assert "失能" not in page
    entry = AuditEntry.objects.get(action="see_health")
    assert (entry.actor_id, entry.on_behalf_of) == (family.son.pk, family.cadre.pk)


def test_promises_are_said_plainly(family):
    today = timezone.localdate()
    User = type(family.clerk)
    User.objects.filter(pk=family.clerk.pk).update(phone="07008800110")
    CareAssignment.objects.create(cadre=family.cadre, carer=family.clerk, starts_on=today - 9 * DAY)
    Duty.objects.create(
        cadre=family.cadre, kind="veteran_call", period_start=today, period_end=today + 9 * DAY, due_on=today + DAY
    )
    Duty.objects.create(
        cadre=family.cadre, kind="risk_visit", period_start=today - 9 * DAY, period_end=today, due_on=today - DAY
    )

    call, visit = promises_of(family.cadre, today, whom="他")

    assert call.title == "每月一次打电话或用微信问候他"
    assert call.next_words.startswith("下次在")
    assert (call.who.name, call.who.number) == ("clerk", "07008800110")
    assert (visit.is_late, "我们在催办" in visit.next_words) == (True, True)


def test_the_calendar_has_birthday_and_party_day(client, family):
    today = timezone.localdate()
    soon = today + 20 * DAY
    Person.objects.filter(pk=family.cadre.pk).update(
        birthday_calendar="solar", birthday_month=soon.month, birthday_day=soon.day
    )
    branch = make_organisation("南河支部", party_day=31)
    make_member(family.cadre.person, branch)
    client.force_login(family.own)

    page, file = text(client, "me_calendar"), text(client, "me_calendar_file")

    assert "您的生日" in page
    assert "支部主题党日" in page
    assert f"DTSTART;VALUE=DATE:{soon:%Y%m%d}" in file


def test_a_line_of_the_file_is_never_too_long():
    entry = Entry(dt.date(2026, 12, 5), "这天以前：上门看望您" * 6, "文化宫;三楼,东")

    lines = as_file([entry], stamp=dt.datetime(2026, 11, 22, tzinfo=dt.UTC)).split("\r\n")

    assert max(len(line.encode()) for line in lines) <= 75
    assert "\\;" in "".join(lines)


def test_a_wish_waits_and_is_taken_back(client, family):
    client.force_login(family.daughter)
    key = str(uuid.uuid4())

    for _ in range(2):
        answer = client.post(reverse("portal:me_change_phone"), {"key": key, "number": "13900006666"})
    waiting = ChangeRequest.objects.get()
    page = text(client, "me_change")
    client.post(reverse("portal:me_take_back"), {"request": str(waiting.public_id)})

    assert answer.status_code == 302
    assert "已收到，等工作人员核实" in page
    assert ChangeRequest.objects.get().state == "withdrawn"


def test_a_proxy_never_sees_his_numbers_nor_what_others_asked(client, family):
    today = timezone.localdate()
    ask_address(actings_of(family.own, today)[0], "文化路12号", key=uuid.uuid4(), actor=family.own, on=today)
    client.force_login(family.daughter)

    assert "尾号" not in text(client, "me_change_phone")
    assert "已收到" not in text(client, "me_change")


@pytest.mark.parametrize("sent", [{}, {"key": "x", "number": "139"}, {"key": str(uuid.UUID(int=1)), "number": "1"}])
def test_bad_input_is_answered_with_a_sentence(client, family, sent):
    client.force_login(family.own)

    answer = client.post(reverse("portal:me_change_phone"), sent)

    assert answer.status_code == 422
    assert not ChangeRequest.objects.exists()


def test_he_stops_a_grant_with_one_button(client, family):
    client.force_login(family.own)
    grant = family.grants["son"]

    assert client.post(reverse("portal:me_family"), {"grant": "nonsense"}).status_code == 404
    client.post(reverse("portal:me_family"), {"grant": str(grant.public_id)})

    assert ProxyGrant.objects.get(pk=grant.pk).closed_because == "person"
    assert opened(client, family.son) == set()


def test_a_proxy_gives_up_himself(client, family):
    client.force_login(family.daughter)

    client.post(reverse("portal:me_grant"))

    assert ProxyGrant.objects.get(pk=family.grants["daughter"].pk).closed_because == "proxy"


def test_who_acts_for_two_is_asked_for_whom(client, family):
    today = timezone.localdate()
    mother = make_cadre("王秀兰", unit=family.cadre.managing_unit)
    grant = grant_to(make_relative(mother, "李晓梅"), ["health"], clerk=family.clerk, user=family.daughter, today=today)
    client.force_login(family.daughter)

    asked = client.get(reverse("portal:me_health"))
    assert asked.url.startswith(reverse("portal:me_who"))
    assert client.post(reverse("portal:me_who"), {"person": "x"}).status_code == 422
    chosen = client.post(
        reverse("portal:me_who"), {"person": str(mother.person.public_id), "next": reverse("portal:me_health")}
    )
    assert chosen.url == reverse("portal:me_health")
    assert "王秀兰" in text(client, "me_health")
    assert client.get(reverse("portal:me_promises")).status_code == 404

    proxies.close(grant, "staff", actor=family.clerk)
    assert "李德厚" in text(client, "me")


def test_he_reads_who_looked(client, family):
    client.force_login(family.daughter)
    text(client, "me_promises")
    client.force_login(family.own)

    page = text(client, "me_looks")

    assert "李晓梅（家人）" in page
    assert "看了答应您的事" in page


def test_names_of_staff_whom_nobody_introduced_to_him_are_left_out(client, family):
    stranger = make_user("1900", role="clerk", unit=family.cadre.managing_unit, display_name="周晓岚", post="科员")
    CareAssignment.objects.create(cadre=family.cadre, carer=family.clerk, starts_on=timezone.localdate())
    for who in (stranger, stranger, family.clerk):
        audit.record("open", actor=who, people=[family.cadre.pk])
    audit.record("reveal", actor=stranger, people=[family.cadre.pk], reason="核对补贴账户")
    client.force_login(family.own)

    page = text(client, "me_looks")

    assert "周晓岚" not in page
    assert "科员" in page
    assert "（2 次）" in page
    assert "用途：核对补贴账户" in page
    assert "clerk（" in page


def test_a_proxy_reads_who_of_the_office_looked_and_that_is_on_record(client, family):
    audit.record("open", actor=family.clerk, people=[family.cadre.pk])
    client.force_login(family.own)
    text(client, "me_health")
    client.force_login(family.daughter)

    page = text(client, "me_looks")

    assert "工作中打开了他的资料页" in page
    assert "健康" not in page
    assert AuditEntry.objects.filter(action="see_looks", actor_id=family.daughter.pk).exists()


def test_everybody_finds_his_remembered_phones(client, family):
    for user in (family.own, family.daughter):
        client.force_login(user)
        assert reverse("account_devices") in text(client, "me")


def test_a_home_has_at_most_six_entries(client, family):
    client.force_login(family.own)

    assert text(client, "me").count('class="tile') <= 7  # six tiles and their list
