"""Partners with their agreements, and practice bases."""

import datetime as dt

from django.contrib import admin
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.html import format_html

from apps.common import attachments
from apps.common.errors import BusinessError
from apps.common.scans import read_scan
from apps.university.forms.uploads import FileForm
from apps.university.models import Agreement, Partner, PracticeBase
from apps.university.services.catalogue import set_scan

from .base import Block, SchoolRecordAdmin, day, file_answer

SOON = dt.timedelta(90)


@admin.register(Partner)
class PartnerAdmin(SchoolRecordAdmin):
    has_page = True
    add_label = "新增合作单位"
    empty_words = "合作办学的院校、党校、乡镇、社区和企业登记在这里，协议登记在单位下面。"
    list_display = ("name", "school", "kind", "contact", "phone")
    list_filter = ("kind",)
    search_fields = ("name", "school__name")
    search_help_text = "单位或学校"
    select_related_in_list = select_related_in_record = ("school",)
    fields = ("school", ("name", "kind"), ("contact", "phone"), "note")

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if request.user.has_perm("university.add_agreement") and not obj.voided_at:
            url = self.admin_site.get_model_admin(Agreement).plain_url("add")
            tools.insert(1, {"label": "登记协议", "url": f"{url}?partner={obj.pk}"})
        return tools

    def blocks(self, request, obj):
        yield Block(
            "合作单位",
            facts=[
                ("学校", obj.school), ("类型", obj.get_kind_display()), ("联系人", obj.contact), ("电话", obj.phone),
                ("合作内容", obj.note),
            ],
        )  # fmt: skip
        agreements = self.admin_site.get_model_admin(Agreement)
        yield Block(
            "协议",
            columns=("协议", "签订", "生效", "到期"),
            rows=[
                [
                    {"text": one.title, "url": agreements.url_of("change", one)}, day(one.signed_on),
                    day(one.starts_on),
                    day(one.ended_on or one.last_on) or "长期",
                ]
                for one in obj.agreements.filter(voided_at=None)
            ],
            empty="还没有登记协议。",
        )  # fmt: skip
        yield Block(
            "实践基地",
            columns=("基地", "类型", "挂牌"),
            rows=[[one.name, one.get_kind_display(), day(one.since)] for one in obj.bases.filter(voided_at=None)],
            empty="没有。",
        )


class TermFilter(admin.SimpleListFilter):
    title, parameter_name = "期限", "until"

    def lookups(self, request, model_admin):
        return [("valid", "有效"), ("soon", "三个月内到期"), ("over", "已到期、已终止")]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        over = Q(last_on__lt=today) | Q(ended_on__lte=today)
        match self.value():
            case "valid":
                return queryset.exclude(over)
            case "soon":
                return queryset.exclude(over).filter(last_on__lte=today + SOON)
            case "over":
                return queryset.filter(over)
        return queryset


@admin.register(Agreement)
class AgreementAdmin(SchoolRecordAdmin):
    has_page = True
    add_label = "登记协议"
    empty_words = "和合作单位签的协议登记在这里，到期前三个月会标出来。"
    list_display = ("title", "partner", "school", "signed", "until")
    list_filter = (TermFilter,)
    search_fields = ("title", "number", "partner__name")
    search_help_text = "协议、编号或合作单位"
    select_related_in_list = select_related_in_record = ("partner__school", "campus", "scan")
    fields = ("partner", ("title", "number"), "campus", ("signed_on", "starts_on", "last_on"), "ended_on", "note")

    def unit_of(self, obj):
        return obj.partner.school.unit_id

    def write(self, request, obj, form, change):
        if obj.campus is not None and obj.campus.school_id != obj.partner.school_id:
            raise BusinessError("校区不是这所学校的，请重新选择。", field="campus")
        super().write(request, obj, form, change)

    @admin.display(description="学校")
    def school(self, obj):
        return obj.partner.school

    @admin.display(description="签订")
    def signed(self, obj):
        return day(obj.signed_on)

    @admin.display(description="期限")
    def until(self, obj):
        words, tone = until_words(obj, timezone.localdate())
        return format_html('{} <span class="tag {}">{}</span>', day(obj.last_on), tone, words)

    def extra_pages(self):
        return [
            ("scan", "<path:object_id>/scan/", self.scan_view),
            ("file", "<path:object_id>/file/", self.file_view),
        ]

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if self.may_change(request, obj) and not obj.voided_at:
            label = "换扫描件" if obj.scan_id else "上传扫描件"
            tools.insert(1, {"label": label, "url": self.url_of("scan", obj)})
        return tools

    def tags(self, obj):
        return [until_words(obj, timezone.localdate()), *super().tags(obj)]

    def blocks(self, request, obj):
        links = [{"label": "打开扫描件", "url": self.url_of("file", obj)}] if obj.scan_id else []
        yield Block(
            "协议",
            facts=[
                ("合作单位", obj.partner), ("学校", obj.partner.school), ("编号", obj.number), ("合办校区",
                obj.campus),
                ("签订日期", day(obj.signed_on)), ("生效日期", day(obj.starts_on)), ("到期日",
                day(obj.last_on) or "长期"),
                ("提前终止", day(obj.ended_on)), ("要点", obj.note),
            ],
            links=links,
        )  # fmt: skip

    def scan_view(self, request, object_id):
        obj = self.actable(request, object_id)
        form = FileForm(request.POST or None, request.FILES or None)

        def perform(values):
            if "remove" in request.POST:
                set_scan(obj, None, actor=request.user)
                return "已删去扫描件。"
            if not values["file"]:
                raise BusinessError("请选一个文件。", field="file")
            set_scan(obj, read_scan(values["file"], field="file"), actor=request.user)
            return "扫描件已保存。"

        buttons = [("remove", "删去扫描件")] if obj.scan_id else []
        return self.one_act(
            request,
            obj,
            form,
            title="扫描件",
            perform=perform,
            done="",
            buttons=buttons,
            lead="签字盖章的协议，一份文件。",
        )

    def file_view(self, request, object_id):
        obj = self.readable(request, object_id)
        if obj.scan is None or obj.scan.purged_at:
            raise Http404
        return file_answer(attachments.read(obj.scan), obj.scan.filename, obj.scan.content_type, as_attachment=False)


def until_words(agreement: Agreement, on: dt.date) -> tuple[str, str]:
    """How long it holds, and the tone."""
    if agreement.ended_on and agreement.ended_on <= on:
        return "已终止", ""
    if agreement.last_on is None:
        return "长期有效", "done"
    if agreement.last_on < on:
        return "已到期", "late"
    left = (agreement.last_on - on).days
    return (f"还有 {left} 天到期", "soon") if left <= SOON.days else ("有效", "done")


@admin.register(PracticeBase)
class PracticeBaseAdmin(SchoolRecordAdmin):
    add_label = "新增基地"
    empty_words = "教学实践基地、党性教育基地登记在这里。"
    list_display = ("name", "school", "kind", "partner", "address", "contact")
    list_filter = ("kind",)
    search_fields = ("name", "school__name")
    search_help_text = "基地或学校"
    select_related_in_list = select_related_in_record = ("school", "partner")
    fields = ("school", ("name", "kind"), "partner", "address", "contact", ("since", "ended_on"), "note")
