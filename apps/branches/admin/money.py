"""Staff pages of branch money: funds and payment lists, written at the desk."""

from django.contrib import admin
from django.db.models import Q, Sum

from apps.branches.models import AllowanceList, BranchFund

from .dues import OfBranchAdmin, VoidedFilter
from .memberships import OrganisationFilter


@admin.register(BranchFund)
class BranchFundAdmin(OfBranchAdmin):
    list_display = ["organisation", "year", "kind", "amount", "received", "spent"]
    list_filter = [OrganisationFilter, "kind", VoidedFilter]
    ordering = ["-year", "organisation_id", "kind", "id"]
    fields = ["organisation", "year", "kind", "amount", "received", "spent", "document_no", "by_staff", "void_reason"]
    readonly_fields = ["spent", "by_staff", "void_reason"]
    select_related_in_record = ("organisation",)
    empty_words = "经费在支部的页面登记：打开党组织，到支部页面办理。"

    def get_queryset(self, request):
        used = Sum("entries__amount", filter=Q(entries__voided_at__isnull=True))
        return super().get_queryset(request).annotate(used=used)

    @admin.display(description="已用（元）")
    def spent(self, fund):
        return fund.used or 0

    def desk_page(self, obj):
        return "money"


@admin.register(AllowanceList)
class AllowanceListAdmin(OfBranchAdmin):
    list_display = ["organisation", "starts_on", "ends_on", "total", "signed_on", "paid_on"]
    list_filter = [OrganisationFilter, VoidedFilter]
    ordering = ["-starts_on", "-id"]
    fields = ["organisation", "starts_on", "ends_on", "total", "signed_on", "paid_on", "by_staff", "void_reason"]
    readonly_fields = ["total", "by_staff", "void_reason"]
    select_related_in_record = ("organisation",)
    empty_words = "发放表在支部的页面生成：打开党组织，到支部页面办理。"

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(sum=Sum("lines__amount"))

    @admin.display(description="合计（元）")
    def total(self, sheet):
        return sheet.sum or 0

    def desk_page(self, obj):
        return "allowances"
