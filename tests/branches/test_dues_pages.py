"""Dues at the desk as a secretary uses them, and the tables that come in and go out."""

import datetime as dt
import io
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.branches.models import AllowanceList, DuesBase, DuesOff, DuesPayment, DuesYear, FundEntry
from apps.branches.services import dues_uploads as uploads
from apps.branches.services.dues import HandOver, take_dues
from apps.branches.services.dues_bases import confirm_year
from apps.common.models import AuditEntry
from apps.common.workbook import read
from apps.common.workbook.writer import write_sheet
from apps.organisation.models import RuleSet
from tests.branches.dues_world import add_member, make_desk
from tests.builders import make_organisation, make_post, make_unit, make_user

pytestmark = pytest.mark.django_db
NOW = timezone.localdate()
YEAR = NOW.year


@pytest.fixture
def desk():
    return make_desk(make_organisation("南河支部", unit=make_unit()), today=NOW)


@pytest.fixture
def client(desk):
    client = Client()
    client.force_login(desk.user)
    return client


def at(desk, name, *args):
    return reverse(f"branches:{name}", args=[desk.organisation.public_id, *args])


def member(desk, name="李德厚", base="4900"):
    return add_member(desk, name, base=base, year=YEAR)


def grid(*people, **over):
    values = {"key": uuid.uuid4(), "paid_on": NOW.isoformat()}
    for person, amount in people:
        values |= {f"{person.pk}-taken": "on", f"{person.pk}-amount": amount, f"{person.pk}-method": "cash"}
    return values | over


def test_a_month_is_recorded_in_one_form_and_twice_is_once(desk, client):
    people = [member(desk, f"李{number}") for number in range(5)]
    page = client.get(at(desk, "dues_month"))
    assert page.content.decode().count('value="24.50"') == 5
    form = grid(*[(person, "24.50") for person in people[:4]])

    first = client.post(at(desk, "dues_month"), form)
    client.post(at(desk, "dues_month"), form)

    assert first.status_code == 302
    assert DuesPayment.objects.count() == 4
    assert {(row.month, row.paid) for row in DuesPayment.objects.all()} == {(NOW.replace(day=1), Decimal("24.50"))}
    assert AuditEntry.objects.filter(action="dues.take").count() == 1


def test_a_wrong_amount_is_marked_in_its_row_and_nothing_is_half_written(desk, client):
    one, other = member(desk), member(desk, "王秀兰")

    page = client.post(at(desk, "dues_month"), grid((one, "24.50"), (other, "20")))

    assert page.status_code == 422
    assert "应交 24.50 元，填的是 20" in page.content.decode()
    assert not DuesPayment.objects.exists()


def test_nobody_ticked_and_nonsense_get_a_sentence(desk, client):
    person = member(desk)

    assert "请先在“收到”一栏勾选" in client.post(at(desk, "dues_month"), grid()).content.decode()
    assert client.post(at(desk, "dues_month"), grid((person, "一百"))).status_code == 422
    for query in ("?m=9999-99", "?m=abc", "?m=2026-01&months=99", "?m=0001-01"):
        assert client.get(at(desk, "dues_month") + query).status_code == 200
    assert client.get(at(desk, "dues_ledger") + "?year=99999999").status_code == 200


def test_the_month_costs_the_same_queries_for_one_member_and_for_many(desk, client):
    def count():
        client.get(at(desk, "dues_month"))
        with CaptureQueriesContext(connection) as queries:
            client.get(at(desk, "dues_month"))
        return len(queries)

    member(desk)
    one = count()
    for number in range(4):
        member(desk, f"张{number}")
    assert count() == one


def test_january_shows_amounts_before_saving_and_saves_them(desk, client):
    person = member(desk, base=None)
    form = {f"{person.pk}-base": "4301", f"{person.pk}-source": "pay_slip"}

    preview = client.post(at(desk, "dues_year"), {**form, "preview": "1"})
    assert "21.51" in preview.content.decode()
    assert not DuesBase.objects.exists()
    assert client.post(at(desk, "dues_year"), {**form, "save": "1"}).status_code == 302
    assert DuesBase.objects.get().amount == Decimal("21.51")
    client.get(at(desk, "dues_year"))
    assert AuditEntry.objects.filter(action="dues.bases", subject_count=1).exists()
    client.post(at(desk, "dues_year"), {"confirm": "1", "decided_on": NOW.isoformat()})
    client.post(at(desk, "dues_public"))
    assert DuesYear.objects.get().published_on == NOW


def test_a_committee_member_sees_amounts_and_no_base(desk):
    person = member(desk, base="4321")
    other = make_user("weiyuan", is_staff=False)
    make_post(person, desk.organisation, user=other, kind="publicity")
    client = Client()
    client.force_login(other)

    page = client.get(at(desk, "dues_year")).content.decode()

    assert "21.61" in page
    assert "4321" not in page
    assert client.get(at(desk, "dues_change_base", person.public_id)).status_code == 404
    assert client.get(at(desk, "dues_import_template") + "?kind=bases").status_code == 404


