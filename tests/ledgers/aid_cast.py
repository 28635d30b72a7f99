"""Builders of the aid fund for tests: a fund, an application, and steps through the services."""

import datetime as dt
import uuid
from decimal import Decimal

from apps.ledgers.choices.aid import AidVia, PayMethod
from apps.ledgers.models import AidApplication, FundYear
from apps.ledgers.services import aid, aid_meeting, aid_paying, aid_steps
from tests.builders import make_user

DAY = dt.date(2025, 10, 9)  # inside October, the days for it
LATER = dt.date(2025, 11, 20)
FACTS = {
    "kind": "economic", "situations": ["01"], "requested": Decimal(4000), "statement": "自费药费高，入不敷出。",
    "income": "5200", "expense": "6100", "medical": "28000", "housing": "自有住房 60 平方米", "household": "夫妻二人",
}  # fmt: skip


def make_fund(unit, *, budget=50_000, year=2025, **over) -> FundYear:
    return FundYear.objects.create(**{"unit": unit, "year": year, "source": "市财政", "budget": budget, **over})


def ask(cadre, actor, *, on=DAY, via=AidVia.STAFF, key=None, late_reason="", **over) -> AidApplication:
    return aid.apply(
        aid.AidFacts(**{**FACTS, **over}), cadre=cadre, actor=actor, on=on, form_key=key or uuid.uuid4(), via=via,
        late_reason=late_reason,
    )  # fmt: skip


def make_deciders(unit, count=3):
    return [make_user(f"decider{number}", role="leader", unit=unit) for number in range(count)]


def make_meeting(
    fund, deciders, actor, *, held_on=dt.date(2025, 11, 3), number="局务会〔2025〕9号", others="", key=None
):
    facts = aid_meeting.MeetingFacts(held_on, number, deciders, others)
    return aid_meeting.hold_meeting(fund, facts, actor=actor, form_key=key or uuid.uuid4())


def reviewed(row, actor, *, on=dt.date(2025, 10, 20)) -> AidApplication:
    """Verified, signed and reviewed."""
    aid_steps.verify(row, on=on, verifiers="刘敏、王芳", visited=True, findings="情况属实。", actor=actor)
    aid_steps.sign(row, on=on, signer="马建国", opinion="同意上报。", actor=actor)
    return aid_steps.review(row, on=on, proposed=Decimal(4000), opinion="符合条件。", actor=actor)


def granted(row, meeting, actor, *, amount=4000, recused="") -> AidApplication:
    return aid_meeting.decide(row, meeting, aid_meeting.Vote("grant", Decimal(amount), recused), actor=actor)


def noticed(fund, rows, actor, *, starts_on=dt.date(2025, 11, 4)):
    return aid_paying.start_notice(
        fund, rows, starts_on=starts_on, place="局一楼公示栏", contact="0700-8800123", actor=actor, on=LATER,
        form_key=uuid.uuid4(),
    )  # fmt: skip


def batch_of(fund, actor, *, paid_on=LATER, method=PayMethod.CASH):
    return aid_paying.open_batch(
        fund, paid_on=paid_on, method=method, voucher="", actor=actor, form_key=uuid.uuid4()
    )  # fmt: skip
