"""Volunteering from end to end, as its people see it: from a need in the ledger to a passbook on paper; a school's talk
in the figures of the campaign; a leader who sees his own team and no other.

The portal's clock is the story's: days pass when it is told so.
"""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.common.models import AuditEntry
from apps.ledgers.models import Measure, Need
from apps.messaging.models import Message
from apps.people.choices import ProxyScope
from apps.people.models import Person
from apps.people.services import save_person
from apps.volunteers.models import (
    CareConfirmation,
    Entry,
    Hold,
    Lecturer,
    Project,
    ServiceRecord,
    ServiceRequest,
    TalkCampaign,
    TalkTopic,
    Transfer,
    Turn,
)
from apps.volunteers.queries.bank import ledger_sum
from apps.volunteers.queries.sign_codes import code_of
from apps.volunteers.services import ledger
from tests.browser import cookie_of, needs_chromium, pages_of, violations, width_of
from tests.builders import LONG_AGO, make_user
from tests.family import grant_to, make_relative

from .bank_world import stands
from .builders import at, make_team, make_volunteer
from .help_world import account_of, make_help_world
from .shift_world import World as Shifts

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), needs_chromium]

MONDAY, WEDNESDAY, FRIDAY = at(11, 23), at(11, 25, 8, 50), at(11, 27)
A4 = {(595, 842), (842, 595)}
PHONE, DESK = 375, 1280
SAVE = "main form [type=submit] >> nth=0"
HELPER, NEIGHBOUR, MOTHER = "郑国梁", "邵丽娟", "赵秀英"

RECEIVER = "李德厚"
ACTS = {
    "need.open", "measure.add", "measure.help", "help.ask", "help.ask_volunteers", "help.answer", "shift.create",
    "signup.make", "help.see", "turn.in", "turn.out", "record.make", "help.confirm", "bank.earn", "add",
    "kinship.verify", "bank.gift", "bank.hold", "bank.spend", "bank.ask", "bank.decide", "bank.contra", "bank.passbook",
}  # fmt: skip
MESSAGES = [
    ("help.asked", HELPER), ("help.agreed", RECEIVER), ("help.confirm", RECEIVER), ("bank.earned", HELPER),
    ("bank.gift", MOTHER), ("help.asked", NEIGHBOUR), ("help.agreed", MOTHER), ("help.confirm", MOTHER),
    ("bank.spent", MOTHER), ("bank.earned", NEIGHBOUR), ("bank.corrected", MOTHER),
]  # fmt: skip


class Story:
    """Who is in it, each with one browser at a time, and the time it is."""

    def __init__(self, visit, url: str, monkeypatch):
        self.visit, self.url, self.now = visit, url, MONDAY
        monkeypatch.setattr(timezone, "now", lambda: self.now)
        self.world = make_help_world()

    def page_of(self, user, width=PHONE):
        page = self.visit("/robots.txt", width=width)
        page.set_default_timeout(8_000)
        page.context.add_cookies([cookie_of(user, self.url)])
        return page

    def goes(self, page, path: str, *words: str) -> str:
        """Open a page of the portal; it fits the screen and says these words."""
        page.goto(path if path.startswith("http") else self.url + path)
        return reads(page, *words)


@pytest.fixture
def story(visit, live_server, monkeypatch):
    return Story(visit, live_server.url, monkeypatch)


def reads(page, *words: str) -> str:
    text = page.inner_text("body")
    for word in words:
        assert word in text, (page.url, word, text[:600])
    assert width_of(page) <= page.viewport_size["width"], page.url
    return text


def press(page, selector: str, *words: str) -> str:
    """Press what leads to another page; it says these words."""
    with page.expect_navigation():
        page.click(selector)
    return reads(page, *words)


def link(words: str, nth: int = 0) -> str:
    return f"main a:has-text('{words}') >> nth={nth}"


def button(words: str) -> str:
    return f"main button:has-text('{words}') >> nth=0"


def fill(page, **values: str) -> None:
    for name, value in values.items():
        page.fill(f"main form [name={name}]", value)


