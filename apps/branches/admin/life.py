"""Staff pages of organisation life: lists to look at, to filter and to take out, and to void. What a branch did is
written at its desk, by the branch or for it."""

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from apps.branches import services
from apps.branches.access import Desk, organisations_open_to, reaches_all
from apps.branches.models import HomeDelivery, Meeting, Programme, Review, StudyRecord, Talk
from apps.branches.queries.coverage import came, present_counts
from apps.branches.services.meetings import people_on
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.registry.models import Cadre
from apps.registry.queries import find_people

from .life_export import ListExport
from .life_filters import MonthFilter, OpenFilter, OrganisationFilter, month_filter
from .life_months import MonthOverview

ENTER = "branches.enter_for_branch"


class LifeAdmin(ListExport, RecordAdmin):
    """Rows of branches; never added or rewritten here. Voiding goes through the services of the desk."""

    voidable = True
    sortable_by = ()
    empty_words = "支部在工作台登记后列在这里；也可以从党组织的页面替支部登记。"
    exported: tuple[tuple[str, str], ...] = ()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        return self.fields

    def get_readonly_fields(self, request, obj=None):
        return self.fields

    def record_tools(self, request, obj):
        tools = [tool for tool in super().record_tools(request, obj) if tool["label"] != "修改"]
        if organisations_open_to(request.user, ENTER).filter(pk=obj.organisation_id).exists():
            tools.insert(0, {"label": "到支部工作台", "url": self.desk_url(obj), "main": True})
        return tools

    def desk_url(self, obj) -> str:
        return reverse("branches:meetings", args=[obj.organisation.public_id])

    def desk(self, request, obj) -> Desk:
        return Desk(obj.organisation, request.user, timezone.localdate(), None)


class OfMemberAdmin(LifeAdmin):
    """Rows about a member who belongs to the user's cadres."""

    select_related_in_list = ("person", "organisation")
    select_related_in_record = ("person", "organisation")
    search_fields = ["person_id"]
    search_help_text = "姓名或拼音"

    def rows_for(self, user, permission):
        visible = Cadre.objects.visible_to(user, permission).values("pk")
        return self.model.objects.filter(person_id__in=visible)

    def get_search_results(self, request, queryset, search_term):
        """By name or reading; a number is not answered here, because it would stand in the address."""
        if not search_term.strip():
            return queryset, False
        asked, people = find_people(search_term)
        if asked.is_number:
            return queryset.none(), False
        return queryset.filter(person_id__in=people.order_by().values("pk")), False

    def people_of(self, obj):
        return [obj.person_id]


@admin.register(Meeting)
class MeetingAdmin(MonthOverview, LifeAdmin):
    list_display = ["held_on", "organisation", "kind", "topic", "expected", "present", "by_staff"]
    list_display_links = ["held_on", "topic"]
    list_filter = [OrganisationFilter, "kind", MonthFilter, "by_staff"]
    select_related_in_list = ("organisation",)
    select_related_in_record = ("organisation", "host", "recorder", "programme")
    search_fields = ["topic", "organisation__name"]
    search_help_text = "主题或党组织名称"
    ordering = ["-held_on", "-pk"]
    fields = (
        "organisation", "kind", "held_on", "held_at", "place", "is_online", "topic", "host", "recorder", "programme",
        "items", "expected", "said_present", "roll", "guests", "minutes", "resolutions", "by_staff",
    )  # fmt: skip
    exported = (
        ("党组织", "organisation"), ("日期", "held_on"), ("会议类型", "kind_words"), ("主题", "topic"),
        ("地点", "place"), ("应到", "expected"), ("实到", "present"), ("代录", "by_staff_words"),
    )  # fmt: skip

    def rows_for(self, user, permission):
        return Meeting.objects.filter(organisation__in=organisations_open_to(user, permission).order_by().values("pk"))

    def get_changelist_instance(self, request):
        """The number present of a page's meetings in one query."""
        changes = super().get_changelist_instance(request)
        self.count_present(changes.result_list)
        return changes

    def count_present(self, rows) -> None:
        counts = present_counts([row.pk for row in rows])
        for row in rows:
            row.came = came(counts.get(row.pk, {}))

    @admin.display(description="实到")
    def present(self, obj):
        return obj.came

    def kind_words(self, obj):
        return obj.get_kind_display()

    def by_staff_words(self, obj):
        return "是" if obj.by_staff else ""

    @admin.display(description="名单")
    def roll(self, obj):
        """Numbers by state: names stand at the desk, for those who have the branch."""
        counts = present_counts([obj.pk]).get(obj.pk, {})
        states = obj.attendance.model._meta.get_field("state").choices
        return "，".join(f"{label} {counts[state]} 人" for state, label in states if state in counts)

    def desk_url(self, obj):
        return reverse("branches:meeting", args=[obj.organisation.public_id, obj.public_id])

    def people_of(self, obj):
        return people_on(obj)

    def apply_voiding(self, request, obj, act, reason):
        desk = self.desk(request, obj)
        services.void_meeting(desk, obj, reason=reason) if act == "void" else services.restore_meeting(desk, obj)


