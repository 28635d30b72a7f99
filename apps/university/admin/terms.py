"""Terms with their phases, of all schools or of one."""

import datetime as dt

from django.contrib import admin, messages
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.university.choices.schools import PhaseKind
from apps.university.forms.catalogue import TermForm, phase_forms
from apps.university.models import ClassGroup, School, Term
from apps.university.services.terms import put_phases

from .base import Block, SchoolRecordAdmin, day

HINTS = {
    PhaseKind.CONTINUING: "老生先续读原班的下一年级",
    PhaseKind.NEW: "新学员和想换课的老学员报名",
    PhaseKind.PAYING: "录取以后到窗口缴费",
    PhaseKind.CHANGING: "开学后可以换班的日子",
    PhaseKind.MAKING_UP: "有空余名额的班补报",
}


@admin.register(Term)
class TermAdmin(SchoolRecordAdmin):
    form = TermForm
    has_page = True
    add_label = "新建学期"
    empty_words = "先建学期，再在学期里开班。"
    list_display = ("name", "unit", "starts", "ends", "phase")
    list_filter = ("season", "year")
    search_fields = ("year", "unit__name")
    search_help_text = "年份或主管单位"
    select_related_in_list = select_related_in_record = ("unit",)
    fields = ("unit", ("year", "season"), ("starts_on", "last_on"))

    def unit_of(self, obj):
        return obj.unit_id

    def get_changeform_initial_data(self, request):
        today = timezone.localdate()
        return {"unit": request.user.unit_id, "year": today.year, **super().get_changeform_initial_data(request)}

    def write(self, request, obj, form, change):
        self.require_unit(request, obj, change)
        outside = ClassGroup.objects.current().filter(term=obj.pk).exclude(
            first_on__gte=obj.starts_on, until__lte=obj.ends_on
        ) if change else ClassGroup.objects.none()  # fmt: skip
        if outside.exists():
            raise BusinessError("有班级的上课日期会落在学期之外，请先改那些班。", field="starts_on")
        obj.save()

    def title_of(self, obj):
        return f"{obj}（{obj.unit.short_name or obj.unit.name}）"

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        match = request.resolver_match
        return rows.prefetch_related("phases") if match and match.url_name.endswith("changelist") else rows

    @admin.display(description="学期")
    def name(self, obj):
        return str(obj)

    @admin.display(description="开学")
    def starts(self, obj):
        return day(obj.starts_on)

    @admin.display(description="结束")
    def ends(self, obj):
        return day(obj.ends_on - dt.timedelta(1))

    @admin.display(description="现在")
    def phase(self, obj):
        now = timezone.now()
        open_now = [one for one in obj.phases.all() if one.voided_at is None and one.opens_at <= now < one.closes_at]
        return "、".join(dict.fromkeys(one.get_kind_display() for one in open_now))

    def extra_pages(self):
        return [("phases", "<path:object_id>/phases/", self.phases_view)]

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if self.may_change(request, obj) and not obj.voided_at:
            tools.insert(1, {"label": "各阶段时间", "url": self.url_of("phases", obj)})
        classes = self.admin_site.get_model_admin(ClassGroup)
        tools.insert(1, {"label": "这个学期的班级", "url": f"{classes.plain_url('changelist')}?term={obj.pk}"})
        return tools

    def blocks(self, request, obj):
        yield Block(
            "学期",
            facts=[("主管单位", obj.unit), ("开学", day(obj.starts_on)), ("结束", self.ends(obj))],
        )
        rows = obj.phases.filter(voided_at=None).select_related("school").order_by("school__position", "opens_at")
        yield Block(
            "阶段",
            columns=("阶段", "学校", "开始", "结束"),
            rows=[
                [one.get_kind_display(), str(one.school or "全部学校"), _moment(one.opens_at), _moment(one.closes_at)]
                for one in rows
            ],
            empty="还没有填各阶段的时间。",
        )

    def phases_view(self, request, object_id):
        """The phases of all schools, or of one with `?school=`, in one grid."""
        term = self.actable(request, object_id)
        schools = School.objects.visible_to(request.user, self.right("change")).current()
        asked = request.GET.get("school", "")
        school = None
        if asked:
            school = schools.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 18 else None
            if school is None:
                raise Http404
        lines = phase_forms(request.POST if request.method == "POST" else None, term, school)
        if request.method == "POST" and all([form.is_valid() for _, form in lines]):
            try:
                windows = {kind.value: form.window() for kind, form in lines}
                changed = put_phases(term, school, windows, actor=request.user)
            except BusinessError as refusal:
                dict(lines)[PhaseKind(refusal.field)].add_error(None, refusal.sentence)
            else:
                messages.success(request, f"已保存，改动 {changed} 个阶段。" if changed else "没有改动。")
                return HttpResponseRedirect(self.url_of("change", term))
        wrong = any(form.errors for _, form in lines)
        context = {
            "title": f"各阶段时间：{self.title_of(term)}", "original": term, "back": self.url_of("change", term),
            "list_url": self.plain_url("changelist"), "school": school,
            "schools": [(one.pk, one.name, one == school) for one in schools[:200]],
            "columns": ["阶段"], "fields": ["开始", "结束"],
            "rows": [
                {"name": kind.label, "cells": [kind.label], "form": form, "note": HINTS[kind],
                 "tone": "late" if form.errors else ""}
                for kind, form in lines
            ],
        }  # fmt: skip
        return self.page(request, "admin/university/phases.html", context, status=422 if wrong else 200)


def _moment(value) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
