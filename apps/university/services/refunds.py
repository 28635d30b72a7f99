"""Refunds, one step at a time, as the paper goes its way (rule book 9.35, 9.36).

Every step locks the enrolment and then the refund, so that of two clicks and two colleagues one has the effect and the
other reads a sentence. What a step wrote over is kept with it, so that the last one can be taken back.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from django.db import IntegrityError, transaction
from django.db.models import Field
from django.utils import timezone

from apps.common import attachments, audit, papers
from apps.common.choices import PaperState
from apps.common.errors import BusinessError
from apps.common.models import Paper
from apps.common.scans import read_scan
from apps.organisation.queries import rule_values
from apps.signups.services.seats import withdraw
from apps.university.choices.money import IN_FULL, SPECIAL, RefundAct, RefundCause, RefundState
from apps.university.choices.students import EnrolmentState
from apps.university.models import Enrolment, Refund, RefundBatch, RefundStep, School
from apps.university.queries.fees import held_until
from apps.university.rules.refunds import MOVES, Reckoned, RefundRules, may, refund_of

from .fees import locked

Act, State = RefundAct, RefundState
PROOF = "refund_proof"
ZERO = Decimal("0.00")
# What a place that ended means for its money, where nobody says otherwise.
USUAL_CAUSE = {EnrolmentState.CANCELLED: RefundCause.CLASS_OFF, EnrolmentState.CHANGED: RefundCause.CHANGE}


@dataclass(frozen=True)
class RefundFacts:
    """What the form says. `applicant` and `relation`: who asks, where it is not the student himself."""

    cause: str
    applicant: str = ""
    relation: str = ""
    payee: str = ""
    account: str = ""


def rules_on(school: School, on: dt.date) -> RefundRules:
    return rule_values(RefundRules.rule_key, on=on, unit=school.unit)


def reckon(enrolment: Enrolment, cause: str, on: dt.date) -> tuple[Reckoned, int, dt.date, Decimal]:
    """(what goes back, lessons held, the day it counts from, the money it is a part of) if he left on a day, or as he
    left. Writes nothing."""
    left_on = enrolment.ended_on or on
    held = held_until(enrolment.class_group_id, left_on)
    basis = max(ZERO, enrolment.paid - enrolment.refunded)
    owed = enrolment.fee_due if enrolment.state == EnrolmentState.STUDYING else ZERO
    rules = rules_on(enrolment.class_group.school, on)
    return refund_of(basis, owed, held, cause, rules), held, left_on, basis


def causes_of(enrolment: Enrolment) -> list[str]:
    """What may be the cause as the enrolment stands: a class cancelled by the school is always given back in full."""
    if enrolment.state in USUAL_CAUSE:
        return [USUAL_CAUSE[EnrolmentState(enrolment.state)]]
    leaving: list[str] = [RefundCause.OWN, RefundCause.ILLNESS, RefundCause.MOVED, RefundCause.DEATH]
    if enrolment.voided_at is not None:
        return [RefundCause.OVERPAID]
    return [*leaving, RefundCause.OVERPAID] if enrolment.state == EnrolmentState.STUDYING else leaving


@transaction.atomic
def apply(
    enrolment: Enrolment, facts: RefundFacts, *, file=None, actor, now: dt.datetime, form_key: uuid.UUID
) -> Refund:
    """Write down that somebody asks for his fee back. Who is still in the class leaves it with this, and his place goes
    to the next. The same form again gives the same refund."""
    known = Refund.objects.filter(public_id=form_key, enrolment=enrolment).first()
    if known is not None:
        return known
    on = timezone.localdate(now)
    if facts.cause in SPECIAL and not file:
        raise BusinessError("离世、重病、移居外地的要附证明的扫描件或照片。", code="proof", field="file")
    if facts.cause not in IN_FULL and enrolment.refunds.filter(state=State.PAID, voided_at__isnull=True).exists():
        raise BusinessError("这门课已经退过费，不能再退。登记错了的，先撤回上一次。", code="again")
    _leave(enrolment, facts.cause, actor, now)
    row = locked([enrolment.pk])[0]
    if facts.cause not in causes_of(row) and not (row.voided_at and facts.cause in IN_FULL):
        raise BusinessError("这个原因和这门课现在的情况不符，请刷新后再选。", code="cause", field="cause")
    found, held, left_on, basis = reckon(row, facts.cause, on)
    if not basis:
        raise BusinessError("他这门课没有缴费，或者已经退清，不用办退费。", code="nothing")
    if found.refusal:
        raise BusinessError(found.refusal, code="rule", field="cause")
    if facts.applicant.strip() and not facts.relation.strip():
        raise BusinessError("不是本人申请的，请写与学员的关系。", code="relation", field="relation")
    refund = _insert(row, facts, found, held, left_on, basis, on, actor, form_key)
    if file:
        scan = read_scan(file, field="file")
        refund.proof = attachments.store(
            scan.data, subject=target(refund), purpose=PROOF, filename=scan.filename, content_type=scan.content_type,
            actor=actor, keep_days=None,
        )  # fmt: skip
        refund.save(update_fields=["proof"])
    _step(refund, Act.APPLY, on, actor, note=found.words)
    return refund


def _leave(enrolment: Enrolment, cause: str, actor, now: dt.datetime) -> None:
    """Who asks for his money gives up his place, before his row is locked (persons and places come first)."""
    row = Enrolment.objects.select_related("sign_up").get(pk=enrolment.pk)
    if row.state == EnrolmentState.STUDYING and row.voided_at is None and cause not in IN_FULL:
        withdraw(row.sign_up, reason=f"退课退费：{RefundCause(cause).label}", actor=actor, now=now)


def _insert(row: Enrolment, facts, found: Reckoned, held, left_on, basis, on, actor, form_key) -> Refund:
    try:
        with transaction.atomic():
            return Refund.objects.create(
                public_id=form_key, school=row.class_group.school, enrolment=row, cause=facts.cause, applied_on=on,
                left_on=left_on, moved_on=on, basis=basis, sessions=held, share=found.share, handling=found.handling,
                amount=found.amount, words=found.words[:120], applicant=facts.applicant.strip(),
                relation=facts.relation.strip(), payee=facts.payee.strip() or row.student.person.name,
                account=facts.account.strip(), entered_by=actor,
            )  # fmt: skip
    except IntegrityError as error:
        raise _refused(error) from error


SENTENCES = {
    "refund_one_open": "这门课已经有一份退费在办。",
    "enrolment_refunds": "退费合计不能超过已缴，请刷新后再看。",
}


def _refused(error: IntegrityError) -> BusinessError:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    return BusinessError(SENTENCES.get(name, "刚有人办过，请刷新后再看。"), code=name or "concurrent")


# Steps ------------------------------------------------------------------------------------------------------------


def target(refund: Refund) -> str:
    return f"university.refund:{refund.pk}"


def _locked(refund: Refund) -> Refund:
    locked([refund.enrolment_id])
    rows = Refund.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("school__unit", "enrolment__student__person", "paper").get(pk=refund.pk)


def _begin(refund: Refund, act: str, on: dt.date, today: dt.date) -> Refund:
    row = _locked(refund)
    if row.voided_at is not None or not may(act, row.state):
        raise BusinessError(
            f"这份退费现在是“{row.get_state_display()}”，不能{Act(act).label}；可能刚有人办过，请刷新。",
            code="wrong_step",
        )
    if on > today:
        raise BusinessError("日期不能晚于今天。", code="future", field="on")
    if on < row.moved_on:
        raise BusinessError(f"日期早于上一步（{row.moved_on}）。", code="order", field="on")
    return row


def _take(row: Refund, act: str, on: dt.date, actor, *, changes: dict | None = None, note: str = "") -> Refund:
    """Write a step of a locked refund; `changes` are plain columns, kept for an undo."""
    values = {**(changes or {}), "state": MOVES[act][1], "moved_on": on}
    kept = {name: _plain(getattr(row, name)) for name in values}
    before = row.state
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    _step(row, act, on, actor, before=before, kept=kept, note=note)
    return row


def _plain(value):
    return value if value is None or isinstance(value, int | str) else str(value)


def _step(row: Refund, act: str, on: dt.date, actor, *, before: str = "", kept: dict | None = None, note="") -> None:
    RefundStep.objects.create(
        refund=row, act=act, on=on, at=timezone.now(), state_before=before, kept=kept or {}, note=note.strip()[:200],
        entered_by=actor,
    )  # fmt: skip
    audit.record("refund.step", actor=actor, people=[row.enrolment.student_id], fields=[act], target=target(row))


@transaction.atomic
def form_of(refund: Refund, *, actor) -> Paper:
    """The 退费申请表 with a code, waited for; printed again, the same one."""
    row = _locked(refund)
    if row.paper is not None and row.paper.state != PaperState.CANCELLED:
        return row.paper
    row.paper = papers.print_paper(
        "退费申请表", "退费申请表", target(row), actor=actor, unit_id=row.school.unit_id,
        people=[row.enrolment.student_id],
    )  # fmt: skip
    row.save(update_fields=["paper"])
    return row.paper


@transaction.atomic
def sign(refund: Refund, *, on: dt.date, actor, today: dt.date, file=None) -> Refund:
    """The form is back, signed by the student and the school, with its scan where there is one."""
    row = _begin(refund, Act.SIGN, on, today)
    if row.paper is not None and row.paper.state in papers.OUT:
        scan = papers.store_scan(row.paper, read_scan(file, field="file").data, actor=actor) if file else None
        papers.take_back(row.paper, scan, actor=actor, on=on)
    return _take(row, Act.SIGN, on, actor, changes={"signed_on": on})


@transaction.atomic
def send(
    school: School, refunds: Iterable[Refund], *, on: dt.date, actor, today: dt.date, form_key: uuid.UUID
) -> RefundBatch:  # fmt: skip
    """The signed ones of a school go to the finance office on one list: all of them or none."""
    School.objects.select_for_update(of=("self",), no_key=True).get(pk=school.pk)
    known = RefundBatch.objects.filter(public_id=form_key, school=school).first()
    if known is not None:
        return known
    chosen = sorted(refunds, key=lambda row: row.enrolment_id)
    if not chosen:
        raise BusinessError("请勾选要送财务的退费。", code="none")
    last = RefundBatch.objects.filter(school=school).order_by("-number").first()
    batch = RefundBatch.objects.create(
        public_id=form_key, school=school, number=last.number + 1 if last else 1, sent_on=on, sent_by=actor
    )
    for refund in chosen:
        row = _begin(refund, Act.SEND, on, today)
        if row.school_id != school.pk:
            raise BusinessError("有一份是别的学校的，请分开送。", code="school")
        _take(row, Act.SEND, on, actor, changes={"batch_id": batch.pk}, note=str(batch))
    return batch


@transaction.atomic
def pay(refund: Refund, *, on: dt.date, voucher: str, actor, today: dt.date) -> Refund:
    """The finance office has given the money back."""
    row = _begin(refund, Act.PAY, on, today)
    return _take(row, Act.PAY, on, actor, changes={"paid_on": on, "voucher": voucher.strip()[:40]})


@transaction.atomic
def end(refund: Refund, act: str, *, on: dt.date, reason: str, actor, today: dt.date) -> Refund:
    """Refused, or withdrawn by who asked, with a reason. The money counts as paid again."""
    row = _begin(refund, act, on, today)
    if not reason.strip():
        raise BusinessError("请写明原因，学员会看到。", code="reason", field="reason")
    if row.paper is not None and row.paper.state in papers.OUT:
        papers.cancel(row.paper, reason, actor=actor)
    return _take(row, act, on, actor, changes={"closing_note": reason.strip()[:200]}, note=reason)


# Taking back ------------------------------------------------------------------------------------------------------


def undoable(refund: Refund, today: dt.date) -> RefundStep | None:
    """The last step while its days are not over; applying is taken back by withdrawing (rule book 9.36)."""
    last = refund.steps.filter(undone=False).exclude(act=Act.UNDO).order_by("-pk").first()
    if last is None or last.act == Act.APPLY or refund.voided_at is not None:
        return None
    days = rules_on(refund.school, today).undo_days
    return last if (today - timezone.localdate(last.at)).days <= days else None


@transaction.atomic
def undo(refund: Refund, *, reason: str, step_id: int, actor, today: dt.date) -> Refund:
    """Take the last step back, with a reason: state and columns are as before. The form stays where it is; one that
    was cancelled is printed anew. See rule book 9.36."""
    row = _locked(refund)
    last = undoable(row, today)
    if last is None or last.pk != step_id:
        raise BusinessError("这一步已经有人撤回，或者撤回的期限已过，请刷新后再看。", code="undo")
    if not reason.strip():
        raise BusinessError("请写明为什么撤回。", code="reason", field="reason")
    for name, value in last.kept.items():
        field = cast(Field, Refund._meta.get_field(name))
        setattr(row, field.attname, field.to_python(value) if value is not None else None)
    try:
        with transaction.atomic():
            row.save(update_fields=[Refund._meta.get_field(name).name for name in last.kept])
    except IntegrityError as error:
        raise _refused(error) from error
    RefundStep.objects.filter(pk=last.pk).update(undone=True)
    _step(row, Act.UNDO, today, actor, before=last.state_before, note=f"{last.get_act_display()}：{reason}")
    return row
