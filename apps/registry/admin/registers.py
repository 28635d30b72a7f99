"""Pages of a register that comes in and goes out as a table of its own: hand in, wait, look, confirm; export."""

import io

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.common.voiding import check_reason
from apps.registry.models import RegisterBatch
from apps.registry.registers.tables import TABLES
from apps.registry.registers.writing import XLSX, read_checked, table_of, template
from apps.registry.services import registers

State = RegisterBatch.State
MOST_BYTES = 10 * 1024 * 1024
MOST_SHOWN = 300
MOST_EXPORTED = 20_000
FIGURES = (
    ("new", "新增", "done"),
    ("changed", "更新", "info"),
    ("unchanged", "没有变化", ""),
    ("refused", "不能导入", "late"),
)


class TableForm(PortalForm):
    submit_label = "上传并检查"
    file = forms.FileField(
        label="文件",
        help_text=".xlsx、.xls 或 .csv，不超过 10 MB。上传后先检查，您看过再决定导不导入。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新选择。"},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError("文件超过 10 MB，请分成几个文件上传。")
        return file


class ReasonForm(PortalForm):
    reason = forms.CharField(label="用途", max_length=200, help_text="会写进文件和操作记录")


class RegisterPages:
    """Mixed into the admin of a register. `register_kind` says which; `mobiles_for` who gets mobile numbers."""

    register_kind: str = ""

    @property
    def page_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def page_url(self, name: str, *args) -> str:
        return reverse(f"{self.admin_site.name}:{self.page_name}_{name}", args=args)

    def get_urls(self):
        pages = [
            ("import/", self.import_view, "import"),
            ("import/template/", self.template_view, "template"),
            ("import/<int:batch>/", self.batch_view, "batch"),
            ("import/<int:batch>/report/", self.report_view, "report"),
            ("export/", self.export_view, "export"),
        ]
        return [
            *(path(route, self.staff_view(view), name=f"{self.page_name}_{name}") for route, view, name in pages),
            *super().get_urls(),
        ]

    def register_tools(self, request) -> list[dict]:
        tools = [{"label": "导出", "url": f"{self.page_url('export')}?{request.GET.urlencode()}"}]
        if request.user.has_perm(self.right("change")):
            tools.insert(0, {"label": "导入", "url": self.page_url("import")})
        return tools

    def mobiles_for(self, request) -> bool:
        return False

    def require_import(self, request) -> None:
        if not request.user.has_perm(self.right("change")):
            raise PermissionDenied

    # In

    def import_view(self, request):
        self.require_import(request)
        form = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                batch = registers.receive(
                    self.register_kind, file.read(), file.name, actor=request.user, request=request
                )
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return HttpResponseRedirect(self.page_url("batch", batch.pk))
        table = TABLES[self.register_kind]
        context = {
            "title": f"导入{self.opts.verbose_name_plural}",
            "form": form,
            "notes": table.notes,
            "columns": [column.label for column in table.columns if column.reads != "ignored"],
            "template_url": self.page_url("template"),
            "back": self.page_url("changelist"),
            "batches": registers.batches_of(request.user, self.register_kind).select_related("uploaded_by")[:10],
            "batch_page": f"{self.admin_site.name}:{self.page_name}_batch",
        }
        return self.page(request, "admin/registry/register_upload.html", context, status=422 if form.errors else 200)

    def template_view(self, request):
        self.require_import(request)
        name = f"{TABLES[self.register_kind].title}.xlsx"
        data = template(self.register_kind)
        return FileResponse(io.BytesIO(data), as_attachment=True, filename=name, content_type=XLSX)

    def batch_of(self, request, pk: int) -> RegisterBatch:
        self.require_import(request)
        rows = registers.batches_of(request.user, self.register_kind).select_related("job", "checked", "report")
        batch = rows.filter(pk=pk).first() if pk < 2**63 else None
        if batch is None:
            raise Http404
        return batch

    def batch_view(self, request, batch):
        """One table by its state; confirm and discard are sent to the same address."""
        row = self.batch_of(request, batch)
        if request.method == "POST":
            return self.decide_batch(request, row)
        is_waiting = row.state in (State.RECEIVED, State.APPLYING)
        rows = []
        if row.state == State.PREVIEW:
            audit.record(
                "register.preview", actor=request.user, target=f"registry.registerbatch:{row.pk}", request=request
            )
            checked = read_checked(row)
            rows = [line for line in checked["rows"] if line["verdict"] != "unchanged"]
        context = {
            "title": f"导入{self.opts.verbose_name_plural}：{row.get_state_display()}",
            "batch": row,
            "is_waiting": is_waiting,
            "failed": is_waiting and row.job is not None and row.job.state == row.job.State.FAILED,
            "figures": [
                {"label": label, "value": row.counts.get(key, 0), "tone": tone if row.counts.get(key) else ""}
                for key, label, tone in FIGURES
            ] if row.counts else [],
            "rows": rows[:MOST_SHOWN],
            "hidden": max(len(rows) - MOST_SHOWN, 0),
            "unknown": checked["unknown"] if row.state == State.PREVIEW else [],
            "writes": row.counts.get("new", 0) + row.counts.get("changed", 0),
            "report_url": self.page_url("report", row.pk) if row.report_id else "",
            "upload_url": self.page_url("import"),
            "back": self.page_url("changelist"),
        }  # fmt: skip
        return self.page(request, "admin/registry/register_batch.html", context)

    def decide_batch(self, request, row: RegisterBatch):
        here = HttpResponseRedirect(self.page_url("batch", row.pk))
        if "discard" in request.POST:
            registers.discard(row)
            return here
        seen = request.POST.get("version", "")
        try:
            version = int(seen) if seen.isdecimal() and len(seen) < 9 else 0
            registers.confirm(row, version=version, actor=request.user)
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
        return here

    def report_view(self, request, batch):
        """The refused rows as a workbook; logged before it leaves."""
        row = self.batch_of(request, batch)
        try:
            data = attachments.read(row.report) if row.report else None
        except FileNotFoundError:
            data = None
        if data is None:
            raise Http404
        target = f"registry.registerbatch:{row.pk}"
        audit.record("register.download_report", actor=request.user, target=target, request=request)
        return FileResponse(io.BytesIO(data), as_attachment=True, filename=row.report.filename, content_type=XLSX)

    # Out

    def export_view(self, request):
        """The filtered list as a table that can come back, for a reason; logged before it leaves."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).get_queryset(request).select_related("unit")
        count = rows.count()
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                return self.send_table(request, rows, count, check_reason(form.cleaned_data["reason"]))
            except BusinessError as refusal:
                form.refuse(refusal)
        context = {
            "title": f"导出{self.opts.verbose_name_plural}",
            "form": form,
            "lead": f"{count:,} 人，范围和先后与刚才的列表相同（{self.order_words}）。",
            "list_url": self.page_url("changelist"),
            "list_words": self.opts.verbose_name_plural,
            "back": f"{self.page_url('changelist')}?{request.GET.urlencode()}",
            "buttons": [("export", "导出 Excel 表格")],
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def send_table(self, request, rows, count: int, reason: str) -> FileResponse:
        if not count:
            raise BusinessError("这个范围里没有人，不用导出。", code="empty")
        if count > MOST_EXPORTED:
            raise BusinessError(f"一次最多导出 {MOST_EXPORTED:,} 人，请先缩小范围。", code="too_many")
        loaded, with_mobile = list(rows), self.mobiles_for(request)
        audit.look(
            "export", actor=request.user, fields=["mobile"] if with_mobile else [], reason=reason,
            target=f"{self.opts.label_lower}:{count}", request=request,
        )  # fmt: skip
        user, now = request.user, timezone.localtime()
        notes = [
            ("导出人", f"{user.display_name}（{user.username}）"), ("导出时间", f"{now:%Y-%m-%d %H:%M}"),
            ("排列", self.order_words), ("用途", reason), ("提醒", "含个人信息，按用途使用，用完删除。"),
        ]  # fmt: skip
        data = table_of(self.register_kind, loaded, order_words=self.order_words, with_mobile=with_mobile, notes=notes)
        name = f"{self.opts.verbose_name_plural}（{self.order_words}）{now:%Y%m%d}.xlsx"
        return FileResponse(io.BytesIO(data), as_attachment=True, filename=name, content_type=XLSX)
