"""督导检查 in the admin: what was found, the branch's answer, the re-check."""

import uuid

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from apps.branches.access import organisations_open_to
from apps.branches.forms.memberships import DAY
from apps.branches.forms.organisations import FindingForm, RecheckForm
from apps.branches.models import Inspection, InspectionFinding
from apps.branches.services.inspections import add_finding, recheck, record_inspection
from apps.common.admin import EDIT, SAFE_METHODS, RecordAdmin
from apps.common.admin_forms import RecordForm
from apps.common.errors import BusinessError

from .memberships import OrganisationFilter

LINES = forms.Textarea(attrs={"rows": 8})


class InspectionForm(RecordForm):
    """An inspection; what was found is typed with it, one a line, and gets one deadline, changed later one by one."""

    found = forms.CharField(
        label="发现的问题", required=False, widget=LINES, max_length=3000, help_text="一行一条；没有问题就空着"
    )
    due_on = forms.DateField(label="整改期限", widget=DAY, required=False, help_text="发现问题时要填")

    class Meta:
        model = Inspection
        fields = ["organisation", "inspected_on", "inspectors", "subject", "summary"]
        widgets = {"inspected_on": DAY, "summary": forms.Textarea(attrs={"rows": 3})}

    def clean_found(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["found"].splitlines() if line.strip()]
        if any(len(line) > 300 for line in lines):
            raise forms.ValidationError("每一条不超过 300 字，请分成几条。")
        if len(lines) > 50:
            raise forms.ValidationError("一次最多 50 条。")
        return lines

    def clean(self):
        values = super().clean()
        if values.get("found") and not values.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", "有问题要整改，请填期限。")
        return values


class OpenFilter(admin.SimpleListFilter):
    title = "整改"
    parameter_name = "open"

    def lookups(self, request, model_admin):
        return [("open", "还有没整改到位的"), ("late", "有逾期的")]

    def queryset(self, request, queryset):
        if self.value() not in ("open", "late"):
            return queryset
        rows = InspectionFinding.objects.filter(voided_at__isnull=True).exclude(result="done")
        if self.value() == "late":
            rows = rows.filter(due_on__lt=timezone.localdate())
        return queryset.filter(pk__in=rows.values("inspection_id"))


class InspectedFilter(OrganisationFilter):
    """An organisation with everything below it."""

    title = "党组织（含下级）"

    def narrow(self, queryset, chosen):
        return queryset.filter(organisation__path__startswith=chosen.path)


