"""What a clerk does with a roster: hand it in, answer, confirm, give it up, take it back.

Each act claims the batch by its state, so that a double click or two tabs have one effect (the second finds it done).
"""

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.common import attachments, audit, crypto
from apps.common.errors import BusinessError
from apps.common.models import Attachment
from apps.common.services import start_job
from apps.common.workbook import FileRefused, Limits, pack_files, shown_name
from apps.registry.access import import_batches_of
from apps.registry.jobs import APPLY, CHECK
from apps.registry.models import ImportBatch, RosterColumn
from apps.registry.roster import batches
from apps.registry.roster.answers import SUPPLEMENT, Answers
from apps.registry.roster.batches import Checked
from apps.registry.roster.columns import fold_heading
from apps.registry.roster.known import load_rules
from apps.registry.roster.staging import stage

State = ImportBatch.State
UNDO_DAYS = 30


def one_upload(files: list[tuple[str, bytes]]) -> tuple[str, bytes, bool]:
    """(name, data, whether it is a bundle) of what was handed in: one file as it is, several as one zip."""
    if len(files) == 1:
        return files[0][0], files[0][1], False
    data = pack_files([(shown_name(name), content) for name, content in files])
    return f"{shown_name(files[0][0])} 等 {len(files)} 个文件.zip", data, True


@transaction.atomic
def keep_upload(data: bytes, filename: str, *, actor, is_bundle: bool = False, kind: str = SUPPLEMENT) -> ImportBatch:
    """The upload as an encrypted attachment and its batch, not checked yet. Refuses one that is too large.

    `is_bundle`: `data` is what `one_upload` made of several files. `kind`: see `Answers`.
    """
    if len(data) > Limits().file_size:
        raise BusinessError("文件加起来超过 10 MB，请分成几次上传。", code="too_large", field="file")
    upload = attachments.store(
        data, subject="registry.importbatch", purpose="upload", filename=filename[-100:] or "roster", actor=actor
    )
    options = {"kind": kind} | ({"bundle": True} if is_bundle else {})
    batch = ImportBatch.objects.create(upload=upload, uploaded_by=actor, options=options)
    Attachment.objects.filter(pk=upload.pk).update(subject=f"registry.importbatch:{batch.pk}")
    return batch


@transaction.atomic
def receive(
    data: bytes, filename: str, *, actor, request=None, is_bundle: bool = False, kind: str = SUPPLEMENT
) -> ImportBatch:
    """Hand in a roster: it is kept, and a job is queued that checks it."""
    batch = keep_upload(data, filename, actor=actor, is_bundle=is_bundle, kind=kind)
    audit.record("registry.upload_roster", actor=actor, request=request, target=f"registry.importbatch:{batch.pk}")
    _queue(batch, CHECK, "检查名册", actor)
    return batch


def seen_before(data: bytes, *, user) -> ImportBatch | None:
    """The last batch that was applied from exactly this file, among those the user may see."""
    digest = crypto.blind_index("attachment", hashlib.sha256(data).hexdigest())
    return import_batches_of(user).filter(upload__digest=digest, state=State.APPLIED).order_by("-pk").first()


@transaction.atomic
def answer(batch: ImportBatch, answers: Answers, *, actor) -> ImportBatch:
    """Record what no column says and check again with it. A batch past its preview stays as it is."""
    values = {**batch.options, **answers.as_json(), "asked": True}
    claimed = ImportBatch.objects.filter(pk=batch.pk, state__in=(State.QUESTIONS, State.PREVIEW)).update(
        state=State.RECEIVED, options=values
    )
    batch.refresh_from_db()
    if claimed:
        _queue(batch, CHECK, "检查名册", actor)
    return batch


@transaction.atomic
def confirm(
    batch: ImportBatch, *, actor, reason: str = "", skip_warned: bool = False, version: int | None = None
) -> ImportBatch:
    """Let a previewed batch be written by a job.

    Warned rows need a reason unless they are skipped. `version` is that of the preview the clerk saw; another one in
    between is not confirmed. Confirming twice has one effect.
    """
    if batch.counts.get("warned") and not skip_warned and not reason.strip():
        raise BusinessError("有提醒的行要写明理由，或选择先不导入这些行。", code="reason", field="reason")
    options = {
        **batch.options,
        "accept_reason": reason.strip()[:200],
        "skip_warned": skip_warned,
        "confirmed_by": getattr(actor, "pk", None),
    }
    claimed = ImportBatch.objects.filter(pk=batch.pk, state=State.PREVIEW, version=version or F("version")).update(
        state=State.APPLYING, options=options
    )
    batch.refresh_from_db()
    if claimed:
        _queue(batch, APPLY, "写入名册", actor)
    elif batch.state not in (State.APPLYING, State.APPLIED):
        raise BusinessError("这一批的情况已经变了，请看过最新的预览再确认。", code="state")
    return batch


