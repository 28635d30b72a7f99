"""What students are reminded of on a day: sets to post from, one statement each, nothing but ids in them."""

import datetime as dt

from apps.common.row_set import RowSet
from apps.messaging.rules import ZONE
from apps.university.rules.reminders import UniversityReminders

DAY = dt.timedelta(days=1)
TERM_OPENS, PAYMENT, FIRST_DAY = "university.term_opens", "university.payment", "university.first_day"
LESSON, COMPLETION = "university.lesson", "university.completion"
TEMPLATES = (TERM_OPENS, PAYMENT, FIRST_DAY, LESSON, COMPLETION)
COLUMNS = "template, key, person_id, context, valid_until"
LIVING = """
SELECT d.template, d.key, d.person_id, d.context, d.valid_until
FROM ({rows}) d JOIN people_person p ON p.id = d.person_id AND p.life_status = 'living' AND p.voided_at IS NULL
"""
# Whoever was in a class of the term before hears of 老生续读, whoever asked and got nothing of the next; where there is
# no 老生续读, both of the next. Of several schools of one person the first is named.
TERM_ROWS = """
SELECT %s AS template, 'university:term:' || f.id || ':' || w.person_id AS key, w.person_id,
       jsonb_build_object('phase', f.id, 'school', w.school_id) AS context,
       (f.closes_at AT TIME ZONE 'Asia/Shanghai')::date AS valid_until
FROM university_termphase f
JOIN university_term t ON t.id = f.term_id AND t.voided_at IS NULL
JOIN LATERAL (SELECT o.id FROM university_term o
              WHERE o.unit_id = t.unit_id AND o.voided_at IS NULL AND o.starts_on < t.starts_on
              ORDER BY o.starts_on DESC LIMIT 1) b ON true
JOIN LATERAL (
  SELECT DISTINCT ON (a.person_id) a.person_id, a.school_id FROM (
    SELECT e.student_id AS person_id, c.school_id
    FROM university_classgroup c JOIN university_enrolment e ON e.class_group_id = c.id
    WHERE c.term_id = b.id AND e.voided_at IS NULL AND e.state IN ('in', 'done', 'short')
      AND (f.kind = 'next' OR NOT EXISTS (SELECT FROM university_termphase n WHERE n.term_id = f.term_id
             AND n.kind = 'next' AND n.voided_at IS NULL AND coalesce(n.school_id, c.school_id) = c.school_id))
    UNION ALL
    SELECT s.person_id, c.school_id
    FROM university_classgroup c JOIN signups_signup s ON s.offering_id = c.offering_id
    WHERE c.term_id = b.id AND f.kind = 'new' AND s.voided_at IS NULL AND s.state IN ('applied', 'waiting', 'lapsed')
      AND NOT EXISTS (SELECT FROM university_enrolment e JOIN university_classgroup g ON g.id = e.class_group_id
                      WHERE e.student_id = s.person_id AND g.term_id = b.id AND e.voided_at IS NULL
                        AND e.state IN ('in', 'done', 'short'))
  ) a
  WHERE f.school_id IS NULL OR a.school_id = f.school_id
  ORDER BY a.person_id, a.school_id
) w ON true
WHERE f.voided_at IS NULL AND f.kind IN ('next', 'new') AND f.opens_at < %s AND f.closes_at >= %s
"""
PAYMENT_ROWS = """
SELECT %s AS template, 'university:pay:' || e.id || ':' || e.pay_by AS key, e.student_id AS person_id,
       jsonb_build_object('enrolment', e.id) AS context, e.pay_by + 1 AS valid_until
FROM university_enrolment e
WHERE e.voided_at IS NULL AND e.state = 'in' AND e.fee_due > e.paid - e.refunded AND e.pay_by BETWEEN %s AND %s
"""
SESSION_ROWS = """
SELECT %s AS template, 'university:' || %s || ':' || s.id || ':' || e.student_id AS key, e.student_id AS person_id,
       jsonb_build_object('session', s.id) AS context, (s.starts_at AT TIME ZONE 'Asia/Shanghai')::date AS valid_until
FROM university_classsession s
JOIN university_classgroup c ON c.id = s.class_group_id AND c.voided_at IS NULL AND c.state <> 'off'
JOIN university_enrolment e ON e.class_group_id = c.id AND e.voided_at IS NULL AND e.state = 'in'
{wish}
WHERE s.voided_at IS NULL AND s.state <> 'off' AND s.starts_at >= %s AND s.starts_at < %s
  AND {first} EXISTS (SELECT FROM university_classsession o WHERE o.class_group_id = s.class_group_id
                      AND o.voided_at IS NULL AND o.state <> 'off' AND o.starts_at < s.starts_at)
"""
COMPLETION_ROWS = """
SELECT %s AS template, 'university:certificate:' || k.id AS key, e.student_id AS person_id,
       jsonb_build_object('enrolment', e.id) AS context, k.issued_on + %s AS valid_until
FROM university_certificate k JOIN university_enrolment e ON e.id = k.enrolment_id
WHERE k.voided_at IS NULL AND k.withdrawn_on IS NULL AND k.issued_on > %s AND k.issued_on <= %s
"""


def midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZONE)


def people_to_remind(on: dt.date, rules: UniversityReminders) -> RowSet:
    """Rows of COLUMNS of everything that may be told on a day to those who live; `valid_until` is exclusive. What is in
    the set stays in it until then, so that a message whose row is gone has lost its basis. See rule book 9.66."""
    tomorrow = on + DAY
    parts = (
        RowSet(TERM_ROWS, [TERM_OPENS, midnight(on + (rules.term_ahead + 1) * DAY), midnight(tomorrow)]),
        RowSet(PAYMENT_ROWS, [PAYMENT, on, on + rules.payment_ahead * DAY]),
        RowSet(
            SESSION_ROWS.format(wish="", first="NOT"),
            [FIRST_DAY, "first", midnight(tomorrow), midnight(on + (rules.first_day_ahead + 1) * DAY)],
        ),
        RowSet(
            SESSION_ROWS.format(
                wish="JOIN university_lessonwish w ON w.person_id = e.student_id", first=""
            ),
            [LESSON, "lesson", midnight(tomorrow), midnight(tomorrow + DAY)],
        ),
        RowSet(COMPLETION_ROWS, [COMPLETION, rules.completion_days, on - rules.completion_days * DAY, on]),
    )  # fmt: skip
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return RowSet(LIVING.format(rows=whole.sql), whole.params)