@admin.register(Inspection)
class InspectionAdmin(RecordAdmin):
    form = InspectionForm
    voidable = True
    add_label = "登记督导检查"
    empty_words = "检查过哪个党组织，发现什么问题、限期到哪天，登记在这里。"
    list_display = ["inspected_on", "organisation", "subject", "inspectors", "progress"]
    list_filter = [OpenFilter, InspectedFilter]
    search_fields = ["subject", "inspectors", "organisation__name"]
    search_help_text = "检查内容、检查人或党组织"
    sortable_by = ()
    ordering = ["-inspected_on", "-id"]
    select_related_in_list = ("organisation",)
    select_related_in_record = ("organisation",)
    fieldsets = (
        (None, {"fields": ("organisation", ("inspected_on", "inspectors"), "subject", "summary")}),
        ("发现的问题", {"fields": ("found", "due_on")}),
    )

    def rows_for(self, user, permission):
        if permission == self.right("view") and user.has_perm(permission):
            return Inspection.objects.all()
        return Inspection.objects.filter(organisation__in=organisations_open_to(user, permission))

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match and match.url_name.endswith("changelist"):
            standing = Q(findings__voided_at__isnull=True)
            rows = rows.annotate(
                number=Count("findings", filter=standing),
                done=Count("findings", filter=standing & Q(findings__result="done")),
                late=Count(
                    "findings",
                    filter=standing & ~Q(findings__result="done") & Q(findings__due_on__lt=timezone.localdate()),
                ),
            )
        return rows

    @admin.display(description="整改")
    def progress(self, inspection) -> str:
        if not inspection.number:
            return "没有问题"
        words = f"{inspection.number} 条，已到位 {inspection.done} 条"
        return words + (f"，逾期 {inspection.late} 条" if inspection.late else "")

    def get_fieldsets(self, request, obj=None):
        return self.fieldsets if obj is None else self.fieldsets[:1]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is None and "organisation" in form.base_fields:
            mine = organisations_open_to(request.user, self.right("add")).filter(dissolved_on__isnull=True)
            form.base_fields["organisation"].queryset = mine
        return form

    def write(self, request, obj, form, change):
        values = form.cleaned_data
        mine = organisations_open_to(request.user, self.right("change" if change else "add"))
        if not mine.filter(pk=obj.organisation_id).exists():
            raise BusinessError("这个党组织不在您的管理范围内。", code="out_of_reach", field="organisation")
        if change:
            obj.save()
            return
        record_inspection(obj, [(line, values["due_on"]) for line in values["found"]], actor=request.user)

    # One inspection

    def get_urls(self):
        return [
            path(
                "<int:pk>/finding/<uuid:finding>/", self.staff_view(self.recheck_view),
                name="branches_inspection_recheck",
            ),
            path("<int:pk>/finding/", self.staff_view(self.finding_view), name="branches_inspection_finding"),
            *super().get_urls(),
        ]  # fmt: skip

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method in SAFE_METHODS and EDIT not in request.GET:
            if not self.has_view_permission(request):
                raise PermissionDenied
            request.reading_record = True
            return self.inspection_page(request, self.get_object(request, unquote(object_id)))
        return super().change_view(request, object_id, form_url, extra_context)

    def inspection_page(self, request, inspection: Inspection):
        context = {
            "title": f"{inspection.organisation}：{inspection.subject}",
            "original": inspection,
            "inspection": inspection,
            "organisation": inspection.organisation,
            "findings": list(inspection.findings.filter(voided_at__isnull=True)),
            "today": timezone.localdate(),
            "may_change": self.may_change(request, inspection) and not inspection.voided_at,
            "tools": self.record_tools(request, inspection),
            "facts": [
                ("党组织", inspection.organisation), ("检查日期", inspection.inspected_on),
                ("检查人", inspection.inspectors), ("总体情况", inspection.summary),
            ],
        }  # fmt: skip
        return self.page(request, "admin/branches/inspection_page.html", context)

    def _act(self, request, inspection, form, title: str, sentence: str, perform):
        if request.method == "POST" and form.is_valid():
            try:
                perform(form.cleaned_data)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已办：{title}。")
                return HttpResponseRedirect(self.url_of("change", inspection))
        context = {
            "title": title, "form": form, "sentence": sentence, "button": form.submit_label, "media": form.media,
            "back": self.url_of("change", inspection),
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def finding_view(self, request, pk: int):
        inspection = self.changeable_object(request, str(pk))
        if inspection.voided_at:
            raise PermissionDenied
        form = FindingForm(request.POST if request.method == "POST" else None, initial={"key": uuid.uuid4()})
        return self._act(
            request, inspection, form, "添加问题", "支部会在工作台的“督导检查”里看到，改好了在那里报告。",
            lambda values: add_finding(inspection, actor=request.user, **values),
        )  # fmt: skip

    def recheck_view(self, request, pk: int, finding):
        inspection = self.changeable_object(request, str(pk))
        rows = inspection.findings.filter(public_id=finding, voided_at__isnull=True)
        row = rows.select_related("inspection").first()
        if row is None:
            raise Http404
        if inspection.voided_at or row.is_closed:
            raise PermissionDenied
        form = RecheckForm(request.POST if request.method == "POST" else None, initial={"on": timezone.localdate()})
        said = f"支部报告（{row.answered_on:%Y-%m-%d}）：{row.answer}" if row.answered_on else "支部还没有报告。"
        return self._act(
            request, inspection, form, "复查整改情况", f"{row.content}　期限 {row.due_on:%Y-%m-%d}。{said}",
            lambda values: recheck(row, actor=request.user, **values),
        )  # fmt: skip
