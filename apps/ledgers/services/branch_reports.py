"""What a branch reports about its members: hospital, moving, a need, a death (issue: 报情况).

A stay in hospital, coming home and moving take effect at once, as told by the branch, so that the visit is due the same
day; staff may undo them, the reporter on the same day. A death waits for staff: until they confirm date and source it
only holds back greetings and visits, and gives the responsible staff a task for today.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.models import User
from apps.branches.access import Desk
from apps.common.choices import Source
from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.common.voiding import void
from apps.ledgers.models import Inquiry
from apps.ledgers.notices import DEATH_REPORTED
from apps.ledgers.queries.desk import CONDOLENCE_SUBJECT, can_take_back
from apps.messaging.choices import DeliveryClass
from apps.messaging.models import Message
from apps.messaging.services import NewMessage, post, withdraw_messages
from apps.organisation.models import Unit
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.choices import LifeEventKind, LifeEventState
from apps.registry.models import Cadre, LifeEvent
from apps.registry.services import life

from .answering import answering_staff
from .inquiries import InquiryFacts, take_inquiry

TAKEN_BACK = "报告人收回"
NAMESPACE = uuid.UUID("6f3c1a52-7f0e-4a5e-9d7b-0d0c4a5f1b21")


@dataclass(frozen=True, kw_only=True)
class DeathReport:
    """What the branch knows: when (perhaps to the month only), who told, and anything the bureau should know."""

    happened_on: PartialDate
    told_by: str = ""
    detail: str = ""


@transaction.atomic
def report_event(desk: Desk, person: Person, told: life.Report) -> LifeEvent:
    """A stay in hospital, coming home or moving: in effect at once. Told twice, it is one."""
    standing = LifeEvent.objects.filter(
        person=person, kind=told.kind, happened_on=str(told.happened_on), reported_by=desk.user,
        state=LifeEventState.CONFIRMED, voided_at__isnull=True,
    )  # fmt: skip
    same = standing.first()
    if same is not None:
        return same
    return life.record(person, told, actor=desk.user, today=desk.today)


@transaction.atomic
def report_need(
    desk: Desk, person: Person, *, subject: str, content: str, form_key: uuid.UUID, now: dt.datetime
) -> Inquiry:
    """A need or any other matter: to whoever answers for the person among the staff, with the usual deadline."""
    unit, handler = responsible_staff(desk, person)
    facts = InquiryFacts(
        subject=subject, content=content, person_id=person.pk, source=Source.BRANCH, handler=handler
    )  # fmt: skip
    return take_inquiry(facts, unit=unit, form_key=form_key, actor=desk.user, now=now)


@transaction.atomic
def report_death(desk: Desk, person: Person, told: DeathReport, *, now: dt.datetime) -> LifeEvent:
    """Tell the bureau of a death. Greetings and visit reminders stop at once; staff get a condolence task for today and
    an urgent message. Membership, seat, account and statistics change when staff confirm. Told again, the first one
    stands."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.life_status == LifeStatus.DEATH_REPORTED:
        waiting = LifeEvent.objects.filter(
            person=person, kind=LifeEventKind.DIED, state=LifeEventState.REPORTED, voided_at__isnull=True
        ).first()
        if waiting is not None:
            return waiting
    unit, handler = responsible_staff(desk, person)
    detail = "；".join(filter(None, (f"听{told.told_by}说" if told.told_by else "", told.detail.strip())))
    event = life.report(
        person,
        life.Report(LifeEventKind.DIED, told.happened_on, detail=detail, source=Source.BRANCH),
        actor=desk.user,
        today=desk.today,
    )
    facts = InquiryFacts(
        subject=CONDOLENCE_SUBJECT, person_id=person.pk, source=Source.BRANCH, handler=handler, due_on=desk.today,
        content=f"{desk.organisation.name}报告离世（{told.happened_on.display()}）。请今天联系家属，核实时间和来源，安排吊唁。"
        + (f"支部说：{detail}" if detail else ""),
    )  # fmt: skip
    take_inquiry(facts, unit=unit, form_key=_task_key(event), actor=desk.user, now=now)
    message = NewMessage(
        key=_message_key(event), delivery_class=DeliveryClass.URGENT, template=DEATH_REPORTED,
        user_id=handler.pk, context={"event": event.pk},
    )  # fmt: skip
    post([message], now=now)
    return event


@transaction.atomic
def take_back_report(desk: Desk, event: LifeEvent) -> LifeEvent:
    """One tap: what this account reported by mistake is as if never said; everything that it had stopped goes on.

    Refused once staff have decided, and on later days for what took effect at once.
    """
    event = LifeEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
    if event.state in (LifeEventState.REJECTED, LifeEventState.UNDONE):
        return event
    if not can_take_back(event, desk.user, desk.today):
        raise BusinessError("工作人员已经处理了，不能自己收回。请打电话告诉我们。", code="decided")
    if event.state == LifeEventState.CONFIRMED:
        return life.undo(event, reason=TAKEN_BACK, actor=desk.user)
    event = life.reject(event, reason=TAKEN_BACK, actor=desk.user)
    task = Inquiry.objects.filter(form_key=_task_key(event), received_by=desk.user).first()
    if task is not None:
        void(task, reason=TAKEN_BACK, actor=desk.user, people=[event.person_id])
    withdraw_messages(list(Message.objects.filter(key=_message_key(event)).values_list("pk", flat=True)))
    return event


def _message_key(event: LifeEvent) -> str:
    return f"death:{event.pk}:reported"


def _task_key(event: LifeEvent) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, str(event.public_id))


def responsible_staff(desk: Desk, person: Person) -> tuple[Unit, User]:
    """(unit, who there answers for the person); the branch's unit where he is not in the registry."""
    cadre = Cadre.objects.filter(pk=person.pk).select_related("managing_unit").first()
    return answering_staff(cadre, desk.organisation.unit, on=desk.today)
