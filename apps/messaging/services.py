"""Writing to the outbox, and what staff decide about deliveries whose fate nobody knows."""

import datetime
import json
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models.functions import Coalesce, Now

from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values

from .channels import enabled_channels
from .choices import Channel, DeliveryClass, DeliveryState, Outcome
from .models import Delivery, DeliveryItem, Message
from .queries import users_reached_by
from .rules import ZONE, SendingRules


@dataclass(frozen=True)
class NewMessage:
    """What to post: exactly one of `user_id` and `person_id` receives it; `context` holds ids and dates only."""

    key: str
    delivery_class: str
    template: str
    user_id: int | None = None
    person_id: int | None = None
    about_id: int | None = None
    context: dict = field(default_factory=dict)
    valid_until: datetime.datetime | None = None


MESSAGE_COLUMNS = (
    ("public_id", "uuid"), ("key", "text"), ("delivery_class", "text"), ("template", "text"), ("user_id", "bigint"),
    ("person_id", "bigint"), ("about_id", "bigint"), ("context", "jsonb"), ("on_day", "date"),
    ("valid_until", "timestamptz"),
)  # fmt: skip
DELIVERY_COLUMNS = (
    ("public_id", "uuid"), ("channel", "text"), ("delivery_class", "text"), ("user_id", "bigint"),
    ("person_id", "bigint"), ("on_day", "date"), ("state", "text"), ("outcome", "text"), ("sent_at", "timestamptz"),
    ("valid_until", "timestamptz"), ("next_attempt_at", "timestamptz"),
)  # fmt: skip
ITEM_COLUMNS = (("delivery_id", "bigint"), ("message_id", "bigint"), ("channel", "text"))


def post(messages: Sequence[NewMessage], *, now: datetime.datetime) -> dict[str, int]:
    """Write messages with their deliveries; returns key → message id, for known keys too.

    Runs in the caller's transaction. A key that is known already changes nothing. Everything goes to the inbox of a
    user at once. A digest joins the one delivery of its recipient, channel and day; when that one has left already,
    tomorrow's, or, if it would be too late by then, the inbox alone.
    """
    with transaction.atomic():
        new_ids = _insert_messages(messages, now)
        fresh = [(new_ids[message.key], message) for message in messages if message.key in new_ids]
        _deliver_to_inbox([pair for pair in fresh if pair[1].user_id], now)
        _deliver_outside(fresh, now)
        keys = [message.key for message in messages]
        return dict(Message.objects.filter(key__in=keys).values_list("key", "pk"))


