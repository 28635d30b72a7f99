"""Time-driven reminders of the university: told once, taken back where their reason is gone."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from apps.accounts.models import RoleGrant
from apps.accounts.roles import ROLES
from apps.common.row_set import RowSet
from apps.messaging.choices import DeliveryClass
from apps.messaging.rules import ZONE
from apps.messaging.services import NewMessage, post, withdraw_messages
from apps.organisation.models import Unit
from apps.organisation.queries import rule_values, work_calendar
from apps.university.occasions import people_to_remind, staff_to_remind
from apps.university.occasions.people import TEMPLATES, midnight
from apps.university.occasions.staff import Row
from apps.university.rules.reminders import UniversityReminders

REMINDING_LOCK = 7_240_011
CHUNK = 500
WORKS_ON = "university.change_classgroup"
STAGE = """
CREATE TEMPORARY TABLE university_due ON COMMIT DROP AS {due};
CREATE INDEX ON university_due (key);
ANALYZE university_due
"""
NEW = """
SELECT d.template, d.key, d.person_id, d.context, d.valid_until FROM university_due d
WHERE NOT EXISTS (SELECT FROM messaging_message m WHERE m.key = d.key)
ORDER BY d.key LIMIT %s
"""
GONE = """
SELECT m.id FROM messaging_message m
WHERE m.template = ANY(%s) AND m.valid_until > %s AND m.withdrawn_at IS NULL AND m.created_at > %s
  AND NOT EXISTS (SELECT FROM university_due d WHERE d.key = m.key)
"""
# No reminder is of use for longer: what is older need not be looked at.
LONGEST = dt.timedelta(days=190)


@dataclass
class Reminded:
    """Messages asked for and taken back; `busy`: another process is at it."""

    people: int = 0
    staff: int = 0
    recalled: int = 0
    busy: bool = False


def remind_university(now: dt.datetime) -> Reminded:
    """Bring the reminders of today in line with the facts; again, or at once from two processes, it changes nothing.

    Keys name the person and the occasion. One that was taken back stays so. On days off staff hear nothing; what is
    told once waits for the next working day. See rule book 9.66, 9.67.
    """
    today = now.astimezone(ZONE).date()
    rules = rule_values(UniversityReminders.rule_key, on=today)
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
    cursor.execute("DROP TABLE university_due")


def _new(cursor) -> list[tuple]:
    cursor.execute(NEW, [CHUNK])
    return cursor.fetchall()


def _message(template: str, key: str, person_id: int, context: str, valid_until: dt.date) -> NewMessage:
    return NewMessage(
        key=key, delivery_class=DeliveryClass.URGENT, template=template, person_id=person_id, about_id=person_id,
        context=json.loads(context), valid_until=midnight(valid_until),
    )  # fmt: skip


def _tell_staff(rows: Iterable[Row], today: dt.date, now: dt.datetime) -> int:
    found = list(rows)
    users = staff_of_units({unit for _, _, unit in found}, today)
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


def staff_of_units(units: set[int], on: dt.date) -> dict[int, list[int]]:
    """Unit id → those who work on classes there, or, where nobody does, on the nearest unit above. Two queries."""
    roles = [key for key, role in ROLES.items() if WORKS_ON in role.permissions]
    paths = dict(Unit.objects.filter(pk__in=units).values_list("pk", "path"))
    above = {path[:end] for path in paths.values() for end in range(len(path), 0, -Unit.steplen)}
    grants = RoleGrant.objects.current(on).filter(
        role__in=roles, unit__path__in=sorted(above), community__isnull=True, user__is_active=True
    )
    holders: dict[str, set[int]] = {}
    for path, user in grants.order_by("user_id").values_list("unit__path", "user_id"):
        holders.setdefault(path, set()).add(user)
    found = {}
    for unit, path in paths.items():
        line = (path[:end] for end in range(len(path), 0, -Unit.steplen))
        found[unit] = sorted(next((holders[one] for one in line if one in holders), ()))
    return found
