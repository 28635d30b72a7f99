"""What a worker does for the ledger."""

from celery import shared_task
from django.utils import timezone

from .aid_keeping import purge_drafts


@shared_task
def purge_aid_drafts() -> int:
    return purge_drafts(timezone.now())
