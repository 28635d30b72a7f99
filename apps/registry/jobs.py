"""Work of the registry that takes longer than a page: a worker does it, the page shows how far it is."""

from django.utils import timezone

from apps.common.errors import BusinessError
from apps.common.jobs import job_kind, report_progress
from apps.common.models import Job
from apps.common.workbook import FileRefused

from .models import ImportBatch, RegisterBatch
from .registers import writing
from .roster import batches

CHECK, APPLY = "registry.check_roster", "registry.apply_roster"
CHECK_REGISTER, APPLY_REGISTER = "registry.check_register", "registry.apply_register"


@job_kind(CHECK)
def check_roster(job: Job) -> dict:
    """Read and check an uploaded roster. A file that cannot be taken is a result, not a failure."""
    batch = ImportBatch.objects.select_related("upload", "uploaded_by").get(pk=job.params["batch"])
    if batch.state != ImportBatch.State.RECEIVED:
        return batch.counts
    try:
        staged = batches.check_batch(batch, progress=lambda percent, note: report_progress(job, percent, 100, note))
    except FileRefused:
        return {}
    return staged.counts


@job_kind(APPLY)
def apply_roster(job: Job) -> dict:
    report_progress(job, 10, 100, "正在写入名册")
    batch = batches.apply_batch(job.params["batch"])
    if batch.state != ImportBatch.State.APPLIED:
        raise BusinessError("这一批已经被放弃或撤销，没有写入。", code="state")
    return batch.counts


@job_kind(CHECK_REGISTER)
def check_register(job: Job) -> dict:
    """Read and compare the uploaded table of a register; a file that cannot be taken is a result, not a failure."""
    batch = RegisterBatch.objects.select_related("upload", "uploaded_by").get(pk=job.params["batch"])
    if batch.state != RegisterBatch.State.RECEIVED:
        return batch.counts
    report_progress(job, 10, 100, "正在检查")
    return writing.check(batch, today=timezone.localdate())


@job_kind(APPLY_REGISTER)
def apply_register(job: Job) -> dict:
    """Write a confirmed table. What no longer fits goes back to be looked at again, with nothing written."""
    batch = RegisterBatch.objects.select_related("checked", "uploaded_by").get(pk=job.params["batch"])
    report_progress(job, 10, 100, "正在写入")
    try:
        return writing.write(batch, today=timezone.localdate())
    except BusinessError as refusal:
        RegisterBatch.objects.filter(pk=batch.pk, state=RegisterBatch.State.APPLYING).update(
            state=RegisterBatch.State.REFUSED, refusal=refusal.sentence
        )
        raise
