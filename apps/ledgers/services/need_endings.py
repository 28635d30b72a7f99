"""What a death does to needs, promises and the plan; undoing it opens exactly these again."""

import datetime as dt

from django.db.models.functions import Greatest

from apps.ledgers.choices import MeasureDrop, NeedOutcome
from apps.ledgers.models import Measure, Need, ServicePlan
from apps.registry.models import Cadre, LifeEvent

from .event_day import day_of


def end_needs(cadre: Cadre, event: LifeEvent, undo: bool, today: dt.date) -> None:
    """Open needs, promises and plans end with the event on them; on `undo` those that carry it are open again.

    A handler of the life socket: in the event's transaction, three statements. See rule book 8.5.
    """
    if undo:
        _open_again(cadre, event)
        return
    day = day_of(event, today)
    Measure.objects.open().filter(need__cadre=cadre).update(
        dropped_on=day, drop_reason=MeasureDrop.ENDED, closed_by_event=event
    )
    Need.objects.open().filter(cadre=cadre).update(
        closed_on=Greatest("found_on", day), outcome=NeedOutcome.ENDED, closed_by_event=event
    )
    plans = ServicePlan.objects.filter(cadre=cadre, closed_on__isnull=True, voided_at__isnull=True)
    plans.update(closed_on=day, closed_by_event=event)


def _open_again(cadre: Cadre, event: LifeEvent) -> None:
    Need.objects.filter(cadre=cadre, closed_by_event=event).update(closed_on=None, outcome="", closed_by_event=None)
    Measure.objects.filter(need__cadre=cadre, closed_by_event=event).update(
        dropped_on=None, drop_reason="", closed_by_event=None
    )
    ServicePlan.objects.filter(cadre=cadre, closed_by_event=event).update(closed_on=None, closed_by_event=None)
