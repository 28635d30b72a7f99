"""Who leads which team: a leader or deputy sees his own teams, nobody else's."""

import datetime as dt

from django.db.models import Q

from .choices.teams import LEADING
from .models import TeamMember


def led_teams(user, on: dt.date) -> set[int]:
    """Ids of the teams whose leader or deputy the signed-in user is on a day, by his own account, never as somebody's
    proxy; of teams that stand. One query; none for visitors."""
    if not getattr(user, "is_authenticated", False):
        return set()
    prefix = "volunteer__person__accounts__"
    open_account = Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gt": on})
    own = {f"{prefix}user": user, f"{prefix}is_proxy": False, f"{prefix}starts_on__lte": on}
    rows = TeamMember.objects.on(on).filter(
        open_account, **own, role__in=LEADING, team__voided_at__isnull=True, team__closed_on__isnull=True
    )
    return set(rows.values_list("team_id", flat=True))
