"""看党员 and 报情况 at the desk: visits that settle, a stay in hospital that makes a duty, a death that waits."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.branches.models import Membership, Post
from apps.common.models import AuditEntry
from apps.ledgers.choices import DutyKind
from apps.ledgers.models import CareAssignment, Contact, Duty, Inquiry
from apps.messaging.models import Message
from apps.people.choices import LifeStatus
from apps.registry.choices import LifeEventKind, LifeEventState
from apps.registry.models import LifeEvent
from apps.registry.services import life
from tests.builders import make_cadre, make_member, make_organisation, make_post, make_unit, make_user

pytestmark = pytest.mark.django_db

HEAD, CARER = "xuwenbo", "carer"


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def branch(unit):
    return make_organisation("甲支部", unit=unit)


@pytest.fixture
def old(unit, branch):
    """A veteran of the branch whose carer is one of the staff."""
    cadre = make_cadre("李德厚", unit=unit, retire_type="veteran", birth_date="1933-05-02")
    make_member(cadre.person, branch)
    carer = make_user(CARER, role="clerk", unit=unit)
    CareAssignment.objects.create(cadre=cadre, carer=carer, starts_on=datetime.date(2026, 1, 1))
    make_user(HEAD, role="section_head", unit=unit)
    return cadre


@pytest.fixture
def desk(client, unit, branch, old):
    user = make_user("shuji", is_staff=False)
    secretary = make_cadre("王建国", unit=unit)
    make_member(secretary.person, branch)
    make_post(secretary.person, branch, user=user)
    client.force_login(user)
    return lambda path="": f"/branch/{branch.public_id}/{path}"


def today():
    return timezone.localdate()


def admit(client, desk, old, **over):
    values = {"happened_on": today().isoformat(), "hospital": "市一医院", **over}
    return client.post(desk(f"report/admitted/{old.person.public_id}/"), values)


def tell_death(client, desk, old, **over):
    values = {"name": "李德厚", "happened_on": today().isoformat(), "told_by": "儿子", **over}
    return client.post(desk(f"members/{old.person.public_id}/died/"), values)


def test_hospital_stay_makes_the_visit_due_and_the_visit_settles_it(client, desk, old):
    page = admit(client, desk, old)

    assert page.url == desk("report/mine/")
    duty = Duty.objects.open().get(cadre=old, kind=DutyKind.HOSPITAL)
    assert "住院" in client.get(desk()).content.decode()

    visit = {"key": "6f3c1a52-7f0e-4a5e-9d7b-0d0c4a5f1b22", "method": "hospital", "happened_on": today().isoformat()}
    told = client.post(desk(f"members/{old.person.public_id}/visit/?duty={duty.pk}"), visit, follow=True)
    assert "这次办结了" in told.content.decode()
    client.post(desk(f"members/{old.person.public_id}/visit/"), visit)
    contact = Contact.objects.get()
    assert (contact.by, contact.source, contact.entered_via) == ("branch", "branch", "branch")


def test_stay_told_twice_is_one_and_may_be_taken_back_the_same_day(client, desk, old):
    admit(client, desk, old)
    admit(client, desk, old)

    event = LifeEvent.objects.get()
    assert event.state == LifeEventState.CONFIRMED
    client.post(desk(f"report/take-back/{event.public_id}/"))
    event.refresh_from_db()
    assert event.state == LifeEventState.UNDONE
    assert not Duty.objects.open().filter(kind=DutyKind.HOSPITAL).exists()


def test_moving_changes_the_address_and_a_need_goes_to_the_carer(client, desk, old):
    client.post(
        desk(f"report/moved/{old.person.public_id}/"), {"happened_on": today().isoformat(), "address": "滨江路9号"}
    )
    old.person.refresh_from_db()
    assert old.person.residence == "滨江路9号"

    form = {"key": "6f3c1a52-7f0e-4a5e-9d7b-0d0c4a5f1b23", "subject": "06", "content": "想装扶手"}
    told = client.post(desk(f"report/need/{old.person.public_id}/"), form, follow=True)
    client.post(desk(f"report/need/{old.person.public_id}/"), form)
    need = Inquiry.objects.get()
    assert need.handler.username == CARER
    assert "在办" in told.content.decode()


def test_death_takes_two_screens_and_the_right_name(client, desk, old):
    wrong = tell_death(client, desk, old, name="李得厚")
    assert wrong.status_code == 422

    first = tell_death(client, desk, old)
    assert "李德厚同志，93 岁" in first.content.decode()
    assert not LifeEvent.objects.exists()

    assert tell_death(client, desk, old, sure="1").url == desk("report/mine/")
    assert LifeEvent.objects.get().kind == LifeEventKind.DIED


def test_reported_death_stops_reminders_and_gives_staff_a_task_but_closes_nothing(client, desk, old):
    admit(client, desk, old)
    tell_death(client, desk, old, sure="1")
    tell_death(client, desk, old, sure="1")

    old.person.refresh_from_db()
    assert old.person.life_status == LifeStatus.DEATH_REPORTED
    task = Inquiry.objects.get(subject="08")
    assert (task.due_on, task.handler.username, task.state) == (today(), CARER, "open")
    assert Message.objects.filter(template="death.reported", delivery_class="urgent").count() == 1
    home = client.get(desk()).content.decode()
    assert "李德厚" not in home
    assert Membership.objects.filter(person=old.person, ends_on=None).exists()
    assert CareAssignment.objects.open().filter(cadre=old).exists()
    assert Duty.objects.open().filter(cadre=old).exists()


def test_reported_death_of_a_committee_member_leaves_post_and_account(client, desk, old, branch):
    user = make_user("weiyuan", is_staff=False)
    make_post(old.person, branch, kind="member", user=user)

    tell_death(client, desk, old, sure="1")
    assert Post.objects.filter(person=old.person, ends_on=None).exists()
    assert type(user).objects.get(pk=user.pk).is_active


def test_death_is_taken_back_with_one_tap_and_all_goes_on(client, desk, old):
    admit(client, desk, old)
    tell_death(client, desk, old, sure="1")
    event = LifeEvent.objects.get(kind=LifeEventKind.DIED)

    client.post(desk(f"report/take-back/{event.public_id}/"))
    old.person.refresh_from_db()
    assert old.person.life_status == LifeStatus.LIVING
    assert Inquiry.objects.get(subject="08").voided_at is not None
    assert "李德厚" in client.get(desk()).content.decode()


def test_confirmed_death_is_no_more_the_reporters(client, desk, old):
    tell_death(client, desk, old, sure="1")
    event = LifeEvent.objects.get()
    life.confirm(event, actor=make_user("clerk2", role="clerk", unit=old.managing_unit))

    page = client.post(desk(f"report/take-back/{event.public_id}/"), follow=True)
    assert "工作人员已经处理了" in page.content.decode()
    old.person.refresh_from_db()
    assert old.person.life_status == LifeStatus.DECEASED
    assert "已登记" in page.content.decode()


def test_somebody_elses_report_is_not_his_to_take_back(client, desk, old, branch):
    tell_death(client, desk, old, sure="1")
    event = LifeEvent.objects.get()
    other = make_user("deputy", is_staff=False)
    make_post(make_cadre("赵六", unit=old.managing_unit).person, branch, kind="deputy", user=other)
    client.force_login(other)

    assert client.post(desk(f"report/take-back/{event.public_id}/")).status_code == 404


def test_list_finds_by_name_and_pinyin_and_narrows(client, desk, old):
    page = desk("members/")

    assert "李德厚" in client.get(page, {"q": "德厚"}).content.decode()
    assert "李德厚" not in client.get(page, {"q": "王建国"}).content.decode()
    assert "没有这样的党员" in client.get(page, {"show": "alone"}).content.decode()
    assert "按姓名或拼音找" in client.get(page, {"q": "13900001111"}).content.decode()
    admit(client, desk, old)
    assert "正在住院" in client.get(page, {"show": "hospital"}).content.decode()


def test_member_page_logs_the_look_and_tells_no_tier_no_id(client, desk, old):
    text = client.get(desk(f"members/{old.person.public_id}/")).content.decode()

    assert "93 岁" in text
    assert AuditEntry.objects.filter(action="open", target="ledgers:member").exists()
    for word in ("身份证", "服务等级", "失能", "双高期"):
        assert word not in text


def test_call_without_outcome_is_asked_for_it(client, desk, old):
    page = client.post(
        desk(f"members/{old.person.public_id}/visit/"),
        {"key": "6f3c1a52-7f0e-4a5e-9d7b-0d0c4a5f1b24", "method": "phone", "happened_on": today().isoformat()},
    )

    assert page.status_code == 422
    assert "请选电话（微信）有没有接通" in page.content.decode()


def test_one_post_leads_to_the_desk_and_two_ask_once(client, desk, branch, unit):
    assert client.get("/branch/").url == desk()
    second = make_organisation("乙支部", unit=unit)
    post = Post.objects.get(organisation=branch)
    make_post(post.person, second, kind="member", user=post.user)

    assert client.get("/branch/").url == "/branch/choose/"
    assert client.post("/branch/choose/", {"organisation": str(second.public_id)}).url == f"/branch/{second.public_id}/"
    assert client.get("/branch/").url == f"/branch/{second.public_id}/"
    assert client.post("/branch/choose/", {"organisation": "x"}).status_code == 404


def test_visitor_finds_the_door_and_an_account_without_post_a_sentence(client, db):
    assert "登录支部工作台" in client.get("/branch/").content.decode()
    client.force_login(make_user("nobody", is_staff=False))
    assert "现在没有支部职务" in client.get("/branch/").content.decode()


def test_birthday_and_home_are_said_in_sentences(client, desk, old):
    day = today() + datetime.timedelta(days=1)
    type(old.person).objects.filter(pk=old.pk).update(
        birthday_calendar="solar", birthday_month=day.month, birthday_day=day.day
    )

    text = client.get(desk()).content.decode()
    assert "李德厚同志" in text
    assert "岁生日" in text
    assert "明天" in text
    assert "王书记，您好" in text


@pytest.mark.parametrize("path", ["", "members/", "report/admitted/", "meetings/new/names/"])
def test_pages_cost_the_same_for_two_members_and_for_five(client, desk, old, branch, unit, path):
    start = {"kind": "party_day", "held_on": today().isoformat(), "said_present": 1}
    client.post(desk("meetings/new/start/"), start)
    client.get(desk(path))
    with CaptureQueriesContext(connection) as few:
        assert client.get(desk(path)).status_code == 200
    for name in ("赵六", "钱七", "孙八"):
        more = make_cadre(name, unit=unit, retire_type="veteran", birth_date="1935-01-01")
        make_member(more.person, branch)
        Duty.objects.create(
            cadre=more, kind="veteran_visit", period_start=today() - datetime.timedelta(30),
            period_end=today() + datetime.timedelta(1), due_on=today(),
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        client.get(desk(path))

    assert len(many) - len(few) <= 1
