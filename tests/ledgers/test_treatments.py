"""Treatments in the database: opened for all who are due, once; handed out, received, stopped, set right."""

import datetime as dt
import io
import uuid
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from apps.common.errors import BusinessError
from apps.ledgers.models import (
    TreatmentChange,
    TreatmentDue,
    TreatmentItem,
    TreatmentRun,
    TreatmentSheet,
    UnitFund,
    UnitSpending,
)
from apps.ledgers.queries.treatments import dues_seen, numbers_by_state, without_period
from apps.ledgers.rules.treatments import span_of
from apps.ledgers.services import treatment_sheets, treatments, unit_funds
from apps.organisation.models import RuleSet
from apps.registry.models import Cadre, Health
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 5, 20)
ALL = Cadre.objects.current


@pytest.fixture
def bureau():
    return make_unit()


@pytest.fixture
def clerk(bureau):
    return make_user("clerk", role="clerk", unit=bureau)


def make_item(name="医疗补助", **over) -> TreatmentItem:
    values = {"group": "living", "name": name, "every": "year", "retire_types": ["veteran"], "standard": "asked"}
    return TreatmentItem.objects.create(**{**values, **over})


def veteran(name: str, unit, work_start: str = "1945-09-02", **over):
    return make_cadre(name, unit=unit, retire_type="veteran", work_start=work_start, **over)


def open_year(item, clerk, *, asked="500", year=2026, number=1, cadres=None):
    amount = Decimal(asked) if asked else None
    return treatments.open_period(
        item, year=year, number=number, asked=amount, cadres=cadres if cadres is not None else ALL(), actor=clerk,
        on=TODAY,
    )  # fmt: skip


def amounts(run) -> dict:
    return {due.cadre.person.name: due.amount for due in run.dues.select_related("cadre__person")}


def test_all_who_are_due_stand_on_the_list_and_nobody_else(bureau, clerk):
    veteran("李德厚", bureau)
    make_cadre("王退休", unit=bureau)
    veteran("赵已故", bureau, life_status="deceased")

    done = open_year(make_item(), clerk)

    assert done.added == 1
    assert amounts(done.run) == {"李德厚": Decimal("500")}


def test_opened_twice_is_once_and_takes_in_who_came_since(bureau, clerk):
    veteran("李德厚", bureau)
    item = make_item()
    first = open_year(item, clerk)
    veteran("后来人", bureau)

    second = open_year(item, clerk, asked="900")

    assert second.run == first.run
    assert second.added == 1
    assert amounts(first.run) == {"李德厚": Decimal("500"), "后来人": Decimal("900")}


def test_opening_is_one_statement_however_many_are_due(bureau, clerk, django_assert_max_num_queries):
    item = make_item()
    for number in range(12):
        veteran(f"老同志{number}", bureau)

    with django_assert_max_num_queries(12):
        assert open_year(item, clerk).added == 12


def test_subsidy_is_counted_in_months_by_period_and_nothing_is_guessed(bureau, clerk):
    veteran("抗战后期", bureau, "1945-09-02")
    veteran("解放战争", bureau, "1945-09-03")
    veteran("不知道日子", bureau, "1945-09")
    item = make_item("生活补贴", standard="subsidy", measure="月")

    run = open_year(item, clerk, asked="").run

    found = {due.cadre.person.name: (due.quantity, due.amount) for due in run.dues.all()}
    assert found == {"抗战后期": (Decimal(2), None), "解放战争": (Decimal(1), None)}
    unknown = without_period(item, span_of("year", 2026), ALL(), on=TODAY)
    assert [row.person.name for row in unknown] == ["不知道日子"]


