"""Meetings that a month lacks, and 送学 that falls due (rule book 7.31, 7.33)."""

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


# When the month is over it is said once more, to those above and to the staff, for ten days.
OVER = """
SELECT o.id AS subject_id, o.id AS organisation_id, r.role, m.first AS occasion_date,
       (m.first + interval '1 month')::date AS due_on, (m.first + interval '1 month')::date + 10 AS valid_until,
       o.created_at AS known_at
FROM branches_organisation o
CROSS JOIN unnest(%s::date[]) m(first)
CROSS JOIN (VALUES ('above'), ('section')) r(role)
WHERE o.voided_at IS NULL AND o.dissolved_on IS NULL AND o.level = 'branch'
  AND coalesce(o.established_on, m.first) <= m.first
  AND m.first + interval '1 month' <= %s AND (m.first + interval '1 month')::date + 10 > %s
  AND NOT EXISTS (
    SELECT 1 FROM branches_meeting k
    WHERE k.organisation_id = o.id AND k.kind = 'party_day' AND k.voided_at IS NULL
      AND k.held_on >= m.first AND k.held_on < m.first + interval '1 month'
  )
"""
# A promise is said three days ahead, and when its day is over.
DUE = """
SELECT d.id AS subject_id, d.organisation_id, 'branch' AS role, d.due_on AS occasion_date, d.due_on - %s AS due_on,
       d.due_on + 1 AS valid_until, d.created_at AS known_at
FROM branches_homedelivery d JOIN people_person p ON p.id = d.person_id AND p.life_status = 'living'
WHERE d.delivered_on IS NULL AND d.voided_at IS NULL AND d.due_on - %s <= %s AND d.due_on >= %s
"""
LATE = """
SELECT d.id AS subject_id, d.organisation_id, 'branch' AS role, d.due_on AS occasion_date, d.due_on + 1 AS due_on,
       d.due_on + %s AS valid_until, d.created_at AS known_at
FROM branches_homedelivery d JOIN people_person p ON p.id = d.person_id AND p.life_status = 'living'
WHERE d.delivered_on IS NULL AND d.voided_at IS NULL AND d.due_on + 1 <= %s AND d.due_on + %s > %s
"""
DAYS_AHEAD, DAYS_LATE = 3, 30


def _over(start: datetime.date, end: datetime.date) -> RowSet | None:
    if not rule_values(MeetingRules.rule_key, on=end).party_day_months:
        return None
    before = {(day.replace(day=1) - datetime.timedelta(days=1)).replace(day=1) for day in (start, end)}
    return RowSet(OVER, [sorted(before), end, start])


def _due(start: datetime.date, end: datetime.date) -> RowSet:
    return RowSet(DUE, [DAYS_AHEAD, DAYS_AHEAD, end, start])


def _late(start: datetime.date, end: datetime.date) -> RowSet:
    return RowSet(LATE, [DAYS_LATE, end, DAYS_LATE, start])


MEETING_OVER = Topic("meeting_over", "上月主题党日没有记录", "个支部", _over, page="portal:branch")
DELIVERY_DUE = Topic("delivery", "送学上门快到期", "次", _due, page="portal:branch")
DELIVERY_LATE = Topic("delivery_late", "送学上门已逾期", "次", _late, page="portal:branch")
