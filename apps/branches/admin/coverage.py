"""覆盖情况: what is missing across all organisations, with the way down to each. In the order of the tree."""

import io
from collections import defaultdict

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from apps.accounts.outflow_rules import OutflowRules
from apps.branches.models import Organisation
from apps.branches.queries.standing import standings
from apps.branches.queries.unplaced import no_longer_members, without_formal_branch
from apps.branches.resources.rosters import XLSX
from apps.common import audit
from apps.common.admin_lists import page_number
from apps.common.errors import BusinessError
from apps.common.voiding import check_reason
from apps.common.workbook.writer import write_sheet
from apps.organisation.queries import rule_values
from apps.registry.models import Cadre

EXPORT = "registry.export_cadre"
MOST = 5000
COUNT_TO = 10_000
A_PAGE = 50
# code of the finding, what it is called, its tone; in the order of the page
CODES = (
    ("too_small", "正式党员不足 3 名的支部", "late"),
    ("too_large", "党员超过 50 名的支部", "soon"),
    ("no_committee", "应设支委会还没有设的", "soon"),
    ("no_secretary", "没有在任书记的", "late"),
    ("secretary_dead", "书记已离世的", "late"),
    ("secretary_old", "书记超过年龄的", "soon"),
    ("term_over", "任期已届满的", "late"),
    ("term_ends", "任期六个月内届满的", "soon"),
    ("no_meeting", "本月还没有会议、活动的支部", "soon"),
    ("committee_too_large", "支委会超过最多人数的", "late"),
)
PEOPLE = {
    "unplaced": ("没有正式组织关系的党员", "late", without_formal_branch),
    "not_members": ("有组织关系、政治面貌不是党员的", "soon", no_longer_members),
}
NAMES = {code: label for code, label, _ in CODES}
PEOPLE_COLUMNS = ("姓名", "管理单位", "原职务（职级）", "入党时间")
COLUMNS = (
    "党组织",
    "层级",
    "类型",
    "所属单位",
    "正式党员",
    "预备党员",
    "其他组织关系",
    "班子人数",
    "书记",
    "任期到",
    "要处理的",
)


