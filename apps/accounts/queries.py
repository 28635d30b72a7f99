"""What the audit tells about the looking of accounts: counts, never whom they looked at."""

import datetime
from collections.abc import Collection

from django.db.models import Count
from django.utils import timezone

from apps.common.models import AuditEntry

LOOKS = ("reveal", "reveal.refused")


def reveals_since(day: datetime.date, users: Collection[int]) -> dict[int, int]:
    """user → looks at masked values since the beginning of a day of the bureau, refused ones included."""
    begin = timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
    rows = AuditEntry.objects.filter(actor_id__in=users, action__in=LOOKS, at__gte=begin)
    return dict(rows.order_by().values_list("actor_id").annotate(count=Count("pk")))
