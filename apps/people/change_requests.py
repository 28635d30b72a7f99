"""Asking for a change of phone or address, and taking the wish back. Staff decide in `ledgers.services`.

Acts of two people of a family on the same thing that contradict each other are not done but put before staff: rooms
above ask `rival_of` before they act, and `put_to_staff` where there is one. See rule book 6.6.
"""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.phone import parse_phone
from apps.common.secrecy_words import refuse_marks
from apps.organisation.queries import rule_values

from .acting import Acting
from .choices import ChangeKind, ChangeState, ProxyScope
from .family_rules import FamilyRules
from .models import ChangeRequest, Phone

LONGEST_ADDRESS = 120
OPEN = (ChangeState.WAITING, ChangeState.ACCEPTED)


def ask_phone(
    acting: Acting, typed: str, *, replaces: Phone | None, key: uuid.UUID, actor, on: dt.date
) -> ChangeRequest:
    """Ask for a new number, instead of one of his or beside them; staff ring it back before it counts."""
    try:
        found = parse_phone(typed)
    except ValueError as error:
        raise BusinessError(str(error), code="phone", field="number") from error
    number = found.digits + (f"转{found.extension}" if found.extension else "")
    return _ask(acting, ChangeKind.PHONE, "phone", number, key=key, actor=actor, on=on, replaces=replaces)


def ask_address(acting: Acting, typed: str, *, key: uuid.UUID, actor, on: dt.date) -> ChangeRequest:
    """Ask for a new address; staff confirm it."""
    address = " ".join(typed.split())
    if len(address) < 4:
        raise BusinessError("请写完整的新住址，例如 南河街道文化路12号3栋502室。", code="address", field="address")
    if len(address) > LONGEST_ADDRESS:
        raise BusinessError(f"住址请不超过 {LONGEST_ADDRESS} 个字。", code="address", field="address")
    refuse_marks(address, field="address")
    return _ask(acting, ChangeKind.ADDRESS, "address", address, key=key, actor=actor, on=on)


def put_to_staff(acting: Acting, topic: str, words: str, *, key: uuid.UUID, actor, on: dt.date) -> ChangeRequest:
    """An act that contradicts what somebody else of the family just did: not done, staff ask the person."""
    return _ask(acting, ChangeKind.ACT, topic, words, key=key, actor=actor, on=on)


def rival_of(person_id: int, topic: str, *, user, wanted: str, on: dt.date) -> ChangeRequest | None:
    """The latest wish or act of somebody else on the same thing, still waiting or done within the days of the rules,
    that wants something else; None where nobody did. See rule book 6.6."""
    rules = rule_values(FamilyRules.rule_key, on=on)
    rows = ChangeRequest.objects.filter(
        person_id=person_id, topic=topic, state__in=OPEN, asked_on__gt=on - dt.timedelta(days=rules.rival_days),
        voided_at__isnull=True,
    ).exclude(asked_by=user)  # fmt: skip
    return next((row for row in rows.order_by("-asked_on", "-pk") if row.wanted != wanted), None)


@transaction.atomic
def withdraw(request_row: ChangeRequest, *, actor, on: dt.date) -> None:
    """Take back what nobody has decided yet. Again: nothing."""
    row = ChangeRequest.objects.select_for_update(of=("self",)).get(pk=request_row.pk)
    if row.state == ChangeState.WITHDRAWN:
        return
    if row.state != ChangeState.WAITING:
        raise BusinessError("工作人员已经办过了，不能再撤回。要改请重新提。", code="decided")
    row.state, row.decided_on, row.decided_by = ChangeState.WITHDRAWN, on, actor
    row.save(update_fields=["state", "decided_on", "decided_by"])
    _note("change_request.withdraw", row, actor)


@transaction.atomic
def _ask(acting: Acting, kind: str, topic: str, wanted: str, *, key, actor, on, replaces=None) -> ChangeRequest:
    if not acting.may(ProxyScope.ENROL):
        raise BusinessError("您的授权里没有“报名办事”这一项，不能替他改。", code="scope")
    known = ChangeRequest.objects.filter(public_id=key).first()
    if known is not None:
        if known.person_id != acting.person.pk or known.asked_by_id != actor.pk:
            raise BusinessError("页面放得太久了，请刷新以后再填一次。", code="key")
        return known
    row = ChangeRequest(
        public_id=key, person=acting.person, kind=kind, topic=topic, replaces=replaces, asked_by=actor,
        grant=acting.grant, asked_on=on, rival=rival_of(acting.person.pk, topic, user=actor, wanted=wanted, on=on),
    )  # fmt: skip
    row.wanted = wanted
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "changerequest_one_waiting" not in str(error):
            return ChangeRequest.objects.get(public_id=key)
        raise BusinessError(
            "您已经提过一次，工作人员正在核实。写错了的话，先撤回那一次再提。", code="waiting"
        ) from error
    _note("change_request.ask", row, actor)
    return row


def _note(action: str, row: ChangeRequest, actor) -> None:
    audit.record(
        action, actor=actor, people=[row.person_id], fields=[row.kind], target=f"people.changerequest:{row.pk}",
        on_behalf_of=row.person_id if row.grant_id and actor.pk == row.asked_by_id else None,
    )  # fmt: skip
