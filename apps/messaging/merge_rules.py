"""What becomes of the outbox when two entries of one person are made one: nothing is sent again (peers, pain 5)."""

import datetime as dt
from collections.abc import Iterator

from apps.people.merging import MOVE, Edit, declare
from apps.people.models import Person

from .choices import DeliveryState, Outcome
from .models import Delivery, Message

RULES = {
    "messaging.Message.person": MOVE,
    "messaging.Message.about": MOVE,
    "messaging.Delivery.person": MOVE,
    "messaging.ChannelPreference.person": MOVE,
}


def drop_doubles(winner: Person, loser: Person, now: dt.datetime) -> Iterator[Edit]:
    """Of two messages that say the same on the same day, the later one that has not left is taken back."""
    seen: dict[tuple, Message] = {}
    rows = Message.objects.filter(person=winner, withdrawn_at__isnull=True).order_by("pk")
    for message in rows:
        first = seen.setdefault((message.template, message.on_day), message)
        if first is message:
            continue
        waiting = Delivery.objects.filter(items__message=message, state=DeliveryState.PENDING).distinct()
        if not Delivery.objects.filter(items__message=message).exclude(state=DeliveryState.PENDING).exists():
            yield Edit(message, {"withdrawn_at": now})
            for delivery in waiting.order_by("pk"):
                yield Edit(delivery, {"state": DeliveryState.WITHDRAWN, "outcome": Outcome.BASIS_GONE})


def plug() -> None:
    declare(rules=RULES, changes=[drop_doubles])
