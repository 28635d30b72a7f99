"""办法库: what is usually done for which need; shipped lines may be changed and switched off, own ones added."""

from django import forms
from django.contrib import admin

from apps.accounts.access import unit_ids_for
from apps.common.admin import RecordAdmin
from apps.common.admin_forms import RecordForm
from apps.common.code_lists import choices_of
from apps.common.errors import BusinessError
from apps.ledgers.models import MeasureTemplate
from apps.ledgers.queries.plans import category_name
from apps.ledgers.services.need_checks import CATEGORIES
from apps.organisation.models import Unit

from .plan_filters import CategoryFilter


class TemplateForm(RecordForm):
    category = forms.ChoiceField(label="哪方面的需求")

    class Meta:
        model = MeasureTemplate
        fields = ("category", "what", "provider", "days", "unit", "is_active")
        widgets = {"what": forms.Textarea({"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "category" in self.fields:
            self.fields["category"].choices = [("", "（请选）"), *choices_of(CATEGORIES)]


class InUseFilter(admin.SimpleListFilter):
    title = "状态"
    parameter_name = "use"

    def lookups(self, request, model_admin):
        return [("off", "已停用"), ("all", "全部")]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(is_active=self.value() != "off", voided_at__isnull=True)

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "在用"}
        yield from others


@admin.register(MeasureTemplate)
class MeasureTemplateAdmin(RecordAdmin):
    """Everybody at work reads the library; a line is changed by whoever may on its unit."""

    form = TemplateForm
    open_to_viewers = True
    add_label = "新增办法"
    list_display = ("what", "category_words", "provider", "days", "unit_words", "is_active")
    list_display_links = ("what",)
    list_filter = (InUseFilter, CategoryFilter)
    select_related_in_list = ("unit",)
    select_related_in_record = ("unit",)
    ordering = ("category", "days", "pk")
    sortable_by = ()
    fields = ("category", "what", "provider", "days", "unit", "is_active")

    def title_of(self, obj):
        return str(obj)

    @admin.display(description="哪方面")
    def category_words(self, obj):
        return category_name(obj.category)

    @admin.display(description="哪个单位用")
    def unit_words(self, obj):
        return str(obj.unit or "全市")

    def is_changeable(self, request, obj) -> bool:
        return self.may_for_unit(request, obj.unit_id)

    def may_for_unit(self, request, unit_id: int | None) -> bool:
        """A line of a unit by whoever may there; everybody's by whoever may at the top of the city."""
        units = unit_ids_for(request.user, self.right("change"))
        return unit_id in units if unit_id else bool(units) and is_citywide(units)

    def write(self, request, obj, form, change):
        if not self.may_for_unit(request, obj.unit_id):
            raise BusinessError("您只能给自己管的单位写办法。请选单位。", code="unit", field="unit")
        obj.save()


def is_citywide(units: set[int]) -> bool:
    """Whether these include the top of the tree."""
    return Unit.objects.filter(pk__in=units, depth=1).exists()
