"""What a worker does for the ledger."""

from celery import shared_task
from django.utils import timezone

from .services import aid_drafts


@shared_task
def purge_aid_drafts() -> int:
    return aid_drafts.purge(timezone.now())