def test_switched_off_there_is_no_page_and_no_entry_and_the_rows_stay(desk, client):
    take_dues(desk, [HandOver(member(desk).pk, (NOW.replace(day=1),))], paid_on=NOW, key=uuid.uuid4())
    home = reverse("ledgers:desk", args=[desk.organisation.public_id])
    assert at(desk, "dues") in client.get(home).content.decode()
    DuesOff.objects.create(organisation=desk.organisation, reason="上级统一收缴")

    assert client.get(at(desk, "dues")).status_code == 404
    assert client.post(at(desk, "dues_month"), grid()).status_code == 404
    assert at(desk, "dues") not in client.get(home).content.decode()
    assert DuesPayment.objects.count() == 1


def test_the_ledger_prints_and_leaves_as_a_workbook_that_can_come_back(desk, client):
    person = member(desk)
    january = dt.date(YEAR, 1, 1)
    if NOW.month <= 6:
        take_dues(desk, [HandOver(person.pk, (january,))], paid_on=NOW, key=uuid.uuid4())
    assert "签名" in client.get(at(desk, "dues_ledger_print")).content.decode()

    data = b"".join(client.get(at(desk, "dues_ledger_export")).streaming_content)

    (sheet, *_) = read(data, "台账.xlsx")
    assert sheet.rows[1][:4] == ["序号", "姓名", "每月应交", "1月"]
    assert sheet.rows[2][1] == "李德厚"
    assert AuditEntry.objects.filter(action="export", subject_count=1).exists()


def test_receipt_says_the_sum_in_capital_words_and_voiding_takes_it_back(desk, client):
    person = member(desk)
    (row,) = take_dues(desk, [HandOver(person.pk, (NOW.replace(day=1),))], paid_on=NOW, key=uuid.uuid4())

    assert "贰拾肆元伍角整" in client.get(at(desk, "dues_receipt", row.public_id)).content.decode()
    assert client.post(at(desk, "dues_void", row.public_id), {"reason": ""}).status_code == 422
    client.post(at(desk, "dues_void", row.public_id), {"reason": "记到别人名下了"})
    row.refresh_from_db()
    assert row.voided_at
    assert "记到别人名下了" in client.get(at(desk, "dues_member", person.public_id)).content.decode()


def table(header, *rows):
    stream = io.BytesIO()
    write_sheet(stream, "党费表", header, rows)
    return stream.getvalue()


def received(desk, data, table_kind="payments", **over):
    values = {"table": table_kind, "year": YEAR, "method": "cash", "source": "pay_slip", **over}
    return uploads.receive(desk, data, "党费.xlsx", **values)


def test_a_years_dues_come_in_with_a_verdict_for_each_row_and_once(desk, client):
    one, other = member(desk), member(desk, "王秀兰", base="6000")
    header = ["序号", "姓名", "每月应交", *[f"{number}月" for number in range(1, 13)]]
    month = NOW.month
    cells = ["" if number != month else 24.5 for number in range(1, 13)]
    wrong = ["" if number != month else 61 for number in range(1, 13)]
    batch = received(desk, table(
        header, [1, "李德厚", 24.5, *cells], [2, "王秀兰", 60, *wrong], [3, "没有这人", 1, *cells],
        ["", "合计", "", *cells],
    ))  # fmt: skip

    judged = uploads.judge(desk, batch)
    assert dict(judged.counts) == {"new": 1, "refused": 2}
    page = client.get(at(desk, "dues_import_batch", batch.public_id)).content.decode()
    assert "应交 60.00 元，表里是 61.00 元" in page
    assert "没有叫这个名字" in page
    assert client.post(at(desk, "dues_import_batch", batch.public_id)).status_code == 302
    client.post(at(desk, "dues_import_batch", batch.public_id))
    assert list(DuesPayment.objects.values_list("person_id", "paid")) == [(one.pk, Decimal("24.50"))]
    assert other.dues_payments.count() == 0
    again = received(desk, table(header, [1, "李德厚", 24.5, *cells]))
    assert dict(uploads.judge(desk, again).counts) == {"unchanged": 1}
    refused = client.get(at(desk, "dues_import_refused", batch.public_id))
    (sheet,) = read(b"".join(refused.streaming_content), "x.xlsx")
    assert sheet.rows[1][-1] == "错误原因"
    assert [row[1] for row in sheet.rows[2:]] == ["王秀兰", "没有这人"]


