"""Forms of organisation life on paper: sign-in sheets, the record of a meeting, 送学登记表, 民主评议汇总表."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.branches.choices import AttendanceState, MeetingKind
from apps.branches.desk import at_desk
from apps.branches.models import HomeDelivery, Meeting
from apps.branches.queries import assembled
from apps.branches.queries.coverage import came, present_counts

from .meetings import groups_of, own_meeting
from .paper_out import Sheet, send
from .reviews import result_counts, review_lines, year_of

SIGN_IN = ("序号", "姓名", "签名", "备注")
REGISTER = ("序号", "姓名", "补哪次会", "送学日期", "方式", "送学内容", "意见和需要", "送学人", "本人签字")
REVIEWS = ("序号", "姓名", "评议结果", "说明")
MOST_ROWS = 1000


def _url(desk, name: str, *args) -> str:
    return reverse(f"branches:{name}", args=[desk.organisation.public_id, *args])


@require_safe
@at_desk
def sign_in_sheet(request, desk):
    """Before a meeting: names with room to sign. `?kind=` says who is expected, all members without it."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in MeetingKind else MeetingKind.PARTY_DAY
    people = list(assembled(desk.organisation, kind, desk.today).values_list("pk", "name"))
    sheet = Sheet(
        title=f"{MeetingKind(kind).label}签到表",
        columns=SIGN_IN,
        rows=[(place, name, "", "") for place, (_, name) in enumerate(people, 1)],
        people=[pk for pk, _ in people],
        facts=[
            ("时间", "　　　　年　　月　　日　　时"), ("地点", desk.organisation.venue), ("主题", ""),
            ("应到", f"{len(people)} 人"), ("实到", "　　　人"),
        ],
        tall=True,
    )  # fmt: skip
    return send(request, desk, sheet, back_url=_url(desk, "meetings"))


@require_safe
@at_desk
def signed_sheet(request, desk, meeting):
    """After a meeting: how each stood to it."""
    found = own_meeting(desk, meeting)
    rows = found.attendance.select_related("person").order_by("person__name_stroke_key", "person_id")
    lines = list(rows)
    sheet = Sheet(
        title=f"{found.get_kind_display()}签到表",
        columns=("序号", "姓名", "出席", "请假原因"),
        rows=[
            (place, row.person.name, row.get_state_display(), row.reason) for place, row in enumerate(lines, 1)
        ],
        people=[row.person_id for row in lines],
        facts=facts_of(found),
    )  # fmt: skip
    return send(request, desk, sheet, back_url=_url(desk, "meeting", found.public_id))


def facts_of(meeting: Meeting) -> list[tuple[str, str]]:
    counts = present_counts([meeting.pk]).get(meeting.pk, {})
    at = f" {meeting.held_at:%H:%M}" if meeting.held_at else ""
    return [
        ("时间", f"{meeting.held_on:%Y年%-m月%-d日}{at}"),
        ("地点", f"{meeting.place}{'（线上）' if meeting.is_online else ''}"),
        ("主题", meeting.topic),
        ("主持人", meeting.host.name if meeting.host else ""),
        ("记录人", meeting.recorder.name if meeting.recorder else ""),
        ("应到", f"{meeting.expected} 人"),
        ("实到", f"{came(counts)} 人"),
        ("送学", f"{counts.get(AttendanceState.DELIVERY, 0)} 人"),
        ("请假", f"{counts.get(AttendanceState.LEAVE, 0)} 人"),
    ]


@require_safe
@at_desk
def meeting_record(request, desk, meeting):
    """三会一课 会议记录: who, what, resolutions, as it is bound into the book."""
    rows = Meeting.objects.select_related("host", "recorder", "programme")
    found = get_object_or_404(rows, public_id=meeting, organisation=desk.organisation)
    groups = groups_of(found)
    partners = "、".join([*(one.name for one in found.partners.order_by("path")), found.partner_names]).strip("、")
    lines = [
        *facts_of(found),
        *((label, "、".join(row.person.name for row in rows)) for label, rows in groups),
        ("列席、外来人员", found.guests), ("共建单位", partners), ("议程", found.items), ("会议记录", found.minutes),
        ("决议", found.resolutions),
    ]  # fmt: skip
    sheet = Sheet(
        title=f"{found.get_kind_display()}会议记录",
        columns=("项目", "内容"),
        rows=[(name, text) for name, text in lines if text],
        people=[row.person_id for _, rows in groups for row in rows],
        signature="主持人签字",
    )
    return send(
        request, desk, sheet, back_url=_url(desk, "meeting", found.public_id), template="print/meeting_record.html"
    )


@require_safe
@at_desk
def delivery_register(request, desk):
    """送学上门登记表 of a year: what was brought, then what is still promised, with room to sign."""
    year = request.GET.get("year", "")
    year = int(year) if year.isascii() and year.isdecimal() and len(year) == 4 and int(year) else desk.today.year
    rows = list(
        HomeDelivery.objects.filter(organisation=desk.organisation, voided_at__isnull=True, due_on__year=year)
        .select_related("person", "meeting", "deliverer")
        .order_by("delivered_on", "due_on", "person__name_stroke_key", "pk")[:MOST_ROWS]
    )
    sheet = Sheet(
        title=f"{year}年送学上门登记表",
        columns=REGISTER,
        rows=[
            (
                place, row.person.name, str(row.meeting or ""),
                row.delivered_on or "", row.get_form_display() if row.delivered_on else "", row.content, row.wishes,
                row.deliverer.name if row.deliverer else "", "",
            )
            for place, row in enumerate(rows, 1)
        ],
        people={row.person_id for row in rows},
        order="送学日期，没有送的在后",
        tall=True,
        landscape=True,
    )  # fmt: skip
    return send(request, desk, sheet, back_url=_url(desk, "deliveries"))


@require_safe
@at_desk
def review_summary(request, desk, year):
    """民主评议汇总表: counts, then each member; nobody is ranked."""
    year = year_of(desk, year)
    lines = review_lines(desk, year)
    sheet = Sheet(
        title=f"{year}年度民主评议党员汇总表",
        columns=REVIEWS,
        rows=[
            (place, name, row.get_result_display() if row else "", row.note if row else "")
            for place, (_, name, row) in enumerate(lines, 1)
        ],
        people=[pk for pk, _, _ in lines],
        facts=[("党员", f"{len(lines)} 人"), *((label, f"{count} 人") for label, count in result_counts(lines))],
        signature="支部书记",
        stamp=True,
    )
    return send(request, desk, sheet, back_url=_url(desk, "reviews", year))
