"""Keeping `Cadre.lives_away` and `resettled` in step with the periods somebody spends elsewhere, both ways.

The periods lead. A flag that a roster or a form sets or clears without a period is taken as word of one: it begins
or ends one.
"""

import datetime as dt
from collections.abc import Collection

from apps.common.insert_select import execute

from .settling import narrowed

CURRENT = "(w.starts_on IS NULL OR w.starts_on <= %(on)s) AND (w.ends_on IS NULL OR w.ends_on > %(on)s)"
ELSEWHERE = "w.kind IN ('elsewhere', 'resettled') AND w.voided_at IS NULL"

# Periods that are over or voided no longer hold the flags up.
ENDED = f"""
WITH over AS (
    UPDATE people_whereabouts w SET in_force = false
      FROM registry_cadre c
     WHERE c.person_id = w.person_id AND w.in_force AND NOT ({ELSEWHERE} AND {CURRENT}) {{narrow}}
    RETURNING w.person_id
)
UPDATE registry_cadre c SET lives_away = false, resettled = false
  FROM over WHERE over.person_id = c.person_id AND (c.lives_away OR c.resettled)
"""  # noqa: S608
BEGUN = f"""
WITH begun AS (
    UPDATE people_whereabouts w SET in_force = true
      FROM registry_cadre c
     WHERE c.person_id = w.person_id AND NOT w.in_force AND {ELSEWHERE} AND {CURRENT} {{narrow}}
    RETURNING w.person_id, w.kind
)
UPDATE registry_cadre c SET lives_away = begun.kind = 'elsewhere', resettled = begun.kind = 'resettled'
  FROM begun
 WHERE begun.person_id = c.person_id
   AND (c.lives_away, c.resettled) IS DISTINCT FROM (begun.kind = 'elsewhere', begun.kind = 'resettled')
"""  # noqa: S608
# The flag was cleared by other hands: the period ends today, or never was.
CLEARED = f"""
UPDATE people_whereabouts w
   SET in_force = false, ends_on = CASE WHEN w.starts_on = %(on)s THEN w.ends_on ELSE %(on)s END,
       voided_at = CASE WHEN w.starts_on = %(on)s THEN now() END,
       void_reason = CASE WHEN w.starts_on = %(on)s THEN '名册写明不在外地' ELSE '' END
  FROM registry_cadre c
 WHERE c.person_id = w.person_id AND w.in_force AND NOT c.lives_away AND NOT c.resettled
   AND {ELSEWHERE} AND {CURRENT} {{narrow}}
"""  # noqa: S608
# The flag was set by other hands: since when is not known, but not before an earlier period ended.
FLAGGED = f"""
INSERT INTO people_whereabouts (public_id, person_id, kind, starts_on, ends_on, note, in_force)
SELECT gen_random_uuid(), c.person_id, CASE WHEN c.resettled THEN 'resettled' ELSE 'elsewhere' END,
       (SELECT max(w.ends_on) FROM people_whereabouts w
         WHERE w.person_id = c.person_id AND w.voided_at IS NULL AND w.ends_on <= %(on)s),
       (SELECT min(w.starts_on) FROM people_whereabouts w
         WHERE w.person_id = c.person_id AND w.voided_at IS NULL AND w.starts_on > %(on)s),
       '名册注明', true
  FROM registry_cadre c
 WHERE (c.resettled OR c.lives_away) {{narrow}}
   AND NOT EXISTS (SELECT FROM people_whereabouts w
                    WHERE w.person_id = c.person_id AND w.voided_at IS NULL AND {CURRENT})
ON CONFLICT DO NOTHING
"""  # noqa: S608


def follow_whereabouts(*, on: dt.date, cadres: Collection[int] | None = None) -> int:
    """Bring flags and periods of all cadres (or of `cadres`) in step for the day `on`; returns how many rows changed.
    Again it changes nothing."""
    narrow, params = narrowed(None, cadres)
    params["on"] = on
    return sum(execute(sql.format(narrow=narrow), params) for sql in (ENDED, CLEARED, BEGUN, FLAGGED))
