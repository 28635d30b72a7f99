"""统计: by term and school, on the screen, on A4 and as a workbook; each figure leads to its list."""

import io
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.urls import path, reverse
from django.utils import timezone

from apps.common import audit
from apps.common.printing import frame_for
from apps.common.workbook.writer import write_sheet
from apps.organisation.queries import rule_values
from apps.university.models import School
from apps.university.queries import report_lists, reports
from apps.university.queries.reports import Scope, Table
from apps.university.rules.reports import ReportRules, bands_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RIGHT = "university.view_enrolment"
PARTS = {"enrolment": "招生", "attendance": "到课", "fees": "学费", "schools": "学校", "teaching": "教学"}
BY = {reports.LEVEL: "按层级", reports.SCHOOL: "按学校", reports.CLASS: "按班级"}
ON_A_PAGE = 200


@dataclass(frozen=True)
class Asked:
    """What the address asks for; anything unknown counts as not said."""

    part: str
    by: str
    term: str
    school: str

    def query(self, **over) -> str:
        values = {"part": self.part, "by": self.by, "term": self.term, "school": self.school, **over}
        return urlencode({key: value for key, value in values.items() if value})


class ReportPages:
    """Mixed into an admin of the university."""

    def get_urls(self):
        return [
            path("reports/", self.staff_view(self.reports_view), name="university_reports"),
            path("reports/list/", self.staff_view(self.report_list_view), name="university_report_list"),
            *super().get_urls(),
        ]

    def report_scope(self, request) -> tuple[Asked, Scope, list]:
        """403 without the right; schools within reach alone."""
        if not request.user.has_perm(RIGHT):
            raise PermissionDenied
        said = request.GET
        mine = School.objects.visible_to(request.user, RIGHT).current()
        terms = reports.terms_of(mine)
        today = timezone.localdate()
        running = next((row[0] for row in terms if row[2] <= today), terms[0][0] if terms else "")
        term = said.get("term", "") if said.get("term", "") in {row[0] for row in terms} else running
        chosen = next((row for row in terms if row[0] == term), None)
        school = said.get("school", "")[:18]
        school = school if school.isdecimal() and mine.filter(pk=int(school)).exists() else ""
        asked = Asked(
            said.get("part", "") if said.get("part", "") in PARTS else "enrolment",
            said.get("by", "") if said.get("by", "") in BY else reports.LEVEL, term, school,
        )  # fmt: skip
        bands = bands_of(rule_values(ReportRules.rule_key, on=today))
        year, season = term.split("-", 1) if term else (str(today.year), "")
        schools = mine.filter(pk=int(school)) if school else mine
        return asked, Scope(schools, int(year), season, chosen[2] if chosen else today, bands), terms

    def report_table(self, asked: Asked, scope: Scope) -> Table:
        if asked.part == "attendance":
            return reports.attendance(scope, asked.by, timezone.now())
        if asked.part == "fees":
            return reports.fees(scope, asked.by)
        if asked.part == "schools":
            return reports.schools_opened(scope.schools, timezone.localdate().year)
        return reports.teaching(scope) if asked.part == "teaching" else reports.enrolment(scope, asked.by)

    def reports_view(self, request):
        asked, scope, terms = self.report_scope(request)
        table = self.report_table(asked, scope)
        name = next((row[1] for row in terms if row[0] == asked.term), "")
        title = f"{name}{table.title}统计"
        takes_by = asked.part in ("enrolment", "attendance", "fees")
        frame = {
            "scope": f"{scope.schools.get() if asked.school else '全部学校'}　{BY[asked.by] if takes_by else ''}",
            "back": f"?{asked.query()}", "order": "学校排序", "notes": table.note,
        }  # fmt: skip
        headings = ["项目", *table.headings]
        if "xlsx" in request.GET or "print" in request.GET:
            rows = [[label, *(figure.value for figure in figures)] for label, figures in table.rows]
            return self.handed_out(request, title, headings, rows, [], **frame)
        context = {
            "title": "统计", "table": table, "asked": asked, "headings": headings, "takes_by": takes_by,
            "rows": [
                (label, [(figure.value, self.list_address(asked, figure.filters)) for figure in figures])
                for label, figures in table.rows
            ],
            "parts": [(key, label, f"?{asked.query(part=key)}") for key, label in PARTS.items()],
            "ways": [(key, label, f"?{asked.query(by=key)}") for key, label in BY.items()],
            "terms": terms, "query": asked.query(), "on": scope.on,
            "schools": list(School.objects.visible_to(request.user, RIGHT).current().order_by("position", "pk")[:300]),
        }  # fmt: skip
        return self.page(request, "admin/university/reports.html", context)

    def list_address(self, asked: Asked, filters: dict[str, str]) -> str:
        if not filters:
            return ""
        common = {"term": asked.term, "school": asked.school, "part": asked.part, "by": asked.by}
        values = {key: value for key, value in {**common, **filters}.items() if value}
        return f"{reverse('admin:university_report_list')}?{urlencode(values)}"

    def report_list_view(self, request):
        """The rows behind one figure; who is named in them is on record before the page is made."""
        asked, scope, terms = self.report_scope(request)
        what = request.GET.get("what", "")
        if what not in report_lists.LISTS:
            raise Http404
        if not request.user.has_perm(report_lists.NEEDS.get(what, RIGHT)):
            raise PermissionDenied
        whole = "xlsx" in request.GET or "print" in request.GET
        listing = report_lists.LISTS[what](scope, request.GET, report_lists.MOST if whole else ON_A_PAGE)
        name = next((row[1] for row in terms if row[0] == asked.term), "")
        back = f"{reverse('admin:university_reports')}?{asked.query()}"
        title = f"{name}{listing.title}名单" if what == "people" else f"{name}{listing.title}"
        if whole:
            return self.handed_out(
                request, title, listing.headings, listing.rows, listing.people, scope=f"共 {listing.total} 行",
                back=f"?{self.without(request)}", order="学校、班号、姓名拼音", notes="",
            )  # fmt: skip
        audit.look("search", actor=request.user, people=listing.people, target=f"university.report:{what}",
                   request=request)  # fmt: skip
        context = {
            "title": title, "listing": listing, "back": back, "query": self.without(request), "most": ON_A_PAGE,
            "is_cut": listing.total > len(listing.rows),
        }  # fmt: skip
        return self.page(request, "admin/university/report_list.html", context)

    @staticmethod
    def without(request) -> str:
        said = request.GET.copy()
        for name in ("xlsx", "print"):
            said.pop(name, None)
        return said.urlencode()

    def handed_out(self, request, title, headings, rows, people, *, scope, back, order, notes):
        """On A4 or as a workbook; logged before it leaves."""
        act = "export" if "xlsx" in request.GET else "print"
        audit.look(act, actor=request.user, people=people, reason=title, target="university.report", request=request)
        if act == "export":
            stream = io.BytesIO()
            when = f"{timezone.localtime():%Y-%m-%d %H:%M}"
            sheet_notes = [("范围", scope), ("导出人", str(request.user)), ("导出时间", when), ("说明", notes)]
            write_sheet(stream, title, headings, rows, notes=sheet_notes)
            stream.seek(0)
            return FileResponse(stream, as_attachment=True, filename=f"{title}.xlsx", content_type=XLSX)
        frame = frame_for(
            request, title, scope=scope, order=order, recall=bool(people), landscape=len(headings) > 8, stamp=True,
            columns=len(headings), signature="制表人", back_url=back,
        )  # fmt: skip
        context = {"frame": frame, "columns": headings, "rows": rows}
        return self.page(request, "print/list.html", context)
