"""微党课 at the desk: the list and the record."""

import uuid

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.branches.desk import at_desk, show
from apps.branches.forms.evaluation import LectureForm
from apps.branches.models import Meeting, MicroLecture
from apps.branches.services.evaluations import LectureFacts, record_lecture, take_back_lecture
from apps.common.errors import BusinessError

from .paging import other_parameters, page_of

LAST_MEETINGS = 12


def own_lectures(desk):
    rows = MicroLecture.objects.filter(organisation=desk.organisation, voided_at__isnull=True)
    return rows.select_related("meeting").order_by("-held_on", "-pk")


@require_safe
@at_desk
def lecture_list(request, desk):
    context = {"page": page_of(request, own_lectures(desk)), "query": other_parameters(request)}
    return show(request, desk, "desk/evaluation/lectures.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def lecture_record(request, desk, lecture=None):
    """A new one or one to be mended; the key in the form makes it one record however often it is sent."""
    found = get_object_or_404(own_lectures(desk), public_id=lecture) if lecture else None
    initial = {"held_on": desk.today, "key": uuid.uuid4()}
    if found:
        initial = {
            "key": found.public_id, "title": found.title, "speaker": found.speaker, "held_on": found.held_on,
            "summary": found.summary, "meeting": found.meeting_id,
        }  # fmt: skip
    form = LectureForm(
        request.POST if request.method == "POST" else None, initial=initial, meetings=_meetings(desk, found)
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data | ({"key": found.public_id} if found else {})
        try:
            record_lecture(desk, LectureFacts(**facts))
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "微党课记好了。")
            return redirect("branches:lectures", desk.organisation.public_id)
    context = {"form": form, "title": "改微党课" if found else "记微党课", "lead": "题目、谁讲的、哪天讲的，三样就够。"}
    return show(request, desk, "desk/life/form.html", context, status=422 if form.errors else 200)


def _meetings(desk, found) -> list[tuple[int, str]]:
    rows = list(
        Meeting.objects.filter(organisation=desk.organisation, voided_at__isnull=True).order_by("-held_on", "-pk")[
            :LAST_MEETINGS
        ]
    )
    if found and found.meeting and found.meeting_id not in {row.pk for row in rows}:
        rows.append(found.meeting)
    return [(row.pk, f"{row.held_on:%Y-%m-%d} {row.topic or row.get_kind_display()}"[:60]) for row in rows]


@require_POST
@at_desk
def lecture_back(request, desk, lecture):
    take_back_lecture(desk, get_object_or_404(own_lectures(desk), public_id=lecture))
    messages.success(request, "已撤回这次微党课。")
    return redirect("branches:lectures", desk.organisation.public_id)
