"""Which rows of volunteering somebody may see: of units of his role; of the teams he leads."""

from collections.abc import Collection

from django.db import models

from apps.accounts.access import unit_ids_for

VIEW = "volunteers.view_team"


class OfUnits(models.QuerySet):
    """`unit_path` names the way to the unit, `team_path` the way to the team ("" where the row is the team)."""

    unit_path = "unit"
    team_path = "team"

    def visible_to(self, user, permission: str = VIEW):
        """Rows within the units on which a role with `permission` was granted; none for strangers."""
        ids = unit_ids_for(user, permission) if getattr(user, "is_authenticated", False) else None
        return self.filter(**{f"{self.unit_path}__in": sorted(ids)}) if ids else self.none()

    def of_teams(self, teams: Collection[int]):
        """Rows of these teams: those somebody leads come from `access.led_teams`."""
        return self.filter(**{f"{self.team_path}__in" if self.team_path else "pk__in": sorted(teams)})

    def current(self):
        """Not voided."""
        return self.filter(voided_at__isnull=True)


class OfTeams(OfUnits):
    """Rows with a key to a team."""

    unit_path = "team__unit"
