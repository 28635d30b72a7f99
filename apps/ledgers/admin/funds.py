"""帮扶资金: a year's money, how far it is, and the rounds of meeting, notice and payment."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.common.admin import EDIT, SAFE_METHODS, RecordAdmin
from apps.common.errors import BusinessError
from apps.ledgers.choices.aid import AidState
from apps.ledgers.forms.funds import AdjustForm, FundForm
from apps.ledgers.models import AidApplication, FundYear
from apps.ledgers.queries.aid import days_of, rules_for, year_of
from apps.ledgers.services import funds as services

from .aid_sheets import of_list, send, summary_sheet
from .fund_pages import FundPages
from .fund_rounds import FundRounds

MOST_PRINTED = 2000


@admin.register(FundYear)
class FundYearAdmin(FundRounds, FundPages, RecordAdmin):
    form = FundForm
    add_label = "登记一年的资金"
    empty_words = "先登记一年的资金和预算，老同志才能申请。"
    list_display = ("year", "unit", "source", "total_words", "granted_words", "left_words")
    list_filter = ("year",)
    search_fields = ("unit__name", "source")
    search_help_text = "单位或资金来源"
    select_related_in_list = ("unit",)
    select_related_in_record = ("unit",)
    ordering = ("-year", "unit__path", "pk")
    sortable_by = ()
    fields = ("unit", "year", "source", "document_no", "budget", "opens_on", "closes_on")

    def rows_for(self, user, permission):
        return FundYear.objects.visible_to(user, permission).standing()

    def related_rows(self, model, request):
        rows = super().related_rows(model, request)
        return rows.filter(pk__in=request.user.reach(self.right("change"))) if model is self._unit() else rows

    def _unit(self):
        return FundYear._meta.get_field("unit").remote_field.model

    def get_readonly_fields(self, request, obj=None):
        """Whose money and which year stay as they are; money is changed by an adjustment once something was granted."""
        fixed = ["unit", "year"] if obj is not None else []
        return [*fixed, "budget"] if obj is not None and obj.granted else fixed

    @admin.display(description="资金（元）")
    def total_words(self, obj):
        return f"{obj.total:.2f}"

    @admin.display(description="已批准（元）")
    def granted_words(self, obj):
        return f"{obj.granted:.2f}"

    @admin.display(description="还剩（元）")
    def left_words(self, obj):
        return f"{obj.left:.2f}"

    def write(self, request, obj, form, change):
        services.keep_fund(obj, actor=request.user)

    def changelist_view(self, request, extra_context=None):
        url = reverse("admin:ledgers_aidapplication_changelist")
        tools = [{"label": "困难帮扶申请", "url": url}]
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    def get_urls(self):
        name = "ledgers_fundyear"
        pages = [
            ("adjust", self.adjust_view), ("summary", self.summary_view), ("meeting", self.meeting_view),
            ("notice", self.notice_view), ("pay", self.pay_view),
        ]  # fmt: skip
        parts = [
            ("meeting_print", "meetings", self.meeting_print), ("notice_page", "notices", self.notice_page),
            ("notice_print", "notices/print", self.notice_print), ("object", "notices/object", self.object_view),
            ("answer", "objections", self.answer_view), ("batch_page", "batches", self.batch_page),
            ("batch_print", "batches/print", self.batch_print),
        ]  # fmt: skip
        return [
            *(path(f"<int:pk>/{page}/", self.staff_view(view), name=f"{name}_{page}") for page, view in pages),
            *(
                path(f"<int:pk>/{where}/<uuid:part>/", self.staff_view(view), name=f"{name}_{page}")
                for page, where, view in parts
            ),
            *super().get_urls(),
        ]

    def viewable(self, request, pk: int) -> FundYear:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, str(pk))

    def works_on(self, request, fund: FundYear) -> bool:
        """Whether this user does the clerk's work with applications of this fund."""
        return fund.unit_id in request.user.reach("ledgers.change_aidapplication")

    def workable(self, request, pk: int) -> FundYear:
        fund = self.viewable(request, pk)
        if not self.works_on(request, fund):
            raise PermissionDenied
        return fund

    def decides(self, request, fund: FundYear) -> bool:
        return fund.unit_id in request.user.reach("ledgers.decide_aid")

    # The year

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method in SAFE_METHODS and EDIT not in request.GET:
            if not self.has_view_permission(request):
                raise PermissionDenied
            request.reading_record = True
            return self.year_page(request, self.get_object(request, unquote(object_id)))
        return super().change_view(request, object_id, form_url, extra_context)

    def year_page(self, request, fund: FundYear):
        figures, today = year_of(fund), timezone.localdate()
        opens, closes = days_of(fund, today)
        waiting = reverse("admin:ledgers_aidapplication_changelist")
        places = [
            (label, number, f"{waiting}?state={value}&year={fund.year}") for value, label, number in figures.waiting
        ]
        context = {
            "title": str(fund), "original": fund, "fund": fund, "figures": self._figures(fund, figures),
            "days": f"{opens:%Y-%m-%d} 至 {closes:%Y-%m-%d}", "lines": figures, "waiting": places,
            "used": int(fund.granted), "whole": int(fund.total), "tools": self.record_tools(request, fund),
            "acts": self.rounds_open(request, fund, dict((value, n) for value, _, n in figures.waiting)),
            "adjustments": list(fund.adjustments.select_related("entered_by")),
            "meetings": list(fund.meetings.select_related("entered_by")), "notices": list(fund.notices.all()),
            "batches": list(fund.batches.all()), "rules": rules_for(fund, today),
        }  # fmt: skip
        return self.page(request, "admin/ledgers/fund_page.html", context)

    def _figures(self, fund: FundYear, figures) -> list[dict]:
        applied = sum(line.applied for line in figures.by_kind)
        granted = sum(line.granted for line in figures.by_kind)
        return [
            {"label": "资金", "value": f"{fund.total:,.0f}", "note": "元，含调整"},
            {"label": "已批准", "value": f"{fund.granted:,.0f}", "note": f"元，{granted} 人"},
            {"label": "还剩", "value": f"{fund.left:,.0f}", "note": "元"},
            {"label": "已发放", "value": f"{figures.paid:,.0f}", "note": "元"},
            {"label": "申请", "value": applied, "note": "份，含没有批准的"},
        ]

    def rounds_open(self, request, fund: FundYear, waiting: dict) -> list[dict]:
        """Buttons for the rounds that have something waiting."""
        found = []

        def offer(page: str, label: str, number: int, main: bool):
            url = reverse(f"admin:ledgers_fundyear_{page}", args=[fund.pk])
            found.append({"label": f"{label}（{number}）" if number else label, "url": url, "main": main})

        if self.decides(request, fund) and waiting.get(AidState.REVIEWED):
            offer("meeting", "上会审批", waiting[AidState.REVIEWED], True)
        if self.works_on(request, fund):
            if waiting.get(AidState.DECIDED):
                offer("notice", "开始公示", waiting[AidState.DECIDED], True)
            if waiting.get(AidState.NOTICED):
                offer("pay", "发放", 0, True)
        if self.may_change(request, fund):
            offer("adjust", "登记资金调整", 0, False)
        offer("summary", "打印汇总表", 0, False)
        summary = reverse("admin:ledgers_fundyear_summary", args=[fund.pk])
        found.append({"label": "汇总表（Excel）", "url": f"{summary}?as=xlsx", "main": False})
        return found

    def adjust_view(self, request, pk: int):
        fund = self.viewable(request, pk)
        if not self.may_change(request, fund):
            raise PermissionDenied
        form = AdjustForm(request.POST if request.method == "POST" else None, initial={"on": timezone.localdate()})
        if request.method == "POST" and form.is_valid():
            values = dict(form.cleaned_data)
            key = values.pop("key")
            try:
                services.adjust_fund(fund, **values, actor=request.user, form_key=key)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "已登记资金调整。")
                return HttpResponseRedirect(self.url_of("change", fund))
        lead = f"现在共 {fund.total} 元，已批准 {fund.granted} 元，还剩 {fund.left} 元。"
        return self.form_page(request, form, f"登记资金调整：{fund}", lead, self.url_of("change", fund))

    def form_page(self, request, form, title: str, lead: str, back: str):
        context = {
            "title": title, "form": form, "media": form.media, "lead": lead, "back": back,
            "list_url": reverse("admin:ledgers_fundyear_changelist"), "list_words": "帮扶资金",
            "buttons": [("save", form.submit_label)],
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def summary_view(self, request, pk: int):
        """汇总表 of the people whom the user may see, with what was not refused or withdrawn."""
        fund = self.viewable(request, pk)
        rows = AidApplication.objects.visible_to(request.user).filter(fund=fund)
        rows = of_list(rows.exclude(state__in=(AidState.REFUSED, AidState.WITHDRAWN)))[:MOST_PRINTED]
        details = fund.unit_id in request.user.reach("ledgers.view_aid_details")
        sheet = summary_sheet(fund, rows, details=details)
        target = f"ledgers.fundyear:{fund.pk}"
        return send(request, sheet, back_url=self.url_of("change", fund), target=target)
