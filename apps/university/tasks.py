"""What a worker does for the university."""

from celery import shared_task
from django.utils import timezone

from . import lesson_store
from .jobs import beginning


@shared_task
def purge_lesson_files() -> int:
    """Files of uploads that were cut off. It carries nothing."""
    return lesson_store.purge_orphans(timezone.now())


@shared_task
def begin_classes() -> int:
    """Classes whose first day has come. It carries nothing."""
    return beginning.begin_due(timezone.localdate())
