"""What somebody has half typed: one draft an account and old comrade, sealed, gone after thirty days."""

import json

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.common import attachments
from apps.common.errors import BusinessError
from apps.common.models import Attachment
from apps.common.scans import read_scan
from apps.ledgers.aid_keeping import KEEP_FOR
from apps.ledgers.models import AidDraft
from apps.registry.models import Cadre

from .aid import EVIDENCE, MOST_FILES


def draft_of(user, cadre: Cadre) -> AidDraft | None:
    return AidDraft.objects.filter(user=user, cadre=cadre, updated_at__gt=timezone.now() - KEEP_FOR).first()


def values_of(draft: AidDraft | None) -> dict:
    """Answers by field, as the form shows them."""
    return json.loads(draft.data) if draft and draft.data else {}


@transaction.atomic
def keep(user, cadre: Cadre, values: dict) -> AidDraft:
    """Put these answers beside the others."""
    row, _ = AidDraft.objects.get_or_create(user=user, cadre=cadre)
    row = AidDraft.objects.select_for_update().get(pk=row.pk)
    row.data = json.dumps({**values_of(row), **values}, ensure_ascii=False, default=str)
    row.updated_at = timezone.now()
    row.save()
    return row


def subject_of(draft: AidDraft) -> str:
    return f"ledgers.aiddraft:{draft.pk}"


def files_of(draft: AidDraft | None) -> QuerySet[Attachment]:
    if draft is None:
        return Attachment.objects.none()
    return Attachment.objects.filter(subject=subject_of(draft), purged_at__isnull=True).order_by("pk")


def add_file(user, cadre: Cadre, file) -> None:
    """A photo or scan that waits with the draft, for as long as that."""
    draft = keep(user, cadre, {})
    if files_of(draft).count() >= MOST_FILES:
        raise BusinessError(f"最多 {MOST_FILES} 份。", code="many", field="file")
    scan = read_scan(file, field="file")
    attachments.store(
        scan.data, subject=subject_of(draft), purpose=EVIDENCE, filename=scan.filename,
        content_type=scan.content_type, actor=user,
    )  # fmt: skip


def remove_file(user, cadre: Cadre, public_id: str) -> None:
    for kept in files_of(draft_of(user, cadre)):
        if str(kept.public_id) == public_id:
            attachments.purge(kept)


def drop(user, cadre: Cadre, *, files: bool = True) -> None:
    """Throw the draft away, its files too unless an application took them."""
    draft = AidDraft.objects.filter(user=user, cadre=cadre).first()
    if draft is None:
        return
    if files:
        for kept in files_of(draft):
            attachments.purge(kept)
    draft.delete()
