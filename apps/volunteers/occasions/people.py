"""What volunteers and those they help are told on a day: sets to post from, nothing but ids in them."""

import datetime as dt

from apps.common.row_set import RowSet
from apps.volunteers.rules.reminders import VolunteerReminders
from apps.volunteers.talk_notices import TOMORROW

from .posts import ENDS, posts_ending_rows
from .talks import talks_between

DAY = dt.timedelta(days=1)
SHIFT, HOURS, CARE = "volunteers.shift_tomorrow", "volunteers.confirm_hours", "volunteers.confirm_care"
CERTIFICATE, PAPER = "volunteers.certificate_ready", "volunteers.paper_ends"
ANNIVERSARY, YEAR = "volunteers.anniversary", "volunteers.year_thanks"
TEMPLATES = (SHIFT, HOURS, CARE, CERTIFICATE, PAPER, ANNIVERSARY, YEAR, ENDS, TOMORROW)
DECEMBER = 12
LIVING = """
SELECT d.template, d.key, d.person_id, d.context, d.valid_until
FROM ({rows}) d JOIN people_person p ON p.id = d.person_id AND p.life_status = 'living' AND p.voided_at IS NULL
"""
SHIFT_ROWS = """
SELECT %s AS template, 'volunteers:shift:' || t.id || ':' || s."on" AS key, t.volunteer_id AS person_id,
       jsonb_build_object('shift', s.id) AS context, s."on" AS valid_until
FROM volunteers_shift s JOIN volunteers_turn t ON t.shift_id = s.id AND t.voided_at IS NULL AND t.state = 'due'
JOIN signups_offering o ON o.id = s.offering_id AND o.state = 'open'
WHERE s.voided_at IS NULL AND s."on" = %s
"""
# Told to the leader, to the deputy where there is none; once a week while something waits.
HOURS_ROWS = """
SELECT %s AS template, 'volunteers:hours:' || w.team_id || ':' || %s || ':' || l.volunteer_id AS key,
       l.volunteer_id AS person_id, jsonb_build_object('team', w.team_id) AS context, %s::date AS valid_until
FROM (SELECT DISTINCT r.team_id FROM volunteers_servicerecord r
      WHERE r.voided_at IS NULL AND r.state = 'waiting' AND r."on" <= %s) w
JOIN LATERAL (SELECT m.volunteer_id FROM volunteers_teammember m
  WHERE m.team_id = w.team_id AND m.voided_at IS NULL AND m.role IN ('leader', 'deputy') AND m.starts_on <= %s
    AND (m.ends_on IS NULL OR m.ends_on > %s)
  ORDER BY m.role = 'leader' DESC, m.starts_on, m.id LIMIT 1) l ON true
"""
CARE_ROWS = """
SELECT %s AS template, 'volunteers:care:' || r.id AS key, r.receiver_id AS person_id,
       jsonb_build_object('request', r.id) AS context, r."on" + 60 AS valid_until
FROM volunteers_servicerequest r
WHERE r.voided_at IS NULL AND r.state = 'done' AND r.doubt = '' AND r."on" <= %s AND r."on" > %s
"""
CERTIFICATE_ROWS = """
SELECT %s AS template, 'volunteers:certificate:' || c.id AS key, c.volunteer_id AS person_id,
       jsonb_build_object('certificate', c.id) AS context, c.issued_on + %s AS valid_until
FROM volunteers_servicecertificate c
WHERE c.voided_at IS NULL AND c.revoked_on IS NULL AND c.issued_on > %s AND c.issued_on <= %s
"""
# A paper of the same kind that runs on beyond it makes it silent.
PAPER_ROWS = """
SELECT %s AS template, 'volunteers:paper:' || s.id || ':' || s.ends_on AS key, s.volunteer_id AS person_id,
       jsonb_build_object('statement', s.id) AS context, s.ends_on AS valid_until
FROM volunteers_volunteerstatement s
JOIN volunteers_volunteer v ON v.person_id = s.volunteer_id AND v.voided_at IS NULL AND v.left_on IS NULL
WHERE s.voided_at IS NULL AND s.ends_on > %s AND s.ends_on <= %s
  AND NOT EXISTS (SELECT FROM volunteers_volunteerstatement o
    WHERE o.volunteer_id = s.volunteer_id AND o.kind = s.kind AND o.voided_at IS NULL AND o.id <> s.id
      AND (o.ends_on IS NULL OR o.ends_on > s.ends_on))
"""
ANNIVERSARY_ROWS = """
SELECT %s AS template, 'volunteers:anniversary:' || v.person_id || ':' || %s AS key, v.person_id,
       jsonb_build_object('volunteer', v.person_id, 'year', %s::int) AS context, %s::date AS valid_until
FROM volunteers_volunteer v
WHERE v.voided_at IS NULL AND v.left_on IS NULL AND to_char(v.joined_on, 'MM-DD') = ANY(%s) AND v.joined_on < %s
"""
YEAR_ROWS = """
SELECT %s AS template, 'volunteers:year:' || %s || ':' || w.volunteer_id AS key, w.volunteer_id AS person_id,
       jsonb_build_object('volunteer', w.volunteer_id, 'year', %s::int) AS context, %s::date AS valid_until
FROM (SELECT DISTINCT r.volunteer_id FROM volunteers_servicerecord r
      WHERE r.voided_at IS NULL AND r.state = 'ok' AND r."on" >= %s AND r."on" < %s) w
"""


def people_to_remind(on: dt.date, rules: VolunteerReminders) -> RowSet:
    """Rows (template, key, person_id, context, valid_until) of everything that may be told on a day to those who live;
    `valid_until` is exclusive. What is in the set stays in it until then, so that a message whose row is gone has lost
    its basis. See rule book 10.52, 10.63, 10.72, 10.74."""
    week, monday = "{}-{}".format(*on.isocalendar()[:2]), on + (7 - on.weekday()) * DAY
    parts = [
        RowSet(SHIFT_ROWS, [SHIFT, on + DAY]),
        RowSet(HOURS_ROWS, [HOURS, week, monday, on - rules.hours_days * DAY, on, on]),
        RowSet(CARE_ROWS, [CARE, on - rules.care_days * DAY, on - 60 * DAY]),
        RowSet(CERTIFICATE_ROWS,
               [CERTIFICATE, rules.certificate_days, on - rules.certificate_days * DAY, on]),
        RowSet(PAPER_ROWS, [PAPER, on, on + rules.paper_ahead * DAY]),
        RowSet(ANNIVERSARY_ROWS, [ANNIVERSARY, str(on.year), on.year, on + DAY, days_named(on), on]),
        posts_ending_rows(on),
        talks_between(on + DAY, on + 2 * DAY),
    ]  # fmt: skip
    if on.month == DECEMBER and on.day >= rules.thanks_from:
        first, until = dt.date(on.year, 1, 1), dt.date(on.year + 1, 1, 1)
        parts.append(RowSet(YEAR_ROWS, [YEAR, str(on.year), on.year, until, first, until]))
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return RowSet(LIVING.format(rows=whole.sql), whole.params)


def days_named(on: dt.date) -> list[str]:
    """Month and day as they stand on a day; who joined on 29 February is thanked on the 28th of other years.

    See rule book 10.74.
    """
    tomorrow = on + DAY
    leaps = on.month == 2 and on.day == 28 and tomorrow.month == 3  # noqa: PLR2004
    return [f"{on:%m-%d}", *(["02-29"] if leaps else [])]
