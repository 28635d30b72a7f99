"""求助: the worklist of staff, and one request with everybody thought of for it and why."""

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.common import audit
from apps.common.admin_pages import Block, PageRecordAdmin, moment, send_print, send_workbook
from apps.common.code_lists import names_of
from apps.people.models import Person
from apps.registry.queries import read_search
from apps.volunteers.choices.requests import Effort, ProposalState, RequestState
from apps.volunteers.models import ServiceRequest
from apps.volunteers.queries.requests import SECRET, SOON, proposals_of, records_of, shift_of, with_helpers
from apps.volunteers.rules.times import WEEKDAYS, clock, day_words, length_words, span_words

from .links import link, page_of, person_tools
from .request_acts import RequestActs
from .request_filters import RequestTeamFilter, ServiceFilter, WhichFilter

UNDER_WAY = (RequestState.OPEN, RequestState.AGREED, RequestState.DONE)
TONES = {
    RequestState.OPEN: "soon", RequestState.AGREED: "info", RequestState.DONE: "soon", RequestState.CONFIRMED: "done",
    RequestState.UNMET: "late", RequestState.CANCELLED: "",
}  # fmt: skip
PROPOSAL_TONES = {
    ProposalState.PROPOSED: "", ProposalState.ASKED: "soon", ProposalState.ACCEPTED: "done",
    ProposalState.DECLINED: "", ProposalState.LAPSED: "late", ProposalState.WITHDRAWN: "",
}  # fmt: skip
NEXT_STEPS = ("pick", "done", "confirm")
COLUMNS = ("哪天", "时间", "帮什么忙", "谁需要帮忙", "社区", "承接的队", "需要", "答应", "状态", "谁提的", "提出时间")


def service_of(row: ServiceRequest) -> str:
    return names_of("volunteer_service").get(row.service, "帮忙")


