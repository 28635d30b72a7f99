"""What the branch held: the list of its meetings, one meeting's page, taking one back."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.branches import drafts
from apps.branches.access import Desk
from apps.branches.choices import AttendanceState, MeetingKind
from apps.branches.desk import at_desk, show
from apps.branches.forms import VoidForm
from apps.branches.models import HomeDelivery, Meeting
from apps.branches.queries.coverage import (
    NOBODY,
    attended_elsewhere,
    came,
    coverage_by_organisation,
    first_year,
    meetings_open_to,
    months_of,
    present_counts,
)
from apps.branches.queries.meeting_page import may_undo, meeting_text, photos_of
from apps.branches.rules.meetings import period_of
from apps.branches.services import restore_meeting, void_meeting
from apps.branches.services.meetings import open_deliveries
from apps.common.errors import BusinessError

from .paging import other_parameters, page_of

LIFE = "desk/life/"


@require_safe
@at_desk
def meeting_list(request, desk):
    """Own meetings and those held together with others, by year and kind; the voided apart."""
    wanted = request.GET.get("kind", "")
    rows = meetings_open_to(desk.organisation).select_related("organisation").order_by("-held_on", "-pk")
    rows = rows.filter(voided_at__isnull=wanted != "void")
    if wanted == "void":
        rows = rows.filter(organisation=desk.organisation)
    if wanted in MeetingKind:
        rows = rows.filter(kind=wanted)
    year = request.GET.get("year", "")
    if year.isascii() and year.isdecimal() and len(year) == 4 and int(year):
        rows = rows.filter(held_on__year=int(year))
    page = page_of(request, rows)
    counts = present_counts([meeting.pk for meeting in page])
    first = first_year(desk.organisation) or desk.today.year
    return show(
        request, desk, LIFE + "meetings.html",
        {
            "page": page, "query": other_parameters(request), "kind": wanted, "year": year,
            "lines": [(meeting, came(counts.get(meeting.pk, {}))) for meeting in page],
            "kinds": MeetingKind.choices, "years": range(desk.today.year, first - 1, -1),
            "sentences": sentences(desk),
        },
    )  # fmt: skip


def sentences(desk: Desk) -> list[str]:
    """How the branch stands this month and quarter, in words: what is still to hold, and who was reached."""
    said = []
    (month,) = months_of([desk.organisation], desk.today, on=desk.today)
    for words, months in (("本月", 1), ("本季度", 3)):
        waiting = [one.label for one in month.held if one.months == months and not one.count]
        start, end = period_of(desk.today, months)
        found = coverage_by_organisation([desk.organisation.pk], start, end, on=desk.today)
        cover = found.get(desk.organisation.pk, NOBODY)
        if not cover.members:
            continue
        text = f"{words}到会 {cover.attended} 人，送学 {cover.delivered} 人，请假 {cover.on_leave} 人，"
        text += f"共覆盖 {cover.members} 人中的 {cover.covered} 人（{cover.percent}%）。"
        text += f"还没有开的：{'、'.join(waiting)}。" if waiting else ""
        said.append(text)
    return said


def own_meeting(desk: Desk, meeting) -> Meeting:
    return get_object_or_404(Meeting, public_id=meeting, organisation=desk.organisation)


@require_safe
@at_desk
def meeting_page(request, desk, meeting):
    """One meeting. A partner sees that it was held and how many came; names stay with whose members they are."""
    rows = meetings_open_to(desk.organisation).select_related("host", "recorder", "programme", "organisation")
    found = get_object_or_404(rows, public_id=meeting)
    is_own = found.organisation_id == desk.organisation.pk
    if found.voided_at and not is_own:
        return redirect("branches:meetings", desk.organisation.public_id)
    counts = present_counts([found.pk]).get(found.pk, {})
    return show(
        request, desk, LIFE + "meeting.html",
        {
            "meeting": found, "is_own": is_own, "partners": found.partners.order_by("path"),
            "came": came(counts), "groups": groups_of(found) if is_own else [],
            "deliveries": deliveries_of(found) if is_own else [],
            "mismatch": found.said_present - came(counts), "is_review": found.kind == MeetingKind.REVIEW,
            **(extras(request, desk, found) if is_own else {}),
        },
    )  # fmt: skip


def extras(request, desk: Desk, meeting: Meeting) -> dict:
    """The text for the group, photos, and whether it may be taken back with one tap; `is_saved`: just written."""
    roll = list(meeting.attendance.select_related("person").order_by("person__name_stroke_key", "person_id"))
    return {
        "text": meeting_text(meeting, roll),
        "photos": photos_of(meeting),
        "may_undo": may_undo(desk, meeting),
        "is_saved": "saved" in request.GET,
        "to_deliver": open_deliveries(meeting).count(),
        "draft_url": drafts.address_of(desk, drafts.MEETING),
    }


def groups_of(meeting: Meeting) -> list[tuple[str, list]]:
    """(state, rows) of the roll in the order of the states, names by 姓氏笔画."""
    rows = list(meeting.attendance.select_related("person").order_by("person__name_stroke_key", "person_id"))
    groups = [(state.label, [row for row in rows if row.state == state]) for state in AttendanceState]
    return [(label, found) for label, found in groups if found]


def deliveries_of(meeting: Meeting):
    rows = HomeDelivery.objects.filter(meeting=meeting, voided_at__isnull=True).select_related("person")
    return rows.order_by("person__name_stroke_key", "pk")


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def meeting_void(request, desk, meeting):
    found = own_meeting(desk, meeting)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            void_meeting(desk, found, reason=form.cleaned_data["reason"])
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已作废。记错了可以在这一页恢复。")
            return redirect("branches:meeting", desk.organisation.public_id, found.public_id)
    context = {
        "form": form, "title": f"作废：{found}", "lead": "作废后不再算进组织生活，还没送的送学一起取消。可以恢复。",
    }  # fmt: skip
    return show(request, desk, LIFE + "form.html", context, status=422 if form.errors else 200)


@require_POST
@at_desk
def meeting_restore(request, desk, meeting):
    found = restore_meeting(desk, own_meeting(desk, meeting))
    messages.success(request, "已恢复。")
    return redirect("branches:meeting", desk.organisation.public_id, found.public_id)


@require_safe
@at_desk
def elsewhere_list(request, desk):
    """What members took part in with other organisations this year: reported home by those organisations' records."""
    start, end = period_of(desk.today, 12)
    rows = attended_elsewhere(desk.organisation, start, end, on=desk.today)
    page = page_of(request, rows)
    return show(request, desk, LIFE + "elsewhere.html", {"page": page, "query": "", "year": start.year})
