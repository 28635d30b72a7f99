"""Donations on the staff side: taken in, handed on, receipts, sums of teams."""

from decimal import Decimal

from django.contrib import admin
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from apps.common import audit
from apps.common.admin_pages import BLOCKS, Block, day, posted
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.volunteers.choices.teams import TeamKind
from apps.volunteers.forms.donations import DonationForm, HandOnForm
from apps.volunteers.models import Donation
from apps.volunteers.services import donations as acts

from .links import link, person_link
from .talk_base import MOST_ROWS, TalkRecord, YearFilter, workbook

HEADER = ["收据号", "驿站、志愿队", "物品", "数量", "单位", "估值（元）", "捐赠人", "接收日期", "受赠方", "送到的日期"]


class GivenFilter(admin.SimpleListFilter):
    title, parameter_name = "送出去没有", "given"

    def lookups(self, request, model_admin):
        return [("no", "还没送出去"), ("yes", "已送到")]

    def queryset(self, request, queryset):
        known = {"no": True, "yes": False}
        return queryset.filter(given_on__isnull=known[self.value()]) if self.value() in known else queryset


class StationFilter(admin.SimpleListFilter):
    title, parameter_name = "谁收的", "kind"

    def lookups(self, request, model_admin):
        return [(TeamKind.STATION, "爱心驿站"), ("team", "其他志愿队")]

    def queryset(self, request, queryset):
        if self.value() == "team":
            return queryset.exclude(team__kind=TeamKind.STATION)
        return queryset.filter(team__kind=TeamKind.STATION) if self.value() == TeamKind.STATION else queryset