@admin.register(ServiceRequest)
class ServiceRequestAdmin(RequestActs, PageRecordAdmin):
    voidable = False
    has_page = True
    empty_words = "有人需要帮忙，点“登记求助”；本人和家属也可以在“我的”里自己提。"
    list_display = ("day", "service_name", "who", "where", "team_name", "helpers", "state_words")
    list_display_links = ("service_name",)
    list_filter = (WhichFilter, ServiceFilter, RequestTeamFilter)
    search_fields = ("receiver__name",)
    search_help_text = "需要帮忙的同志的姓名、拼音或电话"
    select_related_in_list = ("receiver", "community", "team")
    select_related_in_record = ("receiver", "community__division", "team", "unit", "asked_by")
    ordering = ("on", "starts", "pk")

    def get_queryset(self, request):
        return super().get_queryset(request).filter(voided_at__isnull=True).defer(*SECRET)

    def record_rows(self, request):
        return super().record_rows(request).defer(None)

    def get_search_results(self, request, queryset, search_term):
        search = read_search(search_term)
        if not search_term.strip():
            return queryset, False
        if search.condition is None:
            return queryset.none(), False
        people = Person.objects.filter(search.condition).order_by().values("pk")
        return queryset.filter(receiver__in=people), False

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        numbers = _numbers([row.pk for row in changelist.result_list])
        for row in changelist.result_list:
            row.agreed, row.asked = numbers.get(row.pk, (0, 0))
        return changelist

    def has_add_permission(self, request):
        """By a form of its own (`ask/`)."""
        return False

    def has_change_permission(self, request, obj=None):
        """By acts of their own, each with its form."""
        return False

    def people_of(self, obj):
        return [obj.receiver_id]

    def title_of(self, obj):
        return f"{obj.receiver.name}：{service_of(obj)}"

    # Columns

    @admin.display(description="哪天")
    def day(self, obj):
        week = WEEKDAYS[obj.on.weekday()]
        day, time = f"{obj.on.month}月{obj.on.day}日 周{week}", f"{clock(obj.starts)}–{clock(obj.ends)}"
        return format_html('<span class="nowrap">{}</span><br><span class="nowrap">{}</span>', day, time)

    @admin.display(description="帮什么忙")
    def service_name(self, obj):
        return service_of(obj)

    @admin.display(description="谁需要帮忙")
    def who(self, obj):
        return obj.receiver.name

    @admin.display(description="社区")
    def where(self, obj):
        return str(obj.community or "")

    @admin.display(description="承接的队")
    def team_name(self, obj):
        return str(obj.team or "")

    @admin.display(description="志愿者")
    def helpers(self, obj):
        words = [f"{obj.agreed}/{obj.wanted} 位答应"] + ([f"{obj.asked} 位等答复"] if obj.asked else [])
        return format_html_join(SafeString("<br>"), '<span class="nowrap">{}</span>', [(word,) for word in words])

    @admin.display(description="状态")
    def state_words(self, obj):
        (words, tone), *others = self.tags(obj)
        return format_html('<span class="tag {}">{}</span>{}', tone, words, "".join(f" {word}" for word, _ in others))

    def tags(self, obj):
        soon = obj.state == RequestState.OPEN and obj.on <= timezone.localdate() + SOON
        found = [(obj.get_state_display(), "late" if soon else TONES[obj.state])]
        if soon:
            found.append(("快到了还没人", "late"))
        if obj.doubt:
            found.append((obj.doubt, "late"))
        return found

    # Lists out

    def list_tools(self, request):
        query = self.query_of(request)
        tools = [
            {"label": "打印", "url": f"{self.plain_url('out')}?as=print{query}"},
            {"label": "导出 Excel", "url": f"{self.plain_url('out')}?as=xlsx{query}"},
        ]
        if request.user.has_perm(self.right("add")):
            tools.insert(0, {"label": "登记求助", "url": self.plain_url("ask"), "main": True})
            tools.insert(1, {"label": "给遗属、其他老人登记", "url": self.plain_url("elder")})
        return tools

    def out_view(self, request):
        self.require_view(request)
        as_file = request.GET.get("as") == "xlsx"
        found = list(self.filtered_rows(request).select_related("receiver", "community", "team"))
        numbers, people = _numbers([row.pk for row in found]), [row.receiver_id for row in found]
        rows = [
            [
                one.on, span_words(one.starts, one.ends), service_of(one), one.receiver.name,
                str(one.community or ""), str(one.team or ""), one.wanted, numbers.get(one.pk, (0, 0))[0],
                one.get_state_display(), one.get_asked_as_display(),
                moment(one.asked_at),
            ]
            for one in found
        ]  # fmt: skip
        target = "volunteers.servicerequest:list"
        if as_file:
            return send_workbook(request, "求助", COLUMNS, rows, target=target, people=people)
        numbered = [[number, *row] for number, row in enumerate(rows, 1)]
        return send_print(
            self, request, "求助", ("序号", *COLUMNS), numbered, back=self.plain_url("changelist"),
            order="按哪天、几点，早的在前", scope=f"{len(rows)} 件", target=target, people=people, recall=True,
        )  # fmt: skip

    # One request

    def read_page(self, request, obj):
        audit.look("help.see", actor=request.user, people=[obj.receiver_id], target=self._target(obj), request=request)
        return super().read_page(request, obj)

    def blocks(self, request, obj):
        yield self._asked(obj, request.user)
        may = self.may_change(request, obj)
        yield self._volunteers(obj, may)
        yield self._records(obj, may)

    def _asked(self, obj, user) -> Block:
        efforts = "、".join(str(Effort(code).label) for code in obj.efforts)
        asker = f"{obj.get_asked_as_display()}（{obj.asked_by or '登记人不详'}）"
        return Block(
            "求助",
            facts=[
                ("谁需要帮忙", obj.receiver.name), ("帮什么忙", service_of(obj)),
                ("什么时候", f"{day_words(obj.on)}{span_words(obj.starts, obj.ends)}"),
                ("需要几位", f"{obj.wanted} 位"), ("社区", str(obj.community or "")), ("到哪里", obj.place),
                ("说明", obj.details), ("会用到", efforts),
                ("承接的队", link(user, obj.team or "", "team", obj.team_id)),
                ("谁提的", asker), ("提出时间", moment(obj.asked_at)),
                *([("时间币", "用他存的时间币")] if obj.spends else []),
                *([("上报", moment(obj.escalated_at))] if obj.escalated_at else []),
                *([("说对不上", obj.doubt)] if obj.doubt else []),
                *([("结束原因", obj.end_reason)] if obj.end_reason else []),
            ],
            links=[{"label": "社区电话 " + obj.community.contact_phone, "url": f"tel:{obj.community.contact_phone}"}]
            if obj.community and obj.community.contact_phone else [],
        )  # fmt: skip

    def _volunteers(self, obj, may: bool) -> Block:
        rows = []
        for row in proposals_of(obj):
            words = row.note
            if row.state == ProposalState.ASKED:
                words = f"请在{moment(row.answer_by)}前答复"
            rows.append([
                {"text": row.volunteer.person.name, "url": page_of("volunteer", row.volunteer_id)}, row.reason,
                {"text": "", "tag": row.get_state_display(), "tone": PROPOSAL_TONES[row.state]}, words,
                self._act_of(obj, row) if may else "",
            ])  # fmt: skip
        return Block(
            "志愿者", columns=("姓名", "为什么合适", "答复", "说明", "办理"), rows=rows,
            empty="附近没有合适的志愿者。可以点“另请一位”，或者和社区一起想办法。"
            if obj.state == RequestState.OPEN else "没有登记是谁去的。",
        )  # fmt: skip

    def _act_of(self, obj, row):
        url, key = self.url_of, f"?proposal={row.pk}"
        if obj.state == RequestState.OPEN and row.state in (ProposalState.ASKED, ProposalState.LAPSED):
            return {"text": "登记答复", "url": url("answer", obj) + key}
        if row.state == ProposalState.ACCEPTED and obj.state in (RequestState.OPEN, RequestState.AGREED):
            served = obj.on <= timezone.localdate()
            if served:
                return {"text": "登记服务", "url": url("done", obj) + key}
            return {"text": "他来不了", "url": url("answer", obj) + key}
        return ""

    def _records(self, obj, may: bool) -> Block:
        rows = []
        for row in records_of(obj):
            confirmed = getattr(row, "confirmation", None)
            said = (
                f"{confirmed.get_confirmed_as_display()}确认 {length_words(confirmed.minutes)}"
                f"{'，满意' if confirmed.satisfied else '，不满意' if confirmed.satisfied is False else ''}"
                if confirmed else "还没有确认"
            )  # fmt: skip
            link = {"text": "电话确认", "url": f"{self.url_of('confirm', obj)}?record={row.pk}"}
            waits = may and not confirmed and row.state != "refused"
            rows.append([
                {"text": row.volunteer.person.name, "url": page_of("volunteer", row.volunteer_id)},
                span_words(row.starts, row.ends),
                {"text": length_words(row.minutes), "url": page_of("servicerecord", row.pk)},
                row.get_state_display(), {"text": said, "note": confirmed.words if confirmed else ""},
                link if waits else "",
            ])  # fmt: skip
        columns = ("志愿者", "时间", "时长", "志愿时长", "受助人确认", "办理")
        return Block(
            "服务记录",
            columns=columns,
            rows=rows,
            empty="服务以后在这里登记和确认。" if obj.state in UNDER_WAY else "没有服务记录。",
        )

    def record_tools(self, request, obj):
        history = {"label": "谁改过什么", "url": self.url_of("history", obj)}
        slip = {"label": "打印求助单", "url": self.url_of("slip", obj)}
        tools = [slip, *person_tools(request.user, obj.receiver_id), history]
        if not self.may_change(request, obj):
            return tools
        acts = [
            {"label": label, "url": self.url_of(act, obj), "main": not place and act in NEXT_STEPS}
            for place, (act, label) in enumerate(_acts(obj))
        ]
        shift = shift_of(obj)
        if shift is not None and request.user.has_perm("volunteers.view_shift"):
            url = page_of("shift", shift.pk)
            tools.insert(0, {"label": "看班次和签到", "url": url})
        return acts + tools


def _acts(obj: ServiceRequest) -> list[tuple[str, str]]:
    """What can be done with it now, the next step first."""
    if obj.state == RequestState.OPEN:
        return [("pick", "问志愿者"), ("suggest", "另请一位"), ("words", "改地点说明"), ("unmet", "没有找到人"),
                ("cancel", "取消")]  # fmt: skip
    if obj.state == RequestState.AGREED and obj.on > timezone.localdate():
        return [("words", "改地点说明"), ("cancel", "取消")]
    if obj.state == RequestState.AGREED:
        return [("done", "登记服务"), ("words", "改地点说明"), ("notdone", "没有服务"), ("cancel", "取消")]
    return [("confirm", "电话确认"), ("notdone", "核实没有服务")] if obj.state == RequestState.DONE else []


def _numbers(ids: list[int]) -> dict[int, tuple[int, int]]:
    rows = with_helpers(ServiceRequest.objects.filter(pk__in=ids).order_by())
    return {pk: (agreed, asked) for pk, agreed, asked in rows.values_list("pk", "agreed", "asked")}
