"""Staff pages of dues: what was recorded, who is exempt, all branches of a year. Amounts, never a base."""

import datetime as dt
import io
import itertools

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse
from django.urls import path, reverse
from django.utils import timezone

from apps.branches.access import organisations_open_to
from apps.branches.models import DuesExemption, DuesOff, DuesPayment, DuesYear, Organisation
from apps.branches.queries.dues import BranchTotals, collecting, totals_of
from apps.branches.rules.dues import month_of
from apps.common import audit
from apps.common.admin import RecordAdmin
from apps.common.admin_forms import RecordForm
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.common.voiding import check_reason
from apps.common.workbook.writer import write_sheet
from apps.registry.queries import find_people

from .memberships import OrganisationFilter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_EXPORTED = 20_000
A_PAGE = 50
OVERVIEW_HEADER = ["党组织", "党员数", "应交（元）", "已交（元）", "未交（元）", "未交人数", "免交人数", "未核定人数",
                   "支部核定日期", "公布日期"]  # fmt: skip


class OfBranchAdmin(RecordAdmin):
    """Records of branches in the units that the user's right reaches; written at the branch's desk, not here."""

    select_related_in_list = ("organisation",)
    ordering = ["-pk"]

    def rows_for(self, user, permission):
        return self.model.objects.filter(organisation__in=organisations_open_to(user, permission).order_by())

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        return False

    def desk_page(self, obj) -> str:
        """Name of the desk's page that this record belongs to."""
        raise NotImplementedError

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if organisations_open_to(request.user, "branches.enter_for_branch").filter(pk=obj.organisation_id).exists():
            address = reverse(f"branches:{self.desk_page(obj)}", args=[obj.organisation.public_id])
            tools.insert(0, {"label": "到支部页面办理（代录）", "url": address, "main": True})
        return tools


class OfMemberAdmin(OfBranchAdmin):
    """Records about a member of a branch."""

    select_related_in_list = ("organisation", "person")
    search_fields = ["person_id"]
    search_help_text = "姓名或拼音"

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        asked, people = find_people(search_term)
        if asked.is_number:
            return queryset.none(), False
        return queryset.filter(person_id__in=people.order_by().values("pk")), False

    def people_of(self, obj):
        return [obj.person_id]


class ReasonForm(PortalForm):
    reason = forms.CharField(label="用途", max_length=200, help_text="会写进文件和操作记录")


class PaidInFilter(admin.SimpleListFilter):
    title, parameter_name = "收款月份", "paid"

    def lookups(self, request, model_admin):
        now = month_of(timezone.localdate())
        months = [now.year * 12 + now.month - 1 - number for number in range(14)]
        return [(f"{one // 12}-{one % 12 + 1:02}", f"{one // 12}年{one % 12 + 1}月") for one in months]

    def queryset(self, request, queryset):
        if self.value() not in dict(self.lookups(request, None)):
            return queryset
        year, month = map(int, self.value().split("-"))
        first = dt.date(year, month, 1)
        following = dt.date(year + month // 12, month % 12 + 1, 1)
        return queryset.filter(paid_on__gte=first, paid_on__lt=following)


class VoidedFilter(admin.SimpleListFilter):
    """Without a choice: what counts."""

    title, parameter_name = "作废的", "voided"

    def lookups(self, request, model_admin):
        return [("yes", "只看作废的"), ("all", "全部")]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "不含作废的"}
        yield from others

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(voided_at__isnull=self.value() != "yes")


