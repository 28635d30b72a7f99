"""The pages in a real Chromium: axe, sizes, reflow, keyboard, without scripts, under the strict policy.

The figures are those of trust C3: text 16 (18) px and more, targets 44 (60) px and more, no sideways scrolling
from 320 px, in the standard version and in 长辈版, in the normal and in the error state.
"""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import sync_playwright

from apps.accounts import cards, phone_logins
from apps.people.models import PersonAccount
from tests.builders import LONG_AGO, make_cadre, make_unit, make_user
from tests.messaging.conftest import add_phone

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="需要 Chromium：apt-get install chromium fonts-noto-cjk"),
]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
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
FACES = [("standard.18", 1280), ("standard.18", 320), ("elder.24", 1280), ("elder.36", 320)]
AXE_FACES = {FACES[0], FACES[3]}  # the two ends; the measures run on all four

SMALLEST_TEXT = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let least = 999;
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() && holder.getClientRects().length)
      least = Math.min(least, parseFloat(getComputedStyle(holder).fontSize));
  }
  return least;
}"""
# A tick box is pressed by its label as well: the taller of the two is the target.
SMALL_TARGETS = """(least) => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]
  .filter((e) => e.getClientRects().length && !e.classList.contains('skip'))
  .filter((e) => !(e.tagName === 'A' && getComputedStyle(e).display === 'inline'))
  .filter((e) => Math.max(...[e, ...(/checkbox|radio/.test(e.type) ? e.labels : [])]
    .map((part) => part.getBoundingClientRect().height)) < least)
  .map((e) => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def chromium():
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps a loop running in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(chromium, live_server):
    """visit(path, display, width, scripts) -> page; complaints of the browser are in page.complaints."""
    contexts = []

    def open_page(path, display="standard.18", width=1280, scripts=True):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale="zh-CN", java_script_enabled=scripts
        )
        contexts.append(context)
        context.add_cookies([{"name": "display", "value": display, "url": live_server.url}])
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
        page.goto(live_server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def violations(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{item['id']}: {item['nodes'][0]['html'][:120]}" for item in found]


@pytest.mark.parametrize(("display", "width"), FACES)
def test_public_pages_pass_axe_and_the_measures(visit, display, width):
    elder = display.startswith("elder")
    for path in PAGES:
        page = visit(path, display, width)

        complaints = [line for line in page.complaints if "404" not in line]
        assert complaints == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
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
    assert page.evaluate("document.documentElement.scrollWidth") <= width
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
    assert page.evaluate("document.documentElement.scrollWidth") <= width
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
    assert page.evaluate("document.documentElement.scrollWidth") <= width
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
    for path in PAGES:
        assert visit(path, "elder.24", 320, scripts=False).query_selector("a[href='tel:00000000000']"), path


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


@pytest.mark.parametrize("width", [1280, 375])
def test_every_page_of_the_staff_menu_passes_axe_under_the_policy(clerk_page, width):
    page = clerk_page(width)
    base = page.url.split("/admin/")[0]

    paths = page.eval_on_selector_all(".side-nav a", "links => links.map((link) => link.getAttribute('href'))")

    assert "/admin/" in paths
    for path in paths:
        page.complaints.clear()
        page.goto(base + path)
        assert page.complaints == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert "严禁处理、存储、传输国家秘密" in page.inner_text("body")
        assert violations(page) == [], path
