"""Weekly shifts are made ahead each night (rule book 10.12)."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.organisation.queries import work_calendar

from .choices.shifts import ProjectState
from .models import ShiftSeries
from .services.series import make_ahead


def make_all(now: dt.datetime) -> int:
    """Every series that still runs; returns how many shifts were made. Again, or from two processes, it makes none. A
    series that is refused by a rule (its team was dissolved meanwhile) stops no other."""
    calendar, made = work_calendar(), 0
    rows = ShiftSeries.objects.current().filter(until__gt=timezone.localdate(now))
    open_ones = rows.exclude(project__state=ProjectState.CLOSED).select_related("project__team__unit")
    for series in open_ones.order_by("pk").iterator(chunk_size=200):
        try:
            with transaction.atomic():
                made += make_ahead(series, calendar, actor=None, now=now)
        except BusinessError:
            continue
    return made
