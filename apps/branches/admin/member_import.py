"""Pages of the list of members coming in: hand in, look at every row, confirm; the refused rows back as a workbook."""

import io

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.branches.forms.memberships import DAY
from apps.branches.models import MemberUpload
from apps.branches.resources.rosters import XLSX
from apps.branches.services import member_uploads as uploads
from apps.branches.services.member_reading import template
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm

MOST_SHOWN = 500
LABELS = (
    (uploads.NEW, "新增", "done"), (uploads.CHANGED, "更新", "info"), (uploads.UNCHANGED, "没有变化", ""),
    (uploads.REFUSED, "不能导入", "late"),
)  # fmt: skip
WORDS = {key: (label, tone) for key, label, tone in LABELS}


class UploadForm(PortalForm):
    submit_label = "上传并检查"
    file = forms.FileField(
        label="文件", help_text=".xlsx、.xls 或 .csv，不超过 5 MB。上传后先检查，您看过再决定导不导入。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新选择。"},
    )  # fmt: skip
    since = forms.DateField(label="转入日期", widget=DAY, help_text="表里没有写转入日期的，按这一天登记")


class MemberImport:
    """Mixed into MembershipAdmin."""

    def get_urls(self):
        pages = [
            ("import/", self.upload_view, "import"), ("import/template/", self.template_view, "template"),
            ("import/<int:batch>/", self.batch_view, "batch"),
            ("import/<int:batch>/refused/", self.refused_view, "refused"),
        ]  # fmt: skip
        return [
            *(path(route, self.staff_view(view), name=f"branches_membership_{name}") for route, view, name in pages),
            *super().get_urls(),
        ]

    def import_url(self, name: str, *args) -> str:
        return reverse(f"{self.admin_site.name}:branches_membership_{name}", args=args)

    def changelist_view(self, request, extra_context=None):
        tools = [{"label": "导入名单", "url": self.import_url("import")}] if self.may_import(request) else []
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    def may_import(self, request) -> bool:
        return request.user.has_perm(uploads.ADD)

    def require_import(self, request) -> None:
        if not self.may_import(request):
            raise PermissionDenied

    def upload_view(self, request):
        self.require_import(request)
        form = UploadForm(request.POST or None, request.FILES or None, initial={"since": timezone.localdate()})
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                batch = uploads.receive(file.read(), file.name, since=form.cleaned_data["since"], actor=request.user)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return HttpResponseRedirect(self.import_url("batch", batch.pk))
        mine = MemberUpload.objects.filter(uploaded_by=request.user)[:10]
        context = {
            "title": "导入党员名单", "form": form, "template_url": self.import_url("template"),
            "back": self.import_url("changelist"),
            "batches": [(row, self.import_url("batch", row.pk)) for row in mine],
        }  # fmt: skip
        return self.page(request, "admin/branches/member_upload.html", context, status=422 if form.errors else 200)

    def template_view(self, request):
        self.require_import(request)
        return FileResponse(
            io.BytesIO(template()), as_attachment=True, filename="党员名单导入模板.xlsx", content_type=XLSX
        )

    def batch_of(self, request, pk: int) -> MemberUpload:
        """One's own upload: it holds names and numbers that somebody typed."""
        self.require_import(request)
        rows = MemberUpload.objects.filter(uploaded_by=request.user).select_related("upload")
        found = rows.filter(pk=pk).first() if pk < 2**63 else None
        if found is None:
            raise Http404
        return found

    def batch_view(self, request, batch: int):
        """Every row with its verdict; confirmed by the same address."""
        row, error, judged = self.batch_of(request, batch), "", None
        try:
            if request.method == "POST":
                count = uploads.apply(row, actor=request.user)
                messages.success(request, f"已导入 {count} 行。" if count else "这张表已经导入过，没有重复写入。")
                return HttpResponseRedirect(self.import_url("batch", row.pk))
            judged = None if row.applied_at else uploads.judge(row, request.user)
        except BusinessError as refusal:
            error = refusal.sentence
        if judged is not None:
            people = sorted({one.person.pk for one in judged.rows if one.person})
            audit.look(
                "members.preview", actor=request.user, people=people, target=f"branches.memberupload:{row.pk}",
                request=request,
            )  # fmt: skip
        context = {
            "title": f"导入党员名单：第 {row.pk} 批", "batch": row, "error": error,
            "back": self.import_url("changelist"), "upload_url": self.import_url("import"), **self._shown(row, judged),
        }  # fmt: skip
        return self.page(request, "admin/branches/member_batch.html", context, status=422 if error else 200)

    def _shown(self, batch: MemberUpload, judged) -> dict:
        if judged is None:
            return {}
        counts = judged.counts
        rows = [row for row in judged.rows if row.verdict != uploads.UNCHANGED]
        return {
            "figures": [
                {"label": label, "value": counts[key], "tone": tone if counts[key] else ""}
                for key, label, tone in LABELS
            ],
            "writes": counts[uploads.NEW] + counts[uploads.CHANGED],
            "refused_url": self.import_url("refused", batch.pk) if counts[uploads.REFUSED] else "",
            "rows": [
                {
                    "number": row.line.number, "name": row.line.values.get("name", ""),
                    "label": WORDS[row.verdict][0], "tone": WORDS[row.verdict][1], "changes": row.changes,
                    "faults": [(_heading(judged, place), text) for place, text in sorted(row.line.faults.items())],
                }
                for row in rows[:MOST_SHOWN]
            ],
            "hidden": max(len(rows) - MOST_SHOWN, 0),
        }  # fmt: skip

    def refused_view(self, request, batch: int):
        """The refused rows as a workbook; logged before it leaves."""
        row = self.batch_of(request, batch)
        try:
            judged = uploads.judge(row, request.user)
        except BusinessError:
            raise Http404 from None
        audit.look(
            "members.download_report", actor=request.user, target=f"branches.memberupload:{row.pk}", request=request
        )
        data = uploads.refused_list(judged)
        return FileResponse(io.BytesIO(data), as_attachment=True, filename="没有导入的行.xlsx", content_type=XLSX)


def _heading(judged, place: int) -> str:
    texts = judged.lines.header.texts
    return texts[place] if place < len(texts) else ""
