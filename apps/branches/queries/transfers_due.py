"""What the desk should do about transfers, those who moved away and 转正, in sentences (settings.DESK_DUE)."""

import datetime as dt

from apps.branches.access import Desk
from apps.branches.choices import RecruitStage, TransferAct, TransferState
from apps.branches.desk import address
from apps.branches.due import Due
from apps.branches.models import Recruit, Transfer
from apps.branches.rules.recruits import RecruitRules
from apps.branches.rules.transfers import TransferRules
from apps.organisation.queries import rule_values

from .moves import moved_members
from .transfers import decides, to_review, transfers_of, waits_here

SENTENCES = {
    TransferAct.AGREE: "申请转出组织关系，等支部同意。",
    TransferAct.ISSUE: "转出组织关系，等审核开介绍信。",
    TransferAct.REISSUE: "转接的介绍信逾期了，要换开。",
    TransferAct.ACCEPT: "组织关系转来了，等这里接收。",
    TransferAct.RECEIPT: "转接只差回执了。",
}


def transfers_due(desk: Desk) -> list[Due]:
    """Transfers that wait here or, for a superior, below: some days from the step before, at the latest the letter's
    last day."""
    days = dt.timedelta(days=rule_values(TransferRules.rule_key, on=desk.today).waiting_days)
    waiting = transfers_of(desk.organisation).waiting().order_by("moved_on", "pk")[:100]
    here = [(row, "branches:transfer", desk.organisation) for row in waiting if waits_here(desk, row)]
    below = [(row, "branches:transfer", row.from_organisation) for row in to_review(desk)]
    return [_line(desk, row, name, place, days) for row, name, place in (*here, *below)]


def _line(desk: Desk, row: Transfer, name: str, place, days: dt.timedelta) -> Due:
    act = row.next_act(desk.today)
    on = row.moved_on + days
    if row.state == TransferState.UNDER_WAY:
        on = min(on, row.expires_on - dt.timedelta(days=1))
    at = Desk(place, desk.user, desk.today, desk.post)
    return Due(on, SENTENCES[act], (("去办", address(at, name, row.public_id)),), who=row.person.name)


def moves_due(desk: Desk) -> list[Due]:
    """Members who have moved away: one line, a week to talk it over; for those who decide."""
    if not decides(desk):
        return []
    number = len(moved_members([desk.organisation.pk], desk.today))
    if not number:
        return []
    words = f"有 {number} 位党员搬到了别处，组织关系转不转，和本人商量后定下来。"
    return [Due(desk.today + dt.timedelta(days=7), words, (("去看", address(desk, "branches:transfers")),))]


def recruits_due(desk: Desk) -> list[Due]:
    """预备党员 whose probation ends within the days of the rules."""
    ahead = rule_values(RecruitRules.rule_key, on=desk.today).full_ahead_days
    rows = Recruit.objects.filter(
        organisation=desk.organisation, stage=RecruitStage.PROBATIONARY, voided_at__isnull=True,
        probation_until__lte=desk.today + dt.timedelta(days=ahead),
    ).select_related("person").order_by("probation_until", "pk")  # fmt: skip
    return [
        Due(row.probation_until, "预备期满，该讨论转正了。",
            (("去办", address(desk, "branches:recruit", row.public_id)),), who=row.person.name)
        for row in rows
    ]  # fmt: skip
