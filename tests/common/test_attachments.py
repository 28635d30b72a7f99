"""Private files: unreadable on disk, gone when due."""

import datetime
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.common import attachments
from apps.common.crypto import Undecryptable
from apps.common.models import Attachment

pytestmark = pytest.mark.django_db

DATA = "李德厚 440600193602290016".encode()


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path},
    }}  # fmt: skip


def keep(**over) -> Attachment:
    values = {"subject": "registry.importbatch:1", "purpose": "upload", "filename": "李家名册.xlsx", **over}
    return attachments.store(DATA, **values)


def test_stored_file_comes_back_and_shows_nothing_on_disk():
    kept = Attachment.objects.get(pk=keep().pk)
    path = Path(default_storage.path(kept.storage_name))

    assert attachments.read(kept) == DATA
    assert (kept.filename, kept.size) == ("李家名册.xlsx", len(DATA))
    assert "名册" not in str(path)
    assert b"440600" not in path.read_bytes()


def test_swapped_files_do_not_open():
    one, two = keep(), keep()
    one.storage_name, two.storage_name = two.storage_name, one.storage_name

    with pytest.raises(Undecryptable):
        attachments.read(one)


def test_expired_file_goes_and_its_row_stays():
    kept, forever = keep(keep_days=1), keep(keep_days=None)
    assert attachments.purge_expired(timezone.now()) == 0
    later = timezone.now() + datetime.timedelta(days=2)

    assert attachments.purge_expired(later) == 1
    assert attachments.purge_expired(later) == 0
    kept.refresh_from_db()
    assert kept.purged_at is not None
    assert not default_storage.exists(kept.storage_name)
    with pytest.raises(FileNotFoundError):
        attachments.read(kept)
    assert attachments.read(forever) == DATA


def test_file_of_a_rolled_back_transaction_is_swept_up_after_a_day():
    kept = keep()
    name = default_storage.save("private/ab/orphan", ContentFile(b"x"))

    assert attachments.purge_orphans(timezone.now()) == 0
    assert attachments.purge_orphans(timezone.now() + datetime.timedelta(days=2)) == 1
    assert not default_storage.exists(name)
    assert attachments.read(kept) == DATA
