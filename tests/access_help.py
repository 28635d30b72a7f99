"""Requests for help in the world of the access matrix: one request a side, and what its pages ask for as (right, model
whose key stands in the address, right to send)."""

import datetime as dt

from apps.volunteers.models import ServiceRequest

NOON = dt.datetime(2026, 8, 20, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))
NOBODY = "nobody"
VIEW, WORK, ONE = "volunteers.view_servicerequest", "volunteers.change_servicerequest", "volunteers.servicerequest"


def _request(side) -> ServiceRequest:
    return ServiceRequest.objects.create(
        unit=side.unit, receiver=side.cadre.person, service="hospital", on=dt.date(2030, 9, 2), starts=540, ends=660,
        place="门诊大厅", asked_as="staff", asked_at=NOON,
    )  # fmt: skip


HELP_OBJECTS = {ONE: _request}
_ADMIN = "admin:volunteers_servicerequest"
HELP_PAGES = {
    f"{_ADMIN}_out": (VIEW,),
    **{f"{_ADMIN}_{act}": ("volunteers.add_servicerequest",) for act in ("ask", "elder", "elder_new")},
    f"{_ADMIN}_slip": (VIEW, ONE),
    **{f"{_ADMIN}_{act}": (WORK, ONE) for act in ("pick", "suggest", "unmet", "notdone", "cancel", "words")},
    # For a volunteer of it, of whom the world has none: held in tests/volunteers/test_request_pages.py.
    **{f"{_ADMIN}_{act}": (NOBODY, ONE) for act in ("answer", "done", "confirm")},
    "admin:ledgers_measure_help": ("ledgers.change_measure", "ledgers.measure"),
    "admin:ledgers_need_help": ("ledgers.change_need", "ledgers.need"),
    # Nobody of the world leads a team, and only persons and their families have pages of their own: the same tests.
    **{f"volunteers:{page}": (NOBODY, ONE) for page in ("team_requests", "team_request", "team_request_done")},
    **{f"portal:me_help{page}": (NOBODY,) for page in ("", "_new", "_step", "_asked")},
    **{f"portal:me_help_{page}": (NOBODY, ONE) for page in ("request", "cancel", "confirm")},
    **{f"portal:me_help_{page}": (NOBODY, ONE) for page in ("asked_one", "cannot", "served")},
}
# Entered and changed by acts alone.
HELP_EXCEPTIONS = {f"{_ADMIN}_add": (NOBODY,), f"{_ADMIN}_change": (VIEW, ONE, NOBODY)}