def _insert(table: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence], tail: str) -> list[tuple]:
    """INSERT … SELECT from arrays: one statement for any number of rows."""
    arrays = [list(values) for values in zip(*rows, strict=True)]
    if not arrays:
        return []
    names = ", ".join(name for name, _ in columns)
    casts = ", ".join(f"%s::{kind}[]" for _, kind in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT * FROM unnest({casts}) {tail}", arrays)  # noqa: S608
        return cursor.fetchall() if "RETURNING" in tail else []


def _insert_messages(messages: Sequence[NewMessage], now: datetime.datetime) -> dict[str, int]:
    """key → id of those that were new."""
    day = now.astimezone(ZONE).date()
    rows = [
        (str(uuid.uuid4()), m.key, m.delivery_class, m.template, m.user_id, m.person_id, m.about_id,
         json.dumps(m.context), day, m.valid_until)
        for m in messages
    ]  # fmt: skip
    tail = "ON CONFLICT (key) DO NOTHING RETURNING key, id"
    return dict(_insert("messaging_message", MESSAGE_COLUMNS, rows, tail))


def _insert_deliveries(rows: Iterable[dict], now: datetime.datetime) -> None:
    """Digest rows that stand already are left alone."""
    values = [
        (row["public_id"], row["channel"], row["delivery_class"], row.get("user_id"), row.get("person_id"),
         row["on_day"], row.get("state", DeliveryState.PENDING), row.get("outcome", ""), row.get("sent_at"),
         row.get("valid_until"), row.get("next_attempt_at", now))
        for row in rows
    ]  # fmt: skip
    _insert("messaging_delivery", DELIVERY_COLUMNS, values, "ON CONFLICT DO NOTHING")


def _insert_items(rows: Iterable[tuple[int, int, str]]) -> None:
    _insert("messaging_deliveryitem", ITEM_COLUMNS, rows, "ON CONFLICT DO NOTHING")


def _deliver_to_inbox(fresh: Sequence[tuple[int, NewMessage]], now: datetime.datetime) -> None:
    """The inbox is ours: being written is being delivered."""
    day = now.astimezone(ZONE).date()
    users = {message.user_id for _, message in fresh if message.user_id is not None}
    _insert_deliveries(
        (
            {"public_id": str(uuid.uuid4()), "channel": Channel.INBOX, "delivery_class": DeliveryClass.DIGEST,
             "user_id": user, "on_day": day, "state": DeliveryState.SENT, "outcome": Outcome.ACCEPTED, "sent_at": now}
            for user in sorted(users)
        ),
        now,
    )  # fmt: skip
    rows = Delivery.objects.filter(channel=Channel.INBOX, on_day=day, user_id__in=users, delivery_class="digest")
    delivery_of = dict(rows.values_list("user_id", "pk"))
    _insert_items((delivery_of[message.user_id], pk, Channel.INBOX) for pk, message in fresh if message.user_id)


def _deliver_outside(fresh: Sequence[tuple[int, NewMessage]], now: datetime.datetime) -> None:
    rules = rule_values("messaging", on=now.astimezone(ZONE).date())
    reached = users_reached_by({message.user_id for _, message in fresh if message.user_id})
    for channel in enabled_channels():
        digests: list[tuple[int, NewMessage]] = []
        alone: list[tuple[int, NewMessage]] = []
        for pk, message in fresh:
            wanted = rules.digest_channels if message.delivery_class == DeliveryClass.DIGEST else rules.urgent_channels
            if message.user_id and (channel not in wanted or message.user_id not in reached[channel]):
                continue
            if message.person_id and channel != Channel.SMS:
                continue
            (digests if message.delivery_class == DeliveryClass.DIGEST else alone).append((pk, message))
        _deliver_alone(channel, alone, now)
        _deliver_digests(channel, digests, now, rules)


def _deliver_alone(channel: str, fresh: Sequence[tuple[int, NewMessage]], now: datetime.datetime) -> None:
    keys = {pk: str(uuid.uuid4()) for pk, _ in fresh}
    day = now.astimezone(ZONE).date()
    _insert_deliveries(
        (
            {"public_id": keys[pk], "channel": channel, "delivery_class": message.delivery_class,
             "user_id": message.user_id, "person_id": message.person_id, "on_day": day,
             "valid_until": message.valid_until}
            for pk, message in fresh
        ),
        now,
    )  # fmt: skip
    ids = dict(Delivery.objects.filter(public_id__in=keys.values()).values_list("public_id", "pk"))
    _insert_items((ids[uuid.UUID(keys[pk])], pk, channel) for pk, _ in fresh)


def _deliver_digests(
    channel: str, fresh: Sequence[tuple[int, NewMessage]], now: datetime.datetime, rules: SendingRules
) -> None:
    """Today's digest takes them while it waits; a digest that has left is never opened again."""
    today = now.astimezone(ZONE).date()
    tomorrow = datetime.datetime.combine(today + datetime.timedelta(days=1), datetime.time(rules.quiet_until), ZONE)
    left = _join_digests(channel, fresh, today, now)
    still_of_use = [pair for pair in left if pair[1].valid_until is None or pair[1].valid_until > tomorrow]
    _join_digests(channel, still_of_use, tomorrow.date(), tomorrow)


def _join_digests(
    channel: str, fresh: Sequence[tuple[int, NewMessage]], day: datetime.date, not_before: datetime.datetime
) -> list[tuple[int, NewMessage]]:
    """Put messages into their recipients' digests of a day; returns those whose digest has left already."""
    recipients = {(message.user_id, message.person_id) for _, message in fresh}
    _insert_deliveries(
        (
            {"public_id": str(uuid.uuid4()), "channel": channel, "delivery_class": DeliveryClass.DIGEST,
             "user_id": user, "person_id": person, "on_day": day, "next_attempt_at": not_before}
            for user, person in sorted(recipients, key=lambda pair: (pair[0] or 0, pair[1] or 0))
        ),
        not_before,
    )  # fmt: skip
    rows = (
        Delivery.objects.select_for_update()
        .filter(channel=channel, on_day=day, delivery_class=DeliveryClass.DIGEST, state=DeliveryState.PENDING)
        .filter(payload__isnull=True)
        .order_by("pk")
    )
    waiting: dict[tuple[int | None, int | None], int] = {
        (user, person): pk for pk, user, person in rows.values_list("pk", "user_id", "person_id")
    }
    joined, left = [], []
    for pk, message in fresh:
        delivery = waiting.get((message.user_id, message.person_id))
        if delivery is None:
            left.append((pk, message))
        else:
            joined.append((delivery, pk, channel))
    _insert_items(joined)
    return left


def withdraw_messages(message_ids: Collection[int]) -> int:
    """Take back messages that still wait outside the portal; a delivery left empty is withdrawn. Returns how many
    deliveries ended so. What is being sent or was sent stands."""
    if not message_ids:
        return 0
    ids = list(message_ids)
    Message.objects.filter(pk__in=ids, withdrawn_at__isnull=True).update(withdrawn_at=Now())
    waiting = Delivery.objects.filter(state=DeliveryState.PENDING, items__message_id__in=ids)
    still_of_use = DeliveryItem.objects.filter(message__withdrawn_at__isnull=True).values("delivery_id")
    return (
        Delivery.objects.filter(pk__in=waiting.values("pk"))
        .exclude(pk__in=still_of_use.filter(delivery__state=DeliveryState.PENDING))
        .update(state=DeliveryState.WITHDRAWN, outcome=Outcome.BASIS_GONE)
    )


def confirm_delivered(delivery: Delivery, *, actor, request=None) -> None:
    """A clerk has asked and knows that it arrived. Raises BusinessError when it is no longer unknown."""
    _resolve(delivery, DeliveryState.SENT, Outcome.VERIFIED, "messaging.confirm_delivered", actor, request)


def send_again(delivery: Delivery, *, actor, request=None) -> None:
    """A clerk has asked and knows that it did not arrive: the same delivery, key and words go out once more."""
    _resolve(delivery, DeliveryState.PENDING, Outcome.NONE, "messaging.send_again", actor, request)


def _resolve(delivery: Delivery, state: str, outcome: str, action: str, actor, request) -> None:
    with transaction.atomic():
        changed = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.UNKNOWN).update(
            state=state, outcome=outcome, resolved_by=actor, resolved_at=Now(), next_attempt_at=Now(),
            attempts=0, valid_until=None,
        )  # fmt: skip
        if not changed:
            raise BusinessError("这条发送已经有结果了，请刷新页面再看。", code="already_resolved")
        audit.record(action, actor=actor, request=request, target=f"delivery:{delivery.pk}")


