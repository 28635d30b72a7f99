"""What a worker does for volunteers."""

from celery import shared_task
from django.utils import timezone

from . import help_ticking, series_ahead


@shared_task
def make_shifts() -> int:
    """Weekly shifts of the coming weeks. It carries nothing."""
    return series_ahead.make_all(timezone.now())


@shared_task
def turn_requests() -> int:
    """Requests for help: answers that are overdue, what nobody takes, what is over. It carries nothing."""
    return help_ticking.tick(timezone.now())
