"""What becomes of the rows of this room when two entries of one person are made one."""

import datetime as dt
from collections.abc import Iterator

from apps.people.merging import MOVE, How, Rule, declare
from apps.people.models import Person

from .choices import Link
from .models import Membership

MONEY_TWICE = "同一个月的党费登记了两次，请先在党费记录里更正其中一条。"
RULES = {
    "branches.Membership.person": Rule(How.STOP, "两份登记在同一个党组织里都有组织关系，请先更正其中一条。"),
    "branches.Post.person": MOVE,
    "branches.Transfer.person": Rule(How.STOP, "两份登记都在转组织关系，请先办完或撤回其中一件。"),
    "branches.MoveDecision.person": MOVE,
    "branches.FloatingStay.person": Rule(How.STOP, "两份登记都登记了流动党员，请先结束其中一条。"),
    "branches.Recruit.person": Rule(How.STOP, "两份登记都在发展党员，请先终止其中一条。"),
    "branches.DuesBase.person": MOVE,
    "branches.DuesExemption.person": MOVE,
    "branches.DuesPayment.person": Rule(How.STOP, MONEY_TWICE),
    "branches.AllowanceLine.person": Rule(How.STOP, "两份登记在同一张补贴发放表里，请先更正其中一行。"),
    "branches.ClassSeat.person": MOVE,
    "branches.Meeting.host": MOVE,
    "branches.Meeting.recorder": MOVE,
    "branches.Attendance.person": MOVE,
    "branches.HomeDelivery.person": MOVE,
    "branches.HomeDelivery.deliverer": MOVE,
    "branches.StudyRecord.person": MOVE,
    "branches.Candidate.person": Rule(How.STOP, "两份登记都在同一次换届的候选人名单里，请先删去其中一个。"),
    "branches.Exclusion.person": MOVE,
    "branches.MemberContact.keeper": MOVE,
    "branches.MemberContact.member": MOVE,
    "branches.PartyEvent.person": MOVE,
    "branches.MedalCandidate.person": Rule(How.STOP, "两份登记都在光荣在党50年名单里，请先删去其中一个。"),
    "branches.Review.person": MOVE,
    "branches.Talk.person": MOVE,
    "branches.Talk.officer": MOVE,
}
NUMBERS = {
    "branches.Draft.subject": "没有写完的表，三十天后自动清除",
    "branches.Meeting.topic": "是会议的题目",
    "branches.Standard.subject": "是评估标准的对象",
    "branches.Inspection.subject": "是督导检查的题目",
}


def stops(winner: Person, loser: Person, on: dt.date) -> Iterator[str]:
    """Two formal memberships: which one holds is for the organisations to say."""
    rows = Membership.objects.filter(
        person__in=[winner, loser], link=Link.FORMAL, ends_on__isnull=True, voided_at__isnull=True
    ).select_related("organisation")
    found = {row.person_id: row.organisation for row in rows}
    if len(found) == 2:
        names = "、".join(organisation.short_name or organisation.name for organisation in found.values())
        yield f"两份登记都有正式的组织关系（{names}）。请先问清楚，转出或更正其中一条。"


def plug() -> None:
    declare(rules=RULES, numbers=NUMBERS, stops=[stops])