@admin.register(Donation)
class DonationAdmin(TalkRecord):
    form = DonationForm
    record_page = BLOCKS
    voidable = True
    add_label = "登记捐赠"
    empty_words = "爱心驿站收到的图书、衣物、用品登记在这里；不收钱。"
    list_display = ("number_words", "team", "what", "worth", "donor_words", "on", "to_whom", "given_on")
    list_display_links = ("what",)
    list_filter = (GivenFilter, StationFilter, YearFilter)
    search_fields = ("item", "donor", "recipient", "receipt_no")
    search_help_text = "物品、捐赠人、受赠方或收据号"
    select_related_in_list = ("team", "person")
    select_related_in_record = ("team", "person")
    short_lists = ("team",)
    ordering = ("-on", "-pk")

    @admin.display(description="收据号")
    def number_words(self, obj):
        return format_html('<span class="nowrap">{}</span>', obj.receipt_no)

    @admin.display(description="物品")
    def what(self, obj):
        return f"{obj.item} {self.amount(obj)}"

    @admin.display(description="数量")
    def amount(self, obj):
        return f"{obj.quantity.normalize():f}{obj.measure}"

    @admin.display(description="估值（元）")
    def worth(self, obj):
        return "" if obj.value is None else f"{obj.value:,.2f}"

    @admin.display(description="捐赠人")
    def donor_words(self, obj):
        return obj.donor or "不愿留名"

    @admin.display(description="受赠方")
    def to_whom(self, obj):
        return obj.person.name if obj.person_id else obj.recipient

    def people_of(self, obj):
        return [obj.person_id] if obj.person_id else []

    def title_of(self, obj):
        return f"{obj.item}{self.amount(obj)}"

    def tags(self, obj):
        return [("已送到", "done")] if obj.given_on else [("还没送出去", "soon")]

    def blocks(self, request, obj):
        user = request.user
        yield Block("收到的", facts=[
            ("收据号", obj.receipt_no), ("驿站、志愿队", link(user, obj.team, "team", obj.team_id)),
            ("物品", f"{obj.item}，{self.amount(obj)}"),
            ("估值", f"{self.worth(obj)} 元" if obj.value is not None else "没有估"),
            ("捐赠人", self.donor_words(obj)), ("接收日期", day(obj.on)), ("说明", obj.note),
        ])  # fmt: skip
        whom = person_link(user, obj.person) if obj.person_id else obj.recipient
        yield Block("送给谁", facts=[("受赠方", whom), ("送到的日期", day(obj.given_on) or "还没送出去")])

    def list_tools(self, request):
        return [
            {"label": "按队合计", "url": self.list_url("sums")},
            {"label": "导出 Excel", "url": self.list_url("export", request.GET.urlencode())},
        ]

    def extra_pages(self):
        return [
            ("sums", "sums/", self.sums_view), ("export", "export/", self.export_view),
            ("give", "<int:pk>/give/", self.give_view), ("receipt", "<int:pk>/receipt/", self.receipt_view),
        ]  # fmt: skip

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        first = [{"label": "打印收据", "url": self.url_of("receipt", obj)}]
        if obj.given_on is None and not obj.voided_at and self.may_change(request, obj):
            first.insert(0, {"label": "登记送到", "url": self.url_of("give", obj), "main": True})
            tools = [{**tool, "main": False} for tool in tools]
        return [*first, *tools]

    def write(self, request, obj, form, change):
        if obj.team.unit_id not in request.user.reach(self.right("change" if change else "add")):
            raise BusinessError("这支队不在您的管理范围内。", code="out_of_reach", field="team")
        if change:
            acts.check(obj, timezone.localdate())
            obj.save()
        else:
            acts.take_in(obj, actor=request.user, on=timezone.localdate())

    def get_readonly_fields(self, request, obj=None):
        return ("team",) if obj is not None else ()

    def give_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        return self.act(
            request, obj, HandOnForm(posted(request), initial={"recipient": obj.recipient}), button="保存",
            title=f"登记送到：{self.title_of(obj)}", done="已登记。",
            sentence="送给谁、哪天送到，写清楚，好向捐赠人交代。",
            perform=lambda values: acts.hand_on(obj, actor=request.user, on=timezone.localdate(), **values),
        )  # fmt: skip

    @method_decorator(require_safe)
    def receipt_view(self, request, pk: int):
        obj = self.viewable(request, pk)
        audit.look("print", actor=request.user, people=self.people_of(obj), target=self._target(obj), request=request)
        frame = frame_for(request, "捐赠收据（非票据）", stamp=True, recall=False, signature="经手人",
                          back_url=self.url_of("change", obj))  # fmt: skip
        context = {"frame": frame, "donation": obj, "amount": self.amount(obj), "donor": self.donor_words(obj)}
        return self.page(request, "print/volunteers/donation.html", context)

    def _rows(self, request):
        rows = Donation.objects.visible_to(request.user, self.right("view")).current()
        year = request.GET.get("year", "")
        return rows.filter(on__year=int(year)) if year.isdecimal() and len(year) == 4 and year != "0000" else rows

    def sums_view(self, request):
        """Of teams in a year: how many gifts, their estimated value. Teams, never givers beside each other."""
        self.allowed(request, self.right("view"))
        rows = self._rows(request).order_by("team__name").values("team__name")
        sums = rows.annotate(number=Count("pk"), value=Sum("value"))
        this = timezone.localdate().year
        context = {
            "title": "捐赠按队合计", "columns": ("驿站、志愿队", "笔数", "估值（元）"), "empty_text": "还没有捐赠。",
            "rows": [(row["team__name"], f"{row['number']:,}", f"{row['value'] or Decimal(0):,.2f}")
                     for row in sums[:300]],
            "lead": "估值只加写了估值的；没有写的不算。", "list_url": self.list_url(),
            "list_words": self.opts.verbose_name,
            "links": [("?", "历年"), *[(f"?year={year}", f"{year}年") for year in range(this, this - 3, -1)]],
        }  # fmt: skip
        return self.page(request, "admin/volunteers/sums.html", context)

    def export_view(self, request):
        self.allowed(request, self.right("view"))
        found = self.get_changelist_instance(request).queryset.filter(voided_at__isnull=True)
        rows = list(found.select_related("team", "person").order_by("on", "pk")[:MOST_ROWS])
        people = sorted({row.person_id for row in rows if row.person_id})
        audit.record("donation.export", actor=request.user, people=people, request=request,
                     target=f"volunteers.donation×{len(rows)}")  # fmt: skip
        lines = (
            [row.receipt_no, row.team.name, row.item, row.quantity, row.measure, row.value, self.donor_words(row),
             row.on, self.to_whom(row), row.given_on]
            for row in rows
        )  # fmt: skip
        return workbook(request, "捐赠", HEADER, lines)
