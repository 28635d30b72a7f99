"""A meeting as a text for the WeChat group: names and counts only, no phone, illness or reason of leave."""

from apps.branches.choices import AttendanceState
from apps.branches.models import Attendance, Meeting

GROUPS = (
    ((AttendanceState.PRESENT,), "到会"),
    ((AttendanceState.ONLINE,), "线上参加"),
    ((AttendanceState.DELIVERY,), "送学上门"),
    ((AttendanceState.LEAVE,), "请假"),
)


def meeting_text(meeting: Meeting, roll: list[Attendance]) -> str:
    """Lines to paste; `roll` with persons loaded, in its order."""
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
