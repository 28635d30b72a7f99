"""Service records on the staff side: found, confirmed, refused, corrected, voided."""

import datetime as dt

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin_lists import PickFilter
from apps.common.admin_pages import BLOCKS, Block, TemplateRecordAdmin, day, posted
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.volunteers.choices.shifts import RecordState
from apps.volunteers.forms.records import CorrectForm
from apps.volunteers.forms.shifts import NothingForm, ReasonForm
from apps.volunteers.models import ServiceRecord
from apps.volunteers.queries.records import name_of
from apps.volunteers.rules.times import day_words, length_words, span_words
from apps.volunteers.services import records as acts

from .links import link, page_of, person_link, volunteer_link
from .list_out import ListOut
from .person_search import by_person
from .record_pages import RecordPages

TONES = {RecordState.WAITING: "soon", RecordState.CONFIRMED: "done", RecordState.REFUSED: "late"}


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = "状态", "state"

    def lookups(self, request, model_admin):
        return [*RecordState.choices, ("void", "已作废")]

    def queryset(self, request, queryset):
        if self.value() == "void":
            return queryset.filter(voided_at__isnull=False)
        rows = queryset.filter(voided_at__isnull=True)
        return rows.filter(state=self.value()) if self.value() in RecordState.values else rows


class ExportedFilter(admin.SimpleListFilter):
    title, parameter_name = "全国系统", "exported"

    def lookups(self, request, model_admin):
        return [("no", "还没导出"), ("yes", "导过的")]

    def queryset(self, request, queryset):
        if self.value() not in ("no", "yes"):
            return queryset
        return queryset.filter(state=RecordState.CONFIRMED, exported_at__isnull=self.value() == "no")


class PeriodFilter(admin.SimpleListFilter):
    """A month or a year that is asked for most."""

    title, parameter_name = "哪段时间", "when"

    def lookups(self, request, model_admin):
        year = timezone.localdate().year
        return [("month", "本月"), ("last", "上月"), *((str(one), f"{one}年") for one in range(year, year - 3, -1))]

    def queryset(self, request, queryset):
        this = timezone.localdate().replace(day=1)
        before = (this - dt.timedelta(days=1)).replace(day=1)
        after = (this + dt.timedelta(days=31)).replace(day=1)
        spans = {"month": (this, after), "last": (before, this)}
        spans |= {
            str(year): (dt.date(year, 1, 1), dt.date(year + 1, 1, 1)) for year in range(this.year - 2, this.year + 1)
        }
        if self.value() not in spans:
            return queryset
        first, until = spans[self.value()]
        return queryset.filter(on__gte=first, on__lt=until)


class VolunteerFilter(PickFilter):
    title, parameter_name, field_name = "志愿者", "volunteer", "volunteer"


class TeamFilter(PickFilter):
    title, parameter_name, field_name = "志愿服务队", "team", "team"


