"""Birthdays of a month in both calendars, of the cadres a user may see."""

import datetime
from dataclasses import dataclass

from django.db import connection

from apps.common.birthday import Birthday
from apps.common.row_set import RowSet
from apps.organisation.queries import rule_values
from apps.people.occasions import birthdays_between
from apps.registry.models import Cadre
from apps.reminders.rules import ReminderStages

ROWS = """
SELECT d.occasion_date, d.person_id, p.name, d.age, p.birthday_calendar, p.birthday_month, p.birthday_day,
       p.birthday_leap, d.of_day,
       EXISTS (SELECT 1 FROM people_person m
               WHERE m.household_id = p.household_id AND m.id <> p.id AND m.voided_at IS NULL
                 AND (m.mourned_until > d.occasion_date OR m.life_status = 'reported'))
FROM (SELECT b.*, row_number() OVER (PARTITION BY b.occasion_date ORDER BY b.age DESC NULLS LAST, b.person_id) AS place,
             count(*) OVER (PARTITION BY b.occasion_date) AS of_day
      FROM ({birthdays}) b JOIN ({visible}) v ON v.person_id = b.person_id) d
JOIN people_person p ON p.id = d.person_id
WHERE d.place <= %s ORDER BY d.occasion_date, d.place
"""


@dataclass(frozen=True)
class Celebration:
    """`of_day`: how many have their birthday that day, shown or not. `mourns`: somebody of his household died lately,
    so that nothing is sent and staff congratulate nobody (rule book 8.60)."""

    day: datetime.date
    person_id: int
    name: str
    age: int | None
    birthday: str
    of_day: int
    mourns: bool = False


def celebrations(
    user,
    start: datetime.date,
    end: datetime.date,
    *,
    most_a_day: int,
    today: datetime.date,
    permission: str = "reminders.view_reminder",
) -> list[Celebration]:
    """The oldest first, at most `most_a_day` a day, from `start` to `end`, both included; one statement."""
    rules = rule_values(ReminderStages.rule_key, on=today)
    people = birthdays_between(start, end, feb29=rules.feb29, nominal=rules.milestone_nominal, mourning=True)
    visible = RowSet.of(Cadre.objects.current().visible_to(user, permission).order_by().values("person_id"))
    sql = ROWS.format(birthdays=people.sql, visible=visible.sql)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*people.params, *visible.params, most_a_day])
        return [
            Celebration(day, person, name, age, Birthday(*birthday).display(), of_day, mourns)
            for day, person, name, age, *birthday, of_day, mourns in cursor.fetchall()
        ]
