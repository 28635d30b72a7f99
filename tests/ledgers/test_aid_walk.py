"""The aid fund under random walks and two hands at once: budget, one grant a year and the second person always hold."""

import datetime as dt
import random
import threading
import uuid
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from apps.common.errors import BusinessError
from apps.ledgers.models import AidApplication, FundYear
from apps.ledgers.rules.aid import COUNTED
from apps.ledgers.services import aid_meeting, aid_paying, aid_steps
from tests.builders import make_cadre, make_unit, make_user
from tests.ledgers.aid_cast import LATER, ask, batch_of, granted, make_deciders, make_fund, make_meeting, reviewed

STEPS = 160


class Walker:
    """Does anything to anybody, in any order, as any of four people; what is refused changes nothing."""

    def __init__(self, seed: int):
        self.dice = random.Random(seed)  # noqa: S311 (a walk to be repeated)
        self.unit = make_unit()
        self.people = [make_user(f"u{number}", role="section_head", unit=self.unit) for number in range(4)]
        self.fund = make_fund(self.unit, budget=11_000)
        self.table = make_deciders(self.unit)
        self.cadres = [make_cadre(f"老同志{number}", unit=self.unit) for number in range(4)]
        self.acts = [
            self.ask, self.verify, self.sign, self.review, self.decide, self.decide, self.refuse, self.end, self.notice,
            self.pay, self.receive, self.undo, self.undo,
        ]  # fmt: skip

    def row(self) -> AidApplication:
        found = list(AidApplication.objects.order_by("pk"))
        if not found:
            raise BusinessError("还没有")
        return self.dice.choice(found)

    def who(self):
        return self.dice.choice(self.people)

    def ask(self):
        ask(self.dice.choice(self.cadres), self.who(), requested=Decimal(self.dice.choice([3000, 4000, 5000])))

    def verify(self):
        aid_steps.verify(self.row(), on=LATER, verifiers="甲", visited=True, findings="", actor=self.who())

    def sign(self):
        aid_steps.sign(self.row(), on=LATER, signer="乙", opinion="", actor=self.who())

    def review(self):
        row = self.row()
        aid_steps.review(row, on=LATER, proposed=row.requested, opinion="好", actor=self.who())

    def decide(self):
        meeting = make_meeting(self.fund, self.table, self.people[0], held_on=LATER, number=f"{self.dice.random()}")
        granted(self.row(), meeting, self.who(), amount=self.dice.choice([3000, 4000, 5000]))

    def refuse(self):
        meeting = make_meeting(self.fund, self.table, self.people[0], held_on=LATER, number=f"{self.dice.random()}")
        aid_meeting.decide(self.row(), meeting, aid_meeting.Vote("refuse", note="不符合"), actor=self.who())

    def end(self):
        aid_steps.end(
            self.row(), self.dice.choice(["return", "refuse", "withdraw"]), on=LATER, reason="因", actor=self.who()
        )

    def notice(self):
        aid_paying.start_notice(
            self.fund, [self.row()], starts_on=LATER, place="栏", contact="1", actor=self.who(), on=LATER,
            form_key=uuid.uuid4(),
        )  # fmt: skip

    def pay(self):
        batch = batch_of(self.fund, self.who(), paid_on=LATER + dt.timedelta(20))
        row = self.row()
        aid_paying.pay(row, batch, aid_paying.Pay(row.cadre.person.name), actor=self.who())

    def receive(self):
        row = self.row()
        on = LATER + dt.timedelta(21)
        aid_paying.receive(row, on=on, receiver=row.cadre.person.name, relation="", actor=self.who())

    def undo(self):
        aid_steps.undo(self.row(), on=LATER, actor=self.who(), decides=self.dice.random() < 0.5)

    def step(self) -> bool:
        try:
            with transaction.atomic():
                self.dice.choice(self.acts)()
        except BusinessError:
            return False
        return True

    def check(self):
        fund = FundYear.objects.get(pk=self.fund.pk)
        counted = AidApplication.objects.filter(state__in=COUNTED)
        assert (counted.aggregate(sum=Sum("granted"))["sum"] or 0) == fund.granted <= fund.total
        assert counted.count() == counted.values("cadre").distinct().count()
        for row in counted:
            assert row.decided_by_id not in (None, row.entered_by_id, row.reviewed_by_id)
        over = AidApplication.objects.exclude(state__in=COUNTED)
        assert not over.filter(granted__isnull=False).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_any_walk_keeps_the_guards(seed):
    walker = Walker(seed)
    done = 0
    for _ in range(STEPS):
        done += walker.step()
        walker.check()
    assert done > 20


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_at_once_do_not_exceed_the_budget():
    """Each alone fits, together they do not: one has the effect, the other reads what is left."""
    unit = make_unit()
    clerk, head, second = (make_user(name, role="section_head", unit=unit) for name in ("录", "甲", "乙"))
    fund = make_fund(unit, budget=7000)
    table = make_deciders(unit)
    rows = [reviewed(ask(make_cadre(name, unit=unit), clerk), clerk) for name in ("张一", "王二")]
    meetings = [make_meeting(fund, table, head, number=number) for number in ("一号", "二号")]
    ready, said = threading.Barrier(2), []

    def approve(row, meeting, actor):
        try:
            ready.wait(10)
            granted(row, meeting, actor)
            said.append("granted")
        except BusinessError as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=args) for args in zip(rows, meetings, (head, second), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(said) == ["budget", "granted"]
    fund.refresh_from_db()
    assert fund.granted == 4000


@pytest.mark.django_db(transaction=True)
def test_two_who_apply_at_once_make_one_application():
    unit = make_unit()
    users = [make_user(name, role="clerk", unit=unit) for name in ("甲", "乙")]
    make_fund(unit)
    cadre = make_cadre("李德厚", unit=unit)
    ready, said = threading.Barrier(2), []

    def apply(user):
        try:
            ready.wait(10)
            ask(cadre, user)
            said.append("applied")
        except BusinessError as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=apply, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(said) == ["aid_once_a_year", "applied"]
    assert AidApplication.objects.count() == 1
