"""一人一策 from a new name on a roster to a death undone again, in the running portal: browser, web, worker, beat.

One old comrade, 高龄 and 独居. The steps stand in the order of the work; each looks at the page it has brought about.
"""

import io
import json
import re

import pytest
from PIL import Image

from tests.browser import needs_chromium
from tests.portal.ledger_roster import write_one
from tests.portal.walking import sign_in, wait_while

pytestmark = [pytest.mark.process, pytest.mark.browser, pytest.mark.xdist_group("city"), needs_chromium]
BRANCH = "云江市南河1第一党支部"
ACT = "main form button[name=save]"
WISH = "楼道没有扶手，上下楼不方便"
SAID = "精神不错，一个人住，想装扶手"
CARDS = "2580"
NAME = "彭珍芳"  # whom `write_one` invents
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
        rows = model._base_manager.values_list("pk", *columns)
        found[model._meta.label] = {
            row[0]: str([bytes(cell) if isinstance(cell, memoryview) else cell for cell in row[1:]]) for row in rows
        }
print(json.dumps(found))
"""
# 公示 takes working days: they pass.
WEEKS_PASS = """
import datetime
from django.db.models import F
from apps.ledgers.models import AidNotice
past = datetime.timedelta(days=21)
last = AidNotice.objects.latest("pk")
AidNotice.objects.filter(pk=last.pk).update(starts_on=F("starts_on") - past, ends_on=F("ends_on") - past)
"""


class Portal:
    """The running portal as its people see it: one browser, a context each."""

    def __init__(self, browser, base: str, stack):
        self.browser, self.base, self.stack = browser, base, stack
        self.contexts = []

    def new_page(self, width: int, height: int):
        self.contexts.append(self.browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN"))
        return self.contexts[-1].new_page()

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def staff(self, username: str, width: int = 1366):
        page = self.new_page(width, 900)
        page.set_default_timeout(20_000)
        sign_in(page, self.base, username)
        return page

    def secretary(self):
        """On his phone, by the card of the demo."""
        page = self.new_page(375, 740)
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


def does(page, url: str, values: dict | None = None, *, chosen=None, picked=None, file: dict | None = None) -> str:
    """Open a one-form act, answer it (`chosen`: radios, `picked`: from lists), save; what the page afterwards says."""
    page.goto(url)
    fill(page, values or {})
    for name, value in (chosen or {}).items():
        page.locator(f"main form [name={name}][value='{value}']").check()
    for name, value in (picked or {}).items():
        page.select_option(f"main form [name={name}]", value)
    if file:
        page.set_input_files("input[type=file]", file)
    with page.expect_navigation():
        page.click(ACT)
    assert not page.locator("[data-error-summary]").count(), page.inner_text("[data-error-summary]")
    return page.inner_text("main")


def photo(colour: str) -> dict:
    kept = io.BytesIO()
    Image.new("RGB", (1200, 900), colour).save(kept, "JPEG")
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


# The steps --------------------------------------------------------------------------------------------------------


def import_one(page, base: str, path) -> int:
    """The roster in; the number of his page."""
    page.goto(f"{base}/admin/registry/importbatch/add/")
    page.set_input_files("input[type=file]", str(path))
    page.click("form[enctype] button[type=submit]")
    wait_while(page, "正在")
    page.get_by_role("button", name="导入 1 人").click()
    wait_while(page, "正在")
    assert "已导入" in page.title()
    page.goto(f"{base}/admin/registry/cadre/?q={NAME}")
    page.locator("#result_list a[href*='/cadre/']").first.click()
    page.wait_for_load_state()
    assert NAME in page.inner_text("h1")
    assert "独居" in page.inner_text(".tags")
    return int(re.search(r"/cadre/(\d+)/", page.url)[1])


def join_branch(page, base: str, pk: int, branch: str) -> None:
    page.goto(f"{base}/admin/branches/membership/add/?person={pk}&organisation={branch}&starts_on=2026-01-01")
    page.locator(".submit-row input").first.click()
    page.wait_for_url("**/change/**")


def assess_and_decide_tier(page, base: str, pk: int) -> None:
    """The assessment proposes a tier with its reasons; a person decides."""
    told = does(
        page, f"{base}/admin/ledgers/assessment/add/?cadre={pk}",
        {"assessed_on": "2026-11-02", "assessor": "云江市第二医院", "score": "70"},
        picked={"living": "alone"},
    )  # fmt: skip
    assert "轻度失能" in told
    page.goto(f"{base}/admin/ledgers/tieradvice/?q={NAME}")
    page.locator("#result_list a[href*='/tieradvice/']").first.click()
    page.wait_for_load_state()
    assert "90 岁以上、独居" in page.inner_text("main")
    page.get_by_role("button", name="确定").click()
    page.wait_for_load_state()
    assert "定为一级" in page.inner_text("body")


def make_plan(page, base: str, pk: int) -> str:
    """The plan of the year; the address of its page."""
    page.goto(f"{base}/admin/ledgers/serviceplan/person/{pk}/")
    page.click("main form[action*=make] button")
    page.wait_for_load_state()
    assert "情况摘要" in page.inner_text("main")
    return page.url


def edit_together(one, other) -> None:
    """Two at the same plan: the second sees what the first wrote before his own stands."""
    one.get_by_role("link", name="修改摘要和愿望").click()
    one.wait_for_load_state()
    other.goto(one.url)
    other.fill("[name=summary]", "独居，要常去看")
    other.locator(".submit-row input").first.click()
    other.wait_for_url("**/person/**")
    one.fill("[name=summary]", "一个人住三楼")
    one.locator(".submit-row input").first.click()
    one.wait_for_load_state()
    assert "刚被别人改过" in one.inner_text("main")
    assert "独居，要常去看" in one.inner_text("main")
    assert one.input_value("[name=summary]") == "一个人住三楼"
    one.fill("[name=summary]", "独居，要常去看；一个人住三楼")
    one.locator(".submit-row input").first.click()
    one.wait_for_url("**/person/**")
    assert "独居，要常去看；一个人住三楼" in one.inner_text("main")


def pair(page, base: str, pk: int) -> None:
    page.goto(f"{base}/admin/registry/cadre/carers/?pk={pk}")
    page.get_by_label("周晓岚").check()
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"**/cadre/{pk}/change/**")
    assert "周晓岚（自" in page.inner_text("main")


def visit_with_a_broken_connection(phone) -> None:
    """The form went out, its answer was lost; opened again, it says that it was kept, and nothing is doubled."""
    phone.goto(f"{phone.url.rstrip('/')}/members/?q={NAME}")
    phone.click("a.row-link")
    phone.click("text=记走访")
    phone.wait_for_selector("#id_summary")
    address = phone.url
    phone.check("[name=method][value=home]")
    phone.fill("#id_summary", SAID)
    phone.select_option("#id_need1_category", "home")
    phone.fill("#id_need1_text", WISH)

    def swallow(route):
        if route.request.method == "POST" and "/draft/" not in route.request.url:
            route.fetch(max_redirects=0)
            return route.abort("connectionreset")
        return route.continue_()

    phone.route("**/*", swallow)
    with phone.expect_event("requestfailed", lambda request: request.method == "POST"):
        phone.click("button.wide[type=submit]", no_wait_after=True)
    phone.unroute("**/*")
    phone.goto(address)
    phone.wait_for_url("**?recorded=1")
    assert "没有重复" in phone.inner_text("main")


def promise(page, plan: str) -> None:
    """The need stands in the plan once; a measure is promised for it."""
    page.goto(plan)
    assert page.inner_text("main").count(WISH) == 1
    page.get_by_role("link", name="定办法").click()
    page.wait_for_load_state()
    does(page, page.url, {"what": "装楼道和卫生间扶手", "due_on": "2026-12-20"})
    assert "装楼道和卫生间扶手" in page.inner_text("main")


def adapt_home(page, base: str, pk: int) -> None:
    """From survey to acceptance with photos of both sides and his answer; the measure is kept by it."""
    page.goto(f"{base}/admin/ledgers/homeadaptation/add/?cadre={pk}")
    page.select_option("main form [name=measure]", index=1)
    fill(page, {"asked_on": "2026-11-03", "wish": WISH})
    page.click(ACT)
    page.wait_for_url("**/change/")
    case = page.url
    root = case.removesuffix("change/")
    page.goto(f"{root}items/")
    page.select_option("[name=l0-item]", index=1)
    fill(page, {"l0-place": "楼道", "l0-number": "2", "l0-price": "300"})
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/change/")
    add_photo(page, root, "before", "red")
    does(page, f"{root}survey/", {"surveyed_on": "2026-11-04", "surveyor": "周晓岚"})
    does(page, f"{root}quote/", {"quoted_on": "2026-11-05", "contractor": "云江安居工程队", "subsidy": "600"})
    does(page, f"{root}works/", {"works_from": "2026-11-06", "works_until": "2026-11-07"})
    add_photo(page, root, "after", "green")
    does(page, f"{root}accept/", {"accepted_on": "2026-11-08", "acceptor": "周晓岚", "paid": "600"})
    told = does(page, f"{root}ask/", {"replied_on": "2026-11-09"}, chosen={"satisfaction": "good"})
    assert "已办结" in told
    assert page.locator(".photos img").count() == 2
    for image in page.locator(".photos img").all():
        image.scroll_into_view_if_needed()  # they load when they come near
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())


def add_photo(page, root: str, side: str, colour: str) -> None:
    page.goto(f"{root}photos/")
    page.check(f"[name=side][value={side}]")
    page.set_input_files("input[type=file]", photo(colour))
    page.click(ACT)
    page.wait_for_url("**/change/")


def close_need(page, plan: str) -> None:
    """Asked by telephone whether it is well now."""
    page.goto(plan)
    page.get_by_role("link", name="回访办结").click()
    page.wait_for_load_state()
    told = does(page, page.url, {"summary": "扶手装得牢"}, chosen={"satisfaction": "good", "method": "phone"})
    assert "满意" in told


def pay_aid(clerk, head, portal, base: str, pk: int) -> None:
    """Application, verification, stamp, review; the meeting by a second person; notice, payment, receipt."""
    clerk.goto(f"{base}/admin/ledgers/aidapplication/add/?cadre={pk}")
    for name, value in (("applicant", "self"), ("kind", "medical"), ("help", "cash")):
        clerk.check(f"main form [name={name}][value={value}]")
    clerk.locator("main form [name=situations]").first.check()
    fill(clerk, {"statement": "自费药多，一个人过", "requested": "3000"})
    clerk.click(ACT)
    clerk.wait_for_url("**/change/")
    case = clerk.url
    act = f"{case.removesuffix('change/')}act"
    does(clerk, f"{act}/verify/", {"verifiers": "周晓岚、李德厚", "findings": "情况属实"})
    clerk.goto(f"{case.removesuffix('change/')}print/")  # the form goes out to be stamped, and comes back as a scan
    does(clerk, f"{act}/sign/", {"signer": "王主任"}, file=photo("white"))
    does(clerk, f"{act}/review/", {"proposed": "3000", "opinion": "建议帮扶"})
    head.goto(f"{base}/admin/ledgers/fundyear/")
    head.locator("#result_list a[href*='/fundyear/']").first.click()
    head.wait_for_load_state()
    fund, left = head.url.split("?")[0], money_left(head)
    head.get_by_role("link", name="上会审批").click()
    head.wait_for_load_state()
    fill(head, {"minutes_no": "局务会〔2026〕99号", "others": "孙立群、钱进、赵国强"})
    row = head.locator("table.grid tbody tr", has_text=NAME)
    row.locator("select").first.select_option("grant")
    head.locator("main form button.btn").first.click()
    head.wait_for_url(f"{fund}**")
    assert money_left(head) == left - 3000
    clerk.goto(fund)
    clerk.get_by_role("link", name="开始公示").click()
    clerk.wait_for_load_state()
    clerk.locator("main form button.btn").first.click()
    clerk.wait_for_url("**/notices/**")
    assert NAME in clerk.inner_text("main")
    portal.run(WEEKS_PASS)
    clerk.goto(fund)
    clerk.locator("main").get_by_role("link", name="发放", exact=True).click()
    clerk.wait_for_selector("[name=method]")
    clerk.select_option("[name=method]", "cash")
    clerk.locator("main form button.btn").first.click()
    clerk.wait_for_url(lambda url: not url.endswith("/pay/"))
    told = does(clerk, f"{act}/receive/", {"receiver": NAME})
    assert "已办：登记签收" in told or "办结" in told


def money_left(page) -> int:
    text = page.locator(".num", has_text="还剩").inner_text()
    return int(re.sub(r"[^0-9]", "", text.split("还剩")[1]))


def sheets_of(page) -> int:
    """How many A4 pages the page prints on."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4", prefer_css_page_size=True)))


