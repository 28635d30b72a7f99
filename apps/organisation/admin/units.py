"""Staff pages of divisions, units, communities and rule sets. Everybody in service reads them; few change them."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import path

from apps.common.admin import RecordAdmin, is_reading
from apps.common.errors import BusinessError
from apps.organisation import rules, services
from apps.organisation.forms import CloseUnitForm, UnitForm, rule_form
from apps.organisation.models import Community, Division, RuleSet, Unit


@admin.register(Division)
class DivisionAdmin(RecordAdmin):
    open_to_viewers = True
    list_display = ["code", "full_name", "level", "disabled_on"]
    list_filter = ["level"]
    search_fields = ["code", "name", "full_name"]
    search_help_text = "名称或代码"
    fields = ["code", "name", "full_name", "level", "parent", "disabled_on"]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []

    def record_tools(self, request, obj):
        return [tool for tool in super().record_tools(request, obj) if tool.get("main")]


class InReach:
    """Rows everybody may read and only those in whose units they lie may change."""

    reach_column = "pk"

    def rows_for(self, user, permission):
        rows = self.model._default_manager.all()
        if not user.has_perm(permission):
            return rows.none()
        if permission == self.right("view"):
            return rows
        return rows.filter(**{f"{self.reach_column}__in": user.reach(permission)})


@admin.register(Unit)
class UnitAdmin(InReach, RecordAdmin):
    """The tree as an indented list. Units are closed or merged, never deleted."""

    form = UnitForm
    list_display = ["indented", "code", "level", "nature", "closed_on"]
    list_display_links = ["indented"]
    list_filter = ["level", "nature"]
    search_fields = ["name", "short_name", "code"]
    search_help_text = "名称、简称或代码"
    ordering = ["path"]
    fields = ["parent", "code", "name", "short_name", "aliases", "level", "nature", "division", "phone", "position"]

    @admin.display(description="单位")
    def indented(self, unit):
        return "　" * (unit.depth - 1) + unit.name

    def get_search_results(self, request, queryset, search_term):
        """What is offered for choosing leaves closed units out; the list shows them."""
        if request.path.endswith("/autocomplete/"):
            queryset = queryset.open()
        return super().get_search_results(request, queryset, search_term)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if "parent" in form.base_fields:
            field = form.base_fields["parent"]
            field.queryset = self.rows_for(request.user, self.right("change"))
            field.widget = AutocompleteSelect(Unit._meta.get_field("successor"), self.admin_site)
            field.widget.choices = field.choices
        return form

    def write(self, request, obj, form, change):
        parent = form.cleaned_data.get("parent")
        if not change:
            self.require_place(request, parent)
            services.add_unit(obj, parent=parent, actor=request.user)
            return
        obj.save()
        if "parent" in form.changed_data:
            self.require_place(request, parent)
            services.move_unit(obj, parent, actor=request.user)

    def require_place(self, request, parent) -> None:
        """On top of the tree only for those whose reach is the whole of it."""
        reach = request.user.reach(self.right("change"))
        everywhere = not Unit.objects.exclude(pk__in=reach).exists()
        if not (everywhere if parent is None else parent.pk in reach):
            raise BusinessError("请选择您管理范围内的上级单位。", code="out_of_reach", field="parent")

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if is_reading(request) and self.may_change(request, obj):
            label = "取消撤并" if obj.closed_on else "撤并"
            tools.append({"label": label, "url": self.url_of("close", obj)})
        return tools

    def get_urls(self):
        return [
            path("<path:object_id>/close/", self.staff_view(self.close_view), name="organisation_unit_close"),
            *super().get_urls(),
        ]

    def close_view(self, request, object_id):
        unit = self.changeable_object(request, object_id)
        form = CloseUnitForm(request.POST or None)
        offered = form.fields["successor"]
        offered.queryset = self.rows_for(request.user, self.right("change")).open()
        offered.widget = AutocompleteSelect(Unit._meta.get_field("successor"), self.admin_site)
        offered.widget.choices = offered.choices
        if unit.closed_on:
            form.fields = {"reason": form.fields["reason"]}
        if request.method == "POST" and form.is_valid():
            try:
                self.close_or_reopen(request, unit, form.cleaned_data)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "已登记。")
                return HttpResponseRedirect(self.url_of("change", unit))
        context = {
            "title": f"{'取消撤并' if unit.closed_on else '撤并'}：{unit}",
            "form": form,
            "media": form.media + admin.helpers.AdminForm(form, [], {}).media,
            "sentence": "撤并后不能再选这个单位；原来归它管理的老干部要逐步转出，以前的统计不变。",
            "button": "取消撤并" if unit.closed_on else "登记撤并",
            "back": self.url_of("change", unit),
        }
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def close_or_reopen(self, request, unit, values) -> None:
        if unit.closed_on:
            services.reopen_unit(unit, actor=request.user, reason=values["reason"])
        else:
            services.close_unit(
                unit,
                on=values["on"],
                successor=values["successor"],
                actor=request.user,
                reason=values["reason"],
            )


@admin.register(Community)
class CommunityAdmin(RecordAdmin):
    open_to_viewers = True
    voidable = True
    list_display = ["name", "street", "division", "contact_name", "contact_phone", "closed_on"]
    list_display_links = ["name"]
    select_related_in_list = ("division",)
    search_fields = ["name", "street"]
    search_help_text = "社区或街道名称"
    fields = ["division", "street", "name", "contact_name", "contact_phone", "closed_on"]


@admin.register(RuleSet)
class RuleSetAdmin(InReach, RecordAdmin):
    """Numbers that differ by place and year. Each kind has its own form; each set names its document."""

    voidable = True
    reach_column = "unit_id"
    list_display = ["label", "effective_from", "place", "document_no", "is_voided"]
    list_display_links = ["label"]
    select_related_in_list = ("unit",)
    search_fields = ["document_no", "note"]
    search_help_text = "文号或说明"
    ordering = ["kind", "-effective_from", "id"]

    def rows_for(self, user, permission):
        rows = super().rows_for(user, permission)
        if permission == self.right("view") or not user.has_perm(permission):
            return rows
        whole_city = not Unit.objects.exclude(pk__in=user.reach(permission)).exists()
        return rows | self.model.objects.filter(unit__isnull=True) if whole_city else rows

    @admin.display(description="规则", ordering="kind")
    def label(self, row):
        kind = rules.kinds().get(row.kind)
        return kind.label if kind else row.kind

    @admin.display(description="适用单位")
    def place(self, row):
        return row.unit or "全市"

    @admin.display(description="作废", boolean=True)
    def is_voided(self, row):
        return row.voided_at is not None

    def title_of(self, obj):
        return f"{self.label(obj)}（{obj.document_no}）"

    def kind_key(self, request, obj) -> str:
        key = obj.kind if obj is not None else request.GET.get("kind", "")
        if key not in rules.kinds():
            raise Http404
        return key

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change=change, form=rule_form(self.kind_key(request, obj)), **kwargs)

    def get_fields(self, request, obj=None):
        names = [name for name in rule_form(self.kind_key(request, obj)).declared_fields if name.startswith("value_")]
        return ["unit", "effective_from", "document_no", *names, "note"]

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        if "kind" not in request.GET:
            kinds = sorted(rules.kinds().values(), key=lambda kind: kind.label)
            context = {"title": "新增哪一种规则", "kinds": kinds}
            return self.page(request, "admin/organisation/choose_rule_kind.html", context)
        return super().add_view(request, form_url, extra_context)

    def write(self, request, obj, form, change):
        reach = request.user.reach(self.right("change"))
        in_reach = obj.unit_id in reach if obj.unit_id else not Unit.objects.exclude(pk__in=reach).exists()
        if not in_reach:
            raise BusinessError("这个单位不在您的管理范围内。", code="out_of_reach", field="unit")
        obj.save()

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "effective_from" and field is not None:
            field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return field