def test_bases_come_in_from_excel(desk):
    person = member(desk, base=None)
    batch = received(desk, table(["姓名", "交纳基数"], ["李 德厚", "4,301.00"]), "bases")

    assert uploads.apply(desk, batch) == 1
    assert uploads.apply(desk, batch) == 0
    assert DuesBase.objects.get(person=person).amount == Decimal("21.51")


@pytest.mark.parametrize(
    ("name", "data"),
    [("党费.xlsx", b"no workbook"), ("党费.txt", b"x"), ("空.csv", b"a,b\n1,2\n"), ("机密★.csv", b"x,1\n")],
)
def test_what_is_no_table_of_dues_gets_a_sentence(desk, client, name, data):
    file = io.BytesIO(data)
    file.name = name
    values = {"file": file, "table": "payments", "year": YEAR, "method": "cash", "source": "told"}

    assert client.post(at(desk, "dues_import"), values).status_code == 422


def test_overview_of_branches_costs_the_same_for_one_and_for_three(desk):
    clerk = make_user("clerk", role="section_head", unit=desk.organisation.unit)
    client = Client()
    client.force_login(clerk)
    address = reverse("admin:branches_duespayment_overview")

    def count():
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    member(desk)
    one = count()
    for name in ("北山支部", "东湖支部"):
        other = make_desk(make_organisation(name, unit=desk.organisation.unit), today=NOW)
        member(other, f"{name}的人")
    assert count() == one
    assert "北山支部" in client.get(address).content.decode()


def test_funds_are_set_above_and_spent_at_the_branch(desk, client):
    clerk = make_user("clerk", role="clerk", unit=desk.organisation.unit)
    staff = Client()
    staff.force_login(clerk)
    values = {"year": YEAR, "kind": "work", "amount": "1000", "received": "500", "document_no": "1号"}
    assert client.post(at(desk, "money_fund"), values).status_code == 404
    staff.post(at(desk, "money_fund"), values)
    fund = desk.organisation.funds.get()
    entry = {"key": uuid.uuid4(), "spent_on": NOW.isoformat(), "amount": "680", "purpose": "租车"}

    client.post(at(desk, "money_spend", fund.public_id), entry)
    client.post(at(desk, "money_spend", fund.public_id), entry)
    more = client.post(at(desk, "money_spend", fund.public_id), {**entry, "key": uuid.uuid4()})

    assert FundEntry.objects.count() == 1
    assert "只剩 320.00 元" in more.content.decode()
    assert fund.by_staff
    assert "租车" in client.get(at(desk, "money_print")).content.decode()


def test_allowances_follow_posts_and_rules_and_are_signed_before_they_are_paid(desk, client):
    clerk = make_user("clerk", role="clerk", unit=desk.organisation.unit)
    staff = Client()
    staff.force_login(clerk)
    form = {"key": uuid.uuid4(), "first": f"{YEAR}-01", "last": f"{YEAR}-03"}
    if NOW.month < 2:
        form["last"] = form["first"]
    assert "补贴标准定了没有" in staff.post(at(desk, "allowances"), form).content.decode()
    RuleSet.objects.create(
        kind="branches.money", effective_from=dt.date(2020, 1, 1), document_no="1号", values={"secretary": "300"}
    )

    assert staff.post(at(desk, "allowances"), form).status_code == 302
    sheet = AllowanceList.objects.get()
    line = sheet.lines.get()
    assert line.amount == 300 * line.months
    assert "大写" in client.get(at(desk, "allowance_print", sheet.public_id)).content.decode()
    address = at(desk, "allowance", sheet.public_id)
    assert client.post(address, {"on": NOW.isoformat()}).status_code == 302
    assert client.post(address, {"on": NOW.isoformat()}).status_code == 302
    sheet.refresh_from_db()
    assert (sheet.signed_on, sheet.paid_on) == (NOW, NOW)


def test_changing_an_amount_in_the_year_asks_for_its_reason(desk, client):
    person = member(desk)
    confirm_year(desk, year=YEAR, decided_on=NOW)
    values = {"base": "5200", "source": "unit", "starts_on": f"{YEAR}-12", "reason": ""}

    assert client.post(at(desk, "dues_change_base", person.public_id), values).status_code == 422
    client.post(at(desk, "dues_change_base", person.public_id), {**values, "reason": "更正"})
    assert DuesBase.objects.filter(starts_on=dt.date(YEAR, 12, 1), amount=Decimal("52.00")).count() == 1


def test_a_secretary_of_another_branch_gets_404_everywhere(desk):
    person = member(desk)
    stranger = make_desk(make_organisation("北山支部"), today=NOW)
    client = Client()
    client.force_login(stranger.user)

    for name in ("dues", "dues_month", "dues_year", "dues_ledger", "dues_import", "money", "allowances"):
        assert client.get(at(desk, name)).status_code == 404
    assert client.get(at(stranger, "dues_member", person.public_id)).status_code == 404
