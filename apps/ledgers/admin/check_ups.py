"""体检: each year's, who has none yet, and a group that went together."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit
from apps.common.admin_pages import MOST_ON_PAPER, Block, day
from apps.common.errors import BusinessError
from apps.ledgers.choices.medical import CheckUpState
from apps.ledgers.forms.cases import CheckUpChangeForm, CheckUpForm, CheckUpGroupForm
from apps.ledgers.models import CheckUp
from apps.ledgers.queries.medical import without_check_up
from apps.ledgers.services.check_ups import FIRST_YEAR, change_check_up, record_check_up, record_check_ups
from apps.registry.models import Cadre
from apps.registry.wording import age_of

from .case_base import VIEW_HEALTH, ListPaper, OfCadreRecord, asked_page, total_words
from .filters import DefaultFilter, UnitOfCadreFilter

PER_PAGE = 50
COLUMNS = ("姓名", "性别", "年龄", "管理单位", "社区")


class YearFilter(DefaultFilter):
    """Without a choice: this year's."""

    default_label = "今年"
    title, parameter_name = "年度", "year"

    def lookups(self, request, model_admin):
        this = timezone.localdate().year
        return [*((str(year), f"{year}年") for year in range(this - 1, this - 5, -1)), ("all", "历年")]

    def queryset(self, request, queryset):
        value = self.value() or str(timezone.localdate().year)
        if value == "all":
            return queryset.filter(voided_at__isnull=True)
        if not value.isdecimal() or len(value) != 4:
            return queryset.none()
        return queryset.filter(year=int(value), voided_at__isnull=True)


class CheckUpStateFilter(admin.SimpleListFilter):
    title, parameter_name = "情况", "state"

    def lookups(self, request, model_admin):
        return [*CheckUpState.choices, ("recheck", "要复查还没复查")]

    def queryset(self, request, queryset):
        if self.value() == "recheck":
            return queryset.filter(recheck_by__isnull=False, rechecked_on__isnull=True)
        return queryset.filter(state=self.value()) if self.value() in CheckUpState.values else queryset


