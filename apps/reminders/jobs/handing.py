"""Handing due reminders to the outbox: the recipient is found now, and what no longer holds stays behind."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models.functions import Now

from apps.common.insert_select import execute
from apps.ledgers.occasions import duty_ids
from apps.ledgers.queries import open_duty_ids
from apps.messaging.choices import Outcome
from apps.messaging.rules import ZONE, SendingRules, is_quiet
from apps.messaging.services import NewMessage, post
from apps.organisation.queries import rule_values
from apps.people.models import Person
from apps.people.queries import mourning_among
from apps.reminders.choices import ReminderKind, ReminderState
from apps.reminders.models import Reminder
from apps.reminders.queries import officers_of, recipients_of
from apps.reminders.rules import delivery_class, template_key

HANDING_LOCK = 7_240_003
CHUNK = 1000

MARK = """
UPDATE reminders_reminder r SET state = 'handed', note = '', message_id = v.message_id, decided_at = now()
FROM unnest(%s::bigint[], %s::bigint[]) AS v(id, message_id) WHERE r.id = v.id
"""


@dataclass
class Handed:
    """`unassigned` stay pending and on the worklist; `busy`: another process hands out at this moment."""

    messages: int = 0
    unassigned: int = 0
    withdrawn: int = 0
    quiet: bool = False
    busy: bool = False


def hand_out(now: datetime.datetime) -> Handed:
    """Turn every reminder due today into one message, all in one transaction, so that no digest leaves half full.

    Keeps the quiet hours: what falls due at night waits for the morning.
    """
    today = now.astimezone(ZONE).date()
    done = Handed()
    if is_quiet(now, rule_values(SendingRules.rule_key, on=today)):
        done.quiet = True
        return done
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [HANDING_LOCK])
        if not cursor.fetchone()[0]:
            done.busy = True
            return done
        last = 0
        while rows := _due(today, last):
            _hand(rows, now, done)
            last = rows[-1].pk
    return done


def _due(today: datetime.date, after: int) -> list[Reminder]:
    rows = Reminder.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=ReminderState.PENDING, due_on__lte=today, valid_until__gt=today, pk__gt=after
    )
    return list(rows.order_by("pk")[:CHUNK])


def _hand(rows: Sequence[Reminder], now: datetime.datetime, done: Handed) -> None:
    today = now.astimezone(ZONE).date()
    gone = _without_basis(rows, today)
    standing = [row for row in rows if row.pk not in gone]
    recipients = _recipients(standing, today)
    assigned = [row for row in standing if recipients.get(row.pk)]
    nobody = [row.pk for row in standing if not recipients.get(row.pk)]
    messages = [_message(row, recipients[row.pk]) for row in assigned]
    ids = post(messages, now=now)
    execute(MARK, [[row.pk for row in assigned], [ids[message.key] for message in messages]])
    Reminder.objects.filter(pk__in=nobody).exclude(note=Outcome.NO_RECIPIENT).update(note=Outcome.NO_RECIPIENT)
    for note, pks in _by_note(gone).items():
        Reminder.objects.filter(pk__in=pks).update(state=ReminderState.WITHDRAWN, note=note, decided_at=Now())
    done.messages += len(assigned)
    done.unassigned += len(nobody)
    done.withdrawn += len(gone)


def _recipients(rows: Sequence[Reminder], today: datetime.date) -> dict[int, int]:
    """Reminder id → user id; without those whose role nobody holds."""
    people = recipients_of({(row.person_id, row.role) for row in rows if row.person_id}, on=today)
    branches = officers_of({(row.organisation_id, row.role) for row in rows if row.organisation_id}, on=today)
    found = {}
    for row in rows:
        user = people.get((row.person_id, row.role)) or branches.get((row.organisation_id, row.role))
        if user:
            found[row.pk] = user
    return found


def _without_basis(rows: Sequence[Reminder], on: datetime.date) -> dict[int, str]:
    """Reminder id → why it is not sent after all."""
    about = {row.person_id for row in rows if row.person_id}
    living = set(Person.objects.living().filter(pk__in=about).values_list("pk", flat=True))
    visits = [row for row in rows if row.kind == ReminderKind.VISIT]
    open_duties = {f"duty:{pk}" for pk in open_duty_ids(duty_ids(row.subject_key for row in visits))}
    gone = {row.pk: Outcome.NOT_LIVING for row in rows if row.person_id in about - living}
    birthdays = {row.person_id for row in rows if row.kind == ReminderKind.BIRTHDAY}
    mourners = mourning_among(birthdays, on) if birthdays else set()
    gone |= {
        row.pk: Outcome.MOURNING
        for row in rows
        if row.kind == ReminderKind.BIRTHDAY and row.person_id in mourners and row.pk not in gone
    }
    gone |= {row.pk: Outcome.BASIS_GONE for row in visits if row.subject_key not in open_duties and row.pk not in gone}
    return gone


def _by_note(gone: dict[int, str]) -> dict[str, list[int]]:
    notes: dict[str, list[int]] = {}
    for pk, note in gone.items():
        notes.setdefault(note, []).append(pk)
    return notes


def _message(row: Reminder, user_id: int) -> NewMessage:
    return NewMessage(
        key=f"reminder:{row.pk}",
        delivery_class=delivery_class(row.kind),
        template=template_key(row.kind, row.stage, row.subject_key),
        user_id=user_id,
        about_id=row.person_id,
        context={"reminder": row.pk, "subject": row.subject_key, "on": row.occasion_date.isoformat()},
        valid_until=datetime.datetime.combine(row.valid_until, datetime.time(), ZONE),
    )
