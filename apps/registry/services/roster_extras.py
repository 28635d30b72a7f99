"""What rosters said that belongs to rooms above (支部, 责任人): they take it up here and leave what came of it."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.db.models.functions import Now

from apps.registry.models import ImportBatch, ImportExtra

AT_ONCE = 5000


def open_extras(kind: str) -> QuerySet[ImportExtra]:
    """Not taken up yet, of batches that were written and people that still stand; oldest first."""
    return ImportExtra.objects.filter(
        kind=kind,
        settled_at__isnull=True,
        batch__state=ImportBatch.State.APPLIED,
        person__voided_at__isnull=True,
    ).order_by("pk")


def settle(ids: Iterable[int], outcome: str) -> int:
    """Close extras with a sentence for the batch's page; closed ones stay as they are."""
    open_ones = ImportExtra.objects.filter(pk__in=list(ids), settled_at__isnull=True)
    return open_ones.update(settled_at=Now(), outcome=outcome[:200])
