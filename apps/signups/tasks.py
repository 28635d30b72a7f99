"""What a worker does for sign-ups."""

from celery import shared_task
from django.utils import timezone

from . import lapsing


@shared_task
def lapse_offers() -> int:
    """Offers whose time is over, and places that nobody has been asked about. It carries nothing."""
    return lapsing.lapse(timezone.now())
