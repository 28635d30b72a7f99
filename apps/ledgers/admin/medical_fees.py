"""医药费统筹 by person and quarter, with arrears by unit; the three guarantees checked by unit."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, Sum
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.ledgers.choices.treatments import Guarantee, GuaranteeResult
from apps.ledgers.models import GuaranteeCheck, MedicalFee
from apps.organisation.models import Unit
from apps.registry.choices import VETERAN_TYPES

from .filters import UnitOfCadreFilter
from .tables import InUseFilter, OfCadreAdmin, Table, TableOut, print_table

SUMS = ("应由统筹负担（元）", "单位直接付（元）", "本人垫付（元）", "已报销（元）", "拖欠（元）")


class ArrearsFilter(admin.SimpleListFilter):
    title, parameter_name = "拖欠", "arrears"

    def lookups(self, request, model_admin):
        return [("yes", "有拖欠的")]

    def queryset(self, request, queryset):
        return queryset.filter(arrears__gt=0) if self.value() == "yes" else queryset


@admin.register(MedicalFee)
class MedicalFeeAdmin(OfCadreAdmin):
    add_label = "登记一个季度的医药费"
    empty_words = "每人每季度一行：应由统筹负担多少、单位付了多少、本人垫了多少、报销了多少。"
    list_display = ("link", "period", "cost", "paid_by_unit", "advanced", "reimbursed", "arrears_words")
    list_display_links = ("period",)
    list_filter = (ArrearsFilter, "year", "quarter", UnitOfCadreFilter, InUseFilter)
    ordering = ("-year", "-quarter", "pk")
    select_related_in_list = select_related_in_record = ("cadre__person", "cadre__managing_unit", "unit")
    fields = (
        "cadre", "unit", ("year", "quarter"), ("cost", "paid_by_unit"), ("advanced", "reimbursed"), "arrears_words",
        "note",
    )  # fmt: skip
    readonly_fields = ("arrears_words",)
    columns = (
        ("老同志", "name"), ("负担单位", "unit"), ("季度", "period"), (SUMS[0], "cost"), (SUMS[1], "paid_by_unit"),
        (SUMS[2], "advanced"), (SUMS[3], "reimbursed"), (SUMS[4], "arrears"),
    )  # fmt: skip
    sums = SUMS

    def get_fields(self, request, obj=None):
        return self.fields if obj else tuple(name for name in self.fields if name != "arrears_words")

    def get_changeform_initial_data(self, request):
        today = timezone.localdate()
        return {"year": today.year, "quarter": (today.month + 2) // 3, **super().get_changeform_initial_data(request)}

    @admin.display(description="季度")
    def period(self, obj):
        return str(obj)

    @admin.display(description="拖欠（元）")
    def arrears_words(self, obj):
        if not obj.arrears:
            return "没有"
        return format_html('<span class="tag late">{}</span>', obj.arrears)

    def list_tools(self, request):
        query = request.GET.urlencode()
        totals = {"label": "按单位汇总", "url": f"{self.list_url('totals')}?{query}"}
        return [totals, *super().list_tools(request)]

    def get_urls(self):
        return [
            path("totals/", self.staff_view(self.totals_view), name="ledgers_medicalfee_totals"),
            *super().get_urls(),
        ]

    def totals_view(self, request):
        """What the filtered list adds up to, a line a unit: printable; the units in arrears first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).get_queryset(request).order_by()
        lines = list(
            rows.values("unit").annotate(
                people=Count("cadre", distinct=True), cost_=Sum("cost"), paid=Sum("paid_by_unit"),
                advanced_=Sum("advanced"), reimbursed_=Sum("reimbursed"), arrears_=Sum("arrears"),
            )
        )  # fmt: skip
        names = dict(Unit.objects.filter(pk__in=[line["unit"] for line in lines]).values_list("pk", "name"))
        lines.sort(key=lambda line: (-line["arrears_"], names.get(line["unit"], "")))
        table = Table(
            title="医药费统筹按单位汇总", headings=["序号", "负担单位", "人数", *SUMS],
            rows=[
                [number, names[line["unit"]], line["people"], line["cost_"], line["paid"], line["advanced_"],
                 line["reimbursed_"], line["arrears_"]]
                for number, line in enumerate(lines, 1)
            ],
            people=set(), order="拖欠多的在前", scope=f"{len(lines)} 个单位", sums=SUMS,
        )  # fmt: skip
        back = f"{self.list_url()}?{request.GET.urlencode()}"
        return print_table(self, request, table, target="ledgers.medicalfee", back=back, recall=False)


