"""Single duties: those that an event opens, and those that somebody decides to let go."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from apps.accounts.models import User
from apps.common.errors import BusinessError
from apps.ledgers.choices import ClosedReason, DutyKind
from apps.ledgers.models import Duty
from apps.organisation.queries import work_calendar
from apps.registry.models import Cadre, LifeEvent

from .settling import settle_duties

OPEN_AGAIN = {"closed_on": None, "closed_reason": "", "closed_note": "", "closed_by_event": None}


def open_duty(cadre: Cadre, kind: DutyKind, *, starts_on: dt.date, due_on: dt.date, on: dt.date) -> Duty:
    """Owe `kind` from `starts_on` until `due_on`, or the working day before it when that is still to come; opens it
    again when it was closed as undone. Days off up to the first `due_on` still count as in time."""
    moved = work_calendar().on_or_before(due_on)
    when = {"period_end": due_on + dt.timedelta(days=1), "due_on": moved if moved >= max(starts_on, on) else due_on}
    duty, created = Duty.objects.get_or_create(cadre=cadre, kind=kind, period_start=starts_on, defaults=when)
    if not created and duty.closed_reason == ClosedReason.UNDONE:
        Duty.objects.filter(pk=duty.pk).update(**OPEN_AGAIN, **when)
    settle_duties(on=on, cadres=[cadre.pk])
    return duty


def close_duties(cadre_id: int, event: LifeEvent, reason: ClosedReason, *, on: dt.date, only: Q | None = None) -> int:
    """Close what is open of a cadre because of `event`, which can open exactly these again."""
    rows = Duty.objects.open().filter(only or Q(), cadre_id=cadre_id)
    return rows.update(closed_on=on, closed_reason=reason, closed_by_event=event)


def reopen_duties(event: LifeEvent, *, due_from: dt.date = dt.date.min) -> int:
    """Open again exactly what `event` closed, or the part of it that is due on or after a day."""
    return Duty.objects.filter(closed_by_event=event, due_on__gte=due_from).update(**OPEN_AGAIN)


@transaction.atomic
def waive_duty(duty: Duty, *, actor: User, reason: str, on: dt.date) -> None:
    """Let an open duty go, with the reason of whoever decided; a done or closed one stays as it is."""
    if not reason.strip():
        raise BusinessError("请写明为什么不再办理。", code="reason", field="reason")
    Duty.objects.open().filter(pk=duty.pk).update(
        closed_on=on, closed_reason=ClosedReason.WAIVED, closed_note=f"{actor}：{reason}"[:200]
    )
