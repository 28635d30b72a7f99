"""Long work: a Job row claimed by conditional update, run under a lease, resumed by the tick when a worker dies."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db.models import F, Q
from django.db.models.functions import Now

from .errors import BusinessError
from .models import Job

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
MAX_ATTEMPTS = 3
FAILED_SENTENCE = "处理时出了意外，数据没有改动。请稍后重试；再不行请把任务编号告诉系统管理员。"

Work = Callable[[Job], dict]
_kinds: dict[str, Work] = {}


def job_kind(kind: str) -> Callable[[Work], Work]:
    """Declare the function that does jobs of `kind`: takes the Job, returns its `result`, may raise BusinessError.

    It keeps its own transactions, so that progress shows, and must be safe to run again after a crash at any point.
    A file it makes goes to `job.output` with an update of its own.
    """

    def register(work: Work) -> Work:
        _kinds[kind] = work
        return work

    return register


class LeaseLost(Exception):
    """Another worker has taken the job over, or it was cancelled: this one must stop where it is."""


def _ours(job: Job):
    """The row, while it is still this attempt's: a worker that slept past its lease finds nothing here."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)


def report_progress(job: Job, done: int, total: int, note: str = "") -> None:
    """Show how far the work is and renew the lease. Raises LeaseLost, which the work lets through."""
    shown = {"progress_done": done, "progress_total": total, "progress_note": note[:80]}
    if not _ours(job).update(lease_until=Now() + LEASE, **shown):
        raise LeaseLost


def cancel_job(job: Job) -> bool:
    """Give a job up; a running one stops at its next progress report. False when it has ended already."""
    open_states = (Job.State.QUEUED, Job.State.RUNNING)
    ended = {"state": Job.State.CANCELLED, "finished_at": Now(), "lease_until": None}
    return bool(Job.objects.filter(pk=job.pk, state__in=open_states).update(**ended))


def run_job(job_id: int) -> bool:
    """Claim and do one job; False when it is not to be had (done, or another worker holds its lease)."""
    claimed = (
        Job.objects.filter(pk=job_id)
        .filter(Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=Now()))
        .update(
            state=Job.State.RUNNING,
            attempts=F("attempts") + 1,
            lease_until=Now() + LEASE,
            started_at=Now(),
            error="",
        )
    )
    if not claimed:
        return False
    job = Job.objects.get(pk=job_id)
    if job.attempts > MAX_ATTEMPTS:
        _finish(job, Job.State.FAILED, error="试了三次都没有完成。请把任务编号告诉系统管理员。")
        return True
    try:
        result = _kinds[job.kind](job)
    except LeaseLost:
        logger.warning("job %s of kind %s was taken over or cancelled", job.pk, job.kind)
    except BusinessError as refusal:
        _finish(job, Job.State.FAILED, error=refusal.sentence)
    except Exception:
        _finish(job, Job.State.FAILED, error=FAILED_SENTENCE)
        logger.exception("job %s of kind %s failed", job.pk, job.kind)
    else:
        _finish(job, Job.State.DONE, result=result)
    return True


def _finish(job: Job, state: str, *, result: dict | None = None, error: str = "") -> None:
    values = {"state": state, "finished_at": Now(), "lease_until": None, "error": error[:500]}
    if result is not None:
        values["result"] = result
    _ours(job).update(**values)


def expired_jobs() -> list[int]:
    """Jobs whose worker died, and queued ones that nobody was told of for a minute."""
    return list(
        Job.objects.filter(
            Q(state=Job.State.RUNNING, lease_until__lt=Now())
            | Q(state=Job.State.QUEUED, created_at__lt=Now() - timedelta(minutes=1))
        )
        .order_by("pk")
        .values_list("pk", flat=True)[:100]
    )
