"""Fixing, taking and exempting dues: what the services write and refuse."""

import datetime as dt
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.branches.models import DuesBase, DuesExemption, DuesOff, DuesPayment, Organisation
from apps.branches.queries.dues import behind, collecting, dues_of, is_dues_off, received_by_month, totals_of
from apps.branches.rules.dues import MonthState
from apps.branches.services import join_organisation
from apps.branches.services.dues import (
    Approval,
    Gift,
    HandOver,
    Refused,
    forward_gift,
    take_dues,
    take_voluntary,
    void_payment,
)
from apps.branches.services.dues_bases import BaseLine, Change, confirm_year, fix_bases, publish_year
from apps.branches.services.dues_exemptions import approve_exemption, ask_exemption, drop_exemption
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.common.partial_date import PartialDate
from apps.organisation.models import RuleSet
from apps.registry.services import life
from tests.branches.dues_world import TODAY, add_member, make_desk, month
from tests.builders import make_cadre, make_member, make_organisation, make_person, make_post, make_unit, make_user

pytestmark = pytest.mark.django_db


def pay(desk, person, *months, **over):
    values = {"paid_on": desk.today, "key": uuid.uuid4(), "approval": over.pop("approval", None)}
    values |= {name: over.pop(name) for name in ("paid_on", "key") if name in over}
    return take_dues(desk, [HandOver(person.pk, months, **over)], **values)


def state(desk, person, number, year=2026):
    return dues_of([desk.organisation.pk], month(number, year), month(number, year))[person.pk][month(number, year)]


def test_the_base_is_sealed_and_not_in_the_history():
    desk = make_desk()
    add_member(desk, base="4301")

    row = DuesBase.objects.get()
    assert (row.base, row.amount, row.rate) == ("4301.00", Decimal("21.51"), Decimal("0.50"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT base, to_jsonb(b)::text FROM branches_duesbase b")
        sealed, text = cursor.fetchone()
    assert b"4301" not in bytes(sealed)
    assert "4301.00" not in text
    assert "base" not in {field.name for field in DuesBase.pgh_event_model._meta.fields}
    assert AuditEntry.objects.filter(action="dues.fix", fields=["base"]).count() == 1


def test_before_the_year_is_confirmed_a_base_is_replaced_and_afterwards_needs_a_month_and_a_reason():
    desk = make_desk()
    person = add_member(desk, base="4900")
    line = BaseLine(person.pk, Decimal("4800.00"), "pay_slip")
    assert fix_bases(desk, [line], year=2026) == 1
    assert fix_bases(desk, [line], year=2026) == 0
    confirm_year(desk, year=2026, decided_on=dt.date(2026, 1, 8))

    raised = BaseLine(person.pk, Decimal("5200.00"), "pay_slip")
    with pytest.raises(BusinessError, match="一般一年不变"):
        fix_bases(desk, [raised], year=2026)
    fix_bases(desk, [raised], year=2026, change=Change(month(8), "补发多年津贴"))

    assert [state(desk, person, number).due for number in (7, 8)] == [Decimal("24.00"), Decimal("52.00")]


def test_a_year_is_confirmed_once_nobody_is_missing_and_published_once():
    desk = make_desk()
    add_member(desk)
    new = add_member(desk, "王秀兰", base=None)
    with pytest.raises(BusinessError, match="还有 1 位"):
        confirm_year(desk, year=2026, decided_on=dt.date(2026, 1, 8))
    fix_bases(desk, [BaseLine(new.pk, Decimal(3000), "told")], year=2026)

    first = confirm_year(desk, year=2026, decided_on=dt.date(2026, 1, 8))
    assert confirm_year(desk, year=2026, decided_on=dt.date(2026, 1, 9)) == first
    publish_year(desk, year=2026)
    publish_year(replace(desk, today=dt.date(2026, 7, 21)), year=2026)
    first.refresh_from_db()
    assert first.published_on == TODAY


def test_only_the_officers_of_this_branch_fix_bases():
    desk = make_desk(kind="publicity")
    person = make_person()
    make_member(person, desk.organisation)

    with pytest.raises(BusinessError, match="组织委员"):
        fix_bases(desk, [BaseLine(person.pk, Decimal(3000), "told")], year=2026)


def test_the_same_form_twice_is_one_row_a_month_and_one_receipt():
    desk = make_desk()
    person, other = add_member(desk), add_member(desk, "王秀兰", base="6000")
    key = uuid.uuid4()
    form = [HandOver(person.pk, (month(7),)), HandOver(other.pk, (month(6), month(7)), Decimal("120.00"))]

    first = take_dues(desk, form, paid_on=TODAY, key=key)
    again = take_dues(desk, form, paid_on=TODAY, key=key)

    assert sorted(row.pk for row in first) == sorted(row.pk for row in again)
    assert DuesPayment.objects.count() == 3
    assert {(row.person_id, row.receipt) for row in first} == {(person.pk, "2026-0001"), (other.pk, "2026-0002")}
    assert {(row.month.month, row.kind) for row in first} == {(6, "back"), (7, "monthly")}


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"amount": Decimal(30)}, "应交 24.50 元，填的是 30 元"),
        ({"method": "relative"}, "代交人姓名"),
    ],
)
def test_amounts_and_payers_are_held_to_the_rules(over, sentence):
    desk = make_desk()
    person = add_member(desk)

    with pytest.raises(Refused, match=sentence):
        pay(desk, person, month(7), **over)


