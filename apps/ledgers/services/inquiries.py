"""来电来访登记: taken down once, handled at once or passed on with a deadline, answered by a closing contact.

首问负责: whoever took it follows it until the caller has his answer. Whom it concerns next gets a message; texts hold
counts only.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.access import stand_ins
from apps.accounts.models import User
from apps.common import audit
from apps.common.choices import Source
from apps.common.errors import BusinessError
from apps.common.phone import parse_phone
from apps.ledgers.choices import CallOutcome, InquiryState, Method
from apps.ledgers.inquiry_rules import InquiryRules, due_day
from apps.ledgers.models import Inquiry
from apps.ledgers.notices import INQUIRY_ANSWERED, INQUIRY_PASSED
from apps.messaging.choices import DeliveryClass
from apps.messaging.services import NewMessage, post
from apps.organisation.models import Unit
from apps.organisation.queries import rule_values, work_calendar

from .contacts import ContactFacts, record_contact

SPOKE = (CallOutcome.ANSWERED, CallOutcome.FAMILY)
LONGEST_DEADLINE = dt.timedelta(days=180)


@dataclass(frozen=True, kw_only=True)
class InquiryFacts:
    """What was said. `person_id` of the registry, else `caller`; with `handler` it is passed on, without it was
    handled at once and `result` says how. `due_on` None: as the rules say."""

    subject: str
    content: str
    person_id: int | None = None
    caller: str = ""
    caller_phone: str = ""
    source: str = Source.CALL
    result: str = ""
    handler: User | None = None
    due_on: dt.date | None = None


@transaction.atomic
def take_inquiry(facts: InquiryFacts, *, unit: Unit, form_key: uuid.UUID, actor: User, now: dt.datetime) -> Inquiry:
    """Take down a call or visit. The same form sent twice, or twice at once, is the one it made first.

    `unit` receives it and decides who sees it; who may be named is the caller's to check (visible people, possible
    handlers).
    """
    on = timezone.localtime(now).date()
    caller, content = facts.caller.strip(), facts.content.strip()
    if facts.person_id is None and not caller:
        raise BusinessError("请选是哪位老同志；不是名册里的人，就写明来人是谁。", code="who", field="asked")
    if not content:
        raise BusinessError("请写下他说了什么。", code="content", field="content")
    passed = facts.handler is not None
    due_on = _deadline(facts.due_on, unit, on) if passed else None
    values = {
        "unit": unit, "person_id": facts.person_id, "caller": caller, "caller_phone": _phone(facts.caller_phone),
        "source": facts.source, "subject": facts.subject, "content": content, "received_by": actor,
        "received_at": now, "handler": facts.handler, "due_on": due_on, "result": facts.result.strip(),
        "state": InquiryState.OPEN if passed else InquiryState.DONE, "answered_on": None if passed else on,
    }  # fmt: skip
    try:
        with transaction.atomic():
            inquiry = Inquiry.objects.create(form_key=form_key, **values)
    except IntegrityError as error:
        standing = Inquiry.objects.filter(form_key=form_key, received_by=actor).first()
        if standing is None:
            raise BusinessError("这张表已经用过。请重新打开再填。", code="form_used") from error
        return standing
    _note("inquiry.take", inquiry, actor)
    if facts.handler is not None:
        _tell(inquiry, facts.handler.pk, INQUIRY_PASSED, f"inquiry:{inquiry.pk}:passed:{facts.handler.pk}:{on}", now)
    return inquiry


@transaction.atomic
def pass_on(
    inquiry: Inquiry, *, handler: User, due_on: dt.date | None, actor: User, now: dt.datetime, note: str = ""
) -> Inquiry:
    """Give an open one to somebody else, or another day; what was handled at once is opened again."""
    inquiry, on = _locked(inquiry), timezone.localtime(now).date()
    if inquiry.state not in (InquiryState.OPEN, InquiryState.DONE):
        raise BusinessError("这件事已经办完，不用再转办。", code="state")
    inquiry.handler, inquiry.due_on = handler, _deadline(due_on, inquiry.unit, on)
    inquiry.state, inquiry.answered_on = InquiryState.OPEN, None
    inquiry.save(update_fields=["handler", "due_on", "state", "answered_on"])
    _note("inquiry.pass_on", inquiry, actor, note)
    _tell(inquiry, handler.pk, INQUIRY_PASSED, f"inquiry:{inquiry.pk}:passed:{handler.pk}:{on}", now)
    return inquiry


@transaction.atomic
def answer(inquiry: Inquiry, *, result: str, actor: User, now: dt.datetime) -> Inquiry:
    """Say what came of it. Whoever took the call hears of it and tells the caller; until then it stays open."""
    inquiry, on = _locked(inquiry), timezone.localtime(now).date()
    if inquiry.state == InquiryState.ANSWERED and inquiry.result == result.strip():
        return inquiry
    if inquiry.state != InquiryState.OPEN:
        raise BusinessError("这件事已经办完。请刷新页面。", code="state")
    if not result.strip():
        raise BusinessError("请写明办理结果。", code="result", field="result")
    inquiry.state, inquiry.result, inquiry.answered_on = InquiryState.ANSWERED, result.strip(), on
    inquiry.save(update_fields=["state", "result", "answered_on"])
    _note("inquiry.answer", inquiry, actor)
    if inquiry.received_by_id != actor.pk:
        _tell(inquiry, inquiry.received_by_id, INQUIRY_ANSWERED, f"inquiry:{inquiry.pk}:answered", now)
    return inquiry


@transaction.atomic
def close(
    inquiry: Inquiry, facts: ContactFacts, *, form_key: uuid.UUID, actor: User, on: dt.date
) -> tuple[Inquiry, bool]:
    """Record the contact that gave the answer; (inquiry, whether it is closed).

    A call that nobody took is recorded and leaves it open. A caller who is not in the registry has no contact: the
    day alone closes it.
    """
    inquiry = _locked(inquiry)
    if inquiry.state == InquiryState.CLOSED:
        return inquiry, True
    if inquiry.state != InquiryState.ANSWERED:
        raise BusinessError("先登记办理结果，再回复。", code="state")
    contact = None
    if inquiry.person_id is not None:
        contact = record_contact(facts, persons=[inquiry.person_id], form_key=form_key, actor=actor, on=on)
    if facts.method == Method.PHONE and facts.outcome and facts.outcome not in SPOKE:
        return inquiry, False
    inquiry.state, inquiry.closed_on, inquiry.closing_contact = InquiryState.CLOSED, facts.happened_on, contact
    inquiry.save(update_fields=["state", "closed_on", "closing_contact"])
    _note("inquiry.close", inquiry, actor)
    return inquiry, True


@transaction.atomic
def correct(inquiry: Inquiry, *, values: dict[str, str], actor: User) -> Inquiry:
    """Mend what was written down: subject, source, caller, his number, content. The entry names what changed."""
    inquiry = _locked(inquiry)
    values = {name: value.strip() for name, value in values.items()}
    if "caller_phone" in values:
        values["caller_phone"] = _phone(values["caller_phone"])
    changed = [name for name, value in values.items() if (getattr(inquiry, name) or "") != value]
    for name in changed:
        setattr(inquiry, name, values[name])
    if inquiry.person_id is None and not inquiry.caller:
        raise BusinessError("请写明来人是谁。", code="who", field="caller")
    if not inquiry.content:
        raise BusinessError("请写下他说了什么。", code="content", field="content")
    if changed:
        inquiry.save(update_fields=changed)
        _note("change", inquiry, actor, fields=changed)
    return inquiry


def _deadline(due_on: dt.date | None, unit: Unit, on: dt.date) -> dt.date:
    if due_on is None:
        return due_day(on, rule_values(InquiryRules.rule_key, on=on, unit=unit), work_calendar())
    if due_on < on:
        raise BusinessError("期限不能早于今天。", code="due", field="due_on")
    if due_on > on + LONGEST_DEADLINE:
        raise BusinessError("期限最长半年，请核对年份。", code="due", field="due_on")
    return due_on


def _phone(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    try:
        found = parse_phone(text)
    except ValueError as error:
        raise BusinessError(str(error), code="phone", field="caller_phone") from error
    return found.digits + (f"转{found.extension}" if found.extension else "")


def _locked(inquiry: Inquiry) -> Inquiry:
    return Inquiry.objects.select_for_update(of=("self",)).select_related("unit").get(pk=inquiry.pk)


def _tell(inquiry: Inquiry, user_id: int, template: str, key: str, now: dt.datetime) -> None:
    """To whoever it is for, or who acts for him today."""
    acting = stand_ins([user_id], on=timezone.localtime(now).date()).get(user_id, user_id)
    message = NewMessage(
        key=key, delivery_class=DeliveryClass.DIGEST, template=template, user_id=acting,
        context={"inquiry": inquiry.pk},
    )  # fmt: skip
    post([message], now=now)


def _note(action: str, inquiry: Inquiry, actor: User, reason: str = "", fields: list[str] | None = None) -> None:
    audit.record(
        action, actor=actor, people=[inquiry.person_id] if inquiry.person_id else [], reason=reason,
        fields=fields or [], target=f"ledgers.inquiry:{inquiry.pk}", source=inquiry.source,
    )  # fmt: skip
