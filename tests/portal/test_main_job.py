"""The main job as a clerk does it: the roster in by the browser, tiers and carers for a group, reminders out by beat.

Everything is real: web, worker, beat, Postgres, Valkey, a browser. The figures of large rosters are `bin/bench`'s.
"""

import json

import openpyxl
import pytest

from apps.portal.demo.people import Inventor
from apps.portal.demo.places import unit_tree
from apps.portal.demo.roster_file import write_roster
from tests.browser import needs_chromium
from tests.portal.walking import sign_in, wait_while

pytestmark = [pytest.mark.process, pytest.mark.browser, pytest.mark.xdist_group("city"), needs_chromium]
PEOPLE = 80
FIRST_ROW = 5
ID_COLUMN = 6
COUNTS = """
import json
from apps.ledgers.models import CareAssignment, CareTier, Duty
from apps.messaging.models import Message
from apps.registry.models import Cadre, ImportBatch
from apps.reminders.models import Reminder
batch = ImportBatch.objects.latest("pk")
mine = Cadre.objects.filter(imported_batch=batch)
print(json.dumps({
    "counts": batch.counts, "people": mine.count(), "tiers": CareTier.objects.filter(cadre__in=mine).count(),
    "cared_for": CareAssignment.objects.filter(cadre__in=mine, ends_on=None).count(),
    "duties": Duty.objects.filter(cadre__in=mine).count(),
    "reminders": Reminder.objects.filter(person__in=mine.values("pk")).count(),
    "messages": Message.objects.count(), "keys": Message.objects.values("key").distinct().count(),
}))
"""


def damaged_roster(path):
    """The template filled with invented people, four of them as Excel and haste leave them."""
    tree = unit_tree()
    people = Inventor(7, [row[0] for row in tree]).people(PEOPLE)
    write_roster(path, people, {row[0]: row[1] for row in tree})
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet.cell(FIRST_ROW, ID_COLUMN).value = 440600193602290016  # a number: Excel has lost its last digits
    wrong = sheet.cell(FIRST_ROW + 1, ID_COLUMN)
    wrong.value = wrong.value[:-1] + ("1" if wrong.value[-1] != "1" else "2")
    sheet.cell(FIRST_ROW + 3, ID_COLUMN).value = sheet.cell(FIRST_ROW + 2, ID_COLUMN).value
    book.save(path)
    return path


def upload_and_confirm(page, base: str, roster) -> str:
    """Through the import's pages; returns what the preview said."""
    page.goto(f"{base}/admin/registry/importbatch/add/")
    page.set_input_files("input[type=file]", roster)
    page.click("form[enctype] button[type=submit]")
    wait_while(page, "正在")
    page.get_by_label("退休", exact=True).check()
    page.get_by_label("按阳历（出生日期）").check()
    page.get_by_role("button", name="按这些回答检查").click()
    wait_while(page, "正在")
    preview = page.inner_text("main")
    page.get_by_role("button", name=f"导入 {PEOPLE - 4} 人").click()
    wait_while(page, "正在")
    assert "已导入" in page.title()
    return preview


def give_tiers_and_carers(page, base: str) -> None:
    """Everybody in the scope gets the suggested tier and, shared out, two carers."""
    page.goto(f"{base}/admin/registry/cadre/tier/")
    page.locator("input[name=level][value=advice]").check()
    page.fill("input[name=effective_on]", "2026-01-01")
    page.locator("main form").last.locator("button[type=submit]").last.click()
    page.goto(f"{base}/admin/registry/cadre/carers/")
    for place in (0, 1):
        page.locator("input[name=carers]").nth(place).check()
    page.fill("[name=override_reason]", "试运行")
    page.locator("main form").last.locator("button[type=submit]").last.click()


def test_roster_in_reminders_out(city, chromium, tmp_path):
    roster = damaged_roster(tmp_path / "名册.xlsx")
    page = chromium.new_page()
    sign_in(page, city.base, "jingban")
    preview = upload_and_confirm(page, city.base, str(roster))
    give_tiers_and_carers(page, city.base)
    page.close()
    first = numbers(city.stack)
    city.stack.manage("tick")
    city.stack.manage("tick")
    again = numbers(city.stack)

    assert first["counts"]["new"] == PEOPLE - 4
    assert (first["counts"]["rows"], first["counts"]["refused"]) == (PEOPLE, 4)
    for sentence in ("Excel", f"{FIRST_ROW}", "身份证"):
        assert sentence in preview
    assert first["tiers"] == first["cared_for"] > 60
    assert again["reminders"] > 0
    assert again["messages"] == again["keys"] > 0


def numbers(stack) -> dict:
    done = stack.manage("shell", "-v", "0", "-c", COUNTS)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1])
