"""Reads over requests for help: what staff and leaders work off, what the receiver and the volunteer see."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from apps.organisation.queries import rule_values
from apps.people.models import Person
from apps.signups.choices import OfferingState
from apps.volunteers.choices.requests import LIVE_REQUESTS, ProposalState, RequestState
from apps.volunteers.choices.shifts import RecordState
from apps.volunteers.models import Proposal, ServiceRecord, ServiceRequest, Shift, Turn
from apps.volunteers.rules.help import HelpRules
from apps.volunteers.rules.times import minute_of

SOON = dt.timedelta(days=2)
FINDING, SOON_KEY, SERVED, CONFIRM, DOUBT = "finding", "soon", "served", "confirm", "doubt"
SECRET = ("place", "details")
RECENT = dt.timedelta(days=90)


def condition_of(which: str, today: dt.date) -> Q | None:
    """The rows of one line of the worklist; None for a key that is none."""
    return {
        FINDING: Q(state=RequestState.OPEN),
        SOON_KEY: Q(state=RequestState.OPEN, on__lte=today + SOON),
        SERVED: Q(state=RequestState.AGREED, on__lt=today),
        CONFIRM: Q(state=RequestState.DONE),
        DOUBT: Q(state=RequestState.DONE) & ~Q(doubt=""),
    }.get(which)


def counts(rows, today: dt.date) -> dict[str, int]:
    """How many each line of the worklist has; one statement."""
    keys = (FINDING, SOON_KEY, SERVED, CONFIRM, DOUBT)
    wanted = {key: Count("pk", filter=condition_of(key, today)) for key in keys}
    return rows.filter(state__in=LIVE_REQUESTS, voided_at__isnull=True).order_by().aggregate(**wanted)


def with_helpers(rows):
    """With `agreed` and `asked`: how many said yes, how many were asked and have not answered."""
    said = Q(proposals__voided_at__isnull=True)
    return rows.annotate(
        agreed=Count("proposals", filter=said & Q(proposals__state=ProposalState.ACCEPTED)),
        asked=Count("proposals", filter=said & Q(proposals__state=ProposalState.ASKED)),
    )


def proposals_of(request: ServiceRequest) -> list[Proposal]:
    """Everybody thought of, those who said yes first, then as they were suggested."""
    rows = request.proposals.current().select_related("volunteer__person").order_by("pk")
    return sorted(rows, key=lambda row: row.state != ProposalState.ACCEPTED)


def shift_of(request: ServiceRequest) -> Shift | None:
    """The shift of those who said yes, while it stands."""
    rows = Shift.objects.current().filter(request=request).exclude(offering__state=OfferingState.CANCELLED)
    return rows.first()


def to_enter(shift: Shift, volunteer: int) -> Proposal | None:
    """What he said yes to, where the shift is one of a request and his time is not entered yet."""
    rows = Proposal.objects.current().filter(
        request=shift.request_id, volunteer=volunteer, state=ProposalState.ACCEPTED,
        request__state__in=(RequestState.OPEN, RequestState.AGREED),
    )  # fmt: skip
    return rows.first() if shift.request_id else None


def signed_of(proposal: Proposal) -> dict[str, int]:
    """`starts` and `ends` as he signed in and out, minutes since midnight; what was not signed is left out."""
    turn = Turn.objects.current().filter(
        shift__request=proposal.request_id, volunteer=proposal.volunteer_id, came_at__isnull=False
    ).order_by("-pk").first()  # fmt: skip
    signed = {"starts": turn.came_at, "ends": turn.left_at} if turn else {}
    return {name: minute_of(timezone.localtime(at)) for name, at in signed.items() if at}


def records_of(request: ServiceRequest) -> list[ServiceRecord]:
    rows = ServiceRecord.objects.current().filter(request=request).select_related("volunteer__person", "confirmation")
    return list(rows.order_by("pk"))


def unconfirmed(request: ServiceRequest) -> list[ServiceRecord]:
    """Records that the receiver has still to confirm."""
    return [
        row for row in records_of(request) if row.state != RecordState.REFUSED and not hasattr(row, "confirmation")
    ]  # fmt: skip


def other_help(request: ServiceRequest) -> str:
    """What is said to who asked where nobody was found (rule book 10.26); empty for any other."""
    if request.state != RequestState.UNMET:
        return ""
    return rule_values(HelpRules.rule_key, on=request.on, unit=request.unit).other_help


def requests_of(person: Person, today: dt.date):
    """A person's own requests: what is open, and what ended lately; the next day first."""
    lately = Q(state__in=LIVE_REQUESTS) | Q(on__gt=today - RECENT)
    rows = ServiceRequest.objects.current().filter(lately, receiver=person).defer(*SECRET)
    return with_helpers(rows).order_by("-on", "-starts", "-pk")


def asked_of(person: Person, now: dt.datetime):
    """What a volunteer was asked and may still answer, and what he said yes to and lies ahead or is not entered."""
    today = timezone.localdate(now)
    asked = Q(state=ProposalState.ASKED, request__state=RequestState.OPEN, request__on__gte=today)
    agreed = Q(state=ProposalState.ACCEPTED, request__state__in=LIVE_REQUESTS)
    rows = Proposal.objects.current().filter(asked | agreed, volunteer=person.pk)
    return rows.select_related("request__team", "request__community").order_by("request__on", "request__starts", "pk")


def waiting_for(person: Person, now: dt.datetime) -> dict[str, bool]:
    """What of requests waits for a person: `asked` for his answer as a volunteer, `confirm` for his word as who was
    helped. One statement."""
    confirm = ServiceRequest.objects.current().filter(receiver=OuterRef("pk"), state=RequestState.DONE, doubt="")
    asked = Proposal.objects.current().filter(
        volunteer=OuterRef("pk"), state=ProposalState.ASKED, request__state=RequestState.OPEN,
        request__on__gte=timezone.localdate(now),
    )  # fmt: skip
    row = Person.objects.filter(pk=person.pk).values_list(Exists(asked), Exists(confirm)).first()
    return dict(zip(("asked", "confirm"), row or (False, False), strict=True))


def of_teams(teams: Collection[int], today: dt.date):
    """Requests that teams take care of: open ones and those of late."""
    lately = Q(state__in=LIVE_REQUESTS) | Q(on__gt=today - RECENT)
    rows = ServiceRequest.objects.current().of_teams(teams).filter(lately)
    return with_helpers(rows.defer(*SECRET)).select_related("receiver", "community", "team")
