"""What a death does to an application, its undoing, and what the clock says of the fund."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from apps.common.partial_date import PartialDate
from apps.ledgers.aid_notices import aid_messages
from apps.ledgers.choices.aid import AidVia
from apps.ledgers.models import AidApplication, FundYear, Measure, Need
from apps.ledgers.services import aid, aid_paying, aid_steps
from apps.registry.choices import LifeEventKind
from apps.registry.services import life
from tests.builders import make_cadre, make_user
from tests.ledgers.aid_cast import (
    DAY,
    FACTS,
    LATER,
    ask,
    batch_of,
    granted,
    make_deciders,
    make_fund,
    make_meeting,
    noticed,
    reviewed,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def head(bureau):
    return make_user("head", role="section_head", unit=bureau)


@pytest.fixture
def case(bureau, clerk, head):
    """An application posted publicly."""
    fund = make_fund(bureau)
    cadre = make_cadre("李德厚", unit=bureau)
    row = granted(reviewed(ask(cadre, clerk), clerk), make_meeting(fund, make_deciders(bureau), head), head)
    noticed(fund, [row], head)
    return AidApplication.objects.get(pk=row.pk)


def dies(cadre, clerk, day=TODAY):
    told = life.Report(LifeEventKind.DIED, PartialDate(day.year, day.month, day.day))
    return life.record(cadre.person, told, actor=clerk)


def snapshot(row) -> tuple:
    row = AidApplication.objects.select_related("fund").get(pk=row.pk)
    return (
        row.state, row.applicant, row.for_survivors, row.granted, row.notice_id, row.meeting_id, row.decided_by_id,
        row.moved_on, row.fund.granted,
    )  # fmt: skip


def test_a_death_turns_it_over_to_the_family_and_is_undone_whole(case, clerk):
    before = snapshot(case)

    event = dies(case.cadre, clerk)

    row = AidApplication.objects.get(pk=case.pk)
    assert (row.state, row.for_survivors, row.waits_for_family, row.granted) == ("reviewed", True, True, None)
    assert FundYear.objects.get().granted == 0
    life.undo(event, reason="报错了人", actor=clerk)
    assert snapshot(case) == before


def test_the_family_goes_on_and_an_undone_death_gives_it_back_to_him(case, clerk, head, bureau):
    event = dies(case.cadre, clerk)
    aid_steps.stand_in(case, name="王秀兰", relation="妻子", on=TODAY, actor=clerk)
    aid_steps.end(case, "return", on=TODAY, reason="补关系证明", actor=clerk)

    life.undo(event, reason="报错了人", actor=clerk)

    row = AidApplication.objects.get(pk=case.pk)
    assert (row.state, row.for_survivors, row.applicant, row.applicant_name) == ("returned", False, "self", "")


def test_money_spent_meanwhile_leaves_him_before_the_meeting(bureau, clerk, head):
    fund = make_fund(bureau, budget=4000)
    meeting = make_meeting(fund, make_deciders(bureau), head)
    first, second = (reviewed(ask(make_cadre(name, unit=bureau), clerk), clerk) for name in ("甲一", "乙二"))
    first = granted(first, meeting, head)
    event = dies(first.cadre, clerk)
    granted(second, meeting, head)

    life.undo(event, reason="报错了人", actor=clerk)

    row = AidApplication.objects.get(pk=first.pk)
    assert (row.state, row.for_survivors, row.granted) == ("reviewed", False, None)
    assert FundYear.objects.get().granted == 4000


def test_a_receipt_keeps_the_promise_of_his_plan(case, clerk, head):
    need = Need.objects.create(
        cadre=case.cadre, section="wellbeing", category="hardship", description="经济困难", found_on=DAY
    )
    measure = Measure.objects.create(need=need, what="申请困难帮扶", owner=clerk, due_on=LATER)
    aid_steps.link(case, need=need, measure=measure, actor=clerk)
    row = aid_paying.pay(case, batch_of(case.fund, clerk), aid_paying.Pay("李德厚"), actor=clerk)
    row = aid_paying.receive(row, on=LATER, receiver="李德厚", relation="", actor=clerk)
    measure.refresh_from_db()
    assert (measure.done_on, measure.cost) == (LATER, 4000)
    aid_steps.undo(row, on=LATER, actor=clerk, decides=False)
    measure.refresh_from_db()
    assert measure.done_on is None


def test_the_clock_tells_clerks_once_of_what_waits(bureau, clerk):
    make_fund(bureau)
    row = ask(make_cadre("李德厚", unit=bureau), clerk)
    assert aid_messages(DAY + dt.timedelta(10)) == []
    late = aid_messages(DAY + dt.timedelta(11))
    assert [(message.template, message.user_id) for message in late] == [("aid.verify", clerk.pk)]
    assert late[0].key == aid_messages(DAY + dt.timedelta(12))[0].key == f"aid:{row.pk}:applied:{DAY}:{clerk.pk}"
    assert [message.template for message in aid_messages(dt.date(2025, 10, 1))] == ["aid.opens"]
    assert "aid.closes" in [message.template for message in aid_messages(dt.date(2025, 10, 26))]


def test_a_reused_key_of_somebody_else_is_refused(bureau, clerk):
    make_fund(bureau)
    key = uuid.uuid4()
    ask(make_cadre("甲一", unit=bureau), clerk, key=key)
    facts = aid.AidFacts(**FACTS)
    with pytest.raises(aid.BusinessError):
        aid.apply(facts, cadre=make_cadre("乙二", unit=bureau), actor=clerk, on=DAY, form_key=key, via=AidVia.STAFF)