# The need, the volunteer, the day -----------------------------------------------------------------------------------


def ask_from_the_need(story, desk) -> ServiceRequest:
    """陪诊 in the ledger; in one press to volunteers, who are proposed with the reason, and asked."""
    cadre = story.world.receiver.cadre
    story.goes(desk, f"{reverse('admin:ledgers_need_add')}?cadre={cadre.pk}", "登记需求")
    desk.select_option("[name=category]", "medical")
    fill(desk, description="周三去市第一人民医院复查，要人陪诊")
    press(desk, SAVE, "定办法")
    press(desk, link("请志愿者帮忙"), "请志愿者帮忙：李德厚")
    assert desk.input_value("[name=service]") == "hospital"
    fill(desk, on="2026-11-20", place="市第一人民医院门诊大厅")
    press(desk, SAVE, "这个时间已经过了")
    fill(desk, on="2026-11-25")
    press(desk, SAVE, "已登记，找到 1 位合适的志愿者", HELPER, "住同一个社区", "愿意做陪诊陪护", "周三上午有空")
    press(desk, link("问志愿者"), "排在前面的只是这次更合适")
    press(desk, SAVE, "已问 1 位", "等答复")
    story.goes(desk, f"/admin/ledgers/serviceplan/person/{cadre.pk}/", "请志愿者：陪诊陪护", "正在请志愿者")
    assert (Need.objects.count(), Measure.objects.count()) == (1, 1)
    return ServiceRequest.objects.get()


def he_says_yes(story, phone) -> Turn:
    """On his own page; the name and the place are his only afterwards, and the day stands among what is to come."""
    story.goes(phone, "/me/")
    press(phone, link("看一看"), "陪诊陪护")
    text = press(phone, link("看一看"), "11月25日（星期三）")
    assert "李德厚" not in text
    press(phone, button("愿意"), "谢谢您答应帮忙", "李德厚", "市第一人民医院门诊大厅")
    story.goes(phone, "/me/volunteer/", "接下来的", "陪诊陪护", "您答应了")
    return Turn.objects.get()


def he_signs_in_and_out(story, phone, turn: Turn) -> None:
    """By the code on the sheet; minutes are entered as they were signed."""
    code = reverse("volunteers:sign_shift", args=[code_of(turn.shift)])
    story.goes(phone, code, "不是今天的班次")
    story.now = WEDNESDAY
    phone.context.add_cookies([cookie_of(story.helper, story.url)])
    story.goes(phone, code, "我来了，签到")
    press(phone, button("签到"), "签到好了")
    story.now = WEDNESDAY + dt.timedelta(hours=1, minutes=55)
    story.goes(phone, code)
    press(phone, button("签退"), "签退好了", "还差一步")
    press(phone, link("登记服务时间"), "登记服务时间")
    assert (phone.input_value("[name=starts]"), phone.input_value("[name=ends]")) == ("8:50", "10:45")
    press(phone, SAVE, "辛苦了", "等对方确认")
    turn.refresh_from_db()
    assert (turn.came_way, turn.left_way, ServiceRecord.objects.get().minutes) == ("qr", "qr", 115)


def daughter_confirms(story, phone) -> Transfer:
    """From her account, for her father; more than was entered is refused; pressed again it stays one."""
    story.goes(phone, "/me/", "志愿者来过了吗")
    press(phone, link("请替他确认"), "来过了没有，请确认")
    press(phone, link("来过了没有"), "您在替 李德厚 确认", "1小时55分")
    fill(phone, hours="9")
    press(phone, button("来过了，确认"), "不能比它长")
    fill(phone, hours="-1")
    press(phone, button("来过了，确认"), "小时填 0 到 12")
    fill(phone, hours="1", minutes="30")
    again = phone.context.new_page()
    story.goes(again, phone.url.removeprefix(story.url), "来过了吗")
    press(phone, button("来过了，确认"), "已确认 1小时30分")
    press(again, button("来过了，确认"), "已确认", "1小时30分（家属")
    made = CareConfirmation.objects.get()
    assert (made.minutes, made.confirmed_as, made.confirmed_by) == (90, "family", story.daughter)
    assert stands(story.helper_person) == (90, 0)
    return Transfer.objects.get()


