from celery import shared_task

from .jobs import purging


@shared_task
def purge_payloads() -> None:
    purging.purge_payloads()