def mark_read(user, message_ids: Collection[int]) -> int:
    """Only the user's own; read once."""
    return Message.objects.filter(user=user, pk__in=message_ids, read_at__isnull=True).update(read_at=Now())


@dataclass(frozen=True)
class Receipt:
    """What became of a text at the carrier's: `delivered` or `failed`."""

    key: uuid.UUID
    status: str
    gateway_id: str

    @classmethod
    def parse(cls, values: object) -> "Receipt":
        """Raises ValueError for anything that is not a receipt."""
        if not isinstance(values, dict):
            raise ValueError("not an object")
        key, status, number = (values.get(name) for name in ("key", "status", "id"))
        if not isinstance(key, str) or status not in ("delivered", "failed"):
            raise ValueError("no key or status")
        number = str(number) if isinstance(number, str | int) else ""
        return cls(uuid.UUID(key), status, number.replace("\x00", "")[:80])


def take_receipt(receipt: Receipt) -> bool:
    """Note what the carrier says; False when nobody sent that key. A delivered text stays delivered whatever comes
    later, and a doubt is settled by either word."""
    rows = Delivery.objects.filter(public_id=receipt.key, channel=Channel.SMS)
    sent_somehow = rows.exclude(state=DeliveryState.WITHDRAWN).exclude(outcome=Outcome.RECEIPT).exclude(payload=None)
    values = {"receipt_at": Now(), "gateway_id": receipt.gateway_id, "lease_until": None, "claim": None}
    if receipt.status == "delivered":
        sent_somehow.update(
            state=DeliveryState.SENT, outcome=Outcome.RECEIPT, sent_at=Coalesce("sent_at", Now()), **values
        )
    else:
        sent_somehow.exclude(outcome=Outcome.UNDELIVERED).update(
            state=DeliveryState.FAILED, outcome=Outcome.UNDELIVERED, **values
        )
    return rows.exists()
