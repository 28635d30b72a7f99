"""Talks of coming days, of which lecturers are reminded: a set to insert from, nothing but ids in it."""

import datetime as dt

from apps.common.row_set import RowSet
from apps.volunteers.talk_notices import TOMORROW

# Once for each lecturer and each time the talk is planned for: moved, it is a new reminder.
SPEAKERS = """
SELECT %s AS template, 'talk:tomorrow:' || t.id || ':' || t.on || ':' || t.starts || ':' || l.volunteer_id AS key,
       l.volunteer_id AS person_id, jsonb_build_object('talk', t.id) AS context, t.on AS valid_until
FROM volunteers_talk t
JOIN volunteers_talklecturer s ON s.talk_id = t.id
JOIN volunteers_lecturer l ON l.id = s.lecturer_id
JOIN people_person p ON p.id = l.volunteer_id AND p.life_status = 'living' AND p.voided_at IS NULL
WHERE t.state = 'planned' AND t.voided_at IS NULL AND t.on >= %s AND t.on < %s
"""


def talks_between(start: dt.date, end: dt.date) -> RowSet:
    """Who speaks on days [start, end): template, key, person_id, context, valid_until (the day of the talk). Asked on
    the eve with the day after. See rule book 10.63."""
    return RowSet(SPEAKERS, [TOMORROW, start, end])
