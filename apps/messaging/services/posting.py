"""Writing to the outbox."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from apps.messaging.choices import DeliveryClass
from apps.messaging.models import Message
from apps.messaging.outbox import deliver_alone, insert_messages, join_digests, keep_in_inbox
from apps.messaging.recipients import Recipients
from apps.messaging.rules import ZONE, SendingRules, next_waking, template
from apps.organisation.queries import rule_values


@dataclass(frozen=True)
class NewMessage:
    """What to post: exactly one of `user_id` and `person_id` receives it; `context` holds ids and dates only.

    `on_day`: the day it belongs to, today when left out; nothing rings before it, though what is handed out on paper
    or in a file may be made ready.
    """

    key: str
    delivery_class: str
    template: str
    user_id: int | None = None
    person_id: int | None = None
    about_id: int | None = None
    context: dict = field(default_factory=dict)
    valid_until: datetime.datetime | None = None
    on_day: datetime.date | None = None


def post(messages: Sequence[NewMessage], *, now: datetime.datetime) -> dict[str, int]:
    """Write messages with their deliveries; returns key → message id, for known keys too.

    Runs in the caller's transaction. A key that is known already changes nothing. Everything for a user goes to his
    inbox at once, and beside it by his own order of channels or the rule set's. A digest joins the one delivery of
    its recipient, channel and day; when that one has left already, tomorrow's, or, if it would be too late by then,
    the inbox alone. A person gets it by the first channel of his order that serves him; a template without texts for
    old people raises ValueError.
    """
    if wordless := [m.template for m in messages if m.person_id and not template(m.template).texts]:
        raise ValueError(f"template {wordless[0]} has no words for an old person")
    today = now.astimezone(ZONE).date()
    with transaction.atomic(savepoint=False):
        written = insert_messages(messages, today)
        fresh = _fresh(messages, written, today)
        keep_in_inbox([(message.pk, message.user_id) for message in fresh if message.user_id], now, today)
        if fresh:
            _deliver_outside(fresh, now, today)
        keys = {message.key for message in messages}
        if keys == written.keys():
            return written
        return dict(Message.objects.filter(key__in=keys).values_list("key", "pk"))


def _fresh(messages: Sequence[NewMessage], written: dict[str, int], today: datetime.date) -> list[Message]:
    """The rows just written, as far as their deliveries ask for them, in the order of their ids."""
    asked: dict[str, NewMessage] = {}
    for message in messages:
        asked.setdefault(message.key, message)
    return [
        Message(
            pk=pk, user_id=asked[key].user_id, person_id=asked[key].person_id,
            delivery_class=asked[key].delivery_class, on_day=asked[key].on_day or today,
            valid_until=asked[key].valid_until,
        )
        for key, pk in sorted(written.items(), key=lambda row: row[1])
    ]  # fmt: skip


def _deliver_outside(fresh: Sequence[Message], now: datetime.datetime, today: datetime.date) -> None:
    rules = rule_values(SendingRules.rule_key, on=today)
    users, people = {m.user_id for m in fresh if m.user_id}, {m.person_id for m in fresh if m.person_id}
    recipients = Recipients(users, people, rules=rules, on=today)
    digests: dict[str, list[Message]] = {}
    alone: dict[str, list[Message]] = {}
    for message in fresh:
        is_digest = message.user_id is not None and message.delivery_class == DeliveryClass.DIGEST
        for channel in _channels(message, recipients):
            (digests if is_digest else alone).setdefault(channel, []).append(message)
    for channel in sorted(alone):
        deliver_alone(channel, alone[channel], now, today)
    for channel in sorted(digests):
        _deliver_digests(channel, digests[channel], now, rules)


def _channels(message: Message, recipients: Recipients) -> list[str]:
    if message.person_id:
        found = [recipients.next_for_person(message.person_id)]
    else:
        assert message.user_id is not None  # message_one_recipient
        lanes = recipients.lanes_of_user(message.user_id, message.delivery_class)
        found = [recipients.next_for_user(message.user_id, lane) for lane in lanes]
    return list(dict.fromkeys(channel for channel in found if channel))


def _deliver_digests(channel: str, fresh: Sequence[Message], now: datetime.datetime, rules: SendingRules) -> None:
    """Today's digest takes them while it waits; a digest that has left is never opened again."""
    today = now.astimezone(ZONE).date()
    tomorrow = next_waking(today + datetime.timedelta(days=1), rules)
    left = join_digests(channel, fresh, today, now)
    still_of_use = [message for message in left if message.valid_until is None or message.valid_until > tomorrow]
    if still_of_use:
        join_digests(channel, still_of_use, tomorrow.date(), tomorrow)
