"""Classes from an Excel sheet: hand in, read every fault, or find them written."""

from django.core.exceptions import PermissionDenied

from apps.common.errors import BusinessError
from apps.university.forms.classes import UploadForm
from apps.university.models import School
from apps.university.services.class_import import take_in, template

from .base import file_answer


class ClassImport:
    """Mixed into ClassGroupAdmin."""

    def import_pages(self):
        return [("import", "import/", self.import_view), ("template", "import/template/", self.template_view)]

    def import_tools(self, request) -> list[dict]:
        if not self.has_add_permission(request):
            return []
        return [{"label": "导入班级", "url": self.plain_url("import")}]

    def import_view(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
        report = None
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            schools = School.objects.visible_to(request.user, self.right("add")).current()
            try:
                report = take_in(file.read(), file.name, form.cleaned_data["term"], schools=schools, actor=request.user)
            except BusinessError as refusal:
                form.refuse(refusal)
        context = {
            "title": "导入班级", "form": form, "report": report, "back": self.plain_url("changelist"),
            "template_url": self.plain_url("template"),
        }  # fmt: skip
        wrong = form.errors or (report and report.refused)
        return self.page(request, "admin/university/class_import.html", context, status=422 if wrong else 200)

    def template_view(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        return file_answer(template(), "班级导入模板.xlsx")
