"""What the clock does to places: offers whose time is over end, and free places go on (rule book 9.8)."""

import datetime as dt

from .services.offers import lapse_due


def lapse(now: dt.datetime) -> int:
    return lapse_due(now)
