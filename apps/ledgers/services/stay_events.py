"""What life events do to stays in hospital: one admission, one stay, whoever told it. Handlers of the life socket."""

import datetime as dt

from django.utils import timezone

from apps.ledgers.choices.medical import StayResult
from apps.ledgers.models import HospitalStay
from apps.registry.models import Cadre, LifeEvent

from .event_day import day_of

UNDONE = "住院登记已撤销"


def open_stay(cadre: Cadre, event: LifeEvent, undo: bool, today: dt.date) -> None:
    """An admission opens a stay; one that stands open ends as 转院 on that day. Undone, the stay is voided and the one
    before is open again. An admission in a month known as 当月 counts from the event's day as everywhere."""
    if undo:
        HospitalStay.objects.filter(admitted_by=event).update(
            voided_at=timezone.now(), void_reason=UNDONE, discharged_on=None, result="", discharged_by=None
        )
        _open_again(event)
        return
    day = day_of(event, today)
    standing = HospitalStay.objects.open().select_for_update(of=("self",)).filter(cadre=cadre).first()
    if standing is not None:
        _end(standing, event, max(day, standing.admitted_on), StayResult.MOVED)
    department, _, bed = event.ward.partition(" ")
    HospitalStay.objects.create(
        cadre=cadre, hospital=event.hospital, department=department, bed=bed[:20], admitted_on=day,
        source=event.source, admitted_by=event, recorded_by=event.reported_by,
    )  # fmt: skip


def end_stay(cadre: Cadre, event: LifeEvent, undo: bool, today: dt.date) -> None:
    """A discharge ends the open stay; undone, it is open again. Coming home without a stay known changes nothing."""
    _end_or_open(cadre, event, undo, today, "")


def end_stay_by_death(cadre: Cadre, event: LifeEvent, undo: bool, today: dt.date) -> None:
    _end_or_open(cadre, event, undo, today, StayResult.DIED)


def _end_or_open(cadre: Cadre, event: LifeEvent, undo: bool, today: dt.date, result: str) -> None:
    if undo:
        _open_again(event)
        return
    standing = HospitalStay.objects.open().select_for_update(of=("self",)).filter(cadre=cadre).first()
    if standing is not None:
        _end(standing, event, max(day_of(event, today), standing.admitted_on), result)


def _end(stay: HospitalStay, event: LifeEvent, day: dt.date, result: str) -> None:
    stay.discharged_on, stay.discharged_by, stay.result = day, event, result
    stay.save(update_fields=["discharged_on", "discharged_by", "result"])


def _open_again(event: LifeEvent) -> None:
    HospitalStay.objects.filter(discharged_by=event).update(discharged_on=None, discharged_by=None, result="")
