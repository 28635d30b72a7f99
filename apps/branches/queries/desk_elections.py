"""What waits in elections, for the home of a workbench (settings.DESK_DUE)."""

import datetime as dt

from django.db.models import Q
from django.urls import reverse

from apps.branches.access import Desk
from apps.branches.choices import ElectionState, Turn
from apps.branches.due import Due
from apps.branches.models import Election
from apps.branches.rules.election_steps import ACTS, NEXT, WAITING_FOR_SUPERIOR, turn_of

MOST_ELECTIONS = 20
ANSWER_IN = dt.timedelta(days=7)


def election_due(desk: Desk) -> list[Due]:
    """The next step of the desk's own election, and those of organisations below that wait for an answer here."""
    own = desk.organisation
    rows = Election.objects.open().filter(
        Q(organisation=own) | Q(organisation__path__startswith=own.path, state__in=WAITING_FOR_SUPERIOR)
    )
    found = []
    for row in rows.select_related("organisation").order_by("waiting_since", "pk")[:MOST_ELECTIONS]:
        is_own = row.organisation_id == own.pk
        if is_own == (turn_of(row.state) == Turn.SUPERIOR):
            continue
        following = NEXT[ElectionState(row.state)]
        page = reverse("branches:election_page", args=[row.organisation.public_id, row.public_id])
        words = f"换届：{following.sentence}" if is_own else f"{row.organisation.name}的换届等您答复。"
        acts = ((ACTS[following.act].label, page),)
        found.append(Due(max(row.planned_on, desk.today) if is_own else row.waiting_since + ANSWER_IN, words, acts))
    return found