@admin.register(DuesPayment)
class DuesPaymentAdmin(OfMemberAdmin):
    list_display = ["person", "organisation", "month_words", "kind", "paid", "paid_on", "method", "receipt", "by_staff"]
    list_filter = [OrganisationFilter, "kind", "method", PaidInFilter, "to_centre", VoidedFilter]
    ordering = ["-paid_on", "-id"]
    fields = [
        "organisation", "person", "month_words", "kind", "due", "paid", "paid_on", "method", "payer_name", "receipt",
        "approved_on", "approval", "to_centre", "forwarded_on", "bio", "by_staff", "void_reason",
    ]  # fmt: skip
    readonly_fields = ["month_words", "receipt", "void_reason", "by_staff"]
    select_related_in_record = ("organisation", "person")
    empty_words = "党费在支部的页面登记，这里汇总查看。"

    @admin.display(description="月份", ordering="month")
    def month_words(self, row):
        return f"{row.month:%Y-%m}"

    @admin.display(description="收据")
    def receipt(self, row):
        return row.receipt

    def desk_page(self, obj):
        return "dues"

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("overview/", self.staff_view(self.overview), name=f"{name}_overview"),
            path("overview/export/", self.staff_view(self.export_overview), name=f"{name}_overview_export"),
            path("export/", self.staff_view(self.export), name=f"{name}_export"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        tools = [
            {"label": "各支部一览", "url": reverse("admin:branches_duespayment_overview")},
            {"label": "导出", "url": f"{reverse('admin:branches_duespayment_export')}?{request.GET.urlencode()}"},
        ]
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    # All branches of a year

    def overview(self, request):
        """Each branch's year, in the order of the tree: the same number of queries for any number of branches."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        year, today = self.year_of(request), timezone.localdate()
        page = Paginator(self.branches(request, today), A_PAGE).get_page(request.GET.get("page"))
        context = {
            "title": f"{year} 年党费一览", "year": year, "page": page, "rows": overview_rows(list(page), year, today),
            "query": f"year={year}", "years": range(timezone.localdate().year + 1, timezone.localdate().year - 4, -1),
            "may_enter": request.user.has_perm("branches.enter_for_branch"),
        }  # fmt: skip
        return self.page(request, "admin/branches/dues_overview.html", context)

    def year_of(self, request) -> int:
        text, now = request.GET.get("year", ""), timezone.localdate().year
        year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else now
        return year if 2000 <= year <= now + 1 else now

    def branches(self, request, today: dt.date):
        mine = organisations_open_to(request.user, self.right("view"))
        return collecting(mine, today).filter(dissolved_on__isnull=True).order_by("path")

    def export_overview(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        year, today = self.year_of(request), timezone.localdate()
        rows = overview_rows(list(self.branches(request, today)), year, today)
        audit.look("export", actor=request.user, reason="党费一览", target="branches.duespayment", request=request)
        lines = [
            [row["organisation"].name, totals.people, totals.due, totals.paid, totals.open, totals.open_people,
             totals.exempt_people, totals.unfixed_people, row["decided_on"], row["published_on"]]
            for row in rows for totals in [row["totals"]]
        ]  # fmt: skip
        stream = io.BytesIO()
        write_sheet(stream, f"{year} 年党费一览", OVERVIEW_HEADER, lines, notes=[("排列", "党组织先后")])
        stream.seek(0)
        return FileResponse(stream, as_attachment=True, filename=f"{year}年党费一览.xlsx", content_type=XLSX)

    # The list as a workbook

    def export(self, request):
        """The filtered list, for a reason; logged before it leaves."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).get_queryset(request).select_related("organisation", "person")
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                return self.send(request, rows, check_reason(form.cleaned_data["reason"]))
            except BusinessError as refusal:
                form.refuse(refusal)
        context = {
            "title": "导出党费记录", "form": form, "lead": "范围和先后与刚才的列表相同（收款日期，新的在前）。",
            "list_url": reverse("admin:branches_duespayment_changelist"), "list_words": "党费记录",
            "back": f"{reverse('admin:branches_duespayment_changelist')}?{request.GET.urlencode()}",
            "buttons": [("export", "导出 Excel 表格")],
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def send(self, request, rows, reason: str) -> FileResponse:
        found = list(itertools.islice(rows, MOST_EXPORTED + 1))
        if len(found) > MOST_EXPORTED:
            raise BusinessError(f"一次最多导出 {MOST_EXPORTED:,} 条，请先缩小范围。", code="too_many")
        if not found:
            raise BusinessError("这个范围里没有记录，不用导出。", code="empty")
        people = sorted({row.person_id for row in found})
        audit.look(
            "export", actor=request.user, people=people, reason=reason, target="branches.duespayment", request=request
        )
        header = ["姓名", "党组织", "月份", "种类", "应交", "实交", "收款日期", "方式", "代交人", "收据", "代录"]
        lines = [
            [row.person.name, row.organisation.name, f"{row.month:%Y-%m}", row.get_kind_display(), row.due, row.paid,
             row.paid_on, row.get_method_display(), row.payer_name, row.receipt, "是" if row.by_staff else ""]
            for row in found
        ]  # fmt: skip
        stream = io.BytesIO()
        notes = [("导出人", str(request.user)), ("用途", reason), ("提醒", "含个人信息，按用途使用，用完删除。")]
        write_sheet(stream, "党费记录", header, lines, text_columns=["月份", "收据"], notes=notes)
        stream.seek(0)
        return FileResponse(stream, as_attachment=True, filename="党费记录.xlsx", content_type=XLSX)


def overview_rows(organisations: list[Organisation], year: int, today: dt.date) -> list[dict]:
    """Figures and dates of a year for some branches; two queries."""
    ids = [one.pk for one in organisations]
    last = min(dt.date(year, 12, 1), max(month_of(today), dt.date(year, 1, 1)))
    totals = totals_of(ids, dt.date(year, 1, 1), last)
    years = {row.organisation_id: row for row in DuesYear.objects.filter(
        organisation_id__in=ids, year=year, voided_at__isnull=True
    )}  # fmt: skip
    return [
        {
            "organisation": one,
            "indent": "　" * (one.depth - 1),
            "totals": totals.get(one.pk, BranchTotals()),
            "decided_on": years[one.pk].decided_on if one.pk in years else None,
            "published_on": years[one.pk].published_on if one.pk in years else None,
        }
        for one in organisations
    ]


class ApprovedFilter(admin.SimpleListFilter):
    title, parameter_name = "批准", "approved"

    def lookups(self, request, model_admin):
        return [("no", "等批准"), ("yes", "已批准")]

    def queryset(self, request, queryset):
        return queryset if self.value() is None else queryset.filter(approved_on__isnull=self.value() == "no")


@admin.register(DuesExemption)
class DuesExemptionAdmin(OfMemberAdmin):
    list_display = ["person", "organisation", "kind", "amount", "starts_on", "ends_on", "reason", "approved_on"]
    list_filter = [OrganisationFilter, ApprovedFilter, "kind", VoidedFilter]
    ordering = ["-starts_on", "-id"]
    fields = [
        "organisation", "person", "kind", "amount", "starts_on", "ends_on", "reason", "decided_on", "approved_on",
        "approved_by", "by_staff", "void_reason",
    ]  # fmt: skip
    readonly_fields = ["approved_by", "by_staff", "void_reason"]
    select_related_in_record = ("organisation", "person", "approved_by")

    def desk_page(self, obj):
        return "dues_exemptions"


class DuesOffForm(RecordForm):
    class Meta:
        model = DuesOff
        fields = ["organisation", "reason"]


@admin.register(DuesOff)
class DuesOffAdmin(RecordAdmin):
    """Branches that do not use the module, with those below them; taken out of use again by voiding the row."""

    form = DuesOffForm
    add_label = "停用党费模块"
    voidable = True
    list_display = ["organisation", "reason", "created_at"]
    list_filter = [VoidedFilter]
    select_related_in_list = ("organisation",)
    ordering = ["-id"]
    fields = ["organisation", "reason"]
    empty_words = "各支部都在用党费模块。整个单位停用，请在“规则和文号”里改“党费”。"

    def rows_for(self, user, permission):
        return DuesOff.objects.filter(organisation__in=organisations_open_to(user, permission).order_by())

    def write(self, request, obj, form, change):
        mine = organisations_open_to(request.user, self.right("change"))
        if not mine.filter(pk=obj.organisation_id).exists():
            raise BusinessError("这个党组织不在您的管理范围内。", code="out_of_reach", field="organisation")
        obj.entered_by, obj.by_staff = request.user, True
        obj.save()
