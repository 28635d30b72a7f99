"""Holding an election later or earlier than the term says: asked by the branch, decided by the superior."""

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.branches.access import Desk
from apps.branches.choices import ShiftKind, ShiftState, Turn
from apps.branches.models import Organisation, TermShift
from apps.branches.queries.elections import first_end
from apps.branches.rules.elections import check_shift
from apps.common import audit
from apps.common.errors import BusinessError

from .election_notices import tell_shift
from .elections import acts, branch_rules
from .guards import not_after_today, require_standing


@transaction.atomic
def ask_shift(desk: Desk, *, key: uuid.UUID, kind: str, until: dt.date, reason: str, on: dt.date) -> TermShift:
    """Ask the superior. The same form sent twice is one request; one waits at a time."""
    if known := TermShift.objects.filter(public_id=key, organisation=desk.organisation).first():
        return known
    if not acts(desk, Turn.BRANCH):
        raise BusinessError("请示由支部报，老干部局也可以代录。", code="not_yours")
    not_after_today(on, "请示日期")
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=desk.organisation.pk)
    require_standing(organisation, desk.today)
    ends = first_end(organisation)
    if ends is None:
        raise BusinessError("还没有登记任期届满日，请先请老干部局登记。", code="no_term")
    if sentence := check_shift(kind, ends, until, rules=branch_rules(organisation, desk.today)):
        raise BusinessError(sentence, code="until", field="until")
    if kind == ShiftKind.DELAY and until <= (organisation.term_ends_on or ends):
        raise BusinessError(f"已经延到 {organisation.term_ends_on or ends}，再延要更晚。", code="until", field="until")
    if kind == ShiftKind.EARLY and until < desk.today:
        raise BusinessError("提前换届的日期不能早于今天。", code="until", field="until")
    shift = TermShift(
        public_id=key, organisation=organisation, kind=kind, term_ends_on=ends, until=until, reason=reason.strip(),
        asked_on=on, entered_by=desk.user, by_staff=desk.by_staff,
    )  # fmt: skip
    try:
        shift.full_clean()
        with transaction.atomic():
            shift.save()
    except ValidationError as error:
        raise BusinessError(error.messages[0], code="invalid") from error
    except IntegrityError as error:
        raise BusinessError("已经有一份请示在等上级答复，请等答复或先撤回。", code="concurrent") from error
    _note("ask", shift, desk)
    return shift


@transaction.atomic
def decide_shift(
    desk: Desk, shift: TermShift, *, agrees: bool, on: dt.date, document_no: str = "", answer: str = ""
) -> TermShift:
    """The superior's answer. An approved delay moves the last day of the term; an approved early election may begin."""
    if not acts(desk, Turn.SUPERIOR):
        raise BusinessError("延期、提前换届由上级党组织或老干部局答复。", code="not_yours")
    not_after_today(on, "答复日期")
    if agrees and not document_no.strip():
        raise BusinessError("同意的要填批复文号。", code="document", field="document_no")
    if not agrees and not answer.strip():
        raise BusinessError("不同意的请写明原因。", code="reason", field="answer")
    state = ShiftState.APPROVED if agrees else ShiftState.REFUSED
    _settle(shift, state, decided_on=on, document_no=document_no.strip()[:60], answer=answer.strip()[:200], desk=desk)
    if agrees and shift.kind == ShiftKind.DELAY:
        Organisation.objects.filter(pk=shift.organisation_id, term_ends_on__lt=shift.until).update(
            term_ends_on=shift.until
        )
    _note("approve" if agrees else "refuse", shift, desk)
    return shift


@transaction.atomic
def withdraw_shift(desk: Desk, shift: TermShift) -> TermShift:
    """The branch takes its request back while it waits."""
    if not acts(desk, Turn.BRANCH):
        raise BusinessError("请示由支部撤回。", code="not_yours")
    _settle(shift, ShiftState.WITHDRAWN, decided_on=desk.today, desk=desk)
    _note("withdraw", shift, desk)
    return shift


def _settle(shift: TermShift, state: str, *, desk: Desk, **values) -> None:
    waiting = TermShift.objects.filter(pk=shift.pk, state=ShiftState.ASKED, voided_at__isnull=True)
    if not waiting.update(state=state, decided_by=desk.user, **values):
        raise BusinessError("这份请示已经答复或撤回，请刷新再看。", code="wrong_step")
    shift.refresh_from_db()


def _note(act: str, shift: TermShift, desk: Desk) -> None:
    audit.record(f"term_shift.{act}", actor=desk.user, target=f"branches.termshift:{shift.pk}")
    tell_shift(shift, actor=desk.user)
