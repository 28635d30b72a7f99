"""Handing in a list of deceased, and comparing it. The same file again is the list that was compared before."""

import functools
import hashlib

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.common import attachments, audit, crypto
from apps.common.choices import Source
from apps.common.errors import BusinessError
from apps.common.jobs import job_kind, report_progress
from apps.common.models import Job
from apps.common.partial_date import PartialDate
from apps.common.services import start_job
from apps.common.workbook import FileRefused, Limits, read
from apps.people.models import Person
from apps.registry.choices import DeceasedListState, LifeEventKind
from apps.registry.models import DeceasedList, LifeEvent
from apps.registry.reporting import deceased

from . import life

COMPARE = "registry.compare_deceased"
HELD = (DeceasedListState.WAITING, DeceasedListState.DONE)


def receive_list(
    data: bytes, filename: str, listed_on: PartialDate, *, actor, request=None
) -> tuple[DeceasedList, bool]:
    """(the list, whether it is new). Kept encrypted for 30 days; a job compares it."""
    if not data:
        raise BusinessError("文件是空的，请重新选择文件。", code="empty", field="file")
    if len(data) > Limits().file_size:
        raise BusinessError("文件超过 10 MB，请分成几个文件上传。", code="too_large", field="file")
    if listed_on.first_day > timezone.localdate():
        raise BusinessError("名单的年月还没有到，请核对。", code="future", field="listed_on")
    digest = crypto.blind_index("attachment", hashlib.sha256(data).hexdigest())
    known = DeceasedList.objects.filter(uploaded_by=actor, digest=digest, state__in=HELD).first()
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            return _keep(data, filename, listed_on, digest, actor, request), True
    except IntegrityError:
        return DeceasedList.objects.get(uploaded_by=actor, digest=digest, state__in=HELD), False


def _keep(data, filename, listed_on, digest, actor, request) -> DeceasedList:
    upload = attachments.store(
        data, subject="registry.deceasedlist", purpose="upload", filename=filename[-100:] or "list", actor=actor
    )
    listed = DeceasedList.objects.create(upload=upload, digest=digest, listed_on=listed_on, uploaded_by=actor)
    audit.record("deceased.upload", actor=actor, request=request, target=f"registry.deceasedlist:{listed.pk}")
    listed.job = start_job(COMPARE, f"比对离世人员名单（第 {listed.pk} 份）", actor=actor, params={"list": listed.pk})
    listed.save(update_fields=["job"])
    return listed


def tell_of_death(person: Person, happened_on: PartialDate, note: str, *, actor) -> LifeEvent:
    """What a list says of somebody: a report that waits for a clerk."""
    told = life.Report(LifeEventKind.DIED, happened_on, detail=note, source=Source.OFFICE)
    return life.report(person, told, actor=actor)


@job_kind(COMPARE)
def compare_list(job: Job) -> dict:
    """Read and compare a list with the scope of whoever handed it in. A file that cannot be taken is a result."""
    listed = DeceasedList.objects.select_related("upload", "uploaded_by").get(pk=job.params["list"])
    if listed.state != DeceasedListState.WAITING:
        return {"rows": listed.counts.get("rows", 0)}
    actor = listed.uploaded_by
    report_progress(job, 5, 100, "正在读文件")
    try:
        sheets = read(attachments.read(listed.upload), listed.upload.filename)
        rows = deceased.rows_of(sheets, timezone.localdate())
        if not rows:
            raise FileRefused("empty", "表头下面没有内容。请核对文件再上传。")
    except FileRefused as refused:
        DeceasedList.objects.filter(pk=listed.pk).update(
            state=DeceasedListState.REFUSED, refusal=refused.sentence[:500]
        )
        return {}
    deceased.compare(
        rows, actor, progress=lambda done: report_progress(job, 10 + 80 * done // len(rows), 100, "正在比对")
    )
    events = deceased.write_reports(rows, listed, functools.partial(tell_of_death, actor=actor))
    return {"rows": len(rows), "reports": len(events)}
