"""Beside the page of a recorded meeting: taking it back on the same day, photos."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.branches.access import Desk
from apps.branches.desk import at_desk
from apps.branches.models import Meeting
from apps.branches.queries.meeting_page import PHOTO, may_undo, photos_of
from apps.branches.services import void_meeting
from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.common.models import Attachment
from apps.common.photos import read_photo

from .meetings import own_meeting

MOST_PHOTOS = 9


def meeting_url(desk: Desk, meeting: Meeting) -> str:
    return reverse("branches:meeting", args=[desk.organisation.public_id, meeting.public_id])


@require_POST
@at_desk
def meeting_undo(request, desk, meeting):
    found = own_meeting(desk, meeting)
    if not may_undo(desk, found):
        raise Http404
    void_meeting(desk, found, reason="当天撤回")
    messages.success(request, "撤回了，这次会议当作没有记过。记错了人的，送学也一起撤了。")
    return HttpResponseRedirect(meeting_url(desk, found))


# Photos: never asked for (domain 3.15), kept with the meeting --------------------------------------------------


@require_POST
@at_desk
def photo_add(request, desk, meeting):
    found = own_meeting(desk, meeting)
    files = request.FILES.getlist("photo")
    try:
        add_photos(desk, found, files)
    except BusinessError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, f"加了 {len(files)} 张照片。")
    return HttpResponseRedirect(meeting_url(desk, found))


def add_photos(desk: Desk, meeting: Meeting, files) -> None:
    if not files:
        raise BusinessError("请先选照片。", code="empty", field="photo")
    if len(photos_of(meeting)) + len(files) > MOST_PHOTOS:
        raise BusinessError(f"一次会议最多放 {MOST_PHOTOS} 张照片。", code="many", field="photo")
    for photo_file in [read_photo(file) for file in files]:
        attachments.store(
            photo_file.data, subject=f"branches.meeting:{meeting.pk}", purpose=PHOTO, filename=photo_file.filename,
            content_type=photo_file.content_type, actor=desk.user, keep_days=None,
        )  # fmt: skip
    audit.record(
        "change_meeting", actor=desk.user, fields=["photo"], target=f"branches.meeting:{meeting.pk}",
        reason="代录" if desk.by_staff else "",
    )  # fmt: skip


@require_safe
@at_desk
def photo(request, desk, meeting, photo):
    found = get_object_or_404(
        Attachment, public_id=photo, purpose=PHOTO, purged_at__isnull=True,
        subject=f"branches.meeting:{own_meeting(desk, meeting).pk}",
    )  # fmt: skip
    return HttpResponse(attachments.read(found), content_type=found.content_type)


@require_POST
@at_desk
def photo_remove(request, desk, meeting, photo):
    owner = own_meeting(desk, meeting)
    found = get_object_or_404(
        Attachment, public_id=photo, purpose=PHOTO, subject=f"branches.meeting:{owner.pk}"
    )  # fmt: skip
    attachments.purge(found)
    audit.record("change_meeting", actor=desk.user, fields=["photo"], target=f"branches.meeting:{owner.pk}")
    messages.success(request, "照片删掉了。")
    return HttpResponseRedirect(meeting_url(desk, owner))
