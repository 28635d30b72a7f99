"""Case logs on the staff side: whoever opens one, or takes one out, leaves an entry that says so."""

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit
from apps.common.admin_base import EDIT, SAFE_METHODS
from apps.common.admin_pages import Block, day, posted
from apps.common.code_lists import names_of
from apps.volunteers.choices.posts import CaseOutcome
from apps.volunteers.forms.posts import CaseForm, CloseCaseForm, EmptyForm, StepForm
from apps.volunteers.models import CaseLog
from apps.volunteers.queries.posts import CASES
from apps.volunteers.services import cases as acts

from .outside_base import CodeFilter, OutsideRecord, ShownFilter


class KindFilter(CodeFilter):
    title, parameter_name, code_list = "类别", "kind", CASES


class OpenFilter(ShownFilter):
    first = "全部"
    others = (("open", "在办"), ("closed", "已办结"))

    def narrow(self, rows, value):
        return rows.filter(closed_on__isnull=value == "open") if value else rows


@admin.register(CaseLog)
class CaseLogAdmin(OutsideRecord):
    form = CaseForm
    person_path = "handler"
    add_label = "登记一件"
    empty_words = "法律咨询、老科协和老年保健协会的咨询、调解，一件一条登记在这里。"
    code_lists = {"kind": CASES}
    list_display = ("taken_on", "kind_words", "parties", "subject", "who", "state_tag")
    list_display_links = ("taken_on", "subject")
    list_filter = (OpenFilter, KindFilter)
    search_fields = ("handler__name",)
    search_help_text = "承办人姓名、拼音"
    select_related_in_list = ("handler",)
    select_related_in_record = ("handler", "unit")
    ordering = ("-taken_on", "-pk")
    fields = (("handler", "others"), ("kind", "taken_on"), "parties", "subject", "story")
    sheet_title = "咨询调解台账"
    sheet_columns = ("受理日期", "类别", "当事人代号", "事由", "承办人", "一同承办", "办结日期", "结果")

    @admin.display(description="承办人")
    def who(self, obj):
        return obj.handler.name

    @admin.display(description="类别")
    def kind_words(self, obj):
        return names_of(CASES).get(obj.kind, obj.kind)

    @admin.display(description="状态")
    def state_tag(self, obj):
        return format_html('<span class="tag {1}">{0}</span>', *standing(obj))

    def title_of(self, obj):
        return f"{self.kind_words(obj)}：{obj.subject}"

    def sheet_row(self, obj):
        return [
            obj.taken_on, self.kind_words(obj), obj.parties, obj.subject, obj.handler.name, obj.others,
            obj.closed_on or "", CaseOutcome(obj.outcome).label if obj.outcome else "",
        ]  # fmt: skip

    def store(self, request, obj, form):
        acts.save_case(obj, details=form.cleaned_data["story"])

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What is encrypted is about to be shown, on the page or in the form."""
        if self.has_view_permission(request) and request.method in SAFE_METHODS:
            obj = self.readable(request, object_id)
            fields = ["details"] if EDIT in request.GET else ["details", "steps"]
            audit.look(
                "case.look", actor=request.user, people=self.people_of(obj), fields=fields, target=self._target(obj),
                request=request,
            )  # fmt: skip
        return super().change_view(request, object_id, form_url, extra_context)

    def extra_pages(self):
        acts_of = [(act, f"<int:pk>/{act}/", getattr(self, f"{act}_view")) for act in ("step", "close", "reopen")]
        return [*super().extra_pages(), *acts_of]

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if not self.may_change(request, obj) or obj.voided_at:
            return tools
        if obj.closed_on:
            return [*tools, {"label": "重新打开", "url": self.url_of("reopen", obj)}]
        first = [
            {"label": "记一步", "url": self.url_of("step", obj), "main": True},
            {"label": "办结", "url": self.url_of("close", obj)},
        ]
        return [*first, *[{**tool, "main": False} for tool in tools]]

    def tags(self, obj):
        return super().tags(obj) or [standing(obj)]

    def blocks(self, request, obj):
        yield Block("台账", facts=[
            ("类别", self.kind_words(obj)), ("受理日期", day(obj.taken_on)), ("当事人代号", obj.parties),
            ("事由", obj.subject), ("承办人", self.linked(request, obj)),
            ("一同承办", obj.others), ("详情", obj.details),
            ("登记单位", obj.unit),
        ])  # fmt: skip
        yield Block(
            "办理经过", columns=("日期", "做了什么", "登记人"), empty="还没有记。",
            rows=[[day(row.on), row.words, str(row.entered_by or "")]
                  for row in obj.steps.select_related("entered_by")],
        )  # fmt: skip
        if obj.closed_on:
            yield Block("结果", facts=[
                ("办结日期", day(obj.closed_on)), ("结果", CaseOutcome(obj.outcome).label), ("说明", obj.outcome_words),
            ])  # fmt: skip

    def step_view(self, request, pk: int):
        obj = self.actable(request, str(pk))
        return self.one_act(
            request, obj, StepForm(posted(request)), title="记一步", button="保存", done="已记下。",
            lead="写了就不能改；写错了，再记一步说明。",
            perform=lambda values: acts.add_step(
                obj, on=values["on"], words=values["words"], form_key=values["key"], actor=request.user
            ) and None,
        )  # fmt: skip

    def close_view(self, request, pk: int):
        obj = self.actable(request, str(pk))
        return self.pressed(
            request, obj, CloseCaseForm(posted(request)), service=acts.close_case, title="办结", button="办结",
            done="已办结。",
        )  # fmt: skip

    def reopen_view(self, request, pk: int):
        obj = self.actable(request, str(pk))
        return self.pressed(
            request, obj, EmptyForm(posted(request)), service=acts.reopen_case, title="重新打开", button="重新打开",
            done="已重新打开。", lead="当事人又来问、没有真正解决的，重新打开接着办。",
        )  # fmt: skip


def standing(obj: CaseLog) -> tuple[str, str]:
    if obj.voided_at:
        return "已作废", "late"
    if obj.closed_on:
        return CaseOutcome(obj.outcome).label, "done"
    late = (timezone.localdate() - obj.taken_on).days
    return f"在办第 {late} 天" if late > 0 else "在办", "soon"
