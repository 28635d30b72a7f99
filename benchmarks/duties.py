"""Planning duties: the whole planner, working days, whereabouts and reach included, against a bare INSERT … SELECT of
the same rows into the same table, its indexes and foreign keys; then the same again with nothing changed, and one
person changed. A third are 离休 or focus, one in twenty high-risk, one in twenty-five away, one in twenty deaf.

DUTY_CADRES takes other sizes than 25,000 and 1,000,000. All happens in one transaction that is rolled back."""

import datetime
import os

from django.db import connection, transaction

from apps.ledgers.services import plan_duties

from .planning import Undo, execute, fill, make_unit, row, timed

ON = datetime.date(2026, 3, 2)
SIZES = (25_000, 1_000_000)

TIERS = """
INSERT INTO ledgers_caretier (public_id, cadre_id, level, is_focus, high_risk, effective_on, decided_on, version)
SELECT gen_random_uuid(), person_id, CASE WHEN person_id %% 20 = 0 THEN 1 ELSE 2 END, true, person_id %% 20 = 0,
       '2020-01-01', '2020-01-01', 1
FROM registry_cadre WHERE person_id %% 4 = 0
"""
VETERANS = "UPDATE registry_cadre SET retire_type = 'veteran', created_at = '2020-01-01' WHERE person_id %% 50 = 1"
AWAY = """
INSERT INTO people_whereabouts (public_id, person_id, kind, starts_on, ends_on)
SELECT gen_random_uuid(), person_id, CASE WHEN person_id %% 2 = 0 THEN 'travelling' ELSE 'elsewhere' END, '2026-01-05',
       CASE WHEN person_id %% 2 = 0 THEN '2026-03-20'::date END
FROM registry_cadre WHERE person_id %% 25 < 2
"""
DEAF = "UPDATE people_person SET hard_of_hearing = true, reach_by = 'visit' WHERE id %% 20 = 4"
COPIED = """
CREATE TEMPORARY TABLE planned AS
SELECT cadre_id, kind, period_start, period_end, due_on, basis, means FROM ledgers_duty
"""
BARE = """
INSERT INTO ledgers_duty (cadre_id, kind, period_start, period_end, due_on, basis, means)
SELECT cadre_id, kind, period_start, period_end, due_on, basis, means FROM planned
"""
TABLES = "ledgers_duty, ledgers_caretier, people_whereabouts, people_person, registry_cadre"


def sizes() -> tuple[int, ...]:
    asked = os.environ.get("DUTY_CADRES", "")
    return tuple(int(part) for part in asked.split(",")) if asked else SIZES


def run() -> list[dict]:
    return [line for size in sizes() for line in measured(size)]


def measured(cadres: int) -> list[dict]:
    rows: list[dict] = []
    try:
        with transaction.atomic():
            execute("SET CONSTRAINTS ALL IMMEDIATE", [])  # foreign keys are checked within the time measured
            settle_population(cadres)
            rows += times(cadres)
            raise Undo
    except Undo:
        pass
    execute(f"VACUUM ANALYZE {TABLES}", [])
    return rows


def settle_population(cadres: int) -> None:
    fill(1, cadres, make_unit(), months=[3], lunar_months=[1], days=15)
    for sql in (TIERS, VETERANS, AWAY, DEAF):
        execute(sql, [])
    execute(f"ANALYZE {TABLES}", [])


def times(cadres: int) -> list[dict]:
    first = timed(lambda: plan_duties(on=ON))
    planned = count()
    again = timed(lambda: plan_duties(on=ON))
    one = timed(lambda: plan_duties(on=ON, cadres=[any_cadre()]))
    execute(COPIED, [])
    execute("DELETE FROM ledgers_duty", [])
    execute("ANALYZE planned", [])
    bare = timed(lambda: execute(BARE, []))
    execute("DROP TABLE planned", [])
    title = f"planning {planned:,} duties, {cadres:,} cadres"
    return [
        row(f"{title}, floor: bare INSERT … SELECT", planned, first, bare),
        row(f"{title}, again with nothing changed", planned, again, bare),
        row(f"{title}, one cadre", planned, one, bare),
    ]


def count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledgers_duty")
        return cursor.fetchone()[0]


def any_cadre() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cadre_id FROM ledgers_duty ORDER BY id LIMIT 1")
        return cursor.fetchone()[0]
