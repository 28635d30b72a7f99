"""Two people for what is given out and put right; accounts that freeze, settle, leave and end."""

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest

from apps.common import papers
from apps.common.errors import BusinessError
from apps.organisation.models import RuleSet
from apps.volunteers.models import Account, Approval, OutStatement, Transfer
from apps.volunteers.queries.bank import ledger_sum
from apps.volunteers.services import approvals, bank, kinship, settling, transfers_out
from tests.builders import LONG_AGO, make_cadre, make_person, make_user

from .bank_world import NOW, BankWorld, stands

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def world():
    made = BankWorld()
    made.one, made.two = make_user("jingban"), make_user("kezhang")
    return made


def died(person):
    return SimpleNamespace(pk=7, person_id=person.pk)


def act(world, **over):
    return {"actor": world.one, "now": NOW, "form_key": uuid.uuid4(), **over}


# Two people -------------------------------------------------------------------------------------------------------


def test_the_pool_serves_somebody_of_eighty_who_lives_alone(world):
    world.give_minutes(world.volunteer.person, 200)
    bank.donate(world.volunteer.person, 200, **act(world))
    make_cadre(unit=world.unit, person=world.helped, living="alone")
    asked = approvals.ask_grant(world.account(world.helped), 120, "一个人住，要陪诊", **act(world))

    with pytest.raises(BusinessError, match="不能自己复核"):
        approvals.decide(asked, True, actor=world.one, now=NOW)
    for _ in range(2):
        approvals.decide(asked, True, actor=world.two, now=NOW)

    assert stands(world.helped) == (120, 0)
    assert world.own("pool").balance == 80
    with pytest.raises(BusinessError, match="今年公共池最多还能拨付"):
        approvals.ask_grant(world.account(world.helped), 1440, "再要", **act(world))


def test_the_pool_does_not_serve_others(world):
    young = make_person("何秀英", sex="2", birth_date="1950-01-01")
    with pytest.raises(BusinessError, match="满80周岁"):
        approvals.ask_grant(world.account(young), 60, "要帮忙", **act(world))
    with pytest.raises(BusinessError, match="一个人住"):
        approvals.ask_grant(world.account(world.helped), 60, "要帮忙", **act(world))
    assert approvals.ask_grant(world.account(world.helped), 60, "南河社区证明独居", attested=True, **act(world))


def test_an_empty_pool_grants_nothing_and_the_request_waits(world):
    asked = approvals.ask_grant(world.account(world.helped), 60, "社区证明", attested=True, **act(world))
    with pytest.raises(BusinessError, match="公共池现在有0分"):
        approvals.decide(asked, True, actor=world.two, now=NOW)
    assert Approval.objects.get().state == "waiting"


def test_a_correction_enters_the_right_minutes_instead(world):
    wrong = world.credit(120)
    asked = approvals.ask_contra(wrong, "多写了30分", instead=90, **act(world))
    with pytest.raises(BusinessError, match="正等复核"):
        approvals.ask_contra(wrong, "又提一次", **act(world))

    approvals.decide(asked, True, actor=world.two, now=NOW)

    assert stands(world.volunteer.person) == (90, 0)
    assert ledger_sum() == 0
    with pytest.raises(BusinessError, match="已经更正过"):
        approvals.ask_contra(wrong, "再更正", **act(world))


def test_refused_with_a_reason_and_taken_back_by_who_asked(world):
    account = world.account(world.helped)
    asked = approvals.ask_opening(account, 60, "旧存折第12号", **act(world))
    with pytest.raises(BusinessError, match="写明原因"):
        approvals.decide(asked, False, actor=world.two, now=NOW)
    approvals.decide(asked, False, answer="没有盖章", actor=world.two, now=NOW)
    with pytest.raises(BusinessError, match="未同意"):
        approvals.decide(asked, True, actor=world.two, now=NOW)

    second = approvals.ask_opening(account, 60, "旧存折第12号", **act(world))
    with pytest.raises(BusinessError, match="自己撤回"):
        approvals.take_back(second, actor=world.two, now=NOW)
    assert approvals.take_back(second, actor=world.one, now=NOW).state == "withdrawn"
    assert not Transfer.objects.exists()


def test_an_opening_balance_comes_from_outside(world):
    asked = approvals.ask_opening(world.account(world.helped), 600, "省城时间银行转出单第8号", **act(world))
    approvals.decide(asked, True, actor=world.two, now=NOW)

    assert stands(world.helped) == (600, 0)
    assert world.own("outside").balance == -600


# Death ------------------------------------------------------------------------------------------------------------


def test_a_death_freezes_and_undone_it_is_open_again(world):
    world.give_minutes(world.helped, 150)
    bank.hold(world.ask(world.helped), 60, actor=None, now=NOW)

    settling.freeze_by_death(died(world.helped), now=NOW)

    assert stands(world.helped) == (150, 0)
    with pytest.raises(BusinessError, match="已冻结"):
        bank.donate(world.helped, 10, **act(world))
    with pytest.raises(BusinessError, match="撤销离世登记"):
        settling.thaw(world.account(world.helped), actor=world.one)
    words = settling.thaw_after_death(died(world.helped))
    assert ["预留的时间已经退回" in one for one in words] == [True]
    assert bank.donate(world.helped, 10, **act(world)).minutes == 10


