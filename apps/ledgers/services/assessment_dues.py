"""When the next assessment is due: by the rules at the time of the last one, sooner after a stay in hospital."""

import datetime as dt

from apps.ledgers.choices.assessment import DueBecause
from apps.ledgers.models import Assessment
from apps.ledgers.rules.assessment import due_after_discharge, due_again
from apps.organisation.queries import rule_values
from apps.registry.models import Cadre, LifeEvent

from .event_day import day_of


def assess_after_discharge(cadre: Cadre, event: LifeEvent, undo: bool, today: dt.date) -> None:
    """A discharge brings the next assessment forward; undone, the day that stood before stands again. A handler of the
    life socket. See rule book 8.12."""
    if undo:
        pulled = Assessment.objects.select_for_update().filter(pulled_by_event=event, cadre=cadre)
        for row in pulled:
            rules = rule_values("assessments", on=row.assessed_on, unit=cadre.managing_unit)
            row.next_due_on = row.unpulled_due_on or row.next_due_on
            row.due_because = due_again(row.level, row.assessed_on, rules)[1]
            row.pulled_by_event = row.unpulled_due_on = None
            row.save(update_fields=["next_due_on", "due_because", "pulled_by_event", "unpulled_due_on"])
        return
    day = day_of(event, today)
    row = Assessment.objects.latest().select_for_update(of=("self",)).filter(cadre=cadre).first()
    if row is None or row.assessed_on > day:
        return
    rules = rule_values("assessments", on=today, unit=cadre.managing_unit)
    due_on = due_after_discharge(row.next_due_on, day, rules)
    if due_on == row.next_due_on:
        return
    row.unpulled_due_on = row.unpulled_due_on or row.next_due_on
    row.next_due_on, row.due_because, row.pulled_by_event = due_on, DueBecause.DISCHARGED, event
    row.save(update_fields=["next_due_on", "due_because", "pulled_by_event", "unpulled_due_on"])
