"""Who is told of what about a request, in the act's transaction. Never a place, never the name of who needs help."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from apps.accounts.access import acting_holders
from apps.messaging.choices import DeliveryClass
from apps.messaging.services import NewMessage, post
from apps.volunteers.choices.requests import AskedAs, ProposalState
from apps.volunteers.choices.teams import TeamRole
from apps.volunteers.help_notices import (
    AGAIN,
    AGREED,
    ANSWERED,
    ASKED,
    CANCELLED,
    CONFIRM,
    DOUBTED,
    LEAD,
    NEW,
    OPEN_AGAIN,
    UNCOVERED,
    UNMET,
    UNNEEDED,
)
from apps.volunteers.models import Proposal, ServiceRequest, TeamMember
from apps.volunteers.rules.help import CLERK, HEAD, LEADER, moment

CLERKS, HEADS = ("clerk", "section_head"), ("section_head", "clerk")


def volunteers_asked(request: ServiceRequest, proposals: Iterable[Proposal], now: dt.datetime) -> None:
    """Each whom he is asked by: as soon as his own hours allow, by his own way (text, letter, telephone)."""
    post(
        [_to(request, ASKED, row.volunteer_id, now, f"{row.pk}:{row.asked_at:%Y%m%d%H%M}") for row in proposals],
        now=now,
    )


def not_needed(request: ServiceRequest, proposals: Iterable[Proposal], now: dt.datetime) -> None:
    """Those who were asked and have not answered; a mere suggestion knew nothing."""
    rows = [row for row in proposals if row.state == ProposalState.ASKED]
    post([_to(request, UNNEEDED, row.volunteer_id, now, f"{row.pk}:{now:%Y%m%d%H%M}") for row in rows], now=now)


def new_request(request: ServiceRequest, now: dt.datetime) -> None:
    """The clerks of its unit, unless one of the staff entered it himself."""
    if request.asked_as != AskedAs.STAFF:
        _to_staff(request, NEW, CLERKS, now)


def receiver_told(request: ServiceRequest, template: str, now: dt.datetime) -> None:
    """Who is helped; and who asked for him, if that was somebody else."""
    messages = [_to(request, template, request.receiver_id, now, f"{request.pk}:{now:%Y%m%d%H%M%S}")]
    if request.asked_as != AskedAs.SELF and request.asked_by_id is not None:
        messages.append(_to_user(request, ANSWERED, request.asked_by_id, f"{template}:{now:%Y%m%d%H%M%S}"))
    post(messages, now=now)


def agreed(request: ServiceRequest, now: dt.datetime) -> None:
    receiver_told(request, AGREED, now)


def open_again(request: ServiceRequest, now: dt.datetime) -> None:
    receiver_told(request, AGAIN, now)
    _to_staff(request, OPEN_AGAIN, CLERKS, now)


def unmet(request: ServiceRequest, now: dt.datetime) -> None:
    receiver_told(request, UNMET, now)


def cancelled(request: ServiceRequest, now: dt.datetime) -> None:
    receiver_told(request, CANCELLED, now)


def please_confirm(request: ServiceRequest, now: dt.datetime) -> None:
    receiver_told(request, CONFIRM, now)


def doubted(request: ServiceRequest, now: dt.datetime) -> None:
    _to_staff(request, DOUBTED, CLERKS, now)


def reported(request: ServiceRequest, stage: int, now: dt.datetime) -> int:
    """Up one stage, with those between: the leader of its team, its clerk, its section head. Returns how many."""
    if stage == LEADER:
        leaders = TeamMember.objects.on(timezone.localdate(now)).filter(team=request.team_id, role=TeamRole.LEADER)
        messages = [
            _to(request, LEAD, person, now, f"{request.pk}:{stage}")
            for person in leaders.values_list("volunteer_id", flat=True)
        ]  # fmt: skip
        post(messages, now=now)
        return len(messages)
    return _to_staff(request, UNCOVERED, {CLERK: CLERKS, HEAD: HEADS}[stage], now, f":{stage}")


def staff_of(request: ServiceRequest, roles: tuple[str, ...], now: dt.datetime) -> list[int]:
    return acting_holders({request.unit_id}, *roles, on=timezone.localdate(now)).get(request.unit_id, [])


def _to_staff(
    request: ServiceRequest, template: str, roles: tuple[str, ...], now: dt.datetime, mark: str = ""
) -> int:  # fmt: skip
    users = staff_of(request, roles, now)
    mark = mark or f":{now:%Y%m%d%H%M}"
    post([_to_user(request, template, user, mark) for user in users], now=now)
    return len(users)


def _to(request: ServiceRequest, template: str, person: int, now: dt.datetime, mark: str) -> NewMessage:
    """Of use until it begins, or for a month where it is over already."""
    begins = moment(request.on, request.starts)
    return NewMessage(
        key=f"{template}:{mark}", delivery_class=DeliveryClass.URGENT, template=template, person_id=person,
        context={"request": request.pk}, valid_until=begins if begins > now else now + dt.timedelta(days=30),
    )  # fmt: skip


def _to_user(request: ServiceRequest, template: str, user: int, mark: str) -> NewMessage:
    return NewMessage(
        key=f"{template}:{request.pk}:{user}{mark}", delivery_class=DeliveryClass.DIGEST, template=template,
        user_id=user, context={"request": request.pk},
    )  # fmt: skip
