"""Projects, shifts and records of service in the world of the access matrix: one object of each kind a side, and what
each page asks for as (right, model whose key stands in the address, right to send)."""

import datetime as dt

from django.utils import timezone

from apps.volunteers.models import Project, ShiftSeries, Team, Volunteer
from apps.volunteers.services.records import RecordFacts, record
from apps.volunteers.services.shifts import ShiftFacts, create_shift

DAY = dt.date(2026, 3, 1)
NOBODY, PUBLIC, SIGNED_IN = "nobody", "public", "signed in"


def _project(side) -> Project:
    team = Team.objects.create(name=f"班次队{side.unit.pk}", unit=side.unit, kind="silver", phone="0700-8800611")
    return Project.objects.create(team=team, name="护河巡查", service="green", place="桥头", state="open")


def _shift(side):
    project = side.objects["volunteers.project"]
    on = timezone.localdate() + dt.timedelta(3)
    facts = ShiftFacts(team=project.team, project=project, on=on, starts=540, ends=660, capacity=3)
    return create_shift(facts, actor=None, now=timezone.now())


def _record(side):
    project = side.objects["volunteers.project"]
    volunteer, _ = Volunteer.objects.get_or_create(
        person=side.cadre.person, defaults={"unit": side.unit, "joined_on": DAY}
    )
    facts = RecordFacts(
        volunteer=volunteer, team=project.team, project=project, on=DAY, starts=540, ends=660, service="green"
    )  # fmt: skip
    return record(facts, actor=None, now=timezone.now())


SHIFT_OBJECTS = {
    "volunteers.project": _project,
    "volunteers.shiftseries": lambda side: ShiftSeries.objects.create(
        project=side.objects["volunteers.project"], weekday=1, starts=540, ends=660, first_on=DAY,
        until=dt.date(2098, 1, 1), capacity=3,
    ),
    "volunteers.shift": _shift,
    "volunteers.servicerecord": _record,
}  # fmt: skip
SHIFT_PAGES = {
    **{
        f"admin:volunteers_project_{act}": ("volunteers.change_project", "volunteers.project")
        for act in ("publish", "hide", "close")
    },
    **{
        f"admin:volunteers_shiftseries_{act}": ("volunteers.change_shiftseries", "volunteers.shiftseries")
        for act in ("edit", "end")
    },
    **{
        f"admin:volunteers_shift_{act}": ("volunteers.change_shift", "volunteers.shift")
        for act in ("edit", "cancel", "join", "close")
    },
    "admin:volunteers_shift_week": ("volunteers.view_shift",),
    "admin:volunteers_shift_sheet": ("volunteers.view_shift", "volunteers.shift"),
    # Held in tests/volunteers/test_shift_pages.py: nobody of the world is on a shift.
    "admin:volunteers_shift_leave": (NOBODY, "volunteers.shift"),
    "admin:volunteers_servicerecord_sheet": ("volunteers.add_servicerecord",),
    "admin:volunteers_servicerecord_hours": ("volunteers.view_servicerecord",),
    "admin:volunteers_servicerecord_export": ("volunteers.change_servicerecord",),
    **{
        f"admin:volunteers_servicerecord_{act}": ("volunteers.change_servicerecord", "volunteers.servicerecord")
        for act in ("confirm", "refuse", "correct", "annul")
    },
    # Held in tests/volunteers/test_shift_pages.py: nobody of the world leads a team.
    "volunteers:team": (NOBODY, "volunteers.project"),
    "volunteers:team_shifts": (NOBODY, "volunteers.project"),
    "volunteers:team_shift_new": (NOBODY, "volunteers.project"),
    **{f"volunteers:{name}": (NOBODY, "volunteers.shift") for name in (
        "team_shift", "team_shift_close", "team_shift_cancel",
    )},
    # A text that is no code: he is told so.
    "volunteers:sign_shift": (SIGNED_IN,),
    # A key that nobody signed: as if missing.
    "volunteers:team_feed": (PUBLIC, "volunteers.shift"),
    "volunteers:own_feed": (PUBLIC, "volunteers.shift"),
}  # fmt: skip
SHIFT_EXCEPTIONS = {
    "admin:volunteers_shiftseries_change": ("volunteers.view_shiftseries", "volunteers.shiftseries", NOBODY),
    "admin:volunteers_shift_change": ("volunteers.view_shift", "volunteers.shift", NOBODY),
    # Written by acts alone.
    "admin:volunteers_servicerecord_add": (NOBODY,),
    "admin:volunteers_servicerecord_change": ("volunteers.view_servicerecord", "volunteers.servicerecord", NOBODY),
}
