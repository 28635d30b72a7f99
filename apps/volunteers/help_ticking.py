"""What the clock does to requests for help (rule book 10.24 to 10.26)."""

import datetime as dt

from .services.help_clock import turn


def tick(now: dt.datetime) -> int:
    return turn(now)
