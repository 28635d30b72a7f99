"""The day from which a life event counts."""

import datetime as dt

from apps.registry.models import LifeEvent


def day_of(event: LifeEvent, today: dt.date) -> dt.date:
    """The last day that its partial date allows, never one to come."""
    return min(event.happened_on.last_day, today)
