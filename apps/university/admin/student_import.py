"""Pages of a list of students coming in: hand in, look at every row, confirm; the refused rows back as a workbook."""

import io

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.common.models import Attachment
from apps.university.models import School
from apps.university.services import student_uploads as uploads
from apps.university.services.student_reading import MOST_ROWS, template

ADD = "university.add_student"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHOWN = 500
LABELS = (
    (uploads.NEW, "新登记", "done"), (uploads.KNOWN, "库里已有的人", "info"), (uploads.UNCHANGED, "没有变化", ""),
    (uploads.REFUSED, "不能导入", "late"),
)  # fmt: skip
WORDS = {key: (label, tone) for key, label, tone in LABELS}


class UploadForm(PortalForm):
    submit_label = "上传并检查"

    school = forms.ModelChoiceField(label="导入到哪所学校", queryset=School.objects.none())
    file = forms.FileField(
        label="文件", help_text=f".xlsx、.xls 或 .csv，最多 {MOST_ROWS} 行。上传后先检查，您看过再决定导不导入。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新选择。"},
    )  # fmt: skip

    def __init__(self, *args, schools, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = schools
        self.fields["school"].initial = schools.first()


class StudentImport:
    """Mixed into StudentAdmin."""

    def require_import(self, request) -> None:
        if not request.user.has_perm(ADD):
            raise PermissionDenied

    def upload_view(self, request):
        self.require_import(request)
        form = UploadForm(request.POST or None, request.FILES or None, schools=self.schools_of(request, ADD))
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                kept = uploads.receive(file.read(), file.name, form.cleaned_data["school"], actor=request.user)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return HttpResponseRedirect(reverse("admin:university_student_batch", args=[kept.public_id]))
        lead = "一行一位学员。身份证号已在库里的就是同一个人，不会重复登记；导入同一个文件两次也不会重复。"
        return self.act_page(
            request, form, "导入学员名单", lead, reverse("admin:university_student_changelist"),
            template="admin/university/student_upload.html", template_url=reverse("admin:university_student_template"),
        )  # fmt: skip

    def template_view(self, request):
        self.require_import(request)
        return FileResponse(
            io.BytesIO(template()), as_attachment=True, filename="学员名单导入模板.xlsx", content_type=XLSX
        )

    def upload_of(self, request, file) -> Attachment:
        """One's own upload, to a school one still works for."""
        self.require_import(request)
        rows = Attachment.objects.filter(public_id=file, purpose=uploads.PURPOSE, created_by_id=request.user.pk)
        found = rows.first()
        if found is None or not self.schools_of(request, ADD).filter(pk=uploads.school_of(found).pk).exists():
            raise Http404
        return found

    def batch_view(self, request, file):
        """Every row with its verdict; confirmed by the same address."""
        upload, error, judged = self.upload_of(request, file), "", None
        try:
            if request.method == "POST":
                count = uploads.apply(upload, actor=request.user, on=timezone.localdate())
                messages.success(request, f"已导入 {count} 行。" if count else "没有要写入的，没有重复导入。")
                return HttpResponseRedirect(reverse("admin:university_student_changelist"))
            judged = uploads.judge(upload)
        except BusinessError as refusal:
            error = refusal.sentence
        if judged is not None:
            people = sorted({row.person.pk for row in judged.rows if row.person})
            audit.look("student.preview", actor=request.user, people=people, request=request)
        context = {
            "title": "导入学员名单：检查", "error": error, "back": reverse("admin:university_student_changelist"),
            "upload_url": reverse("admin:university_student_import"), **self._shown(upload, judged),
        }  # fmt: skip
        return self.page(request, "admin/university/student_batch.html", context, status=422 if error else 200)

    def _shown(self, upload: Attachment, judged) -> dict:
        if judged is None:
            return {}
        counts = judged.counts
        rows = [row for row in judged.rows if row.verdict != uploads.UNCHANGED]
        rows.sort(key=lambda row: row.verdict != uploads.REFUSED)
        refused = reverse("admin:university_student_refused", args=[upload.public_id])
        return {
            "school": judged.school,
            "figures": [
                {"label": label, "value": counts[key], "tone": tone if counts[key] else ""}
                for key, label, tone in LABELS
            ],
            "writes": counts[uploads.NEW] + counts[uploads.KNOWN],
            "refused_url": refused if counts[uploads.REFUSED] else "",
            "rows": [
                {
                    "number": row.line.number, "name": row.line.values.get("name", ""), "words": row.words,
                    "label": WORDS[row.verdict][0], "tone": WORDS[row.verdict][1],
                    "faults": [(_heading(judged, place), text) for place, text in sorted(row.line.faults.items())],
                }
                for row in rows[:MOST_SHOWN]
            ],
            "hidden": max(len(rows) - MOST_SHOWN, 0),
        }  # fmt: skip

    def refused_view(self, request, file):
        """The refused rows as a workbook; logged before it leaves."""
        upload = self.upload_of(request, file)
        try:
            judged = uploads.judge(upload)
        except BusinessError:
            raise Http404 from None
        audit.look("student.preview", actor=request.user, reason="不能导入的行", request=request)
        data = uploads.refused_list(judged)
        return FileResponse(io.BytesIO(data), as_attachment=True, filename="没有导入的学员.xlsx", content_type=XLSX)


def _heading(judged, place: int) -> str:
    texts = judged.lines.header.texts
    return texts[place] if place < len(texts) else ""
