"""Reads over the outbox."""

import datetime
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import Now

from .choices import BATCHED, PUSHED, Channel, DeliveryClass, DeliveryState
from .models import ChannelState, Delivery, DeliveryBatch, DeliveryItem, Message


@dataclass(frozen=True)
class BatchLine:
    """One delivery of a batch, in clear: `to` is a number or an address (empty on a call sheet for somebody without a
    telephone), `person_id` is None for a colleague. After 30 days the words are purged and empty here."""

    delivery_id: int
    person_id: int | None
    name: str
    to: str
    text: str
    on_day: datetime.date
    state: str
    outcome: str


def inbox(user) -> QuerySet[Message]:
    """The user's own messages, newest day first; taken-back ones and codes are not shown."""
    return _shown(user).select_related("about")


def unread_count(user) -> int:
    return _shown(user).filter(read_at__isnull=True).count()


def _shown(user) -> QuerySet[Message]:
    return Message.objects.filter(user=user, withdrawn_at__isnull=True).exclude(delivery_class=DeliveryClass.CODE)


def unknown_deliveries() -> QuerySet[Delivery]:
    """The worklist: sent perhaps, perhaps not; a person must find out (design 4C)."""
    return Delivery.objects.filter(state=DeliveryState.UNKNOWN).select_related("user", "person").order_by("pk")


def late_deliveries(now: datetime.datetime, after: datetime.timedelta) -> int:
    """Pending ones of pushed channels that should have left `after` ago, by the database clock."""
    return Delivery.objects.filter(
        state=DeliveryState.PENDING, channel__in=PUSHED, next_attempt_at__lt=Now() - after, on_day__lte=now.date()
    ).count()


def deliveries_by_day(start: datetime.date, end: datetime.date) -> list[dict]:
    """Rows {on_day, channel, sent, waiting, handed, failed, unknown, withdrawn}, newest first, both ends included."""
    states = {
        "sent": Q(state=DeliveryState.SENT),
        "waiting": Q(state__in=(DeliveryState.PENDING, DeliveryState.CLAIMED)),
        "handed": Q(state=DeliveryState.HANDED),
        "failed": Q(state=DeliveryState.FAILED),
        "unknown": Q(state=DeliveryState.UNKNOWN),
        "withdrawn": Q(state=DeliveryState.WITHDRAWN),
    }
    return list(
        Delivery.objects.filter(on_day__range=(start, end))
        .values("on_day", "channel")
        .annotate(**{name: Count("pk", filter=condition) for name, condition in states.items()})
        .order_by("-on_day", "channel")
    )


def paused_channels() -> list[ChannelState]:
    """Channels whose circuit breaker is open now."""
    return list(ChannelState.objects.filter(open_until__gt=Now()))


def lines_of(batch: DeliveryBatch) -> Iterator[BatchLine]:
    """The deliveries of a batch in the order in which they were taken: by day, then by age of the row."""
    rows = batch.deliveries.select_related("user", "person").order_by("on_day", "pk")
    for row in rows.iterator(chunk_size=500):
        words = json.loads(row.payload) if row.payload else {}
        name = row.user.display_name if row.user_id else row.person.name
        yield BatchLine(
            row.pk, row.person_id, name, words.get("to", ""), words.get("text", ""), row.on_day, row.state, row.outcome
        )


def gone_on_by(delivery_ids: Collection[int]) -> dict[int, str]:
    """delivery id → the channel by which its failed message goes on, the latest of them."""
    onward = DeliveryItem.objects.filter(
        message__items__delivery_id__in=delivery_ids, delivery_id__gt=F("message__items__delivery_id"),
        message__items__delivery__state=DeliveryState.FAILED,
    ).exclude(channel=Channel.INBOX)  # fmt: skip
    return dict(onward.order_by("delivery_id").values_list("message__items__delivery_id", "channel"))


def waiting_by_channel(rows: QuerySet[Delivery]) -> dict[str, dict]:
    """channel → {waiting, first_day} of those among `rows` that wait to be handed out."""
    found = (
        rows.filter(state=DeliveryState.PENDING, channel__in=BATCHED)
        .order_by()
        .values("channel")
        .annotate(waiting=Count("pk"), first_day=Min("on_day"))
    )
    return {row["channel"]: row for row in found}


@dataclass(frozen=True)
class ForPeople:
    """What waits for a person: fates to find out, deliveries of today to hand out, batches whose result is overdue,
    old people whom nothing reached in the last week."""

    unknown: int
    to_hand_out: int
    overdue_batches: int
    not_reached: int


FOR_PEOPLE = """
SELECT (SELECT count(*) FROM messaging_delivery WHERE state = 'unknown'),
       (SELECT count(*) FROM messaging_delivery
         WHERE state = 'pending' AND channel = ANY(%(batched)s) AND on_day <= %(today)s),
       (SELECT count(*) FROM messaging_deliverybatch
         WHERE settled_at IS NULL AND voided_at IS NULL AND on_day < %(overdue)s),
       (SELECT count(DISTINCT d.person_id) FROM messaging_delivery d
         WHERE d.on_day BETWEEN %(week)s AND %(today)s AND d.state = 'failed' AND d.person_id IS NOT NULL
           AND d.delivery_class <> 'code' AND NOT EXISTS (
             SELECT 1 FROM messaging_deliveryitem i JOIN messaging_deliveryitem j ON j.message_id = i.message_id
             JOIN messaging_delivery o ON o.id = j.delivery_id
             WHERE i.delivery_id = d.id AND o.state NOT IN ('failed', 'withdrawn')))
"""


def waiting_for_people(today: datetime.date, *, batch_days: int) -> ForPeople:
    """One statement; a batch is overdue `batch_days` after it was made."""
    values = {
        "batched": [channel.value for channel in BATCHED],
        "today": today,
        "week": today - datetime.timedelta(days=7),
        "overdue": today - datetime.timedelta(days=batch_days),
    }
    with connection.cursor() as cursor:
        cursor.execute(FOR_PEOPLE, values)
        return ForPeople(*cursor.fetchone())
