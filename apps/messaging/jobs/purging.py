"""What was said is not kept longer than it may be asked about (design 3: payloads go after 30 days)."""

import datetime

from django.db.models.functions import Now

from apps.messaging.choices import DeliveryState
from apps.messaging.models import Delivery

KEPT = datetime.timedelta(days=30)
ENDED = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.WITHDRAWN)


def purge_payloads() -> int:
    """Empty the payloads of deliveries that ended and are older than 30 days; the rows and their figures stay."""
    old = Delivery.objects.filter(state__in=ENDED, created_at__lt=Now() - KEPT, payload__isnull=False)
    return old.update(payload=None, address_index=None)
