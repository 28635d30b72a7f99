"""What a worker does for branches."""

from celery import shared_task
from django.utils import timezone

from apps.messaging.jobs import send_waiting

from . import drafts
from .jobs import sign_in

SECONDS = 30.0


@shared_task
def purge_drafts() -> int:
    return drafts.purge(timezone.now())


@shared_task
def serve_sign_in() -> None:
    """Somebody waits at the door: his code is made and sent before anything else."""
    now = timezone.now()
    sign_in.take_up(now)
    send_waiting(now, seconds=SECONDS, codes_only=True)
