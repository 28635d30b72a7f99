from celery import shared_task
from django.utils import timezone

from . import attachments, jobs, sealing


@shared_task
def run_job(*, job_id: int) -> None:
    jobs.run_job(job_id)


@shared_task
def requeue_expired_jobs() -> None:
    for job_id in jobs.expired_jobs():
        run_job.delay(job_id=job_id)


@shared_task
def seal_audit() -> None:
    sealing.seal_committed()


@shared_task
def purge_blobs() -> None:
    attachments.purge_expired(timezone.now())
    attachments.purge_orphans(timezone.now())
