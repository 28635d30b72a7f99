"""困难帮扶 from the application to the receipt: guards, money, undo."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from apps.common.errors import BusinessError, StaleVersion
from apps.ledgers.models import AidApplication, FundYear
from apps.ledgers.services import aid, aid_meeting, aid_paying, aid_steps, funds
from apps.people.models import Person, Relative
from apps.people.services import save_relative
from tests.builders import make_cadre, make_user
from tests.ledgers.aid_cast import (
    DAY,
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


@pytest.fixture
def fund(bureau):
    return make_fund(bureau)


@pytest.fixture
def head(bureau):
    return make_user("head", role="section_head", unit=bureau)


@pytest.fixture
def cadre(bureau):
    return make_cadre("李德厚", unit=bureau)


@pytest.fixture
def meeting(fund, bureau, head):
    return make_meeting(fund, make_deciders(bureau), head)


def refused(call, *args, **kwargs) -> BusinessError:
    with pytest.raises(BusinessError) as error:
        call(*args, **kwargs)
    return error.value


def test_the_whole_way_to_the_receipt(fund, cadre, clerk, head, meeting):
    row = reviewed(ask(cadre, clerk), clerk)
    row = granted(row, meeting, head)
    fund.refresh_from_db()
    assert (row.state, fund.granted, fund.left) == ("decided", 4000, 46_000)
    noticed(fund, [row], head)
    row = aid_paying.pay(row, batch_of(fund, clerk), aid_paying.Pay("李德厚"), actor=clerk)
    row = aid_paying.receive(row, on=LATER, receiver="李德厚", relation="", actor=clerk)
    assert row.state == "closed"
    assert [step.act for step in row.steps.all()] == [
        "apply", "verify", "sign", "review", "decide", "notice", "pay", "receive",
    ]  # fmt: skip


def test_sent_twice_is_one_and_once_a_year(fund, cadre, clerk):
    key = uuid.uuid4()
    first, again = ask(cadre, clerk, key=key), ask(cadre, clerk, key=key)
    assert first.pk == again.pk
    assert "每人每年只能帮扶一次" in refused(ask, cadre, clerk).sentence
    aid_steps.end(first, "withdraw", on=LATER, reason="不需要了", actor=clerk)
    assert ask(cadre, clerk).pk != first.pk


def test_who_entered_or_reviewed_does_not_decide(fund, cadre, clerk, head, bureau):
    other = make_user("other", role="section_head", unit=bureau)
    table = make_deciders(bureau)
    own = reviewed(ask(cadre, head), clerk)
    second = reviewed(ask(make_cadre("王桂英", unit=bureau), clerk), head)
    meeting = make_meeting(fund, table, other)
    for row in (own, second):
        assert refused(granted, row, meeting, head).code == "aid_second_person"
    assert granted(own, meeting, other).decided_by == other


def test_a_relative_at_the_table_stays_out(fund, cadre, clerk, head, bureau):
    table = make_deciders(bureau, 4)
    Relative.objects.create(person=cadre.person, name=table[0].display_name, relation="20")
    row = reviewed(ask(cadre, clerk, kin_at_bureau="赵国强"), clerk)
    meeting = make_meeting(fund, table, head, others="赵国强、钱进")
    assert table[0].display_name in refused(granted, row, meeting, head).sentence
    assert "赵国强" in refused(granted, row, meeting, head, recused=table[0].display_name).sentence
    row = granted(row, meeting, head, recused=f"{table[0].display_name}，赵国强")
    assert row.votes.get().recused
    fund.refresh_from_db()
    assert fund.granted == 4000


def test_whoever_notes_it_is_no_relative_and_enough_vote(fund, cadre, clerk, head, bureau):
    table = make_deciders(bureau)
    meeting = make_meeting(fund, table, head)
    row = reviewed(ask(cadre, clerk), clerk)
    assert refused(granted, row, meeting, head, recused=table[0].display_name).code == "deciders"
    Relative.objects.create(person=cadre.person, name=head.display_name, relation="20")
    assert "您与申请人有亲属关系" in refused(granted, row, meeting, head).sentence


def test_a_telephone_in_common_tells_a_relative(fund, cadre, clerk, head, bureau):
    from_phone = make_deciders(bureau, 4)
    from_phone[0].phone = "13900001007"
    from_phone[0].save()
    relative = Relative(person=cadre.person, name="小李", relation="20")
    save_relative(relative, "13900001007", actor=clerk)
    row = reviewed(ask(cadre, clerk), clerk)
    assert refused(granted, row, make_meeting(fund, from_phone, head), head).code == "recusal"


def test_never_over_the_budget_and_what_is_undone_comes_back(bureau, clerk, head):
    fund = make_fund(bureau, budget=7000)
    meeting = make_meeting(fund, make_deciders(bureau), head)
    one, two = (reviewed(ask(make_cadre(name, unit=bureau), clerk), clerk) for name in ("甲一", "乙二"))
    one = granted(one, meeting, head)
    assert "还剩 3000.00 元" in refused(granted, two, meeting, head).sentence
    two.refresh_from_db()
    assert (two.state, two.votes.count()) == ("reviewed", 0)
    aid_steps.undo(one, on=LATER, actor=head, decides=True)
    one.refresh_from_db()
    assert (one.state, one.granted, one.meeting_id, one.votes.count()) == ("reviewed", None, None, 0)
    assert granted(two, meeting, head).state == "decided"
    assert refused(funds.adjust_fund, fund, amount=Decimal(-3001), on=DAY, document_no="x", reason="", actor=head,
                   form_key=uuid.uuid4()).code == "over"  # fmt: skip
    key = uuid.uuid4()
    for _ in range(2):
        funds.adjust_fund(fund, amount=Decimal(1000), on=DAY, document_no="云财〔2025〕8号", reason="", actor=head,
                          form_key=key)  # fmt: skip
    fund.refresh_from_db()
    assert (fund.adjusted, fund.left) == (1000, 4000)
    assert granted(one, meeting, head).state == "decided"


def test_limits_window_and_situations(fund, cadre, clerk):
    assert refused(ask, cadre, clerk, requested=Decimal(5001)).field == "requested"
    assert refused(ask, cadre, clerk, situations=[]).field == "situations"
    assert refused(ask, cadre, clerk, situations=["77"]).field == "requested"
    assert refused(ask, cadre, clerk, on=LATER).field == "late_reason"
    assert refused(ask, cadre, clerk, on=LATER, via="self", late_reason="急").code == "window"
    assert ask(cadre, clerk, on=LATER, late_reason="突发重病").late_reason == "突发重病"


def test_no_payment_before_the_notice_is_over_or_against_an_objection(fund, cadre, clerk, head, meeting):
    row = granted(reviewed(ask(cadre, clerk), clerk), meeting, head)
    notice = noticed(fund, [row], head)
    assert notice.ends_on == dt.date(2025, 11, 11)  # five working days from Tuesday
    early = batch_of(fund, clerk, paid_on=dt.date(2025, 11, 10))
    row.refresh_from_db()
    assert "期满才能发放" in refused(aid_paying.pay, row, early, aid_paying.Pay("李德厚"), actor=clerk).sentence
    objection = aid_paying.object_to(
        notice,
        application=row,
        received_on=dt.date(2025, 11, 5),
        content="有两套房",
        actor=clerk,
        form_key=uuid.uuid4(),
    )
    batch = batch_of(fund, clerk)
    assert refused(aid_paying.pay, row, batch, aid_paying.Pay("李德厚"), actor=clerk).code == "objection"
    aid_paying.answer(objection, outcome="rejected", answer="经查只有一套", on=LATER, actor=head)
    assert refused(aid_paying.pay, row, batch, aid_paying.Pay("王小明"), actor=clerk).code == "relation"
    assert aid_paying.pay(row, batch, aid_paying.Pay("王小明", "儿子", "6222"), actor=clerk).state == "paid"
    stored = AidApplication.objects.filter(pk=row.pk).values_list("account", flat=True).get()
    assert b"6222" not in bytes(stored)
    assert "代领" in refused(aid_paying.receive, row, on=LATER, receiver="张三", relation="", actor=clerk).sentence
    assert aid_paying.receive(row, on=LATER, receiver="王小明", relation="", actor=clerk).receiver_relation == "儿子"


def test_return_complete_and_hand_in_again(fund, cadre, clerk):
    row = ask(cadre, clerk)
    row = aid_steps.end(row, "return", on=DAY, reason="缺收入证明", actor=clerk)
    row.refresh_from_db()
    facts = aid.AidFacts(kind="medical", situations=["01", "03"], requested=Decimal(5000), statement="补充了证明。")
    with pytest.raises(StaleVersion):
        aid.change(row, facts, actor=clerk, on=DAY, seen=row.version - 1)
    row = aid.change(row, facts, actor=clerk, on=DAY, seen=row.version)
    assert (row.state, row.kind, row.situations) == ("applied", "medical", ["01", "03"])


def test_the_dead_have_no_application_and_their_family_has(fund, cadre, clerk):
    Person.objects.filter(pk=cadre.pk).update(life_status="deceased")
    cadre.refresh_from_db()
    assert refused(ask, cadre, clerk).field == "applicant"
    row = ask(cadre, clerk, applicant="survivor", applicant_name="王秀兰", applicant_relation="妻子", situations=["05"])
    assert row.for_survivors
    Person.objects.filter(pk=cadre.pk).update(life_status="living")
    assert refused(ask, cadre, clerk, applicant="survivor", applicant_name="王秀兰").code == "living"


def test_wrong_turns_are_refused_with_a_sentence(fund, cadre, clerk, head, meeting):
    row = ask(cadre, clerk)
    for call in (
        lambda: aid_steps.sign(row, on=LATER, signer="x", opinion="", actor=clerk),
        lambda: granted(row, meeting, head),
        lambda: noticed(fund, [row], head),
        lambda: aid_paying.receive(row, on=LATER, receiver="李德厚", relation="", actor=clerk),
        lambda: aid_steps.verify(row, on=dt.date(2199, 12, 1), verifiers="", visited=True, findings="", actor=clerk),
        lambda: aid_steps.verify(row, on=dt.date(2025, 9, 1), verifiers="", visited=True, findings="", actor=clerk),
    ):
        assert refused(call).sentence
    row.refresh_from_db()
    assert (row.state, row.steps.count()) == ("applied", 1)


def test_a_returned_step_is_undone_by_who_took_it_only(fund, cadre, clerk, head):
    row = ask(cadre, clerk)
    aid_steps.verify(row, on=LATER, verifiers="刘敏", visited=True, findings="", actor=clerk)
    assert refused(aid_steps.undo, row, on=LATER, actor=head, decides=False).code == "undo"
    aid_steps.undo(row, on=LATER, actor=clerk, decides=False)
    row.refresh_from_db()
    assert (row.state, row.verified_on, row.verifiers) == ("applied", None, "")
    assert refused(aid_steps.undo, row, on=LATER, actor=clerk, decides=False).code == "undo"


def test_the_meeting_refuses_and_puts_off(fund, bureau, clerk, head, meeting):
    one, two = (reviewed(ask(make_cadre(name, unit=bureau), clerk), clerk) for name in ("甲一", "乙二"))
    vote = aid_meeting.Vote("refuse", note="")
    assert refused(aid_meeting.decide, one, meeting, vote, actor=head).field == "note"
    one = aid_meeting.decide(one, meeting, aid_meeting.Vote("refuse", note="收入超过标准"), actor=head)
    two = aid_meeting.decide(two, meeting, aid_meeting.Vote("put_off", note="补材料"), actor=head)
    assert (one.state, one.closing_note, two.state) == ("refused", "收入超过标准", "reviewed")
    aid_steps.undo(one, on=LATER, actor=head, decides=True)
    one.refresh_from_db()
    assert one.state == "reviewed"
    assert FundYear.objects.get(pk=fund.pk).granted == 0
