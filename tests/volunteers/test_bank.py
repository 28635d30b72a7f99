"""The time bank: what earns, what is used, given and put right; what the database itself refuses."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import InternalError

from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.common.partial_date import PartialDate
from apps.messaging.models import Message
from apps.organisation.models import RuleSet
from apps.volunteers.bank_notices import facts
from apps.volunteers.models import Account, Entry, Hold, Transfer
from apps.volunteers.queries.bank import account_of, balance_of, issued, ledger_sum
from apps.volunteers.queries.bank_lines import entries_of, line_of, with_words
from apps.volunteers.rules.bank import BankRules, credit_of, heirs_until, redeem_refusal, time_words
from apps.volunteers.services import bank, ledger
from tests.builders import LONG_AGO, make_person

from .bank_world import NOW, BankWorld, stands
from .builders import make_volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return BankWorld()


def test_words():
    assert [time_words(n) for n in (150, 45, 120, 0, -90)] == ["2小时30分", "45分", "2小时", "0分", "-1小时30分"]


# Earning ----------------------------------------------------------------------------------------------------------


def test_confirmed_care_is_credited_once_and_told(world):
    confirmation = world.care(90)

    first = bank.credit(confirmation, actor=None, now=NOW)
    again = bank.credit(confirmation, actor=None, now=NOW)

    assert first == again
    assert stands(world.volunteer.person) == (90, 0)
    assert issued(world.bank) == 90
    assert ledger_sum() == 0
    assert AuditEntry.objects.filter(action="bank.earn").count() == 1
    assert Message.objects.get(template="bank.earned").person_id == world.volunteer.pk


def test_own_household_other_services_and_self_earn_nothing(world):
    helped = make_person("郑母", household=None)
    from apps.people.models import Household  # noqa: PLC0415

    home = Household.objects.create(name="郑国梁家")
    for person in (world.volunteer.person, helped):
        person.household = home
        person.save(update_fields=["household"])

    assert world.credit(60, helped=helped) is None
    assert world.credit(60, service="patrol", starts=700) is None
    assert world.credit(60, helped=world.volunteer.person, starts=800) is None
    assert stands(world.volunteer.person) == (0, 0)


def test_a_day_earns_eight_hours_at_most(world):
    world.credit(300, starts=480)
    second = world.credit(240, starts=800)

    assert second.minutes == 180
    assert stands(world.volunteer.person) == (480, 0)
    assert world.credit(60, starts=1100) is None


def test_team_service_goes_to_the_pool_where_the_rules_say_so():
    assert credit_of(90, 0, 0, by_team=True, rules=BankRules(team_to_pool=True)).pool == 90
    assert credit_of(90, 0, 0, by_team=True, rules=BankRules()).account == 90


def test_what_is_over_the_most_goes_on_to_the_pool_where_its_holder_reads_it(world):
    RuleSet.objects.create(kind="volunteers.bank", effective_from=LONG_AGO, values={"account_most": 150})
    world.credit(100)
    second = world.credit(120, starts=700)

    assert stands(world.volunteer.person) == (150, 0)
    assert world.own("pool").balance == 70
    lines = [line_of(entry) for entry in with_words(entries_of(account_of(world.volunteer.pk)))]
    assert [(line.kind, line.amount) for line in lines[:2]] == [
        ("超过上限转入公共池", "−1小时10分"), ("服务存入", "+2小时"),
    ]  # fmt: skip
    assert "最多存2小时30分" in lines[0].words
    [message] = Message.objects.filter(template="bank.surplus")
    assert facts(message.context) == {"时间": "1小时10分", "余额": "2小时30分", "电话": "0700-8800900"}

    with pytest.raises(BusinessError, match="服务存入"):
        bank.reverse(Transfer.objects.get(kind="surplus"), "错", actor=None, now=NOW, form_key=uuid.uuid4())
    for _ in range(2):
        bank.reverse(second, "登记错了人", actor=None, now=NOW, form_key=uuid.uuid4())
    assert stands(world.volunteer.person) == (100, 0)
    assert world.own("pool").balance == ledger_sum() == 0


def test_what_teams_do_is_donated_where_the_rules_say_so(world):
    RuleSet.objects.create(kind="volunteers.bank", effective_from=LONG_AGO, values={"team_to_pool": True})
    world.credit(90, source="grid")

    assert stands(world.volunteer.person) == (0, 0)
    assert world.own("pool").balance == 90
    assert list(Transfer.objects.order_by("pk").values_list("kind", "minutes")) == [("earn", 90), ("donate", 90)]


def test_birth_known_to_the_year_decides_only_when_sure():
    on = dt.date(2026, 11, 22)
    assert redeem_refusal(PartialDate(1965), on, BankRules()) == ""
    assert redeem_refusal(PartialDate(1966), on, BankRules())
    assert redeem_refusal(None, on, BankRules())


def test_heirs_decide_within_twelve_months():
    assert heirs_until(dt.date(2028, 2, 29), BankRules()) == dt.date(2029, 2, 28)


# Using ------------------------------------------------------------------------------------------------------------


def test_hold_capture_and_release_have_one_effect_each(world):
    world.give_minutes(world.helped, 150)
    request = world.ask(world.helped)

    assert bank.hold(request, 120, actor=None, now=NOW) == bank.hold(request, 120, actor=None, now=NOW)
    assert balance_of(world.helped) == 30
    first = bank.capture(request, 90, actor=None, now=NOW)

    assert bank.capture(request, 90, actor=None, now=NOW) == first
    assert bank.release(request, actor=None, now=NOW) is None
    assert stands(world.helped) == (60, 0)
    assert Hold.objects.get().state == "captured"


def test_never_more_is_used_than_was_held(world):
    world.give_minutes(world.helped, 300)
    request = world.ask(world.helped)
    bank.hold(request, 120, actor=None, now=NOW)

    assert bank.capture(request, 200, actor=None, now=NOW).minutes == 120


def test_cancelled_the_minutes_are_free_again(world):
    world.give_minutes(world.helped, 150)
    request = world.ask(world.helped)
    bank.hold(request, 120, actor=None, now=NOW)

    bank.release(request, actor=None, now=NOW)

    assert stands(world.helped) == (150, 0)
    assert bank.capture(request, 90, actor=None, now=NOW) is None


def test_without_an_account_nothing_is_held(world):
    with pytest.raises(BusinessError, match="还没有时间账户"):
        bank.hold(world.ask(world.helped), 60, actor=None, now=NOW)


# Giving -----------------------------------------------------------------------------------------------------------


def test_a_gift_reaches_the_mother_whichever_way_the_kinship_was_entered(world):
    giver, mother = world.volunteer.person, make_person("郑母", sex="2", birth_date="1936-01-01")
    world.give_minutes(giver, 120)
    world.kin(mother, giver, "20")
    key = uuid.uuid4()

    for _ in range(2):
        bank.give(giver, mother, 100, actor=None, now=NOW, form_key=key)

    assert (stands(giver), stands(mother)) == ((20, 0), (100, 0))
    assert Message.objects.get(template="bank.gift").person_id == mother.pk


@pytest.mark.parametrize(("relation", "words"), [(None, "还没有核实"), ("80", "直系亲属"), ("57", "直系亲属")])
def test_others_get_nothing(world, relation, words):
    giver, other = world.volunteer.person, make_person("郑小妹", sex="2")
    world.give_minutes(giver, 120)
    if relation:
        world.kin(giver, other, relation)

    with pytest.raises(BusinessError, match=words):
        bank.give(giver, other, 60, actor=None, now=NOW, form_key=uuid.uuid4())


def test_a_form_key_is_used_for_one_act(world):
    world.give_minutes(world.helped, 120)
    key = uuid.uuid4()
    bank.donate(world.helped, 30, actor=None, now=NOW, form_key=key)
    bank.donate(world.helped, 30, actor=None, now=NOW, form_key=key)
    other = make_volunteer("何淑兰", team=world.team)
    world.give_minutes(other.person, 60)

    with pytest.raises(BusinessError, match="已经用过"):
        bank.donate(other.person, 30, actor=None, now=NOW, form_key=key)
    assert world.own("pool").balance == 30


def test_between_two_banks_each_adds_up_to_zero(world):
    from tests.builders import make_unit  # noqa: PLC0415

    district = make_unit("云溪区委老干部局", parent=world.unit)
    second = ledger.open_bank(district, "云溪区时间银行", on=NOW.date(), actor=None)
    giver, mother = world.volunteer.person, make_person("郑母", sex="2", birth_date="1936-01-01")
    world.give_minutes(giver, 120)
    ledger.open_account(mother.pk, second, district, on=NOW.date(), actor=None)
    world.kin(giver, mother, "50")

    bank.give(giver, mother, 60, actor=None, now=NOW, form_key=uuid.uuid4())

    assert stands(mother) == (60, 0)
    assert ledger_sum(world.bank) == ledger_sum(second) == 0


# Putting right ----------------------------------------------------------------------------------------------------


def test_a_contra_entry_puts_right_once(world):
    wrong = world.credit(120)

    first = bank.reverse(wrong, "登记错了人", actor=None, now=NOW, form_key=uuid.uuid4())

    assert bank.reverse(wrong, "登记错了人", actor=None, now=NOW, form_key=uuid.uuid4()) == first
    assert stands(world.volunteer.person) == (0, 0)
    assert ledger_sum() == 0
    assert world.credit(480, starts=700).minutes == 480  # what was corrected counts against no day


def test_what_is_spent_is_not_put_right_silently(world):
    wrong = world.credit(120)
    bank.donate(world.volunteer.person, 100, actor=None, now=NOW, form_key=uuid.uuid4())

    with pytest.raises(BusinessError, match="不够冲回2小时"):
        bank.reverse(wrong, "登记错了人", actor=None, now=NOW, form_key=uuid.uuid4())


# What the database itself refuses -----------------------------------------------------------------------------------


def test_the_ledger_is_only_added_to(world):
    world.credit(60)
    for change in (
        lambda: Entry.objects.update(minutes=1),
        lambda: Entry.objects.all()._raw_delete("default"),
        lambda: Transfer.objects.update(minutes=1),
        lambda: Transfer.objects.all()._raw_delete("default"),
    ):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            change()


def test_entries_that_do_not_add_up_are_refused(world):
    account = world.account(world.helped)
    move = ledger.Move("opening", account, 60, uuid.uuid4(), None, NOW)

    with pytest.raises(IntegrityError, match="add up to zero"), transaction.atomic():
        ledger.write(move, {account.pk: 60, world.own("issue").pk: -59})
    assert not Transfer.objects.exists()


def test_a_balance_never_goes_below_what_is_held(world):
    account = world.give_minutes(world.helped, 60)
    move = ledger.Move("donate", account, 90, uuid.uuid4(), None, NOW)

    with pytest.raises(BusinessError, match="可用的时间不够"):
        ledger.one_act(ledger.write)(move, {account.pk: -90, world.own("pool").pk: 90})


@pytest.mark.parametrize("state", ["frozen", "closed"])
def test_an_account_that_is_not_open_takes_no_entries(world, state):
    account = world.account(world.helped)
    Account.objects.filter(pk=account.pk).update(state=state, closed_on=NOW.date())
    move = ledger.Move("opening", account, 90, uuid.uuid4(), None, NOW)

    with pytest.raises(BusinessError, match="冻结或者销户"):
        ledger.one_act(ledger.write)(move, {account.pk: 90, world.own("issue").pk: -90})
