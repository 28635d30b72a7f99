"""The meeting decides (局务会): who sat, who stayed out, what it gave each (rule book 8.43, 8.44)."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import IntegrityError, transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.ledgers.choices.aid import AidAct, AidVerdict
from apps.ledgers.models import AidApplication, AidMeeting, AidVote, FundYear
from apps.ledgers.queries.aid import conflicts_of, is_his_own
from apps.ledgers.rules.aid import AidRules, amount_refusal, same_name

from .aid_steps import SENTENCES, begin, take

Act = AidAct


@dataclass(frozen=True)
class MeetingFacts:
    """`deciders`: accounts; `others`: names of those without one, 、 between them."""

    held_on: dt.date
    minutes_no: str
    deciders: Sequence = field(default_factory=list)
    others: str = ""


@dataclass(frozen=True)
class Vote:
    """What the meeting said of one. `recused`: names of those who stayed out of it."""

    verdict: str
    amount: Decimal | None = None
    recused: str = ""
    note: str = ""

    @property
    def recused_names(self) -> list[str]:
        return [
            name.strip() for name in self.recused.replace("，", "、").replace(",", "、").split("、") if name.strip()
        ]


@transaction.atomic
def hold_meeting(fund: FundYear, facts: MeetingFacts, *, actor, form_key: uuid.UUID) -> AidMeeting:
    """Note a meeting; the same key again is the same meeting, so that lines that were refused can be sent again."""
    known = AidMeeting.objects.filter(public_id=form_key, fund=fund).first()
    if known:
        return known
    if not facts.deciders and not facts.others.strip():
        raise BusinessError("请写明参会表决的人。", code="deciders", field="deciders")
    row = AidMeeting(
        public_id=form_key, fund=fund, held_on=facts.held_on, minutes_no=facts.minutes_no.strip(),
        others=facts.others.strip(), entered_by=actor,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise BusinessError("这个会议纪要编号已经登记过。", code="minutes_no", field="minutes_no") from error
    row.deciders.set(facts.deciders)
    audit.record("aid.meeting", actor=actor, target=f"ledgers.aidmeeting:{row.pk}")
    return row


@transaction.atomic
def decide(application: AidApplication, meeting: AidMeeting, vote: Vote, *, actor) -> AidApplication:
    """What the meeting said of one application. Raises BusinessError, with nothing written, where somebody near to it
    did not stay out, too few were left, the amount is outside the limits or above what the fund has left, or whoever
    notes it entered or reviewed it himself (rule book 8.43)."""
    if AidVote.objects.filter(meeting=meeting, application=application).exists():
        return application
    if meeting.fund_id != application.fund_id:
        raise BusinessError("这份申请不在这笔资金里。", code="fund")
    act = {AidVerdict.GRANT: Act.DECIDE, AidVerdict.REFUSE: Act.REFUSE}.get(AidVerdict(vote.verdict), Act.PUT_OFF)
    row, rules = begin(application, act, meeting.held_on)
    _check_second_person(row, actor)
    _check_recusal(row, meeting, vote, rules, actor)
    AidVote.objects.create(
        meeting=meeting, application=row, verdict=vote.verdict, amount=vote.amount, recused=vote.recused.strip()[:300],
        note=vote.note.strip()[:200],
    )  # fmt: skip
    changes = _changes(row, meeting, vote, rules, actor)
    note = f"{meeting.minutes_no}　{vote.note}".strip()
    step = take(row, act, on=meeting.held_on, actor=actor, changes=changes, note=note)
    step.kept["vote_meeting"] = meeting.pk
    step.save(update_fields=["kept"])
    return row


def _changes(row: AidApplication, meeting: AidMeeting, vote: Vote, rules: AidRules, actor) -> dict:
    if vote.verdict == AidVerdict.REFUSE:
        if not vote.note.strip():
            raise BusinessError("不同意的，请写明原因，申请人会看到。", code="reason", field="note")
        return {"closing_note": vote.note.strip()[:200]}
    if vote.verdict == AidVerdict.PUT_OFF:
        return {}
    amount = vote.amount or Decimal(0)
    if sentence := amount_refusal(vote.amount, row.help, row.situations, rules):
        raise BusinessError(sentence, code="amount", field="amount")
    return {"granted": amount, "meeting": meeting, "decided_by": actor, "decided_on": meeting.held_on}


def _check_second_person(row: AidApplication, actor) -> None:
    """Two people at least: who entered or reviewed it does not decide (rule book 8.43)."""
    if actor.pk in (row.entered_by_id, row.reviewed_by_id):
        raise BusinessError(SENTENCES["aid_second_person"], code="aid_second_person")


def _check_recusal(row: AidApplication, meeting: AidMeeting, vote: Vote, rules: AidRules, actor) -> None:
    """Relatives stay out, by name or telephone, and enough others are left (rule book 8.44)."""
    users, others = list(meeting.deciders.all()), meeting.other_names
    out = vote.recused_names
    found = conflicts_of(row, users, others)
    missing = [f"{name}（{why}）" for name, why in found.items() if not any(same_name(name, one) for one in out)]
    if missing:
        raise BusinessError(
            f"{'、'.join(missing)}与申请人有亲属关系，要回避：请写进“回避”一栏。只是同名的，也请换一位表决。",
            code="recusal",
            field="recused",
        )
    if conflicts_of(row, [actor]) or is_his_own(actor, row):
        raise BusinessError("您与申请人有亲属关系，要回避，请换一位同志登记。", code="recusal")
    table = [*map(str, users), *others]
    voting = [name for name in table if not any(same_name(name, one) for one in out)]
    if len(voting) < rules.deciders:
        raise BusinessError(
            f"除去回避的只剩 {len(voting)} 人表决，至少要 {rules.deciders} 人。", code="deciders", field="recused"
        )
