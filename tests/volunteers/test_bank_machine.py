"""The ledger under any sequence of acts: whatever is done in whatever order, what must always hold holds.

Beside the real services and the real database stands a model of a few lines; after every step both say the same.
"""

import uuid

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from apps.common.errors import BusinessError
from apps.organisation.models import RuleSet
from apps.volunteers.models import Account, Entry, Hold, Transfer
from apps.volunteers.queries.bank import ledger_sum
from apps.volunteers.services import bank
from tests.builders import LONG_AGO, make_person

from .bank_world import NOW, BankWorld
from .builders import make_volunteer

MOST = 600
WHO = st.integers(0, 3)
MINUTES = st.integers(1, 400)
# Each line finds what must not be; together one statement.
BREACHES = """
SELECT 'balance' FROM volunteers_account a WHERE kind <> 'issue' AND balance <> (
  SELECT coalesce(sum(minutes), 0) FROM volunteers_entry e WHERE e.account_id = a.id)
UNION ALL SELECT 'held' FROM volunteers_account a WHERE held <> (
  SELECT coalesce(sum(minutes), 0) FROM volunteers_hold h WHERE h.account_id = a.id AND h.state = 'held')
UNION ALL SELECT 'uncovered' FROM volunteers_account WHERE kind IN ('person', 'pool') AND (balance < held OR held < 0)
UNION ALL SELECT 'over the most' FROM volunteers_account WHERE kind = 'person' AND balance > 600
UNION ALL SELECT 'uneven' FROM volunteers_entry e JOIN volunteers_account a ON a.id = e.account_id
  GROUP BY e.transfer_id, a.bank_id HAVING sum(e.minutes) <> 0
UNION ALL SELECT 'twice' FROM volunteers_transfer WHERE reverses_id IS NOT NULL GROUP BY reverses_id HAVING count(*) > 1
"""


class Ledger(RuleBasedStateMachine):
    """Four volunteers who are kin of one another; `have` is what the model says they have, `pool` the pool."""

    @initialize()
    def begin(self):
        self.point = transaction.atomic()
        self.point.__enter__()
        self.world = BankWorld()
        RuleSet.objects.create(
            kind="volunteers.bank", effective_from=LONG_AGO, values={"account_most": MOST, "day_most": 1440}
        )
        self.people = [make_volunteer(f"机{n}", team=self.world.team).person for n in range(4)]
        for n, one in enumerate(self.people):
            for other in self.people[n + 1 :]:
                self.world.kin(one, other, "20")
        self.have, self.pool, self.held, self.cares = [0] * 4, 0, [0] * 4, 0
        self.requests, self.earned = [], []

    def teardown(self):
        if hasattr(self, "point"):
            transaction.set_rollback(True)
            self.point.__exit__(None, None, None)

    def free(self, who: int) -> int:
        return self.have[who] - self.held[who]

    def act(self, does, fits: bool) -> bool:
        """Do it; it is taken exactly when the model says that it fits."""
        try:
            with transaction.atomic():
                done = does()
        except BusinessError:
            assert not fits
            return False
        assert fits
        return done

    @rule(who=WHO, minutes=MINUTES)
    def care(self, who, minutes):
        self.cares += 1
        helped = make_person(f"受助{self.cares}")
        day = LONG_AGO.replace(year=2020 + self.cares // 300, month=1 + self.cares % 12, day=1 + self.cares % 28)
        row = self.world.credit(minutes, volunteer=self.people[who].volunteer, helped=helped, on=day, starts=0)
        own = min(minutes, MOST - self.have[who])
        self.have[who] += own
        self.pool += minutes - own
        self.earned.append((row, who, own, minutes - own))

    @rule(giver=WHO, taker=WHO, minutes=MINUTES, twice=st.booleans())
    def give(self, giver, taker, minutes, twice):
        known = self.have[giver] or Account.objects.filter(person=self.people[giver]).exists()
        fits = giver != taker and bool(known) and minutes <= self.free(giver) and minutes <= MOST - self.have[taker]
        key = uuid.uuid4()
        for _ in range(1 + twice):
            done = self.act(
                lambda: bank.give(
                    self.people[giver], self.people[taker], minutes, actor=None, now=NOW, form_key=key
                ),
                fits,
            )  # fmt: skip
        if done:
            self.have[giver] -= minutes
            self.have[taker] += minutes

    @rule(who=WHO, minutes=MINUTES)
    def donate(self, who, minutes):
        fits = minutes <= self.free(who)
        if self.act(lambda: bank.donate(self.people[who], minutes, actor=None, now=NOW, form_key=uuid.uuid4()), fits):
            self.have[who] -= minutes
            self.pool += minutes

    @rule(who=WHO, minutes=MINUTES)
    def hold(self, who, minutes):
        request = self.world.ask(self.people[who])
        if self.act(lambda: bank.hold(request, minutes, actor=None, now=NOW), minutes <= self.free(who)):
            self.held[who] += minutes
            self.requests.append((request, who, minutes))

    @rule(used=MINUTES, choice=st.integers(0, 50))
    def finish(self, used, choice):
        """Captured, or released where the service came to nothing; a second time it changes nothing."""
        if not self.requests:
            return
        request, who, minutes = self.requests.pop(choice % len(self.requests))
        if choice % 3 == 0:
            bank.release(request, actor=None, now=NOW)
        else:
            bank.capture(request, used, actor=None, now=NOW)
            self.have[who] -= min(used, minutes)
        self.held[who] -= minutes
        bank.release(request, actor=None, now=NOW)
        bank.capture(request, used, actor=None, now=NOW)

    @rule(choice=st.integers(0, 50))
    def reverse(self, choice):
        if not self.earned:
            return
        row, who, own, over = self.earned[choice % len(self.earned)]
        fits = own <= self.free(who) and over <= self.pool
        if self.act(lambda: bank.reverse(row, "登记错了", actor=None, now=NOW, form_key=uuid.uuid4()), fits):
            self.have[who] -= own
            self.pool -= over
            self.earned.pop(choice % len(self.earned))

    @invariant()
    def both_say_the_same(self):
        if not hasattr(self, "world"):
            return
        stands = dict(Account.objects.filter(kind="person").values_list("person", "balance"))
        assert [stands.get(person.pk, 0) for person in self.people] == self.have
        assert self.world.own("pool").balance == self.pool
        assert ledger_sum() == 0
        with transaction.get_connection().cursor() as cursor:
            cursor.execute(BREACHES)
            assert cursor.fetchall() == []


@pytest.mark.django_db
def test_the_ledger_holds_under_any_sequence_of_acts():
    quick = settings(
        max_examples=8, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(Ledger, settings=quick)
    assert not Transfer.objects.exists()
    assert not Entry.objects.exists()
    assert not Hold.objects.exists()
