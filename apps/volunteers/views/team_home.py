"""A team leader's own pages: what comes, what waits for him, his members, the year's plan."""

from django.shortcuts import render
from django.utils import timezone

from apps.volunteers.choices.shifts import RecordState
from apps.volunteers.models import ServiceRecord, ServiceRequest, Shift, Team, TeamMember, TeamPlan
from apps.volunteers.queries import shift_lists as lists
from apps.volunteers.queries.requests import DOUBT, FINDING, SERVED, counts
from apps.volunteers.services.looking import members_for_leader

from .leading import leader_page
from .team_shifts import line_of

NEXT = 3


@leader_page
def team_home(request, team: Team):
    """The next shifts, and behind each door how much waits there."""
    today = timezone.localdate()
    shifts = Shift.objects.of_teams([team.pk])
    requests = counts(ServiceRequest.objects.of_teams([team.pk]), today)
    context = {
        "team": team, "coming": [line_of(team, row, today) for row in lists.coming(shifts, today)[:NEXT]],
        "to_close": lists.to_close(shifts, today).count(),
        "to_confirm": waiting_records(team).count(),
        "finding": requests[FINDING], "to_enter": requests[SERVED] + requests[DOUBT],
        "members": TeamMember.objects.on(today).filter(team=team).count(), "year": today.year,
    }  # fmt: skip
    return render(request, "volunteers/team_home.html", context)


def waiting_records(team: Team):
    """Records that wait for a leader's word, the longest ago first."""
    rows = ServiceRecord.objects.current().filter(team=team, state=RecordState.WAITING)
    return rows.select_related("volunteer__person", "project").order_by("on", "starts", "pk")


@leader_page
def members(request, team: Team):
    """With phones: the look is on record before anything is shown."""
    rows = members_for_leader(team, request.user, timezone.localdate(), request=request)
    return render(request, "volunteers/team_members.html", {"team": team, "rows": rows})


@leader_page
def plan(request, team: Team):
    """This year's plan and the last one's review; written by staff together with the leader."""
    year = timezone.localdate().year
    rows = TeamPlan.objects.current().filter(team=team, year__in=(year, year - 1)).order_by("-year")
    return render(request, "volunteers/team_plan.html", {"team": team, "plans": list(rows), "year": year})
