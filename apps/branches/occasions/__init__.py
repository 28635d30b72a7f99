"""What branches must be reminded of, as sets to insert from (design 2, 4C). Each subject adds its topic to TOPICS."""

import datetime

from apps.common.row_set import RowSet

from .dues import DUES_UNRECORDED
from .evaluation import EVALUATION_OPEN, EVALUATION_WAITING
from .inspections import FINDING_DUE, FINDING_LATE
from .meetings import DELIVERY_DUE, DELIVERY_LATE, MEETING_MISSING, MEETING_OVER
from .party_age import MEDAL_PREPARE, MEDAL_REVIEW, POLITICAL_BIRTHDAYS
from .terms import TERM_ENDS, TERM_OVER
from .topics import Topic

__all__ = ["TOPICS", "Topic", "branch_reminders_between"]

# In the order in which lines are shown.
TOPICS: tuple[Topic, ...] = (
    TERM_OVER,
    TERM_ENDS,
    FINDING_LATE,
    FINDING_DUE,
    MEETING_MISSING,
    DUES_UNRECORDED,
    MEETING_OVER,
    DELIVERY_DUE,
    DELIVERY_LATE,
    MEDAL_PREPARE,
    MEDAL_REVIEW,
    POLITICAL_BIRTHDAYS,
    EVALUATION_OPEN,
    EVALUATION_WAITING,
)

NAMED = "SELECT %s AS topic, t.* FROM ({rows}) t"


def branch_reminders_between(start: datetime.date, end: datetime.date) -> list[RowSet]:
    """Everything of TOPICS that may be handed out on some day of [start, end], both included; one set a topic.

    Columns: topic, subject_id, organisation_id, role ('branch' its officers, 'above' those of the organisation over
    it, 'section' the staff), occasion_date, due_on (inclusive), valid_until (exclusive), known_at.
    """
    found = []
    for topic in TOPICS:
        rows = topic.rows(start, end)
        if rows is not None:
            found.append(RowSet(NAMED.format(rows=rows.sql), [topic.key, *rows.params]))
    return found