# Minutes: given, spent, put right, on paper -------------------------------------------------------------------------


def staff_verify_his_mother(story, desk) -> Person:
    """She is in no register: entered and verified in one form, from the household book."""
    story.goes(desk, f"{reverse('admin:volunteers_account_changelist')}?q={HELPER}")
    press(desk, "#result_list tbody a >> nth=0", "1小时30分")
    press(desk, link("核实亲属"), "核实亲属")
    press(desk, link("登记新的亲属"), "登记新的亲属")
    fill(desk, name=MOTHER, birth_date="1936-04-16", residence="河滨路2号", proof="户口簿")
    desk.select_option("[name=relation]", "50")
    press(desk, SAVE, "要先得到他本人同意")
    desk.check("[name=agreed]")
    press(desk, SAVE, "可以互相赠送", MOTHER)
    return Person.objects.get(name=MOTHER)


def he_gives(story, phone) -> None:
    """In two steps; gone back to and pressed again it is given once."""
    story.goes(phone, "/me/bank/", "1小时30分")
    press(phone, link("送给家里人"), MOTHER)
    press(phone, SAVE, "这一项要填")
    phone.check("[name=minutes][value='60']")
    press(phone, SAVE, "请再看一遍", f"把 1小时 送给{MOTHER}")
    press(phone, button("确定"), "已经送出", f"送给{MOTHER}")
    phone.go_back()
    reads(phone, "已经办好了，没有再办一遍")
    assert Transfer.objects.filter(kind="gift").count() == 1
    assert stands(story.helper_person) == (30, 0)


def she_asks_with_her_minutes(story, phone) -> ServiceRequest:
    """Four screens from her account: an hour is set aside. What she has not got is refused in a sentence."""
    story.goes(phone, "/me/bank/", "1小时", f"{HELPER}送来")
    press(phone, link("用时间请人帮忙"), "想请人帮什么忙")
    phone.check("[name=service][value=company]")
    press(phone, SAVE, "哪一天")
    phone.check("[name=day] >> nth=1")
    press(phone, SAVE, "几点来")
    phone.check("[name=length][value='120']")
    press(phone, SAVE, "核对一遍")
    assert phone.is_checked("[name=spends]")
    press(phone, "main form [type=submit]", "不够2小时")
    assert phone.locator("[data-error-summary]").count() == 1
    press(phone, link("改时间"), "几点来")
    phone.check("[name=length][value='60']")
    press(phone, SAVE, "核对一遍")
    press(phone, "main form [type=submit]", "已经告诉我们了", "预留了1小时")
    assert stands(story.mother) == (60, 60)
    return ServiceRequest.objects.get(receiver=story.mother)


def staff_find_somebody(story, desk, request: ServiceRequest) -> None:
    """By telephone: asked, willing, came for three quarters of an hour."""
    page = reverse("admin:volunteers_servicerequest_change", args=[request.pk])
    story.goes(desk, page, "用他存的时间币", NEIGHBOUR)
    press(desk, link("问志愿者"))
    press(desk, SAVE, "已问")
    row = desk.locator("tr", has_text=NEIGHBOUR)
    with desk.expect_navigation():
        row.get_by_text("登记答复").click()
    desk.check("[name=yes][value=yes]")
    press(desk, SAVE, "已登记他愿意", "已有人答应")
    story.now = FRIDAY + dt.timedelta(hours=3)
    story.goes(story.desk(), page)
    desk = story.clerk_page
    press(desk, link("登记服务"), NEIGHBOUR)
    fill(desk, ends="9:45")
    press(desk, SAVE, "已登记，请求助的同志确认")


def she_confirms(story, phone) -> None:
    """What was held is taken for what was served, the rest is hers again."""
    story.goes(phone, "/me/help/", "来过了没有，请确认")
    press(phone, link("来过了没有"), NEIGHBOUR)
    press(phone, button("来过了，确认"), "已确认 45分", "用了45分")
    hold = Hold.objects.get()
    assert (hold.state, hold.captured, stands(story.mother)) == ("captured", 45, (15, 0))


