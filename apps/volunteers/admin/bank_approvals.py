"""What waits for a second person, statements on their way to another bank, and verified kin."""

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit
from apps.common.admin_pages import Block, day, moment, posted
from apps.common.code_lists import names_of
from apps.common.forms import PortalForm
from apps.common.printing import frame_for
from apps.volunteers.choices.bank import ApprovalKind, ApprovalState, OutState
from apps.volunteers.forms.bank import DecideForm, WhyForm
from apps.volunteers.models import Account, Approval, Kinship, OutStatement
from apps.volunteers.queries.bank_lines import totals_of
from apps.volunteers.rules.bank import time_words
from apps.volunteers.services import approvals, kinship, transfers_out

from .bank_base import BankRows, by
from .links import page_of, person_link
from .list_out import ListOut
from .person_search import by_person

STATE_TONES = {
    ApprovalState.WAITING: "soon", ApprovalState.APPROVED: "done", ApprovalState.REFUSED: "late",
    ApprovalState.WITHDRAWN: "", OutState.PRINTED: "soon", OutState.CLOSED: "done", OutState.CANCELLED: "",
}  # fmt: skip


class WaitingFilter(admin.SimpleListFilter):
    """Without a choice: what waits."""

    title, parameter_name, states = "状态", "state", ApprovalState

    def lookups(self, request, model_admin):
        return [*self.states.choices, ("all", "全部")]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        wanted = self.value() if self.value() in self.states.values else self.states.values[0]
        return queryset.filter(state=wanted)

    def choices(self, changelist):
        first = self.states.choices[0]
        for value, label in [*self.states.choices, ("all", "全部")]:
            chosen = self.value() == value or (self.value() is None and value == first[0])
            yield {
                "selected": chosen, "display": label,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
            }  # fmt: skip


class OutFilter(WaitingFilter):
    states = OutState


class OfAccount(ListOut, BankRows):
    out_order = "按时间排列"
    """Rows of one person's account."""

    search_fields = ("account__number",)
    search_help_text = "户主姓名、拼音，手机号或身份证后四位"
    list_display_links = ("who",)

    def get_search_results(self, request, queryset, search_term):
        return by_person(queryset, search_term, "account__person"), False

    def people_in(self, row):
        return [row.account.person_id]

    @admin.display(description="户主")
    def who(self, obj):
        return obj.account.person.name if obj.account.person else obj.account.get_kind_display()

    @admin.display(description="时间")
    def time(self, obj):
        return time_words(obj.minutes)

    @admin.display(description="状态")
    def state_tag(self, obj):
        return format_html('<span class="tag {}">{}</span>', STATE_TONES[obj.state], obj.get_state_display())

    def people_of(self, obj):
        return [obj.account.person_id] if obj.account.person_id else []

    def tags(self, obj):
        return [(obj.get_state_display(), STATE_TONES[obj.state])]

    def account_link(self, obj) -> dict:
        return {"label": "时间账户", "url": reverse("admin:volunteers_account_change", args=[obj.account_id])}


