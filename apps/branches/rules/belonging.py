"""Pure rules of belonging to party organisations."""

import datetime

from apps.common.partial_date import PartialDate


def last_day_of_life(happened_on: PartialDate, known_on: datetime.date) -> datetime.date:
    """The day from which a dead member belongs no more (exclusive end).

    Known only to the month or year, it is the last possible day, but never after the day the bureau knew.

    See rule book 7.1.
    """
    return min(happened_on.last_day, known_on)
