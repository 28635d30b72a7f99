"""Projects and their weekly shifts on the staff side."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin_pages import BLOCKS, Block, TemplateRecordAdmin, day, posted
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.volunteers.choices.shifts import ProjectState
from apps.volunteers.forms.shifts import NothingForm, ProjectForm, SeriesChangeForm, SeriesEndForm, SeriesForm
from apps.volunteers.models import Project, Shift, ShiftSeries
from apps.volunteers.queries.records import project_sums
from apps.volunteers.queries.shift_lists import coming, state_words
from apps.volunteers.rules.times import WEEKDAYS, day_words, length_words, span_words
from apps.volunteers.services import projects as acts
from apps.volunteers.services import series as weekly

from .links import link, page_of
from .list_out import ListOut

TONES = {ProjectState.OPEN: "info", ProjectState.CLOSED: "done"}
SHIFTS = ("日期", "时间", "地点", "人数", "状态")
AHEAD = 20  # shifts shown on a page that is about something else


def shifts_ahead(rows, today, *, with_name: bool = False) -> Block:
    """The next shifts of a project, of a series, or (`with_name`) of a team."""
    table = []
    for row in coming(rows, today)[:AHEAD]:
        line = [
            {"text": day_words(row.on), "url": page_of("shift", row.pk)}, span_words(row.starts, row.ends), row.place,
            f"{row.offering.places.taken}/{row.offering.places.capacity}", state_words(row, today)[0],
        ]  # fmt: skip
        table.append([*line[:2], str(row.project or row.offering.title), *line[2:]] if with_name else line)
    columns = (*SHIFTS[:2], "项目", *SHIFTS[2:]) if with_name else SHIFTS
    return Block("接下来的班次", columns=columns, rows=table, empty="还没有排好的班次。")


def weekly_words(row: ShiftSeries) -> str:
    """每周四上午9:00–11:00."""
    return f"每周{WEEKDAYS[row.weekday - 1]}{span_words(row.starts, row.ends)}"


def projects_of(request, right: str):
    """Projects for which the user may do that and that have not ended."""
    rows = Project.objects.visible_to(request.user, right).current().exclude(state=ProjectState.CLOSED)
    return rows.select_related("team").order_by("team__name", "name")


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = "状态", "state"

    def lookups(self, request, model_admin):
        return ProjectState.choices

    def queryset(self, request, queryset):
        return queryset.filter(state=self.value()) if self.value() in ProjectState.values else queryset


@admin.register(Project)
class ProjectAdmin(ListOut, TemplateRecordAdmin):
    out_order = "按志愿服务队、项目名称排列"
    form = ProjectForm
    record_page = BLOCKS
    voidable = True
    add_label = "新增项目"
    empty_words = "一个项目是一支队反复做的一件事，例如“护河巡查”。先建项目，再排班。"
    code_lists = {"service": "volunteer_service"}
    list_display = ("name", "team", "service_words", "place", "state_words")
    list_filter = (StateFilter,)
    search_fields = ("name", "team__name", "place")
    search_help_text = "项目、志愿队或地点"
    select_related_in_list = select_related_in_record = ("team", "community")
    short_lists = ("team",)
    ordering = ("team__name", "name", "pk")

    @admin.display(description="服务类别")
    def service_words(self, obj):
        return names_of("volunteer_service").get(obj.service, obj.service)

    @admin.display(description="状态")
    def state_words(self, obj):
        return format_html('<span class="tag {}">{}</span>', TONES.get(obj.state, ""), obj.get_state_display())

    def tags(self, obj):
        return [(obj.get_state_display(), TONES.get(obj.state, ""))]

    def figures(self, request, obj):
        minutes, number = project_sums(obj)
        return [
            {"label": "志愿时长", "value": length_words(minutes), "note": "已确认的"},
            {"label": "服务次数", "value": f"{number:,}", "note": "一人一次"},
        ]

    def blocks(self, request, obj):
        user, today = request.user, timezone.localdate()
        age = f"满{obj.age_to}周岁以后不能报名" if obj.age_to else "不限"
        yield Block("项目", facts=[
            ("志愿服务队", link(user, obj.team, "team", obj.team_id)), ("服务类别", self.service_words(obj)),
            ("做什么", obj.summary), ("地点", obj.place), ("所在社区", obj.community or ""),
            ("对志愿者的要求", obj.conditions or "没有特别要求"), ("年龄上限", age),
        ])  # fmt: skip
        yield shifts_ahead(Shift.objects.current().filter(project=obj), today)
        weeks = obj.series.filter(voided_at__isnull=True, until__gt=today).order_by("weekday", "starts")
        yield Block(
            "每周班次", columns=("时间", "到哪天为止", "需要几位"),
            rows=[[{"text": weekly_words(row), "url": page_of("shiftseries", row.pk)}, day(row.until - weekly.DAY),
                   row.capacity] for row in weeks[:AHEAD]],
            empty="没有每周固定的班次。",
        )  # fmt: skip

    def extra_pages(self):
        return [(act, f"<int:pk>/{act}/", getattr(self, f"{act}_view")) for act in ("publish", "hide", "close")]

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if obj.voided_at or not self.may_change(request, obj):
            return tools
        first = []
        if obj.state != ProjectState.OPEN:
            first.append({"label": "公布招募", "url": self.url_of("publish", obj), "main": True})
        else:
            add = reverse(f"{self.admin_site.name}:volunteers_shift_add")
            first += [
                {"label": "排一班", "url": f"{add}?project={obj.pk}", "main": True},
                {"label": "收回不招募", "url": self.url_of("hide", obj)},
            ]
        if obj.state != ProjectState.CLOSED:
            first.append({"label": "结束项目", "url": self.url_of("close", obj)})
        return [*first, *[{**tool, "main": False} for tool in tools]]

    def write(self, request, obj, form, change):
        right = self.right("change" if change else "add")
        if obj.team.unit_id not in request.user.reach(right):
            raise BusinessError("这支队不在您的管理范围内。", code="out_of_reach", field="team")
        obj.save()

    def apply_voiding(self, request, obj, act, reason):
        """A project that had shifts or service has ended, it was never a mistake."""
        if act == "void" and (obj.shifts.current().exists() or obj.records.current().exists()):
            raise BusinessError("这个项目排过班或者有服务记录，不能作废；不再做了的，请办“结束项目”。", code="used")
        super().apply_voiding(request, obj, act, reason)

    def _press(self, request, pk: int, *, title: str, sentence: str, button: str, done: str, service):
        obj = self.changeable_object(request, str(pk))
        return self.act(
            request, obj, NothingForm(posted(request)), title=f"{title}：{obj}", sentence=sentence, button=button,
            done=done, perform=lambda _: service(obj, actor=request.user, now=timezone.now()),
        )  # fmt: skip

    def publish_view(self, request, pk: int):
        return self._press(
            request, pk, title="公布招募", button="公布", service=acts.publish_project,
            done="已经公布，志愿者可以报班次。",
            sentence="公布以后，大家在网上看得到这个项目和它的班次，可以报名。",
        )  # fmt: skip

    def hide_view(self, request, pk: int):
        return self._press(
            request, pk, title="收回不招募", button="收回", done="已收回。", service=acts.hide_project,
            sentence="收回以后网上看不到这个项目；已经有人报名的班次照常。",
        )  # fmt: skip

    def close_view(self, request, pk: int):
        return self._press(
            request, pk, title="结束项目", button="结束项目", done="项目已结束。", service=acts.close_project,
            sentence="结束以后不再排班；以前的服务记录都留着。后面还有班次的，要先取消。",
        )  # fmt: skip


class RunningFilter(admin.SimpleListFilter):
    """Without a choice: those that still run."""

    title, parameter_name = "哪些", "which"

    def lookups(self, request, model_admin):
        return [("over", "已结束"), ("all", "全部")]

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        return [{**first, "display": "正在排的"}, *rest]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        if self.value() == "over":
            return queryset.filter(until__lte=today)
        return queryset if self.value() else queryset.filter(until__gt=today)


@admin.register(ShiftSeries)
class ShiftSeriesAdmin(ListOut, TemplateRecordAdmin):
    out_order = "按结束日期排列"
    record_page = BLOCKS
    add_label = "新增每周班次"
    empty_words = "每周同一时间的班次在这里排一次，以后每天夜里自动往后排几周。"
    list_display = ("project", "when", "first_on", "last_on", "capacity", "skip_holidays")
    list_filter = (RunningFilter,)
    search_fields = ("project__name", "project__team__name")
    search_help_text = "项目或志愿队"
    select_related_in_list = select_related_in_record = ("project__team",)
    fields = ("project", "weekday", "starts", "ends", "first_on", "until", "capacity", "skip_holidays")
    ordering = ("-until", "-pk")

    @admin.display(description="时间")
    def when(self, obj):
        return weekly_words(obj)

    @admin.display(description="到哪天为止")
    def last_on(self, obj):
        return obj.until - weekly.DAY

    def tags(self, obj):
        return [("已结束", "")] if obj.until <= timezone.localdate() else [("正在排", "info")]

    def blocks(self, request, obj):
        user, team = request.user, obj.project.team
        yield Block("每周班次", facts=[
            ("项目", link(user, obj.project, "project", obj.project_id)),
            ("志愿服务队", link(user, team, "team", team.pk)), ("时间", weekly_words(obj)),
            ("自何日起", day(obj.first_on)), ("到哪天为止", day(obj.until - weekly.DAY)),
            ("每次需要几位", f"{obj.capacity} 位"), ("节假日", "不排" if obj.skip_holidays else "照常"),
        ])  # fmt: skip
        yield shifts_ahead(Shift.objects.current().filter(series=obj), timezone.localdate())

    def title_of(self, obj):
        return f"{obj.project}（{self.when(obj)}）"

    def extra_pages(self):
        return [("edit", "<int:pk>/edit/", self.edit_view), ("end", "<int:pk>/end/", self.end_view)]

    def record_tools(self, request, obj):
        tools = [{"label": "谁改过什么", "url": self.url_of("history", obj)}]
        if not self.may_change(request, obj) or obj.voided_at or obj.until <= timezone.localdate():
            return tools
        return [
            {"label": "改时间、人数", "url": self.url_of("edit", obj), "main": True},
            {"label": "不再安排", "url": self.url_of("end", obj)}, *tools,
        ]  # fmt: skip

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = SeriesForm(posted(request), projects=projects_of(request, self.right("add")))
        if request.method == "POST" and form.is_valid():
            try:
                row = weekly.create_series(
                    form.cleaned_data["project"], form.facts(), actor=request.user, now=timezone.now()
                )  # fmt: skip
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return HttpResponseRedirect(self.url_of("change", row))
        context = {
            "title": "新增每周班次", "form": form, "button": "保存",
            "sentence": "存好以后马上排出最近几周的班次，以后每天夜里自动往后排。",
            "media": form.media, "back": self.list_url(),
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Reading; the stock form writes nothing here."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        return super().change_view(request, object_id, form_url, extra_context)

    def edit_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        form = SeriesChangeForm(posted(request), series=obj)

        def perform(values):
            facts = form.facts()
            return weekly.change_series(
                obj, facts, from_on=facts.first_on, actor=request.user, now=timezone.now()
            )  # fmt: skip

        return self.act(
            request, obj, form, title=f"改每周班次：{self.title_of(obj)}", button="保存", perform=perform,
            sentence="从那天起的班次都跟着改。已经报名的人还在名单上，会收到改时间的通知。",
            done=lambda moved: f"已保存，改了 {moved} 班。",
        )  # fmt: skip

    def end_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        return self.act(
            request, obj, SeriesEndForm(posted(request)), title=f"不再安排：{self.title_of(obj)}", button="不再安排",
            sentence="从那天起排好的班次都取消，报了名的人会收到通知。",
            perform=lambda values: weekly.end_series(obj, actor=request.user, now=timezone.now(), **values),
            done=lambda count: f"已经停排，取消了 {count} 班。",
        )  # fmt: skip