def test_nursing_fee_by_period_ability_and_unit(bureau, clerk):
    district = make_unit("南河区委老干部局", parent=bureau)
    RuleSet.objects.create(
        kind="ledgers.treatment_amounts", unit=district, effective_from=dt.date(2026, 1, 1), document_no="南1号",
        values={"nursing_p5": "260"},
    )  # fmt: skip
    veteran("市里的", bureau, "1949-01-01")
    veteran("区里的", district, "1949-01-01")
    wholly = veteran("不能自理", bureau, "1945-01-01")
    Health.objects.create(cadre=wholly, ability=4)

    run = open_year(make_item("护理费", standard="nursing", every="month"), clerk, asked="", number=5).run

    assert amounts(run) == {"市里的": Decimal(200), "区里的": Decimal(260), "不能自理": Decimal(1000)}


def test_without_a_standard_nothing_is_opened(bureau, clerk):
    veteran("李德厚", bureau)

    with pytest.raises(BusinessError, match="还没有标准金额"):
        open_year(make_item(standard="medical_aid"), clerk, asked="")
    assert not TreatmentRun.objects.exists()


def test_age_is_reached_by_the_last_day_and_unsure_dates_are_left_out(bureau, clerk):
    item = make_item("高龄慰问", retire_types=[], min_age=90, every="half")
    make_cadre("六月满", unit=bureau, birth_date="1936-06-30")
    make_cadre("七月满", unit=bureau, birth_date="1936-07-01")
    make_cadre("只知年份", unit=bureau, birth_date="1936")
    make_cadre("知到月", unit=bureau, birth_date="1936-06")

    assert set(amounts(open_year(item, clerk).run)) == {"六月满", "知到月"}


def test_level_membership_and_ability_narrow_the_audience(bureau, clerk):
    make_cadre("厅局", unit=bureau, treatment="121")
    make_cadre("县处", unit=bureau, treatment="131")
    make_cadre("没有级别", unit=bureau)
    item = make_item("看文件", retire_types=[], level="122", only_members=True, standard="")

    assert set(amounts(open_year(item, clerk, asked="").run)) == {"厅局"}


def test_received_by_a_daughter_needs_her_relation(bureau, clerk):
    veteran("李德厚", bureau)
    run = open_year(make_item(), clerk).run
    ids = list(run.dues.values_list("pk", flat=True))

    with pytest.raises(BusinessError, match="关系"):
        treatments.receive(ids, treatments.Receipt(TODAY, receiver="李小梅"), actor=clerk, on=TODAY)
    receipt = treatments.Receipt(TODAY, receiver="李小梅", relation="女儿")
    assert treatments.receive(ids, receipt, actor=clerk, on=TODAY) == 1
    assert treatments.receive(ids, receipt, actor=clerk, on=TODAY) == 0

    due = run.dues.get()
    assert (due.received_on, due.issued_on, due.receiver) == (TODAY, TODAY, "李小梅")
    assert numbers_by_state(run.dues.all()) == {"waiting": 0, "issued": 0, "received": 1, "stopped": 0}


def test_not_received_before_it_was_sent_nor_tomorrow(bureau, clerk):
    veteran("李德厚", bureau)
    ids = list(open_year(make_item(), clerk).run.dues.values_list("pk", flat=True))
    treatments.issue(ids, issued_on=TODAY, actor=clerk, on=TODAY)

    with pytest.raises(BusinessError, match="不能早于发出"):
        treatments.receive(ids, treatments.Receipt(TODAY - dt.timedelta(days=1)), actor=clerk, on=TODAY)
    with pytest.raises(BusinessError, match="不能晚于今天"):
        treatments.receive(ids, treatments.Receipt(TODAY + dt.timedelta(days=1)), actor=clerk, on=TODAY)


def test_stopped_with_a_reason_and_given_again(bureau, clerk):
    veteran("李德厚", bureau)
    ids = list(open_year(make_item(), clerk).run.dues.values_list("pk", flat=True))

    with pytest.raises(BusinessError, match="停发的原因"):
        treatments.stop(ids, reason="died", actor=clerk, on=TODAY)
    assert treatments.stop(ids, reason="refused", actor=clerk, on=TODAY) == 1
    assert treatments.receive(ids, treatments.Receipt(TODAY), actor=clerk, on=TODAY) == 0
    assert treatments.resume(ids, actor=clerk) == 1


