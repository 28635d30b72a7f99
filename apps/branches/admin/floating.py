"""流动党员 and 发展党员 for staff: lists over all branches in reach; entered at the branch's desk (代录)."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.urls import path, reverse
from django.utils import timezone

from apps.branches.models import FloatingStay, Recruit, RecruitStep
from apps.branches.views.floating import COLUMNS, sheet_rows
from apps.branches.views.sheets import workbook

from .memberships import OrganisationFilter
from .transfers import MOST_EXPORTED, OfPeople, PartInline


class AtDesk(OfPeople):
    """Nothing is added here: each record begins at its branch's desk."""

    select_related_in_list = ("person", "organisation")
    select_related_in_record = select_related_in_list
    sortable_by = ()
    desk_page = ""

    def has_add_permission(self, request):
        return False

    def record_tools(self, request, obj):
        pairs = [(obj.organisation, "到支部工作台代办", self.desk_page, [obj.public_id])]
        return [*self.desk_tools(request, pairs), *super().record_tools(request, obj)]


class AwayFilter(admin.SimpleListFilter):
    title = "现在"
    parameter_name = "away"

    def lookups(self, request, model_admin):
        return [("now", "在外地"), ("back", "已回来")]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        if self.value() == "now":
            return queryset.current(today)
        return queryset.filter(ends_on__lte=today) if self.value() == "back" else queryset


@admin.register(FloatingStay)
class FloatingStayAdmin(AtDesk):
    desk_page = "stay"
    empty_words = "支部在工作台里登记流动党员，这里汇总。"
    list_display = ["person", "organisation", "city", "host_words", "study", "starts_on", "ends_on"]
    list_filter = [AwayFilter, OrganisationFilter, "study"]
    select_related_in_list = ("person", "organisation", "host")
    select_related_in_record = select_related_in_list
    ordering = ["organisation_id", "-starts_on", "id"]
    fields = ["person", "organisation", "starts_on", "ends_on", "city", "host_words", "study", "contact_name", "note"]
    readonly_fields = ["host_words"]

    @admin.display(description="流入地党组织")
    def host_words(self, stay):
        return stay.host.name if stay.host else stay.host_name

    def changelist_view(self, request, extra_context=None):
        export = reverse(f"{self.admin_site.name}:branches_floatingstay_export")
        tools = [{"label": "流动党员登记表（Excel）", "url": export}]
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    def get_urls(self):
        name = "branches_floatingstay_export"
        return [path("export/", self.staff_view(self.export_view), name=name), *super().get_urls()]

    def export_view(self, request):
        """Those who are away today, by branch."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).current(timezone.localdate()).select_related(*self.select_related_in_list)
        rows = list(rows.order_by("organisation__path", "person__name_stroke_key", "pk")[:MOST_EXPORTED])
        people = {row.person_id for row in rows}
        return workbook(request, "流动党员登记表", COLUMNS, sheet_rows(rows), people=people, filename="liudong")


class RecruitStepInline(PartInline):
    model = RecruitStep
    verbose_name_plural = "经过"
    fields = ["on", "stage", "note", "document_no", "by_staff"]


class DueFilter(admin.SimpleListFilter):
    title = "转正"
    parameter_name = "due"

    def lookups(self, request, model_admin):
        return [("due", "预备期已满")]

    def queryset(self, request, queryset):
        if self.value() != "due":
            return queryset
        return queryset.filter(Q(stage="probationary", probation_until__lte=timezone.localdate()))


@admin.register(Recruit)
class RecruitAdmin(AtDesk):
    desk_page = "recruit"
    empty_words = "支部收到入党申请书后在工作台里登记，这里看得到每一位到了哪一步。"
    list_display = ["person", "organisation", "stage", "applied_on", "admitted_on", "probation_until", "full_on"]
    list_filter = ["stage", DueFilter, OrganisationFilter]
    ordering = ["-applied_on", "-id"]
    fields = [
        "person", "organisation", "stage", "applied_on", "activist_on", "candidate_on", "admitted_on",
        "probation_until", "prolonged", "full_on", "stopped_on", "introducers",
    ]  # fmt: skip
    inlines = [RecruitStepInline]
