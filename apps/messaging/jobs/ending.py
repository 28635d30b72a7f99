"""Nothing waits in silence: what no sender and no batch will ever take ends in the open, and goes on elsewhere."""

import datetime

from django.db import transaction
from django.db.models import Q

from apps.messaging.channels import enabled_channels
from apps.messaging.choices import BATCHED, PUSHED, DeliveryState, Outcome
from apps.messaging.models import Delivery
from apps.messaging.rules import ZONE

from .falling_back import fall_back

CHUNK = 500


def end_what_cannot_go(now: datetime.datetime) -> int:
    """End waiting deliveries of pushed channels that are switched off, and of handed-out ones that nobody took in
    time. Returns how many."""
    off = [channel for channel in PUSHED if channel not in enabled_channels()]
    due = Q(channel__in=off, on_day__lte=now.astimezone(ZONE).date())
    late = Q(channel__in=BATCHED, valid_until__lte=now, resolved_at__isnull=True)
    ended = 0
    for which, outcome in ((due, Outcome.CHANNEL_OFF), (late, Outcome.EXPIRED)):
        while count := _end_some(which, outcome, now):
            ended += count
    return ended


def _end_some(which: Q, outcome: str, now: datetime.datetime) -> int:
    with transaction.atomic():
        rows = Delivery.objects.select_for_update(skip_locked=True).filter(which, state=DeliveryState.PENDING)
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK])
        if ids:
            Delivery.objects.filter(pk__in=ids).update(state=DeliveryState.FAILED, outcome=outcome)
            fall_back(ids, now=now)
    return len(ids)
