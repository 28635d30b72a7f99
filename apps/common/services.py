from .models import Job
from .tasks import run_job


def start_job(kind: str, title: str, *, actor, params: dict) -> Job:
    """Queue long work; a worker is told once the caller's transaction commits, the tick finds it otherwise."""
    job = Job.objects.create(kind=kind, title=title, requested_by_id=getattr(actor, "pk", None), params=params)
    run_job.delay_on_commit(job_id=job.pk)
    return job
