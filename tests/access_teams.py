"""Teams and volunteers in the world of the access matrix: one object of each kind a side, and what each page asks
for as (right, model whose key stands in the address, right to send)."""

import datetime as dt

from apps.accounts.models import User
from apps.common.models import Attachment
from apps.volunteers.models import Team, TeamMember, TeamPlan, Volunteer, VolunteerBatch, VolunteerStatement

DAY = dt.date(2026, 3, 1)
NOBODY = "nobody"


def _team(side) -> Team:
    team, _ = Team.objects.get_or_create(
        name=f"第{side.unit.pk}志愿服务队", defaults={"unit": side.unit, "kind": "red", "phone": "0700-8800700"}
    )
    return team


def _volunteer(side) -> Volunteer:
    volunteer, _ = Volunteer.objects.get_or_create(
        person=side.cadre.person, defaults={"unit": side.unit, "joined_on": DAY}
    )
    return volunteer


def _batch(side) -> VolunteerBatch:
    upload = Attachment.objects.create(
        subject="x", purpose="list", size=1, digest=b"x", storage_name=f"volunteers{side.unit.pk}"
    )
    clerk = User.objects.get(username=f"carer{side.unit.pk}")
    return VolunteerBatch.objects.create(unit=side.unit, upload=upload, uploaded_by=clerk, state="dropped")


TEAM_OBJECTS = {
    "volunteers.team": _team,
    "volunteers.volunteer": _volunteer,
    "volunteers.teammember": lambda side: TeamMember.objects.create(
        team=_team(side), volunteer=_volunteer(side), starts_on=DAY
    ),
    "volunteers.teamplan": lambda side: TeamPlan.objects.create(team=_team(side), year=2026, goals="陪诊"),
    "volunteers.volunteerstatement": lambda side: VolunteerStatement.objects.create(
        volunteer=_volunteer(side), kind="willing", starts_on=DAY
    ),
    "volunteers.volunteerbatch": _batch,
}
TEAM, ONE, PAPER = "volunteers.team", "volunteers.volunteer", "volunteers.volunteerstatement"
MEMBER, PLAN, BATCH = "volunteers.teammember", "volunteers.teamplan", "volunteers.volunteerbatch"
SEE, CHANGE, ADD = "volunteers.view_volunteer", "volunteers.change_volunteer", "volunteers.add_volunteer"
SEE_TEAM, CHANGE_TEAM = "volunteers.view_team", "volunteers.change_team"
TEAM_PAGES = {
    "admin:volunteers_team_roster": (SEE_TEAM,),
    "admin:volunteers_team_members": (SEE_TEAM, TEAM),
    "admin:volunteers_team_join": (CHANGE_TEAM, TEAM),
    "admin:volunteers_team_hand_over": (CHANGE_TEAM, TEAM),
    "admin:volunteers_team_close": (CHANGE_TEAM, TEAM),
    "admin:volunteers_teammember_end": ("volunteers.change_teammember", MEMBER),
    "admin:volunteers_teamplan_print": ("volunteers.view_teamplan", PLAN),
    "admin:volunteers_volunteer_list": (SEE,),
    "admin:volunteers_volunteer_talent": (SEE,),
    "admin:volunteers_volunteer_letters": (SEE,),
    "admin:volunteers_volunteer_letter": (SEE, ONE),
    "admin:volunteers_volunteer_papers": (SEE,),
    # Asked for a kind of paper that there is not.
    "admin:volunteers_volunteer_empty": (NOBODY,),
    "admin:volunteers_volunteer_blank": (NOBODY, ONE),
    "admin:volunteers_volunteer_blanks": (SEE, ONE),
    "admin:volunteers_volunteer_new": (ADD,),
    "admin:volunteers_volunteer_offers": (CHANGE, ONE),
    "admin:volunteers_volunteer_statement": (CHANGE, ONE),
    "admin:volunteers_volunteer_leave": (CHANGE, ONE),
    # Has no scan.
    "admin:volunteers_volunteerstatement_file": (NOBODY, PAPER),
    "admin:volunteers_volunteerbatch_template": ("volunteers.add_volunteerbatch",),
    "admin:volunteers_volunteerbatch_report": (NOBODY, BATCH),
}
TEAM_EXCEPTIONS = {
    # Written by the acts beside it.
    "admin:volunteers_volunteer_change": (SEE, ONE, NOBODY),
    # Made at the team's and the volunteer's page.
    "admin:volunteers_teammember_add": (NOBODY,),
    "admin:volunteers_volunteerstatement_add": (NOBODY,),
    # One's own uploads only: those of the world are a carer's.
    "admin:volunteers_volunteerbatch_change": (NOBODY, BATCH),
    "admin:volunteers_volunteerbatch_history": (NOBODY, BATCH),
}
