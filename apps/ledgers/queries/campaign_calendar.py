"""Which campaigns the rules foresee, which begin soon, and where results are missing."""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet

from apps.ledgers.choices.campaigns import CampaignState, TargetState
from apps.ledgers.models import Campaign, VisitRoute, VisitTarget
from apps.ledgers.rules import DutyRules
from apps.ledgers.rules.campaigns import CampaignRules, Template, templates
from apps.organisation.models import Unit
from apps.organisation.queries import rule_values

AHEAD = dt.timedelta(days=150)


def foreseen(unit: Unit | None, on: dt.date) -> list[Template]:
    """Campaigns of the coming months that this unit has not made yet, the next first. Three statements."""
    rules = rule_values(CampaignRules.rule_key, on=on, unit=unit)
    duties = rule_values(DutyRules.rule_key, on=on, unit=unit)
    made = set(Campaign.objects.filter(unit=unit, voided_at__isnull=True).values_list("name", flat=True))
    return [one for one in templates(rules, duties, on, on + AHEAD) if one.name not in made]


def beginning_between(start: dt.date, end: dt.date) -> QuerySet[Campaign]:
    """Campaigns that begin in [start, end], both included, and are not closed. See rule book 8.28."""
    rows = Campaign.objects.filter(voided_at__isnull=True, starts_on__range=(start, end))
    return rows.exclude(state=CampaignState.CLOSED).select_related("unit").order_by("starts_on", "pk")


def routes_without_results(start: dt.date, end: dt.date) -> QuerySet[VisitRoute]:
    """Routes of days in [start, end], both included, on which somebody has no result yet. See rule book 8.28."""
    waiting = VisitTarget.objects.filter(stop__route=OuterRef("pk"), state=TargetState.CHOSEN, handed="")
    rows = VisitRoute.objects.filter(voided_at__isnull=True, on_day__range=(start, end))
    rows = rows.exclude(campaign__state=CampaignState.CLOSED)
    return rows.filter(Exists(waiting)).select_related("campaign", "unit").order_by("on_day", "pk")
