"""The ledger under any sequence of acts: whatever is done in whatever order, what must always hold holds.

Beside the real services and the real database stands a model of a few lines; after every step both say the same.
BANK_WALKS and BANK_STEPS take other numbers: 300 walks of 80 steps are a long one.
"""

import datetime as dt
import os
import uuid
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as walk

from apps.common.errors import BusinessError
from apps.organisation.models import RuleSet
from apps.people.choices import LifeStatus
from apps.volunteers.models import Account, Entry, Hold, Transfer
from apps.volunteers.queries.bank import account_of, ledger_sum
from apps.volunteers.services import approvals, bank, settling
from tests.builders import LONG_AGO, make_person, make_user

from .bank_world import NOW, BankWorld
from .builders import make_volunteer

WALKS, STEPS = int(os.environ.get("BANK_WALKS", "4")), int(os.environ.get("BANK_STEPS", "40"))
MOST, MONTHS = 400, dt.timedelta(days=366)
NONE, OPEN, FROZEN, DEAD = "none", "open", "frozen", "dead"
WHO, NEXT = st.integers(0, 3), st.integers(1, 3)
EARNED, USED, PART = st.integers(60, 400), st.integers(1, 200), st.integers(1, 60)
CHOICE = st.integers(0, 50)
# Each line finds what must not be; together one statement. A contra entry may bring back what is over the most.
BREACHES = """
SELECT 'balance' FROM volunteers_account a WHERE kind <> 'issue' AND balance <> (
  SELECT coalesce(sum(minutes), 0) FROM volunteers_entry e WHERE e.account_id = a.id)
UNION ALL SELECT 'held' FROM volunteers_account a WHERE held <> (
  SELECT coalesce(sum(minutes), 0) FROM volunteers_hold h WHERE h.account_id = a.id AND h.state = 'held')
UNION ALL SELECT 'uncovered' FROM volunteers_account WHERE kind IN ('person', 'pool') AND (balance < held OR held < 0)
UNION ALL SELECT 'over the most' FROM volunteers_account a WHERE kind = 'person' AND balance > 400 AND NOT EXISTS (
  SELECT FROM volunteers_entry e JOIN volunteers_transfer t ON t.id = e.transfer_id
  WHERE e.account_id = a.id AND t.kind = 'contra' AND e.minutes > 0)
UNION ALL SELECT 'closed' FROM volunteers_account WHERE state = 'closed' AND (balance <> 0 OR held <> 0)
UNION ALL SELECT 'uneven' FROM volunteers_entry e JOIN volunteers_account a ON a.id = e.account_id
  GROUP BY e.transfer_id, a.bank_id HAVING sum(e.minutes) <> 0
UNION ALL SELECT 'the line before' FROM (
  SELECT balance_after - minutes AS before, lag(balance_after, 1, 0) OVER (PARTITION BY account_id ORDER BY id) AS after
  FROM volunteers_entry WHERE balance_after IS NOT NULL) lines WHERE before <> after
UNION ALL SELECT 'earned twice' FROM volunteers_transfer WHERE confirmation_id IS NOT NULL
  GROUP BY confirmation_id HAVING count(*) > 1
UNION ALL SELECT 'put right twice' FROM volunteers_transfer WHERE reverses_id IS NOT NULL
  GROUP BY reverses_id HAVING count(*) > 1
UNION ALL SELECT 'nobody wrote it down' FROM volunteers_transfer t WHERE NOT EXISTS (
  SELECT FROM common_auditentry WHERE target = 'volunteers.transfer:' || t.id)
"""


