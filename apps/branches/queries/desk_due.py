"""What a branch itself owes now, for the home of its workbench (settings.DESK_DUE)."""

import calendar
import datetime

from apps.branches.access import Desk, desk_organisation_ids
from apps.branches.choices import DeliveryForm, Level, MeetingKind
from apps.branches.desk import address
from apps.branches.due import SOON, Due
from apps.branches.models import Election, HomeDelivery, Meeting
from apps.branches.rules.capability import Capability, able

MOST_DELIVERIES = 20
# 上级提前六个月提醒 (domain 3.1).
TERM_AHEAD = datetime.timedelta(days=183)


def meeting_due(desk: Desk) -> list[Due]:
    """This month's 主题党日 while it is not recorded, from a week before its fixed day on."""
    organisation, today = desk.organisation, desk.today
    page = address(desk, "branches:meeting_new")
    if not page or organisation.level in (Level.WORK_COMMITTEE, Level.COMMITTEE):
        return []
    last = calendar.monthrange(today.year, today.month)[1]
    on = today.replace(day=min(organisation.party_day or last, last))
    if on - today > SOON:
        return []
    held = Meeting.objects.filter(
        organisation=organisation, kind=MeetingKind.PARTY_DAY, voided_at__isnull=True,
        held_on__range=(today.replace(day=1), today.replace(day=last)),
    )  # fmt: skip
    if held.exists():
        return []
    fixed = f"定在 {organisation.party_day} 日，" if organisation.party_day else ""
    return [Due(on, f"本月主题党日{fixed}开过了就来记一下。", (("记会议", f"{page}?kind={MeetingKind.PARTY_DAY}"),))]


def deliveries_due(desk: Desk) -> list[Due]:
    """Home deliveries promised and not yet made."""
    rows = HomeDelivery.objects.filter(
        organisation__in=desk_organisation_ids(desk), delivered_on__isnull=True, voided_at__isnull=True,
        due_on__lte=desk.today + SOON, person__life_status="living",
    )  # fmt: skip
    found = []
    for row in rows.select_related("person", "meeting").order_by("due_on", "pk")[:MOST_DELIVERIES]:
        missed = f"没来参加{row.meeting.held_on.day}日的{row.meeting.get_kind_display()}，" if row.meeting else ""
        page = address(desk, "branches:delivery", row.public_id) or address(desk, "branches:deliveries")
        how = "送学上门" if row.form == DeliveryForm.VISIT else DeliveryForm(row.form).label
        acts = (("记送学", page),) if page else ()
        found.append(Due(row.due_on, f"{missed}要{how}。", acts, who=row.person.name))
    return found


def term_due(desk: Desk) -> list[Due]:
    """The term that ends within half a year, or has ended; nothing once an election is under way (`election_due`)."""
    organisation = desk.organisation
    ends = organisation.term_ends_on
    if Election.objects.open().filter(organisation=organisation).exists():
        return []
    if ends is None or ends - desk.today > TERM_AHEAD or not able(organisation.kind, Capability.ELECTION):
        return []
    page = address(desk, "branches:election")
    acts = (("看看怎么做", page),) if page else ()
    day = f"{ends.year}年{ends.month}月"
    words = f"{day}到期，该准备换届了。" if ends >= desk.today else f"{day}已到期，请尽快报告上级、安排换届。"
    return [Due(ends, "支部任期 " + words, acts)]