@admin.register(Approval)
class ApprovalAdmin(OfAccount):
    empty_words = "没有等复核的。拨付、更正、期初转入都要两个人办，一位提出，另一位在这里复核。"
    list_display = ("who", "kind", "time", "reason", "asked_by", "asked_at", "state_tag")
    list_filter = (WaitingFilter, "kind")
    select_related_in_list = ("account__person", "asked_by")
    select_related_in_record = ("account__person", "asked_by", "decided_by", "wrong", "done")
    ordering = ("asked_at", "pk")

    def title_of(self, obj):
        return f"{obj.get_kind_display()}：{self.who(obj)}"

    def blocks(self, request, obj):
        facts = [
            ("事项", obj.get_kind_display()), ("户主", self.who(obj)), ("时间", time_words(obj.minutes)),
            ("更正为", time_words(obj.instead) if obj.kind == ApprovalKind.CONTRA and obj.instead else ""),
            ("理由", obj.reason), ("谁提的", obj.asked_by), ("提出时间", moment(obj.asked_at)),
            ("谁复核的", obj.decided_by), ("复核时间", moment(obj.decided_at)),
            ("意见", obj.answer), ("账户现在可用", time_words(obj.account.available)),
        ]  # fmt: skip
        links = [self.account_link(obj)]
        for row, words in ((obj.wrong, "更正的那一笔"), (obj.done, "办成的那一笔")):
            if row is not None:
                links.append({"label": words, "url": reverse("admin:volunteers_transfer_change", args=[row.pk])})
        if obj.state == ApprovalState.WAITING and obj.asked_by_id == request.user.pk:
            facts.append(("下一步", "您提出的，请另一位同事复核；写错了可以撤回"))
        yield Block("复核", [(name, value) for name, value in facts if value], links=links)

    def record_tools(self, request, obj):
        if obj.state != ApprovalState.WAITING:
            return []
        if obj.asked_by_id == request.user.pk:
            return self.act_tools(request, obj, [("withdraw", "撤回", False)])
        return self.act_tools(request, obj, [("approve", "同意", True), ("refuse", "不同意", False)])

    def extra_pages(self):
        acts = ("approve", "refuse", "withdraw")
        return [(act, f"<path:object_id>/{act}/", getattr(self, f"{act}_view")) for act in acts]

    def approve_view(self, request, object_id):
        obj = self.actable(request, object_id)
        return self.one_act(
            request, obj, PortalForm(posted(request)), title="同意", button="同意，马上办", done="已办好。",
            lead=f"{obj.get_kind_display()}{time_words(obj.minutes)}：{obj.reason}。{obj.asked_by}提出。",
            perform=lambda _: approvals.decide(obj, True, **by(request)) and None,
        )  # fmt: skip

    def refuse_view(self, request, object_id):
        obj = self.actable(request, object_id)
        return self.one_act(
            request, obj, DecideForm(posted(request)), title="不同意", button="不同意", done="已登记为不同意。",
            lead="写明原因，提出的同事看得到。",
            perform=lambda v: approvals.decide(obj, False, answer=v["answer"], **by(request)) and None,
        )  # fmt: skip

    def withdraw_view(self, request, object_id):
        obj = self.actable(request, object_id)
        return self.one_act(
            request, obj, PortalForm(posted(request)), title="撤回", button="撤回", done="已撤回。",
            lead="撤回以后不再等复核，要办请重新提出。",
            perform=lambda _: approvals.take_back(obj, **by(request)) and None,
        )  # fmt: skip


@admin.register(OutStatement)
class OutStatementAdmin(OfAccount):
    empty_words = "没有在办的转出单。要转到别的时间银行，在他的时间账户里点“转到别处”。"
    list_display = ("who", "to_bank", "time", "made_at", "state_tag")
    list_filter = (OutFilter,)
    select_related_in_list = ("account__person",)
    select_related_in_record = ("account__person", "account__bank__unit", "paper", "made_by", "ended_by")
    ordering = ("-pk",)

    def title_of(self, obj):
        return f"转出单：{self.who(obj)}"

    def blocks(self, request, obj):
        facts = [
            ("户主", self.who(obj)), ("转到", obj.to_bank), ("时间", time_words(obj.minutes)),
            ("转出后销户", "是" if obj.closes else "否"), ("开出时间", timezone.localtime(obj.made_at)),
            ("经办人", obj.made_by), ("办结时间", timezone.localtime(obj.ended_at) if obj.ended_at else ""),
            ("办结人", obj.ended_by), ("取消原因", obj.end_reason),
        ]  # fmt: skip
        links = [self.account_link(obj)]
        if obj.paper_id:
            facts.append(("纸质表", f"{obj.paper.code}，{obj.paper.get_state_display()}"))
            links.append({"label": "登记收回签字盖章的转出单",
                          "url": reverse("admin:common_paper_change", args=[obj.paper_id])})  # fmt: skip
        yield Block("转出单", [(name, value) for name, value in facts if value], links=links)

    def record_tools(self, request, obj):
        if obj.state == OutState.CANCELLED:
            return []
        tools = [{"label": "打印转出单", "url": self.url_of("print", obj)}]
        if obj.state == OutState.PRINTED:
            tools += self.act_tools(request, obj, [("finish", "办结", True), ("cancel", "取消", False)])
        return tools

    def extra_pages(self):
        acts = ("finish", "cancel", "print")
        return [(act, f"<path:object_id>/{act}/", getattr(self, f"{act}_view")) for act in acts]

    def finish_view(self, request, object_id):
        obj = self.actable(request, object_id)
        return self.one_act(
            request, obj, PortalForm(posted(request)), title="办结", button="转出，办结", done="已转出。",
            lead=f"{time_words(obj.minutes)}转到{obj.to_bank}。先登记收回双方签字盖章的转出单，再办结。",
            perform=lambda _: transfers_out.finish(obj, **by(request)) and None,
        )  # fmt: skip

    def cancel_view(self, request, object_id):
        obj = self.actable(request, object_id)
        return self.one_act(
            request, obj, WhyForm(posted(request)), title="取消转出", button="取消转出", done="已取消，时间退回账户。",
            lead="取消以后预留的时间退回他的账户，打印的转出单作废。",
            perform=lambda v: transfers_out.cancel(obj, v["reason"], **by(request)) and None,
        )  # fmt: skip

    def print_view(self, request, object_id):
        obj = self.readable(request, object_id)
        audit.look(
            "print", actor=request.user, people=self.people_of(obj), reason="时间转出单", request=request,
            target=self._target(obj),
        )  # fmt: skip
        frame = frame_for(
            request, "时间银行转出单", paper=obj.paper, recall=False, back_url=self.url_of("change", obj)
        )  # fmt: skip
        totals = totals_of([obj.account_id]).get(obj.account_id)
        context = {
            "frame": frame, "statement": obj, "words": time_words(obj.minutes),
            "came": time_words(totals.came if totals else 0), "went": time_words(totals.went if totals else 0),
            "balance": time_words(obj.account.balance),
        }  # fmt: skip
        response = self.page(request, "print/volunteers/out_statement.html", context)
        response["Cache-Control"] = "no-store"
        return response


