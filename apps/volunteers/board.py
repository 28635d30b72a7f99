"""What the home page says to the staff of volunteering: who is not helped yet, what waits, what is short."""

import datetime as dt
from contextlib import suppress

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from apps.common.row_set import RowSet

from .choices.bank import ApprovalState
from .choices.certificates import UNDER_WAY
from .choices.requests import RequestState
from .choices.shifts import RecordState
from .models import Approval, ServiceCertificate, ServiceRecord, ServiceRequest, Team, VolunteerStatement
from .occasions.staff import short_shifts

WORKS = "volunteers.change_servicerequest"
AHEAD = dt.timedelta(days=30)
WEEK = dt.timedelta(days=7)


def figures_of(user, now: dt.datetime) -> list[dict]:
    """Figures of the units on which he works, each with its list; nothing for others. One statement."""
    if not user.has_perm(WORKS):
        return []
    on = timezone.localdate(now)
    teams = Team.objects.visible_to(user).order_by().values("pk")
    requests = ServiceRequest.objects.visible_to(user, WORKS).current().filter(state=RequestState.OPEN, on__gte=on)
    records = ServiceRecord.objects.current().filter(team__in=teams, state=RecordState.WAITING)
    papers = VolunteerStatement.objects.visible_to(user).current().filter(
        ends_on__gt=on, ends_on__lte=on + AHEAD, volunteer__left_on__isnull=True
    )  # fmt: skip
    certificates = ServiceCertificate.objects.visible_to(user).current().filter(state__in=UNDER_WAY)
    approvals = Approval.objects.visible_to(user).filter(state=ApprovalState.WAITING)
    short = short_shifts(on, on + WEEK).filter(team__in=teams)
    shown = (
        (
            "求助，还没有人答应",
            requests,
            "volunteers_servicerequest_changelist",
            "which=finding",
            "到时间前帮着找人",
            "soon",
        ),
        ("时长等确认", records, "volunteers_servicerecord_changelist", "state=waiting", "队长或工作人员确认", ""),
        ("一周内的班次缺人", short, "volunteers_shift_changelist", "", "", "soon"),
        ("服务证明等办理", certificates, "volunteers_servicecertificate_changelist", "state=todo", "", ""),
        ("材料、保险快到期", papers, "volunteers_volunteer_papers", "", "30天以内", ""),
        ("时间银行等复核", approvals, "volunteers_approval_changelist", "", "两个人办，一人提、一人核", ""),
    )
    counts = _counts([rows for _, rows, *_ in shown])
    return [
        _figure(label, count, _address(page, query), note, tone)
        for count, (label, _, page, query, note, tone) in zip(counts, shown, strict=True)
    ]


def _counts(querysets: list) -> list[int]:
    """How many rows each has, in the same order. One statement; a set that is empty from the start costs nothing."""
    found, parts = [0] * len(querysets), []
    for place, rows in enumerate(querysets):
        with suppress(EmptyResultSet):
            one = RowSet.of(rows.order_by().values("pk"))
            parts.append(RowSet(f"SELECT {place} AS place, count(*) FROM ({one.sql}) r", one.params))  # noqa: S608
    if not parts:
        return found
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    with connection.cursor() as cursor:
        cursor.execute(whole.sql, whole.params)
        for place, count in cursor.fetchall():
            found[place] = count
    return found


def _address(page: str, query: str) -> str:
    address = reverse(f"admin:{page}")
    return f"{address}?{query}" if query else address


def _figure(label: str, value: int, url: str, note: str, tone: str) -> dict:
    return {"label": label, "value": value, "url": url, "note": note, "tone": tone if value else ""}
