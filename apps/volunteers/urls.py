from django.urls import path

from .views import (
    blank_forms,
    checking,
    feeds,
    front,
    front_teams,
    signing,
    talks,
    team_home,
    team_records,
    team_requests,
    team_shifts,
)

app_name = "volunteers"
TEAM = "team/<uuid:team>/"
SHIFT = "team/<uuid:team>/shifts/<uuid:shift>/"
REQUEST = "team/<uuid:team>/requests/<uuid:key>/"
urlpatterns = [
    path("", front.shifts, name="shifts"),
    path("shift/<uuid:key>/", front.shift, name="shift"),
    path("shift/<uuid:key>/join/", front.join, name="join"),
    path("ask/", front.ask, name="ask"),
    path("become/", front.become, name="become"),
    path("teams/", front_teams.teams, name="teams"),
    path("teams/<uuid:key>/", front_teams.team_page, name="team_page"),
    path("time-bank/", front_teams.time_bank, name="time_bank"),
    path("forms/", blank_forms.forms, name="forms"),
    path("forms/<slug:key>/", blank_forms.form, name="form"),
    path(f"{TEAM}members/", team_home.members, name="team_members"),
    path(f"{TEAM}plan/", team_home.plan, name="team_plan"),
    path(f"{TEAM}records/", team_records.records, name="team_records"),
    path("check/", checking.check, name="check"),
    path("check/published/", checking.published, name="published"),
    path(TEAM, team_home.team_home, name="team"),
    path(f"{TEAM}shifts/", team_shifts.team_shifts, name="team_shifts"),
    path(f"{TEAM}shifts/new/<uuid:project>/", team_shifts.team_shift_new, name="team_shift_new"),
    path(SHIFT, team_shifts.team_shift, name="team_shift"),
    path(f"{SHIFT}close/", team_shifts.team_shift_close, name="team_shift_close"),
    path(f"{SHIFT}cancel/", team_shifts.team_shift_cancel, name="team_shift_cancel"),
    path("talks/", talks.talks, name="talks"),
    path("talks/book/", talks.talk_book, name="talk_book"),
    path("talks/booked/<uuid:key>/", talks.talk_booked, name="talk_booked"),
    path(f"{TEAM}requests/", team_requests.team_requests, name="team_requests"),
    path(REQUEST, team_requests.team_request, name="team_request"),
    path(f"{REQUEST}done/<int:proposal>/", team_requests.team_request_done, name="team_request_done"),
    path("sign/<str:code>/", signing.sign_shift, name="sign_shift"),
    path("feeds/team/<str:key>.ics", feeds.team_feed, name="team_feed"),
    path("feeds/own/<str:key>.ics", feeds.own_feed, name="own_feed"),
]
