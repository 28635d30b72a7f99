"""单位掌握使用的经费 (特需费): budgets by unit and year, and what was spent for whom."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html

from apps.common.admin import RecordAdmin
from apps.common.admin_lists import PickFilter
from apps.common.errors import BusinessError
from apps.ledgers.choices.treatments import PaidTo
from apps.ledgers.forms.treatments import OverForm
from apps.ledgers.models import TreatmentItem, UnitFund, UnitSpending
from apps.ledgers.services import treatments, unit_funds

from .filters import UnitOfCadreFilter
from .tables import InUseFilter, OfCadreAdmin, TableOut

CHANGE = "ledgers.change_unitfund"


@admin.register(UnitFund)
class UnitFundAdmin(TableOut, RecordAdmin):
    voidable = True
    add_label = "登记一个单位的预算"
    empty_words = "可以在“待遇发放”里给特需费开一期，按人数和标准一次建好各单位的预算。"
    list_display = ("unit", "item", "year", "heads", "amount", "spent", "left_words")
    list_filter = ("year", "item", InUseFilter)
    sortable_by = ()
    ordering = ("-year", "unit__path", "pk")
    select_related_in_list = select_related_in_record = ("unit", "item")
    short_lists = ("item",)
    fields = ("unit", "item", "year", "heads", "amount", "document_no", "spent", "left_words", "over_words", "entries")
    readonly_fields = ("spent", "left_words", "over_words", "entries")
    columns = (
        ("单位", "unit"), ("项目", "item"), ("年度", "year"), ("人数", "heads"), ("预算（元）", "amount"),
        ("已用（元）", "spent"), ("还剩（元）", "left"),
    )  # fmt: skip
    sums = ("预算（元）", "已用（元）", "还剩（元）")
    table_order = "单位"

    def get_fields(self, request, obj=None):
        return self.fields if obj else ("unit", "item", "year", "heads", "amount", "document_no")

    def get_readonly_fields(self, request, obj=None):
        return ("unit", "item", "year", *self.readonly_fields) if obj else ()

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "item":
            field.queryset = TreatmentItem.objects.filter(paid_to=PaidTo.UNIT, voided_at__isnull=True)
        return field

    def left(self, fund):
        return fund.left

    @admin.display(description="还剩（元）")
    def left_words(self, fund):
        return fund.left

    @admin.display(description="批准超支")
    def over_words(self, fund):
        return f"{fund.approved_over} 元：{fund.over_reason}" if fund.approved_over else "没有"

    @admin.display(description="最近的支出")
    def entries(self, fund):
        rows = fund.spendings.filter(voided_at__isnull=True).select_related("cadre__person")[:20]
        words = [f"{row.spent_on} 为{row.cadre.person.name} {row.what} {row.amount} 元" for row in rows]
        return format_html("{}", "；".join(words)) if words else "还没有支出"

    def write(self, request, obj, form, change):
        right = self.right("change" if change else "add")
        if obj.unit_id not in request.user.reach(right):
            raise BusinessError("这个单位不在您的管理范围内。", code="out_of_reach", field="unit")
        obj.save()

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if self.may_change(request, obj):
            tools.append({"label": "批准超支", "url": self.url_of("over", obj)})
        if request.user.has_perm("ledgers.add_unitspending"):
            url = reverse("admin:ledgers_unitspending_add")
            tools.insert(0, {"label": "登记支出", "url": f"{url}?fund={obj.pk}", "main": True})
        tools.append({
            "label": "全部支出", "url": f"{reverse('admin:ledgers_unitspending_changelist')}?fund={obj.pk}",
        })  # fmt: skip
        return tools

    def get_search_fields(self, request):
        return ("unit__name",)

    def get_urls(self):
        page = self.staff_view(self.over_view)
        return [path("<path:object_id>/over/", page, name="ledgers_unitfund_over"), *super().get_urls()]

    def over_view(self, request, object_id):
        fund = self.get_object(request, unquote(object_id))
        if not self.may_change(request, fund) or not request.user.has_perm("ledgers.approve_over"):
            raise PermissionDenied
        form = OverForm(request.POST or None, initial={"amount": fund.approved_over, "reason": fund.over_reason})
        if request.method == "POST" and form.is_valid():
            try:
                treatments.allow_over(fund, **form.cleaned_data, actor=request.user)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "已批准。")
                return HttpResponseRedirect(self.url_of("change", fund))
        context = {
            "title": f"批准超支：{fund}", "form": form, "button": form.submit_label,
            "back": self.url_of("change", fund), "sentence": f"预算 {fund.amount} 元，已用 {fund.spent} 元。",
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)


class FundFilter(PickFilter):
    title, parameter_name = "哪笔经费", "fund"
    field_name, field_model = "fund", UnitSpending


@admin.register(UnitSpending)
class UnitSpendingAdmin(OfCadreAdmin):
    add_label = "登记支出"
    empty_words = "为谁、用在哪里、多少钱、凭证号，一笔一笔记。"
    list_display = ("link", "what", "amount", "spent_on", "voucher_no", "fund_words")
    list_display_links = ("what",)
    list_filter = (UnitOfCadreFilter, FundFilter, InUseFilter)
    select_related_in_list = select_related_in_record = (
        "cadre__person", "cadre__managing_unit", "fund__unit", "fund__item",
    )  # fmt: skip
    ordering = ("-spent_on", "-pk")
    fields = ("fund", "cadre", "spent_on", "what", "amount", "voucher_no")
    columns = (
        ("老同志", "name"), ("单位", "unit_name"), ("经费", "fund_words"), ("日期", "spent_on"), ("用在哪里", "what"),
        ("金额（元）", "amount"), ("凭证号", "voucher_no"),
    )  # fmt: skip
    sums = ("金额（元）",)
    table_order = "日期"

    @admin.display(description="经费")
    def fund_words(self, obj):
        return f"{obj.fund.unit} {obj.fund.year}年{obj.fund.item}"

    def get_readonly_fields(self, request, obj=None):
        """Written once; a wrong one is voided and written anew, so that the sum is always true."""
        return self.fields if obj else ()

    def record_tools(self, request, obj):
        return [tool for tool in super().record_tools(request, obj) if tool["label"] != "修改"]

    def keep(self, request, obj, form, change):
        if change:
            raise BusinessError("支出记下以后不改。记错了请作废，再记一笔。", code="fixed")
        unit_funds.spend(obj, actor=request.user)

    def apply_voiding(self, request, obj, act, reason):
        if act == "void":
            unit_funds.void_spending(obj, reason=reason, actor=request.user, request=request)
        else:
            unit_funds.restore_spending(obj, actor=request.user, request=request)
