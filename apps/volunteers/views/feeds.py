"""Calendars of a team and of a volunteer, for a telephone that asks again by itself: the address is the key."""

from collections.abc import Iterable

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.common.icalendar import Event, calendar_text
from apps.signups.choices import OfferingState
from apps.volunteers.choices.shifts import TurnState
from apps.volunteers.models import Shift
from apps.volunteers.queries.sign_codes import in_feed, team_of_feed, volunteer_of_feed
from apps.volunteers.services.shifts import begins_at

MOST = 500


@login_not_required
@never_cache
@require_safe
def team_feed(request, key):
    team = team_of_feed(key)
    if team is None or team.closed_on is not None:
        raise Http404
    rows = in_feed(Shift.objects.current().filter(team=team), timezone.localdate())
    return _calendar(rows[:MOST], name=f"{team}班次")


@login_not_required
@never_cache
@require_safe
def own_feed(request, key):
    """His own shifts; one he gave up is gone from it."""
    volunteer = volunteer_of_feed(key)
    if volunteer is None:
        raise Http404
    mine = Shift.objects.current().filter(
        turns__volunteer=volunteer, turns__voided_at__isnull=True,
        turns__state__in=(TurnState.EXPECTED, TurnState.CAME),
    )  # fmt: skip
    return _calendar(in_feed(mine, timezone.localdate())[:MOST], name="我的志愿服务班次")


def _calendar(rows: Iterable[Shift], *, name: str) -> HttpResponse:
    events = [
        Event(
            key=f"shift:{row.public_id}", title=str(row.project or row.offering.title), place=row.place,
            starts_at=begins_at(row.on, row.starts), ends_at=begins_at(row.on, row.ends), sequence=row.version - 1,
            cancelled=row.offering.state == OfferingState.CANCELLED,
        )
        for row in rows
    ]  # fmt: skip
    response = HttpResponse(
        calendar_text(events, stamp=timezone.now(), name=name), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="shifts.ics"'
    return response
