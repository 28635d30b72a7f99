"""The pages in a real Chromium: axe, sizes, reflow, keyboard, without scripts, under the strict policy.

In the standard version and in 长辈版, in the normal and in the error state.
"""

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts import cards, phone_logins
from apps.accounts.models import User
from apps.people.models import PersonAccount
from tests.browser import AXE_FACES, FACES, SMALL_TARGETS, SMALLEST_TEXT, needs_chromium, violations, width_of
from tests.builders import LONG_AGO, make_cadre, make_unit, make_user
from tests.messaging.conftest import add_phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), needs_chromium]
PAGES = [
    "/",
    "/courses/",
    "/activities/",
    "/help/",
    "/privacy/",
    "/accessibility/",
    "/map/",
    "/display/",
    "/account/login/",
    "/account/phone/",
    "/account/phone/code/",
    "/account/card/never-issued/",
    "/no-such-page/",
]


@pytest.mark.parametrize(("display", "width"), FACES)
def test_public_pages_pass_axe_and_the_measures(visit, display, width):
    elder = display.startswith("elder")
    page = visit("/", display, width)
    base = page.url.rstrip("/")
    for path in PAGES:
        page.complaints.clear()
        page.goto(base + path)

        complaints = [line for line in page.complaints if "404" not in line]
        assert complaints == [], path
        assert width_of(page) <= width, path
        assert page.evaluate(SMALLEST_TEXT) >= (18 if elder else 16), path
        assert page.evaluate(SMALL_TARGETS, 60 if elder else 44) == [], path
        if (display, width) in AXE_FACES:
            assert violations(page) == [], path


@pytest.mark.parametrize(("display", "width"), FACES)
def test_refused_sign_in_passes_axe_and_has_the_focus_on_the_summary(visit, display, width):
    page = visit("/account/login/", display, width)

    page.click("main button[type=submit]")
    page.wait_for_selector("[data-error-summary]")

    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    assert width_of(page) <= width
    assert violations(page) == []
    page.click("[data-error-summary] a")
    assert page.evaluate("document.activeElement.id") == "id_login"


@pytest.mark.parametrize(("display", "width"), AXE_FACES)
def test_doors_without_a_password_pass_axe_in_error_and_after(visit, display, width):
    """No number, a wrong code, a card's digits, and the page of remembered phones."""
    person = make_cadre("李德厚", unit=make_unit()).person
    add_phone(person, "13900000009")
    user = make_user("70001", display_name="李德厚", is_staff=False, password=None)
    PersonAccount.objects.create(user=user, person=person, starts_on=LONG_AGO)
    phone_logins.open_phone_login(user, phone_logins.phone_hash("13900000009"), actor=None)
    _, token = cards.issue(user, "2580", actor=None, on=timezone.localdate())
    page = visit("/account/phone/", display, width)

    page.click("main button[type=submit]")
    page.wait_for_selector("[data-error-summary]")
    assert violations(page) == []
    page.fill("[name=phone]", "139 0000 0009")
    page.click("main button[name=call]")
    page.wait_for_selector("[name=code]")
    page.fill("[name=code]", "000000")
    page.click("main form.card button")
    page.wait_for_selector("[data-error-summary]")
    assert width_of(page) <= width
    assert page.evaluate(SMALL_TARGETS, 60 if display.startswith("elder") else 44) == []
    assert violations(page) == []
    page.goto(page.url.split("/account/")[0] + f"/account/card/{token}/")
    assert violations(page) == []
    page.fill("[name=digits]", "2580")
    page.check("[name=remember]")
    page.click("main form.card button")
    page.wait_for_load_state()
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + "/account/devices/")
    assert "取消这一部" in page.inner_text("main")
    assert width_of(page) <= width
    assert violations(page) == []


def test_first_tab_leads_past_the_header(visit):
    page = visit("/help/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_elder_version_is_one_press_away_without_scripts(visit):
    page = visit("/help/", scripts=False)

    page.click("text=长辈版 >> nth=0")

    assert page.url.endswith("/help/")
    assert "elder" in page.get_attribute("html", "class")


def test_old_people_reach_the_bureau_from_every_page_without_scripts(visit):
    page = visit("/", "elder.24", 320, scripts=False)
    base = page.url.rstrip("/")
    for path in PAGES:
        page.goto(base + path)
        assert page.query_selector("a[href='tel:00000000000']"), path


PASSWORD = "correct horse 马 9A"


@pytest.fixture
def clerk_page(visit):
    make_user("20011", role="clerk", unit=make_unit(), password=PASSWORD)

    def sign_in(width):
        page = visit("/account/login/?next=/admin/", width=width)
        page.fill("[name=login]", "20011")
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url("**/admin/")
        return page

    return sign_in


def first_of_each_template(username: str, paths: list[str]) -> list[str]:
    """One page of each template out of many; each of them answers."""
    asking = Client()
    asking.force_login(User.objects.get(username=username))
    found = {}
    for path in paths:
        answer = asking.get(path)
        assert answer.status_code == 200, path
        assert "严禁处理、存储、传输国家秘密" in answer.content.decode(), path
        found.setdefault(answer.templates[0].name, path)
    return list(found.values())


@pytest.mark.parametrize("width", [1280, 375])
def test_pages_of_the_staff_menu_pass_axe_under_the_policy(clerk_page, width):
    page = clerk_page(width)
    base = page.url.split("/admin/")[0]

    paths = page.eval_on_selector_all(".side-nav a", "links => links.map((link) => link.getAttribute('href'))")

    assert "/admin/" in paths
    for path in first_of_each_template("20011", paths):
        page.complaints.clear()
        page.goto(base + path)
        assert page.complaints == [], path
        assert width_of(page) <= width, path
        assert violations(page) == [], path
