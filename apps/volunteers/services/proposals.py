"""Volunteers for a request: suggested, asked, their answers. Nobody is given anything without his yes (自觉自愿).

Locks: the persons concerned, then the request, then places.
"""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values, work_calendar
from apps.signups.choices import SignUpSource, SignUpState
from apps.signups.models import SignUp
from apps.signups.services import seats
from apps.signups.services.locking import lock_persons
from apps.volunteers.choices.requests import ProposalState, RequestState
from apps.volunteers.models import Proposal, ServiceRequest, Shift, Team, TeamMember, Volunteer
from apps.volunteers.queries.matching import fitting, rules_of
from apps.volunteers.queries.volunteers import may_serve
from apps.volunteers.rules.help import HelpRules, answer_by, moment

from . import help_telling
from .shifts import ShiftFacts, create_shift

WAITING = (ProposalState.PROPOSED, ProposalState.ASKED)
NO_LONGER = (ProposalState.LAPSED, ProposalState.DECLINED)
BY_HAND = "工作人员请的"
ROW = "volunteers.servicerequest"


def target_of(request: ServiceRequest) -> str:
    return f"{ROW}:{request.pk}"


def lock(request: ServiceRequest, persons: Iterable[int] = ()) -> ServiceRequest:
    """The request as it is now, locked, after those persons."""
    lock_persons(persons)
    rows = ServiceRequest.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("unit", "team", "community", "receiver").get(pk=request.pk)


def help_rules(request: ServiceRequest, on: dt.date) -> HelpRules:
    return rule_values(HelpRules.rule_key, on=on, unit=request.unit)


def propose(request: ServiceRequest, now: dt.datetime) -> list[Proposal]:
    """Bring the suggestions up to as many as the rules say, the best fit first; returns those that are new. Nobody is
    told. See rule book 10.20."""
    with transaction.atomic():
        row = lock(request)
        if row.state != RequestState.OPEN or row.voided_at is not None:
            return []
        most = rules_of(row).proposed - row.proposals.current().filter(state__in=WAITING).count()
        found = fitting(row)[: max(0, most)]
        return Proposal.objects.bulk_create(
            Proposal(request=row, volunteer_id=match.person, reason=match.reason, state=ProposalState.PROPOSED)
            for match in found
        )


@transaction.atomic
def suggest(request: ServiceRequest, volunteer: Volunteer, *, actor: User, now: dt.datetime) -> Proposal:
    """Somebody whom staff or the team's leader think of themselves. He may serve, and is not of the receiver's home."""
    row = lock(request)
    _check_open(row)
    if row.receiver_id == volunteer.pk:
        raise BusinessError("不能请求助的同志本人。", code="self", field="volunteer")
    if row.receiver.household_id and row.receiver.household_id == volunteer.person.household_id:
        raise BusinessError("他们是一家人，家里人帮忙不算志愿服务。请另选一位。", code="home", field="volunteer")
    if sentence := may_serve([volunteer.pk], row.on).get(volunteer.pk):
        raise BusinessError(sentence, code="papers", field="volunteer")
    known = row.proposals.current().filter(volunteer=volunteer).first()
    if known is not None:
        return known
    made = Proposal.objects.create(request=row, volunteer=volunteer, reason=BY_HAND, state=ProposalState.PROPOSED)
    audit.record("help.suggest", actor=actor, people=[volunteer.pk], target=target_of(row))
    return made


@transaction.atomic
def ask_volunteers(
    request: ServiceRequest, proposals: Iterable[Proposal], *, actor: User | None, now: dt.datetime
) -> list[Proposal]:
    """Ask these: a message to each by his own way, or a line on the call sheet, with a time to answer. Who was asked
    and did not answer, or said no, may be asked once more. See rule book 10.24."""
    row = lock(request)
    _check_open(row)
    begins = moment(row.on, row.starts)
    if begins <= now:
        raise BusinessError("这个时间已经过了，不能再请人。请改成“没有找到人”，再另提一次。", code="past")
    until = answer_by(now, begins, help_rules(row, timezone.localdate(now)), work_calendar())
    may = (ProposalState.PROPOSED, *NO_LONGER)
    rows = row.proposals.current().filter(pk__in=[one.pk for one in proposals], state__in=may)
    asked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for one in asked:
        one.state, one.asked_at, one.answer_by = ProposalState.ASKED, now, until
        one.answered_at = one.answered_by = None
        one.note = ""
        one.save()
    if asked:
        help_telling.volunteers_asked(row, asked, now)
        people = [one.volunteer_id for one in asked]
        audit.record("help.ask_volunteers", actor=actor, people=people, target=target_of(row))
    return asked


def answer(
    proposal: Proposal, yes: bool, *, actor: User | None, now: dt.datetime, own: bool = False, note: str = ""
) -> Proposal:
    """He says yes, or that it does not suit him this time. `own`: by himself, else somebody entered it for him.

    A yes gives him a place of the request's shift; where enough had said yes before, his proposal comes back
    WITHDRAWN and he is thanked; after a no somebody else is suggested. The same answer again changes nothing. Raises
    BusinessError with the sentence: he is elsewhere at that time, a paper is missing, it is over. See rule book 10.24.
    """
    with transaction.atomic():
        request = lock(proposal.request, {proposal.volunteer_id})
        row = _row(proposal)
        row.request = request
        if row.state == (ProposalState.ACCEPTED if yes else ProposalState.DECLINED):
            return row
        if row.state == ProposalState.ACCEPTED:
            return _take_back(row, note, actor=actor, now=now)
        if request.state != RequestState.OPEN:
            return _close(row, ProposalState.WITHDRAWN, actor, now)
        if not yes:
            row.note = note.strip()[:120]
            _close(row, ProposalState.DECLINED, actor, now)
            propose(request, now)
            return row
        if moment(request.on, request.starts) <= now:
            raise BusinessError("这个时间已经过了。谢谢您！", code="past")
        _seat(row, actor, now, own)
        return _agree(row, actor, now)


