"""党员报到 and 四亮 on the staff side."""

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin_lists import PickFilter
from apps.common.admin_pages import Block, day, posted
from apps.common.code_lists import names_of
from apps.volunteers.forms.posts import BrightForm, ConfirmForm, PartyReportForm
from apps.volunteers.models import BrightRecord, PartyReport
from apps.volunteers.queries.posts import BRIGHTS
from apps.volunteers.services import posts as acts

from .outside_base import CodeFilter, OutsideRecord, ShownFilter


class ReportFilter(ShownFilter):
    first = "报到的"
    others = (("open", "等社区确认"), ("over", "已经离开"), ("all", "全部"))

    def narrow(self, rows, value):
        today = timezone.localdate()
        if value == "over":
            return rows.filter(ends_on__lte=today)
        rows = rows if value == "all" else rows.exclude(ends_on__lte=today)
        return rows.filter(confirmed_on__isnull=True) if value == "open" else rows


class CommunityFilter(PickFilter):
    title, parameter_name, field_name = "社区", "community", "community"


@admin.register(PartyReport)
class PartyReportAdmin(OutsideRecord):
    form = PartyReportForm
    add_label = "登记党员报到"
    empty_words = "党员到居住地社区党组织报到，登记在这里。"
    list_display = ("on", "who", "community", "compound", "host", "wishes", "state_tag")
    list_display_links = ("on", "who")
    list_filter = (ReportFilter, CommunityFilter)
    select_related_in_list = ("person", "community")
    select_related_in_record = ("person", "community", "organisation", "unit")
    ordering = ("-on", "-pk")
    fields = ("person", ("on", "ends_on"), ("community", "compound"), "host", "wishes")
    sheet_title = "党员报到登记表"
    sheet_columns = ("报到日期", "姓名", "社区", "小区", "报到的党组织", "愿意做的事", "社区确认日期", "确认人")

    @admin.display(description="状态")
    def state_tag(self, obj):
        return format_html('<span class="tag {1}">{0}</span>', *standing(obj))

    def sheet_row(self, obj):
        return [
            obj.on, obj.person.name, str(obj.community), obj.compound, obj.host, obj.wishes,
            obj.confirmed_on or "", obj.confirmed_by,
        ]  # fmt: skip

    def store(self, request, obj, form):
        acts.save_party_report(obj)

    def extra_pages(self):
        return [*super().extra_pages(), ("confirm", "<int:pk>/confirm/", self.confirm_view)]

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if self.may_change(request, obj) and not obj.voided_at and obj.confirmed_on is None:
            first = {"label": "社区已确认", "url": self.url_of("confirm", obj), "main": True}
            return [first, *[{**tool, "main": False} for tool in tools]]
        return tools

    def tags(self, obj):
        return super().tags(obj) or [standing(obj)]

    def blocks(self, request, obj):
        yield Block("报到", facts=[
            ("党员", self.linked(request, obj)), ("报到日期", day(obj.on)),
            ("社区", obj.community), ("小区", obj.compound),
            ("报到的党组织", obj.host), ("组织关系所在党组织", obj.organisation or ""), ("愿意做的事", obj.wishes),
            ("社区确认", "　".join(filter(None, (day(obj.confirmed_on), obj.confirmed_by)))),
            ("到何日", day(obj.ends_on)), ("登记单位", obj.unit),
        ])  # fmt: skip

    def confirm_view(self, request, pk: int):
        obj = self.actable(request, str(pk))
        return self.pressed(
            request, obj, ConfirmForm(posted(request)), service=acts.confirm_party_report, title="社区已确认",
            button="保存", done="已登记社区确认。", lead="社区党组织收到报到、回了话，登记日期和确认的人。",
        )  # fmt: skip


def standing(obj: PartyReport) -> tuple[str, str]:
    if obj.voided_at:
        return "已作废", "late"
    if obj.ends_on and obj.ends_on <= timezone.localdate():
        return "已经离开", ""
    return ("社区已确认", "done") if obj.confirmed_on else ("等社区确认", "soon")


class BrightFilter(CodeFilter):
    title, parameter_name, code_list = "哪一亮", "kind", BRIGHTS


@admin.register(BrightRecord)
class BrightRecordAdmin(OutsideRecord):
    form = BrightForm
    add_label = "登记四亮"
    empty_words = "亮身份、亮承诺、亮行动、亮成效，登记在这里。"
    code_lists = {"kind": BRIGHTS}
    list_display = ("on", "who", "kind_words", "words", "place")
    list_display_links = ("on", "who")
    list_filter = (ShownFilter, BrightFilter)
    select_related_in_record = ("person", "unit")
    ordering = ("-on", "-pk")
    fields = ("person", ("kind", "on"), "words", "place")
    sheet_title = "四亮记录"
    sheet_columns = ("日期", "姓名", "哪一亮", "内容", "在哪里")

    @admin.display(description="哪一亮")
    def kind_words(self, obj):
        return names_of(BRIGHTS).get(obj.kind, obj.kind)

    def sheet_row(self, obj):
        return [obj.on, obj.person.name, self.kind_words(obj), obj.words, obj.place]

    def store(self, request, obj, form):
        if obj.pk is None:
            acts.refuse_gone(obj.person)
        obj.save()

    def blocks(self, request, obj):
        yield Block("四亮", facts=[
            ("党员", self.linked(request, obj)), ("哪一亮", self.kind_words(obj)),
            ("日期", day(obj.on)), ("内容", obj.words),
            ("在哪里", obj.place), ("登记单位", obj.unit),
        ])  # fmt: skip
