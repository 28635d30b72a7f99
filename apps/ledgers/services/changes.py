"""Whose duties may be out of date: whoever was changed since the planner last looked, by whatever hand."""

import datetime as dt

from django.db import connection

# More than this at once are planned with everybody, which costs less.
MOST_AT_ONCE = 30_000

# The start of the oldest transaction still running in this database: rows carry the time at which their transaction
# began, so that one that commits later may be older than what was seen already.
SEEN_UNTIL = """
SELECT least(now(), min(xact_start)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
CHANGED = """
SELECT c.person_id FROM registry_cadre c WHERE c.updated_at >= %(since)s
UNION SELECT p.id FROM people_person p WHERE p.updated_at >= %(since)s
UNION SELECT h.cadre_id FROM registry_health h WHERE h.updated_at >= %(since)s
UNION SELECT t.cadre_id FROM ledgers_caretier t WHERE t.updated_at >= %(since)s
UNION SELECT w.person_id FROM people_whereabouts w WHERE w.updated_at >= %(since)s
LIMIT %(most)s
"""


def seen_until() -> dt.datetime:
    """Up to when changes can be seen now; ask before reading them."""
    with connection.cursor() as cursor:
        cursor.execute(SEEN_UNTIL)
        return cursor.fetchone()[0]


def changed_cadres(*, since: dt.datetime) -> list[int] | None:
    """Ids of people with a change at or after `since` in what decides their duties (registry, reach, health, tier,
    whereabouts); None for too many to name. Some may be no cadres, and some may be planned already."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, {"since": since, "most": MOST_AT_ONCE + 1})
        found = [row[0] for row in cursor.fetchall()]
    return None if len(found) > MOST_AT_ONCE else found
