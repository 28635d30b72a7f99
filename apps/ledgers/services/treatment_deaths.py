"""What a death does to treatments, papers, cards and convalescence, and its undoing (rule book 8.32)."""

import datetime as dt
from decimal import Decimal

from django.db.models import F, Q
from django.utils import timezone

from apps.ledgers.choices.treatments import ChangeKind, PlaceState, StopReason
from apps.ledgers.models import (
    ConvalescenceBatch,
    ConvalescencePlace,
    GreenCard,
    Subscription,
    TreatmentChange,
    TreatmentDue,
)
from apps.ledgers.rules.treatments import left_after_death, span_from
from apps.registry.models import Cadre, LifeEvent

from .treatments import recount

HOLDING = (PlaceState.ACCEPTED,)
ASKED = (PlaceState.INVITED, PlaceState.WAITING, PlaceState.ACCEPTED)
WORDS = {ChangeKind.PRORATED: "离世当期按月折算", ChangeKind.RECLAIM: "离世后多发，须追回"}


def end_treatments(cadre: Cadre, event: LifeEvent, undo: bool, today: dt.date) -> None:
    """Stop what is no longer due from the day of death on, lower what is due in part, mark what was given too much;
    end papers and cards, and free the place of a journey. On `undo` exactly back. Runs in the event's transaction.
    See rule book 8.32."""
    day = min(event.happened_on.last_day, today)
    if undo:
        _undo(event)
        return
    _end_dues(cadre, event, day)
    Subscription.objects.filter(cadre=cadre, voided_at__isnull=True, ends_on__isnull=True, year__gte=day.year).update(
        ends_on=day, closed_by_event=event
    )
    GreenCard.objects.filter(cadre=cadre, voided_at__isnull=True, closed_on__isnull=True).update(
        closed_on=day, closed_by_event=event
    )
    places = ConvalescencePlace.objects.filter(
        cadre=cadre, voided_at__isnull=True, state__in=ASKED, batch__starts_on__gte=day
    )
    for place in places.select_for_update(of=("self",)).order_by("pk"):
        _leave(place, event)


def _leave(place: ConvalescencePlace, event: LifeEvent) -> None:
    if place.state in HOLDING:
        ConvalescenceBatch.objects.filter(pk=place.batch_id).update(taken=F("taken") - 1)
    place.state_before, place.state, place.closed_by_event = place.state, PlaceState.REFUSED, event
    place.save(update_fields=["state_before", "state", "closed_by_event"])


def _end_dues(cadre: Cadre, event: LifeEvent, day: dt.date) -> None:
    """The lines of one person: a few. Stopped where nothing is due, an entry where the amount falls."""
    rows = TreatmentDue.objects.standing().filter(cadre=cadre, stopped_on__isnull=True)
    changes = []
    for due in rows.select_related("run__item").select_for_update(of=("self",)).order_by("pk"):
        item, span = due.run.item, span_from(due.run.item.every, due.run.period_start)
        payable = due.payable if due.payable is not None else Decimal(1)
        left = left_after_death(payable, span, day, item.on_death)
        if left == payable:
            continue
        if due.issued_on is None and due.received_on is None and left == 0:
            due.stopped_on, due.stop_reason, due.closed_by_event = day, StopReason.DIED, event
            due.save(update_fields=["stopped_on", "stop_reason", "closed_by_event"])
        elif due.amount is not None and (due.issued_on is None or _is_too_much(due, span, day)):
            kind = ChangeKind.PRORATED if due.issued_on is None else ChangeKind.RECLAIM
            changes.append(
                TreatmentChange(
                    due=due, kind=kind, amount=left - payable, reason=WORDS[kind], made_on=day, closed_by_event=event
                )
            )
    TreatmentChange.objects.bulk_create(changes)
    recount([change.due_id for change in changes])


def _is_too_much(due: TreatmentDue, span, day: dt.date) -> bool:
    """What was given for a period that began after his death; what he had in his lifetime is not asked back."""
    return span.start > day or (due.issued_on is not None and due.issued_on > day)


def _undo(event: LifeEvent) -> None:
    TreatmentDue.objects.filter(closed_by_event=event).update(stopped_on=None, stop_reason="", closed_by_event=None)
    entries = TreatmentChange.objects.filter(Q(closed_by_event=event), voided_at__isnull=True)
    changed = list(entries.values_list("due_id", flat=True))
    entries.update(voided_at=timezone.now(), void_reason="离世登记已撤销")
    recount(changed)
    Subscription.objects.filter(closed_by_event=event).update(ends_on=None, closed_by_event=None)
    GreenCard.objects.filter(closed_by_event=event).update(closed_on=None, closed_by_event=None)
    for place in ConvalescencePlace.objects.filter(closed_by_event=event).select_for_update(of=("self",)):
        _return(place)


def _return(place: ConvalescencePlace) -> None:
    """The place that he had, or, where it went to another meanwhile, first in the queue."""
    state = place.state_before
    if state in HOLDING:
        batch = ConvalescenceBatch.objects.filter(pk=place.batch_id, taken__lt=F("quota"))
        if not batch.update(taken=F("taken") + 1):
            state, place.waiting_since = PlaceState.WAITING, place.created_at
    place.state, place.state_before, place.closed_by_event = state, "", None
    place.save(update_fields=["state", "state_before", "closed_by_event", "waiting_since"])
