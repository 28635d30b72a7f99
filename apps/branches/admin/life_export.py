"""A filtered list of organisation life as a workbook, for a reason; logged before it leaves."""

import io

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.branches.forms import ReasonForm
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.voiding import check_reason
from apps.common.workbook.writer import write_sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 20_000


class ListExport:
    """Mixed into an admin with `exported`: pairs of heading and name of a field or method."""

    exported: tuple[tuple[str, str], ...] = ()

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/", self.staff_view(self.export_view), name=name), *super().get_urls()]

    def list_url(self, page: str = "changelist") -> str:
        return reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}")

    def changelist_view(self, request, extra_context=None):
        tools = [{"label": "导出", "url": f"{self.list_url('export')}?{request.GET.urlencode()}"}]
        extra = {**(extra_context or {})}
        extra["list_tools"] = [*extra.get("list_tools", []), *tools]
        return super().changelist_view(request, extra)

    def export_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).get_queryset(request)
        rows = rows.select_related(*self.select_related_in_list)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                return self.send_list(request, list(rows[: MOST + 1]), check_reason(form.cleaned_data["reason"]))
            except BusinessError as refusal:
                form.refuse(refusal)
        back = f"{self.list_url()}?{request.GET.urlencode()}"
        context = {
            "title": f"导出{self.opts.verbose_name_plural}", "form": form, "button": "导出 Excel 表格", "back": back,
            "sentence": "范围和先后与刚才的列表相同。",
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def send_list(self, request, rows: list, reason: str) -> FileResponse | HttpResponseRedirect:
        if not rows:
            raise BusinessError("这个范围里没有记录，不用导出。", code="empty")
        if len(rows) > MOST:
            raise BusinessError(f"一次最多导出 {MOST:,} 行，请先缩小范围。", code="too_many")
        people = {row.person_id for row in rows if hasattr(row, "person_id")}
        target = f"{self.opts.label_lower}:{len(rows)}"
        audit.look("export", actor=request.user, people=people, reason=reason, target=target, request=request)
        self.count_present(rows)
        now = timezone.localtime()
        notes = [
            ("导出人", str(request.user)), ("导出时间", f"{now:%Y-%m-%d %H:%M}"), ("用途", reason),
            ("提醒", "含个人信息，按用途使用，用完删除。"),
        ]  # fmt: skip
        stream, title = io.BytesIO(), str(self.opts.verbose_name_plural)
        lines = ([self.cell(row, name) for _, name in self.exported] for row in rows)
        write_sheet(stream, title, [heading for heading, _ in self.exported], lines, notes=notes)
        stream.seek(0)
        return FileResponse(stream, as_attachment=True, filename=f"{title}{now:%Y%m%d}.xlsx", content_type=XLSX)

    def count_present(self, rows) -> None:
        """For lists of meetings."""

    def cell(self, row, name: str):
        value = getattr(self, name)(row) if hasattr(type(self), name) else getattr(row, name)
        return str(value) if hasattr(value, "pk") else value
