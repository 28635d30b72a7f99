"""What a life event does to duties and pairing, plugged into the life socket (design 2, socket 2; 4B)."""

import datetime as dt
from collections.abc import Callable

from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from apps.ledgers.choices import HOSPITAL_KINDS, ClosedReason, DutyKind
from apps.ledgers.models import CareAssignment, Duty
from apps.organisation.queries import rule_values
from apps.registry.choices import LifeEventKind, LifeEventState
from apps.registry.models import Cadre, LifeEvent

from .adaptation_endings import call_off_works
from .advice import advise_anew
from .aid_life import aid_of_the_dead
from .assessment_dues import assess_after_discharge
from .duties import close_duties, open_duty, reopen_duties
from .event_day import day_of
from .family_endings import keep_families
from .need_endings import end_needs
from .planning import plan_duties
from .stay_events import end_stay, end_stay_by_death, open_stay
from .treatment_deaths import end_treatments


def handle_life_event(event: LifeEvent, undo: bool) -> None:
    """Close, open or plan anew what the event changes for a cadre; on `undo` exactly back again.

    Runs in the event's transaction: after the registry's own columns were written, on undo before they are put
    back, so that what an undone event owes anew is left to the next planning. A restored death is taken back by
    the registry as its undoing. People who are no cadres have no ledger.
    """
    cadre = Cadre.objects.filter(pk=event.person_id).select_related("managing_unit").first()
    if cadre is None:
        return
    today = timezone.localdate()
    for act in HANDLERS.get(event.kind, ()):
        act(cadre, event, undo, today)
    if not undo:
        plan_duties(on=today, cadres=[cadre.pk])


def _died(cadre: Cadre, event: LifeEvent, undo: bool, today: dt.date) -> None:
    """Open duties close without becoming overdue, pairing ends (T10)."""
    if undo:
        reopen_duties(event)
        CareAssignment.objects.filter(closed_by_event=event).update(ends_on=None, closed_by_event=None)
        return
    day = day_of(event, today)
    close_duties(cadre.pk, event, ClosedReason.DIED, on=day)
    CareAssignment.objects.open().filter(cadre=cadre).update(
        ends_on=Greatest(F("starts_on"), day), closed_by_event=event
    )


def _lost(cadre: Cadre, event: LifeEvent, undo: bool, today: dt.date) -> None:
    if undo:
        reopen_duties(event)
    else:
        close_duties(cadre.pk, event, ClosedReason.LOST, on=day_of(event, today))


def _found(cadre: Cadre, event: LifeEvent, undo: bool, today: dt.date) -> None:
    """What is not over yet opens again; nobody is late for the time in which he could not be found."""
    confirmed = LifeEvent.objects.filter(
        person_id=event.person_id, kind=LifeEventKind.LOST, state=LifeEventState.CONFIRMED
    )
    lost = confirmed.order_by("-happened_on", "-pk").first()
    if lost is None:
        return
    if undo:
        _lost(cadre, lost, False, today)
    else:
        reopen_duties(lost, due_from=day_of(event, today))


def _admitted(cadre: Cadre, event: LifeEvent, undo: bool, today: dt.date) -> None:
    """Visit promptly, counted from the day the bureau learnt of it; a late report is no late visit."""
    day = day_of(event, today)
    if undo:
        _let_go(cadre, DutyKind.HOSPITAL, day, today)
        return
    learnt = timezone.localdate(event.reported_at) if event.reported_at else today
    rules = rule_values("duties", on=today, unit=cadre.managing_unit)
    due_on = max(day, min(learnt, today)) + dt.timedelta(days=rules.hospital_days)
    open_duty(cadre, DutyKind.HOSPITAL, starts_on=day, due_on=due_on, on=today)


def _discharged(cadre: Cadre, event: LifeEvent, undo: bool, today: dt.date) -> None:
    """Hospital visits not yet overdue end; a home visit or call is due within a week (F13: 出院一周内)."""
    day = day_of(event, today)
    if undo:
        reopen_duties(event)
        _let_go(cadre, DutyKind.DISCHARGE, day, today)
        return
    close_duties(cadre.pk, event, ClosedReason.DISCHARGED, on=day, only=Q(kind__in=HOSPITAL_KINDS, due_on__gte=day))
    rules = rule_values("duties", on=today, unit=cadre.managing_unit)
    due_on = day + dt.timedelta(days=rules.discharge_days)
    open_duty(cadre, DutyKind.DISCHARGE, starts_on=day, due_on=due_on, on=today)


def _let_go(cadre: Cadre, kind: DutyKind, starts_on: dt.date, on: dt.date) -> None:
    """An event that never was owes nothing; what was done because of it stays linked."""
    Duty.objects.open().filter(cadre=cadre, kind=kind, period_start=starts_on).update(
        closed_on=on, closed_reason=ClosedReason.UNDONE
    )


# In this order, on undo as well: none of them may build on what another closed.
HANDLERS: dict[str, tuple[Callable, ...]] = {
    LifeEventKind.DIED: (
        _died,
        end_needs,
        end_stay_by_death,
        call_off_works,
        keep_families,
        aid_of_the_dead,
        end_treatments,
    ),
    LifeEventKind.LOST: (_lost,),
    LifeEventKind.FOUND: (_found,),
    LifeEventKind.ADMITTED: (_admitted, open_stay, advise_anew),
    LifeEventKind.DISCHARGED: (_discharged, end_stay, assess_after_discharge, advise_anew),
}  # fmt: skip
