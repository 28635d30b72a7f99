from celery import shared_task
from django.utils import timezone

from . import kept, phone_codes


@shared_task
def purge_kept_posts() -> None:
    kept.purge(timezone.now())


@shared_task
def purge_sign_in_codes() -> None:
    phone_codes.purge(timezone.now())
