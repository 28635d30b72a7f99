from celery import shared_task
from django.utils import timezone

from .jobs import ticking

SECONDS = 50.0  # beat rings each minute; what is left over is taken up by the next ring


@shared_task
def tick() -> None:
    """Wakes planner and senders. It carries nothing: what is due stands in the database."""
    ticking.tick(timezone.now(), seconds=SECONDS)
