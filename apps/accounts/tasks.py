from celery import shared_task
from django.utils import timezone

from . import kept


@shared_task
def purge_kept_posts() -> None:
    kept.purge(timezone.now())
