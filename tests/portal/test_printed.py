"""Sheets in a real Chromium: how many A4 pages, nothing cut, the grid by keyboard, readable at 375 px."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.ledgers.models import CareAssignment, Duty
from apps.ledgers.queries.sheets import due_duties, due_people
from apps.ledgers.services import make_sheet
from apps.people.models import Phone
from apps.registry.models import Cadre
from tests.browser import cookie_of, needs_chromium, pages_of, width_of
from tests.builders import make_cadre, make_unit, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), needs_chromium]
LINES = 30
# Width of the page between its margins, in CSS pixels: what print media is laid out in.
LANDSCAPE = round(273 / 25.4 * 96)
CUT = """() => [...document.querySelectorAll('.list td, .list th, .label')]
  .filter((e) => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
  .map((e) => e.textContent.trim().slice(0, 40))"""


@pytest.fixture
def sheet(transactional_db):
    """Thirty people with long names, units and words, one of them with everything that a row can say."""
    unit = make_unit("云江市住房和城乡建设委员会离退休干部工作处")
    clerk = make_user("clerk", role="clerk", unit=unit)
    today = timezone.localdate()
    for number in range(LINES):
        cadre = make_cadre(
            f"古丽米热·艾比布力{number}", unit=unit, residence=f"云江市南河区朝阳路{number}号老干部公寓三栋二单元",
            reach_answers="老伴", reach_hours="上午九点以后、午睡以前", hard_of_hearing=True, dialect="潮汕话",
        )  # fmt: skip
        for place in range(2):
            Phone.objects.create(
                person=cadre.person, kind="mobile", number=f"1390000{number:02}{place:02}", whose="女儿",
                number_index=uuid.uuid4().bytes, last4_index=b"l",
            )  # fmt: skip
        for kind in ("veteran_call", "risk_contact", "focus_contact"):
            Duty.objects.create(
                cadre=cadre, kind=kind, period_start=today - dt.timedelta(20), due_on=today,
                period_end=today + dt.timedelta(10),
            )  # fmt: skip
        CareAssignment.objects.create(cadre=cadre, carer=clerk, starts_on=today - dt.timedelta(90))
    duties = due_duties(Cadre.objects.all(), until=today, on=today, calls_only=True)
    people = due_people(duties, on=today, order="due")
    return make_sheet(people, carer=clerk, actor=clerk, on=today, until=today, order="due", form_key=uuid.uuid4())


@pytest.fixture
def opened(sheet, live_server, visit):
    tab = visit("/help/", width=1366)
    tab.context.add_cookies([cookie_of(sheet.carer, live_server.url)])
    tab.complaints.clear()
    return tab


def test_call_sheet_is_a4_with_nothing_cut(opened, live_server, sheet):
    opened.goto(live_server.url + reverse("admin:ledgers_callsheet_print", args=[sheet.pk]))
    assert opened.complaints == []
    assert opened.locator("button[data-print]").is_visible()
    printed = pages_of(opened.pdf(prefer_css_page_size=True))
    opened.emulate_media(media="print")
    opened.set_viewport_size({"width": LANDSCAPE, "height": 700})

    assert set(printed) == {(842, 595)}
    assert 3 <= len(printed) <= 6
    assert opened.evaluate(CUT) == []
    assert width_of(opened) <= LANDSCAPE
    assert not opened.locator(".bar").is_visible()


def test_labels_fill_whole_sheets_and_nothing_is_cut(opened, live_server, sheet):
    keys = ",".join(str(line.cadre_id) for line in sheet.lines.all())
    for grid, count in (("l3x7", 2), ("l2x7", 3), ("l3x8", 2), ("l2x4", 4)):
        opened.goto(live_server.url + reverse("admin:registry_cadre_labels") + f"?pk={keys}")
        opened.select_option("[name=grid]", grid)
        opened.fill("[name=reason]", "寄慰问信")
        opened.click("main button[type=submit]")
        opened.wait_for_load_state()
        assert pages_of(opened.pdf(prefer_css_page_size=True)) == [(595, 842)] * count, grid
        assert opened.evaluate(CUT) == [], grid
    assert opened.complaints == []


def test_grid_goes_down_a_column_by_enter_and_saves(opened, live_server, sheet):
    opened.goto(live_server.url + reverse("admin:ledgers_callsheet_enter", args=[sheet.pk]))
    opened.select_option("[name=r1-outcome]", "answered")
    opened.focus("[name=r1-summary]")
    opened.keyboard.type("精神好")
    opened.keyboard.press("Enter")
    opened.keyboard.type("第二行")
    assert opened.input_value("[name=r2-summary]") == "第二行"
    opened.click("main button[type=submit]:not([name])")
    opened.wait_for_load_state()

    assert opened.complaints == [
        "Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)"
    ]
    assert "录入了 1 位" in opened.inner_text("body")
    assert opened.input_value("[name=r2-summary]") == "第二行"


def test_sheet_and_grid_fit_a_phone(opened, live_server, sheet):
    opened.set_viewport_size({"width": 375, "height": 800})
    for name in ("print", "enter"):
        opened.goto(live_server.url + reverse(f"admin:ledgers_callsheet_{name}", args=[sheet.pk]))
        assert width_of(opened) <= 375, name
