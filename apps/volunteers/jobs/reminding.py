"""Time-driven reminders and thanks of volunteering: told once, taken back where their reason is gone."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from apps.accounts.access import acting_holders
from apps.common.row_set import RowSet
from apps.messaging.choices import DeliveryClass
from apps.messaging.rules import ZONE
from apps.messaging.services import NewMessage, post, withdraw_messages
from apps.organisation.queries import rule_values, work_calendar
from apps.volunteers.occasions.people import TEMPLATES, people_to_remind
from apps.volunteers.occasions.staff import Row, staff_to_remind
from apps.volunteers.rules.reminders import VolunteerReminders

REMINDING_LOCK = 7_240_012
CHUNK = 500
STAFF = ("clerk", "section_head")
# No reminder is of use for longer: what is older need not be looked at.
LONGEST = dt.timedelta(days=100)
STAGE = """
CREATE TEMPORARY TABLE volunteers_due ON COMMIT DROP AS {due};
CREATE INDEX ON volunteers_due (key);
ANALYZE volunteers_due
"""
NEW = """
SELECT d.template, d.key, d.person_id, d.context, d.valid_until FROM volunteers_due d
WHERE NOT EXISTS (SELECT FROM messaging_message m WHERE m.key = d.key)
ORDER BY d.key LIMIT %s
"""
GONE = """
SELECT m.id FROM messaging_message m
WHERE m.template = ANY(%s) AND m.valid_until > %s AND m.withdrawn_at IS NULL AND m.created_at > %s
  AND NOT EXISTS (SELECT FROM volunteers_due d WHERE d.key = m.key)
"""


@dataclass
class Reminded:
    """Messages asked for and taken back; `busy`: another process is at it."""

    people: int = 0
    staff: int = 0
    recalled: int = 0
    busy: bool = False


def remind_volunteers(now: dt.datetime) -> Reminded:
    """Bring the reminders of today in line with the facts; again, or at once from two processes, it changes nothing.

    Keys name the person and the occasion. One that was taken back stays so. On days off staff hear nothing. By which
    way a person is told, and that nobody is thanked in mourning, is decided when a message is sent. See rule book
    10.72, 10.73.
    """
    today = now.astimezone(ZONE).date()
    rules = rule_values(VolunteerReminders.rule_key, on=today)
    done = Reminded()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [REMINDING_LOCK])
        if not cursor.fetchone()[0]:
            done.busy = True
            return done
        _tell_people(cursor, people_to_remind(today, rules), now, done)
        if work_calendar().is_workday(today):
            done.staff = _tell_staff(staff_to_remind(today, rules), today, now)
    return done


def _tell_people(cursor, due: RowSet, now: dt.datetime, done: Reminded) -> None:
    cursor.execute(STAGE.format(due=due.sql), due.params)
    cursor.execute(GONE, [list(TEMPLATES), now, now - LONGEST])
    gone = [pk for (pk,) in cursor.fetchall()]
    withdraw_messages(gone)
    done.recalled = len(gone)
    while rows := _new(cursor):
        post([_message(*row) for row in rows], now=now)
        done.people += len(rows)
    cursor.execute("DROP TABLE volunteers_due")


def _new(cursor) -> list[tuple]:
    cursor.execute(NEW, [CHUNK])
    return cursor.fetchall()


def _message(template: str, key: str, person_id: int, context: str, valid_until: dt.date) -> NewMessage:
    return NewMessage(
        key=key, delivery_class=DeliveryClass.URGENT, template=template, person_id=person_id, about_id=person_id,
        context=json.loads(context), valid_until=dt.datetime.combine(valid_until, dt.time(), ZONE),
    )  # fmt: skip


def _tell_staff(rows: Iterable[Row], today: dt.date, now: dt.datetime) -> int:
    found = list(rows)
    users = acting_holders({unit for _, _, unit in found}, *STAFF, on=today) if found else {}
    messages = [
        NewMessage(
            key=f"{template}:{subject}:{user}", delivery_class=DeliveryClass.DIGEST, template=template, user_id=user
        )
        for template, subject, unit in found
        for user in users.get(unit, ())
    ]
    if messages:
        post(messages, now=now)
    return len(messages)
