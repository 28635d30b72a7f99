from django.urls import URLPattern, path

from .views import team_requests

app_name = "volunteers"
urlpatterns: list[URLPattern] = [
    path("team/<uuid:team>/requests/", team_requests.team_requests, name="team_requests"),
    path("team/<uuid:team>/requests/<uuid:key>/", team_requests.team_request, name="team_request"),
    path(
        "team/<uuid:team>/requests/<uuid:key>/done/<int:proposal>/", team_requests.team_request_done,
        name="team_request_done",
    ),
]  # fmt: skip
