"""Rounds of reminders that follow from facts: what is new is told once, what lost its reason is taken back."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from apps.common.row_set import RowSet
from apps.messaging.choices import DeliveryClass
from apps.messaging.rules import ZONE
from apps.organisation.queries import work_calendar

from .deciding import withdraw_messages
from .posting import NewMessage, post

CHUNK = 500
STAGE = """
CREATE TEMPORARY TABLE round_due ON COMMIT DROP AS {due};
CREATE INDEX ON round_due (key);
ANALYZE round_due
"""
NEW = """
SELECT d.template, d.key, d.person_id, d.context, d.valid_until FROM round_due d
WHERE NOT EXISTS (SELECT FROM messaging_message m WHERE m.key = d.key)
ORDER BY d.key LIMIT %s
"""
GONE = """
SELECT m.id FROM messaging_message m
WHERE m.template = ANY(%s) AND m.valid_until > %s AND m.withdrawn_at IS NULL AND m.created_at > %s
  AND NOT EXISTS (SELECT FROM round_due d WHERE d.key = m.key)
"""
# (template, subject, unit id): the subject names what is waiting, and from when on it is told anew.
StaffRow = tuple[str, str, int]


@dataclass(frozen=True)
class Round:
    """What an app reminds of. `lock`: its number, which keeps two processes from the same round. `templates` are all
    that `people` may name; no reminder is of use for longer than `longest`, so that older ones are not looked at.
    `people(today)`: rows of template, key, person_id, context (json), valid_until (exclusive), which stay in the set
    until then. `staff(today)`: what waits for staff; `holders(units, today)`: unit → users who are told."""

    lock: int
    templates: Sequence[str]
    longest: dt.timedelta
    people: Callable[[dt.date], RowSet]
    staff: Callable[[dt.date], Iterable[StaffRow]]
    holders: Callable[[set[int], dt.date], Mapping[int, list[int]]]


@dataclass
class Told:
    """Messages asked for and taken back; `busy`: another process is at it."""

    people: int = 0
    staff: int = 0
    recalled: int = 0
    busy: bool = False


def go_round(asked: Round, now: dt.datetime) -> Told:
    """Bring the reminders of today in line with the facts; again, or at once from two processes, it changes nothing.

    Keys name the person and the occasion. One that was taken back stays so. On days off staff hear nothing; what is
    told once waits for the next working day.
    """
    today = now.astimezone(ZONE).date()
    told = Told()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [asked.lock])
        if not cursor.fetchone()[0]:
            told.busy = True
            return told
        _tell_people(cursor, asked, today, now, told)
        if work_calendar().is_workday(today):
            told.staff = _tell_staff(asked, today, now)
    return told


def _tell_people(cursor, asked: Round, today: dt.date, now: dt.datetime, told: Told) -> None:
    due = asked.people(today)
    cursor.execute(STAGE.format(due=due.sql), due.params)
    cursor.execute(GONE, [list(asked.templates), now, now - asked.longest])
    gone = [pk for (pk,) in cursor.fetchall()]
    withdraw_messages(gone)
    told.recalled = len(gone)
    while rows := _new(cursor):
        post([_message(*row) for row in rows], now=now)
        told.people += len(rows)
    cursor.execute("DROP TABLE round_due")


def _new(cursor) -> list[tuple]:
    cursor.execute(NEW, [CHUNK])
    return cursor.fetchall()


def _message(template: str, key: str, person_id: int, context: str, valid_until: dt.date) -> NewMessage:
    return NewMessage(
        key=key, delivery_class=DeliveryClass.URGENT, template=template, person_id=person_id, about_id=person_id,
        context=json.loads(context), valid_until=dt.datetime.combine(valid_until, dt.time(), ZONE),
    )  # fmt: skip


def _tell_staff(asked: Round, today: dt.date, now: dt.datetime) -> int:
    found = list(asked.staff(today))
    users = asked.holders({unit for _, _, unit in found}, today) if found else {}
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