def test_an_amount_is_set_right_by_an_entry_once(bureau, clerk):
    veteran("李德厚", bureau)
    due = open_year(make_item(), clerk).run.dues.get()
    key = uuid.uuid4()

    def entry(amount="-200"):
        return TreatmentChange(
            public_id=key, kind="correction", amount=Decimal(amount), reason="标准看错了", made_on=TODAY
        )

    treatments.enter_change(due, entry(), actor=clerk)
    treatments.enter_change(due, entry(), actor=clerk)

    due.refresh_from_db()
    assert (due.amount, due.changed, due.payable) == (Decimal(500), Decimal(-200), Decimal(300))
    key = uuid.uuid4()
    with pytest.raises(BusinessError, match="负数"):
        treatments.enter_change(due, entry("-301"), actor=clerk)


def test_what_the_unit_holds_becomes_budgets_never_passed_without_approval(bureau, clerk):
    one = veteran("李德厚", bureau)
    veteran("王老", bureau)
    RuleSet.objects.create(
        kind="ledgers.treatment_amounts", effective_from=dt.date(2026, 1, 1), document_no="云老干〔2026〕1号",
        values={"special_fund": "1000"},
    )  # fmt: skip
    item = make_item("特需费", standard="special_fund", paid_to="unit")

    assert open_year(item, clerk, asked="").added == 1
    assert open_year(item, clerk, asked="").added == 0
    fund = UnitFund.objects.get()
    assert (fund.heads, fund.amount) == (2, Decimal(2000))

    def spend(amount):
        return unit_funds.spend(
            UnitSpending(
                fund=fund, cadre=one, spent_on=TODAY, what="护工费", amount=Decimal(amount), voucher_no="1"
            ),
            actor=clerk,
        )  # fmt: skip

    first = spend("1900")
    with pytest.raises(BusinessError, match="还剩 100.00 元"):
        spend("101")
    treatments.allow_over(fund, amount=Decimal(1), reason="局长办公会同意", actor=clerk)
    spend("101")
    unit_funds.void_spending(first, reason="记错了人", actor=clerk)
    fund.refresh_from_db()
    assert fund.spent == Decimal(101)


def test_a_sheet_is_printed_once_a_person_and_comes_back(bureau, clerk):
    veteran("李德厚", bureau)
    run = open_year(make_item(), clerk).run
    rows = dues_seen(clerk, run, "ledgers.change_treatmentdue")

    sheet = treatment_sheets.make_sheet(run, rows, scope="全部", title="签领表", actor=clerk)
    with pytest.raises(BusinessError, match="没有要签领的人"):
        treatment_sheets.make_sheet(run, rows, scope="全部", title="签领表", actor=clerk)

    treatment_sheets.close_sheet(sheet, actor=clerk, on=TODAY)
    sheet.refresh_from_db()
    assert sheet.entered_on == TODAY
    assert sheet.paper.state == "returned"


def filled(run, **cells) -> SimpleUploadedFile:
    """The workbook as it is handed out, with cells of its first person filled in."""
    book = Workbook()
    sheet = book.active
    sheet.append(["2026年医疗补助发放表"])
    sheet.append(list(treatment_sheets.HEADINGS))
    for row in treatment_sheets.table_rows(list(run.dues.select_related("cadre__person", "unit", "run__item"))):
        for name, value in cells.items():
            row[treatment_sheets.HEADINGS.index(name)] = value
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return SimpleUploadedFile("发放表.xlsx", stream.getvalue())


