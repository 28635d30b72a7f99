"""A visit written down on a phone whose connection breaks in the middle: once, whole, with scripts and without."""

import pytest

from apps.branches.models import Draft
from apps.ledgers.models import Contact, Need
from tests.browser import cookie_of, needs_chromium
from tests.builders import make_cadre, make_member, make_organisation, make_post, make_unit, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), needs_chromium]
SAID = "精神不错，想参加下次党日"
WANTS = "楼道没有扶手，上下楼不方便"
SENT = "button.wide[type=submit]"


@pytest.fixture
def form(live_server, visit):
    """form(scripts) -> the open page 记走访 on a secretary's phone."""
    unit, branch = make_unit(), make_organisation("甲支部")
    old, secretary = make_cadre("李德厚", unit=unit), make_cadre("张三", unit=unit)
    for cadre in (old, secretary):
        make_member(cadre.person, branch)
    user = make_user("shuji", is_staff=False)
    make_post(secretary.person, branch, user=user)
    path = f"/branch/{branch.public_id}/members/{old.person.public_id}/visit/"

    def open_form(*, scripts=True):
        page = visit("/help/", width=375, scripts=scripts)
        page.context.add_cookies([cookie_of(user, live_server.url)])
        page.goto(live_server.url + path)
        return page

    return open_form


def fill(page) -> None:
    page.fill("#id_summary", SAID)
    page.select_option("#id_need1_category", "home")
    page.fill("#id_need1_text", WANTS)


def nothing_is_lost() -> None:
    contact, need = Contact.objects.get(), Need.objects.get()
    assert (contact.summary, need.description, need.found_contact) == (SAID, WANTS, contact)
    assert need.reply_by is not None


def press(page) -> None:
    """Press the button; what the broken connection answers is no matter."""
    with page.expect_event("requestfailed", lambda request: request.method == "POST"):
        page.click(SENT, no_wait_after=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no_scripts"])
def test_sent_while_the_connection_is_gone_then_back_and_sent_again(form, scripts):
    page = form(scripts=scripts)
    fill(page)
    page.context.set_offline(True)
    press(page)
    assert Contact.objects.count() == 0

    page.context.set_offline(False)
    page.go_back()
    page.wait_for_selector("#id_summary")
    if not scripts and page.input_value("#id_summary") == "":
        fill(page)  # a browser that restores nothing: the address still names the same form
    assert page.input_value("#id_summary") == SAID
    assert page.input_value("#id_need1_text") == WANTS
    page.click(SENT)
    page.wait_for_url("**?recorded=1")

    nothing_is_lost()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no_scripts"])
def test_sent_whole_but_the_answer_is_lost_then_sent_again(form, scripts):
    page = form(scripts=scripts)
    address = page.url
    fill(page)

    def swallow(route):
        if route.request.method == "POST" and "/draft/" not in route.request.url:
            route.fetch(max_redirects=0)
            return route.abort("connectionreset")
        return route.continue_()

    page.route("**/*", swallow)
    press(page)
    page.unroute("**/*")
    assert Contact.objects.count() == 1

    page.goto(address)
    page.wait_for_url("**?recorded=1")
    assert "没有重复" in page.inner_text("main")
    page.goto(address.split("?")[0])
    page.wait_for_selector("#id_summary")
    assert page.input_value("#id_summary") == ""  # the next visit begins empty
    nothing_is_lost()
    assert not Draft.objects.exists()


def test_what_was_typed_waits_on_the_phone_when_it_is_closed_without_a_connection(form):
    page = form()
    address = page.url.split("?")[0]
    page.context.set_offline(True)
    fill(page)
    page.wait_for_selector("text=先存在这台手机上", timeout=9000)
    page.context.set_offline(False)
    page.goto(address)

    assert page.input_value("#id_summary") == SAID
    page.click(SENT)
    page.wait_for_url("**?recorded=1")
    nothing_is_lost()
