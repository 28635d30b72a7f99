"""What becomes of deliveries afterwards: taken back, settled by staff, told by receipts; and what was read."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.messaging.choices import Channel, DeliveryState, Outcome
from apps.messaging.jobs.falling_back import fall_back, recall_fallbacks
from apps.messaging.models import Delivery, DeliveryItem, Message


def withdraw_messages(message_ids: Collection[int]) -> int:
    """Take back messages that still wait outside the portal; a delivery left empty is withdrawn. Returns how many
    deliveries ended so. What is being sent or was sent stands."""
    if not message_ids:
        return 0
    ids = list(message_ids)
    with transaction.atomic():
        return _withdraw(ids)


def _withdraw(ids: list[int]) -> int:
    # Deliveries are locked before messages, as senders do it.
    list(
        Delivery.objects.select_for_update()
        .filter(pk__in=DeliveryItem.objects.filter(message_id__in=ids).values("delivery_id"))
        .filter(state=DeliveryState.PENDING)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
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
    """A clerk has asked and knows that it did not arrive: the same delivery, key and words go out once more;
    what was in a file or on paper joins the next batch."""
    _resolve(delivery, DeliveryState.PENDING, Outcome.NONE, "messaging.send_again", actor, request)


def _resolve(delivery: Delivery, state: str, outcome: str, action: str, actor, request) -> None:
    values = {"batch": None} if state == DeliveryState.PENDING else {}
    with transaction.atomic():
        changed = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.UNKNOWN).update(
            state=state, outcome=outcome, resolved_by=actor, resolved_at=Now(), next_attempt_at=Now(),
            attempts=0, valid_until=None, **values,
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
    with transaction.atomic():
        found = list(rows.values_list("pk", flat=True))
        if receipt.status == "delivered":
            values |= {"state": DeliveryState.SENT, "outcome": Outcome.RECEIPT, "sent_at": Coalesce("sent_at", Now())}
            if sent_somehow.update(**values):
                recall_fallbacks(found)
        else:
            values |= {"state": DeliveryState.FAILED, "outcome": Outcome.UNDELIVERED}
            if sent_somehow.exclude(outcome=Outcome.UNDELIVERED).update(**values):
                fall_back(found, now=timezone.now())
    return bool(found)
