"""What all branches held in a month, and whom they reached: in the order of the tree, never ranked (domain 3.15)."""

import datetime
import io
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode

from apps.branches.access import organisations_open_to
from apps.branches.choices import Level, MeetingKind
from apps.branches.models import Meeting, Organisation
from apps.branches.queries.coverage import BranchMonth, months_of
from apps.branches.rules.meetings import period_of
from apps.common import audit
from apps.common.workbook.writer import write_sheet

VIEW = "branches.view_meeting"
PER_PAGE = 100
KINDS = (
    MeetingKind.PARTY_DAY, MeetingKind.ASSEMBLY, MeetingKind.COMMITTEE, MeetingKind.GROUP, MeetingKind.LECTURE,
    MeetingKind.LIFE, MeetingKind.REVIEW,
)  # fmt: skip
SHORT = ("主题党日", "党员大会", "支委会", "小组会", "党课", "组织生活会", "民主评议")
NUMBERS = ("党员", "到会", "送学", "请假", "覆盖")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Asked:
    """What the overview shows: a month, an organisation with those below it, only those without this month's 党日."""

    month: datetime.date
    within: Organisation | None
    missing: bool

    def query(self, **over) -> str:
        values = {
            "month": f"{self.month:%Y-%m}", "within": self.within.pk if self.within else "",
            "missing": "1" if self.missing else "", **over,
        }  # fmt: skip
        return urlencode({name: value for name, value in values.items() if value})


def asked_in(request, open_rows, today: datetime.date) -> Asked:
    """From the address; this month and everything for nonsense."""
    try:
        month = datetime.date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        month = today.replace(day=1)
    month = month if 2000 <= month.year <= today.year + 1 else today.replace(day=1)
    within = request.GET.get("within", "")
    found = (
        open_rows.filter(pk=int(within)).first()
        if within.isascii() and within.isdecimal() and len(within) < 18
        else None
    )
    return Asked(month, found, request.GET.get("missing") == "1")


def rows_asked(open_rows, asked: Asked):
    """Standing organisations in the order of the tree."""
    rows = open_rows.filter(dissolved_on__isnull=True, voided_at__isnull=True).exclude(level=Level.GROUP)
    if asked.within:
        rows = rows.filter(path__startswith=asked.within.path)
    if asked.missing:
        start, end = period_of(asked.month, 1)
        held = Meeting.objects.filter(
            organisation=OuterRef("pk"), kind=MeetingKind.PARTY_DAY, held_on__gte=start, held_on__lt=end,
            voided_at__isnull=True,
        )  # fmt: skip
        rows = rows.filter(~Exists(held), level=Level.BRANCH)
    return rows.order_by("path")


def cells_of(row: BranchMonth) -> list[str]:
    """A cell for each kind: the day it was held last, 还没开, or — where none is asked for."""
    held = {one.kind: one for one in row.held}
    cells = []
    for kind in KINDS:
        one = held.get(kind)
        cells.append("—" if one is None else f"{one.last_on:%-m月%-d日}" if one.last_on else "还没开")
    return cells


def indented(organisation: Organisation) -> str:
    return "　" * (organisation.depth - 1) + organisation.name


def numbers_of(row: BranchMonth) -> list:
    cover = row.coverage
    percent = "" if cover.percent is None else f"{cover.covered}（{cover.percent}%）"
    return [cover.members, cover.attended, cover.delivered, cover.on_leave, percent]


class MonthOverview:
    """Mixed into MeetingAdmin."""

    def get_urls(self):
        return [
            path("months/", self.staff_view(self.months_view), name="branches_meeting_months"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        tools = [{"label": "各支部一月一览", "url": reverse("admin:branches_meeting_months")}]
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    def months_view(self, request):
        if not request.user.has_perm(VIEW):
            raise PermissionDenied
        today = timezone.localdate()
        open_rows = organisations_open_to(request.user, VIEW)
        asked = asked_in(request, open_rows, today)
        rows = rows_asked(open_rows, asked)
        on = min(today, period_of(asked.month, 1)[1] - datetime.timedelta(days=1))
        if request.GET.get("as") == "xlsx":
            return self.months_sheet(request, asked, months_of(rows, asked.month, on=on))
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        lines = months_of(page.object_list, asked.month, on=on)
        before, after = asked.month - datetime.timedelta(days=1), period_of(asked.month, 1)[1]
        context = {
            "title": f"{asked.month:%Y年%-m月}各支部组织生活", "asked": asked, "page": page, "query": asked.query(),
            "columns": [*SHORT, *NUMBERS],
            "rows": [self.line(one, asked) for one in lines],
            "before": asked.query(month=f"{before:%Y-%m}"),
            "after": asked.query(month=f"{after:%Y-%m}") if after <= today else "",
            "toggle": asked.query(missing="" if asked.missing else "1"),
            "whole": asked.query(within=""),
            "list_url": reverse("admin:branches_meeting_changelist"),
        }  # fmt: skip
        return self.page(request, "admin/branches/months.html", context)

    def line(self, row: BranchMonth, asked: Asked) -> dict:
        """Drill down: an upper organisation to those below it, a branch to its meetings of the month."""
        one = row.organisation
        if one.level == Level.BRANCH:
            query = urlencode({"organisation": one.pk, "month": f"{asked.month:%Y-%m}"})
            url = f"{reverse('admin:branches_meeting_changelist')}?{query}"
        else:
            url = f"?{asked.query(within=one.pk)}"
        indent = "　" * (one.depth - 1)
        return {"indent": indent, "name": one.name, "url": url, "cells": cells_of(row), "numbers": numbers_of(row)}

    def months_sheet(self, request, asked: Asked, lines: list[BranchMonth]) -> HttpResponse:
        """Numbers only: nobody is named, so it is made at once."""
        audit.look("export", actor=request.user, target="branches.meeting:months", request=request)
        title = f"{asked.month:%Y年%-m月}各支部组织生活"
        notes = [
            ("覆盖", "到会、送学、请假合起来，每人只算一次；上级党组织含下级"), ("排列", "按党组织层级，不排名"),
            ("导出人", str(request.user)),
        ]  # fmt: skip
        stream = io.BytesIO()
        rows = (
            ["　" * (row.organisation.depth - 1) + row.organisation.name, *cells_of(row), *numbers_of(row)]
            for row in lines
        )
        write_sheet(stream, title, ["党组织", *(kind.label for kind in KINDS), *NUMBERS], rows, notes=notes)
        response = HttpResponse(stream.getvalue(), content_type=XLSX)
        response.headers["Content-Disposition"] = content_disposition_header(True, f"{title}.xlsx")
        return response
