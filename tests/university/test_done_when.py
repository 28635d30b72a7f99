"""Enrolment from end to end, as its people see it: on a phone in 长辈版, for a father, at the desk; a draw; papers."""

import datetime as dt
import subprocess
import sys
import uuid
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from apps.people.models import Person
from apps.signups.models import Round, SignUp
from apps.signups.services.rounds import save_round
from apps.signups.services.tickets import apply
from apps.university.models import ClassGroup, Enrolment
from apps.university.services.completion import decide_completion
from tests.browser import cookie_of, needs_chromium, pages_of, violations, width_of
from tests.builders import make_person, make_school, make_user
from tests.family import make_family
from tests.messaging.conftest import add_phone
from tests.university.desk_world import HOME
from tests.university.life import Life
from tests.university.open_classes import open_class, open_round

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), needs_chromium]

A4 = {(595, 842), (842, 595)}
CALLER, NEIGHBOUR = "13900123048", "13900123049"


class Town:
    """One school, its clerk, a family, and who rings up. `calligraphy` has one place, `painting` ten."""

    def __init__(self, visit, url: str):
        self.visit, self.url = visit, url
        self.family = make_family(timezone.localdate())
        Person.objects.filter(pk=self.family.cadre.pk).update(birth_date="1944-03-02")
        add_phone(self.family.cadre.person, "13900000009")
        self.school = make_school(unit=self.family.cadre.managing_unit)
        self.clerk = make_user("daxue", role="university_clerk", unit=self.school.unit, display_name="叶秋云")
        self.calligraphy = open_class(self.school, course_name="书法", fee=120, capacity=1)
        self.painting = open_class(self.school, course_name="国画", weekday=4, capacity=10)
        for name, phone in (("王桂兰", CALLER), ("赵德明", NEIGHBOUR)):
            add_phone(make_person(name, birth_date="1955-02-03"), phone)

    def phone_of(self, user, display="standard.18", *, scripts=True):
        page = self.visit("/", display, 375, scripts)
        page.context.add_cookies([cookie_of(user, self.url)])
        page.goto(self.url)
        return page

    def desk(self):
        page = self.visit("/help/", width=1366)
        page.context.add_cookies([cookie_of(self.clerk, self.url)])
        return page


@pytest.fixture
def town(visit, live_server):
    return Town(visit, live_server.url)


def sign_papers(page) -> None:
    for box in page.locator("main form [type=checkbox]").all():
        box.check()
    if page.query_selector("[name=health]"):
        page.check("[name=health] >> nth=0")
    page.click("main button >> text=下一步")


def enrol_himself(town) -> None:
    """In large letters, on a phone, without scripts, from the front page; a page gone back to does not enrol twice."""
    page = town.phone_of(town.family.own, "elder.24", scripts=False)
    page.click("text=老年大学")
    page.locator("li, article, .card", has_text="书法").get_by_text("看看这个班").first.click()
    page.click("main >> text=我要报名")
    page.click("main button >> text=下一步")
    assert "还有几处要改" in page.inner_text("main")
    sign_papers(page)
    assert "139****0009" in page.inner_text("main")
    page.click("text=对，就打这个")
    assert "第 3 步，共 3 步" in page.inner_text("main")
    page.click("main button >> text=确定报名")
    assert page.inner_text("h1") == "已录取"
    assert page.query_selector("a[href^='tel:']")
    assert width_of(page) <= 375
    page.go_back()
    assert page.inner_text("h1") == "已录取"
    assert "不用再报" in page.inner_text("main")
    assert SignUp.objects.get().state == "seated"


def daughter_enrols_him(town) -> None:
    """From her account, and every page says for whom; undone, it is as if it had not been."""
    page = town.phone_of(town.family.daughter)
    page.goto(f"{town.url}/me/classes/join/{town.painting.public_id}/")
    if page.locator("button[name=person]").count():
        page.click("button[name=person]")
    assert "您在替 李德厚 报名" in page.inner_text("body")
    if "身体和安全" in page.inner_text("h1"):
        sign_papers(page)
    page.click("main .card a.btn >> nth=0")
    assert "您代报" in page.inner_text("main")
    page.click("main button >> text=确定报名")
    assert page.inner_text("h1") == "已录取"
    row = SignUp.objects.get(offering=town.painting.offering)
    assert (row.person_id, row.entered_by) == (town.family.cadre.pk, town.family.daughter)
    assert "女儿李晓梅代报" in page.inner_text("main")
    page.click("main a >> text=撤销这次报名")
    page.click("main button >> text=撤销报名")
    assert "已撤销" in page.inner_text("h1")


def clerk_enrols(town, page, phone: str) -> SignUp:
    """For somebody on the telephone: his number, the number of the class, read out, confirmed."""
    page.goto(town.url + HOME)
    page.fill("[name=box]", phone)
    page.press("[name=box]", "Enter")
    page.wait_for_selector("#id_class")
    page.fill("#id_class", str(town.calligraphy.pk))
    page.press("#id_class", "Enter")
    page.wait_for_selector("[name=way]")
    page.check("[name=way][value=phone]")
    page.click("main button >> text=确认报名")
    page.wait_for_selector(".desk-state")
    assert "电话代报：叶秋云" in page.inner_text("main")
    return SignUp.objects.latest("pk")


