"""Staff pages of party organisations: the tree as a list, one page each, and what happens to them by document."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from apps.branches import services
from apps.branches.access import organisations_open_to
from apps.branches.choices import Kind, Level
from apps.branches.forms import FoundForm
from apps.branches.forms.organisations import ChangeForm
from apps.branches.models import Membership, Organisation
from apps.branches.queries import whole_counts
from apps.branches.queries.standing import standings
from apps.common.admin import EDIT, SAFE_METHODS, RecordAdmin
from apps.common.admin_lists import PickFilter
from apps.common.errors import BusinessError

from .coverage import CoveragePages
from .organisation_acts import OrganisationActs
from .organisation_page import page_of

MOST_LISTED = 5000


class StandingFilter(admin.SimpleListFilter):
    title = "现状"
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        return [("dissolved", "已撤销"), ("all", "全部")]

    def choices(self, changelist):
        rows = list(super().choices(changelist))
        rows[0]["display"] = "现有的"
        return rows

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        if self.value() == "dissolved":
            return queryset.filter(dissolved_on__isnull=False)
        return queryset.filter(dissolved_on__isnull=True)


class AboveFilter(PickFilter):
    """An organisation with everything below it."""

    title = "上级党组织（含下级）"
    parameter_name = "above"
    field_name = "organisation"
    field_model = Membership

    def narrow(self, queryset, chosen):
        return queryset.filter(path__startswith=chosen.path)


class TermFilter(admin.SimpleListFilter):
    title = "任期"
    parameter_name = "term"

    def lookups(self, request, model_admin):
        return [("over", "已届满"), ("none", "没有登记")]

    def queryset(self, request, queryset):
        if self.value() == "over":
            return queryset.filter(term_ends_on__lt=timezone.localdate(), kind__in=[Kind.FORMAL, Kind.AWAY])
        if self.value() == "none":
            return queryset.filter(term_ends_on__isnull=True, level__in=[Level.GENERAL, Level.BRANCH])
        return queryset


@admin.register(Organisation)
class OrganisationAdmin(OrganisationActs, CoveragePages, RecordAdmin):
    """Names, terms and numbers are open to all of the staff; changed by those in whose units an organisation stands.
    People on its page are those in the reader's charge."""

    list_display = [
        "indented", "kind", "level", "unit", "members", "committee", "term_ends_on", "state",
    ]  # fmt: skip
    list_display_links = ["indented"]
    list_filter = [StandingFilter, "kind", "level", TermFilter, AboveFilter]
    sortable_by = ()
    select_related_in_list = ("unit",)
    select_related_in_record = ("unit", "community")
    search_fields = ["name", "short_name"]
    search_help_text = "名称或简称"
    ordering = ["path"]
    voidable = False
    fieldsets = (
        (None, {"fields": ("name", "short_name", ("kind", "level"), ("unit", "community"))}),
        (
            "成立和任期",
            {"fields": (
                ("established_on", "approval_document"), ("formation", "composition"),
                ("term_began_on", "term_years", "term_ends_on"),
            )},
        ),
        ("活动", {"fields": (("venue", "venue_address"), ("party_day", "phone"), "brand", "brand_note")}),
    )  # fmt: skip

    def rows_for(self, user, permission):
        return organisations_open_to(user, permission).filter(voided_at__isnull=True)

    # List

    @admin.display(description="党组织")
    def indented(self, organisation):
        return "　" * (organisation.depth - 1) + organisation.name

    @admin.display(description="党员")
    def members(self, organisation) -> str:
        counts = getattr(organisation, "whole", None)
        if counts is None or not (counts.formal or counts.others):
            return ""
        words = f"{counts.formal}" + (f"（预备 {counts.probationary}）" if counts.probationary else "")
        return words + (f"　其他 {counts.others}" if counts.others else "")

    @admin.display(description="班子")
    def committee(self, organisation) -> str:
        standing = getattr(organisation, "standing", None)
        return f"{len(standing.committee)} 人" if standing and standing.committee else ""

    @admin.display(description="要处理的")
    def state(self, organisation) -> str:
        if organisation.dissolved_on:
            return f"{organisation.dissolved_on:%Y-%m-%d} 撤销"
        standing = getattr(organisation, "standing", None)
        return "；".join(SHORT.get(one.code, one.code) for one in standing.findings) if standing else ""

    def get_changelist_instance(self, request):
        """Numbers of the page's rows, read in a constant number of queries."""
        changelist = super().get_changelist_instance(request)
        rows, today = list(changelist.result_list), timezone.localdate()
        counts = whole_counts(rows, today)
        for standing in standings(rows, today):
            standing.organisation.standing = standing
            standing.organisation.whole = counts[standing.organisation.pk]
        changelist.result_list = rows
        return changelist

    def changelist_view(self, request, extra_context=None):
        export = f"{self.act_url('export')}?{request.GET.urlencode()}"
        tools = [{"label": "覆盖情况", "url": self.act_url("coverage")}, {"label": "导出", "url": export}]
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    def get_search_results(self, request, queryset, search_term):
        if request.path.endswith("/autocomplete/"):
            queryset = queryset.filter(dissolved_on__isnull=True, voided_at__isnull=True)
        return super().get_search_results(request, queryset, search_term)

    # One organisation

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method in SAFE_METHODS:
            if not self.has_view_permission(request):
                raise PermissionDenied
            organisation = self.get_object(request, unquote(object_id))
            if EDIT in request.GET and self.may_change(request, organisation):
                return super().change_view(request, object_id, form_url, extra_context)
            request.reading_record = True
            return self.page(request, "admin/branches/organisation_page.html", page_of(self, request, organisation))
        return super().change_view(request, object_id, form_url, extra_context)

    def get_fieldsets(self, request, obj=None):
        if obj is not None:
            by_document = ("变更（改名称、类型、层级要填）", {"fields": (("document_no", "changed_on"), "change_note")})
            return (*self.fieldsets, by_document)
        first, *rest = self.fieldsets
        return ((None, {"fields": ("parent_organisation", *first[1]["fields"])}), *rest)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **{**kwargs, "form": ChangeForm if obj else FoundForm})
        if obj is None:
            field = form.base_fields["parent_organisation"]
            field.widget = AutocompleteSelect(Membership._meta.get_field("organisation"), self.admin_site)
            field.widget.choices = field.choices
        return form

    def write(self, request, obj, form, change):
        reach = request.user.reach(self.right("change"))
        if obj.unit_id and obj.unit_id not in reach:
            raise BusinessError("这个单位不在您的管理范围内。", code="out_of_reach", field="unit")
        values = form.cleaned_data
        if change:
            services.change_organisation(
                obj, actor=request.user, on=values["changed_on"], document_no=values["document_no"],
                note=values["change_note"],
            )  # fmt: skip
            return
        services.add_organisation(obj, parent=values["parent_organisation"], actor=request.user)

    def act_url(self, name: str, *args) -> str:
        return reverse(f"{self.admin_site.name}:branches_organisation_{name}", args=args)


SHORT = {
    "too_small": "党员不足",
    "too_large": "人数超过",
    "no_committee": "应设支委会",
    "no_secretary": "没有书记",
    "committee_too_large": "支委会人数过多",
    "committee_large": "支委会人数偏多",
    "committee_too_early": "不设委员",
    "committee_roles": "委员分工不全",
    "term_over": "任期届满",
    "term_ends": "任期将满",
    "secretary_dead": "书记离世",
    "secretary_old": "书记高龄",
    "no_meeting": "本月没有会议",
}
