"""Planning reminders: the whole planner against a bare INSERT … SELECT of the same rows, at 25,000 and 1,000,000
cadres with the same number of birthdays due (design 7). Everything happens in one transaction that is rolled back."""

import datetime
import statistics
import time
from collections.abc import Callable

from django.db import connection, transaction

from apps.reminders.jobs.planning import CATCH_UP, LOOK_AHEAD, SETTINGS, plan
from apps.reminders.occasions import Window, stages_in

ON = datetime.date(2026, 3, 2)
DUE, ALL = 25_000, 1_000_000
ROUNDS = 3

# Everybody of the first part has a birthday in the window (1 March to 15 March, solar, or its lunar days); nobody of
# the second part has. All are born 1930 to 1955, half of them live alone.
PEOPLE = """
WITH made AS (
  INSERT INTO people_person (public_id, name, sex, birth_date, birthday_calendar, birthday_month, birthday_day,
                             birthday_leap, birthday_greeting, search_grams, citizen_id_historic, hard_of_hearing,
                             poor_sight, life_status, version, created_at, updated_at)
  SELECT gen_random_uuid(), '测试' || n, '1', (1930 + n %% 25)::text || '-0' || (1 + n %% 9)::text || '-15',
         CASE WHEN n %% 3 = 0 THEN 'lunar' ELSE 'solar' END,
         CASE WHEN n %% 3 = 0 THEN (%s::int[])[1] ELSE (%s::int[])[1 + n %% array_length(%s::int[], 1)] END,
         1 + n %% %s, false, true, '{}', false, false, false, 'living', 1, '2020-01-01', '2020-01-01'
  FROM generate_series(%s, %s) n RETURNING id
)
INSERT INTO registry_cadre (person_id, retire_type, managing_unit_id, counting_unit_id, living, version, in_beijing,
                            resettled, lives_away, created_at, updated_at)
SELECT id, 'retired', %s, %s, CASE WHEN id %% 2 = 0 THEN 'alone' ELSE 'children' END, 1, false, false, false, now(),
       now()
FROM made
"""
BARE = """
INSERT INTO reminders_reminder (kind, subject_key, occasion_date, stage, role, person_id, age, due_on, valid_until,
                                state)
SELECT kind, subject_key, occasion_date, stage, role, person_id, age, due_on, valid_until, 'pending' FROM ({due}) d
WHERE valid_until > %s OR (known_at AT TIME ZONE 'Asia/Shanghai')::date <= due_on
"""


class Undo(Exception):
    """Leaves the transaction without a trace."""


def run() -> list[dict]:
    rows: list[dict] = []
    try:
        with transaction.atomic():
            execute("SET CONSTRAINTS ALL IMMEDIATE", [])  # foreign keys are checked within the time measured
            measure(rows)
            raise Undo
    except Undo:
        pass
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE people_person, registry_cadre, reminders_reminder")
    return rows


def measure(rows: list[dict]) -> None:
    unit = make_unit()
    fill(1, DUE, unit, months=[3], lunar_months=[1], days=15)
    small, _, _, planned = times()
    fill(DUE + 1, ALL, unit, months=[5, 6, 7, 8, 9, 10, 11, 12], lunar_months=[6], days=28)
    large, again, bare, same = times()
    assert planned == same, (planned, same)
    title = f"planning {planned:,} reminders due"
    rows.append(row(f"{title}, {ALL:,} cadres, floor: bare INSERT … SELECT", planned, large, bare))
    rows.append(row(f"{title}, again with nothing changed", planned, again, bare))
    rows.append(row(f"{title}, {ALL:,} cadres, floor: {DUE:,} cadres", planned, large, small))


def make_unit() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO organisation_unit (public_id, path, depth, numchild, code, name, aliases, level, nature,"
            " position, version, created_at, updated_at) VALUES (gen_random_uuid(), 'ZZZZ', 1, 0, 'bench', 'bench',"
            " '{}', 'city', 'organ', 0, 1, now(), now()) RETURNING id"
        )
        return cursor.fetchone()[0]


def fill(first: int, last: int, unit: int, *, months: list[int], lunar_months: list[int], days: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [lunar_months, months, months, days, first, last, unit, unit])
        cursor.execute("ANALYZE people_person")
        cursor.execute("ANALYZE registry_cadre")


def times() -> tuple[float, float, float, int]:
    """Median seconds of a first plan, of the same again, and of the bare statement, in turns; rows that were due."""
    due = stages_in(Window(ON - CATCH_UP, ON + datetime.timedelta(days=LOOK_AHEAD)), on=ON)
    first, again, bare, written = [], [], [], 0
    for _ in range(ROUNDS):
        point = transaction.savepoint()
        execute(SETTINGS, [])
        bare.append(timed(lambda: execute(BARE.format(due=due.sql), [*due.params, ON])))
        transaction.savepoint_rollback(point)
        first.append(timed(lambda: plan(ON)))
        written = count()
        again.append(timed(lambda: plan(ON)))
        transaction.savepoint_rollback(point)
    return statistics.median(first), statistics.median(again), statistics.median(bare), written


def execute(sql: str, params: list) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM reminders_reminder")
        return cursor.fetchone()[0]


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def row(work: str, rows: int, ours: float, floor: float) -> dict:
    return {
        "work": work, "rows": rows, "ours_s": round(ours, 3), "floor_s": round(floor, 3),
        "ratio": round(ours / floor, 2), "peer": None, "peer_s": None, "peer_ratio": None, "peak_mb": None,
    }  # fmt: skip
