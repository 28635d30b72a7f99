"""Encrypted files of private media. All reading and writing of them happens here."""

import datetime
import hashlib
import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from . import crypto
from .models import Attachment

BLOB_DAYS = 30
FOLDER = "private"
ORPHAN_AFTER = datetime.timedelta(days=1)


class FileGone(FileNotFoundError):
    """The content is no longer kept, or not where it was put. A page that does not say so itself answers 410."""


def _place(public_id) -> bytes:
    return crypto.place("common.attachment", public_id, "content")


def store(
    data: bytes,
    *,
    subject: str,
    purpose: str,
    filename: str,
    content_type: str = "application/octet-stream",
    actor=None,
    keep_days: int | None = BLOB_DAYS,
) -> Attachment:
    """Encrypt and keep `data`; `keep_days` None keeps it for good. The file is written before the row commits."""
    public_id = uuid.uuid4()
    name = default_storage.save(
        f"{FOLDER}/{public_id.hex[:2]}/{uuid.uuid4().hex}",
        ContentFile(crypto.encrypt_bytes(data, _place(public_id))),
    )
    return Attachment.objects.create(
        public_id=public_id,
        subject=subject,
        purpose=purpose,
        filename=filename,
        content_type=content_type,
        size=len(data),
        digest=crypto.blind_index("attachment", hashlib.sha256(data).hexdigest()),
        storage_name=name,
        created_by_id=getattr(actor, "pk", None),
        purge_after=timezone.now() + datetime.timedelta(days=keep_days) if keep_days is not None else None,
    )


def read(attachment: Attachment) -> bytes:
    """The clear content; raises FileGone when it was purged, or when the storage has lost it."""
    if attachment.purged_at:
        raise FileGone("文件已按保留期清除。")
    try:
        with default_storage.open(attachment.storage_name) as handle:
            sealed = handle.read()
    except FileNotFoundError as error:
        raise FileGone("存放文件的地方没有这份文件。") from error
    return crypto.decrypt_bytes(sealed, _place(attachment.public_id))


def purge(attachment: Attachment) -> None:
    """Remove a file before its time; the row stays and says when. Once more does nothing."""
    if attachment.purged_at is None:
        default_storage.delete(attachment.storage_name)
        attachment.purged_at = timezone.now()
        attachment.save(update_fields=["purged_at"])


def purge_orphans(now: datetime.datetime) -> int:
    """Remove files that no row speaks of: of transactions that were rolled back after storing. Returns how many."""
    removed = 0
    for folder in default_storage.listdir(FOLDER)[0] if default_storage.exists(FOLDER) else ():
        names = [f"{FOLDER}/{folder}/{name}" for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]]
        known = set(Attachment.objects.filter(storage_name__in=names).values_list("storage_name", flat=True))
        for name in set(names) - known:
            if now - default_storage.get_modified_time(name) > ORPHAN_AFTER:
                default_storage.delete(name)
                removed += 1
    return removed


def purge_expired(now: datetime.datetime) -> int:
    """Remove files past their keeping time; the rows stay. Returns how many."""
    due = Attachment.objects.filter(purged_at__isnull=True, purge_after__lt=now).order_by("pk")[:1000]
    for attachment in due:
        default_storage.delete(attachment.storage_name)
        Attachment.objects.filter(pk=attachment.pk).update(purged_at=now)
    return len(due)
