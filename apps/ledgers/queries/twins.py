"""Pairs of entries that may be one person: found by indexed keys in one statement, kept with their reasons."""

import datetime as dt

from django.db import connection, transaction
from django.db.models import Q

from apps.people.models import PersonMerge, TwinPair
from apps.registry.models import Cadre

VIEW = "people.view_twinpair"
LOCK = 7_240_018

# Each part joins equal keys, so that an index or a hash finds them; nothing compares everybody with everybody. People
# of different sex, or each with a citizen id of his own, are two (peers, pain 2); the last four digits alone being
# equal besides the name is worth a look even then.
FOUND = """
CREATE TEMPORARY TABLE twins_found ON COMMIT DROP AS
WITH alive AS (
  SELECT p.id, p.name, p.name_pinyin, p.birth_date, p.sex, p.citizen_id_index AS idx, p.citizen_id_last4 AS last4,
         c.person_id IS NOT NULL AS is_cadre
  FROM people_person p
  LEFT JOIN registry_cadre c ON c.person_id = p.id AND c.voided_at IS NULL
  WHERE p.voided_at IS NULL AND p.name <> ''
), pairs AS (
  SELECT a.id AS low, b.id AS high, 'birth' AS reason, 40 AS score
  FROM alive a JOIN alive b ON b.name = a.name AND b.birth_date = a.birth_date AND a.id < b.id
  WHERE length(a.birth_date) > 4 AND (a.idx IS NULL OR b.idx IS NULL)
    AND (a.is_cadre OR b.is_cadre) AND NOT (a.sex <> b.sex AND a.sex IN ('1', '2') AND b.sex IN ('1', '2'))
  UNION ALL
  SELECT a.id, b.id, 'partly', 20
  FROM alive a JOIN alive b ON b.name = a.name AND left(b.birth_date, 4) = left(a.birth_date, 4) AND a.id < b.id
  WHERE (a.birth_date <> b.birth_date OR length(a.birth_date) = 4)
    AND (starts_with(a.birth_date, b.birth_date) OR starts_with(b.birth_date, a.birth_date))
    AND (a.idx IS NULL OR b.idx IS NULL)
    AND (a.is_cadre OR b.is_cadre) AND NOT (a.sex <> b.sex AND a.sex IN ('1', '2') AND b.sex IN ('1', '2'))
  UNION ALL
  SELECT a.id, b.id, 'sound', 15
  FROM alive a JOIN alive b ON b.birth_date = a.birth_date AND b.name_pinyin = a.name_pinyin AND a.id < b.id
  WHERE a.name <> b.name AND a.name_pinyin <> '' AND length(a.birth_date) = 10 AND (a.idx IS NULL OR b.idx IS NULL)
    AND (a.is_cadre OR b.is_cadre) AND NOT (a.sex <> b.sex AND a.sex IN ('1', '2') AND b.sex IN ('1', '2'))
  UNION ALL
  SELECT a.id, b.id, 'last4', 50
  FROM alive a JOIN alive b ON b.name = a.name AND b.last4 = a.last4 AND a.id < b.id
  WHERE (a.is_cadre OR b.is_cadre) AND NOT (a.sex <> b.sex AND a.sex IN ('1', '2') AND b.sex IN ('1', '2'))
  UNION ALL
  SELECT DISTINCT a.id, b.id, 'phone', 45
  FROM people_phone x JOIN people_phone y ON y.number_index = x.number_index AND x.person_id < y.person_id
  JOIN alive a ON a.id = x.person_id JOIN alive b ON b.id = y.person_id AND b.name = a.name
  WHERE (a.idx IS NULL OR b.idx IS NULL)
    AND (a.is_cadre OR b.is_cadre) AND NOT (a.sex <> b.sex AND a.sex IN ('1', '2') AND b.sex IN ('1', '2'))
)
SELECT low, high, array_agg(DISTINCT reason) AS reasons, sum(score) AS score FROM pairs GROUP BY low, high
"""
KEEP = """
INSERT INTO people_twinpair (low_id, high_id, reasons, score, found_on, dismiss_reason)
SELECT low, high, reasons, score, %s, '' FROM twins_found
ON CONFLICT (low_id, high_id) DO UPDATE SET reasons = EXCLUDED.reasons, score = EXCLUDED.score, gone_on = NULL
WHERE (people_twinpair.reasons, people_twinpair.score, people_twinpair.gone_on) IS DISTINCT FROM
      (EXCLUDED.reasons, EXCLUDED.score, NULL)
"""
GONE = """
UPDATE people_twinpair t SET gone_on = %s
WHERE t.gone_on IS NULL AND NOT EXISTS (SELECT 1 FROM twins_found f WHERE f.low = t.low_id AND f.high = t.high_id)
"""


@transaction.atomic
def find_twins(on: dt.date) -> int:
    """Bring the pairs in line with the people; returns how many are alike today. Again it changes nothing; dismissed
    pairs stay dismissed. See rule book 8.64."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(FOUND)
        cursor.execute(KEEP, [on])
        cursor.execute(GONE, [on])
        cursor.execute("SELECT count(*) FROM twins_found")
        (count,) = cursor.fetchone()
        cursor.execute("DROP TABLE twins_found")
    return count


def pairs_for(user, permission: str = VIEW):
    """Pairs of which the user may see both: each a cadre in his scope, or nobody's cadre."""
    return _both(TwinPair.objects.all(), user, permission, "low", "high")


def merges_for(user, permission: str):
    return _both(PersonMerge.objects.all(), user, permission, "winner", "loser")


def _both(rows, user, permission: str, one: str, two: str):
    if not user.has_perm(permission):
        return rows.none()
    seen = Cadre.objects.visible_to(user, permission).order_by().values("pk")
    cadres = Cadre.objects.order_by().values("pk")
    free = {side: Q(**{f"{side}__in": seen}) | ~Q(**{f"{side}__in": cadres}) for side in (one, two)}
    return rows.filter(free[one], free[two]).filter(Q(**{f"{one}__in": seen}) | Q(**{f"{two}__in": seen}))