@admin.register(ServiceRecord)
class ServiceRecordAdmin(ListOut, RecordPages, TemplateRecordAdmin):
    out_order = "按日期排列，新的在前"
    out_columns = ("who", "on", "span", "length", "service_words", "what", "team", "place", "source", "state_tag")
    empty_words = "班次结束、登记了到岗，记录就在这里；纸质签到表在“纸质表补录”里一次录完。"
    code_lists = {"service": "volunteer_service"}
    record_page = BLOCKS
    list_display = ("who", "when", "length", "what", "team", "source", "state_tag")
    list_display_links = ("who",)
    list_filter = (StateFilter, PeriodFilter, ExportedFilter, TeamFilter, VolunteerFilter)
    search_fields = ("volunteer__pk",)
    search_help_text = "志愿者姓名、拼音，手机号或身份证后四位"
    select_related_in_list = ("volunteer__person", "team", "project")
    select_related_in_record = (
        *select_related_in_list, "community", "confirmed_by", "recorded_by", "turn", "request", "receiver",
        "confirmation__transfer",
    )  # fmt: skip
    ordering = ("-on", "-starts", "pk")
    actions = ("confirm_chosen",)
    fields = readonly_fields = ("who", "team", "what", "on")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        """Changed by acts alone."""
        return False

    def has_confirm_records_permission(self, request):
        return request.user.has_perm(self.right("change"))

    def get_search_results(self, request, queryset, search_term):
        return by_person(queryset, search_term, "volunteer"), False

    @admin.display(description="志愿者")
    def who(self, obj):
        return obj.volunteer.person.name

    @admin.display(description="日期、时间")
    def when(self, obj):
        return format_html("{}<br>{}", day(obj.on), span_words(obj.starts, obj.ends))

    def people_in(self, row):
        return [row.volunteer_id]

    @admin.display(description="时间")
    def span(self, obj):
        return span_words(obj.starts, obj.ends)

    @admin.display(description="服务类别")
    def service_words(self, obj):
        return names_of("volunteer_service").get(obj.service, obj.service)

    @admin.display(description="时长")
    def length(self, obj):
        return length_words(obj.minutes)

    @admin.display(description="项目")
    def what(self, obj):
        return name_of(obj)

    @admin.display(description="状态")
    def state_tag(self, obj):
        words, tone = ("已作废", "late") if obj.voided_at else (obj.get_state_display(), TONES.get(obj.state, ""))
        return format_html('<span class="tag {}">{}</span>', tone, words)

    def tags(self, obj):
        return [(obj.get_state_display(), TONES.get(obj.state, ""))]

    def blocks(self, request, obj):
        user = request.user
        yield Block("服务", facts=[
            ("志愿者", volunteer_link(user, obj.volunteer)), ("志愿服务队", link(user, obj.team, "team", obj.team_id)),
            ("项目", link(user, obj.project or "", "project", obj.project_id) or "不属于哪个项目"),
            ("服务类别", self.service_words(obj)),
            ("日期", f"{obj.on.year}年{day_words(obj.on)}"), ("时间", span_words(obj.starts, obj.ends)),
            ("时长", length_words(obj.minutes)), ("地点", obj.place), ("所在社区", obj.community or ""),
            ("服务内容", obj.content), ("服务评价", obj.evaluation),
            *([("服务对象", person_link(user, obj.receiver))] if obj.receiver_id else []),
        ], links=self._links(user, obj))  # fmt: skip
        yield Block("记录和确认", facts=[
            ("来源", obj.get_source_display()), ("记录人", obj.recorded_by or "系统"),
            ("队长确认", self._confirmed_words(obj)),
            *([("未通过的原因", obj.refusal)] if obj.refusal else []),
            ("时间币", self._care_words(obj)),
            ("全国系统", f"{day(timezone.localtime(obj.exported_at))} 导出过" if obj.exported_at else "还没有导出"),
        ])  # fmt: skip

    def _confirmed_words(self, obj) -> str:
        if obj.state == RecordState.WAITING:
            return "还没有确认"
        when = day(timezone.localtime(obj.confirmed_at)) if obj.confirmed_at else ""
        return "　".join(filter(None, (obj.get_state_display(), when, str(obj.confirmed_by or ""))))

    def _care_words(self, obj) -> str:
        """Care for a person alone earns 时间币, once the receiver has confirmed."""
        found = getattr(obj, "confirmation", None)
        if found is not None:
            return f"{found.get_confirmed_as_display()}确认{length_words(found.minutes)}"
        return "等受助人确认" if obj.receiver_id else "不是帮助个人的，只记志愿时长"

    def _links(self, user, obj) -> list[dict]:
        found = getattr(obj, "confirmation", None)
        transfer = getattr(found, "transfer", None)
        asked = [
            ("看这一班", "shift", obj.turn.shift_id if obj.turn_id else None),
            ("看这次求助", "servicerequest", obj.request_id),
            ("看存入的时间币", "transfer", transfer.pk if transfer else None),
        ]  # fmt: skip
        return [{"label": label, "url": page_of(model, pk)} for label, model, pk in asked
                if pk and user.has_perm(f"volunteers.view_{model}")]  # fmt: skip

    def title_of(self, obj):
        return f"{obj.volunteer.person.name}　{day_words(obj.on)}"

    def people_of(self, obj):
        return [obj.volunteer_id]

    def list_tools(self, request):
        tools = []
        if request.user.has_perm(self.right("add")):
            tools.append({"label": "纸质表补录", "url": self.list_url("sheet")})
        tools.append({"label": "志愿时长", "url": self.list_url("hours")})
        if request.user.has_perm(self.right("change")):
            tools.append({"label": "导出到全国系统", "url": self.list_url("export")})
        return tools

    def extra_pages(self):
        return [
            ("sheet", "sheet/", self.sheet_view), ("export", "export/", self.export_view),
            ("hours", "hours/", self.hours_view),
            *[(act, f"<int:pk>/{act}/", getattr(self, f"{act}_view"))
              for act in ("confirm", "refuse", "correct", "annul")],
        ]  # fmt: skip

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        return super().change_view(request, object_id, form_url, extra_context)

    def record_tools(self, request, obj):
        tools = [{"label": "谁改过什么", "url": self.url_of("history", obj)}]
        if not self.may_act(request, obj) or obj.voided_at:
            return tools
        if obj.state == RecordState.WAITING:
            tools = [
                {"label": "确认", "url": self.url_of("confirm", obj), "main": True},
                {"label": "改时间、时长", "url": self.url_of("correct", obj)},
                {"label": "不通过", "url": self.url_of("refuse", obj)}, *tools,
            ]  # fmt: skip
        return [*tools, {"label": "作废", "url": self.url_of("annul", obj)}]

    def may_act(self, request, obj) -> bool:
        return request.user.has_perm(self.right("change")) and self.is_changeable(request, obj)

    def acted(self, request, pk: int):
        obj = self.viewable(request, pk)
        if not self.may_act(request, obj):
            raise PermissionDenied
        return obj

    @admin.action(description="确认选中的时长", permissions=["confirm_records"])
    def confirm_chosen(self, request, queryset):
        rows = ServiceRecord.objects.visible_to(request.user, self.right("change")).current()
        try:
            count = acts.confirm(
                rows.filter(pk__in=queryset.order_by().values("pk"))[:500], actor=request.user, now=timezone.now()
            )  # fmt: skip
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, f"确认了 {count} 条。")

    def confirm_view(self, request, pk: int):
        obj = self.acted(request, pk)
        return self.act(
            request, obj, NothingForm(posted(request)), title=f"确认时长：{self.title_of(obj)}", button="确认",
            sentence=f"{span_words(obj.starts, obj.ends)}，{length_words(obj.minutes)}，{name_of(obj)}。"
            "确认以后算作他的志愿时长，可以开证明。",
            done="已确认。", perform=lambda _: acts.confirm([obj], actor=request.user, now=timezone.now()),
        )  # fmt: skip

    def refuse_view(self, request, pk: int):
        obj = self.acted(request, pk)
        return self.act(
            request, obj, ReasonForm(posted(request)), title=f"不通过：{self.title_of(obj)}", button="不通过",
            sentence="不通过的不算时长，原因他看得到。", done="已登记为未通过。",
            perform=lambda values: acts.refuse([obj], actor=request.user, now=timezone.now(), **values),
        )  # fmt: skip

    def correct_view(self, request, pk: int):
        obj = self.acted(request, pk)
        initial = {"starts": obj.starts, "ends": obj.ends, "minutes": None}
        return self.act(
            request, obj, CorrectForm(posted(request), initial=initial), title=f"改时间、时长：{self.title_of(obj)}",
            button="保存", sentence="按实际服务的时间填。", done="已改好，等确认。",
            perform=lambda values: acts.correct(obj, actor=request.user, now=timezone.now(), **values),
        )  # fmt: skip

    def annul_view(self, request, pk: int):
        obj = self.acted(request, pk)
        return self.act(
            request, obj, ReasonForm(posted(request)), title=f"作废：{self.title_of(obj)}", button="作废",
            sentence="作废的不再算时长；已经记入时间币的，请在时间账户里办“更正”。", done="已作废。",
            perform=lambda values: acts.void(obj, actor=request.user, now=timezone.now(), **values),
        )  # fmt: skip
