"""Time-driven facts about cadres, as sets to insert from (design 2)."""

import datetime

from apps.common.row_set import RowSet

# A notice belongs to the day the event was confirmed: that is when the bureau learnt of it.
NOTICES = """
SELECT e.kind AS kind, 'event:' || e.id AS subject_key, e.person_id AS person_id,
       (e.decided_at AT TIME ZONE 'Asia/Shanghai')::date AS occasion_date, e.decided_at AS known_at
FROM registry_lifeevent e
JOIN registry_cadre c ON c.person_id = e.person_id AND c.voided_at IS NULL
JOIN people_person p ON p.id = e.person_id AND p.life_status = 'living' AND p.voided_at IS NULL
WHERE e.kind = ANY(%s) AND e.state = 'confirmed' AND e.voided_at IS NULL
  AND e.decided_at >= %s::date::timestamp AT TIME ZONE 'Asia/Shanghai'
  AND e.decided_at < (%s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
"""


def hospital_notices_between(start: datetime.date, end: datetime.date) -> RowSet:
    """(kind admitted|discharged, subject_key, person_id, occasion_date, known_at) of confirmed events of living cadres,
    by the day of confirmation, both ends included. An undone event is not in it."""
    return RowSet(NOTICES, [["admitted", "discharged"], start, end])
