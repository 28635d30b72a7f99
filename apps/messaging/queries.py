"""Reads over the outbox."""

import datetime
from collections import defaultdict
from collections.abc import Collection

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from apps.accounts.models import User

from .choices import PUSHED, Channel, DeliveryState
from .models import ChannelState, Delivery, Message


def users_reached_by(user_ids: Collection[int]) -> dict[str, set[int]]:
    """channel → those of the users whom it can reach: active, with a number or an address."""
    reached: dict[str, set[int]] = defaultdict(set)
    rows = User.objects.filter(pk__in=user_ids, is_active=True).values_list("pk", "phone", "email")
    for pk, phone, email in rows:
        reached[Channel.INBOX].add(pk)
        if phone:
            reached[Channel.SMS].add(pk)
        if email:
            reached[Channel.EMAIL].add(pk)
    return reached


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
    """Rows {on_day, channel, sent, waiting, failed, unknown, withdrawn}, newest first, both ends included."""
    states = {
        "sent": Q(state=DeliveryState.SENT),
        "waiting": Q(state__in=(DeliveryState.PENDING, DeliveryState.CLAIMED)),
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
