"""What a death ends here, and what comes back when it was none (rule book 10.77)."""

import datetime as dt
from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.branches.rules import last_day_of_life
from apps.registry.choices import LifeEventKind
from apps.registry.models import LifeEvent
from apps.volunteers.choices.posts import PostEnd
from apps.volunteers.choices.requests import ProposalState, RequestState
from apps.volunteers.models import (
    OutsidePost,
    PartyReport,
    Proposal,
    ServiceRequest,
    Shift,
    SurrogatePairing,
    TeamMember,
    Volunteer,
)
from apps.volunteers.rules.help import moment

from . import help_telling, lecturers
from .proposals import end_waiting, lock, propose
from .requests import end_by_death
from .settling import freeze_by_death, thaw_after_death

# Rows of a volunteer that run on without an end. Each has `starts_on`, `ends_on` (half open), `closed_by_event` and a
# key to the volunteer.
RUNNING = (TeamMember, SurrogatePairing)
DAY = dt.timedelta(days=1)
SEARCHING = (RequestState.OPEN, RequestState.AGREED)
GIVEN = (ProposalState.PROPOSED, ProposalState.ASKED, ProposalState.ACCEPTED)


def close_by_death(event: LifeEvent, undo: bool) -> list[str]:
    """Life handler: a death ends his places in teams, what he was asked and what he asked for, and freezes his time
    account; undone, exactly these are open again (design 2, socket 2).

    Sign-ups for shifts are closed by their own handler, which runs before this one and is undone after it. The person
    is locked by the caller. Returns sentences for staff on what is not as it was. See rule book 10.77.
    """
    if event.kind != LifeEventKind.DIED:
        return []
    now = timezone.now()
    if undo:
        lecturers.reopen_after_death(event.pk)
        return [*thaw_after_death(event), *_reopen_spans(event), *_reopen_requests(event, now), *_promise(event, now)]
    _end_spans(event)
    _end_outside(event)
    _withdraw_answers(event, now)
    for row in ServiceRequest.objects.current().filter(receiver=event.person_id, state__in=SEARCHING).order_by("pk"):
        end_by_death(row, event.pk, now=now)
    freeze_by_death(event, now=now)
    return lecturers.end_by_death(event.pk, event.person_id, now=now)


# Death ------------------------------------------------------------------------------------------------------------


def _end_spans(event: LifeEvent) -> None:
    day = last_day_of_life(event.happened_on, timezone.localdate(event.decided_at or event.reported_at))
    for model in RUNNING:
        rows = model.objects.select_for_update().filter(volunteer=event.person_id, ends_on__isnull=True)
        for row in rows.filter(voided_at__isnull=True).order_by("pk"):
            row.ends_on, row.closed_by_event = max(day, row.starts_on + DAY), event.pk
            row.save(update_fields=["ends_on", "closed_by_event"])
    volunteer = Volunteer.objects.select_for_update().active().filter(pk=event.person_id).first()
    if volunteer is not None:
        volunteer.left_on, volunteer.leave_reason = max(day, volunteer.joined_on), "离世"
        volunteer.closed_by_event = event.pk
        volunteer.save(update_fields=["left_on", "leave_reason", "closed_by_event"])


def _end_outside(event: LifeEvent) -> None:
    """Posts outside the bureau and reports to a community that run on without an end."""
    day = last_day_of_life(event.happened_on, timezone.localdate(event.decided_at or event.reported_at))
    running = {"person": event.person_id, "ends_on__isnull": True, "voided_at__isnull": True}
    for post in OutsidePost.objects.select_for_update().filter(**running).order_by("pk"):
        post.ends_on, post.closed_by_event = max(day, post.starts_on + DAY), event.pk
        post.ended_because = PostEnd.DEATH
        post.save(update_fields=["ends_on", "closed_by_event", "ended_because"])
    for report in PartyReport.objects.select_for_update().filter(**running).order_by("pk"):
        report.ends_on, report.closed_by_event = max(day, report.on + DAY), event.pk
        report.save(update_fields=["ends_on", "closed_by_event"])