def hand_the_seat_on(town, page, leaving: SignUp, first: SignUp, second: SignUp) -> None:
    """He withdraws; the place is kept for who asked first, who is rung up and takes it."""
    page.goto(f"{town.url}/admin/signups/signup/{leaving.pk}/withdraw/")
    page.fill("main form [name=reason]", "搬去女儿家")
    page.click("main form [type=submit]")
    page.wait_for_selector(".desk-state")
    page.goto(f"{town.url}/admin/signups/offer/")
    assert "王桂兰" in page.inner_text("main")
    assert "赵德明" not in page.inner_text("main")
    page.click("text=记结果")
    page.check("[name=way][value=phone]")
    page.check("[name=outcome][value=takes]")
    page.click("main form button >> text=保存")
    page.wait_for_load_state()
    states = [SignUp.objects.get(pk=row.pk).state for row in (leaving, first, second)]
    assert states == ["left", "seated", "waiting"]


def prints_on_a4(page, address: str, *words: str) -> None:
    page.goto(address)
    for word in words:
        assert word in page.inner_text("body"), (address, word)
    page.emulate_media(media="print")
    printed = pages_of(page.pdf(prefer_css_page_size=True))
    assert printed, address
    assert set(printed) <= A4, (address, printed)
    page.emulate_media(media="screen")


def test_three_ways_into_a_class_and_the_seat_goes_to_who_is_next(town):
    enrol_himself(town)
    daughter_enrols_him(town)
    desk = town.desk()
    caller, neighbour = (clerk_enrols(town, desk, phone) for phone in (CALLER, NEIGHBOUR))
    assert (caller.state, neighbour.state) == ("waiting", "waiting")
    desk.goto(f"{town.url}/admin/signups/signup/{caller.pk}/change/")
    assert "第1位候补" in desk.inner_text("main")
    own = SignUp.objects.get(offering=town.calligraphy.offering, person=town.family.cadre.pk)
    hand_the_seat_on(town, desk, own, caller, neighbour)
    papers = f"{town.url}/admin/signups/signup/class/{town.calligraphy.pk}/print/"
    for which in ("roster", "sign"):
        prints_on_a4(desk, f"{papers}?which={which}", "王桂兰")
        assert "李德厚" not in desk.inner_text("body")


def test_a_draw_is_held_published_and_verified_by_a_stranger(town, tmp_path):
    now, hour = timezone.now(), dt.timedelta(hours=1)
    drawn = open_class(town.school, mode="lottery", course_name="声乐", weekday=2, capacity=2)
    round = save_round(
        open_round(town.school.unit, draws_at=now + 30 * hour, draws_where="礼堂"), [drawn.offering], actor=None
    )
    for name in ("甲同", "乙同", "丙同", "丁同", "戊同"):
        person = make_person(name, birth_date="1955-02-03")
        apply(round, [person], [drawn.offering], source="web", actor=None, now=now, form_key=uuid.uuid4())
    Round.objects.filter(pk=round.pk).update(closes_at=now - hour)
    desk = town.desk()
    take_step(desk, town.url, round, "封存名单")
    take_step(desk, town.url, round, "登记现场抽取的数并抽签", number="0427", again="0427", witnesses="王桂兰、赵德明")
    take_step(desk, town.url, round, "公布结果")

    stranger = town.visit(reverse("university:draw", args=[round.public_id]), width=375)
    assert width_of(stranger) <= 375
    assert violations(stranger) == []
    assert "甲同" not in stranger.content()
    files = [str(saved(stranger, words, tmp_path)) for words in ("下载名单", "下载结果", "下载复核小程序")]
    said = StringIO()
    call_command("draw", "--verify", *files[:2], stdout=said)
    alone = subprocess.run([sys.executable, files[2], *files[:2]], capture_output=True, text=True, timeout=30)

    assert "一致：5 张抽签表" in said.getvalue()
    assert (alone.returncode, "一致" in alone.stdout) == (0, True), alone.stderr
    assert Enrolment.objects.filter(class_group=drawn).count() == 2
    round.refresh_from_db()
    assert all(word in stranger.inner_text("main") for word in (round.list_hash, round.secret_hash, "0427"))
    for name in ("witness", "paper"):
        prints_on_a4(desk, town.url + reverse(f"admin:signups_round_{name}", args=[round.pk]), "抽签")


def take_step(page, url: str, round, label: str, **values) -> None:
    page.goto(url + reverse("admin:signups_round_change", args=[round.pk]))
    page.get_by_role("link", name=label).click()
    page.wait_for_selector("main form button[name=go]")
    for name, value in values.items():
        page.fill(f"main form [name={name}]", value)
    with page.expect_navigation():
        page.click("main form button[name=go]")
    assert not page.locator("[data-error-summary]").count(), page.inner_text("main")


def saved(page, words: str, folder):
    with page.expect_download() as waiting:
        page.click(f"text={words}")
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_papers_of_a_class_that_ends_print_on_a4(visit, live_server):
    life = Life()
    ClassGroup.objects.filter(pk=life.group.pk).update(state="running")
    page = visit("/help/", width=1366)
    page.context.add_cookies([cookie_of(life.clerk, live_server.url)])
    first = life.group.sessions.order_by("number").first()
    sheet = reverse("admin:university_sessionact_sheet", args=[first.pk])
    prints_on_a4(page, live_server.url + sheet, "张三丰", "李四光")
    wanted = dict(zip([row.pk for row in life.rows], ("done", "short", "done"), strict=True))
    decide_completion(life.group, wanted, actor=life.clerk, on=dt.date(2026, 11, 2))
    address = reverse("admin:university_certificate_print_class", args=[life.group.pk])

    prints_on_a4(page, live_server.url + address, "张三丰", "王五", "结业")

    assert "李四光" not in page.inner_text("body")