def print_plan(page, plan: str) -> None:
    page.goto(plan)
    page.get_by_role("link", name="打印台账（两页）").click()
    page.wait_for_load_state()
    assert sheets_of(page) == 2
    for words in (NAME, "独居", "装楼道和卫生间扶手", "签"):
        assert words in page.inner_text("body")


def want_more(page, base: str, pk: int) -> None:
    """Something is open when he dies."""
    url = f"{base}/admin/ledgers/need/add/?cadre={pk}"
    does(page, url, {"description": "想请人送午饭"}, picked={"category": "meals"})


def changed(before: dict, after: dict) -> list:
    """Rows that are not as they were; new ones are what came of it."""
    return [
        (table, key, row, after[table].get(key))
        for table, rows in before.items()
        for key, row in rows.items()
        if after[table].get(key) != row
    ]


def dies_and_lives(page, portal, base: str, pk: int, plan: str) -> None:
    """A death ends it all, told by mistake; undone, every row stands as before."""
    before = portal.standing()  # table → key → row, as text
    page.goto(f"{base}/admin/registry/cadre/{pk}/event/")
    page.select_option("[name=kind]", "died")
    page.fill("[name=happened_on]", "2026-11-20")
    page.locator("main form [type=submit]").first.click()
    page.wait_for_load_state()
    assert changed(before, portal.standing())
    page.goto(plan)
    assert "人员变动，已结束" in page.inner_text("body")
    page.goto(f"{base}/admin/registry/lifeevent/?state=confirmed")
    page.locator("#result_list tbody tr", has_text=NAME).locator("a[href*='/lifeevent/']").first.click()
    page.wait_for_load_state()
    page.fill("[name=reason]", "认错了人，本人健在")
    page.click("button[value=undo]")
    page.wait_for_load_state()
    assert "已撤销" in page.inner_text("body")
    lost = changed(before, portal.standing())
    assert lost == [], lost


def test_one_person_from_the_roster_to_a_death_undone(city, chromium, tmp_path):
    write_one(tmp_path / "名册.xlsx")
    portal = Portal(chromium, city.base, city.stack)
    walk(portal, tmp_path / "名册.xlsx")
    portal.close()


def walk(portal: Portal, roster) -> None:
    clerk, head = portal.staff("jingban"), portal.staff("kezhang")
    base = portal.base
    pk = import_one(clerk, base, roster)
    phone = portal.secretary()
    branch = portal.run(f"from apps.branches.models import Organisation as O; print(O.objects.get(name='{BRANCH}').pk)")
    join_branch(clerk, base, pk, branch)
    assess_and_decide_tier(clerk, base, pk)
    plan = make_plan(clerk, base, pk)
    edit_together(clerk, head)
    pair(clerk, base, pk)
    visit_with_a_broken_connection(phone)
    promise(clerk, plan)
    adapt_home(clerk, base, pk)
    close_need(clerk, plan)
    pay_aid(clerk, head, portal, base, pk)
    print_plan(clerk, plan)
    want_more(clerk, base, pk)
    dies_and_lives(clerk, portal, base, pk, plan)
