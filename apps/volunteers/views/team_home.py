"""The first page of a team leader."""

from django.shortcuts import render
from django.urls import reverse

from apps.volunteers.models import Team

from .leading import leader_page


@leader_page
def team_home(request, team: Team):
    doors = [("班次和签到", reverse("volunteers:team_shifts", args=[team.public_id]))]
    return render(request, "volunteers/team_home.html", {"team": team, "doors": doors})
