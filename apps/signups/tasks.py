"""What a worker does for sign-ups."""

from celery import shared_task
from django.utils import timezone

from . import draw_telling, lapsing


@shared_task
def lapse_offers() -> int:
    """Offers whose time is over, and places that nobody has been asked about. It carries nothing."""
    return lapsing.lapse(timezone.now())


@shared_task
def tell_draw_results() -> int:
    """Notices of draws that were published. It carries nothing."""
    return draw_telling.tell_results(timezone.now())
