"""Meetings that were recorded: the list, one of them, its photos, taking it back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.branches import drafts
from apps.branches.access import Desk
from apps.branches.choices import MeetingKind
from apps.branches.desk import at_desk, show
from apps.branches.forms.meetings import VoidForm
from apps.branches.models import Meeting
from apps.branches.queries.meeting_text import meeting_text
from apps.branches.services import restore_meeting, void_meeting
from apps.branches.services.meetings import open_deliveries
from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.common.models import Attachment
from apps.common.scans import read_scan

from .meeting_steps import FORM, own_meeting

PER_PAGE = 20
PHOTO = "meeting_photo"
MOST_PHOTOS = 9
IMAGES = ("image/jpeg", "image/png")


def meeting_url(desk: Desk, meeting: Meeting) -> str:
    return reverse("branches:meeting", args=[desk.organisation.public_id, meeting.public_id])


@require_safe
@at_desk
def meetings(request, desk):
    rows = Meeting.objects.filter(organisation=desk.organisation).select_related("entered_by")
    kind = request.GET.get("kind", "")
    rows = rows.filter(kind=kind) if kind in MeetingKind else rows
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "kind": kind, "kinds": [("", "全部"), *MeetingKind.choices], "query": urlencode({"kind": kind}),
        "total": f"共 {page.paginator.count} 次，最近的在前",
    }  # fmt: skip
    return show(request, desk, "desk/meetings/list.html", context)


@require_safe
@at_desk
def meeting(request, desk, meeting):
    """What was recorded, as a page and as a text for the group."""
    found = own_meeting(desk, meeting)
    roll = list(found.attendance.select_related("person").order_by("person__name_stroke_key", "person_id"))
    audit.look(
        "open", actor=request.user, people=[row.person_id for row in roll], fields=["meeting"],
        target=f"branches.meeting:{found.pk}", request=request,
    )  # fmt: skip
    context = {
        "meeting": found,
        "roll": roll,
        "text": meeting_text(found, roll),
        "to_deliver": open_deliveries(found).count(),
        "photos": photos_of(found),
        "is_saved": "saved" in request.GET,
        "draft_url": drafts.address_of(desk, FORM),
        "may_undo": may_undo(desk, found),
    }
    return show(request, desk, "desk/meetings/meeting.html", context)


def may_undo(desk: Desk, meeting: Meeting) -> bool:
    """One tap on the day it was entered, by whoever entered it."""
    day = timezone.localdate(meeting.created_at)
    return meeting.voided_at is None and day == desk.today and meeting.entered_by_id == desk.user.pk


@require_POST
@at_desk
def meeting_undo(request, desk, meeting):
    found = own_meeting(desk, meeting)
    if not may_undo(desk, found):
        raise Http404
    void_meeting(desk, found, reason="当天撤回")
    messages.success(request, "撤回了，这次会议当作没有记过。记错了人的，送学也一起撤了。")
    return HttpResponseRedirect(meeting_url(desk, found))


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def meeting_void(request, desk, meeting):
    found = own_meeting(desk, meeting)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            void_meeting(desk, found, reason=form.cleaned_data["reason"])
        except BusinessError as error:
            form.refuse(error)
        else:
            messages.success(request, "已作废。")
            return HttpResponseRedirect(meeting_url(desk, found))
    context = {"form": form, "meeting": found, "back": meeting_url(desk, found)}
    return show(request, desk, "desk/meetings/void.html", context, status=422 if form.errors else 200)


@require_POST
@at_desk
def meeting_restore(request, desk, meeting):
    found = own_meeting(desk, meeting)
    restore_meeting(desk, found)
    messages.success(request, "恢复了，这次会议又算数了。")
    return HttpResponseRedirect(meeting_url(desk, found))


# Photos: never asked for (domain 3.15), kept with the meeting --------------------------------------------------


def photos_of(meeting: Meeting) -> list[Attachment]:
    rows = Attachment.objects.filter(subject=f"branches.meeting:{meeting.pk}", purpose=PHOTO, purged_at__isnull=True)
    return list(rows.order_by("pk"))


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
    scans = [read_scan(file, field="photo") for file in files]
    if any(scan.content_type not in IMAGES for scan in scans):
        raise BusinessError("请选 JPG 或 PNG 照片。", code="kind", field="photo")
    for scan in scans:
        attachments.store(
            scan.data, subject=f"branches.meeting:{meeting.pk}", purpose=PHOTO, filename=scan.filename,
            content_type=scan.content_type, actor=desk.user, keep_days=None,
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
