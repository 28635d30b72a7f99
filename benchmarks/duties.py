"""Planning duties: the whole planner, working days, whereabouts and reach included, against a bare INSERT … SELECT of
the same rows into the same table, its indexes and foreign keys; then the same again with nothing changed, one person
changed, and the duties of one quarter opened from nothing. Three in ten have a tier, one in fifteen of these is 离休,
one in five high-risk; one person in twenty-five is away, one in twenty deaf.

DUTY_CADRES takes other sizes than 25,000 and 1,000,000; `people:tiers` sets how many have a tier, so that the cost can
be seen to follow duties, not people: DUTY_CADRES=1000000,1000000:30000. All happens in one transaction that is rolled
back."""

import datetime
import os

from django.db import connection, transaction

from apps.ledgers.services import plan_duties

from .planning import Undo, execute, fill, make_unit, row, timed

ON = datetime.date(2026, 3, 2)
SIZES = ((25_000, 7_500), (1_000_000, 300_000))
QUARTER, QUARTER_DAYS = datetime.date(2026, 4, 1), 90

TIERS = """
INSERT INTO ledgers_caretier (public_id, cadre_id, level, is_focus, high_risk, effective_on, decided_on, version)
SELECT gen_random_uuid(), person_id, CASE WHEN person_id %% 5 = 0 THEN 1 ELSE 2 END, true, person_id %% 5 = 0,
       '2020-01-01', '2020-01-01', 1
FROM (SELECT person_id FROM registry_cadre ORDER BY person_id LIMIT %s) c
"""
VETERANS = """
UPDATE registry_cadre SET retire_type = 'veteran', created_at = '2020-01-01'
 WHERE person_id IN (SELECT cadre_id FROM ledgers_caretier WHERE cadre_id %% 15 = 1)
"""
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


def sizes() -> tuple[tuple[int, int], ...]:
    """(people, how many of them have a tier): three in ten where it is not said."""
    asked = os.environ.get("DUTY_CADRES", "")
    pairs = [part.partition(":") for part in asked.split(",")] if asked else []
    return tuple((int(people), int(tiers or int(people) * 3 // 10)) for people, _, tiers in pairs) or SIZES


def run() -> list[dict]:
    return [line for cadres, tiers in sizes() for line in measured(cadres, tiers)]


def measured(cadres: int, tiers: int) -> list[dict]:
    rows: list[dict] = []
    try:
        with transaction.atomic():
            execute("SET CONSTRAINTS ALL IMMEDIATE", [])  # foreign keys are checked within the time measured
            settle_population(cadres, tiers)
            rows += times(cadres, tiers)
            raise Undo
    except Undo:
        pass
    execute(f"VACUUM ANALYZE {TABLES}", [])
    return rows


def settle_population(cadres: int, tiers: int) -> None:
    fill(1, cadres, make_unit(), months=[3], lunar_months=[1], days=15)
    execute(TIERS, [tiers])
    for sql in (VETERANS, AWAY, DEAF):
        execute(sql, [])
    execute(f"ANALYZE {TABLES}", [])


def times(cadres: int, tiers: int) -> list[dict]:
    first = timed(lambda: plan_duties(on=ON))
    planned = count()
    again = timed(lambda: plan_duties(on=ON))
    one = timed(lambda: plan_duties(on=ON, cadres=[any_cadre()]))
    execute(COPIED, [])
    execute("DELETE FROM ledgers_duty", [])
    execute("ANALYZE planned", [])
    bare = timed(lambda: execute(BARE, []))
    execute("DROP TABLE planned", [])
    execute("DELETE FROM ledgers_duty", [])
    quarter = timed(lambda: plan_duties(on=QUARTER, window=QUARTER_DAYS, look_back=0))
    opened = count()
    # What the bare statement costs for as many rows.
    share = bare * opened / planned
    title = f"planning {planned:,} duties, {cadres:,} cadres, {tiers:,} in tiers"
    return [
        row(f"opening a quarter, {opened:,} duties, {cadres:,} cadres, {tiers:,} in tiers", opened, quarter, share),
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