@admin.register(CheckUp)
class CheckUpAdmin(OfCadreRecord):
    sealed = VIEW_HEALTH
    seen_fields = ("check_up",)
    voidable = True
    add_label = "登记体检"
    add_form, change_form_class = CheckUpForm, CheckUpChangeForm
    empty_words = "体检做了、没做，都在这里登记；一起去的可以在“还没体检的”里一次勾选。"
    list_display = ("who", "unit", "year_words", "state_words", "when", "place", "recheck")
    list_display_links = ("year_words",)
    list_filter = (YearFilter, CheckUpStateFilter, UnitOfCadreFilter)
    ordering = ("-year", "-done_on", "-pk")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("findings")

    def title_of(self, obj):
        return f"{obj.cadre.person.name}{obj.year}年体检"

    def extra_pages(self):
        return [("missing", "missing/", self.missing_view), ("sheet", "sheet/", self.sheet_view)]

    def list_tools(self, request):
        missing = {"label": "还没体检的", "url": self.plain_url("missing")}
        return [missing, *self.paper_tools(request, "sheet")]

    @admin.display(description="年度")
    def year_words(self, obj):
        return f"{obj.year}年"

    @admin.display(description="情况")
    def state_words(self, obj):
        tone = "done" if obj.state == CheckUpState.DONE else "soon"
        return format_html('<span class="tag {}">{}</span> {}', tone, obj.get_state_display(), obj.reason)

    @admin.display(description="体检日期")
    def when(self, obj):
        return day(obj.done_on)

    @admin.display(description="复查")
    def recheck(self, obj):
        if not obj.recheck_by:
            return ""
        if obj.rechecked_on:
            return f"{day(obj.rechecked_on)} 已复查"
        late = obj.recheck_by < timezone.localdate()
        tone, words = ("late", "逾期") if late else ("soon", "前复查")
        return format_html('{} <span class="tag {}">{}</span>', day(obj.recheck_by), tone, words)

    # Writing

    def initial_for(self, request, cadre):
        today = timezone.localdate()
        return {"year": today.year, "state": CheckUpState.DONE, "done_on": today}

    def create(self, request, cadre, form):
        today = timezone.localdate()
        year = form.cleaned_data["year"]
        return record_check_up(form.facts(), cadre=cadre, year=year, actor=request.user, on=today)

    def values_of(self, obj):
        return {
            name: getattr(obj, name) for name in ("state", "done_on", "place", "reason", "recheck_by", "rechecked_on")
        }

    def change(self, request, obj, form):
        seen = form.cleaned_data["seen_version"]
        change_check_up(obj, form.facts(), actor=request.user, on=timezone.localdate(), version=seen)

    def blocks(self, request, obj):
        yield Block("体检情况", [
            ("年度", f"{obj.year}年"), ("情况", obj.get_state_display()), ("体检日期", day(obj.done_on)),
            ("体检机构", obj.place), ("没参加的原因", obj.reason or "—"), ("体检结果", obj.findings),
            ("复查期限", day(obj.recheck_by) or "不用复查"), ("已复查", day(obj.rechecked_on) or "—"),
        ])  # fmt: skip

    def sheet_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        as_file = request.GET.get("as") == "xlsx"
        rows = list(self.filtered_rows(request))
        columns = (*COLUMNS, "年度", "情况", "体检日期", "体检机构", "没参加的原因")
        paper = ListPaper(
            title="体检情况表",
            columns=columns,
            people=[row.cadre_id for row in rows],
            order="年度、日期",
            rows=[
                [
                    *person_cells(row.cadre),
                    str(row.year),
                    row.get_state_display(),
                    day(row.done_on),
                    row.place,
                    row.reason,
                ]
                for row in rows
            ],
        )
        return self.send_paper(request, paper, back=self.list_url(), as_file=as_file)

    # Who has none yet

    def missing_view(self, request):
        """Who is owed a check-up this year and has neither gone nor refused; those ticked are written down at once."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        year = self.asked_year(request, today)
        rows = without_check_up(request.user, year=year, on=today).select_related("person__community", "managing_unit")
        rows = rows.order_by("managing_unit__path", "order_no", "pk")
        if request.GET.get("as") in ("print", "xlsx"):
            return self.missing_paper(request, rows[:MOST_ON_PAPER], year)
        may_add = request.user.has_perm(self.right("add"))
        form = CheckUpGroupForm(
            request.POST if request.method == "POST" else None,
            initial={"done_on": today, "state": "done"},
            label_suffix="",
        )
        if request.method == "POST":
            if not may_add:
                raise PermissionDenied
            if form.is_valid() and self.record_group(request, form, year, today):
                return HttpResponseRedirect(request.get_full_path())
        return self.missing_page(request, rows, form, year, today, may_add)

    def asked_year(self, request, today) -> int:
        text = request.GET.get("year", "")
        year = int(text) if text.isdecimal() and len(text) == 4 else today.year
        return year if FIRST_YEAR <= year <= today.year else today.year

    def record_group(self, request, form, year: int, today) -> bool:
        keys = [int(key) for key in request.POST.getlist("pk") if key.isdecimal() and len(key) < 18]
        mine = Cadre.objects.living().visible_to(request.user, self.right("add")).filter(pk__in=keys)
        try:
            made, known = record_check_ups(
                list(mine.values_list("pk", flat=True)), facts=form.facts(), year=year, actor=request.user, on=today
            )
        except BusinessError as refusal:
            form.refuse(refusal)
            return False
        already = f"，{known} 位已经登记过" if known else ""
        messages.success(request, f"已登记 {made} 位{already}。")
        return True

    def missing_page(self, request, rows, form, year: int, today, may_add: bool):
        page = asked_page(request, rows, PER_PAGE)
        people = list(page.object_list)
        audit.look(
            "open", actor=request.user, people=[row.pk for row in people], fields=self.seen_fields,
            target="ledgers.checkup:missing", request=request,
        )  # fmt: skip
        ticked = set(request.POST.getlist("pk"))
        url = self.plain_url("missing")
        context = {
            "title": f"{year}年还没体检的", "page": page, "form": form if may_add else None, "media": form.media,
            "people": [
                {"pk": row.pk, "url": reverse("admin:registry_cadre_change", args=[row.pk]), "cells": person_cells(row),
                 "ticked": str(row.pk) in ticked}
                for row in people
            ],
            "columns": COLUMNS, "query": f"year={year}", "list_url": self.list_url(),
            "list_words": self.opts.verbose_name, "total_text": total_words(page),
            "choices": [
                {"label": f"{one}年", "url": f"{url}?year={one}", "chosen": one == year}
                for one in range(today.year, today.year - 3, -1)
            ],
            "tools": [
                {"label": "打印", "url": f"{url}?as=print&year={year}"},
                {"label": "导出 Excel", "url": f"{url}?as=xlsx&year={year}"},
            ],
            "empty": "都登记过了。",
        }  # fmt: skip
        return self.page(request, "admin/ledgers/check_up_missing.html", context, status=422 if form.errors else 200)

    def missing_paper(self, request, rows, year: int):
        people = list(rows)
        paper = ListPaper(
            title=f"{year}年还没体检的老同志", columns=COLUMNS, people=[row.pk for row in people], order="单位、名次",
            rows=[person_cells(row) for row in people],
        )  # fmt: skip
        back = f"{self.plain_url('missing')}?year={year}"
        return self.send_paper(request, paper, back=back, as_file=request.GET["as"] == "xlsx")


def person_cells(cadre: Cadre) -> list[str]:
    person = cadre.person
    age = age_of(person, timezone.localdate())
    return [
        person.name, person.get_sex_display() if person.sex in "12" else "", "" if age is None else str(age),
        cadre.managing_unit.short_name or cadre.managing_unit.name, str(person.community or ""),
    ]  # fmt: skip
