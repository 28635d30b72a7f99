"""Topics with their material, and the pool of lecturers, on the staff side."""

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone

from apps.common.admin_pages import BLOCKS, Block, day, posted
from apps.common.errors import BusinessError
from apps.organisation.models import Division, Unit
from apps.volunteers.choices.talks import TalkAudience
from apps.volunteers.choices.volunteers import DayPart
from apps.volunteers.forms.talks import LeaveForm, LecturerForm, TopicForm
from apps.volunteers.models import Lecturer, TalkTopic, VolunteerTime
from apps.volunteers.queries.talks import divisions_for
from apps.volunteers.rules.times import WEEKDAYS, day_words
from apps.volunteers.services.lecturers import join, leave

from .links import link, page_of, person_tools, volunteer_link
from .list_out import ListOut
from .person_search import by_person
from .talk_base import TalkRecord, choice_filter

SHOWN = 20  # lines of a table on a page that is about something else


def talks_block(request, talks) -> Block:
    """The latest talks of a topic or a lecturer."""
    rows = talks.filter(voided_at__isnull=True).visible_to(request.user, "volunteers.view_talk")
    return Block(
        "讲过的和安排好的", columns=("日期", "听讲单位", "题目", "状态", "受众（人次）"), empty="还没有场次。",
        rows=[[f"{row.on.year}年{day_words(row.on)}", {"text": row.host,
        "url": page_of("talk", row.pk)}, row.topic.title,
               row.get_state_display(), f"{row.audience:,}" if row.audience is not None else ""]
              for row in rows.select_related("topic").order_by("-on", "-pk")[:SHOWN]],
    )  # fmt: skip


@admin.register(TalkTopic)
class TalkTopicAdmin(ListOut, TalkRecord):
    out_order = "按题目排列"
    form = TopicForm
    record_page = BLOCKS
    voidable = True
    file_name = "file"
    add_label = "新增题目"
    empty_words = "先写下能讲的题目和提纲，学校、村里就能在网上预约。"
    list_display = ("title", "audience", "minutes", "unit", "is_open", "has_file")
    list_filter = (choice_filter("audience", "讲给谁听", TalkAudience),)
    search_fields = ("title", "outline")
    search_help_text = "题目或提纲"
    select_related_in_list = select_related_in_record = ("unit", "file")
    ordering = ("title", "pk")

    @admin.display(description="材料")
    def has_file(self, obj):
        return "有" if obj.file_id else ""

    def tags(self, obj):
        return [("网上可以约", "done")] if obj.is_open else [("不接受预约", "")]

    def blocks(self, request, obj):
        file = obj.file.filename if obj.file_id else "还没有，点上面的“传材料”"
        yield Block("题目", facts=[
            ("题目", obj.title), ("提纲", obj.outline), ("讲给谁听", obj.get_audience_display()),
            ("讲多久", f"{obj.minutes} 分钟"), ("主办单位", obj.unit), ("讲稿、课件", file),
        ])  # fmt: skip
        speakers = obj.lecturers.active().visible_to(request.user, "volunteers.view_lecturer")
        speakers = speakers.select_related("volunteer__person", "team").order_by("volunteer__person__name_sort_key")
        yield Block(
            "谁能讲", columns=("宣讲员", "宣讲团"), empty="还没有人选这个题目，在宣讲员的页面里加。",
            rows=[[{"text": row.volunteer.person.name, "url": page_of("lecturer", row.pk)}, row.team.name]
                  for row in speakers[:SHOWN]],
        )  # fmt: skip
        yield talks_block(request, obj.talks)

    def extra_pages(self):
        return [("file", "<int:pk>/file/", self.file_view), ("show", "<int:pk>/show/", self.show_view)]

    def record_tools(self, request, obj):
        return [*super().record_tools(request, obj), *self.file_tools(request, obj)]

    def write(self, request, obj, form, change):
        if obj.unit_id not in request.user.reach(self.right("change" if change else "add")):
            raise BusinessError("这个单位不在您的管理范围内。", code="out_of_reach", field="unit")
        obj.save()


class InPoolFilter(admin.SimpleListFilter):
    """Without a choice: those who give talks now."""

    title, parameter_name = "哪些", "which"

    def lookups(self, request, model_admin):
        return [("left", "已退出"), ("all", "全部")]

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        return [{**first, "display": "在册的"}, *rest]

    def queryset(self, request, queryset):
        if self.value() == "left":
            return queryset.filter(left_on__isnull=False)
        return queryset if self.value() else queryset.filter(left_on__isnull=True, voided_at__isnull=True)


