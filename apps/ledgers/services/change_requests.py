"""Deciding on what a person or his family asked to have changed: verified first, then written with its source."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from apps.common import audit
from apps.common.choices import Source
from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.common.secrecy_words import refuse_marks
from apps.common.sources import told_by
from apps.people.choices import ChangeKind, ChangeState, PhoneKind
from apps.people.models import ChangeRequest, Phone
from apps.people.services import remove_phone, save_phone
from apps.registry.choices import LifeEventKind
from apps.registry.services import life


@dataclass(frozen=True)
class Decision:
    """`verified`: how staff made sure (rang the new number, asked the person); `answer`: what the person reads."""

    verified: str
    answer: str = ""


@transaction.atomic
def accept(request_row: ChangeRequest, decision: Decision, *, actor, on: dt.date) -> ChangeRequest:
    """Write what was asked for; other wishes about the same thing stay for staff to decide. Again: nothing.

    An address becomes a move (迁居), so that branch and community follow; a phone is added and takes the place of the
    one it replaces.
    """
    row = _waiting(request_row, decision)
    if row is None:
        return request_row
    source = Source.FAMILY if row.grant_id else Source.SELF
    with told_by(source):
        if row.kind == ChangeKind.PHONE:
            _write_phone(row, actor)
        elif row.kind == ChangeKind.ADDRESS:
            told = life.Report(
                LifeEventKind.RELOCATED, PartialDate.of(on), address=row.wanted, source=source,
                detail="本人或家属网上提出，工作人员核实",
            )  # fmt: skip
            life.record(row.person, told, actor=actor, today=on)
    return _decide(row, ChangeState.ACCEPTED, decision, actor, on, "change_request.accept")


@transaction.atomic
def refuse(request_row: ChangeRequest, decision: Decision, *, actor, on: dt.date) -> ChangeRequest:
    """Leave things as they are; the answer tells the person why. Again: nothing."""
    if not decision.answer.strip():
        raise BusinessError("请写明为什么没有改，本人会看到。", code="answer", field="answer")
    row = _waiting(request_row, decision)
    if row is None:
        return request_row
    return _decide(row, ChangeState.REFUSED, decision, actor, on, "change_request.refuse")


def _waiting(request_row: ChangeRequest, decision: Decision) -> ChangeRequest | None:
    """The row, locked; None where it was decided already."""
    if not decision.verified.strip():
        raise BusinessError("请写明怎样核实的，例如 11月22日打新号码，本人接听。", code="verified", field="verified")
    refuse_marks(decision.verified, field="verified")
    refuse_marks(decision.answer, field="answer")
    row = ChangeRequest.objects.select_for_update(of=("self",)).select_related("person").get(pk=request_row.pk)
    if row.state in (ChangeState.ACCEPTED, ChangeState.REFUSED):
        return None
    if row.state != ChangeState.WAITING:
        raise BusinessError("这一条已经撤回，不用再办。", code="withdrawn")
    return row


def _write_phone(row: ChangeRequest, actor) -> None:
    """He has the number already: only the old one goes."""
    replaces = Phone.objects.filter(pk=row.replaces_id, person_id=row.person_id).first() if row.replaces_id else None
    first = replaces.position if replaces else 0
    try:
        with transaction.atomic():
            phone = Phone(person=row.person, kind=PhoneKind.MOBILE, whose="本人", position=first)
            save_phone(phone, row.wanted, actor=actor)
    except BusinessError as refusal:
        if refusal.code != "duplicate":
            raise
        if replaces and replaces.number == row.wanted:
            return
    if replaces is not None:
        remove_phone(replaces, actor=actor)


def _decide(row: ChangeRequest, state: str, decision: Decision, actor, on: dt.date, action: str) -> ChangeRequest:
    row.state, row.decided_by, row.decided_on = state, actor, on
    row.verified, row.answer = decision.verified.strip()[:200], decision.answer.strip()[:200]
    row.save(update_fields=["state", "decided_by", "decided_on", "verified", "answer"])
    audit.record(
        action, actor=actor, people=[row.person_id], fields=[row.kind], target=f"people.changerequest:{row.pk}"
    )
    return row
