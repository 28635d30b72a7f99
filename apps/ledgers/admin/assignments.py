"""责任分工: who answers for whom, handing over and ending; and the tiers, which are decided on the cadres' pages."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin import RecordAdmin
from apps.ledgers.forms import HandOverForm
from apps.ledgers.models import CareAssignment, CareTier
from apps.ledgers.queries.pairing import open_items
from apps.ledgers.services import end_assignment
from apps.registry.admin.scope import may_on

from .filters import MineFilter, StandingFilter, UnitOfCadreFilter
from .groups import ASSIGN, DECIDE
from .pairing import PairingPages


class OfCadreAdmin(RecordAdmin):
    """Rows of cadres that are written only by the services behind other pages."""

    select_related_in_list = ("cadre__person", "cadre__managing_unit")
    sortable_by = ()

    def people_of(self, obj):
        return [obj.cadre_id]

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        return False

    @admin.display(description="老同志")
    def who(self, obj):
        url = reverse("admin:registry_cadre_change", args=[obj.cadre_id])
        return format_html('<a href="{}">{}</a>', url, obj.cadre.person.name)

    @admin.display(description="管理单位")
    def unit(self, obj):
        return obj.cadre.managing_unit.short_name or obj.cadre.managing_unit.name


@admin.register(CareAssignment)
class CareAssignmentAdmin(PairingPages, OfCadreAdmin):
    list_display = ("who", "unit", "carer", "role", "starts_on", "ends_on", "override_reason")
    list_display_links = ("carer",)
    list_filter = (StandingFilter, MineFilter, UnitOfCadreFilter)
    select_related_in_list = (*OfCadreAdmin.select_related_in_list, "carer")
    ordering = ("carer__display_name", "carer_id", "-starts_on", "pk")
    fields = (
        "who",
        "carer",
        "role",
        "starts_on",
        "ends_on",
        "override_reason",
        "handover_note",
        "handover_items",
        "assigned_by",
    )

    def title_of(self, obj):
        return f"{obj.cadre.person.name}的{obj.get_role_display()}：{obj.carer}"

    def get_urls(self):
        view = self.staff_view(self.end_view)
        return [path("<path:object_id>/end/", view, name="ledgers_careassignment_end"), *super().get_urls()]

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if obj.ends_on is None and may_on(request, obj.cadre_id, ASSIGN):
            other = f"{reverse('admin:registry_cadre_carers')}?pk={obj.cadre_id}"
            tools = [
                {"label": "交给别人", "url": other, "main": True},
                {"label": "不再负责", "url": self.url_of("end", obj)},
                *tools,
            ]
        return tools

    def end_view(self, request, object_id):
        assignment = self.get_object(request, object_id)
        if not may_on(request, assignment.cadre_id, ASSIGN):
            raise PermissionDenied
        form = HandOverForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            note = form.cleaned_data["handover_note"]
            end_assignment(assignment, actor=request.user, on=timezone.localdate(), handover_note=note)
            messages.success(request, "已结束。没有责任人的，要办的事转到单位联络员或科里。")
            return HttpResponseRedirect(self.url_of("change", assignment))
        context = {
            "title": f"不再负责：{self.title_of(assignment)}",
            "original": assignment,
            "form": form,
            "media": form.media,
            "lead": "从今天起不再由他负责。",
            "now": assignment,
            "items": open_items([assignment.cadre_id], timezone.localdate())[assignment.cadre_id],
            "back": self.url_of("change", assignment),
            "buttons": [("save", "确定")],
        }
        return self.page(request, "admin/ledgers/carers_form.html", context, status=422 if form.errors else 200)


@admin.register(CareTier)
class CareTierAdmin(OfCadreAdmin):
    list_display = ("who", "unit", "level", "effective_on", "decided_by", "decided_on")
    list_display_links = ("level",)
    list_filter = (UnitOfCadreFilter,)
    select_related_in_list = (*OfCadreAdmin.select_related_in_list, "decided_by")
    ordering = ("level", "pk")
    fields = ("who", "level", "effective_on", "suggested_level", "decided_by", "decided_on", "note")

    def title_of(self, obj):
        return f"{obj.cadre.person.name}的服务等级"

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if may_on(request, obj.cadre_id, DECIDE):
            url = f"{reverse('admin:registry_cadre_tier')}?pk={obj.cadre_id}"
            tools.insert(0, {"label": "重新定级", "url": url, "main": True})
        return tools