class FreeOnFilter(admin.SimpleListFilter):
    """By a half day that they said they are free on."""

    title, parameter_name = "哪个半天有空", "half"

    def lookups(self, request, model_admin):
        return [(f"{day}{part}", f"星期{WEEKDAYS[day - 1]}{part.label}") for day in range(1, 8)
                for part in (DayPart.MORNING, DayPart.AFTERNOON)]  # fmt: skip

    def queryset(self, request, queryset):
        if self.value() not in {key for key, _ in self.lookup_choices}:
            return queryset
        free = VolunteerTime.objects.filter(weekday=int(self.value()[0]), part=self.value()[1:])
        return queryset.filter(volunteer__in=free.values("volunteer"))


@admin.register(Lecturer)
class LecturerAdmin(ListOut, TalkRecord):
    out_order = "按姓名拼音排列"
    form = LecturerForm
    record_page = BLOCKS
    add_label = "聘任宣讲员"
    empty_words = "先登记志愿者，再聘为宣讲员。"
    list_display = ("name", "team", "topics_words", "halves", "places", "joined_on", "left_on")
    list_filter = (InPoolFilter, FreeOnFilter)
    search_fields = ("volunteer__person__name", "topics__title")
    search_help_text = "姓名、拼音或题目"
    select_related_in_list = select_related_in_record = ("volunteer__person", "team")
    short_lists = ("topics", "divisions", "team")
    ordering = ("volunteer__person__name_sort_key", "pk")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("topics", "divisions", "volunteer__times")

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        if not term:
            return queryset, False
        by_topic = Lecturer.objects.filter(topics__title__icontains=term).values("pk")
        people = by_person(Lecturer.objects.all(), term, "volunteer")
        return queryset.filter(Q(pk__in=people.order_by().values("pk")) | Q(pk__in=by_topic)), False

    def related_rows(self, model, request):
        if model is Division:
            return self._divisions(request)
        return super().related_rows(model, request)

    def _divisions(self, request):
        """Counties of the cities in which the user's units are: never the whole country."""
        units = Unit.objects.filter(pk__in=request.user.reach(self.right("view"))).select_related("division")
        first = units.exclude(division=None).order_by("path").first()
        return divisions_for(first) if first else Division.objects.none()

    def people_of(self, obj):
        return [obj.volunteer_id]

    def title_of(self, obj):
        return obj.volunteer.person.name

    def people_in(self, row):
        return [row.volunteer_id]

    @admin.display(description="姓名")
    def name(self, obj):
        return obj.volunteer.person.name

    @admin.display(description="题目")
    def topics_words(self, obj):
        return "、".join(row.title for row in obj.topics.all())

    @admin.display(description="有空的半天")
    def halves(self, obj):
        return "、".join(
            f"周{WEEKDAYS[row.weekday - 1]}{DayPart(row.part).label}" for row in obj.volunteer.times.all()
        )  # fmt: skip

    @admin.display(description="愿意去")
    def places(self, obj):
        return "、".join(row.name for row in obj.divisions.all()) or "都可以"

    def get_readonly_fields(self, request, obj=None):
        return ("volunteer",) if obj is not None else ()

    def write(self, request, obj, form, change):
        if obj.team.unit_id not in request.user.reach(self.right("change" if change else "add")):
            raise BusinessError("这支队不在您的管理范围内。", code="out_of_reach", field="team")
        if change:
            obj.save()
        else:
            join(obj, actor=request.user, on=timezone.localdate())

    def tags(self, obj):
        return [(f"{day(obj.left_on)}退出", "")] if obj.left_on else [("在册", "done")]

    def blocks(self, request, obj):
        user = request.user
        yield Block("宣讲员", facts=[
            ("姓名", volunteer_link(user, obj.volunteer)), ("宣讲团", link(user, obj.team, "team", obj.team_id)),
            ("能讲的题目", self.topics_words(obj)),
            ("有空的半天", self.halves(obj)), ("愿意去的区县", self.places(obj)),
            ("说明", obj.note), ("聘任日期", day(obj.joined_on)),
        ])  # fmt: skip
        yield talks_block(request, obj.talks)

    def extra_pages(self):
        return [("leave", "<int:pk>/leave/", self.leave_view)]

    def record_tools(self, request, obj):
        tools = [*super().record_tools(request, obj), *person_tools(request.user, obj.volunteer_id)]
        if obj.left_on is None and self.may_change(request, obj):
            tools.append({"label": "退出宣讲团", "url": self.url_of("leave", obj)})
        return tools

    def leave_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        return self.act(
            request, obj, LeaveForm(posted(request)), title=f"退出宣讲团：{self.title_of(obj)}", button="退出",
            sentence="他以前讲过的场次和志愿时长都留着。后面还有宣讲的，要先换人。", done="已退出。",
            perform=lambda values: leave(obj, on=values["on"], actor=request.user, now=timezone.now()),
        )  # fmt: skip
