"""A list that comes in: received, checked by a job, looked at, confirmed, written by another job; once each (rule book
10.7, 10.56). What its rows are, and how they are judged and written, says whoever brings it."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import transaction

from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.common.jobs import report_progress
from apps.common.models import Job
from apps.common.services import start_job
from apps.registry.registers.lists import Line, Lines, refused_rows
from apps.volunteers.models.batches import UploadBatch

NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"
VERDICTS = (NEW, CHANGED, UNCHANGED, REFUSED)
State = UploadBatch.State


class Judged(Protocol):
    """What one line comes to; `faults` of the line say why it is refused."""

    line: Line
    verdict: str


@dataclass(frozen=True)
class Flow:
    """One kind of list. `words` is its name; `check` and `apply` are the kinds of its jobs; `uploaded` is the audited
    act. `judge(batch)` reads and compares the upload, raising BusinessError for the file as a whole; `as_row(outcome)`
    is what the preview shows and the job writes, never with a personal number among the words shown."""

    model: type[UploadBatch]
    words: str
    check: str
    apply: str
    uploaded: str
    judge: Callable[[Any], tuple[Lines, list]]
    as_row: Callable[[Any], dict]

    def target(self, batch: UploadBatch) -> str:
        return f"{self.model._meta.label_lower}:{batch.pk}"


@transaction.atomic
def receive(flow: Flow, data: bytes, filename: str, *, actor, request=None, **more) -> UploadBatch:
    """Keep an uploaded list and let a job check it."""
    label = flow.model._meta.label_lower
    upload = attachments.store(data, subject=label, purpose=flow.words, filename=filename, actor=actor)
    batch = flow.model.objects.create(upload=upload, uploaded_by=actor, **more)
    audit.record(flow.uploaded, actor=actor, target=flow.target(batch), request=request)
    _queue(flow, batch, flow.check, "检查", actor)
    return batch


@transaction.atomic
def confirm(flow: Flow, batch: UploadBatch, *, version: int, actor) -> UploadBatch:
    """Let a previewed list be written. `version` is that of the preview seen; confirming twice has one effect."""
    if not (batch.counts.get(NEW) or batch.counts.get(CHANGED)):
        raise BusinessError("这张表里没有要写入的内容。", code="nothing")
    rows = flow.model.objects.filter(pk=batch.pk, state=State.PREVIEW, version=version)
    claimed = rows.update(state=State.APPLYING)
    batch.refresh_from_db()
    if claimed:
        _queue(flow, batch, flow.apply, "写入", actor)
    elif batch.state not in (State.APPLYING, State.APPLIED):
        raise BusinessError("这一批的情况已经变了，请看过最新的预览再确认。", code="state")
    return batch


def discard(flow: Flow, batch: UploadBatch) -> None:
    """Give up a list that was not written."""
    rows = flow.model.objects.filter(pk=batch.pk, state__in=(State.RECEIVED, State.PREVIEW))
    rows.update(state=State.DISCARDED)


def read_checked(batch: UploadBatch) -> dict:
    """`unknown` headings and `rows` as checked; empty once purged."""
    try:
        return json.loads(attachments.read(batch.checked)) if batch.checked else {"unknown": [], "rows": []}
    except FileNotFoundError:
        return {"unknown": [], "rows": []}


def run_check(flow: Flow, job: Job) -> dict:
    """Read and compare the upload; a file that cannot be taken is a result, not a failure."""
    batch = flow.model.objects.select_related("upload", "uploaded_by").get(pk=job.params["batch"])
    if batch.state != State.RECEIVED:
        return batch.counts
    report_progress(job, 10, 100, "正在检查")
    rows = flow.model.objects.filter(pk=batch.pk, state=State.RECEIVED)
    try:
        lines, outcomes = flow.judge(batch)
    except BusinessError as refusal:
        rows.update(state=State.REFUSED, refusal=refusal.sentence[:500])
        return {}
    counts = {verdict: 0 for verdict in VERDICTS} | Counter(one.verdict for one in outcomes)
    refused = [one.line for one in outcomes if one.verdict == REFUSED]
    with transaction.atomic():
        kept = {"checked": _keep(flow, batch, "检查结果", "checked.json", _as_json(flow, lines.unknown, outcomes))}
        if refused:
            data = refused_rows(lines, refused)
            kept["report"] = _keep(flow, batch, "不能导入的行", f"没有导入的{flow.words}.xlsx", data)
        rows.update(state=State.PREVIEW, counts=dict(counts), **kept)
    return dict(counts)


def run_apply(flow: Flow, job: Job, write: Callable[[int], dict]) -> dict:
    """Write a confirmed list. What no longer fits goes back to be looked at again, with nothing written."""
    report_progress(job, 10, 100, "正在写入")
    pk = job.params["batch"]
    try:
        return write(pk)
    except BusinessError as refusal:
        flow.model.objects.filter(pk=pk, state=State.APPLYING).update(
            state=State.REFUSED, refusal=refusal.sentence[:500]
        )
        raise


def lines_to_write(batch: UploadBatch) -> list[Line]:
    """The rows that were new or changed in the preview, to be compared anew."""
    kept = [row for row in read_checked(batch)["rows"] if row["verdict"] in (NEW, CHANGED)]
    return [Line(row["number"], [], row["values"]) for row in kept]


def no_longer_fits(line: Line) -> BusinessError:
    return BusinessError(f"第 {line.number} 行和现在的登记对不上了，没有写入。请重新上传再看一遍。", code="changed")


def _queue(flow: Flow, batch: UploadBatch, kind: str, act: str, actor) -> None:
    job = start_job(kind, f"{act}{flow.words}（第 {batch.pk} 批）", actor=actor, params={"batch": batch.pk})
    flow.model.objects.filter(pk=batch.pk).update(job=job)
    batch.refresh_from_db()


def _keep(flow: Flow, batch: UploadBatch, purpose: str, filename: str, data: bytes):
    target = flow.target(batch)
    return attachments.store(data, subject=target, purpose=purpose, filename=filename, actor=batch.uploaded_by)


def _as_json(flow: Flow, unknown: list[str], outcomes: Iterable[Judged]) -> bytes:
    rows = [
        {
            "number": one.line.number, "verdict": one.verdict, "name": one.line.values.get("name", ""),
            "faults": list(dict.fromkeys(one.line.faults.values())),
            "values": one.line.values if one.verdict != REFUSED else {}, **flow.as_row(one),
        }
        for one in outcomes
    ]  # fmt: skip
    return json.dumps({"unknown": unknown, "rows": rows}, ensure_ascii=False).encode()
