"""Reads over the outbox."""

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Now

from .choices import BATCHED, PUSHED, DeliveryState
from .models import ChannelState, Delivery, DeliveryBatch, Message


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
    """The user's own messages, newest day first; taken-back ones are not shown."""
    return Message.objects.filter(user=user, withdrawn_at__isnull=True).select_related("about")


def unread_count(user) -> int:
    return Message.objects.filter(user=user, withdrawn_at__isnull=True, read_at__isnull=True).count()


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


def waiting_by_channel(rows: QuerySet[Delivery]) -> dict[str, dict]:
    """channel → {waiting, first_day} of those among `rows` that wait to be handed out."""
    found = (
        rows.filter(state=DeliveryState.PENDING, channel__in=BATCHED)
        .order_by()
        .values("channel")
        .annotate(waiting=Count("pk"), first_day=Min("on_day"))
    )
    return {row["channel"]: row for row in found}


def unsettled_batches(before: datetime.date) -> QuerySet[DeliveryBatch]:
    """Batches made before a day that still have no result."""
    return DeliveryBatch.objects.filter(settled_at__isnull=True, voided_at__isnull=True, on_day__lt=before)
