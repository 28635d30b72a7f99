"""Files of lessons: streamed from the disk in portions, by range, or handed over to the proxy."""

from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from apps.university.models import Lesson, LessonFile
from apps.university.queries.air import VIEW, may_watch, viewer_of
from apps.university.rules.ranges import OutOfRange, asked_range, portions


def open_to(request, lesson: Lesson) -> bool:
    """Whoever may watch it, and staff of its school before it is published."""
    if may_watch(lesson, viewer_of(request.user, timezone.localdate())):
        return True
    return request.user.has_perm(VIEW) and Lesson.objects.visible_to(request.user, VIEW).filter(pk=lesson.pk).exists()


@login_not_required
@require_safe
def lesson_file(request, file):
    """One file; `?download=1` saves it. 404 for strangers, as for a file that is not there."""
    rows = LessonFile.objects.filter(removed_at__isnull=True).select_related("lesson__series")
    row = rows.filter(public_id=file).first()
    if row is None or not open_to(request, row.lesson):
        raise Http404
    return send_file(request, row)


@login_not_required
@require_safe
def lesson_captions(request, lesson):
    row = Lesson.objects.select_related("series").filter(public_id=lesson).first()
    if row is None or not row.captions or not open_to(request, row):
        raise Http404
    return HttpResponse(row.captions, content_type="text/vtt; charset=utf-8")


def send_file(request, row: LessonFile):
    saved = "download" in request.GET or row.content_type == "application/pdf"
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{row.public_id.hex}"',
        "Content-Disposition": content_disposition_header(saved, row.filename),
        "Cache-Control": "public, max-age=3600" if row.lesson.is_open else "private, no-store",
        # A document opened from this address may load and run nothing.
        "Content-Security-Policy": "default-src 'none'; media-src 'self'; sandbox",
    }
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return HttpResponse(status=304, headers=headers)
    if settings.LESSON_ACCEL_PREFIX:
        accel = f"{settings.LESSON_ACCEL_PREFIX.rstrip('/')}/{quote(row.storage_name)}"
        return HttpResponse(content_type=row.content_type, headers={**headers, "X-Accel-Redirect": accel})
    return stream(request, row, headers)


def stream(request, row: LessonFile, headers: dict):
    """The file or the part that is asked for; never more than a portion in memory."""
    if not default_storage.exists(row.storage_name):
        raise Http404
    size = default_storage.size(row.storage_name)
    asked = request.headers.get("Range", "")
    if request.headers.get("If-Range", headers["ETag"]) != headers["ETag"]:
        asked = ""
    try:
        found = asked_range(asked, size)
    except OutOfRange:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    first, last = found or (0, size - 1)
    length = last - first + 1
    if found:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    headers["Content-Length"] = str(length)
    status = 206 if found else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers, content_type=row.content_type)
    data = portions(default_storage.open(row.storage_name), first, length)
    return StreamingHttpResponse(data, status=status, headers=headers, content_type=row.content_type)
