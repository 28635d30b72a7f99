"""Service records on the staff side: found, confirmed, refused, corrected, voided."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin_lists import PickFilter
from apps.common.admin_pages import TemplateRecordAdmin, posted
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.volunteers.choices.shifts import RecordState
from apps.volunteers.forms.records import CorrectForm
from apps.volunteers.forms.shifts import NothingForm, ReasonForm
from apps.volunteers.models import ServiceRecord
from apps.volunteers.queries.records import name_of
from apps.volunteers.rules.times import day_words, length_words, span_words
from apps.volunteers.services import records as acts

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


class TeamFilter(PickFilter):
    title, parameter_name, field_name = "志愿服务队", "team", "team"


@admin.register(ServiceRecord)
class ServiceRecordAdmin(RecordPages, TemplateRecordAdmin):
    empty_words = "班次结束、登记了到岗，记录就在这里；纸质签到表在“纸质表补录”里一次录完。"
    code_lists = {"service": "volunteer_service"}
    list_display = ("who", "on", "time", "length", "what", "team", "source", "state_tag")
    list_display_links = ("who",)
    list_filter = (StateFilter, ExportedFilter, TeamFilter)
    search_fields = ("volunteer__pk",)
    search_help_text = "志愿者姓名、拼音，手机号或身份证后四位"
    select_related_in_list = ("volunteer__person", "team", "project")
    select_related_in_record = (*select_related_in_list, "community", "confirmed_by", "recorded_by")
    ordering = ("-on", "-starts", "pk")
    actions = ("confirm_chosen",)
    fields = (
        "who", "team", "what", "service_words", "on", "time", "length", "place", "content", "evaluation", "source",
        "state_tag", "recorded_by", "confirmed_by", "confirmed_at", "refusal", "exported_at",
    )  # fmt: skip
    readonly_fields = fields

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

    @admin.display(description="时间")
    def time(self, obj):
        return span_words(obj.starts, obj.ends)

    @admin.display(description="时长")
    def length(self, obj):
        return length_words(obj.minutes)

    @admin.display(description="项目")
    def what(self, obj):
        return name_of(obj)

    @admin.display(description="服务类别")
    def service_words(self, obj):
        return names_of("volunteer_service").get(obj.service, obj.service)

    @admin.display(description="状态")
    def state_tag(self, obj):
        words, tone = ("已作废", "late") if obj.voided_at else (obj.get_state_display(), TONES.get(obj.state, ""))
        return format_html('<span class="tag {}">{}</span>', tone, words)

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
        obj = self.viewable(request, object_id)
        self.look(request, [obj.volunteer_id], obj)
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
