"""Accounts for families, forms to sign, deciding on wishes, and what the clock says of both."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.ledgers.family_notices import family_messages
from apps.ledgers.services.change_requests import Decision, accept, refuse
from apps.ledgers.services.family import (
    close_own_account,
    open_own_account,
    open_proxy_account,
    own_account,
    print_form,
    take_form_back,
)
from apps.people import proxies
from apps.people.acting import actings_of
from apps.people.change_requests import ask_address, ask_phone
from apps.people.choices import GrantMethod
from apps.people.models import ChangeRequest, Person, Phone, ProxyGrant
from apps.people.services import save_phone
from apps.registry.models import LifeEvent
from tests.builders import make_cadre
from tests.family import DAY, NEXT_YEAR, TODAY, grant_to, make_family, make_relative

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
HEARD = Decision(verified="打新号码，本人接听", answer="已改好")


@pytest.fixture
def family():
    return make_family()


def himself(family):
    return actings_of(family.own, TODAY)[0]


def test_an_own_account_is_opened_once_closed_and_opened_again(family):
    other = make_cadre("王秀兰", unit=family.cadre.managing_unit).person

    first = open_own_account(other, actor=family.clerk, on=TODAY)
    again = open_own_account(other, actor=family.clerk, on=TODAY)
    closed = close_own_account(other, actor=family.clerk, on=TODAY)

    assert (first, closed, own_account(other.pk, TODAY)) == (again, True, None)
    assert open_own_account(other, actor=family.clerk, on=TODAY) == first
    assert own_account(other.pk, TODAY) == first


def test_a_daughter_of_two_has_one_account(family):
    mother = make_cadre("王秀兰", unit=family.cadre.managing_unit)
    grant = grant_to(make_relative(mother, "李晓梅"), ["promises"], clerk=family.clerk)

    assert open_proxy_account(grant, actor=family.clerk, on=TODAY) == family.daughter
    assert [acting.person.name for acting in actings_of(family.daughter, TODAY)] == ["李德厚", "王秀兰"]


def test_a_signed_form_comes_back_with_its_scan(family):
    relative = make_relative(family.cadre, "李晓云", "13900007003")
    grant = proxies.grant(
        relative, ["health"], proxies.Agreement(GrantMethod.SIGNED), starts_on=TODAY, ends_on=NEXT_YEAR,
        actor=family.clerk, today=TODAY,
    )  # fmt: skip
    paper = print_form(grant, actor=family.clerk, on=TODAY)
    assert print_form(grant, actor=family.clerk, on=TODAY) == paper
    grant.refresh_from_db()

    with pytest.raises(BusinessError, match="扫描件"):
        take_form_back(grant, signed_on=TODAY, data=None, actor=family.clerk, on=TODAY)
    take_form_back(grant, signed_on=TODAY, data=PNG, actor=family.clerk, on=TODAY)

    paper.refresh_from_db()
    assert (paper.state, paper.scan is not None) == ("returned", True)
    assert ProxyGrant.objects.get(pk=grant.pk).is_current(TODAY)


def test_an_accepted_number_takes_the_place_of_the_old_one(family):
    old = Phone(person=family.cadre.person, kind="mobile")
    save_phone(old, "13900005555", actor=family.clerk)
    wish = ask_phone(himself(family), "13900006666", replaces=old, key=uuid.uuid4(), actor=family.own, on=TODAY)

    accept(wish, HEARD, actor=family.clerk, on=TODAY)
    accept(wish, HEARD, actor=family.clerk, on=TODAY)

    assert [phone.number for phone in family.cadre.person.phones.all()] == ["13900006666"]
    assert ChangeRequest.objects.get().state == "accepted"


def test_an_accepted_address_is_a_move_from_the_family(family):
    proxy = actings_of(family.daughter, TODAY)[0]
    wish = ask_address(proxy, "文化路12号502室", key=uuid.uuid4(), actor=family.daughter, on=TODAY)

    accept(wish, HEARD, actor=family.clerk, on=TODAY)

    assert Person.objects.get(pk=family.cadre.pk).residence == "文化路12号502室"
    event = LifeEvent.objects.get()
    assert (event.kind, event.source, event.state) == ("relocated", "family", "confirmed")


def test_a_refusal_needs_an_answer_and_changes_nothing(family):
    wish = ask_address(himself(family), "文化路12号502室", key=uuid.uuid4(), actor=family.own, on=TODAY)

    with pytest.raises(BusinessError, match="为什么没有改"):
        refuse(wish, Decision(verified="打过电话"), actor=family.clerk, on=TODAY)
    refuse(wish, Decision(verified="打过电话", answer="您说不搬了"), actor=family.clerk, on=TODAY)

    assert ChangeRequest.objects.get().state == "refused"
    assert Person.objects.get(pk=family.cadre.pk).residence == ""


def lines(on):
    return sorted((message.template, message.key) for message in family_messages(on))


def test_the_clock_speaks_of_ends_waiting_and_contradiction_once(family):
    asked = ask_address(himself(family), "文化路12号502室", key=uuid.uuid4(), actor=family.own, on=TODAY)
    second = ask_address(
        actings_of(family.daughter, TODAY)[0], "科技路8号", key=uuid.uuid4(), actor=family.daughter, on=TODAY
    )
    clerk = family.clerk.pk

    assert lines(TODAY) == [("change_request.contradicts", f"change_request:{second.pk}:rival:{clerk}")]
    assert [template for template, _ in lines(TODAY + 8 * DAY)] == [
        "change_request.contradicts", "change_request.waits", "change_request.waits",
    ]  # fmt: skip
    ends = [key for template, key in lines(NEXT_YEAR - 30 * DAY) if template == "proxy.ends"]
    assert len(ends) == 2
    assert lines(NEXT_YEAR - 31 * DAY) == []
    assert asked.rival is None


@pytest.mark.parametrize("page", ["print", "enter", "renew", "end", "account"])
def test_pages_of_a_grant_open(client, settings, page):
    settings.SECOND_FACTOR = "optional"
    family = make_family(timezone.localdate())
    client.force_login(family.clerk)
    grant = family.grants["son"]

    answer = client.get(reverse(f"admin:people_proxygrant_{page}", args=[grant.pk]), follow=True)

    assert answer.status_code == 200
    assert "李晓军" in answer.content.decode()


def test_staff_grant_from_the_persons_page(client, settings):
    settings.SECOND_FACTOR = "optional"
    today = timezone.localdate()
    family = make_family(today)
    client.force_login(family.clerk)
    address = f"{reverse('admin:people_proxygrant_add')}?person={family.cadre.pk}"
    assert "登记家属授权" in client.get(address).content.decode()
    page = client.get(reverse("admin:registry_cadre_change", args=[family.cadre.pk])).content.decode()
    assert "家属授权和账号" in page

    sent = {
        "new_name": "李晓云", "new_relation": "30", "new_phone": "13900007009", "scopes": ["promises"],
        "starts_on": f"{today}", "last_day": f"{today + 364 * DAY}", "method": "signed",
    }  # fmt: skip
    answer = client.post(address, sent)

    assert answer.status_code == 302, answer.content.decode()
    grant = ProxyGrant.objects.get(relative__name="李晓云")
    assert (grant.agreed_on, grant.paper.kind) == (None, "家属授权书")
    printed = client.get(reverse("admin:people_proxygrant_print", args=[grant.pk])).content.decode()
    assert grant.paper.code in printed
    assert "☑" in printed


def test_a_form_without_anything_says_what_is_missing(client, settings):
    settings.SECOND_FACTOR = "optional"
    family = make_family(timezone.localdate())
    client.force_login(family.clerk)

    answer = client.post(f"{reverse('admin:people_proxygrant_add')}?person={family.cadre.pk}", {})

    assert answer.status_code == 422
    assert "请至少勾一项" in answer.content.decode()
    assert ProxyGrant.objects.count() == 2


def test_staff_decide_a_wish_on_its_page(client, settings):
    settings.SECOND_FACTOR = "optional"
    today = timezone.localdate()
    family = make_family(today)
    acting = actings_of(family.own, today)[0]
    wish = ask_phone(acting, "13900006666", replaces=None, key=uuid.uuid4(), actor=family.own, on=today)
    client.force_login(family.clerk)
    address = reverse("admin:people_changerequest_change", args=[wish.pk])
    assert "139 0000 6666" in client.get(address).content.decode()
    assert client.post(address, {"accept": "1"}).status_code == 422

    answer = client.post(address, {"accept": "1", "verified": "打过新号码，本人接的"})

    assert answer.status_code == 302
    assert ChangeRequest.objects.get().state == "accepted"
