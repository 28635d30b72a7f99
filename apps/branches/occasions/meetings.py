"""Meetings that a month still lacks."""

import datetime

from apps.branches.rules import MeetingRules
from apps.common.row_set import RowSet
from apps.organisation.queries import rule_values

from .topics import Topic

MISSING = """
SELECT o.id AS subject_id, o.id AS organisation_id, 'branch' AS role, m.first AS occasion_date, m.first + %s AS due_on,
       (m.first + interval '1 month')::date AS valid_until, o.created_at AS known_at
FROM branches_organisation o
CROSS JOIN unnest(%s::date[]) m(first)
WHERE o.voided_at IS NULL AND o.dissolved_on IS NULL AND o.level = 'branch'
  AND coalesce(o.established_on, m.first) <= m.first AND m.first + %s <= %s AND m.first + interval '1 month' > %s
  AND NOT EXISTS (
    SELECT 1 FROM branches_meeting k
    WHERE k.organisation_id = o.id AND k.kind = 'party_day' AND k.voided_at IS NULL
      AND k.held_on >= m.first AND k.held_on < m.first + interval '1 month'
  )
"""


def _missing(start: datetime.date, end: datetime.date) -> RowSet | None:
    rules = rule_values(MeetingRules.rule_key, on=end)
    if not rules.party_day_months:
        return None
    months = sorted({day.replace(day=1) for day in (start, end)})
    lead = rules.remind_day - 1
    return RowSet(MISSING, [lead, months, lead, end, start])


MEETING_MISSING = Topic("meeting", "本月主题党日还没有记录", "个支部", _missing, page="portal:branch")
