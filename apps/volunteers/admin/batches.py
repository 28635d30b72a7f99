"""Lists coming in: hand in, wait, look at every row, confirm; the refused rows back as a workbook. Of volunteers, of
outside posts."""

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
from apps.volunteers.models import OutsidePost, PostBatch, Volunteer, VolunteerBatch
from apps.volunteers.models.batches import UploadBatch
from apps.volunteers.services import batches, list_reading, lists, post_lists, post_reading

ADD = "volunteers.add_volunteer"
MOST_BYTES = 5 * 1024 * 1024
MOST_SHOWN = 300
State = UploadBatch.State
FIGURES = (
    ("new", "新登记", "done"), ("changed", "更新", "info"), ("unchanged", "没有变化", ""),
    ("refused", "不能导入", "late"),
)  # fmt: skip


class FileForm(PortalForm):
    submit_label = "上传并检查"

    file = forms.FileField(
        label="文件", help_text=".xlsx、.xls 或 .csv，不超过 5 MB。上传后先检查，您看过再决定导不导入。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新选择。"},
    )  # fmt: skip

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError("文件超过 5 MB，请分成几个文件上传。")
        return file


class ListForm(FileForm):
    field_order = ("unit", "file")
    unit = forms.ModelChoiceField(label="登记到哪个单位", queryset=Unit.objects.none())

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        self.fields["unit"].initial = units.first()


class BatchAdmin(PageRecordAdmin):
    """`flow` says how its rows are judged and written, `reading` which columns there are (with NOTES, COLUMNS, LABELS
    and a template); `of_model` is what the rows become, called `record_words`, counted in `counter`."""

    voidable = False
    flow: batches.Flow
    reading = list_reading
    of_model: type = Volunteer
    record_words, counter, where_label, previewed = "", "人", "", ""
    list_display = ("__str__", "state", "created_at", "applied_at")
    list_filter = ("state",)
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
        return file_answer(self.reading.template(), f"{self.flow.words}导入模板.xlsx")

    def form_for(self, request) -> FileForm:
        return FileForm(request.POST or None, request.FILES or None)

    def receive(self, request, form: FileForm) -> UploadBatch:
        file = form.cleaned_data["file"]
        return batches.receive(self.flow, file.read(), file.name, actor=request.user, request=request)

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = self.form_for(request)
        if request.method == "POST" and form.is_valid():
            return HttpResponseRedirect(self.url_of("change", self.receive(request, form)))
        reading = self.reading
        context = {
            "title": self.add_label, "form": form, "notes": reading.NOTES, "record_words": self.record_words,
            "columns": [reading.LABELS[key] for key in reading.COLUMNS], "template_url": self.plain_url("template"),
            "back": self.list_url(), "batches": self.get_queryset(request).select_related("uploaded_by")[:10],
            "batch_page": f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change",
        }  # fmt: skip
        return self.page(request, "admin/volunteers/list_upload.html", context, status=422 if form.errors else 200)

    def list_url(self) -> str:
        return self.admin_site.get_model_admin(self.of_model).plain_url("changelist")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """One list by its state; confirm and discard are sent to the same address, by who uploaded it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("job", "checked", "report")
        batch = rows.filter(pk=self.get_object(request, object_id).pk).get()
        if request.method == "POST":
            return self.decide(request, batch)
        checked = {"unknown": [], "rows": []}
        if batch.state == State.PREVIEW:
            audit.record(self.previewed, actor=request.user, target=self._target(batch), request=request)
            checked = batches.read_checked(batch)
        shown = [row for row in checked["rows"] if row["verdict"] != "unchanged"]
        shown.sort(key=lambda row: row["verdict"] != "refused")
        context = {
            **self.state_of(batch), "rows": shown[:MOST_SHOWN], "hidden": max(len(shown) - MOST_SHOWN, 0),
            "unknown": checked["unknown"], "report_url": self.url_of("report", batch) if batch.report_id else "",
            "upload_url": self.plain_url("add"), "back": self.list_url(), "record_words": self.record_words,
            "counter": self.counter, "where_label": self.where_label,
        }  # fmt: skip
        return self.page(request, "admin/volunteers/list_batch.html", context)

    def state_of(self, batch: UploadBatch) -> dict:
        waiting, counts = batch.state in (State.RECEIVED, State.APPLYING), batch.counts
        return {
            "title": f"{self.add_label}：{batch.get_state_display()}", "batch": batch, "is_waiting": waiting,
            "failed": waiting and batch.job is not None and batch.job.state == batch.job.State.FAILED,
            "figures": [
                {"label": label, "value": counts.get(key, 0), "tone": tone if counts.get(key) else ""}
                for key, label, tone in FIGURES
            ] if counts else [],
            "writes": counts.get("new", 0) + counts.get("changed", 0),
        }  # fmt: skip

    def decide(self, request, batch: UploadBatch):
        if not self.has_add_permission(request):
            raise PermissionDenied
        here = HttpResponseRedirect(self.url_of("change", batch))
        if "discard" in request.POST:
            batches.discard(self.flow, batch)
            return here
        seen = request.POST.get("version", "")
        try:
            version = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 9 else 0
            batches.confirm(self.flow, batch, version=version, actor=request.user)
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
        audit.look(self.previewed, actor=request.user, target=self._target(batch), request=request)
        return file_answer(data, f"没有导入的{self.record_words}{timezone.localdate():%Y%m%d}.xlsx")


@admin.register(VolunteerBatch)
class VolunteerBatchAdmin(BatchAdmin):
    flow, reading, of_model = lists.FLOW, list_reading, Volunteer
    record_words, where_label, previewed = "志愿者", "队", "volunteer.preview"
    add_label = "导入志愿者名单"
    empty_words = "有 Excel 名单的，从这里成批登记；全国系统导出的名单也可以。"
    list_display = ("__str__", "state", "unit", "created_at", "applied_at")
    select_related_in_list = select_related_in_record = ("unit",)

    def form_for(self, request):
        units = Unit.objects.open().filter(pk__in=request.user.reach(ADD)).order_by("path")
        return ListForm(request.POST or None, request.FILES or None, units=units)

    def receive(self, request, form):
        file, unit = form.cleaned_data["file"], form.cleaned_data["unit"]
        return lists.receive(file.read(), file.name, unit, actor=request.user, request=request)


@admin.register(PostBatch)
class PostBatchAdmin(BatchAdmin):
    flow, reading, of_model = post_lists.FLOW, post_reading, OutsidePost
    record_words, counter, previewed = "社会任职", "条", "post.preview"
    add_label = "导入社会任职"
    empty_words = "有 Excel 名单的，从这里成批登记社会任职；这里导出的名单也可以。"