def put_right_by_two(story, desk, head) -> None:
    """One proposes a contra entry and cannot decide it; a colleague does."""
    spent = Transfer.objects.get(kind="spend")
    story.goes(desk, reverse("admin:volunteers_transfer_change", args=[spent.pk]), "合计为 0")
    press(desk, link("提出更正"), "记一笔相反的")
    press(desk, SAVE, "这一项要填")
    fill(desk, reason="记错了人，不是她请的")
    press(desk, SAVE, "更正已提出，等复核")
    press(desk, link("更正已提出"), "等复核")
    approval = desk.url
    assert desk.query_selector(link("同意")) is None
    story.goes(head, approval, "记错了人")
    press(head, link("同意"), "45分")
    press(head, SAVE, "已同意")
    assert stands(story.mother) == (60, 0)
    assert ledger_sum() == 0


def prints_her_passbook(story, phone) -> None:
    """A4, every line in plain words, and the sums are right."""
    story.goes(phone, "/me/bank/", "1小时")
    with phone.expect_navigation():
        phone.click(link("存折"))
    said = (
        "时间存折", MOTHER, f"{HELPER}送来", "11月27日请人陪伴聊天", "（已更正）", "记错了人，不是她请的",
        "上年结转 0分", "本年存入 1小时", "本年用掉、送出 45分", "更正 +45分", "余额 1小时", "校验码",
    )  # fmt: skip
    text = phone.inner_text("body")
    for words in said:
        assert words in text, (words, text)
    phone.emulate_media(media="print")
    printed = pages_of(phone.pdf(prefer_css_page_size=True))
    assert printed
    assert set(printed) <= A4


def test_from_a_need_in_the_ledger_to_her_passbook(story):
    world = story.world
    ledger.open_bank(world.unit, "云江市时间银行", on=LONG_AGO, actor=None, phone="0700-8800900")
    story.helper_person = world.volunteer(HELPER).person
    save_person(story.helper_person, sealed={})  # so that he is found by his name
    story.helper = account_of(story.helper_person, "helper")
    story.daughter = make_user("daughter", is_staff=False)
    relative = make_relative(world.receiver.cadre, "李晓梅")
    grant_to(relative, [ProxyScope.ENROL], clerk=world.clerk, user=story.daughter, today=story.now.date())
    story.head = make_user("kezhang", role="section_head", unit=world.unit)
    story.clerk_page = None

    def desk():
        story.clerk_page = story.page_of(world.clerk, DESK)
        return story.clerk_page

    story.desk = desk
    request = ask_from_the_need(story, desk())
    phone = story.page_of(story.helper)
    turn = he_says_yes(story, phone)
    he_signs_in_and_out(story, phone, turn)
    daughter_confirms(story, story.page_of(story.daughter))
    request.refresh_from_db()
    assert request.state == "ok"
    story.mother = staff_verify_his_mother(story, desk())
    make_volunteer(
        NEIGHBOUR, team=world.team, wishes=["company"], community=world.community,
        times=[(number, part) for number in range(1, 8) for part in ("am", "pm")],
    )  # fmt: skip
    he_gives(story, phone)
    hers = story.page_of(account_of(story.mother, "mother"))
    own = she_asks_with_her_minutes(story, hers)
    staff_find_somebody(story, story.clerk_page, own)
    hers = story.page_of(story.mother.accounts.get().user)
    she_confirms(story, hers)
    put_right_by_two(story, story.desk(), story.page_of(story.head, DESK))
    assert violations(hers) == []
    prints_her_passbook(story, hers)
    left_behind(story)


def left_behind(story) -> None:
    """Each act stands in the audit, each message in the outbox, each entry in the ledger, once."""
    done = set(AuditEntry.objects.values_list("action", flat=True))
    assert done >= ACTS, ACTS - done
    seen = AuditEntry.objects.filter(action="help.see", actor_id=story.helper.pk).first()
    assert seen.subjects.get().person_id == story.world.receiver.pk
    confirmed = AuditEntry.objects.filter(action="help.confirm", actor_id=story.daughter.pk)
    assert confirmed.count() == 1
    told = sorted(Message.objects.filter(person__isnull=False).values_list("template", "person__name"))
    assert told == sorted(MESSAGES)
    assert Entry.objects.count() == 2 * Transfer.objects.count() == 10


