"""志愿服务统计: hours, volunteers, requests, time bank and talks of a year, on the screen, on A4 and as a workbook."""

import datetime as dt
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from apps.common import audit
from apps.common.admin_pages import send_workbook
from apps.common.printing import frame_for
from apps.volunteers.queries import reports
from apps.volunteers.queries.reports import Scope, Table

RIGHT = "volunteers.view_servicerecord"
PARTS = {
    "hours": "志愿时长",
    "people": "志愿者",
    "requests": "求助",
    "bank": "时间币",
    "talks": "宣讲",
    "areas": "宣讲（按区县）",
}
BY = {reports.TEAM: "按队", reports.MONTH: "按月", reports.SERVICE: "按服务类别"}
FIRST = {reports.TEAM: "志愿服务队", reports.MONTH: "月份", reports.SERVICE: "服务类别"}
EARLIEST = 2000


class ReportPages:
    """Mixed into ServiceCertificateAdmin."""

    def reports_view(self, request):
        """403 without the right; rows within reach alone."""
        if not request.user.has_perm(RIGHT):
            raise PermissionDenied
        today = timezone.localdate()
        said = request.GET
        part = said.get("part") if said.get("part") in PARTS else "hours"
        by = said.get("by") if said.get("by") in BY else reports.TEAM
        year = said.get("year", "")
        year = int(year) if year.isdecimal() and len(year) == 4 and EARLIEST < int(year) <= today.year else today.year  # noqa: PLR2004
        until = min(dt.date(year + 1, 1, 1), today + dt.timedelta(days=1))
        table = self.report_table(part, by, Scope(request.user, dt.date(year, 1, 1), until))
        title = f"{year}年{table.title}统计"
        headings, rows = (
            [FIRST[by] if part == "hours" else "分项", *table.headings],
            [[label, *cells] for label, cells in table.rows],
        )
        query = {"part": part, "by": by, "year": year}
        if "xlsx" in said:
            notes = [("说明", table.note)]
            return send_workbook(request, title, headings, rows, target="volunteers.report", notes=notes)
        if "print" in said:
            audit.look("print", actor=request.user, people=[], reason=title, target="volunteers.report",
                       request=request)  # fmt: skip
            frame = frame_for(
                request, title, scope=BY[by] if part == "hours" else "", order="队名、月份", recall=False, stamp=True,
                columns=len(headings), landscape=len(headings) > 8, signature="制表人",  # noqa: PLR2004
                back_url=f"?{urlencode(query)}",
            )  # fmt: skip
            return self.page(request, "print/list.html", {"frame": frame, "columns": headings, "rows": rows})
        context = {
            "title": "志愿服务统计", "table": table, "headings": headings, "rows": table.rows, "year": year,
            "query": urlencode(query), "part": part, "by": by, "takes_by": part == "hours",
            "years": range(today.year, today.year - 5, -1),
            "parts": [(key, label, f"?{urlencode({**query, 'part': key})}") for key, label in PARTS.items()],
            "ways": [(key, label, f"?{urlencode({**query, 'by': key})}") for key, label in BY.items()],
        }  # fmt: skip
        return self.page(request, "admin/volunteers/reports.html", context)

    def report_table(self, part: str, by: str, scope: Scope) -> Table:
        if part == "hours":
            return reports.hours(scope, by)
        if part in ("talks", "areas"):
            return reports.talks(scope, by_area=part == "areas")
        return {"people": reports.people, "requests": reports.requests, "bank": reports.bank}[part](scope)
