"""What is decided above about an evaluation: returned, verified, named or not, rewarded; and the last step undone."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from apps.branches.choices import EvaluationAct, HonourLevel
from apps.branches.models import Evaluation, OrganisationHonour
from apps.branches.rules.evaluation import EvaluationRules, may, points_refusal, valid_until
from apps.common.errors import BusinessError, StaleVersion
from apps.common.voiding import void
from apps.organisation.queries import rule_values

from .evaluations import locked, note, seen_of, step
from .guards import not_after_today
from .organisations import give_honour

WAYS = ("heard", "inspected", "visited", "talked")


@dataclass(frozen=True)
class Checked:
    """What was found about one item."""

    points: Decimal | None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """How it was verified: who, when, in which ways, with what opinion."""

    verified_on: dt.date
    verifiers: str
    heard: bool = False
    inspected: bool = False
    visited: bool = False
    talked: bool = False
    opinion: str = ""


@dataclass(frozen=True, kw_only=True)
class Naming:
    """`valid_until` None: as many years as the rule says."""

    level: str
    decided_on: dt.date
    plaque_no: str = ""
    valid_until: dt.date | None = None
    document_no: str = ""


@transaction.atomic
def send_back(evaluation: Evaluation, *, reason: str, on: dt.date, actor) -> Evaluation:
    """Give it back to be mended; the reason is shown to whoever fills it in."""
    if not reason.strip():
        raise BusinessError("请写明退回的原因。", code="reason", field="reason")
    evaluation = locked(evaluation)
    step(evaluation, EvaluationAct.RETURN, on=on, actor=actor, by_staff=False, fields=[], note=reason.strip())
    note(evaluation, "return_evaluation", actor)
    return evaluation


@transaction.atomic
def verify(evaluation: Evaluation, checked: Mapping[int, Checked], visit: Visit, *, seen: str, actor) -> Evaluation:
    """初核 of a submitted one, by item id; every item that has a self-assessment gets points.

    Refuses days to come or before submission, and fewer ways of looking than the rule asks for.
    """
    not_after_today(visit.verified_on, "核查日期")
    evaluation = locked(evaluation)
    _require(evaluation, EvaluationAct.VERIFY)
    if evaluation.submitted_on and visit.verified_on < evaluation.submitted_on:
        raise BusinessError("核查日期早于呈报日期，请核对。", code="order", field="verified_on")
    least = rule_values(EvaluationRules.rule_key, on=visit.verified_on).least_ways
    if sum(getattr(visit, name) for name in WAYS) < least:
        words = f"核查至少要用 {least} 种方式（听汇报、查台账、看现场、开座谈），做了哪几样就勾哪几样。"
        raise BusinessError(words, code="ways", field="heard")
    _write_points(evaluation, checked, "verified_points", seen)
    fields = ["verified_on", "verifiers", "opinion", *WAYS]
    for name in fields:
        setattr(evaluation, name, getattr(visit, name))
    step(evaluation, EvaluationAct.VERIFY, on=visit.verified_on, actor=actor, by_staff=False, fields=fields)
    note(evaluation, "verify_evaluation", actor)
    return evaluation


@transaction.atomic
def recheck(evaluation: Evaluation, checked: Mapping[int, Checked], *, seen: str, on: dt.date, actor) -> Evaluation:
    """复核 by the bureau: points beside those of the 初核; an item left empty keeps them."""
    evaluation = locked(evaluation)
    _require(evaluation, EvaluationAct.RECHECK)
    if not _write_points(evaluation, checked, "rechecked_points", seen):
        return evaluation
    step(evaluation, EvaluationAct.RECHECK, on=on, actor=actor, by_staff=False, fields=[])
    note(evaluation, "verify_evaluation", actor, fields=["rechecked_points"])
    return evaluation


def _require(evaluation: Evaluation, act: str) -> None:
    if evaluation.voided_at or not may(act, evaluation.state):
        words = f"现在是“{evaluation.get_state_display()}”，不能{EvaluationAct(act).label}。请刷新页面再看。"
        raise BusinessError(words, code="state")


def _write_points(evaluation: Evaluation, checked: Mapping[int, Checked], column: str, seen: str) -> int:
    lines = list(evaluation.lines.select_for_update(of=("self",)).select_related("item").order_by("item__number"))
    if seen != seen_of(lines):
        raise StaleVersion
    first = column == "verified_points"
    changed = 0
    for line in lines:
        said = checked.get(line.item_id, Checked(None))
        field = f"p{line.item_id}"
        if first and said.points is None and line.self_points is not None:
            raise BusinessError(f"第 {line.item.number} 条还没有初核分。", code="missing", field=field)
        if words := points_refusal(said.points, line.item.points):
            raise BusinessError(f"第 {line.item.number} 条：{words}", code="points", field=field)
        words = said.note.strip()[:300]
        if (said.points, words) == (getattr(line, column), line.verify_note):
            continue
        setattr(line, column, said.points)
        line.verify_note = words
        line.save(update_fields=[column, "verify_note"])
        changed += 1
    return changed


@transaction.atomic
def name(evaluation: Evaluation, naming: Naming, *, actor) -> Evaluation:
    """Name it: level, plaque, validity, document. No quota, nobody compared with anybody."""
    not_after_today(naming.decided_on, "命名日期")
    if naming.level not in HonourLevel:
        raise BusinessError("请选择命名级别。", code="level", field="level")
    evaluation = locked(evaluation)
    _require_after_verified(evaluation, naming.decided_on)
    until = naming.valid_until
    if until is None:
        years = rule_values(EvaluationRules.rule_key, on=naming.decided_on).valid_years
        until = valid_until(naming.decided_on, years)
    if until <= naming.decided_on:
        raise BusinessError("有效期要晚于命名日期。", code="order", field="valid_until")
    evaluation.level, evaluation.decided_on, evaluation.valid_until = naming.level, naming.decided_on, until
    evaluation.plaque_no, evaluation.document_no = naming.plaque_no.strip(), naming.document_no.strip()
    fields = ["level", "decided_on", "valid_until", "plaque_no", "document_no"]
    step(evaluation, EvaluationAct.NAME, on=naming.decided_on, actor=actor, by_staff=False, fields=fields)
    note(evaluation, "name_evaluation", actor)
    _honour(evaluation, actor)
    return evaluation


def _honour_id(evaluation: Evaluation) -> uuid.UUID:
    """The key of the honour that the last naming made: the same act makes it once, and undoing finds it."""
    naming = evaluation.steps.filter(act=EvaluationAct.NAME).latest("pk")
    return uuid.uuid5(evaluation.public_id, f"honour-{naming.pk}")


def _honour(evaluation: Evaluation, actor) -> None:
    """A named organisation has the honour on its page; one that was entered there by hand already stands."""
    organisation, on = evaluation.organisation, evaluation.decided_on
    if organisation is None or on is None:
        return
    name = evaluation.standard.name
    known = organisation.honours.filter(name=name, awarded_on=on, voided_at__isnull=True)
    if not known.exists():
        give_honour(
            organisation, actor=actor, public_id=_honour_id(evaluation), name=name, awarded_on=on,
            level=evaluation.level, document_no=evaluation.document_no,
        )  # fmt: skip


def _take_honour_back(evaluation: Evaluation, actor) -> None:
    honour = OrganisationHonour.objects.filter(public_id=_honour_id(evaluation)).first()
    if honour is not None:
        void(honour, reason="命名已撤回", actor=actor)


def _require_after_verified(evaluation: Evaluation, on: dt.date) -> None:
    if evaluation.verified_on and on < evaluation.verified_on:
        raise BusinessError("决定日期早于核查日期，请核对。", code="order", field="decided_on")


@transaction.atomic
def decline(evaluation: Evaluation, *, reason: str, on: dt.date, actor) -> Evaluation:
    """Not named this year, with the reason that the subject reads."""
    not_after_today(on, "决定日期")
    if not reason.strip():
        raise BusinessError("请写明不命名的原因和改进的方向。", code="reason", field="reason")
    evaluation = locked(evaluation)
    _require_after_verified(evaluation, on)
    evaluation.decided_on = on
    step(
        evaluation, EvaluationAct.DECLINE, on=on, actor=actor, by_staff=False, fields=["decided_on"],
        note=reason.strip(),
    )  # fmt: skip
    note(evaluation, "name_evaluation", actor)
    return evaluation


@transaction.atomic
def reward(evaluation: Evaluation, *, amount: Decimal, on: dt.date, purpose: str, actor) -> Evaluation:
    """以奖代投: what a named one was given instead of a grant, and for what. No payment is made by the portal."""
    not_after_today(on, "奖补日期")
    if amount <= 0:
        raise BusinessError("奖补金额要大于 0。", code="amount", field="amount")
    evaluation = locked(evaluation)
    if evaluation.reward_amount is not None:
        raise BusinessError("已经登记过奖补；登记错了请先撤回上一步。", code="twice", field="amount")
    if evaluation.decided_on and on < evaluation.decided_on:
        raise BusinessError("奖补日期早于命名日期，请核对。", code="order", field="on")
    evaluation.reward_amount, evaluation.reward_on, evaluation.reward_purpose = amount, on, purpose.strip()
    fields = ["reward_amount", "reward_on", "reward_purpose"]
    step(evaluation, EvaluationAct.REWARD, on=on, actor=actor, by_staff=False, fields=fields)
    note(evaluation, "reward_evaluation", actor)
    return evaluation


# What an undone step leaves empty. Points stay, to be corrected.
CLEARED: dict[str, dict] = {
    EvaluationAct.SUBMIT: {"submitted_on": None},
    EvaluationAct.VERIFY: {"verified_on": None},
    EvaluationAct.NAME: {"level": "", "decided_on": None, "valid_until": None, "plaque_no": "", "document_no": ""},
    EvaluationAct.DECLINE: {"decided_on": None},
    EvaluationAct.REWARD: {"reward_amount": None, "reward_on": None, "reward_purpose": ""},
    EvaluationAct.RETURN: {},
}


def undoable(evaluation: Evaluation, user, today: dt.date):
    """The last step, where this user did it today and it can be taken back; else None."""
    last = evaluation.steps.order_by("-pk").first()
    if last is None or last.act not in CLEARED or last.entered_by_id != user.pk or evaluation.voided_at:
        return None
    return last if timezone.localdate(last.at) == today else None


@transaction.atomic
def undo(evaluation: Evaluation, *, on: dt.date, actor, by_staff: bool = False) -> Evaluation:
    """Take back one's own last step of the same day; its state and what it wrote are as before."""
    evaluation = locked(evaluation)
    last = undoable(evaluation, actor, on)
    if last is None:
        raise BusinessError("只能在当天由本人撤回刚办的一步。", code="undo")
    before = evaluation.state
    if last.act == EvaluationAct.NAME:
        _take_honour_back(evaluation, actor)
    evaluation.state = last.state_before
    for field, value in CLEARED[last.act].items():
        setattr(evaluation, field, value)
    evaluation.save(update_fields=["state", *CLEARED[last.act]])
    evaluation.steps.create(
        act=EvaluationAct.UNDO, on=on, state_before=before, entered_by=actor, by_staff=by_staff,
        note=f"撤回：{last.get_act_display()}",
    )  # fmt: skip
    note(evaluation, "undo_evaluation", actor, by_staff=by_staff)
    return evaluation
