"""Periodic work of branches."""

from celery import shared_task
from django.utils import timezone

from . import drafts


@shared_task
def purge_drafts() -> int:
    return drafts.purge(timezone.now())