class CoveragePages:
    """Mixed into OrganisationAdmin."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("coverage/", self.staff_view(self.coverage_view), name=f"{name}_coverage"),
            path("export/", self.staff_view(self.list_export_view), name=f"{name}_export"),
            *super().get_urls(),
        ]

    def coverage_view(self, request):
        """Numbers of what is missing; `?what=` lists the organisations or the people of one of them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        rows = Organisation.objects.filter(dissolved_on__isnull=True, voided_at__isnull=True)
        found = standings(list(rows.select_related("unit").order_by("path")[:MOST]), today)
        by_code: dict[str, list] = defaultdict(list)
        for standing in found:
            for finding in standing.findings:
                by_code[finding.code].append((standing, finding))
        what = request.GET.get("what", "")
        sees_people = request.user.has_perm("registry.view_cadre")
        if what in NAMES and "xlsx" in request.GET:
            return self._organisations_out(request, what, by_code.get(what, []), today)
        takes = sees_people and request.user.has_perm(EXPORT)
        if what in PEOPLE and takes and request.method == "POST":
            return self._people_out(request, what, today)
        figures = [
            {
                "label": label, "value": len(by_code[code]), "tone": tone if by_code[code] else "done",
                "url": f"?what={code}" if by_code[code] else "",
            }
            for code, label, tone in CODES
        ]  # fmt: skip
        context = {
            "title": "党组织覆盖情况",
            "today": today,
            "organisations": len(found),
            "figures": figures,
            "people_figures": self._people_figures(request, today) if sees_people else [],
            "back": self.act_url("changelist"),
            "export_url": self.act_url("export"),
            "heading": NAMES.get(what, ""),
            "rows": by_code.get(what, []) if what in NAMES else [],
            "sheet_url": f"?what={what}&xlsx=1",
            "takes_people": takes,
        }
        if sees_people and what in PEOPLE:
            context |= self._people(request, what, today)
        return self.page(request, "admin/branches/coverage.html", context)

    def _people_figures(self, request, today) -> list[dict]:
        figures = []
        for key, (label, tone, rows_of) in PEOPLE.items():
            number = rows_of(request.user, today).order_by().values("pk")[: COUNT_TO + 1].count()
            value = f"{COUNT_TO:,} 以上" if number > COUNT_TO else number
            figures.append(
                {
                    "label": label,
                    "value": value,
                    "tone": tone if number else "done",
                    "url": f"?what={key}" if number else "",
                }
            )
        return figures

    def _people(self, request, what: str, today) -> dict:
        """A page of the people, loaded before the look is logged."""
        label, _, rows_of = PEOPLE[what]
        paginator = Paginator(rows_of(request.user, today)[:COUNT_TO], A_PAGE)
        page = paginator.get_page(page_number(request) or 1)
        people = list(page.object_list)
        page.object_list = people
        audit.look(
            "open", actor=request.user, people=[cadre.pk for cadre in people], target="branches.coverage",
            request=request,
        )  # fmt: skip
        return {"heading": label, "people": people, "page": page, "query": f"what={what}"}

    def _organisations_out(self, request, what: str, lines, today):
        """One number of the page as a workbook: which organisations, and what is wrong."""
        secretaries = sorted({one.secretary.person_id for one, _ in lines if one.secretary})
        target = f"branches.coverage:{what}"
        audit.look("export", actor=request.user, target=target, request=request, people=secretaries)
        cells = [(one.organisation.name, str(one.organisation.unit or ""), finding.sentence) for one, finding in lines]
        return _workbook(request, NAMES[what], ("党组织", "所属单位", "情况"), cells, today)

    def _people_out(self, request, what: str, today):
        """The people of a number, for a reason; more than may leave without a password go by the list of cadres."""
        title, _, rows_of = PEOPLE[what]
        most = rule_values(OutflowRules.rule_key, on=today).export_password_from
        mine = Cadre.objects.visible_to(request.user, EXPORT).values("pk")
        cadres = list(rows_of(request.user, today).filter(pk__in=mine)[:most])
        try:
            reason = check_reason(request.POST.get("reason", ""))
            if len(cadres) >= most:
                raise BusinessError(f"一次导出 {most} 人以上，请到“老干部”名单里导出。", code="many")
        except BusinessError as error:
            messages.error(request, error.sentence)
            return HttpResponseRedirect(f"?what={what}")
        target, people = f"branches.coverage:{what}", [one.pk for one in cadres]
        audit.look("export", actor=request.user, target=target, reason=reason, request=request, people=people)
        cells = [
            (one.person.name, str(one.managing_unit or ""), one.former_post, str(one.joined_party_on or ""))
            for one in cadres
        ]
        return _workbook(request, title, PEOPLE_COLUMNS, cells, today, notes=[("用途", reason)])

    def list_export_view(self, request):
        """The filtered list as a workbook: numbers and who is secretary, nobody else is named."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        rows = self.get_changelist_instance(request).get_queryset(request).select_related("unit")
        found = standings(list(rows[:MOST]), today)
        audit.look(
            "export", actor=request.user, target=f"branches.organisation:{len(found)}", request=request,
            people=sorted({one.secretary.person_id for one in found if one.secretary}),
        )  # fmt: skip
        notes = [("人数", "不含下级党组织；只数登记在这个党组织的"), ("排列", "按组织树")]
        return _workbook(request, "党组织名册", COLUMNS, map(_line, found), today, notes=notes)


def _workbook(request, title: str, columns, lines, today, *, notes=()) -> FileResponse:
    stream = io.BytesIO()
    taken = [("导出人", str(request.user)), ("导出时间", f"{timezone.localtime():%Y-%m-%d %H:%M}")]
    write_sheet(stream, title, columns, lines, notes=[*taken, *notes])
    stream.seek(0)
    return FileResponse(stream, as_attachment=True, filename=f"{title}{today:%Y%m%d}.xlsx", content_type=XLSX)


def _line(standing) -> tuple:
    one = standing.organisation
    return (
        "　" * (one.depth - 1) + one.name, one.get_level_display(), one.get_kind_display(),
        one.unit.name if one.unit else "", standing.counts.full,
        standing.counts.probationary, standing.counts.others, len(standing.committee),
        standing.secretary.person.name if standing.secretary else "", one.term_ends_on,
        "；".join(finding.sentence for finding in standing.findings),
    )  # fmt: skip
