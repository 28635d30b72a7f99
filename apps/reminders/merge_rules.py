"""What becomes of reminders and greetings when two entries of one person are made one: keys follow, nothing anew."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q

from apps.messaging.models import Message
from apps.people.merging import MOVE, Edit, declare
from apps.people.models import Person

from .choices import ReminderState
from .models import Reminder
from .rules import GREETING

RULES = {"reminders.Reminder.person": MOVE}
NUMBERS = {"reminders.Reminder.subject_key": "person:编号 的换成保留的一位"}
MERGED = "basis_gone"


def follow_keys(winner: Person, loser: Person, now: dt.datetime) -> Iterator[Edit]:
    """`person:<id>` of reminders and `greeting:<id>:<day>` of the outbox name the winner from now on, so that planner
    and greeter find what was told already. Where he has the same, the loser's pending one is withdrawn."""
    old, new = f"person:{loser.pk}", f"person:{winner.pk}"
    keys = ("kind", "occasion_date", "stage", "role")
    held = set(Reminder.objects.filter(subject_key=new).values_list(*keys))
    for row in Reminder.objects.filter(subject_key=old).order_by("pk"):
        if tuple(getattr(row, name) for name in keys) not in held:
            yield Edit(row, {"subject_key": new})
        elif row.state == ReminderState.PENDING:
            yield Edit(row, {"state": ReminderState.WITHDRAWN, "note": MERGED})
    prefix = f"greeting:{loser.pk}:"
    messages = Message.objects.filter(Q(person=winner) | Q(person=loser), template=GREETING, key__startswith=prefix)
    for message in messages.order_by("pk"):
        key = f"greeting:{winner.pk}:{message.key.removeprefix(prefix)}"
        if not Message.objects.filter(key=key).exists():
            yield Edit(message, {"key": key})


def plug() -> None:
    declare(rules=RULES, numbers=NUMBERS, changes=[follow_keys])
