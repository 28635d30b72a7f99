"""What a death does to works at home that are under way. A handler of the life socket."""

import datetime as dt

from apps.ledgers.choices import Satisfaction
from apps.ledgers.choices.adaptation import AdaptationEnd, AdaptationState
from apps.ledgers.models import HomeAdaptation
from apps.registry.models import Cadre, LifeEvent

from .adaptation_steps import last_step, move, put_back
from .event_day import day_of


def call_off_works(cadre: Cadre, event: LifeEvent, undo: bool, today: dt.date) -> None:
    """Open cases are called off; what was accepted is closed without asking. On undo exactly these stand as before."""
    if undo:
        for case in _rows(cadre).filter(closed_by_event=event):
            step = last_step(case)
            if step is not None:
                put_back(case, step)
        return
    day = day_of(event, today)
    for case in _rows(cadre).open():
        if case.state == AdaptationState.ASKING:
            values: dict[str, object] = {"satisfaction": Satisfaction.UNASKED, "replied_on": None}
            to = AdaptationState.CLOSED
        else:
            values = {"cancelled_on": day, "cancel_because": AdaptationEnd.PERSON, "cancel_note": ""}
            to = AdaptationState.CANCELLED
        move(case, to, {**values, "closed_by_event": event}, actor=None, happened_on=day, on=today)


def _rows(cadre: Cadre):
    rows = HomeAdaptation.objects.select_for_update(of=("self",)).filter(cadre=cadre).order_by("pk")
    return rows.select_related("cadre__managing_unit")