class Ledger(RuleBasedStateMachine):
    """Four volunteers who are kin of one another. The model: `have` and `held` of each, the state of his account, what
    the pool has, and of each transfer that may be put right, whose minutes it moved (None: the pool's)."""

    @initialize()
    def begin(self):
        self.point = transaction.atomic()
        self.point.__enter__()
        self.world = BankWorld()
        RuleSet.objects.create(
            kind="volunteers.bank", effective_from=LONG_AGO, values={"account_most": MOST, "day_most": 1440}
        )
        self.two = make_user("jingban"), make_user("kezhang")
        self.people = [make_volunteer(f"机{n}", team=self.world.team).person for n in range(4)]
        for n, one in enumerate(self.people):
            for other in self.people[n + 1 :]:
                self.world.kin(one, other, "20")
        self.have, self.held, self.state, self.pool = [0] * 4, [0] * 4, [NONE] * 4, 0
        self.cares, self.deaths, self.requests, self.moved = 0, 0, [], []
        for who in range(3):
            self.earn(who, 300, False)
        for minutes in (60, 40, 20):
            self.keep(0, minutes, False)

    def teardown(self):
        if hasattr(self, "point"):
            transaction.set_rollback(True)
            self.point.__exit__(None, None, None)

    # The model

    def free(self, who: int) -> int:
        return self.have[who] - self.held[who]

    def room(self, who: int) -> int:
        return max(0, MOST - self.have[who])

    def alive(self, who: int) -> bool:
        return self.people[who].life_status == LifeStatus.LIVING

    def takes(self, who: int) -> bool:
        """Whether minutes may come in: his account is open, or one may be opened."""
        return self.state[who] == OPEN or (self.state[who] == NONE and self.alive(who))

    def move(self, row: Transfer | None, change: dict[int | None, int]) -> None:
        for who, minutes in change.items():
            if who is None:
                self.pool += minutes
            else:
                self.have[who] += minutes
        if row is not None:
            self.moved.append((row, change))

    def act(self, does, fits: bool):
        """Do it; it is taken exactly when the model says that it fits."""
        try:
            with transaction.atomic():
                done = does()
        except BusinessError as refusal:
            if fits:
                raise AssertionError("the model takes it") from refusal
            return None
        assert fits, "the model refuses it"
        return done or True

    def once(self, does, fits: bool, twice: bool):
        """Sent twice it is done once."""
        done = self.act(does, fits)
        if twice:
            assert self.act(does, fits) == done
        return done

    # Minutes come in

    @rule(who=WHO, minutes=EARNED, twice=st.booleans())
    def care(self, who, minutes, twice):
        self.earn(who, minutes, twice)

    def earn(self, who: int, minutes: int, twice: bool):
        self.cares += 1
        day = dt.date(2020, 1, 1) + dt.timedelta(days=self.cares)
        helped = make_person(f"受助{self.cares}")
        care = self.world.care(minutes, volunteer=self.people[who].volunteer, helped=helped, on=day, starts=0)
        row = self.once(lambda: bank.credit(care, actor=None, now=NOW), self.takes(who), twice)
        if row:
            own = min(minutes, self.room(who))
            self.state[who] = OPEN
            self.move(row, {who: own, None: minutes - own})

    @rule(who=WHO, minutes=USED)
    def brought(self, who, minutes):
        """From an old paper passbook: one proposes, another confirms."""
        account = account_of(self.people[who].pk)
        if account is None:
            return
        asked = approvals.ask_opening(account, minutes, "旧存折", actor=self.two[0], now=NOW, form_key=uuid.uuid4())
        fits = self.state[who] == OPEN and minutes <= self.room(who)
        if not self.act(lambda: approvals.decide(asked, False, answer="等", actor=self.two[0], now=NOW), False):
            done = self.act(lambda: approvals.decide(asked, True, actor=self.two[1], now=NOW), fits)
            if done:
                self.move(done.done, {who: minutes})
            else:
                approvals.take_back(asked, actor=self.two[0], now=NOW)

    # And go on

    @rule(giver=WHO, step=NEXT, minutes=USED, twice=st.booleans())
    def give(self, giver, step, minutes, twice):
        taker = (giver + step) % 4
        fits = self.state[giver] == OPEN and self.takes(taker)
        fits = fits and minutes <= self.free(giver) and minutes <= self.room(taker)
        key, pair = uuid.uuid4(), (self.people[giver], self.people[taker])
        done = self.once(lambda: bank.give(*pair, minutes, actor=None, now=NOW, form_key=key), fits, twice)
        if done:
            self.state[taker] = OPEN
            self.move(done, {giver: -minutes, taker: minutes})

    @rule(who=WHO, minutes=USED, twice=st.booleans())
    def donate(self, who, minutes, twice):
        fits, key = self.state[who] == OPEN and minutes <= self.free(who), uuid.uuid4()
        person = self.people[who]
        done = self.once(lambda: bank.donate(person, minutes, actor=None, now=NOW, form_key=key), fits, twice)
        if done:
            self.move(done, {who: -minutes, None: minutes})

    @rule(who=WHO, minutes=PART, twice=st.booleans())
    def hold(self, who, minutes, twice):
        self.keep(who, minutes, twice)

    def keep(self, who: int, minutes: int, twice: bool):
        request = self.world.ask(self.people[who])
        fits = self.state[who] == OPEN and minutes <= self.free(who)
        if self.once(lambda: bank.hold(request, minutes, actor=None, now=NOW), fits, twice):
            self.held[who] += minutes
            self.requests.append((request, who, minutes))

    @precondition(lambda self: getattr(self, "requests", None))
    @rule(choice=CHOICE)
    def release(self, choice):
        self.finish(None, choice)

    @precondition(lambda self: getattr(self, "requests", None))
    @rule(used=USED, choice=CHOICE)
    def capture(self, used, choice):
        self.finish(used, choice)

    def finish(self, used: int | None, choice: int):
        """Captured, or released where the service came to nothing; a second time it changes nothing."""
        place = choice % len(self.requests)
        request, who, minutes = self.requests[place]
        if used is None:
            bank.release(request, actor=None, now=NOW)
        else:
            done = self.act(lambda: bank.capture(request, used, actor=None, now=NOW), self.state[who] == OPEN)
            if not done:
                return
            self.move(done, {who: -min(used, minutes)})
        self.held[who] -= minutes
        self.requests.pop(place)
        bank.release(request, actor=None, now=NOW)
        bank.capture(request, used or 1, actor=None, now=NOW)

    # What was wrong

    @precondition(lambda self: getattr(self, "moved", None))
    @rule(choice=CHOICE, twice=st.booleans())
    def reverse(self, choice, twice):
        place = choice % len(self.moved)
        row, change = self.moved[place]
        back = {who: -minutes for who, minutes in change.items()}
        fits = back.get(None, 0) + self.pool >= 0 and all(
            self.state[who] != NONE and self.free(who) + minutes >= 0
            for who, minutes in back.items()
            if who is not None
        )
        done = self.once(lambda: bank.reverse(row, "登记错了", actor=None, now=NOW, form_key=uuid.uuid4()), fits, twice)
        if done:
            self.move(None, back)
            self.moved.pop(place)

    # Accounts that stop

    @rule(who=WHO, again=st.booleans())
    def freeze(self, who, again):
        account = account_of(self.people[who].pk)
        if account is None:
            return
        if self.state[who] == OPEN:
            settling.freeze(account, "核对", actor=None, on=NOW.date())
            self.state[who] = FROZEN
        elif again and self.act(lambda: settling.thaw(account, actor=None), self.state[who] == FROZEN):
            self.state[who] = OPEN

    @precondition(lambda self: any(getattr(self, "held", ())) or DEAD in getattr(self, "state", ()))
    @rule(who=WHO)
    def die_or_not(self, who):
        """He dies: what is held is free, the account is frozen. Or it was not so: all is open again."""
        person = self.people[who]
        if self.alive(who):
            if sum(map(self.alive, range(4))) < 3:  # the others go on
                return
            self.deaths += 1
            person.death, person.life_status = SimpleNamespace(pk=self.deaths, person_id=person.pk), LifeStatus.DECEASED
            settling.freeze_by_death(person.death, now=NOW)
            self.held[who], self.requests = 0, [row for row in self.requests if row[1] != who]
            self.state[who] = NONE if self.state[who] == NONE else DEAD
        else:
            person.life_status = LifeStatus.LIVING
            settling.thaw_after_death(person.death)
            self.state[who] = OPEN if self.state[who] == DEAD else NONE
        person.save(update_fields=["life_status"])

    @precondition(lambda self: DEAD in getattr(self, "state", ()))
    @rule(step=st.none() | NEXT, late=st.booleans())
    def settle(self, step, late):
        """The family decides in time, or its months are over and the pool takes it."""
        who = self.state.index(DEAD)
        heir = None if step is None else (who + step) % 4
        account, left = account_of(self.people[who].pk), self.have[who]
        fits = heir is None or (not late and (self.takes(heir) or (not left and self.state[heir] != NONE)))
        to, now, key = None if heir is None else self.people[heir], NOW + MONTHS if late else NOW, uuid.uuid4()
        if self.act(lambda: settling.settle(account, to, "家属决定", actor=None, now=now, form_key=key), fits):
            own = 0 if heir is None else min(left, self.room(heir))
            self.state[who], self.have[who] = NONE, 0
            self.move(None, {None: left - own, heir: own} if own else {None: left})
            if heir is not None and self.state[heir] == NONE:
                self.state[heir] = OPEN
            self.moved = [row for row in self.moved if who not in row[1]]

    @invariant()
    def both_say_the_same(self):
        if not hasattr(self, "world"):
            return
        rows = Account.objects.filter(kind="person").exclude(state="closed")
        stands = {row[0]: row[1:] for row in rows.values_list("person", "balance", "held")}
        assert [stands.get(person.pk, (0, 0)) for person in self.people] == list(zip(self.have, self.held, strict=True))
        assert self.world.own("pool").balance == self.pool
        assert ledger_sum() == 0
        with connection.cursor() as cursor:
            cursor.execute(BREACHES)
            assert cursor.fetchall() == []


@pytest.mark.django_db
def test_the_ledger_holds_under_any_sequence_of_acts():
    quick = settings(
        max_examples=WALKS, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck),
        database=None, phases=[Phase.generate] if "BANK_WALKS" not in os.environ else [Phase.generate, Phase.shrink],
    )  # fmt: skip
    walk(Ledger, settings=quick)
    assert not Transfer.objects.exists()
    assert not Entry.objects.exists()
    assert not Hold.objects.exists()
