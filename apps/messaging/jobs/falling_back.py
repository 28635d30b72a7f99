"""When a channel fails for good, the next in the recipient's order is used, each once. All in the outbox: written in
the transaction that ends the failed delivery, so that a death between the two cannot lose anybody."""

import datetime
from collections.abc import Collection

from apps.messaging.choices import Channel, DeliveryClass, DeliveryState, Outcome
from apps.messaging.models import Delivery, DeliveryItem, Message
from apps.messaging.outbox import deliver_alone, join_digests
from apps.messaging.recipients import Recipients
from apps.messaging.rules import ZONE, SendingRules, next_waking
from apps.organisation.queries import rule_values

# Ends of one channel, not of the message: too late, taken back or deceased is the end on every channel.
ANOTHER_WAY = (
    Outcome.NO_ADDRESS, Outcome.NO_CONSENT, Outcome.NOT_REACHED_SO, Outcome.REFUSED, Outcome.TOO_MANY,
    Outcome.UNDELIVERED, Outcome.CHANNEL_OFF, Outcome.FILE_UNDELIVERED, Outcome.RETURNED, Outcome.NOT_TOLD,
)  # fmt: skip
ON_THE_WAY = (
    DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.HANDED, DeliveryState.SENT, DeliveryState.UNKNOWN,
)  # fmt: skip


def fall_back(delivery_ids: Collection[int], *, now: datetime.datetime) -> int:
    """Open the next channel for what the given failed deliveries carried; returns how many messages go on.

    Must run in the transaction that failed them. Messages taken back, out of time, or on their way by another channel
    are left alone; of a person as of a colleague with an order. Codes go by one channel only.
    """
    if not delivery_ids:
        return 0
    items = DeliveryItem.objects.filter(
        delivery_id__in=delivery_ids, delivery__state=DeliveryState.FAILED, delivery__outcome__in=ANOTHER_WAY,
        withheld="", message__withdrawn_at__isnull=True,
    ).exclude(delivery__delivery_class=DeliveryClass.CODE)  # fmt: skip
    ids = set(items.values_list("message_id", flat=True))
    if not ids:
        return 0
    messages = [
        message
        for message in Message.objects.select_for_update().filter(pk__in=ids).order_by("pk")
        if message.valid_until is None or message.valid_until > now
    ]
    tried = _tried(messages)
    today = now.astimezone(ZONE).date()
    rules = rule_values(SendingRules.rule_key, on=today)
    recipients = Recipients(
        {message.user_id for message in messages}, {message.person_id for message in messages}, rules=rules, on=today
    )
    onward: dict[str, list[Message]] = {}
    for message in messages:
        if (channels := tried[message.pk]) is not None and (channel := _next(message, channels, recipients)):
            onward.setdefault(channel, []).append(message)
    for channel in sorted(onward):
        _deliver(channel, onward[channel], now, rules)
    return sum(map(len, onward.values()))


def _tried(messages: Collection[Message]) -> dict[int, set[str] | None]:
    """message id → channels tried; None while one of them may still bring it."""
    tried: dict[int, set[str] | None] = {message.pk: set() for message in messages}
    rows = DeliveryItem.objects.filter(message_id__in=tried).exclude(channel=Channel.INBOX)
    for message, channel, state in rows.values_list("message_id", "channel", "delivery__state"):
        if state in ON_THE_WAY:
            tried[message] = None
        elif tried[message] is not None:
            tried[message].add(channel)
    return tried


def _next(message: Message, tried: set[str], recipients: Recipients) -> str | None:
    if message.person_id:
        return recipients.next_for_person(message.person_id, tried)
    for lane in recipients.lanes_of_user(message.user_id, message.delivery_class):
        if tried & set(lane):
            return recipients.next_for_user(message.user_id, lane, tried)
    return None


def _deliver(channel: str, messages: list[Message], now: datetime.datetime, rules: SendingRules) -> None:
    today = now.astimezone(ZONE).date()
    digests = [m for m in messages if m.user_id and m.delivery_class == DeliveryClass.DIGEST]
    digest_ids = {message.pk for message in digests}
    alone = [message for message in messages if message.pk not in digest_ids]
    if alone:
        deliver_alone(channel, alone, now, today)
    if digests:
        left = join_digests(channel, digests, today, now)
        tomorrow = next_waking(today + datetime.timedelta(days=1), rules)
        late = [message for message in left if message.valid_until is None or message.valid_until > tomorrow]
        if late:
            join_digests(channel, late, tomorrow.date(), tomorrow)


def recall_fallbacks(delivery_ids: Collection[int]) -> int:
    """It arrived after all: what waits elsewhere for the same messages alone is taken back. Returns how many."""
    messages = DeliveryItem.objects.filter(delivery_id__in=delivery_ids).values("message_id")
    waiting = (
        Delivery.objects.filter(state=DeliveryState.PENDING, items__message__in=messages)
        .exclude(pk__in=list(delivery_ids))
        .exclude(delivery_class=DeliveryClass.DIGEST)
    )
    return Delivery.objects.filter(pk__in=waiting.values("pk"), state=DeliveryState.PENDING).update(
        state=DeliveryState.WITHDRAWN, outcome=Outcome.ELSEWHERE
    )