@admin.register(HomeDelivery)
class HomeDeliveryAdmin(OfMemberAdmin):
    list_display = ["person", "organisation", "due_on", "delivered_on", "form", "by_staff"]
    list_filter = [OrganisationFilter, OpenFilter, month_filter("due_on")]
    ordering = ["-due_on", "-pk"]
    fields = (
        "person", "organisation", "meeting", "due_on", "delivered_on", "form", "deliverer", "content", "wishes",
        "by_staff",
    )  # fmt: skip
    exported = (
        ("党组织", "organisation"), ("姓名", "person"), ("最晚哪天送到", "due_on"), ("送学日期", "delivered_on"),
        ("方式", "form_words"), ("送了什么、讲了什么", "content"), ("意见和需要", "wishes"),
    )  # fmt: skip

    def form_words(self, obj):
        return obj.get_form_display() if obj.delivered_on else ""

    def desk_url(self, obj):
        return reverse("branches:deliveries", args=[obj.organisation.public_id])


@admin.register(StudyRecord)
class StudyRecordAdmin(OfMemberAdmin):
    list_display = ["person", "organisation", "studied_on", "form", "theme", "hours"]
    list_filter = [OrganisationFilter, "form", month_filter("studied_on")]
    ordering = ["-studied_on", "-pk"]
    fields = ("person", "organisation", "studied_on", "form", "theme", "hours", "by_staff")
    exported = (
        ("党组织", "organisation"), ("姓名", "person"), ("日期", "studied_on"), ("形式", "form_words"),
        ("主题", "theme"), ("学时", "hours"),
    )  # fmt: skip

    def form_words(self, obj):
        return obj.get_form_display()

    def desk_url(self, obj):
        return reverse("branches:studies", args=[obj.organisation.public_id])


@admin.register(Review)
class ReviewAdmin(OfMemberAdmin):
    list_display = ["person", "organisation", "year", "result", "note"]
    list_filter = [OrganisationFilter, "result", "year"]
    ordering = ["-year", "organisation__path", "person__name_stroke_key", "pk"]
    fields = ("person", "organisation", "year", "result", "note", "meeting", "by_staff")
    exported = (
        ("党组织", "organisation"), ("姓名", "person"), ("年度", "year"), ("评议结果", "result_words"),
        ("说明", "note"),
    )  # fmt: skip

    def result_words(self, obj):
        return obj.get_result_display()

    def desk_url(self, obj):
        return reverse("branches:reviews", args=[obj.organisation.public_id, obj.year])


@admin.register(Talk)
class TalkAdmin(OfMemberAdmin):
    list_display = ["person", "organisation", "talked_on", "officer", "theme"]
    list_filter = [OrganisationFilter, month_filter("talked_on")]
    select_related_in_list = ("person", "organisation", "officer")
    ordering = ["-talked_on", "-pk"]
    fields = ("person", "organisation", "talked_on", "officer", "theme", "by_staff")
    exported = (
        ("党组织", "organisation"), ("党员", "person"), ("日期", "talked_on"), ("谈话人", "officer"),
        ("谈什么", "theme"),
    )  # fmt: skip

    def desk_url(self, obj):
        return reverse("branches:talks", args=[obj.organisation.public_id])


@admin.register(Programme)
class ProgrammeAdmin(RecordAdmin):
    """Orders of items for 主题党日: those for all are the bureau's, the others a branch's own."""

    voidable = True
    add_label = "新的流程"
    empty_words = "例如“7+N”：7 个固定环节，N 个自选环节。支部记会议时选用。"
    list_display = ["name", "whose", "closed_on"]
    select_related_in_list = ("organisation",)
    search_fields = ["name"]
    search_help_text = "名称"
    fields = ["name", "organisation", "items", "own_items", "closed_on"]

    def rows_for(self, user, permission):
        """Everybody who may see programmes sees those for all; they are changed by whoever reaches every unit, a
        branch's own by whoever reaches it."""
        own = organisations_open_to(user, permission).order_by().values("pk")
        rows = Programme.objects.filter(organisation__in=own)
        is_open = user.has_perm(permission) if permission == self.right("view") else reaches_all(user, permission)
        return rows | Programme.objects.filter(organisation__isnull=True) if is_open else rows

    def write(self, request, obj, form, change):
        if obj.organisation_id is None:
            if not reaches_all(request.user, self.right("add")):
                raise BusinessError("全市通用的流程由市局登记。请选择党组织。", code="reach", field="organisation")
        elif not organisations_open_to(request.user, self.right("add")).filter(pk=obj.organisation_id).exists():
            raise BusinessError("这个党组织不在您的管理范围内。", code="reach", field="organisation")
        obj.save()

    @admin.display(description="哪里用")
    def whose(self, obj):
        return str(obj.organisation) if obj.organisation_id else "全市通用"