def _withdraw_answers(event: LifeEvent, now: dt.datetime) -> None:
    """A yes he gave leaves its request open again, and staff hear of it; what was done waits for its confirmation."""
    rows = Proposal.objects.current().filter(volunteer=event.person_id, state__in=GIVEN)
    for row in rows.filter(request__state__in=SEARCHING).select_related("request").order_by("request_id"):
        request = lock(row.request)
        promised = row.state == ProposalState.ACCEPTED
        row.state, row.closed_by_event = ProposalState.WITHDRAWN, event.pk
        row.save(update_fields=["state", "closed_by_event"])
        if promised and request.state == RequestState.AGREED:
            request.state = RequestState.OPEN
            request.save(update_fields=["state"])
            _suggest_again(request, now)
            help_telling.open_again(request, now)


def _suggest_again(request: ServiceRequest, now: dt.datetime) -> None:
    """Those thought of before, and as many more as the rules say; nobody is told."""
    others = request.proposals.current().filter(state=ProposalState.WITHDRAWN, closed_by_event__isnull=True)
    others.update(state=ProposalState.PROPOSED, asked_at=None, answered_at=None)
    propose(request, now)


# It was none ------------------------------------------------------------------------------------------------------


def _reopen_spans(event: LifeEvent) -> Iterator[str]:
    """Sentences on those that could not be opened again."""
    for post in OutsidePost.objects.select_for_update().filter(closed_by_event=event.pk).order_by("pk"):
        post.ends_on, post.closed_by_event, post.ended_because = None, None, ""
        post.save(update_fields=["ends_on", "closed_by_event", "ended_because"])
    PartyReport.objects.filter(closed_by_event=event.pk).update(ends_on=None, closed_by_event=None)
    Volunteer.objects.filter(closed_by_event=event.pk).update(left_on=None, leave_reason="", closed_by_event=None)
    for model in RUNNING:
        for row in model.objects.select_for_update().filter(closed_by_event=event.pk).order_by("pk"):
            row.ends_on, row.closed_by_event = None, None
            try:
                with transaction.atomic():
                    row.save(update_fields=["ends_on", "closed_by_event"])
            except IntegrityError:
                yield f"“{row}”已由别的同志接任，原来的没有恢复。请和本人、和队里商量。"


def _reopen_requests(event: LifeEvent, now: dt.datetime) -> Iterator[str]:
    """His own requests: one that nobody had said yes to is open again; of the others volunteers were told."""
    for found in ServiceRequest.objects.filter(closed_by_event=event.pk).order_by("pk"):
        row = lock(found)
        row.closed_by_event = None
        past = moment(row.on, row.starts) <= now
        alone = not row.spends and not Shift.objects.filter(request=row).exists()
        if alone and not past:
            row.state, row.ended_at, row.end_reason = RequestState.OPEN, None, ""
        row.save(update_fields=["state", "ended_at", "end_reason", "closed_by_event"])
        if alone and not past:
            _suggest_again(row, now)
        elif not past:
            yield f"他{row.on.month}月{row.on.day}日的求助已经取消，志愿者已知道不用去。还需要的，请重新登记一次。"


def _promise(event: LifeEvent, now: dt.datetime) -> Iterator[str]:
    """What he had been asked: as it stood, where the request still waits for somebody."""
    rows = Proposal.objects.filter(closed_by_event=event.pk).select_related("request").order_by("request_id")
    for row in rows:
        request = lock(row.request)
        promised = row.answered_at is not None
        row.closed_by_event = None
        if request.state == RequestState.OPEN and request.voided_at is None:
            row.state = _state_before(row)
            row.save(update_fields=["state", "closed_by_event"])
            _agree_again(request, now)
            continue
        row.save(update_fields=["closed_by_event"])
        if promised:
            yield f"他答应过的{request.on.month}月{request.on.day}日的求助已另作安排，没有恢复。请和本人说明。"


def _state_before(row: Proposal) -> str:
    """Only an answer that stands carries its time (`proposals`)."""
    if row.answered_at is not None:
        return ProposalState.ACCEPTED
    return ProposalState.ASKED if row.asked_at is not None else ProposalState.PROPOSED


def _agree_again(request: ServiceRequest, now: dt.datetime) -> None:
    accepted = request.proposals.current().filter(state=ProposalState.ACCEPTED).count()
    if accepted >= request.wanted:
        request.state = RequestState.AGREED
        request.save(update_fields=["state"])
        end_waiting(request, now)
