"""Taking waiting deliveries under a lease, after asking again whether they may still go."""

import datetime
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Now

from apps.messaging.channels import knows_keys, send_timeout
from apps.messaging.choices import Channel, DeliveryClass, DeliveryState
from apps.messaging.models import ChannelState, Delivery, DeliveryItem
from apps.messaging.outbox import lease
from apps.messaging.recipients import Recipients
from apps.messaging.rules import ZONE, SendingRules, is_noon_rest, is_quiet
from apps.messaging.rules.sending import AT_ANY_HOUR
from apps.organisation.queries import rule_values

from .falling_back import fall_back
from .verdicts import DailyCap, address_verdict, content_verdict, end, is_frozen, mourning, recipient_verdict, too_late
from .wording import PersonWords, address_of, freeze_words

BATCH = 20
LEASE_FACTOR = 3


def lease_of(channel: str) -> datetime.timedelta:
    """Three waits of the other side (trust, pattern for reminders)."""
    return datetime.timedelta(seconds=LEASE_FACTOR * send_timeout(channel))


def claim(channel: str, now: datetime.datetime, *, codes_only: bool = False) -> list[Delivery]:
    """Claim what may go now: several where the other side knows keys, else one, so that a death leaves one doubt.

    Those that may not go any more end here, and go on by another channel where there is one. `now` decides day and
    quiet hours; leases and waits go by the database clock. The claimed carry one `claim` token and their frozen
    payload. Codes go before all else, or alone: somebody waits at the door.
    """
    while True:
        claimed, ended = _claim_once(channel, now, codes_only)
        if claimed or not ended:
            return claimed


def _claim_once(channel: str, now: datetime.datetime, codes_only: bool) -> tuple[list[Delivery], int]:
    """(claimed, number of those that ended here)."""
    today = now.astimezone(ZONE).date()
    rules = rule_values(SendingRules.rule_key, on=today)
    with transaction.atomic():
        size = _size(channel)
        waiting = _waiting(channel, now, today, rules)
        rows = list(waiting.filter(delivery_class=DeliveryClass.CODE)[:size]) if size and channel == Channel.SMS else []
        if size and not rows and not codes_only:
            rows = list(waiting[:size])
        claimed, ended = judge(rows, now, rules)
        lease(claimed, uuid.uuid4(), lease_of(channel))
        fall_back(ended, now=now)
    return claimed, len(ended)


def _size(channel: str) -> int:
    """How many to claim: none while the breaker is open, one to try after a pause."""
    state = ChannelState.objects.filter(channel=channel).annotate(
        is_open=Q(open_until__gt=Now()), is_trial=Q(open_until__lte=Now())
    )
    flags = state.values_list("is_open", "is_trial").first() or (False, False)
    if flags[0]:
        return 0
    return 1 if flags[1] or not knows_keys(channel) else BATCH


def _waiting(channel: str, now: datetime.datetime, today: datetime.date, rules: SendingRules) -> QuerySet[Delivery]:
    rows = pending(channel).filter(next_attempt_at__lte=Now(), on_day__lte=today)
    if is_quiet(now, rules):
        rows = rows.filter(delivery_class__in=AT_ANY_HOUR)
    elif is_noon_rest(now, rules):
        rows = rows.filter(Q(person__isnull=True) | Q(delivery_class__in=AT_ANY_HOUR))
    return rows.order_by("next_attempt_at", "pk")


def pending(channel: str) -> QuerySet[Delivery]:
    """Waiting deliveries, locked one by one, with all that judging and wording ask for."""
    items = DeliveryItem.objects.select_related("message__about").order_by("pk")
    return (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(channel=channel, state=DeliveryState.PENDING)
        .select_related("user", "person")
        .prefetch_related(Prefetch("items", queryset=items))
    )


def judge(rows: Sequence[Delivery], now: datetime.datetime, rules: SendingRules) -> tuple[list[Delivery], list[int]]:
    """(those that may go, with their words frozen but not saved; ids of those ended)."""
    if not rows:
        return [], []
    recipients = Recipients(
        {row.user_id for row in rows}, {row.person_id for row in rows}, rules=rules, on=now.astimezone(ZONE).date()
    )
    cap, texts = DailyCap(rows, rules), PersonWords()
    mourners = mourning(rows, now.astimezone(ZONE).date())
    going, ended = [], []
    for row in rows:
        verdict = too_late(row, now) or recipient_verdict(row, recipients) or content_verdict(row, mourners)
        if verdict is None and not is_frozen(row):
            address = address_of(row, recipients)
            verdict = address_verdict(row, address) or cap.verdict(row)
            if verdict is None:
                freeze_words(row, address, texts)
        if verdict:
            end(row, verdict)
            ended.append(row.pk)
        else:
            going.append(row)
    return going, ended
