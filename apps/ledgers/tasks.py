"""What a worker does for the ledger."""

from celery import shared_task
from django.utils import timezone

from .aid_keeping import purge_drafts
from .queries.twins import find_twins


@shared_task
def look_for_twins() -> int:
    return find_twins(timezone.localdate())


@shared_task
def purge_aid_drafts() -> int:
    return purge_drafts(timezone.now())
