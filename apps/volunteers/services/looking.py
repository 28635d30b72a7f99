"""Looks at people that leave an entry in the log: written and committed before anything is shown."""

import datetime as dt

from django.core.exceptions import PermissionDenied

from apps.common import audit
from apps.volunteers.access import led_teams
from apps.volunteers.models import Team
from apps.volunteers.queries.teams import MemberRow, member_rows


def members_for_leader(team: Team, user, on: dt.date, *, request=None) -> list[MemberRow]:
    """Members with their phones, for the one who leads this team on that day; PermissionDenied for everybody else.
    Not inside a transaction (`audit.look`)."""
    if team.pk not in led_teams(user, on):
        raise PermissionDenied
    rows = member_rows(team, on, with_phones=True)
    audit.look(
        "team.members", actor=user, people=[row.volunteer.pk for row in rows], fields=["phone"],
        target=f"volunteers.team:{team.pk}", request=request,
    )  # fmt: skip
    return rows
