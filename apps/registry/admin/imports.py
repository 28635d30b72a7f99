"""Pages of a roster on its way in: hand in, wait, answer, preview, confirm, result, take back.

Each page is what the batch's state asks for, so going back or reloading never repeats an act. Nothing needs a script:
waiting pages ask again by themselves, acts are POSTs that redirect.
"""

import io

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from apps.common import attachments, audit
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.registry.access import IMPORT, import_batches_of
from apps.registry.models import ImportBatch, RosterColumn
from apps.registry.roster import batches, outcome
from apps.registry.services import roster

from .import_forms import AnswersForm, ConfirmForm, UploadForm

UNDO = "registry.undo_import"
State = ImportBatch.State
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIGURES = (
    ("rows", "共", ""),
    ("new", "新增", "done"),
    ("changed", "更新", "info"),
    ("unchanged", "没有变化", ""),
    ("warned", "其中有提醒", "soon"),
    ("refused", "没有导入", "late"),
)
MISSING_PAGE = 50


@admin.register(ImportBatch)
class ImportBatchAdmin(RecordAdmin):
    add_label = "导入名册"
    empty_words = "导入过的名册会列在这里：每一批加了谁、改了谁，三十天内可以撤销。"
    list_display = ("title", "state", "figures", "uploaded_by", "created_at")
    list_filter = ("state",)
    select_related_in_list = ("uploaded_by",)
    ordering = ("-pk",)

    @admin.display(description="批次")
    def title(self, batch) -> str:
        return f"第 {batch.pk} 批"

    @admin.display(description="人数")
    def figures(self, batch) -> str:
        counts = batch.counts
        if not counts:
            return "—"
        return f"新增 {counts['new']}，更新 {counts['changed']}，没有导入 {counts['refused']}"

    # Whose batches

    def rows_for(self, user, permission: str):
        return import_batches_of(user)

    def has_module_permission(self, request):
        return request.user.has_perm(IMPORT)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(IMPORT)

    def has_add_permission(self, request):
        return request.user.has_perm(IMPORT)

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        name = "registry_importbatch"
        acts = ("answer", "confirm", "discard", "undo", "report", "missing", "missing_file")
        return [
            path("template/", self.staff_view(self.template_view), name=f"{name}_template"),
            *(
                path(f"<int:pk>/{act}/", self.staff_view(getattr(self, f"{act}_view")), name=f"{name}_{act}")
                for act in acts
            ),
            *super().get_urls(),
        ]

    def batch_of(self, request, pk: int) -> ImportBatch:
        """The batch, for someone who may import; the same 404 for a foreign and a missing one."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        batch = self.get_queryset(request).select_related("job", "uploaded_by").filter(pk=pk).first()
        if batch is None:
            raise Http404
        return batch

    def to(self, batch) -> HttpResponseRedirect:
        return HttpResponseRedirect(self.url_of("change", batch))

    # Hand in

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if request.method == "POST" and form.is_valid():
            name, data, is_bundle = form.upload()
            before = roster.seen_before(data, user=request.user)
            if before is not None and not form.cleaned_data["again"]:
                form.ask_again(before)
            else:
                try:
                    options = {"is_bundle": is_bundle, "kind": form.cleaned_data["kind"]}
                    return self.to(roster.receive(data, name, actor=request.user, request=request, **options))
                except BusinessError as refusal:
                    form.refuse(refusal)
        columns = RosterColumn.objects.exclude(key="reasons")
        return self.page(
            request, "admin/registry/import_upload.html", {"title": "导入名册", "form": form, "columns": columns}
        )

    def template_view(self, request):
        """The template that bureaus fill in, as shipped."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return FileResponse(
            batches.TEMPLATE.open("rb"),
            as_attachment=True,
            filename="离退休干部职工信息收集模版.xlsx",
            content_type=XLSX,
        )

    # One batch, by its state

    def change_view(self, request, object_id, form_url="", extra_context=None):
        batch = self.batch_of(request, int(object_id) if str(object_id).isdecimal() else 0)
        show = {
            State.RECEIVED: self.show_waiting,
            State.APPLYING: self.show_waiting,
            State.QUESTIONS: self.show_questions,
            State.PREVIEW: self.show_questions if "answers" in request.GET else self.show_preview,
            State.APPLIED: self.show_result,
            State.UNDONE: self.show_result,
        }.get(batch.state, self.show_ended)
        return show(request, batch)

    def show_waiting(self, request, batch):
        job = batch.job
        failed = job is not None and job.state == job.State.FAILED
        title = "正在写入名册" if batch.state == State.APPLYING else "正在检查名册"
        context = {"title": title, "batch": batch, "job": job, "failed": failed}
        return self.page(request, "admin/registry/import_waiting.html", context)

    def show_questions(self, request, batch, form=None):
        preview = batches.read_preview(batch)
        form = form or AnswersForm(user=request.user, batch=batch, preview=preview)
        context = {"title": "导入前要回答的问题", "batch": batch, "form": form, "preview": preview}
        return self.page(request, "admin/registry/import_questions.html", context)

    def show_preview(self, request, batch, form=None):
        preview = batches.read_preview(batch)
        form = form or ConfirmForm(batch=batch, initial={"version": batch.version})
        audit.record(
            "registry.preview_roster", actor=request.user, request=request, target=f"registry.importbatch:{batch.pk}"
        )
        context = {
            "title": "看过再导入",
            "batch": batch,
            "preview": preview,
            "figures": _figures(batch.counts),
            "form": form,
            "writes": batch.counts["new"] + batch.counts["changed"],
        }
        return self.page(request, "admin/registry/import_preview.html", context)

    def show_result(self, request, batch):
        context = {
            "title": f"第 {batch.pk} 批：{batch.get_state_display()}",
            "batch": batch,
            "figures": _figures(batch.counts),
            "can_undo": roster.can_undo(batch) and request.user.has_perm(UNDO),
            "undo_until": roster.undo_until(batch),
            "extras": outcome.extras_of(batch),
            "kept": outcome.kept_by_undo(batch, request.user),
        }
        return self.page(request, "admin/registry/import_result.html", context)

    def show_ended(self, request, batch):
        context = {"title": f"第 {batch.pk} 批：{batch.get_state_display()}", "batch": batch}
        return self.page(request, "admin/registry/import_ended.html", context)

    # Acts

    def answer_view(self, request, pk):
        batch = self.batch_of(request, pk)
        if request.method != "POST" or batch.state not in (State.QUESTIONS, State.PREVIEW):
            return self.to(batch)
        form = AnswersForm(request.POST, user=request.user, batch=batch, preview=batches.read_preview(batch))
        if not form.is_valid():
            return self.show_questions(request, batch, form)
        return self.to(roster.answer(batch, form.answers(), actor=request.user))

    def confirm_view(self, request, pk):
        batch = self.batch_of(request, pk)
        if request.method != "POST":
            return self.to(batch)
        form = ConfirmForm(request.POST, batch=batch)
        if batch.state == State.PREVIEW and not form.is_valid():
            return self.show_preview(request, batch, form)
        try:
            batch = roster.confirm(batch, actor=request.user, **form.decision())
        except BusinessError as refusal:
            if batch.state == State.PREVIEW and refusal.field:
                form.refuse(refusal)
                return self.show_preview(request, batch, form)
            messages.error(request, refusal.sentence)
        return self.to(batch)

    def discard_view(self, request, pk):
        batch = self.batch_of(request, pk)
        if request.method == "POST":
            batch = roster.discard(batch, actor=request.user)
        return self.to(batch)

    def undo_view(self, request, pk):
        batch = self.batch_of(request, pk)
        if not request.user.has_perm(UNDO):
            raise PermissionDenied
        if request.method == "POST":
            try:
                batch = roster.undo(batch, actor=request.user)
            except BusinessError as refusal:
                messages.error(request, refusal.sentence)
        elif roster.can_undo(batch):
            context = {"title": f"撤销第 {batch.pk} 批", "batch": batch, "figures": _figures(batch.counts)}
            return self.page(request, "admin/registry/import_undo.html", context)
        return self.to(batch)

    def report_view(self, request, pk):
        """The refused rows as a workbook; who took it is logged before it leaves."""
        batch = self.batch_of(request, pk)
        if batch.report is None:
            raise Http404
        try:
            data = attachments.read(batch.report)
        except FileNotFoundError as gone:
            raise Http404(str(gone)) from gone
        audit.record(
            "registry.download_report", actor=request.user, request=request, target=f"registry.importbatch:{batch.pk}"
        )
        return FileResponse(io.BytesIO(data), as_attachment=True, filename=batch.report.filename, content_type=XLSX)

    # Whom a full roster does not name

    def missing_view(self, request, pk):
        """People of the batch's units who are registered and not on its list, with what stands of them today."""
        batch = self.batch_of(request, pk)
        people = outcome.missing_from(batch, request.user)
        page = Paginator(people, MISSING_PAGE).get_page(request.GET.get("page"))
        context = {
            "title": f"第 {batch.pk} 批：本次名单没有的人",
            "batch": batch,
            "people": [outcome.missing_row(cadre) for cadre in page],
            "page": page,
            "total": page.paginator.count,
        }
        return self.page(request, "admin/registry/import_missing.html", context)

    def missing_file_view(self, request, pk):
        """The same as a workbook; who took it, and of whom, is logged before it leaves."""
        batch = self.batch_of(request, pk)
        data, people = outcome.missing_workbook(batch, request.user, timezone.localdate())
        audit.record(
            "registry.download_missing",
            actor=request.user,
            people=people,
            request=request,
            target=f"registry.importbatch:{batch.pk}",
        )
        return FileResponse(
            io.BytesIO(data), as_attachment=True, filename=f"本次名单没有的人-第{batch.pk}批.xlsx", content_type=XLSX
        )


def _figures(counts: dict) -> list[dict]:
    shown = [*FIGURES, ("missing", "名单上没有", "soon")] if "missing" in counts else FIGURES
    return [
        {"label": label, "value": counts.get(key, 0), "tone": tone if counts.get(key) else ""}
        for key, label, tone in shown
    ]


@admin.register(RosterColumn)
class RosterColumnAdmin(RecordAdmin):
    """Which headings mean which column. Rows come with the portal; a bureau adds its own words to them."""

    open_to_viewers = True
    list_display = ("label", "words")
    fields = ("label", "aliases")
    readonly_fields = ("label",)
    ordering = ("position",)

    @admin.display(description="表头也可写作")
    def words(self, column) -> str:
        return "、".join(column.aliases) or "—"

    def has_add_permission(self, request):
        return False

    def write(self, request, obj, form, change) -> None:
        roster.save_column(obj)
