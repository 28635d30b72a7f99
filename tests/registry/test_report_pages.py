"""Pages of the monthly reports as a liaison and a clerk meet them."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.common.models import AuditEntry
from apps.organisation.models import RuleSet
from apps.people.models import Person
from apps.registry.models import Cadre, LifeEvent, ReportLine, UnitReport
from apps.registry.reporting import months
from tests.builders import LONG_AGO, make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/registry/unitreport/"


@pytest.fixture
def city():
    # Open at any day of the month, so that these tests hold whenever they run.
    RuleSet.objects.create(kind="unit_reports", effective_from=LONG_AGO, document_no="1号", values={"opens_day": 1})
    return make_unit()


@pytest.fixture
def school(city):
    return make_unit("云江市教育局", parent=city)


@pytest.fixture
def cadre(school):
    return make_cadre("李德厚", unit=school)


@pytest.fixture
def month():
    return months.month_of(timezone.localdate())


@pytest.fixture
def liaison(client, school, cadre, settings):
    settings.SECOND_FACTOR = "optional"
    client.force_login(make_user("lianluo", role="liaison", unit=school))
    return client


@pytest.fixture
def clerk(city, school, cadre, settings):
    settings.SECOND_FACTOR = "optional"
    browser = Client()
    browser.force_login(make_user("jingban", role="clerk", unit=city))
    return browser


def page_of(unit, month, kind=""):
    return f"{LIST}unit/{unit.pk}/?month={month:%Y-%m}" + (f"&kind={kind}" if kind else "")


def test_no_change_in_one_click_and_back_again(liaison, school, month):
    listed = liaison.get(LIST).content.decode()
    assert "本月无变动" in listed

    data = {"act": "no_change", "unit": school.pk, "month": f"{month:%Y-%m}"}
    shown = liaison.post(LIST, data, follow=True).content.decode()
    assert "已报无变动" in shown
    assert "撤回" in shown
    liaison.post(LIST, {**data, "act": "undo"})
    assert UnitReport.objects.get().state == "draft"


def test_a_liaison_sees_only_his_units(liaison, city, month):
    other = make_unit("云江市卫生局", parent=city)
    make_cadre("金丝雀", unit=other)

    assert "卫生局" not in liaison.get(LIST).content.decode()
    assert liaison.get(page_of(other, month)).status_code == 404
    assert liaison.post(page_of(other, month), {"act": "no_change"}).status_code == 404
    assert liaison.post(LIST, {"act": "no_change", "unit": other.pk, "month": f"{month:%Y-%m}"}).status_code == 404


def test_a_death_is_told_by_name(liaison, school, cadre, month):
    url = page_of(school, month, "died")
    assert "离世时间" in liaison.get(url).content.decode()
    told = {"act": "add", "kind": "died", "name": " 李德厚 ", "happened_on": f"{month:%Y-%m}-01", "detail": "家属来电"}
    shown = liaison.post(url, told, follow=True).content.decode()

    assert "待核实" in shown
    assert "家属来电" in shown
    assert LifeEvent.objects.get().state == "reported"
    assert Person.objects.get(pk=cadre.pk).life_status == "reported"


def test_of_two_with_one_name_the_form_asks_which(liaison, school, cadre, month):
    twin = make_cadre("李德厚", unit=school, birth_date="1940-01-01")
    told = {"act": "add", "kind": "other", "name": "李德厚", "happened_on": f"{month:%Y-%m}", "detail": "去儿子家"}
    url = page_of(school, month, "other")
    asked = liaison.post(url, told)
    assert asked.status_code == 422
    assert "1940年1月1日" in asked.content.decode()

    liaison.post(url, {**told, "which": twin.pk})
    assert LifeEvent.objects.get().person_id == twin.pk


@pytest.mark.parametrize(
    "over",
    [
        {"name": "查无此人"},
        {"name": "李\x00德"},
        {"name": ""},
        {"happened_on": "2999-01-01"},
        {"happened_on": "胡说"},
        {"happened_on": "1900-01"},
        {"detail": "长" * 600},
        {"kind": "nonsense"},
        {"which": "999999999999999999999"},
    ],
)
def test_hostile_input_is_answered_and_writes_nothing(liaison, school, month, over):
    told = {"act": "add", "kind": "died", "name": "李德厚", "happened_on": f"{month:%Y-%m}-01", **over}
    answer = liaison.post(page_of(school, month), told)

    assert answer.status_code in {302, 404, 422, 200}
    if over != {"which": "999999999999999999999"}:
        assert not LifeEvent.objects.exists()


@pytest.mark.parametrize("text", ["2026-13", "x", "0001-01", "9999-12", "2026-1'; --"])
def test_a_nonsense_month_is_not_found(liaison, text):
    assert liaison.get(LIST, {"month": text}).status_code == 404


def test_a_clerk_enters_for_him_gives_back_and_asks(clerk, school, month):
    data = {"act": "no_change", "unit": school.pk, "month": f"{month:%Y-%m}"}
    assert "代录" in clerk.post(LIST, data, follow=True).content.decode()
    shown = clerk.post(page_of(school, month), {"act": "return", "reason": "漏了一位"}, follow=True).content.decode()
    assert "漏了一位" in shown

    previous = months.shifted(month, -1)
    answer = clerk.post(LIST, {"act": "ask", "unit": school.pk, "month": f"{previous:%Y-%m}"}, follow=True)
    assert "还没有联络员账号" in answer.content.decode()


def test_a_liaison_may_neither_ask_nor_give_back(liaison, school, month):
    assert liaison.post(LIST, {"act": "ask", "unit": school.pk, "month": f"{month:%Y-%m}"}).status_code == 403
    assert liaison.post(LIST, {"act": "ask_all"}).status_code == 403
    assert liaison.post(page_of(school, month), {"act": "return", "reason": "x"}).status_code == 403


def test_a_newly_retired_person_is_added_from_the_report(liaison, clerk, school, month):
    told = {
        "act": "add", "kind": "retired", "new_name": "张建国", "happened_on": f"{month:%Y-%m}", "birth_date": "1949-12",
        "citizen_id": "11010519491231002X", "post": "科长",
    }  # fmt: skip
    shown = liaison.post(page_of(school, month, "retired"), told, follow=True).content.decode()
    assert "待登记" in shown
    assert "11010519491231002X" not in shown
    line = ReportLine.objects.get()
    assert "张建国" in clerk.get(f"{LIST}newcomers/").content.decode()

    add = f"/admin/registry/cadre/add/?line={line.pk}"
    form = clerk.get(add)
    assert "11010519491231002X" not in form.content.decode()
    values = {
        name: value
        for name, value in form.context["adminform"].form.initial.items()
        if value not in (None, "", []) and not isinstance(value, bool)
    }
    values |= {"sex": "2", "birthday_leap_policy": "normal", "reach_by": "mobile"}
    done = clerk.post(add, {name: str(value) for name, value in values.items()})

    assert done.status_code == 302, done.context["adminform"].form.errors
    added = Cadre.objects.get(person__name="张建国")
    assert (added.managing_unit_id, added.former_post, added.person.citizen_id) == (
        school.pk, "科长", "11010519491231002X",
    )  # fmt: skip
    assert ReportLine.objects.get().state == "added"
    assert clerk.post(add, {name: str(value) for name, value in values.items()}).status_code != 500


def test_a_newcomer_may_be_turned_down_with_a_reason(clerk, school, month):
    report = UnitReport.objects.create(unit=school, month=month)
    line = ReportLine.objects.create(report=report, kind="retired", state="waiting", name="张建国", happened_on="2026")
    url = f"{LIST}newcomers/"

    assert clerk.post(url, {"line": line.pk, "reason": ""}).status_code == 422
    clerk.post(url, {"line": line.pk, "reason": "在省里登记"})
    assert ReportLine.objects.get().state == "rejected"
    assert clerk.post(url, {"line": "9" * 30}).status_code == 404


def test_words_about_health_show_to_who_told_them_and_who_may_see_health(liaison, clerk, school, month):
    told = {"act": "add", "kind": "admitted", "name": "李德厚", "happened_on": f"{month:%Y-%m}-01", "detail": "心脏"}
    liaison.post(page_of(school, month, "admitted"), told)
    other = make_user("lianluo2", role="liaison", unit=school)
    clerk_sees = clerk.get(page_of(school, month)).content.decode()
    liaison.force_login(other)
    other_sees = liaison.get(page_of(school, month)).content.decode()

    assert "心脏" in clerk_sees
    assert "心脏" not in other_sees
    assert AuditEntry.objects.filter(action="open", fields=["unit_report"]).exists()


def test_home_page_tells_the_clerk_and_the_liaison(liaison, clerk, school):
    RuleSet.objects.filter(kind="unit_reports").update(
        values={"opens_day": 1, "first_month": f"{months.shifted(months.month_of(timezone.localdate()), -3)}"}
    )
    assert "未报变动的单位" in clerk.get("/admin/").content.decode()
    assert "没有变动也要报" in liaison.get("/admin/").content.decode()


def test_the_list_costs_the_same_for_one_unit_and_for_ten(clerk, city):
    def cost():
        clerk.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            clerk.get(LIST)
        return len(queries)

    one = cost()
    for number in range(10):
        unit = make_unit(f"单位{number}", parent=city)
        make_cadre(f"人{number}", unit=unit)
        UnitReport.objects.create(
            unit=unit, month=dt.date(2026, 1, 1), state="sent", sent_on=dt.date(2026, 2, 1), due_on=dt.date(2026, 2, 5)
        )

    assert cost() == one
