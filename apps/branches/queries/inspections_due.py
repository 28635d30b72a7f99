"""What an inspection asks of the branch, in sentences (settings.DESK_DUE)."""

import datetime

from django.db.models import F, Q

from apps.branches.access import Desk
from apps.branches.desk import address
from apps.branches.due import Due
from apps.branches.models import InspectionFinding

AHEAD = datetime.timedelta(days=30)
MOST = 10


def findings_due(desk: Desk) -> list[Due]:
    """Findings not yet answered (or sent back at the re-check) whose deadline lies within a month or behind."""
    page = address(desk, "branches:inspections")
    rows = InspectionFinding.objects.filter(
        Q(answered_on__isnull=True) | Q(rechecked_on__gte=F("answered_on")),
        inspection__organisation=desk.organisation, inspection__voided_at__isnull=True, voided_at__isnull=True,
        due_on__lte=desk.today + AHEAD,
    ).exclude(result="done")  # fmt: skip
    acts = (("报告整改情况", page),) if page else ()
    return [
        Due(row.due_on, f"检查发现的问题要整改：{row.content}", acts) for row in rows.order_by("due_on", "pk")[:MOST]
    ]
