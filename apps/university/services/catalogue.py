"""The poster of a course, the scan of an agreement."""

from django.db import transaction

from apps.common import attachments, audit
from apps.common.photos import clean_photo
from apps.common.scans import Scan, read_scan
from apps.university.models import Agreement, Course

PDF = "application/pdf"


def read_poster(file, *, field: str = "file") -> Scan:
    """A poster as it is kept: a PDF as handed in, a picture cleaned of everything but the picture."""
    scan = read_scan(file, field=field)
    if scan.content_type == PDF:
        return scan
    stem = scan.filename.rsplit(".", 1)[0]
    return Scan(clean_photo(scan.data, field=field), f"{stem}.jpg", "image/jpeg")


@transaction.atomic
def set_poster(course: Course, scan: Scan | None, *, actor) -> None:
    """Put on, replaced or (None) taken off; the file of before is removed."""
    row = Course.objects.select_for_update(of=("self",)).select_related("poster").get(pk=course.pk)
    before = row.poster
    row.poster = _kept(scan, f"university.course:{row.pk}", "course_poster", actor) if scan else None
    row.save(update_fields=["poster"])
    if before is not None:
        transaction.on_commit(lambda: attachments.purge(before))
    audit.record("course.poster", actor=actor, target=f"university.course:{row.pk}")


@transaction.atomic
def set_scan(agreement: Agreement, scan: Scan | None, *, actor) -> None:
    """The signed agreement, put on, replaced or taken off."""
    row = Agreement.objects.select_for_update(of=("self",)).select_related("scan").get(pk=agreement.pk)
    before = row.scan
    row.scan = _kept(scan, f"university.agreement:{row.pk}", "agreement", actor) if scan else None
    row.save(update_fields=["scan"])
    if before is not None:
        transaction.on_commit(lambda: attachments.purge(before))
    audit.record("agreement.scan", actor=actor, target=f"university.agreement:{row.pk}")


def _kept(scan: Scan, subject: str, purpose: str, actor):
    return attachments.store(
        scan.data, subject=subject, purpose=purpose, filename=scan.filename, content_type=scan.content_type,
        actor=actor, keep_days=None,
    )  # fmt: skip