def test_a_month_is_paid_once():
    desk = make_desk()
    person = add_member(desk)
    pay(desk, person, month(7))

    with pytest.raises(Refused, match="已经交过"):
        pay(desk, person, month(7))
    row = DuesPayment.objects.get()
    row.pk, row.public_id = None, uuid.uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_raised_base_leaves_a_difference_of_months_paid_ahead():
    desk = make_desk()
    person = add_member(desk)
    confirm_year(desk, year=2026, decided_on=dt.date(2026, 1, 8))
    pay(desk, person, month(8), month(9))
    fix_bases(desk, [BaseLine(person.pk, Decimal(5200), "unit")], year=2026, change=Change(month(9), "更正基数"))

    assert [state(desk, person, number).open for number in (8, 9)] == [Decimal(0), Decimal("27.50")]
    (top_up,) = pay(desk, person, month(9))
    assert (top_up.paid, top_up.part, top_up.kind) == (Decimal("27.50"), 1, "back")


def test_prepayment_has_a_limit():
    desk = make_desk(today=dt.date(2026, 2, 10))
    person = add_member(desk)

    pay(desk, person, *[month(number) for number in range(2, 9)])
    with pytest.raises(Refused, match="预交最多 6 个月"):
        pay(desk, person, month(9))


def test_voiding_opens_the_month_again():
    desk = make_desk()
    person = add_member(desk)
    (row,) = pay(desk, person, month(7))

    void_payment(desk, row, reason="记到别人名下了")
    assert state(desk, person, 7).state == MonthState.OPEN
    assert pay(desk, person, month(7))[0].receipt_no == 2


def test_an_exemption_counts_once_approved_above_and_its_months_are_not_unpaid():
    top = make_organisation("中共云江市委老干部工委", level="work_committee")
    branch = Organisation.objects.add_child(top, {"name": "南河支部"})
    desk = make_desk(branch)
    person = add_member(desk)
    above = replace(desk, post=make_post(make_person("工委书记"), top))
    asked = ask_exemption(desk, DuesExemption(
        person=person, kind="zero", starts_on=month(3), ends_on=month(7), reason="hardship", decided_on=TODAY,
    ))  # fmt: skip
    assert state(desk, person, 3).state == MonthState.OPEN
    with pytest.raises(BusinessError, match="不能自己批"):
        approve_exemption(desk, asked, on=TODAY)

    approve_exemption(above, asked, on=TODAY)

    assert {state(desk, person, number).state for number in range(3, 7)} == {MonthState.EXEMPT}
    totals = totals_of([branch.pk], month(1), month(7))[branch.pk]
    assert (totals.open, totals.exempt_people) == (Decimal("73.50"), 1)
    with pytest.raises(Refused, match="免交月份"):
        pay(desk, person, month(4))
    with pytest.raises(BusinessError, match="不能自己批"):
        drop_exemption(desk, asked, reason="弄错")
    with pytest.raises(BusinessError, match="已经有一条减免"):
        ask_exemption(desk, DuesExemption(
            person=person, kind="zero", starts_on=month(6), ends_on=month(8), reason="hardship", decided_on=TODAY,
        ))  # fmt: skip


def test_voluntary_dues_stand_apart_and_large_ones_are_forwarded():
    desk = make_desk()
    person = add_member(desk)
    with pytest.raises(BusinessError, match="简要情况"):
        take_voluntary(desk, Gift(person.pk, Decimal(10000)), paid_on=TODAY, key=uuid.uuid4())
    key = uuid.uuid4()
    gift = take_voluntary(desk, Gift(person.pk, Decimal(10000), bio="1952年入党"), paid_on=TODAY, key=key)
    small = take_voluntary(desk, Gift(person.pk, Decimal(200)), paid_on=TODAY, key=uuid.uuid4())

    assert take_voluntary(desk, Gift(person.pk, Decimal(10000), bio="x"), paid_on=TODAY, key=key) == gift
    assert (gift.to_centre, small.to_centre) == (True, False)
    assert state(desk, person, 7).state == MonthState.OPEN
    forward_gift(desk, gift, on=TODAY)
    assert received_by_month([desk.organisation.pk], 2026) == {
        (desk.organisation.pk, 7): {"voluntary": Decimal("10200.00")}
    }