class StandingFilter(admin.SimpleListFilter):
    title, parameter_name = "是否有效", "standing"

    def lookups(self, request, model_admin):
        return [("yes", "有效"), ("no", "已终止")]

    def queryset(self, request, queryset):
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(ended_on__isnull=self.value() == "yes")


@admin.register(Kinship)
class KinshipAdmin(ListOut, BankRows):
    out_order = "新的在前"
    empty_words = "还没有核实过亲属。在一位同志的时间账户里点“核实亲属”。"
    list_display = ("title_of", "relation_words", "proof", "verified_on", "verified_by", "ended_on")
    list_display_links = ("title_of",)
    list_filter = (StandingFilter,)
    search_fields = ("person__pk",)
    search_help_text = "其中一位的姓名、拼音，手机号或身份证后四位"
    select_related_in_list = ("person", "kin", "verified_by")
    select_related_in_record = select_related_in_list
    ordering = ("-pk",)

    def get_search_results(self, request, queryset, search_term):
        return by_person(queryset, search_term, "person") | by_person(queryset, search_term, "kin"), False

    def people_in(self, row):
        return [row.person_id, row.kin_id]

    @admin.display(description="本人和亲属")
    def title_of(self, obj):
        return f"{obj.person.name}、{obj.kin.name}"

    @admin.display(description="后一位是前一位的")
    def relation_words(self, obj):
        return names_of("relation").get(obj.relation, obj.relation)

    def people_of(self, obj):
        return [obj.person_id, obj.kin_id]

    def blocks(self, request, obj):
        user = request.user
        facts = [
            ("本人", person_link(user, obj.person)), ("亲属", person_link(user, obj.kin)),
            ("亲属是本人的", self.relation_words(obj)),
            ("凭什么核实的", obj.proof), ("核实日期", day(obj.verified_on)), ("核实人", obj.verified_by),
            ("终止日期", day(obj.ended_on)), ("终止原因", obj.end_reason),
        ]  # fmt: skip
        mine = Account.objects.visible_to(user, "volunteers.view_account").filter(person__in=self.people_of(obj))
        links = [{"label": f"{row.person.name}的时间账户", "url": page_of("account", row.pk)}
                 for row in mine.select_related("person").order_by("pk")]  # fmt: skip
        yield Block("亲属核实", [(name, value) for name, value in facts if value], links=links)

    def record_tools(self, request, obj):
        return [] if obj.ended_on else self.act_tools(request, obj, [("stop", "终止", False)])

    def extra_pages(self):
        return [("stop", "<path:object_id>/stop/", self.stop_view)]

    def stop_view(self, request, object_id):
        obj = self.actable(request, object_id)
        return self.one_act(
            request, obj, WhyForm(posted(request)), title="终止", button="终止", done="已终止，以后不能再赠送。",
            lead="例如离婚，或者登记错了。已经送出的不变。",
            perform=lambda v: kinship.end(obj, v["reason"], actor=request.user, on=timezone.localdate()),
        )  # fmt: skip
