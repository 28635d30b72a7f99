"""The planner: what is due is staged, then one statement inserts what is missing and settles what no longer holds
(design 4C)."""

import datetime
from dataclasses import dataclass

from django.db import connection, transaction

from apps.messaging.services import withdraw_messages
from apps.reminders.occasions import Window, stages_in

CATCH_UP = datetime.timedelta(days=7)
LOOK_AHEAD = 7
PLANNER_LOCK = 7_240_002

# Staged with its size known and an index, so that settling stays quick whatever the statistics of the reminders say.
STAGE = """
CREATE TEMPORARY TABLE reminders_due ON COMMIT DROP AS {due};
CREATE INDEX ON reminders_due (subject_key, occasion_date, stage, role, kind);
ANALYZE reminders_due
"""
# Inserting: a stage that can no longer be handed out is recorded as missed if the portal knew of it in time, else not
# at all. Settling: pending rows of the window that the set no longer holds are withdrawn, those out of time missed,
# and withdrawn ones that it holds again (a death undone) reopened. `recalled` are messages still waiting in the
# outbox although their basis is gone.
PLAN = """
WITH day(today, first, last) AS MATERIALIZED (VALUES (%s::date, %s::date, %s::date)),
added AS (
  INSERT INTO reminders_reminder (kind, subject_key, occasion_date, stage, role, person_id, organisation_id, age,
                                  due_on, valid_until, state, decided_at)
  SELECT kind, subject_key, occasion_date, stage, role, person_id, organisation_id, age, due_on, valid_until,
         CASE WHEN valid_until > today THEN 'pending' ELSE 'missed' END,
         CASE WHEN valid_until > today THEN NULL ELSE now() END
  FROM reminders_due, day
  WHERE valid_until > today OR (known_at AT TIME ZONE 'Asia/Shanghai')::date <= due_on
  ON CONFLICT (kind, subject_key, occasion_date, stage, role) DO NOTHING
  RETURNING state
),
settled AS (
  UPDATE reminders_reminder r
  SET state = CASE WHEN r.valid_until <= day.today THEN 'missed'
                   WHEN d.kind IS NULL THEN 'withdrawn' ELSE 'pending' END,
      note = CASE WHEN d.kind IS NULL AND r.valid_until > day.today THEN 'basis_gone' ELSE '' END,
      decided_at = CASE WHEN d.kind IS NOT NULL AND r.valid_until > day.today THEN NULL ELSE now() END
  FROM day, reminders_reminder o LEFT JOIN reminders_due d USING (kind, subject_key, occasion_date, stage, role)
  WHERE o.id = r.id AND o.due_on <= (SELECT last FROM day) AND (
        (o.state = 'pending' AND (o.valid_until <= day.today OR (d.kind IS NULL AND o.valid_until > day.first)))
     OR (o.state = 'withdrawn' AND o.valid_until > day.today AND d.kind IS NOT NULL))
  RETURNING r.state
),
recalled AS (
  SELECT o.message_id
  FROM day, messaging_deliveryitem i
  JOIN messaging_delivery v ON v.id = i.delivery_id AND v.state = 'pending'
  JOIN reminders_reminder o ON o.message_id = i.message_id AND o.state = 'handed'
  LEFT JOIN reminders_due d USING (kind, subject_key, occasion_date, stage, role)
  WHERE d.kind IS NULL AND o.due_on <= day.last AND o.valid_until > greatest(day.today, day.first)
)
SELECT (SELECT count(*) FROM added WHERE state = 'pending') + (SELECT count(*) FROM settled WHERE state = 'pending'),
       (SELECT count(*) FROM settled WHERE state = 'withdrawn'),
       (SELECT count(*) FROM added WHERE state = 'missed') + (SELECT count(*) FROM settled WHERE state = 'missed'),
       (SELECT array_agg(DISTINCT message_id) FROM recalled)
"""


# Few of many people are due and their pages are mostly in memory: by the index, and without compiling first.
SETTINGS = "SET LOCAL random_page_cost = 1.1; SET LOCAL jit = off"


@dataclass(frozen=True)
class Plan:
    """What one run changed; all zero when there was nothing to do or another planner was at it."""

    planned: int = 0
    withdrawn: int = 0
    missed: int = 0
    busy: bool = False


def plan(on: datetime.date, *, look_ahead: int = LOOK_AHEAD, today: datetime.date | None = None) -> Plan:
    """Bring the reminders of [on - 7 days, on + look_ahead] in line with the facts and the rules in force on `on`.

    Again, or at once from two processes, it changes nothing. A stage whose time has passed on the day `today` (`on`
    when left out) is recorded as missed; what is due is not sent here.
    """
    window = Window(on - CATCH_UP, on + datetime.timedelta(days=look_ahead))
    due = stages_in(window, on=on)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [PLANNER_LOCK])
        if not cursor.fetchone()[0]:
            return Plan(busy=True)
        cursor.execute(STAGE.format(due=due.sql), due.params)
        cursor.execute(PLAN, [today or on, window.start, window.end])
        planned, withdrawn, missed, recalled = cursor.fetchone()
        cursor.execute("DROP TABLE reminders_due")
        withdraw_messages(recalled or [])
    return Plan(planned, withdrawn, missed)
