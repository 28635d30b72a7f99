"""一人一策 from a new name on a roster to a death undone again, in the running portal: browser, web, worker, beat.

One old comrade, 高龄 and 独居. The steps stand in the order of the work; each looks at the page it has brought about.
"""

import io
import json
import shutil

import pytest
from PIL import Image

from apps.portal.demo.accounts import DEMO_PASSWORD
from tests.portal.test_main_job import wait_while

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.process,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="需要 Chromium：apt-get install chromium fonts-noto-cjk"),
]
BRANCH = "云江市南河1第一党支部"
ACT = "main form button[name=save]"
WISH = "楼道没有扶手，上下楼不方便"
SAID = "精神不错，一个人住，想装扶手"
CARDS = "2580"
# What a life event can close or open, row by row: what a death and its undoing are compared by.
STANDING = """
import json
from django.apps import apps
from pghistory.models import Event
left_out = {"version", "updated_at"}
found = {}
for model in apps.get_models():
    fields = model._meta.concrete_fields
    if not issubclass(model, Event) and any(field.name == "closed_by_event" for field in fields):
        columns = [field.attname for field in fields if field.name not in left_out]
        found[model._meta.label] = sorted(str(row) for row in model._base_manager.values_list(*columns))
print(json.dumps(found))
"""
# 公示 takes working days: they pass.
WEEKS_PASS = """
import datetime
from django.db.models import F
from apps.ledgers.models import AidNotice
past = datetime.timedelta(days=21)
AidNotice.objects.order_by("-pk")[:1].get()
last = AidNotice.objects.latest("pk")
AidNotice.objects.filter(pk=last.pk).update(starts_on=F("starts_on") - past, ends_on=F("ends_on") - past)
"""


class Portal:
    """The running portal as its people see it: one browser, a context each."""

    def __init__(self, browser, base: str, stack):
        self.browser, self.base, self.stack = browser, base, stack

    def staff(self, username: str, width: int = 1366):
        page = self.browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN").new_page()
        page.goto(f"{self.base}/account/login/?next=/admin/")
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", DEMO_PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/admin/")
        return page

    def secretary(self):
        """On his phone, by the card of the demo."""
        page = self.browser.new_context(viewport={"width": 375, "height": 740}, locale="zh-CN").new_page()
        page.goto(f"{self.base}/account/card/demo-shuji/")
        page.fill("input[name=digits]", CARDS)
        page.click("main form button[type=submit]")
        page.wait_for_url("**/branch/**")
        return page

    def run(self, script: str) -> str:
        done = self.stack.manage("shell", "-v", "0", "-c", script)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""

    def standing(self) -> dict:
        return json.loads(self.run(STANDING))


def fill(page, values: dict) -> None:
    """Type into the fields of the act on the page, by name."""
    for name, value in values.items():
        page.fill(f"main form [name={name}]", value)


def does(page, url: str, values: dict | None = None, *, chosen: dict | None = None) -> str:
    """Open a one-form act, answer it, save; returns what the page afterwards says."""
    page.goto(url)
    fill(page, values or {})
    for name, value in (chosen or {}).items():
        page.locator(f"main form [name={name}][value='{value}']").check()
    page.click(ACT)
    page.wait_for_load_state()
    assert not page.locator("[data-error-summary]").count(), page.inner_text("[data-error-summary]")
    return page.inner_text("main")


def photo(colour: str) -> dict:
    kept = io.BytesIO()
    Image.new("RGB", (1200, 900), colour).save(kept, "JPEG")
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


# The steps --------------------------------------------------------------------------------------------------------


def import_one(page, base: str, path, name: str) -> str:
    """The roster in; the address of his page."""
    page.goto(f"{base}/admin/registry/importbatch/add/")
    page.set_input_files("input[type=file]", str(path))
    page.click("form[enctype] button[type=submit]")
    wait_while(page, "正在")
    page.get_by_role("button", name="导入 1 人").click()
    wait_while(page, "正在")
    assert "已导入" in page.title()
    page.goto(f"{base}/admin/registry/cadre/?q={name}")
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_load_state()
    assert name in page.inner_text("h1")
    assert "独居" in page.inner_text(".tags")
    return page.url
