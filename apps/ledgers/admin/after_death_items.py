"""The lines of 后事办理一次告知单: what families have to see to, by unit and date."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.ledgers.models import AfterDeathItem
from apps.ledgers.services.after_death_items import start_from_shipped
from apps.organisation.models import Unit

from .filters import DefaultFilter


class InForceFilter(DefaultFilter):
    default_label = "现在用的"
    title, parameter_name = "时间", "when"

    def lookups(self, request, model_admin):
        return [("all", "全部")]

    def queryset(self, request, queryset):
        return queryset if self.value() == "all" else queryset.on(timezone.localdate())


class StartForm(PortalForm):
    unit = forms.ModelChoiceField(Unit.objects.none(), label="给哪个单位用", required=False, empty_label="全市通用")


@admin.register(AfterDeathItem)
class AfterDeathItemAdmin(RecordAdmin):
    voidable = True
    add_label = "增加一项"
    empty_words = "还没有自己的清单，打印时用平台自带的通用清单。要改成本地的，请点“从通用清单开始改”。"
    list_display = ("title", "place_of_use", "materials", "place", "deadline", "starts_on")
    list_display_links = ("title",)
    list_filter = (InForceFilter,)
    search_fields = ("title", "materials", "place")
    search_help_text = "事项、材料或地点"
    select_related_in_list = ("unit",)
    ordering = ("unit__path", "position", "pk")
    sortable_by = ()
    fields = (
        "unit", ("position", "title"), "materials", "place", "deadline", "phone", "document_no",
        ("starts_on", "ends_on"),
    )  # fmt: skip

    def rows_for(self, user, permission):
        rows = AfterDeathItem.objects.all()
        if not user.has_perm(permission):
            return rows.none()
        if permission == self.right("view"):
            return rows
        reach = user.reach(permission)
        own = rows.filter(unit_id__in=reach)
        return own | rows.filter(unit__isnull=True) if has_whole_city(reach) else own

    @admin.display(description="适用单位")
    def place_of_use(self, row):
        return row.unit or "全市"

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("starts_on", "ends_on") and field is not None:
            field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        if db_field.name == "materials" and field is not None:
            field.widget = forms.Textarea(attrs={"rows": 3})
        return field

    def write(self, request, obj, form, change):
        reach = request.user.reach(self.right("change"))
        if not (obj.unit_id in reach if obj.unit_id else has_whole_city(reach)):
            raise BusinessError("这个单位不在您的管理范围内。", code="out_of_reach", field="unit")
        obj.save()

    def get_urls(self):
        view = self.staff_view(self.start_view)
        return [path("start/", view, name="ledgers_afterdeathitem_start"), *super().get_urls()]

    def list_tools(self, request):
        if not request.user.has_perm(self.right("add")):
            return []
        return [{"label": "从通用清单开始改", "url": reverse("admin:ledgers_afterdeathitem_start")}]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"list_tools": self.list_tools(request), **(extra_context or {})})

    def start_view(self, request):
        """Copy the shipped lines for a unit, to be edited."""
        if not request.user.has_perm(self.right("add")):
            raise PermissionDenied
        reach = request.user.reach(self.right("add"))
        form = StartForm(request.POST if request.method == "POST" else None)
        form.fields["unit"].queryset = Unit.objects.filter(pk__in=reach).order_by("path")
        form.fields["unit"].required = not has_whole_city(reach)
        if request.method == "POST" and form.is_valid():
            try:
                count = start_from_shipped(form.cleaned_data["unit"], actor=request.user, on=timezone.localdate())
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已放入 {count} 项，请逐项改成本地的办法、地点和电话。")
                return HttpResponseRedirect(reverse("admin:ledgers_afterdeathitem_changelist"))
        context = {
            "title": "从通用清单开始改", "form": form, "media": form.media,
            "lead": "把平台自带的通用清单放进来，再改成本地的材料、地点和期限。下级单位没有自己的清单时用上级的。",
            "back": reverse("admin:ledgers_afterdeathitem_changelist"), "buttons": [("save", "放进来")],
            "list_url": reverse("admin:ledgers_afterdeathitem_changelist"), "list_words": "后事告知事项",
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)


def has_whole_city(reach) -> bool:
    return not Unit.objects.exclude(pk__in=reach).exists()