def test_the_family_decides_within_the_months(world):
    account = world.give_minutes(world.helped, 150)
    daughter = make_person("李小梅", sex="2", birth_date="1966-02-03")
    settling.freeze_by_death(died(world.helped), now=NOW)
    with pytest.raises(BusinessError, match="还没有核实"):
        settling.settle(account, daughter, "女儿决定", **act(world))
    kinship.verify(world.helped, daughter, "30", "户口簿", unit=world.unit, actor=world.one, on=NOW.date())
    with pytest.raises(BusinessError, match="期限到2027年11月22日"):
        settling.settle(account, daughter, "女儿决定", **act(world, now=NOW + 366 * DAY))

    done = settling.settle(account, daughter, "女儿李小梅决定，户口簿", **act(world))

    assert done.minutes == 150
    assert stands(daughter) == (150, 0)
    assert Account.objects.get(pk=account.pk).state == "closed"
    assert "已经结清" in settling.thaw_after_death(died(world.helped))[0]


def test_what_an_heirs_account_does_not_take_goes_to_the_pool(world):
    RuleSet.objects.create(kind="volunteers.bank", effective_from=LONG_AGO, values={"account_most": 200})
    daughter = make_person("李小梅", sex="2", birth_date="1966-02-03")
    account, _ = world.give_minutes(world.helped, 150), world.give_minutes(daughter, 120)
    kinship.verify(world.helped, daughter, "30", "户口簿", unit=world.unit, actor=world.one, on=NOW.date())
    settling.freeze_by_death(died(world.helped), now=NOW)

    settling.settle(account, daughter, "女儿李小梅决定，户口簿", **act(world))

    assert (stands(daughter), world.own("pool").balance, ledger_sum()) == ((200, 0), 70, 0)


def test_after_the_months_the_rest_goes_to_the_pool(world):
    account = world.give_minutes(world.helped, 150)
    settling.freeze_by_death(died(world.helped), now=NOW)

    settling.settle(account, None, "满12个月没有家属来办", **act(world, now=NOW + 400 * DAY))

    assert world.own("pool").balance == 150
    assert ledger_sum() == 0


# Leaving ----------------------------------------------------------------------------------------------------------


def test_a_signed_statement_takes_the_minutes_out_and_closes_the_account(world):
    account = world.give_minutes(world.helped, 150)
    key = uuid.uuid4()
    made = [
        transfers_out.make_statement(account, "青州市时间银行", 150, closes=True, **act(world, form_key=key))
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert stands(world.helped) == (150, 150)
    with pytest.raises(BusinessError, match="还没有收回"):
        transfers_out.finish(made[0], actor=world.one, now=NOW)
    papers.take_back(made[0].paper, actor=world.one, on=NOW.date())

    first = transfers_out.finish(made[0], actor=world.one, now=NOW)

    assert transfers_out.finish(made[0], actor=world.one, now=NOW) == first
    assert world.own("outside").balance == 150
    assert Account.objects.get(pk=account.pk).state == "closed"


def test_a_cancelled_statement_frees_the_minutes_and_voids_the_paper(world):
    account = world.give_minutes(world.helped, 150)
    made = transfers_out.make_statement(account, "青州市时间银行", 100, closes=False, **act(world))

    transfers_out.cancel(made, "不走了", actor=world.one, now=NOW)

    assert stands(world.helped) == (150, 0)
    assert OutStatement.objects.get().paper.state == "cancelled"


def test_staff_freeze_thaw_and_close_an_empty_account(world):
    account = world.give_minutes(world.helped, 30)
    settling.freeze(account, "核对重复登记", actor=world.one, on=NOW.date())
    with pytest.raises(BusinessError, match="核对重复登记"):
        bank.donate(world.helped, 30, **act(world))
    settling.thaw(account, actor=world.one)
    with pytest.raises(BusinessError, match="还有时间"):
        settling.close(account, actor=world.one, on=NOW.date())
    bank.donate(world.helped, 30, **act(world))

    assert settling.close(account, actor=world.one, on=NOW.date()).state == "closed"


def test_only_spouse_and_lineal_relatives_are_verified(world):
    other = make_person("李小弟")
    with pytest.raises(BusinessError, match="只核实配偶和直系亲属"):
        kinship.verify(world.helped, other, "70", "户口簿", unit=world.unit, actor=world.one, on=NOW.date())
    row = kinship.verify(world.helped, other, "20", "户口簿", unit=world.unit, actor=world.one, on=NOW.date())
    with pytest.raises(BusinessError, match="已经核实过"):
        kinship.verify(other, world.helped, "50", "户口簿", unit=world.unit, actor=world.one, on=NOW.date())
    kinship.end(row, "登记错了", actor=world.one, on=NOW.date())
    world.give_minutes(world.helped, 30)
    with pytest.raises(BusinessError, match="还没有核实"):
        bank.give(world.helped, other, 10, **act(world))
