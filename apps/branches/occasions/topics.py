"""The form of a topic."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from apps.common.row_set import RowSet


@dataclass(frozen=True)
class Topic:
    """One thing to remind branches of.

    `label` and `unit` are all that a message says (党费三个月没有记录2位): no name, neutral words. `page`: name of the
    address where it is worked off, for the inbox. `rows(start, end)`: columns subject_id, organisation_id, role,
    occasion_date, due_on, valid_until, known_at of what may be handed out in [start, end]; None when nothing can be.
    """

    key: str
    label: str
    unit: str
    rows: Callable[[datetime.date, datetime.date], RowSet | None]
    page: str = ""
