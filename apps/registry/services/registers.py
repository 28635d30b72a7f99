"""Tables of registers coming in: received, confirmed, given up."""

from django.db import transaction

from apps.accounts.access import holders_within, unit_ids_for
from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.common.services import start_job
from apps.registry.choices import RegisterKind
from apps.registry.jobs import APPLY_REGISTER, CHECK_REGISTER
from apps.registry.models import RegisterBatch
from apps.registry.registers.comparing import CHANGED, MODELS, NEW

State = RegisterBatch.State


def right_of(kind: str) -> str:
    """What importing into a register asks for."""
    return f"registry.change_{MODELS[RegisterKind(kind)]._meta.model_name}"


def batches_of(user, kind: str):
    """The user's own tables, and those of colleagues whose right lies within his."""
    mine = unit_ids_for(user, right_of(kind))
    if not mine:
        return RegisterBatch.objects.none()
    rows = RegisterBatch.objects.filter(kind=kind)
    uploaders = rows.order_by().values("uploaded_by")
    return rows.filter(uploaded_by__in=[user.pk, *holders_within(mine, right_of(kind), among=uploaders)])


@transaction.atomic
def receive(kind: str, data: bytes, filename: str, *, actor, request=None) -> RegisterBatch:
    """Keep an uploaded table and let a job check it."""
    upload = attachments.store(data, subject="registry.registerbatch", purpose="登记表", filename=filename, actor=actor)
    batch = RegisterBatch.objects.create(kind=kind, upload=upload, uploaded_by=actor)
    audit.record(
        "register.upload", actor=actor, fields=[kind], target=f"registry.registerbatch:{batch.pk}", request=request
    )
    _queue(batch, CHECK_REGISTER, "检查", actor)
    return batch


@transaction.atomic
def confirm(batch: RegisterBatch, *, version: int, actor) -> RegisterBatch:
    """Let a previewed table be written. `version` is that of the preview seen; confirming twice has one effect."""
    if not (batch.counts.get(NEW) or batch.counts.get(CHANGED)):
        raise BusinessError("这张表里没有要写入的内容。", code="nothing")
    claimed = RegisterBatch.objects.filter(pk=batch.pk, state=State.PREVIEW, version=version).update(
        state=State.APPLYING
    )
    batch.refresh_from_db()
    if claimed:
        _queue(batch, APPLY_REGISTER, "写入", actor)
    elif batch.state not in (State.APPLYING, State.APPLIED):
        raise BusinessError("这一批的情况已经变了，请看过最新的预览再确认。", code="state")
    return batch


def discard(batch: RegisterBatch) -> None:
    """Give up a table that was not written."""
    RegisterBatch.objects.filter(pk=batch.pk, state__in=(State.RECEIVED, State.PREVIEW)).update(state=State.DISCARDED)


def _queue(batch: RegisterBatch, kind: str, act: str, actor) -> None:
    title = f"{act}{batch.get_kind_display()}登记表（第 {batch.pk} 批）"
    job = start_job(kind, title, actor=actor, params={"batch": batch.pk})
    RegisterBatch.objects.filter(pk=batch.pk).update(job=job)
    batch.refresh_from_db()
