"""高龄津贴: who reaches 80, 90, 100 soon and whether the family applied; who died lately, for the paying office."""

import datetime as dt

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import path, reverse
from django.utils import timezone

from apps.ledgers.models import SeniorClaim
from apps.ledgers.queries.seniors import gone_since, people_of, reaching
from apps.ledgers.rules.treatments import TreatmentTerms
from apps.organisation.queries import rule_values

from .filters import UnitOfCadreFilter
from .tables import InUseFilter, OfCadreAdmin, Table, print_table, send_table

WEEK = 7
MOST_MONTHS, MOST_DAYS = 24, 366


@admin.register(SeniorClaim)
class SeniorClaimAdmin(OfCadreAdmin):
    add_label = "登记申请情况"
    empty_words = "点“快到龄的人”，给家属打电话，问有没有向民政申请，记在这里。"
    list_display = ("link", "band", "state", "on", "by_whom")
    list_display_links = ("band",)
    list_filter = ("band", "state", UnitOfCadreFilter, InUseFilter)
    ordering = ("-on", "-pk")
    fields = ("cadre", "band", "state", "on", "by_whom", "note")
    columns = (
        ("老同志", "name"), ("管理单位", "unit_name"), ("年龄档", "band"), ("办到哪步", "state"), ("日期", "on"),
        ("谁办的", "by_whom"),
    )  # fmt: skip

    def get_changeform_initial_data(self, request):
        return {"on": timezone.localdate(), **super().get_changeform_initial_data(request)}

    def list_tools(self, request):
        return [
            {"label": "快到龄的人", "url": self.list_url("reaching")},
            {"label": "本周离世（报发放单位）", "url": self.list_url("gone")}, *super().list_tools(request),
        ]  # fmt: skip

    def get_urls(self):
        name = "ledgers_seniorclaim"
        return [
            path("reaching/", self.staff_view(self.reaching_view), name=f"{name}_reaching"),
            path("gone/", self.staff_view(self.gone_view), name=f"{name}_gone"),
            *super().get_urls(),
        ]

    def number(self, request, name: str, usual: int, most: int) -> int:
        typed = request.GET.get(name, "")
        return min(max(int(typed), 1), most) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else usual

    def reaching_view(self, request):
        """In the next months (the rule set says how many): who, when, and what the family did."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        usual = rule_values(TreatmentTerms.rule_key, on=today).senior_months
        months = self.number(request, "months", usual, MOST_MONTHS)
        place = today.month - 1 + months
        end = dt.date(today.year + place // 12, place % 12 + 1, 28)
        rows = reaching(request.user, start=today.replace(day=1), end=end)
        table = Table(
            title=f"{months} 个月内满 80、90、100 周岁的老同志",
            headings=("序号", "老同志", "出生日期", "满多少", "哪天满", "管理单位", "家属申请情况"),
            rows=[
                [number, row.cadre.person.name, born(row.cadre), f"{row.band} 周岁", row.reaches,
                 str(row.cadre.managing_unit), row.claim.get_state_display() if row.claim else "还没问"]
                for number, row in enumerate(rows, 1)
            ],
            people=people_of(rows), order="满岁的日期", scope=f"{len(rows)} 人",
        )  # fmt: skip
        add = reverse("admin:ledgers_seniorclaim_add") if request.user.has_perm(self.right("add")) else ""
        lines = [
            (line, f"{add}?cadre={row.cadre.pk}&band={row.band}" if add and not row.claim else "",
             self.url_of("change", row.claim) if row.claim else "", row.cadre.pk)
            for line, row in zip(table.rows, rows, strict=True)
        ]  # fmt: skip
        return self.out(request, table, lines, name="months", value=months, words="列出几个月内的")

    def gone_view(self, request):
        """Deaths that became known this week, reported ones too, so that nobody is paid on."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        days = self.number(request, "days", WEEK, MOST_DAYS)
        rows = gone_since(request.user, timezone.localdate() - dt.timedelta(days=days - 1))
        table = Table(
            title="离世人员名单（报高龄津贴等发放单位）",
            headings=("序号", "老同志", "出生日期", "离世日期", "得知日期", "高龄档", "管理单位", "核实情况"),
            rows=[
                [number, row.cadre.person.name, born(row.cadre),
                 row.event.happened_on.display(), timezone.localdate(row.event.reported_at), row.band,
                 str(row.cadre.managing_unit), row.event.get_state_display()]
                for number, row in enumerate(rows, 1)
            ],
            people=people_of(rows), order="得知的先后", scope=f"最近 {days} 天得知，{len(rows)} 人",
        )  # fmt: skip
        lines = [(line, "", "", row.cadre.pk) for line, row in zip(table.rows, rows, strict=True)]
        return self.out(request, table, lines, name="days", value=days, words="最近几天得知的")

    def out(self, request, table: Table, lines: list, *, name: str, value: int, words: str):
        """On the screen, on paper (?print) or as a workbook (?xlsx)."""
        target = "ledgers.seniorclaim"
        back = f"{request.path}?{name}={value}"
        if "print" in request.GET:
            return print_table(self, request, table, target=target, back=back)
        if "xlsx" in request.GET:
            return send_table(request, table, target=target, reason=table.title)
        context = {
            "title": table.title, "table": table, "lines": lines, "name": name, "value": value, "words": words,
            "back": self.list_url(),
        }  # fmt: skip
        return self.page(request, "admin/ledgers/seniors.html", context)


def born(cadre) -> str:
    birth = cadre.person.birth_date
    return birth.display() if birth else ""