def discard(batch: ImportBatch, *, actor) -> ImportBatch:
    """Give up a batch that was not written."""
    ImportBatch.objects.filter(
        pk=batch.pk, state__in=(State.RECEIVED, State.QUESTIONS, State.PREVIEW, State.REFUSED)
    ).update(state=State.DISCARDED)
    batch.refresh_from_db()
    return batch


def undo_until(batch: ImportBatch) -> datetime | None:
    """Until when the batch can be taken back; None for one that was never written."""
    return batch.applied_at + timedelta(days=UNDO_DAYS) if batch.applied_at else None


def can_undo(batch: ImportBatch) -> bool:
    until = undo_until(batch)
    return batch.state == State.APPLIED and until is not None and until > timezone.now()


def undo(batch: ImportBatch, *, actor) -> ImportBatch:
    """Take a batch back within 30 days; what was changed since then stays and is listed. Twice has one effect."""
    batch.refresh_from_db()
    if batch.state == State.UNDONE:
        return batch
    if not can_undo(batch):
        raise BusinessError(f"只有导入后 {UNDO_DAYS} 天以内的批次可以撤销。", code="too_late")
    return batches.undo_batch(batch.pk, actor=actor)


def check_now(data: bytes, filename: str, *, answers: Answers, is_bundle: bool = False) -> Checked:
    """What importing would do, as the system itself; nothing is kept. Raises FileRefused for the whole file."""
    rules = load_rules(None, timezone.localdate())
    with batches.no_collecting():
        return batches.checked(stage(data, filename, rules=rules, answers=answers, is_bundle=is_bundle))


def import_now(
    data: bytes, filename: str, *, answers: Answers, reason: str = "", is_bundle: bool = False
) -> tuple[ImportBatch, Checked]:
    """Check and write a roster in this process, as the system itself (the command line). Warned rows are taken.

    Raises FileRefused for the whole file, also when something that no column says was not answered.
    """
    batch = keep_upload(data, filename, actor=None, is_bundle=is_bundle)
    batch.options = batch.options | answers.as_json() | {"accept_reason": reason.strip()[:200]}
    batch.save(update_fields=["options"])
    found = batches.check_batch(batch)
    _refuse_unanswered(batch, found)
    ImportBatch.objects.filter(pk=batch.pk).update(state=State.APPLYING)
    return batches.apply_batch(batch.pk), found


def _refuse_unanswered(batch: ImportBatch, found: Checked) -> None:
    for question, sentence in (
        ("retire_type", "表里没有离退休类型这一栏。请用 --retire-type 写明离休或退休。"),
        ("unit", "表里没有单位这一栏，表名和标题也看不出。请用 --unit 写明单位代码。"),
    ):
        if question in found.questions:
            ImportBatch.objects.filter(pk=batch.pk).update(state=State.REFUSED, refusal=sentence)
            raise FileRefused(f"ask_{question}", sentence)


def save_column(column: RosterColumn) -> RosterColumn:
    """Store the bureau's words for a column; a word that already means another column is refused."""
    column.aliases = list(dict.fromkeys(word.strip() for word in column.aliases if word.strip()))
    others = RosterColumn.objects.exclude(pk=column.pk)
    taken = {fold_heading(word): other.label for other in others for word in (other.label, *other.aliases)}
    for word in column.aliases:
        if fold_heading(word) in taken:
            raise BusinessError(f"“{word}”已经表示“{taken[fold_heading(word)]}”这一栏。", code="taken", field="aliases")
    column.save(update_fields=["aliases"])
    return column


def _queue(batch: ImportBatch, kind: str, title: str, actor) -> None:
    job = start_job(kind, f"{title}（第 {batch.pk} 批）", actor=actor, params={"batch": batch.pk})
    ImportBatch.objects.filter(pk=batch.pk).update(job=job)
    batch.refresh_from_db()
