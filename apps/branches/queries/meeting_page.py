"""What the page of a meeting shows beside its record: the text for the WeChat group, photos, the quick way back."""

from django.utils import timezone

from apps.branches.access import Desk
from apps.branches.choices import AttendanceState
from apps.branches.models import Attendance, Meeting
from apps.common.models import Attachment

PHOTO = "meeting_photo"
GROUPS = (
    ((AttendanceState.PRESENT,), "到会"),
    ((AttendanceState.ONLINE,), "线上参加"),
    ((AttendanceState.DELIVERY,), "送学上门"),
    ((AttendanceState.LEAVE,), "请假"),
)


def meeting_text(meeting: Meeting, roll: list[Attendance]) -> str:
    """Lines to paste: names and counts, no phone, illness or reason of leave; `roll` with persons, in order."""
    day = meeting.held_on
    lines = [f"【{day.year}年{day.month}月{day.day}日 {meeting.get_kind_display()}】", f"主题：{meeting.topic}"]
    if meeting.place:
        lines.append(f"地点：{meeting.place}")
    lines.append(f"应到 {meeting.expected} 人，实到 {meeting.said_present} 人")
    for states, label in GROUPS:
        names = [row.person.name for row in roll if row.state in states]
        if names:
            lines.append(f"{label} {len(names)} 人：{'、'.join(names)}")
    if meeting.resolutions:
        lines.append(f"定下的事：{meeting.resolutions}")
    return "\n".join(lines)


def may_undo(desk: Desk, meeting: Meeting) -> bool:
    """One tap on the day it was entered, by whoever entered it."""
    day = timezone.localdate(meeting.created_at)
    return meeting.voided_at is None and day == desk.today and meeting.entered_by_id == desk.user.pk


def photos_of(meeting: Meeting) -> list[Attachment]:
    rows = Attachment.objects.filter(subject=f"branches.meeting:{meeting.pk}", purpose=PHOTO, purged_at__isnull=True)
    return list(rows.order_by("pk"))
