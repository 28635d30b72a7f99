"""Patrols and what they found on the staff side: a sheet typed at once, problems open and overdue."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin_lists import PickFilter
from apps.common.admin_pages import Block, day, posted
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values
from apps.volunteers.choices.posts import ProblemOutcome, ProblemState
from apps.volunteers.forms.posts import (
    CloseProblemForm,
    EmptyForm,
    PatrolForm,
    PatrolLineForm,
    PatrolSheetForm,
    ProblemForm,
    ReportForm,
)
from apps.volunteers.models import OutsidePost, Patrol, Problem, Volunteer
from apps.volunteers.queries.posts import late_problems
from apps.volunteers.rules.posts import PatrolRules, is_late
from apps.volunteers.rules.times import day_words, length_words
from apps.volunteers.services import patrols as acts
from apps.volunteers.services.line_refusals import LineRefusals
from apps.volunteers.services.posts import refuse_gone

from .links import link, page_of
from .outside_base import OutsideRecord, ShownFilter

LINES = 30
COLUMNS = ("行",)
FIELDS = ("姓名", "日期", "分钟", "地点", "看到什么", "发现的问题", "当天报给了谁")
TONES = {ProblemState.FOUND: "soon", ProblemState.REPORTED: "info", ProblemState.CLOSED: "done"}


@admin.register(Patrol)
class PatrolAdmin(OutsideRecord):
    form = PatrolForm
    add_label = "登记一次巡查"
    empty_words = "街巷长、网格员的巡查记在这里。一张纸质表可以一次录完。"
    list_display = ("on", "who", "length", "place", "seen", "post")
    list_display_links = ("on", "who")
    list_filter = (ShownFilter,)
    date_hierarchy = None
    select_related_in_list = ("person", "post")
    select_related_in_record = ("person", "post", "unit")
    ordering = ("-on", "-pk")
    fields = ("person", "on", "minutes", "place", "seen")
    sheet_title = "巡查记录"
    sheet_columns = ("日期", "姓名", "岗位", "用时（分钟）", "地点", "看到什么")

    def sheet_row(self, obj):
        return [obj.on, obj.person.name, str(obj.post or ""), obj.minutes, obj.place, obj.seen]

    @admin.display(description="用时")
    def length(self, obj):
        return length_words(obj.minutes)

    def title_of(self, obj):
        return f"{obj.person.name}：{day_words(obj.on)}{obj.place}"

    def store(self, request, obj, form):
        if obj.pk is None:
            refuse_gone(obj.person)
        obj.save()

    def list_tools(self, request):
        tools = super().list_tools(request)
        if request.user.has_perm(self.right("add")):
            tools.insert(0, {"label": "整张表补录", "url": self.plain_url("enter")})
        return tools

    def extra_pages(self):
        return [*super().extra_pages(), ("enter", "enter/", self.enter_view)]

    def blocks(self, request, obj):
        yield Block("巡查", facts=[
            ("老同志", self.linked(request, obj)),
            ("岗位", link(request.user, obj.post, "outsidepost", obj.post_id) if obj.post_id else "志愿者"),
            ("日期", day(obj.on)),
            ("用时", length_words(obj.minutes)), ("地点", obj.place), ("看到什么", obj.seen), ("登记单位", obj.unit),
        ])  # fmt: skip
        if request.user.has_perm("volunteers.view_problem"):
            found = obj.problems.visible_to(request.user, "volunteers.view_problem").current()
            page = self.admin_site.get_model_admin(Problem)
            yield Block(
                "发现的问题", columns=("问题", "状态"), empty="没有发现问题。",
                rows=[[{"text": row.what, "url": page.url_of("change", row)}, row.state.label] for row in found],
            )  # fmt: skip

    def enter_view(self, request):
        """A patrol sheet of thirty lines: written whole or not at all."""
        if not request.user.has_perm(self.right("add")):
            raise PermissionDenied
        data = posted(request)
        form = PatrolSheetForm(data)
        lines = [PatrolLineForm(data, prefix=f"l{number}") for number in range(1, LINES + 1)]
        if data is not None:
            fine = form.is_valid()
            fine = all([line.is_valid() for line in lines]) and fine
            if fine and self.entered(request, form, lines):
                return HttpResponseRedirect(self.plain_url("changelist"))
        wrong = data is not None and (bool(form.errors) or any(line.errors for line in lines))
        context = {
            "title": "巡查表补录", "form": form, "columns": COLUMNS, "fields": FIELDS, "media": form.media,
            "rows": [{"name": f"第{number}行", "cells": [str(number)], "form": line}
                     for number, line in enumerate(lines, 1)],
            "list_url": self.plain_url("changelist"), "list_words": self.opts.verbose_name, "wrong": wrong,
        }  # fmt: skip
        return self.page(request, "admin/volunteers/patrol_sheet.html", context, status=422 if wrong else 200)

    def entered(self, request, form, lines) -> bool:
        head, right = form.cleaned_data, self.right("add")
        values = [(number, line.cleaned_data) for number, line in enumerate(lines, 1)]
        asked = [
            acts.PatrolLine(
                number, one["who"], one["on"] or head["on"], one["minutes"] or head["minutes"],
                *(one[name].strip() for name in ("place", "seen", "problem", "told")),
            )
            for number, one in values if one["who"].strip()
        ]  # fmt: skip
        try:
            done = acts.enter_patrols(
                asked, posts=OutsidePost.objects.visible_to(request.user, right),
                volunteers=Volunteer.objects.visible_to(request.user, right), kind=head["kind"],
                form_key=head["key"], on=timezone.localdate(), actor=request.user,
            )  # fmt: skip
        except LineRefusals as refusal:
            for number, sentence in refusal.lines.items():
                lines[number - 1].add_error(None, sentence)
            form.refuse(BusinessError(refusal.sentence))
            return False
        except BusinessError as refusal:
            form.refuse(refusal)
            return False
        found = f"，发现问题 {done.problems} 个，已列入“发现的问题”" if done.problems else ""
        words = "这张表已经录过了，没有重复记。" if done.again else f"录好了，一共 {len(done.patrols)} 次巡查{found}。"
        messages.success(request, words)
        return True


class ProblemFilter(ShownFilter):
    first = "没有办结的"
    others = (("late", "逾期的"), ("found", "还没上报的"), ("closed", "已办结的"), ("all", "全部"))

    def narrow(self, rows, value):
        if value == "late":
            return late_problems(rows, timezone.localdate())
        if value == "found":
            return rows.open().filter(reported_on__isnull=True)
        if value == "closed":
            return rows.filter(closed_on__isnull=False)
        return rows if value == "all" else rows.open()


class CommunityFilter(PickFilter):
    title, parameter_name, field_name = "社区", "community", "community"


@admin.register(Problem)
class ProblemAdmin(OutsideRecord):
    form = ProblemForm
    add_label = "登记问题"
    empty_words = "没有等着办的问题。"
    list_display = ("found_on", "what", "place", "who", "reported_to", "reported_on", "state_tag")
    list_display_links = ("found_on", "what")
    list_filter = (ProblemFilter, CommunityFilter)
    select_related_in_list = ("person", "community")
    select_related_in_record = ("person", "community", "patrol", "unit")
    ordering = ("found_on", "pk")
    fields = ("person", "found_on", "what", "place", "community")
    sheet_title = "巡查发现的问题"
    sheet_order = "按发现日期排列，早的在前"
    sheet_columns = ("发现日期", "问题", "地点", "发现人", "报给谁", "上报日期", "办结日期", "结果", "状态")

    def get_changelist_instance(self, request):
        found = super().get_changelist_instance(request)
        rules = rule_values(PatrolRules.rule_key, on=timezone.localdate())
        for row in found.result_list:
            row.rules = rules
        return found

    @admin.display(description="状态")
    def state_tag(self, obj):
        words, tone = self.standing(obj)
        return format_html('<span class="tag {}">{}</span>', tone, words)

    def standing(self, obj, rules: PatrolRules | None = None) -> tuple[str, str]:
        if obj.voided_at:
            return "已作废", "late"
        rules = rules or getattr(obj, "rules", None) or PatrolRules()
        late = is_late(obj.found_on, obj.reported_on, obj.closed_on, timezone.localdate(), rules)
        return (f"{obj.state.label}，逾期", "late") if late else (obj.state.label, TONES[obj.state])

    def sheet_row(self, obj):
        outcome = ProblemOutcome(obj.outcome).label if obj.outcome else ""
        return [
            obj.found_on, obj.what, obj.place, obj.person.name, obj.reported_to, obj.reported_on or "",
            obj.closed_on or "", "　".join(filter(None, (outcome, obj.result))), self.standing(obj)[0],
        ]  # fmt: skip

    def extra_pages(self):
        acts_of = [(act, f"<int:pk>/{act}/", getattr(self, f"{act}_view")) for act in ("report", "close", "reopen")]
        return [*super().extra_pages(), *acts_of]

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if not self.may_change(request, obj) or obj.voided_at:
            return tools
        if obj.closed_on:
            return [*tools, {"label": "重新打开", "url": self.url_of("reopen", obj)}]
        first = [
            {"label": "登记上报", "url": self.url_of("report", obj), "main": not obj.reported_on},
            {"label": "办结", "url": self.url_of("close", obj), "main": bool(obj.reported_on)},
        ]
        return [*first, *[{**tool, "main": False} for tool in tools]]

    def tags(self, obj):
        rules = rule_values(PatrolRules.rule_key, on=timezone.localdate(), unit=obj.unit)
        return super().tags(obj) or [self.standing(obj, rules)]

    def blocks(self, request, obj):
        found = [{"label": "看那次巡查", "url": page_of("patrol", obj.patrol_id)}] if obj.patrol_id else []
        yield Block("问题", links=found, facts=[
            ("什么问题", obj.what), ("地点", obj.place),
            ("社区", obj.community or ""), ("发现人", self.linked(request, obj)),
            ("发现日期", day(obj.found_on)), ("登记单位", obj.unit),
        ])  # fmt: skip
        yield Block("办到哪一步", facts=[
            ("报给谁", obj.reported_to or "还没上报"), ("上报日期", day(obj.reported_on)),
            ("办结日期", day(obj.closed_on)), ("结果", ProblemOutcome(obj.outcome).label if obj.outcome else ""),
            ("结果说明", obj.result),
        ])  # fmt: skip

    def report_view(self, request, pk: int):
        obj = self.actable(request, str(pk))
        initial = {"to": obj.reported_to, "on": obj.reported_on or timezone.localdate()}
        return self.pressed(
            request, obj, ReportForm(posted(request), initial=initial), service=acts.report_problem, title="登记上报",
            button="保存", done="已登记上报。", lead="报给社区、物业或主管部门的，写明报给谁、哪天报的。",
        )  # fmt: skip

    def close_view(self, request, pk: int):
        obj = self.actable(request, str(pk))
        return self.pressed(
            request, obj, CloseProblemForm(posted(request)), service=acts.close_problem, title="办结", button="办结",
            done="已办结，请把结果告诉发现的老同志。",
        )  # fmt: skip

    def reopen_view(self, request, pk: int):
        obj = self.actable(request, str(pk))
        return self.pressed(
            request, obj, EmptyForm(posted(request)), service=acts.reopen_problem, title="重新打开", button="重新打开",
            done="已重新打开。", lead="又出现了、没有真正解决的，重新打开接着办。",
        )  # fmt: skip
