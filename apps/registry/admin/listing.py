"""The list of cadres: columns without numbers, filters that staff use, named orders."""

from django.contrib import admin
from django.utils import timezone

from apps.people.choices import LifeStatus
from apps.registry.holds import HOLD_WORDS
from apps.registry.services.export import EXPORT
from apps.registry.wording import age_of

from .filters import (
    NUMBER_LACKING,
    AgeFilter,
    CategoryFilter,
    HealthFilter,
    HoldFilter,
    LivingFilter,
    OrderFilter,
    RankFilter,
    StatusFilter,
    UnitFilter,
)

VIEW_HEALTH = "registry.view_health"


class CadreListing:
    """Mixed into CadreAdminBase."""

    list_display = ("name", "sex_and_age", "category", "former_post", "unit", "living_words", "status")
    list_display_links = ("name",)
    list_filter = (
        StatusFilter,
        CategoryFilter,
        AgeFilter,
        LivingFilter,
        HealthFilter,
        RankFilter,
        HoldFilter,
        UnitFilter,
        OrderFilter,
    )
    search_fields = ("person__name",)
    sortable_by = ()
    actions = ("invite_ticked", "set_places_of_ticked")
    select_related_in_list = ("person", "managing_unit")

    def get_ordering(self, request):
        return OrderFilter.chosen(request).by

    def get_list_filter(self, request):
        if request.user.has_perm(VIEW_HEALTH):
            return self.list_filter
        return tuple(item for item in self.list_filter if item is not HealthFilter)

    def get_search_fields(self, request):
        """People are found in the one search box, by POST; the field stays on for autocomplete."""
        match = request.resolver_match
        return () if match and match.url_name.endswith("changelist") else self.search_fields

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        return queryset.filter(person__in=self.matching_people(search_term)), False

    @admin.display(description="姓名")
    def name(self, obj):
        return obj.person.name

    @admin.display(description="性别年龄")
    def sex_and_age(self, obj):
        age = age_of(obj.person, timezone.localdate())
        sex = obj.person.get_sex_display() if obj.person.sex in "12" else ""
        return "\u00a0".join(filter(None, (sex, f"{age}岁" if age is not None else "")))

    @admin.display(description="类别")
    def category(self, obj):
        return obj.get_retire_type_display()

    @admin.display(description="管理单位")
    def unit(self, obj):
        return obj.managing_unit.short_name or obj.managing_unit.name

    @admin.display(description="居住")
    def living_words(self, obj):
        return obj.get_living_display()

    @admin.display(description="状态")
    def status(self, obj):
        if obj.voided_at:
            return "已作废"
        words = "" if obj.person.life_status == LifeStatus.LIVING else obj.person.get_life_status_display()
        lacking = NUMBER_LACKING if obj.person.citizen_id_index is None else ""
        return "，".join(filter(None, (words, HOLD_WORDS if obj.on_hold else "", lacking)))

    def changelist_view(self, request, extra_context=None):
        heading = f"老干部{OrderFilter.chosen(request).heading}"
        context = {"list_heading": heading, "list_tools": self.list_tools(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def list_tools(self, request) -> list[dict]:
        """Links above the list, given what the user filtered."""
        tools = [{"label": "拟邀请名单", "url": self.group_url(request, "invite")}]
        if request.user.has_perm("registry.change_cadre"):
            tools.append({"label": "排名次", "url": self.group_url(request, "places")})
            tools.append({"label": "职级待认定", "url": self.plain_url("ranks")})
        if request.user.has_perm(EXPORT):
            tools.insert(0, {"label": "导出名单", "url": f"{self.plain_url('export')}?{request.GET.urlencode()}"})
        return tools
