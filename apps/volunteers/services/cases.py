"""Case logs: taken on, steps, closed; what is written is encrypted (rule book 10.55)."""

import datetime as dt
import uuid

from django.db import transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.volunteers.choices.posts import CaseOutcome
from apps.volunteers.models import CaseLog, CaseStep
from apps.volunteers.rules.posts import are_nameless

from .posts import locked, refuse_gone

LONGEST = 4000
ORDER = "不能早于受理日期 {:%Y-%m-%d}。"


@transaction.atomic
def save_case(case: CaseLog, *, details: str) -> CaseLog:
    """Store a case as typed. Parties are refused unless they stand without names. See rule book 10.55."""
    person = locked(case.handler_id)
    if case.pk is None:
        refuse_gone(person, "handler")
    if not are_nameless(case.parties):
        raise BusinessError(
            "只写字母、编号或“李某”，几个人用顿号分开，例如 L与W、3号。姓名、电话、证件号都不要写。", code="parties",
            field="parties",
        )  # fmt: skip
    case.details = _text(details, "details")
    case.save()
    return case


@transaction.atomic
def add_step(case: CaseLog, *, on: dt.date, words: str, form_key: uuid.UUID, actor) -> CaseStep:
    """What was done on a day. The same form again is the same step."""
    case = _locked(case)
    if known := CaseStep.objects.filter(public_id=form_key).first():
        return known
    if case.closed_on is not None:
        raise BusinessError("这件事已经办结。还要办的，请先重新打开。", code="closed")
    if on < case.taken_on:
        raise BusinessError(ORDER.format(case.taken_on), code="order", field="on")
    if not words.strip():
        raise BusinessError("请写做了什么。", code="words", field="words")
    step = CaseStep.objects.create(
        public_id=form_key, case=case, on=on, words=_text(words, "words"), entered_by=actor
    )  # fmt: skip
    _note("case.step", case, actor)
    return step


@transaction.atomic
def close_case(case: CaseLog, *, on: dt.date, outcome: str, words: str, actor) -> CaseLog:
    """Closed; closed already: nothing happens."""
    case = _locked(case)
    if case.closed_on is not None:
        return case
    if on < case.taken_on:
        raise BusinessError(ORDER.format(case.taken_on), code="order", field="on")
    case.closed_on, case.outcome, case.outcome_words = on, CaseOutcome(outcome), _text(words, "words")
    case.save(update_fields=["closed_on", "outcome", "outcome_words"])
    _note("case.close", case, actor)
    return case


@transaction.atomic
def reopen_case(case: CaseLog, *, actor) -> CaseLog:
    case = _locked(case)
    if case.closed_on is None:
        return case
    case.closed_on, case.outcome = None, ""
    case.save(update_fields=["closed_on", "outcome"])
    _note("case.reopen", case, actor)
    return case


def _locked(case: CaseLog) -> CaseLog:
    return CaseLog.objects.select_for_update(of=("self",)).get(pk=case.pk)


def _text(text: str, field: str) -> str:
    text = text.strip()
    if len(text) > LONGEST:
        raise BusinessError(f"请不超过 {LONGEST} 个字。", code="long", field=field)
    return text


def _note(action: str, case: CaseLog, actor) -> None:
    audit.record(action, actor=actor, people=[case.handler_id], target=f"volunteers.caselog:{case.pk}")