def test_a_returned_workbook_is_entered_whole_or_not_at_all(bureau, clerk):
    veteran("李德厚", bureau)
    run = open_year(make_item(), clerk).run
    rows = dues_seen(clerk, run, "ledgers.change_treatmentdue")

    wrong = treatment_sheets.read_returned(run, filled(run, 领取人="李小梅", 领取日期="2026-05-18"), rows, on=TODAY)
    assert wrong.faults == [(3, "李小梅代领，请写和老同志的关系。")]
    mixed = treatment_sheets.read_returned(run, filled(run, 姓名="别人", 领取日期="2026-05-18"), rows, on=TODAY)
    assert "对不上" in mixed.faults[0][1]
    late = treatment_sheets.read_returned(run, filled(run, 领取日期="2026-05-21"), rows, on=TODAY)
    assert "不能晚于今天" in late.faults[0][1]

    good = treatment_sheets.read_returned(run, filled(run, 领取人="本人", 领取日期="2026.5.18"), rows, on=TODAY)
    assert not good.faults
    assert treatment_sheets.enter(good.lines, actor=clerk, on=TODAY) == 1
    assert run.dues.get().received_on == dt.date(2026, 5, 18)


# Pages


@pytest.fixture
def staff(client, clerk, settings):
    client.force_login(clerk)
    return client


def test_a_period_is_opened_worked_and_printed_on_the_pages(staff, bureau, clerk):
    veteran("李德厚", bureau)
    item = make_item()
    form = {"item": item.pk, "year": 2026, "number": 1, "amount": "500"}

    answer = staff.post(reverse("admin:ledgers_treatmentrun_add"), form)

    run = TreatmentRun.objects.get()
    page = reverse("admin:ledgers_treatmentrun_list", args=[run.pk])
    assert answer.url == page
    due = run.dues.get()
    staff.post(page, {"act": "receive", "pick": due.pk, "day": "2026-01-05", "how": "signed"})
    due.refresh_from_db()
    assert due.received_on == dt.date(2026, 1, 5)
    assert "李德厚" in staff.get(f"{page}?tab=received").content.decode()
    paper = staff.get(reverse("admin:ledgers_treatmentrun_print", args=[run.pk])).content.decode()
    assert "大写：伍佰元整" in paper
    sent = staff.get(reverse("admin:ledgers_treatmentrun_export", args=[run.pk]))
    names = [cell.value for cell in load_workbook(io.BytesIO(b"".join(sent.streaming_content))).active[2]]
    assert names == list(treatment_sheets.HEADINGS)


def test_a_sheet_is_entered_in_a_grid(staff, bureau, clerk):
    veteran("李德厚", bureau)
    run = open_year(make_item(), clerk).run
    staff.post(reverse("admin:ledgers_treatmentrun_sheet", args=[run.pk]))
    sheet, due = TreatmentSheet.objects.get(), run.dues.get()
    page = reverse("admin:ledgers_treatmentsheet_enter", args=[sheet.pk])

    refused = staff.post(page, {f"day_{due.pk}": "2026-01-05", f"receiver_{due.pk}": "李小梅"})
    assert refused.status_code == 422
    assert "和老同志的关系" in refused.content.decode()
    sent = {f"day_{due.pk}": "2026-01-05", f"receiver_{due.pk}": "李小梅", f"relation_{due.pk}": "女儿", "finish": "1"}
    staff.post(page, sent)

    due.refresh_from_db()
    assert (due.receiver, due.relation) == ("李小梅", "女儿")
    sheet.paper.refresh_from_db()
    assert sheet.paper.state == "returned"


def test_another_district_sees_and_opens_only_its_own(client, bureau, clerk):
    north, south = make_unit("北区", parent=bureau), make_unit("南区", parent=bureau)
    veteran("北区老人", north)
    veteran("南区老人", south)
    run = open_year(make_item(), clerk).run
    client.force_login(make_user("south", role="clerk", unit=south))

    shown = client.get(reverse("admin:ledgers_treatmentrun_list", args=[run.pk])).content.decode()

    assert "南区老人" in shown
    assert "北区老人" not in shown
    foreign = TreatmentDue.objects.get(cadre__person__name="北区老人")
    assert client.get(reverse("admin:ledgers_treatmentdue_change", args=[foreign.pk])).status_code == 404
    page = reverse("admin:ledgers_treatmentrun_list", args=[run.pk])
    client.post(page, {"act": "receive", "pick": foreign.pk, "day": "2026-01-05", "how": "signed"})
    foreign.refresh_from_db()
    assert foreign.received_on is None
