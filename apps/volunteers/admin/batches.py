"""Lists of volunteers coming in: hand in, wait, look at every row, confirm; the refused rows back as a workbook."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone

from apps.common import attachments, audit
from apps.common.admin_pages import PageRecordAdmin, file_answer
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.organisation.models import Unit
from apps.volunteers.models import Volunteer, VolunteerBatch
from apps.volunteers.services import lists
from apps.volunteers.services.list_reading import COLUMNS, LABELS, NOTES, template

ADD = "volunteers.add_volunteer"
MOST_BYTES = 5 * 1024 * 1024
MOST_SHOWN = 300
State = VolunteerBatch.State
FIGURES = (
    ("new", "新登记", "done"), ("changed", "更新", "info"), ("unchanged", "没有变化", ""),
    ("refused", "不能导入", "late"),
)  # fmt: skip


class ListForm(PortalForm):
    submit_label = "上传并检查"

    unit = forms.ModelChoiceField(label="登记到哪个单位", queryset=Unit.objects.none())
    file = forms.FileField(
        label="文件", help_text=".xlsx、.xls 或 .csv，不超过 5 MB。上传后先检查，您看过再决定导不导入。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新选择。"},
    )  # fmt: skip

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        self.fields["unit"].initial = units.first()

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError("文件超过 5 MB，请分成几个文件上传。")
        return file


@admin.register(VolunteerBatch)
class VolunteerBatchAdmin(PageRecordAdmin):
    voidable = False
    add_label = "导入志愿者名单"
    empty_words = "有 Excel 名单的，从这里成批登记；全国系统导出的名单也可以。"
    list_display = ("__str__", "state", "unit", "created_at", "applied_at")
    list_filter = ("state",)
    select_related_in_list = select_related_in_record = ("unit",)
    ordering = ("-pk",)

    def may_change(self, request, obj):
        return False

    def extra_pages(self):
        return [
            ("template", "template/", self.template_view),
            ("report", "<path:object_id>/report/", self.report_view),
        ]

    def template_view(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        return file_answer(template(), "志愿者名单导入模板.xlsx")

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        units = Unit.objects.open().filter(pk__in=request.user.reach(ADD)).order_by("path")
        form = ListForm(request.POST or None, request.FILES or None, units=units)
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            batch = lists.receive(
                values["file"].read(), values["file"].name, values["unit"], actor=request.user, request=request
            )
            return HttpResponseRedirect(self.url_of("change", batch))
        context = {
            "title": "导入志愿者名单", "form": form, "notes": NOTES, "columns": [LABELS[key] for key in COLUMNS],
            "template_url": self.plain_url("template"), "back": self.list_url(),
            "batches": self.get_queryset(request).select_related("uploaded_by")[:10],
            "batch_page": f"{self.admin_site.name}:volunteers_volunteerbatch_change",
        }  # fmt: skip
        return self.page(request, "admin/volunteers/list_upload.html", context, status=422 if form.errors else 200)

    def list_url(self) -> str:
        return self.admin_site.get_model_admin(Volunteer).plain_url("changelist")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """One list by its state; confirm and discard are sent to the same address, by who uploaded it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("job", "checked", "report", "unit")
        batch = rows.filter(pk=self.get_object(request, object_id).pk).get()
        if request.method == "POST":
            return self.decide(request, batch)
        waiting = batch.state in (State.RECEIVED, State.APPLYING)
        checked = {"unknown": [], "rows": []}
        if batch.state == State.PREVIEW:
            audit.record("volunteer.preview", actor=request.user, target=self._target(batch), request=request)
            checked = lists.read_checked(batch)
        shown = [row for row in checked["rows"] if row["verdict"] != "unchanged"]
        shown.sort(key=lambda row: row["verdict"] != "refused")
        counts = batch.counts
        context = {
            "title": f"导入志愿者名单：{batch.get_state_display()}", "batch": batch, "is_waiting": waiting,
            "failed": waiting and batch.job is not None and batch.job.state == batch.job.State.FAILED,
            "figures": [
                {"label": label, "value": counts.get(key, 0), "tone": tone if counts.get(key) else ""}
                for key, label, tone in FIGURES
            ] if counts else [],
            "rows": shown[:MOST_SHOWN], "hidden": max(len(shown) - MOST_SHOWN, 0), "unknown": checked["unknown"],
            "writes": counts.get("new", 0) + counts.get("changed", 0),
            "report_url": self.url_of("report", batch) if batch.report_id else "",
            "upload_url": self.plain_url("add"), "back": self.list_url(),
        }  # fmt: skip
        return self.page(request, "admin/volunteers/list_batch.html", context)

    def decide(self, request, batch: VolunteerBatch):
        if not self.has_add_permission(request):
            raise PermissionDenied
        here = HttpResponseRedirect(self.url_of("change", batch))
        if "discard" in request.POST:
            lists.discard(batch)
            return here
        seen = request.POST.get("version", "")
        try:
            version = int(seen) if seen.isdecimal() and len(seen) < 9 else 0
            lists.confirm(batch, version=version, actor=request.user)
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
        return here

    def report_view(self, request, object_id):
        """The refused rows as a workbook; logged before it leaves."""
        batch = self.readable(request, object_id)
        try:
            data = attachments.read(batch.report) if batch.report else None
        except FileNotFoundError:
            data = None
        if data is None:
            raise Http404
        audit.look("volunteer.preview", actor=request.user, target=self._target(batch), request=request)
        return file_answer(data, f"没有导入的志愿者{timezone.localdate():%Y%m%d}.xlsx")
