"""What a worker does for volunteers."""

from celery import shared_task
from django.utils import timezone

from . import series_ahead


@shared_task
def make_shifts() -> int:
    """Weekly shifts of the coming weeks. It carries nothing."""
    return series_ahead.make_all(timezone.now())