@transaction.atomic
def take_back(proposal: Proposal, reason: str, *, actor: User | None, now: dt.datetime) -> Proposal:
    """He had said yes and cannot come: his place is free, the request is open again, staff and receiver are told.
    Taken back already it stays so. See rule book 10.24."""
    request = lock(proposal.request, {proposal.volunteer_id})
    row = _row(proposal)
    row.request = request
    if row.state != ProposalState.ACCEPTED:
        return row
    return _take_back(row, reason, actor=actor, now=now)


def lapse_due(now: dt.datetime) -> int:
    """Volunteers who did not answer in time: others are suggested. Returns how many lapsed."""
    due = Proposal.objects.current().filter(state=ProposalState.ASKED, answer_by__lte=now)
    requests = ServiceRequest.objects.filter(pk__in=due.values("request")).order_by("pk")
    return sum(_lapse(request, now) for request in requests)


def _lapse(request: ServiceRequest, now: dt.datetime) -> int:
    with transaction.atomic():
        row = lock(request)
        due = row.proposals.current().filter(state=ProposalState.ASKED, answer_by__lte=now)
        count = due.update(state=ProposalState.LAPSED, answered_at=now)
        propose(row, now)
        return count


def _row(proposal: Proposal) -> Proposal:
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("volunteer__person")
    return rows.get(pk=proposal.pk, voided_at__isnull=True)


def _check_open(request: ServiceRequest) -> None:
    if request.state != RequestState.OPEN or request.voided_at is not None:
        raise BusinessError(f"这件求助现在是“{request.get_state_display()}”，不用再找人。", code="state")


def _close(row: Proposal, state: str, actor: User | None, now: dt.datetime) -> Proposal:
    row.state, row.answered_at, row.answered_by = state, now, actor
    row.save()
    _note("help.answer", row, actor, state)
    return row


def _seat(row: Proposal, actor: User | None, now: dt.datetime, own: bool) -> SignUp:
    """A place of the request's shift, asked for as everybody asks for one: whoever is elsewhere is refused."""
    shift = Shift.objects.filter(request=row.request).select_related("offering").first()
    if shift is None:
        shift = _make_shift(row, actor, now)
    key = uuid.uuid5(row.public_id, f"yes:{row.version}")
    source = SignUpSource.WEB if own else SignUpSource.PHONE
    made = seats.sign_up(shift.offering, row.volunteer.person, source=source, actor=actor, now=now, form_key=key)
    if made.state != SignUpState.SEATED:
        raise BusinessError("人已经够了，谢谢您！", code="full")
    return made


def _make_shift(row: Proposal, actor: User | None, now: dt.datetime) -> Shift:
    request = row.request
    if request.team is None:
        request.team = _team_of(row)
        request.save(update_fields=["team"])
    made = ShiftFacts(
        team=request.team, request=request, on=request.on, starts=request.starts, ends=request.ends,
        capacity=request.wanted,
    )  # fmt: skip
    return create_shift(made, actor=actor, now=now)


def _team_of(row: Proposal) -> Team:
    """The team in whose name he goes: his own."""
    memberships = TeamMember.objects.on(row.request.on).filter(
        volunteer=row.volunteer_id, team__closed_on__isnull=True, team__voided_at__isnull=True
    )
    found = memberships.select_related("team").order_by("starts_on", "pk").first()
    if found is None:
        raise BusinessError("这位志愿者还不在服务队里。请先把他编进一支队，再登记他的答复。", code="team")
    return found.team


def _agree(row: Proposal, actor: User | None, now: dt.datetime) -> Proposal:
    """His yes is kept; with the last one needed the others are thanked."""
    _close(row, ProposalState.ACCEPTED, actor, now)
    request = row.request
    if request.proposals.current().filter(state=ProposalState.ACCEPTED).count() < request.wanted:
        return row
    request.state = RequestState.AGREED
    request.save(update_fields=["state"])
    end_waiting(request, now)
    help_telling.agreed(request, now)
    return row


def end_waiting(request: ServiceRequest, now: dt.datetime) -> None:
    """Whoever was suggested or asked is not needed; those who were asked hear of it."""
    rows = list(request.proposals.current().filter(state__in=WAITING).order_by("pk"))
    help_telling.not_needed(request, rows, now)
    Proposal.objects.filter(pk__in=[one.pk for one in rows]).update(state=ProposalState.WITHDRAWN, answered_at=now)


def _take_back(row: Proposal, reason: str, *, actor: User | None, now: dt.datetime) -> Proposal:
    request = row.request
    if request.state not in (RequestState.OPEN, RequestState.AGREED):
        raise BusinessError(f"这件求助已经是“{request.get_state_display()}”，不用再退。", code="state")
    place = SignUp.objects.active().filter(offering__shift__request=request, person=row.volunteer_id).first()
    if place is not None:
        seats.withdraw(place, reason=reason.strip() or "临时不方便", actor=actor, now=now)
    row.note = reason.strip()[:120]
    _close(row, ProposalState.DECLINED, actor, now)
    if request.state == RequestState.AGREED:
        request.state = RequestState.OPEN
        request.save(update_fields=["state"])
        back = request.proposals.current().filter(state=ProposalState.WITHDRAWN)
        back.update(state=ProposalState.PROPOSED, answered_at=None)
        propose(request, now)
        help_telling.open_again(request, now)
    return row


def _note(action: str, row: Proposal, actor: User | None, reason: str) -> None:
    audit.record(action, actor=actor, people=[row.volunteer_id], reason=reason, target=target_of(row.request))
