"""Requests for help: asked for, cancelled, left without anybody. Volunteers' answers are in `proposals`, what was done
in `helping`."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.organisation.models import Community, Unit
from apps.organisation.queries import rule_values
from apps.people.choices import LifeStatus
from apps.people.models import Person, ProxyGrant
from apps.signups.services.locking import lock_persons
from apps.signups.services.seats import cancel_offering
from apps.volunteers.choices.requests import LIVE_REQUESTS, RequestState
from apps.volunteers.models import ServiceRequest, Shift, Team
from apps.volunteers.queries.receivers import unit_of
from apps.volunteers.rules.help import HelpRules, time_refusal

from . import help_telling, paying
from .helping import done
from .proposals import answer, end_waiting, lock, propose, target_of

__all__ = ["RequestFacts", "answer", "ask", "cancel", "done", "leave_unmet", "propose"]

FORM_USED = "这张表已经用过。请重新打开再填。"


@dataclass(frozen=True)
class RequestFacts:
    """What is asked for. `asked_as` is an AskedAs. Without `unit` it is the one that answers for the receiver; without
    `community` his own; without `place` his home. `consent` (a Consent) where his branch asks for him."""

    receiver: Person
    service: str
    on: dt.date
    starts: int
    ends: int
    asked_as: str
    place: str = ""
    details: str = ""
    wanted: int = 1
    efforts: Sequence[str] = ()
    community: Community | None = None
    unit: Unit | None = None
    team: Team | None = None
    grant: ProxyGrant | None = None
    spends: bool = False
    consent: str = ""


def ask(facts: RequestFacts, *, actor: User | None, now: dt.datetime, form_key: uuid.UUID) -> ServiceRequest:
    """A request, with the first suggestions of volunteers. The same form again gives the one it made.

    Raises BusinessError with the sentence and field: not at that time, asked already, no such service, nobody alive,
    not enough minutes in his account. See rule book 10.23.
    """
    if facts.grant is not None and facts.grant.person_id != facts.receiver.pk:
        raise ValueError("the grant is another person's")
    try:
        with transaction.atomic():
            lock_persons([facts.receiver.pk])
            known = ServiceRequest.objects.filter(public_id=form_key).first()
            if known is not None:
                if known.receiver_id != facts.receiver.pk:
                    raise BusinessError(FORM_USED, code="form_used")
                return known
            return _ask(facts, actor, now, form_key)
    except IntegrityError as error:
        raise BusinessError(FORM_USED, code="form_used") from error


def _ask(facts: RequestFacts, actor: User | None, now: dt.datetime, form_key: uuid.UUID) -> ServiceRequest:
    person = Person.objects.select_related("community").get(pk=facts.receiver.pk)
    unit = facts.unit or unit_of(person)
    _check(facts, person, unit, now)
    row = ServiceRequest.objects.create(
        public_id=form_key, unit=unit, team=facts.team, receiver=person, service=facts.service, on=facts.on,
        starts=facts.starts, ends=facts.ends, wanted=facts.wanted, community=facts.community or person.community,
        place=facts.place.strip() or person.residence or "", details=facts.details.strip(),
        efforts=list(facts.efforts), asked_as=facts.asked_as, asked_by=actor, grant=facts.grant, asked_at=now,
        spends=facts.spends, consent=facts.consent,
    )  # fmt: skip
    paying.hold(row, actor=actor, now=now)
    propose(row, now)
    help_telling.new_request(row, now)
    audit.record(
        "help.ask", actor=actor, people=[person.pk], target=target_of(row),
        on_behalf_of=person.pk if facts.grant else None,
    )  # fmt: skip
    return row


def _check(facts: RequestFacts, person: Person, unit: Unit, now: dt.datetime) -> None:
    if person.voided_at is not None or person.life_status in (LifeStatus.DECEASED, LifeStatus.DEATH_REPORTED):
        raise BusinessError("这位同志的登记已经不在用，不能提求助。请和老干部局联系。", code="person", field="receiver")
    if facts.service not in names_of("volunteer_service"):
        raise BusinessError("请选要帮什么忙。", code="service", field="service")
    if not 1 <= facts.wanted <= 9:
        raise BusinessError("需要的人数填 1 到 9 位。", code="wanted", field="wanted")
    rules = rule_values(HelpRules.rule_key, on=timezone.localdate(now), unit=unit)
    if sentence := time_refusal(facts.on, facts.starts, facts.ends, now, rules):
        raise BusinessError(sentence, code="time", field="on")
    if not (facts.place.strip() or person.residence):
        raise BusinessError("请填志愿者到哪里去，例如家里的地址、医院的名字。", code="place", field="place")
    again = ServiceRequest.objects.current().filter(
        receiver=person, service=facts.service, on=facts.on, starts__lt=facts.ends, ends__gt=facts.starts,
        state__in=LIVE_REQUESTS,
    )  # fmt: skip
    if again.exists():
        raise BusinessError("这个时间已经提过同样的求助，不用再提。", code="again", field="on")


@transaction.atomic
def cancel(request: ServiceRequest, reason: str, *, actor: User | None, now: dt.datetime, own: bool) -> ServiceRequest:
    """It is not needed any more: volunteers who said yes or were asked are told, held minutes are released. `own`: by
    who asked, who is not told again. Cancelled already it stays so. See rule book 10.27."""
    row = lock(request)
    if row.state == RequestState.CANCELLED:
        return row
    if row.state not in (RequestState.OPEN, RequestState.AGREED):
        raise BusinessError(f"这件求助已经是“{row.get_state_display()}”，不能取消。", code="state")
    if not own and not reason.strip():
        raise BusinessError("请写明为什么取消。", code="reason", field="reason")
    _end(row, RequestState.CANCELLED, reason.strip() or "求助的人取消", actor, now)
    if not own:
        help_telling.cancelled(row, now)
    audit.record("help.cancel", actor=actor, people=[row.receiver_id], target=target_of(row), reason=row.end_reason)
    return row


@transaction.atomic
def leave_unmet(request: ServiceRequest, reason: str, *, actor: User | None, now: dt.datetime) -> ServiceRequest:
    """Nobody was found: why, and a word to who asked with the number to ring. Unmet already it stays so. See rule book
    10.26."""
    row = lock(request)
    if row.state == RequestState.UNMET:
        return row
    if row.state != RequestState.OPEN:
        raise BusinessError(f"这件求助现在是“{row.get_state_display()}”。", code="state")
    if not reason.strip():
        raise BusinessError("请写明为什么没有找到人。", code="reason", field="reason")
    _end(row, RequestState.UNMET, reason.strip(), actor, now)
    help_telling.unmet(row, now)
    audit.record("help.unmet", actor=actor, people=[row.receiver_id], target=target_of(row), reason=row.end_reason)
    return row


def end_by_death(request: ServiceRequest, event: int, *, now: dt.datetime) -> None:
    """Who needed help died (`event`): volunteers are told, held minutes are released. Inside the caller's
    transaction; ended already it stays so. See rule book 10.77."""
    row = lock(request)
    if row.state not in (RequestState.OPEN, RequestState.AGREED):
        return
    row.closed_by_event = event
    row.save(update_fields=["closed_by_event"])
    _end(row, RequestState.CANCELLED, "离世", None, now)


def _end(row: ServiceRequest, state: str, reason: str, actor: User | None, now: dt.datetime) -> None:
    row.state, row.ended_at, row.end_reason = state, now, reason[:200]
    row.save(update_fields=["state", "ended_at", "end_reason"])
    end_waiting(row, now)
    shift = Shift.objects.filter(request=row).select_related("offering").first()
    if shift is not None:
        cancel_offering(shift.offering, reason=row.end_reason, actor=actor, now=now)
    paying.let_go(row, actor=actor, now=now)


@transaction.atomic
def change_words(request: ServiceRequest, place: str, details: str, *, actor: User, now: dt.datetime) -> ServiceRequest:
    """Another place or further words for whoever goes there; the day and time stay. Unchanged does nothing."""
    row = lock(request)
    if row.state not in (RequestState.OPEN, RequestState.AGREED):
        raise BusinessError(f"这件求助已经是“{row.get_state_display()}”，不能再改。", code="state")
    if not place.strip():
        raise BusinessError("请填志愿者到哪里去。", code="place", field="place")
    said = {"place": place.strip(), "details": details.strip()}
    changed = [name for name, value in said.items() if (getattr(row, name) or "") != value]
    if changed:
        row.place, row.details = said["place"], said["details"]
        row.save(update_fields=["place", "details"])
        audit.record("help.change", actor=actor, people=[row.receiver_id], target=target_of(row), fields=changed)
    return row
