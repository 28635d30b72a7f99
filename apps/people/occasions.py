"""Time-driven facts about people, as sets to insert from (design 2)."""

import datetime
import functools

from apps.common.birthday import LUNAR, Birthday, lunar_of, occurrence_pairs, occurrences
from apps.common.row_set import RowSet

# The few possible birthdays of a window join as arrays on the index (calendar, month, day, leap): no lunar arithmetic
# for each of a million people (design 3). A birth date known only to the month or year counts with its year.
BIRTHDAYS = """
SELECT p.id AS person_id, v.day AS occasion_date,
       CASE WHEN p.birth_date !~ '^[12][0-9]{3}' THEN NULL
            WHEN v.calendar = 'solar' AND NOT %s THEN extract(year FROM v.day)::int - left(p.birth_date, 4)::int
            ELSE v.lunar_year - left(p.birth_date, 4)::int + %s
                 + CASE WHEN length(p.birth_date) = 10
                         AND p.birth_date < (%s::date[])[left(p.birth_date, 4)::int - 1899]::text
                        THEN 1 ELSE 0 END
       END AS age,
       p.created_at AS known_at
FROM unnest(%s::text[], %s::int[], %s::int[], %s::bool[], %s::text[], %s::date[], %s::int[])
     AS v(calendar, month, day_no, is_leap, policy, day, lunar_year)
JOIN people_person p
  ON p.birthday_calendar = v.calendar AND p.birthday_month = v.month AND p.birthday_day = v.day_no
 AND p.birthday_leap = v.is_leap
WHERE p.life_status = 'living' AND p.voided_at IS NULL AND p.birthday_greeting
  AND (v.policy IS NULL OR v.policy = p.birthday_leap_policy)
"""
# A household in which somebody died lately, or may have died, is left in peace on that day (rule book 8.60). For a
# statement with a person `p` and a row `v` that has the `day`.
NOBODY_MOURNS = """  AND (p.household_id IS NULL OR NOT EXISTS (
        SELECT 1 FROM people_person d
        WHERE d.household_id = p.household_id AND d.id <> p.id AND d.voided_at IS NULL
          AND (d.mourned_until > v.day OR d.life_status = 'reported')))
"""


def birthdays_between(
    start: datetime.date, end: datetime.date, *, feb29: str = "02-28", nominal: bool = False, mourning: bool = False
) -> RowSet:
    """(person_id, occasion_date, age, known_at) of each birthday of a living person from `start` to `end`, both
    included. Nobody who died, whose death is waiting for word, or who wants no greeting is in it; nor, unless
    `mourning` asks for them, who mourns somebody of his household that day.

    `age` is the one celebrated that day (周岁, with `nominal` 虚岁), counted in the calendar celebrated by; null when
    the year of birth is unknown. `known_at`: since when the portal has known him.

    See rule book 2.8.
    """
    pairs = _pairs(start, end, feb29)
    columns = [list(column) for column in zip(*pairs, strict=True)] or [[]] * 7
    sql = BIRTHDAYS if mourning else BIRTHDAYS + NOBODY_MOURNS
    return RowSet(sql, [nominal, int(nominal), _lunar_new_years(), *columns])


@functools.lru_cache(maxsize=64)
def _pairs(start: datetime.date, end: datetime.date, feb29: str) -> list[tuple]:
    """Pairs with the policy they hold for (None: any) and the lunar year of the day."""
    rows = []
    for policy in ("normal", "leap"):
        for calendar, month, day_no, is_leap, day in occurrence_pairs(start, end, leap_policy=policy, feb29=feb29):
            if is_leap:
                rows.append((calendar, month, day_no, is_leap, policy, day, lunar_of(day).year))
            elif policy == "normal":
                rows.append((calendar, month, day_no, is_leap, None, day, lunar_of(day).year))
    return rows


@functools.cache
def _lunar_new_years() -> list[datetime.date]:
    """First day of the lunar years 1900 to 2100, in order."""
    return occurrences(Birthday(LUNAR, 1, 1), datetime.date(1900, 1, 1), datetime.date(2100, 12, 31))
