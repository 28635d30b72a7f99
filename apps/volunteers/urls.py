from django.urls import path

from .views import checking, feeds, signing, team_home, team_requests, team_shifts

app_name = "volunteers"
TEAM = "team/<uuid:team>/"
SHIFT = "team/<uuid:team>/shifts/<uuid:shift>/"
REQUEST = "team/<uuid:team>/requests/<uuid:key>/"
urlpatterns = [
    path("check/", checking.check, name="check"),
    path("check/published/", checking.published, name="published"),
    path(TEAM, team_home.team_home, name="team"),
    path(f"{TEAM}shifts/", team_shifts.team_shifts, name="team_shifts"),
    path(f"{TEAM}shifts/new/<uuid:project>/", team_shifts.team_shift_new, name="team_shift_new"),
    path(SHIFT, team_shifts.team_shift, name="team_shift"),
    path(f"{SHIFT}close/", team_shifts.team_shift_close, name="team_shift_close"),
    path(f"{SHIFT}cancel/", team_shifts.team_shift_cancel, name="team_shift_cancel"),
    path(f"{TEAM}requests/", team_requests.team_requests, name="team_requests"),
    path(REQUEST, team_requests.team_request, name="team_request"),
    path(f"{REQUEST}done/<int:proposal>/", team_requests.team_request_done, name="team_request_done"),
    path("sign/<str:code>/", signing.sign_shift, name="sign_shift"),
    path("feeds/team/<str:key>.ics", feeds.team_feed, name="team_feed"),
    path("feeds/own/<str:key>.ics", feeds.own_feed, name="own_feed"),
]