def test_after_a_transfer_the_month_belongs_to_the_new_branch():
    desk = make_desk()
    person = add_member(desk)
    new = make_desk(make_organisation("北山支部"), today=dt.date(2026, 7, 25))
    join_organisation(person, new.organisation, on=dt.date(2026, 7, 22), actor=desk.user)

    assert person.pk not in dues_of([desk.organisation.pk], month(7), month(7))
    assert state(new, person, 7).due == Decimal("24.50")
    pay(new, person, month(7))
    with pytest.raises(Refused, match="不由本支部收"):
        pay(new, person, month(6))


def test_months_after_a_death_are_closed():
    unit = make_unit()
    desk = make_desk()
    person = make_cadre(unit=unit).person
    make_member(person, desk.organisation)
    fix_bases(desk, [BaseLine(person.pk, Decimal(4900), "told")], year=2026)
    clerk = make_user("clerk", role="clerk", unit=unit)

    life.record(person, life.Report("died", PartialDate(2026, 5, 12)), actor=clerk)

    months = dues_of([desk.organisation.pk], month(1), month(12))[person.pk]
    assert [day.month for day in months] == [1, 2, 3, 4]


def test_the_module_can_be_switched_off_by_unit_and_by_organisation():
    unit = make_unit()
    top = make_organisation("区委老干部工委", unit=unit, level="work_committee")
    branch = Organisation.objects.add_child(top, {"name": "南河支部"})
    rows = Organisation.objects.all()
    assert set(collecting(rows, TODAY)) == {top, branch}
    row = RuleSet.objects.create(
        kind="branches.dues", unit=unit, effective_from=dt.date(2026, 7, 1), document_no="1号",
        values={"enabled": False},
    )  # fmt: skip

    assert is_dues_off(branch, TODAY)
    assert not is_dues_off(branch, dt.date(2026, 6, 30))
    with pytest.raises(BusinessError, match="没有使用党费模块"):
        take_dues(make_desk(branch), [], paid_on=TODAY, key=uuid.uuid4())
    row.delete()
    DuesOff.objects.create(organisation=top, reason="上级统一收缴")
    assert is_dues_off(branch, TODAY)
    assert not collecting(rows, TODAY).exists()


def test_members_behind_are_found_by_number_of_months():
    desk = make_desk(today=dt.date(2026, 7, 2))
    three, five, settled = (add_member(desk, name) for name in ("李德厚", "王秀兰", "张建国"))
    for person, last in ((three, 3), (five, 1), (settled, 6)):
        pay(desk, person, *[month(number) for number in range(1, last + 1)])
    found = behind([desk.organisation.pk], month(6), (3, 5))

    with connection.cursor() as cursor:
        cursor.execute(found.sql, found.params)
        assert {(person, count) for _, person, count in cursor.fetchall()} == {(three.pk, 3), (five.pk, 5)}


def test_totals_of_many_branches_are_one_query():
    desks = [make_desk(make_organisation(f"第{number}支部")) for number in range(3)]
    for desk in desks:
        pay(desk, add_member(desk, f"李{desk.organisation.pk}"), month(7))

    with CaptureQueriesContext(connection) as queries:
        totals = totals_of([desk.organisation.pk for desk in desks], month(1), month(7))
    assert len(queries) == 1
    assert {(row.people, row.due, row.paid, row.open_people) for row in totals.values()} == {
        (1, Decimal("171.50"), Decimal("24.50"), 1)
    }


def test_a_functional_branch_refuses_dues_in_the_model_and_the_database():
    desk = make_desk(make_organisation("银龄合唱队党支部", kind="functional"))
    person = make_person()
    values = {
        "organisation": desk.organisation, "person": person, "month": month(7), "kind": "monthly", "due": 1, "paid": 1,
        "paid_on": TODAY, "method": "cash", "receipt_year": 2026, "receipt_no": 1,
    }  # fmt: skip

    with pytest.raises(ValidationError, match="不收党费"):
        DuesPayment(**values).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        DuesPayment.objects.create(**values)
    with pytest.raises(BusinessError, match="不收党费"):
        pay(desk, person, month(7))


def test_back_payment_of_seven_months_needs_the_consent_of_the_organisation_above():
    desk = make_desk(today=dt.date(2026, 8, 5))
    person = add_member(desk)
    six, seven = [month(number) for number in range(2, 8)], [month(number) for number in range(1, 8)]

    with pytest.raises(Refused, match="超过 6 个月"):
        pay(desk, person, *seven)
    pay(desk, person, *six)
    rows = pay(desk, person, month(1), approval=Approval(dt.date(2026, 8, 4), "云老工〔2026〕8号"))
    assert rows[0].approval == "云老工〔2026〕8号"