# A school's talk, a leader's team ------------------------------------------------------------------------------------


def test_a_school_books_a_talk_and_600_pupils_are_counted(story):
    unit = story.world.unit
    topic = TalkTopic.objects.create(unit=unit, title="长征路上的故事", minutes=60)
    TalkCampaign.objects.create(
        unit=unit, name="百千万宣讲", starts_on="2026-01-01", ends_on="2027-01-01", audience=10_000, is_public=True
    )
    team = make_team("宣讲团", unit=unit, kind="talks")
    speaker = make_volunteer(HELPER, team=team, times=[(4, "am")])
    Lecturer.objects.create(volunteer=speaker, team=team, joined_on="2020-01-01").topics.add(topic)
    school = story.visit("/volunteers/talks/", width=PHONE)
    press(school, link("预约一场宣讲"), "预约一场宣讲")
    fill(school, host="市第三中学", place="学校报告厅", contact="吕老师", phone="0700-8812345")
    fill(school, expected="-5", first="2026-11-24")
    press(school, SAVE, "不能小于1")
    fill(school, expected="650")
    press(school, SAVE, "太近了")
    school.fill("[name=first]", "2026-12-03")
    school.select_option("[name=topic]", label=topic.title)
    school.select_option("[name=part]", "am")
    assert "吕老师" not in press(school, SAVE, "预约收到了", "市第三中学")
    booked = school.url
    desk = story.page_of(story.world.clerk, DESK)
    story.goes(desk, reverse("admin:volunteers_talkbooking_changelist"), "等安排")
    press(desk, "#result_list tbody a >> nth=0", "吕老师")
    press(desk, link("找宣讲员"), HELPER, "能讲这个题目")
    press(desk, "main >> text=问他 >> nth=0")
    press(desk, SAVE, "已经在问")
    press(desk, link("登记答复"), "百千万宣讲")
    desk.check("[name=answer][value=yes]")
    press(desk, SAVE, "安排好了")
    talk = desk.url
    assert desk.query_selector(link("登记人数")) is None
    story.goes(school, booked.removeprefix(story.url), "12月3日")
    story.now = at(12, 3, 11)
    desk = story.page_of(story.world.clerk, DESK)
    story.goes(desk, talk)
    press(desk, link("登记人数"))
    fill(desk, audience="600")
    press(desk, SAVE, "已讲", "600 人次")
    story.goes(school, "/volunteers/talks/", "1场", "600人次，目标 10,000人次，完成 6%")


def test_a_leader_sees_his_team_only(story):
    own, other = (
        Shifts("南河银龄志愿服务队", unit=story.world.unit),
        Shifts("北山红耆志愿服务队", unit=story.world.unit),
    )
    for world, name in ((own, "谢秋霞"), (other, "龙门阵")):
        volunteer = world.volunteer(name)
        world.shift(now=story.now, on=dt.date(2026, 11, 28))
        world.record(volunteer, on=dt.date(2026, 11, 21), now=story.now)
    Project.objects.filter(team=other.team).update(name="别队的护林")
    phone = story.page_of(own.chief)
    story.goes(phone, "/me/volunteer/")
    press(phone, link("我带的队"), own.team.name)
    home = phone.url.removeprefix(story.url)
    for part in ("", "shifts/", "records/", "requests/", "members/", "plan/"):
        text = story.goes(phone, home + part)
        assert not [word for word in (other.team.name, "龙门阵", "别队的护林") if word in text], part
        theirs = home.replace(str(own.team.public_id), str(other.team.public_id)) + part
        assert phone.goto(story.url + theirs).status == 404, theirs
    assert phone.goto(f"{story.url}/admin/volunteers/team/").status != 200 or "/admin/login" in phone.url
