"""What was done for a request: entered from signing in and out, by the volunteer, his leader or staff; or that it was
not done after all."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.signups.choices import OfferingState
from apps.signups.models import Offering
from apps.volunteers.choices.requests import ProposalState, RequestState
from apps.volunteers.choices.shifts import RecordSource, RecordState, SignWay, TurnState
from apps.volunteers.models import Proposal, ServiceRecord, ServiceRequest, Turn
from apps.volunteers.rules.help import moment
from apps.volunteers.rules.times import minute_of

from . import help_telling, paying, records
from .proposals import lock, target_of
from .turns import sign_in, sign_out

BEFORE_DONE = (RequestState.OPEN, RequestState.AGREED)


@transaction.atomic
def done(
    proposal: Proposal,
    *,
    actor: User | None,
    now: dt.datetime,
    starts: int | None = None,
    ends: int | None = None,
    minutes: int | None = None,
    content: str = "",
    way: str = SignWay.LEADER,
) -> ServiceRecord:
    """The volunteer was there, [starts, ends) in minutes since midnight: as typed, else as he signed in and out,
    else as it was asked for. `minutes` is the time really served, all of it by default. Once all who said yes
    have a record the receiver is asked to confirm. Entered already it stays so. See rule book 10.27."""
    request = lock(proposal.request, {proposal.volunteer_id})
    row = Proposal.objects.select_related("volunteer").get(pk=proposal.pk)
    if row.state != ProposalState.ACCEPTED:
        raise BusinessError("这位志愿者没有答应这件求助，不能登记。", code="state")
    turn = _turn_of(request, row.volunteer_id)
    known = ServiceRecord.objects.current().filter(turn=turn).exclude(state=RecordState.REFUSED).first()
    if known is None:
        if request.state not in BEFORE_DONE:
            raise BusinessError(f"这件求助已经是“{request.get_state_display()}”。", code="state")
        known = _record(request, row, turn, _served(request, turn, starts, ends), minutes, content, actor, now, way)
    follow(request, now=now)
    return known


def follow(request: ServiceRequest, *, now: dt.datetime) -> bool:
    """DONE once everybody who said yes has a record, whichever way it came. Inside the caller's transaction,
    the request locked; True where it became so."""
    if request.state not in BEFORE_DONE:
        return False
    agreed = set(_accepted(request).values_list("volunteer_id", flat=True))
    standing = ServiceRecord.objects.current().exclude(state=RecordState.REFUSED).filter(request=request)
    if not agreed or agreed - set(standing.values_list("volunteer_id", flat=True)):
        return False
    request.state = RequestState.DONE
    request.save(update_fields=["state"])
    # Its shift has nothing left to be entered: it goes from the leader's list of those still to close.
    Offering.objects.filter(shift__request=request, state=OfferingState.OPEN).update(state=OfferingState.ENDED)
    help_telling.please_confirm(request, now)
    return True


@transaction.atomic
def doubt(request: ServiceRequest, words: str, *, actor: User | None, now: dt.datetime) -> ServiceRequest:
    """The receiver or his family says that nobody came, or not so: staff look into it. Nothing else changes."""
    row = lock(request)
    if row.state != RequestState.DONE:
        raise BusinessError(f"这件求助现在是“{row.get_state_display()}”，请刷新页面。", code="state")
    if row.doubt:
        return row
    row.doubt = words.strip()[:120] or "说没有来过"
    row.save(update_fields=["doubt"])
    help_telling.doubted(row, now)
    audit.record("help.doubt", actor=actor, people=[row.receiver_id], target=target_of(row))
    return row


@transaction.atomic
def not_done(request: ServiceRequest, reason: str, *, actor: User, now: dt.datetime) -> ServiceRequest:
    """Staff found that nobody came: what was entered counts nowhere, held minutes are released, and the request ends
    without service. Raises BusinessError once something of it was confirmed."""
    row = lock(request)
    if row.state == RequestState.UNMET:
        return row
    if row.state not in (RequestState.AGREED, RequestState.DONE):
        raise BusinessError(f"这件求助现在是“{row.get_state_display()}”。", code="state")
    if not reason.strip():
        raise BusinessError("请写明核实的情况。", code="reason", field="reason")
    if moment(row.on, row.starts) > now:
        raise BusinessError("还没有到时间。不需要了请用“取消”。", code="early")
    entered = list(ServiceRecord.objects.current().filter(request=row).exclude(state=RecordState.REFUSED))
    if entered:
        records.refuse(entered, reason=reason, actor=actor, now=now)
    row.state, row.ended_at, row.end_reason = RequestState.UNMET, now, f"没有服务：{reason.strip()}"[:200]
    row.save(update_fields=["state", "ended_at", "end_reason"])
    paying.let_go(row, actor=actor, now=now)
    audit.record("help.not_done", actor=actor, people=[row.receiver_id], target=target_of(row), reason=reason.strip())
    return row


def _accepted(request: ServiceRequest):
    return request.proposals.current().filter(state=ProposalState.ACCEPTED)


def _turn_of(request: ServiceRequest, volunteer: int) -> Turn:
    turns = Turn.objects.current().filter(shift__request=request, volunteer=volunteer)
    turn = turns.exclude(state=TurnState.CANCELLED).order_by("-pk").first()
    if turn is None:
        raise BusinessError("没有找到这位志愿者的排班，请刷新页面。", code="turn")
    return turn


def _served(request: ServiceRequest, turn: Turn, starts: int | None, ends: int | None) -> tuple[int, int]:
    if starts is not None and ends is not None:
        return starts, ends
    if turn.came_at is not None and turn.left_at is not None:
        return minute_of(timezone.localtime(turn.came_at)), minute_of(timezone.localtime(turn.left_at))
    return request.starts, request.ends


def _record(request, row, turn, served, minutes, content, actor, now, way) -> ServiceRecord:
    starts, ends = served
    if moment(request.on, starts) > now:
        raise BusinessError("还没有到服务的时间，服务以后再登记。", code="early", field="starts")
    if turn.came_at is None:
        sign_in(turn, moment(request.on, starts), way, actor)
    if turn.left_at is None:
        sign_out(turn, moment(request.on, ends), way, actor)
    facts = records.RecordFacts(
        volunteer=row.volunteer, team=request.team, on=request.on, starts=starts, ends=ends, minutes=minutes,
        service=request.service, turn=turn, request=request, receiver=request.receiver, community=request.community,
        content=content, source=RecordSource.REQUEST, form_key=uuid.uuid5(row.public_id, f"done:{turn.pk}"),
    )  # fmt: skip
    return records.record(facts, actor=actor, now=now)
