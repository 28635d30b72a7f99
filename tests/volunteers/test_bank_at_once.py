"""The time bank when many act at the same moment: mosts, balances and records hold as for one after another."""

import uuid

import pytest

from apps.common.errors import BusinessError
from apps.organisation.models import RuleSet
from apps.volunteers.queries.bank import ledger_sum
from apps.volunteers.services import bank
from tests.builders import LONG_AGO, make_person
from tests.signups.places_world import at_once

from .bank_world import NOW, BankWorld, stands

MANY = 20
pytestmark = pytest.mark.django_db(transaction=True)


def taken(answers: list) -> int:
    assert len(answers) == MANY  # nobody was left without an answer
    return sum(not isinstance(answer, BusinessError) for answer in answers)


def test_twenty_give_to_one_account_that_has_room_for_seven_and_one_spends_for_seven():
    world = BankWorld()
    RuleSet.objects.create(kind="volunteers.bank", effective_from=LONG_AGO, values={"account_most": 210})
    mother, givers = make_person("郑母", sex="2", birth_date="1936-01-01"), []
    for n in range(MANY):
        givers.append(make_person(f"郑子{n}", birth_date="1960-01-01"))
        world.give_minutes(givers[-1], 30)
        world.kin(givers[-1], mother, "50")
    world.account(mother)

    into = at_once(
        [lambda giver=giver: bank.give(giver, mother, 30, actor=None, now=NOW, form_key=uuid.uuid4())
         for giver in givers]
    )  # fmt: skip
    assert (taken(into), stands(mother)) == (7, (210, 0))

    requests = [world.ask(mother, starts=540 + n) for n in range(MANY)]
    holds = at_once([lambda request=request: bank.hold(request, 30, actor=None, now=NOW) for request in requests])
    assert (taken(holds), stands(mother)) == (7, (210, 210))
    assert ledger_sum() == 0


def test_one_care_confirmed_twice_at_once_and_a_day_of_many_keep_their_mosts():
    world = BankWorld()
    RuleSet.objects.create(
        kind="volunteers.bank", effective_from=LONG_AGO, values={"day_most": 150, "account_most": 100}
    )  # fmt: skip
    cares = [world.care(60, starts=420 + 60 * n) for n in range(6)]

    at_once([lambda care=care: bank.credit(care, actor=None, now=NOW) for care in (*cares, *cares)])

    assert stands(world.volunteer.person) == (100, 0)
    assert (world.own("pool").balance, ledger_sum()) == (50, 0)
