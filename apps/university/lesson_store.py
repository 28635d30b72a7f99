"""The store of lesson files: large, in the open, under random names below `lessons/` of the media folder.

They are no attachments: those are encrypted whole and read into memory, which a film of an hour cannot be. What lies
here is shown to the public or to every student and holds nothing about a person (ADR 0020).
"""

import datetime as dt
import uuid
from contextlib import contextmanager

from django.core.files.base import File
from django.core.files.storage import default_storage

from apps.university.models import LessonFile

FOLDER = "lessons"
ORPHAN_AFTER = dt.timedelta(days=2)


@contextmanager
def stored(file: File, ending: str):
    """Keep a file, in portions; gives the name it is stored under. Whatever fails inside removes it again."""
    file.seek(0)
    name = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex[:2]}/{uuid.uuid4().hex}.{ending}", file)
    try:
        yield name
    except BaseException:
        default_storage.delete(name)
        raise


def remove(name: str) -> None:
    """Once more does nothing."""
    default_storage.delete(name)


def purge_orphans(now: dt.datetime) -> int:
    """Remove files that no row in use speaks of: of uploads that were cut off by a crash. Returns how many."""
    removed = 0
    for folder in default_storage.listdir(FOLDER)[0] if default_storage.exists(FOLDER) else ():
        names = {f"{FOLDER}/{folder}/{name}" for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]}
        rows = LessonFile.objects.filter(storage_name__in=names, removed_at__isnull=True)
        for name in names - set(rows.values_list("storage_name", flat=True)):
            if now - default_storage.get_modified_time(name) > ORPHAN_AFTER:
                default_storage.delete(name)
                removed += 1
    return removed
