"""Set-based writing of messages, deliveries and their items: one statement for any number of rows."""

import datetime
import json
import uuid
from collections.abc import Iterable, Sequence

from django.db import connection

from .choices import Channel, DeliveryClass, DeliveryState, Outcome
from .models import Delivery

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
# Deliveries with one item each.
ALONE = """
WITH given AS (
    SELECT * FROM unnest(
        %s::uuid[], %s::text[], %s::bigint[], %s::bigint[], %s::date[], %s::timestamptz[], %s::bigint[]
    ) AS given(public_id, delivery_class, user_id, person_id, on_day, valid_until, message_id)
), written AS (
    INSERT INTO messaging_delivery (
        public_id, channel, delivery_class, user_id, person_id, on_day, state, outcome, valid_until, next_attempt_at
    ) SELECT public_id, channel, delivery_class, user_id, person_id, on_day, 'pending', '', valid_until, next_attempt_at
    FROM given, (SELECT %s AS channel, %s::timestamptz AS next_attempt_at) AS every
    RETURNING id, public_id, channel
)
INSERT INTO messaging_deliveryitem (delivery_id, message_id, channel)
SELECT id, message_id, channel FROM written JOIN given USING (public_id) ON CONFLICT DO NOTHING
"""
ITEM_COLUMNS = (("delivery_id", "bigint"), ("message_id", "bigint"), ("channel", "text"))


def _insert(table: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence], tail: str) -> list[tuple]:
    """INSERT … SELECT from arrays."""
    arrays = [list(values) for values in zip(*rows, strict=True)]
    if not arrays:
        return []
    names = ", ".join(name for name, _ in columns)
    casts = ", ".join(f"%s::{kind}[]" for _, kind in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT * FROM unnest({casts}) {tail}", arrays)  # noqa: S608
        return cursor.fetchall() if "RETURNING" in tail else []


def insert_messages(messages: Sequence, today: datetime.date) -> dict[str, int]:
    """key → id of those that were new. `messages` are `NewMessage`s."""
    rows = [
        (str(uuid.uuid4()), m.key, m.delivery_class, m.template, m.user_id, m.person_id, m.about_id,
         json.dumps(m.context), m.on_day or today, m.valid_until)
        for m in messages
    ]  # fmt: skip
    return dict(_insert("messaging_message", MESSAGE_COLUMNS, rows, "ON CONFLICT (key) DO NOTHING RETURNING key, id"))


def insert_deliveries(rows: Iterable[dict]) -> None:
    """Digest rows that stand already are left alone. `next_attempt_at` must be given."""
    values = [
        (row["public_id"], row["channel"], row["delivery_class"], row.get("user_id"), row.get("person_id"),
         row["on_day"], row.get("state", DeliveryState.PENDING), row.get("outcome", ""), row.get("sent_at"),
         row.get("valid_until"), row["next_attempt_at"])
        for row in rows
    ]  # fmt: skip
    _insert("messaging_delivery", DELIVERY_COLUMNS, values, "ON CONFLICT DO NOTHING")


def insert_items(rows: Iterable[tuple[int, int, str]]) -> None:
    """(delivery id, message id, channel); a message enters each channel once."""
    _insert("messaging_deliveryitem", ITEM_COLUMNS, rows, "ON CONFLICT DO NOTHING")


def keep_in_inbox(fresh: Sequence[tuple[int, int]], now: datetime.datetime, day: datetime.date) -> None:
    """The inbox is ours: being written is being delivered. `fresh`: (message id, user id)."""
    if not fresh:
        return
    users = {user for _, user in fresh}
    insert_deliveries(
        {"public_id": str(uuid.uuid4()), "channel": Channel.INBOX, "delivery_class": DeliveryClass.DIGEST,
         "user_id": user, "on_day": day, "state": DeliveryState.SENT, "outcome": Outcome.ACCEPTED, "sent_at": now,
         "next_attempt_at": now}
        for user in sorted(users)
    )  # fmt: skip
    rows = Delivery.objects.filter(channel=Channel.INBOX, on_day=day, user_id__in=users, delivery_class="digest")
    delivery_of = dict(rows.values_list("user_id", "pk"))
    insert_items((delivery_of[user], message, Channel.INBOX) for message, user in fresh)


def deliver_alone(channel: str, fresh: Sequence, now: datetime.datetime, today: datetime.date) -> None:
    """A delivery of its own for each: `fresh` are rows with the attributes of `models.Message`, `pk` included. One
    statement."""
    columns = [
        (str(uuid.uuid4()), m.delivery_class, m.user_id, m.person_id, max(m.on_day, today), m.valid_until, m.pk)
        for m in fresh
    ]  # fmt: skip
    if columns:
        with connection.cursor() as cursor:
            cursor.execute(ALONE, [*map(list, zip(*columns, strict=True)), channel, now])


def join_digests(channel: str, fresh: Sequence, day: datetime.date, not_before: datetime.datetime) -> list:
    """Put messages into their recipients' digests of a day while these wait; returns those whose digest has left
    already: one that has left is never opened again."""
    users = {message.user_id for message in fresh}
    insert_deliveries(
        {"public_id": str(uuid.uuid4()), "channel": channel, "delivery_class": DeliveryClass.DIGEST, "user_id": user,
         "on_day": day, "next_attempt_at": not_before}
        for user in sorted(users)
    )  # fmt: skip
    rows = (
        Delivery.objects.select_for_update()
        .filter(channel=channel, on_day=day, delivery_class=DeliveryClass.DIGEST, state=DeliveryState.PENDING)
        .filter(payload__isnull=True, user_id__in=users)
        .order_by("pk")
    )
    waiting = dict(rows.values_list("user_id", "pk"))
    insert_items((waiting[m.user_id], m.pk, channel) for m in fresh if m.user_id in waiting)
    return [message for message in fresh if message.user_id not in waiting]


HAND_OVER = """
UPDATE messaging_delivery d
SET state = 'handed', batch_id = %s, attempts = d.attempts + 1, payload = coalesce(v.payload, d.payload),
    address_index = coalesce(v.address_index, d.address_index)
FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS v(id, payload, address_index) WHERE v.id = d.id
"""
LEASE = """
UPDATE messaging_delivery d
SET state = 'claimed', claim = %s, lease_until = now() + %s, attempts = d.attempts + 1,
    payload = coalesce(v.payload, d.payload), address_index = coalesce(v.address_index, d.address_index)
FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS v(id, payload, address_index) WHERE v.id = d.id
"""


def hand_over(rows: Sequence[Delivery], batch_id: int) -> None:
    """Bind locked rows with their words to a batch; words frozen before stay as they are."""
    _write_words(HAND_OVER, [batch_id], rows)


def lease(rows: Sequence[Delivery], claim: uuid.UUID, length: datetime.timedelta) -> None:
    """Mark locked rows as claimed, with their words, for `length` by the database clock; the objects follow."""
    _write_words(LEASE, [str(claim), length], rows)
    for row in rows:
        row.state, row.claim, row.attempts = DeliveryState.CLAIMED, claim, row.attempts + 1


def _write_words(statement: str, values: list, rows: Sequence[Delivery]) -> None:
    """Words that were put together now are encrypted and written; those frozen before are left out."""
    if not rows:
        return
    payload = Delivery._meta.get_field("payload")
    sealed = []
    for row in rows:
        words = row.__dict__["payload"]
        sealed.append(payload.seal(row.public_id, words) if isinstance(words, str) else None)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, [r.pk for r in rows], sealed, [r.address_index for r in rows]])
