"""Sending: claim, send, commit the outcome, then the next. A death at any point loses nothing and doubles nothing.

A claim whose lease ran out is repeated with the same key where the other side knows keys; where it knows none, it
goes to the worklist of unknown fates and to a person, never blindly out again (design 4C, trust B15).
"""

import datetime
import json
import logging
import random
import time
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from apps.common.crypto import Undecryptable
from apps.messaging.channels import Answer, Attempt, Sender, enabled_channels, knows_keys, send_timeout, sender_for
from apps.messaging.choices import PUSHED, Channel, DeliveryClass, DeliveryState, Outcome
from apps.messaging.models import ChannelState, Delivery
from apps.messaging.rules import back_off, breaker_pause

from .claiming import claim, lease_of
from .ending import end_what_cannot_go
from .falling_back import fall_back

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
RECLAIM_EVERY_S = 1.0  # what a dead sender held is settled while others are still busy


@dataclass
class Sent:
    """What one run did."""

    sent: int = 0
    failed: int = 0
    later: int = 0
    unknown: int = 0


def reclaim_expired() -> int:
    """Settle claims whose lease ran out; returns how many went to the worklist."""
    expired = Delivery.objects.filter(state=DeliveryState.CLAIMED, lease_until__lt=Now())
    unknown = 0
    for channel in PUSHED:
        rows = expired.filter(channel=channel)
        if knows_keys(channel):
            unknown += rows.filter(attempts__gte=MOST_ATTEMPTS).update(
                state=DeliveryState.UNKNOWN, outcome=Outcome.INTERRUPTED, lease_until=None, claim=None
            )
            rows.update(
                state=DeliveryState.PENDING,
                outcome=Outcome.INTERRUPTED,
                lease_until=None,
                claim=None,
                next_attempt_at=Now(),
            )
        else:
            unknown += rows.update(
                state=DeliveryState.UNKNOWN, outcome=Outcome.INTERRUPTED, lease_until=None, claim=None
            )
    return unknown


def send_waiting(now: datetime.datetime, *, seconds: float = 240.0, codes_only: bool = False) -> Sent:
    """Send what waits on every enabled channel, for at most about `seconds`. What waits for a channel that is
    switched off, or on paper until it was too late, ends and goes on by another channel where there is one. With
    `codes_only` nothing but codes for signing in."""
    deadline = time.monotonic() + seconds
    done, reclaim_at = Sent(), 0.0
    done.failed += 0 if codes_only else end_what_cannot_go(now)
    for channel in enabled_channels():
        if codes_only and channel != Channel.SMS:
            continue
        with sender_for(channel) as sender:
            while time.monotonic() < deadline:
                if time.monotonic() >= reclaim_at:
                    done.unknown += reclaim_expired()
                    reclaim_at = time.monotonic() + RECLAIM_EVERY_S
                rows = claim(channel, now, codes_only=codes_only)
                if not rows:
                    break
                _send_claimed(channel, sender, rows, done, now)
    return done


def _send_claimed(channel: str, sender: Sender, rows: list[Delivery], done: Sent, now: datetime.datetime) -> None:
    """Send while the lease surely holds for one more attempt; give the rest back untouched."""
    until = time.monotonic() + lease_of(channel).total_seconds() - 1.5 * send_timeout(channel)
    well = True
    for place, row in enumerate(rows):
        if time.monotonic() > until:
            _give_back(rows[place:])
            return
        attempt = _attempt(sender, row)
        _settle(row, attempt, knows_keys(channel), done, now)
        if attempt.answer in (Answer.NOT_TAKEN, Answer.AMBIGUOUS):
            well = False
            if _count_failure(channel):
                _give_back(rows[place + 1 :])
                return
    if well:
        _count_recovery(channel)


def _attempt(sender: Sender, row: Delivery) -> Attempt:
    """Senders raise ValueError only before anything has left: an address or key that cannot be used."""
    try:
        return sender.send(json.loads(row.payload), str(row.public_id))
    except (ValueError, Undecryptable):
        logger.exception("delivery %s cannot be put into words for its channel", row.pk)
        return Attempt(Answer.REFUSED, Outcome.NO_ADDRESS)


def _settle(row: Delivery, attempt: Attempt, keyed: bool, done: Sent, now: datetime.datetime) -> None:
    """Commit the outcome, unless the claim was lost meanwhile: then another has it, and a late word is not heard."""
    values: dict = {"outcome": attempt.outcome, "lease_until": None, "claim": None}
    if attempt.answer is Answer.ACCEPTED:
        values |= {"state": DeliveryState.SENT, "gateway_id": attempt.gateway_id, "sent_at": Now()}
        done.sent += 1
    elif attempt.answer is Answer.REFUSED:
        values |= {"state": DeliveryState.FAILED}
        done.failed += 1
    elif attempt.answer is Answer.AMBIGUOUS and (not keyed or row.attempts >= MOST_ATTEMPTS):
        values |= {"state": DeliveryState.UNKNOWN}
        done.unknown += 1
    elif row.attempts >= MOST_ATTEMPTS:
        values |= {"state": DeliveryState.FAILED, "outcome": Outcome.TOO_MANY}
        done.failed += 1
    else:
        wait = back_off(row.attempts) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, guards nothing
        values |= {"state": DeliveryState.PENDING, "next_attempt_at": Now() + wait}
        done.later += 1
    if not _commit(row, values, now):
        logger.warning("delivery %s: the lease was lost before its outcome came", row.pk)


def _commit(row: Delivery, values: dict, now: datetime.datetime) -> bool:
    """Write the outcome, with the next channel's delivery where this one failed for good; False when not ours."""
    rows = Delivery.objects.filter(pk=row.pk, state=DeliveryState.CLAIMED, claim=row.claim)
    if row.delivery_class == DeliveryClass.CODE and values.get("state") != DeliveryState.PENDING:
        values["payload"] = None  # a code that was sent or given up is nowhere any more
    if values.get("state") != DeliveryState.FAILED:
        return bool(rows.update(**values))
    with transaction.atomic():
        kept = bool(rows.update(**values))
        if kept:
            fall_back([row.pk], now=now)
    return kept


def _give_back(rows: list[Delivery]) -> None:
    """Not begun: waiting again, as if never claimed."""
    for row in rows:
        Delivery.objects.filter(pk=row.pk, state=DeliveryState.CLAIMED, claim=row.claim).update(
            state=DeliveryState.PENDING, attempts=F("attempts") - 1, lease_until=None, claim=None
        )


def _count_recovery(channel: str) -> None:
    """A whole claim went through: failures are counted from nought again."""
    ChannelState.objects.filter(channel=channel, failures__gt=0).update(failures=0, open_until=None, last_ok_at=Now())


def _count_failure(channel: str) -> bool:
    """Count failures in a row for all senders together; True when the channel is to be left alone for a while."""
    ChannelState.objects.get_or_create(channel=channel)
    ChannelState.objects.filter(channel=channel).update(failures=F("failures") + 1)
    failures = ChannelState.objects.values_list("failures", flat=True).get(channel=channel)
    pause = breaker_pause(failures)
    if pause is not None:
        ChannelState.objects.filter(channel=channel).update(open_until=Now() + pause)
    return pause is not None
