"""The service catalogue and 四就近: who does what where, and how many live where what is offered."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin import RecordAdmin
from apps.common.printing import frame_for
from apps.ledgers.choices.treatments import NearbyKind
from apps.ledgers.models import NearbyService, ServiceOffer
from apps.ledgers.queries.communities import coverage_of

from .tables import InUseFilter, TableOut


class RunningFilter(admin.SimpleListFilter):
    title, parameter_name = "现在", "running"

    def lookups(self, request, model_admin):
        return [("ended", "已停止的"), ("all", "全部")]

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        yield {**first, "display": "还在办的"}
        yield from rest

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(ends_on__isnull=self.value() != "ended")


@admin.register(ServiceOffer)
class ServiceOfferAdmin(TableOut, RecordAdmin):
    open_to_viewers = True
    voidable = True
    add_label = "新增服务"
    empty_words = "把找得到、叫得应的服务列进来：谁做、电话、价格、范围、怎样预约。定办法时从这里选由谁来做。"
    list_display = ("name", "kind", "provider", "phone_link", "price", "where", "checked_on")
    list_filter = ("kind", RunningFilter, InUseFilter)
    search_fields = ("name", "provider", "area")
    search_help_text = "服务、谁来做、服务范围"
    sortable_by = ()
    ordering = ("kind", "name", "pk")
    select_related_in_list = select_related_in_record = ("community__division",)
    fields = (
        "kind", "name", "provider", "community", ("contact", "phone"), "price", "area", "how_to_order",
        ("checked_on", "ends_on"),
    )  # fmt: skip
    columns = (
        ("类别", "kind"), ("服务", "name"), ("谁来做", "provider"), ("联系人", "contact"), ("电话", "phone"),
        ("价格", "price"), ("范围", "where"), ("怎样预约", "how_to_order"),
    )  # fmt: skip
    table_order = "类别"
    # For the wall and for families: nothing to be collected again.
    table_frame = {"recall": False, "stamp": False, "signature": ""}

    @admin.display(description="电话")
    def phone_link(self, obj):
        return format_html('<a href="tel:{}">{}</a>', obj.phone, obj.phone)

    @admin.display(description="服务范围")
    def where(self, obj):
        return obj.area or (str(obj.community) if obj.community else "全市")

    def table_title(self, request):
        return "老同志服务目录"


@admin.register(NearbyService)
class NearbyServiceAdmin(TableOut, RecordAdmin):
    open_to_viewers = True
    voidable = True
    add_label = "登记社区的一项"
    empty_words = "社区能让老同志就近学习、活动、得到照顾、发挥作用的，一项一项登记；试点写文号。"
    list_display = ("community", "kind", "what", "since", "is_pilot", "contact", "phone")
    list_filter = ("kind", "is_pilot", RunningFilter, InUseFilter)
    search_fields = ("community__name", "community__street")
    search_help_text = "社区、街道"
    sortable_by = ()
    ordering = ("community_id", "kind", "pk")
    select_related_in_list = select_related_in_record = ("community__division",)
    fields = ("community", "kind", "what", ("since", "ends_on"), ("is_pilot", "document_no"), ("contact", "phone"))
    columns = (
        ("社区", "community"), ("四就近", "kind"), ("有什么", "what"), ("从哪天起", "since"), ("试点", "is_pilot"),
        ("文号", "document_no"), ("联系人", "contact"), ("电话", "phone"),
    )  # fmt: skip
    table_order = "社区"
    table_frame = {"recall": False}

    def list_tools(self, request):
        return [{"label": "覆盖情况", "url": self.list_url("coverage")}, *super().list_tools(request)]

    def get_urls(self):
        page = self.staff_view(self.coverage_view)
        return [path("coverage/", page, name="ledgers_nearbyservice_coverage"), *super().get_urls()]

    def coverage_view(self, request):
        """By residence: how many live in communities with and without each of the four; printable."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found, today = coverage_of(request.user), timezone.localdate()
        context = {
            "title": "四就近覆盖情况", "found": found, "kinds": NearbyKind.choices, "today": today,
            "back": self.list_url(), "community_url": reverse("admin:organisation_community_changelist"),
        }  # fmt: skip
        if "print" in request.GET:
            frame = frame_for(
                request, "四就近覆盖情况", columns=7, order="没有的在前，人多的在前", recall=False, stamp=True,
                scope=f"{found.total} 人，{len(found.lines)} 个社区", back_url=self.list_url("coverage"),
            )  # fmt: skip
            return self.page(request, "print/nearby_coverage.html", {**context, "frame": frame})
        return self.page(request, "admin/ledgers/nearby_coverage.html", context)
