"""Birthday greetings to old people: posted some days ahead so that cards and call sheets can be made ready, ringing
nowhere before the birthday itself, and taken back when the day, the wish or the person is gone."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from apps.common.row_set import RowSet
from apps.messaging.choices import DeliveryClass
from apps.messaging.rules import ZONE
from apps.messaging.services import NewMessage, post, withdraw_messages
from apps.people.choices import ConsentPurpose
from apps.people.occasions import birthdays_between
from apps.reminders.occasions import rules_by_unit
from apps.reminders.rules import GREETING, ReminderStages

GREETING_LOCK = 7_240_004
CHUNK = 500

# `birthdays_between` leaves out the dead, those whose death waits for word, and those who want no greeting.
DUE = """
SELECT b.person_id, b.occasion_date
FROM ({people}) b
JOIN registry_cadre c ON c.person_id = b.person_id AND c.voided_at IS NULL{units}
WHERE NOT %s OR EXISTS (SELECT 1 FROM people_consent k
                        WHERE k.person_id = b.person_id AND k.purpose = %s AND k.withdrawn_at IS NULL)
"""
# `before`: how many were taken back before they left; the next one has a key of its own.
NEW = """
SELECT d.person_id, d.occasion_date, count(m.id) AS before
FROM greetings_due d
LEFT JOIN messaging_message m ON m.person_id = d.person_id AND m.on_day = d.occasion_date AND m.template = %s
GROUP BY d.person_id, d.occasion_date
HAVING bool_and(m.id IS NULL OR (m.withdrawn_at IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM messaging_deliveryitem i JOIN messaging_delivery v ON v.id = i.delivery_id
         WHERE i.message_id = m.id AND v.state IN ('claimed', 'handed', 'sent', 'unknown'))))
ORDER BY d.occasion_date, d.person_id LIMIT %s
"""
GONE = """
SELECT m.id FROM messaging_message m
WHERE m.template = %s AND m.on_day BETWEEN %s AND %s AND m.withdrawn_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM greetings_due d WHERE d.person_id = m.person_id AND d.occasion_date = m.on_day)
"""


@dataclass
class Greeted:
    """`recalled`: messages taken back; `busy`: another process is at it."""

    posted: int = 0
    recalled: int = 0
    busy: bool = False


def post_greetings(now: datetime.datetime) -> Greeted:
    """Bring the greetings of today and the days ahead in line with the facts. Again, or at once from two processes,
    it changes nothing: the key is the person and the day.

    A greeting may be handed out until its day is over. One taken back stays so, unless it had not left at all and the
    day is right again: then it goes out under a key of its own.

    See rule book 5.9.
    """
    today = now.astimezone(ZONE).date()
    done = Greeted()
    groups = rules_by_unit(today)
    last = today + datetime.timedelta(days=max(rules.greeting_ahead for rules, _ in groups))
    due = _due(groups, today)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [GREETING_LOCK])
        if not cursor.fetchone()[0]:
            done.busy = True
            return done
        cursor.execute(f"CREATE TEMPORARY TABLE greetings_due ON COMMIT DROP AS {due.sql}", due.params)
        cursor.execute("CREATE INDEX ON greetings_due (person_id, occasion_date)")
        cursor.execute(GONE, [GREETING, today, last])
        gone = [pk for (pk,) in cursor.fetchall()]
        done.recalled = len(gone)
        withdraw_messages(gone)
        while rows := _new(cursor):
            post([_message(*row) for row in rows], now=now)
            done.posted += len(rows)
        cursor.execute("DROP TABLE greetings_due")
    return done


def _due(groups: Iterable[tuple[ReminderStages, list[int] | None]], today: datetime.date) -> RowSet:
    whole = RowSet("")
    for rules, unit_ids in groups:
        part = _due_by(rules, unit_ids, today)
        whole = whole + part if whole.sql else part
    return whole


def _due_by(rules: ReminderStages, unit_ids: list[int] | None, today: datetime.date) -> RowSet:
    people = birthdays_between(today, today + datetime.timedelta(days=rules.greeting_ahead), feb29=rules.feb29)
    units, params = ("", []) if unit_ids is None else (" AND c.managing_unit_id = ANY(%s)", [list(unit_ids)])
    sql = DUE.format(people=people.sql, units=units)
    return RowSet(sql, [*people.params, *params, rules.greeting_needs_consent, ConsentPurpose.SMS.value])


def _new(cursor) -> list[tuple[int, datetime.date, int]]:
    cursor.execute(NEW, [GREETING, CHUNK])
    return cursor.fetchall()


def _message(person_id: int, day: datetime.date, before: int) -> NewMessage:
    midnight = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), ZONE)
    return NewMessage(
        key=f"greeting:{person_id}:{day}" + (f":{before}" if before else ""),
        delivery_class=DeliveryClass.URGENT,
        template=GREETING,
        person_id=person_id,
        about_id=person_id,
        on_day=day,
        valid_until=midnight,
    )