class FindingFilter(admin.SimpleListFilter):
    title, parameter_name = "问题", "finding"

    def lookups(self, request, model_admin):
        return [("open", "没有整改完的"), ("any", "有问题的")]

    def queryset(self, request, queryset):
        wrong = ~Q(result=GuaranteeResult.KEPT)
        if self.value() == "open":
            return queryset.filter(wrong, mended_on__isnull=True)
        return queryset.filter(wrong) if self.value() == "any" else queryset


@admin.register(GuaranteeCheck)
class GuaranteeCheckAdmin(TableOut, RecordAdmin):
    voidable = True
    add_label = "登记一次检查"
    empty_words = "每季度对每个单位看三项：离休费、医药费、财政支持，写清看了什么材料、有什么问题。"
    list_display = ("unit", "period", "guarantee", "result_words", "finding", "mend_by", "mended_on")
    list_filter = (FindingFilter, "year", "quarter", "guarantee", InUseFilter)
    search_fields = ("unit__name",)
    search_help_text = "单位名称"
    sortable_by = ()
    ordering = ("-year", "-quarter", "unit__path", "guarantee", "pk")
    select_related_in_list = select_related_in_record = ("unit",)
    fields = (
        "unit", ("year", "quarter"), "guarantee", "result", "evidence", "finding", ("mend_by", "mended_on"),
        "checked_on",
    )  # fmt: skip
    columns = (
        ("单位", "unit"), ("季度", "period"), ("哪一项", "guarantee"), ("结果", "result"), ("看了什么", "evidence"),
        ("问题", "finding"), ("整改期限", "mend_by"), ("整改完成", "mended_on"),
    )  # fmt: skip
    table_order = "单位"

    def get_changeform_initial_data(self, request):
        today = timezone.localdate()
        values = {"year": today.year, "quarter": (today.month + 2) // 3, "checked_on": today}
        return {**values, **super().get_changeform_initial_data(request)}

    @admin.display(description="季度")
    def period(self, obj):
        return f"{obj.year}年第{obj.quarter}季度"

    @admin.display(description="结果")
    def result_words(self, obj):
        tone = "done" if obj.result == GuaranteeResult.KEPT or obj.mended_on else "late"
        return format_html('<span class="tag {}">{}</span>', tone, obj.get_result_display())

    def write(self, request, obj, form, change):
        right = self.right("change" if change else "add")
        if obj.unit_id not in request.user.reach(right):
            raise BusinessError("这个单位不在您的管理范围内。", code="out_of_reach", field="unit")
        if not change:
            obj.checked_by = request.user
        obj.save()

    def list_tools(self, request):
        return [{"label": "本季度还没查的单位", "url": self.list_url("left")}, *super().list_tools(request)]

    def get_urls(self):
        return [path("left/", self.staff_view(self.left_view), name="ledgers_guaranteecheck_left"), *super().get_urls()]

    def left_view(self, request):
        """Units in reach that pay for 离休 and were not checked on all three this quarter."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        quarter = (today.month + 2) // 3
        done = dict(
            GuaranteeCheck.objects.filter(year=today.year, quarter=quarter, voided_at__isnull=True).order_by()
            .values_list("unit").annotate(kinds=Count("guarantee", distinct=True))
        )  # fmt: skip
        units = Unit.objects.open().filter(
            pk__in=sorted(request.user.reach(self.right("view"))), counted_cadres__retire_type__in=VETERAN_TYPES,
            counted_cadres__person__life_status="living",
        ).annotate(people=Count("counted_cadres", distinct=True)).order_by("path")  # fmt: skip
        left = [unit for unit in units if done.get(unit.pk, 0) < len(Guarantee)]
        table = Table(
            title=f"{today.year}年第{quarter}季度三个机制还没查完的单位",
            headings=["序号", "单位", "离休干部（人）", "已查几项"],
            rows=[[number, unit.name, unit.people, done.get(unit.pk, 0)] for number, unit in enumerate(left, 1)],
            people=set(), order="单位", scope=f"{len(left)} 个单位",
        )  # fmt: skip
        return print_table(self, request, table, target="ledgers.guaranteecheck", back=self.list_url(), recall=False)
