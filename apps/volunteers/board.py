"""What the home page says to the staff of volunteering: who is not helped yet, what waits, what is short."""

import datetime as dt
from collections.abc import Mapping

from django.db.models import Count, QuerySet, Value
from django.urls import reverse
from django.utils import timezone

from .choices.bank import ApprovalState
from .choices.certificates import UNDER_WAY
from .choices.requests import RequestState
from .choices.shifts import RecordState
from .models import Approval, ServiceCertificate, ServiceRecord, ServiceRequest, Team, VolunteerStatement
from .occasions.staff import short_shifts

WORKS = "volunteers.change_servicerequest"
AHEAD = dt.timedelta(days=30)
WEEK = dt.timedelta(days=7)
PART = "volunteers."
# Label, list, its filter, note, tone where there are any.
SHOWN = {
    "finding": (
        "求助，还没有人答应", "volunteers_servicerequest_changelist", "which=finding", "到时间前帮着找人", "soon",
    ),
    "records": ("时长等确认", "volunteers_servicerecord_changelist", "state=waiting", "队长或工作人员确认", ""),
    "short": ("一周内的班次缺人", "volunteers_shift_changelist", "", "", "soon"),
    "certificates": ("服务证明等办理", "volunteers_servicecertificate_changelist", "state=todo", "", ""),
    "papers": ("材料、保险快到期", "volunteers_volunteer_papers", "", "30天以内", ""),
    "approvals": ("时间银行等复核", "volunteers_approval_changelist", "", "两个人办，一人提、一人核", ""),
}  # fmt: skip


def counts_of(user, now: dt.datetime) -> dict[str, QuerySet]:
    """What is to be counted in the units on which he works, each a queryset of one row with one number, to be read
    together with the rest of the page; nothing for others. `figures_of` says what the numbers mean."""
    if not user.has_perm(WORKS):
        return {}
    on = timezone.localdate(now)
    teams = Team.objects.visible_to(user).order_by().values("pk")
    sets = {
        "finding": ServiceRequest.objects.visible_to(user, WORKS).current().filter(
            state=RequestState.OPEN, on__gte=on
        ),
        "records": ServiceRecord.objects.current().filter(team__in=teams, state=RecordState.WAITING),
        "short": short_shifts(on, on + WEEK).filter(team__in=teams),
        "certificates": ServiceCertificate.objects.visible_to(user).current().filter(state__in=UNDER_WAY),
        "papers": VolunteerStatement.objects.visible_to(user).current().filter(
            ends_on__gt=on, ends_on__lte=on + AHEAD, volunteer__left_on__isnull=True
        ),
        "approvals": Approval.objects.visible_to(user).filter(state=ApprovalState.WAITING),
    }  # fmt: skip
    return {f"{PART}{key}": rows.order_by().values(of=Value(1)).annotate(n=Count("pk")).values_list("n", flat=True)
            for key, rows in sets.items()}  # fmt: skip


def figures_of(user, found: Mapping[str, list]) -> list[dict]:
    """Figures, each with its list, from what `counts_of` read; nothing for others. No statement."""
    if not user.has_perm(WORKS):
        return []
    return [
        _figure(label, next(iter(found.get(f"{PART}{key}", [])), 0), _address(page, query), note, tone)
        for key, (label, page, query, note, tone) in SHOWN.items()
    ]


def _address(page: str, query: str) -> str:
    address = reverse(f"admin:{page}")
    return f"{address}?{query}" if query else address


def _figure(label: str, value: int, url: str, note: str, tone: str) -> dict:
    return {"label": label, "value": value, "url": url, "note": note, "tone": tone if value else ""}
