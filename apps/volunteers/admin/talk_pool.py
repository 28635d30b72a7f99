"""Topics with their material, and the pool of lecturers, on the staff side."""

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone

from apps.common.admin_pages import posted
from apps.common.errors import BusinessError
from apps.organisation.models import Division
from apps.volunteers.choices.talks import TalkAudience
from apps.volunteers.choices.volunteers import DayPart
from apps.volunteers.forms.talks import LeaveForm, LecturerForm, TopicForm
from apps.volunteers.models import Lecturer, TalkTopic, VolunteerTime
from apps.volunteers.rules.times import WEEKDAYS
from apps.volunteers.services.lecturers import join, leave

from .person_search import by_person
from .talk_base import TalkRecord, choice_filter


@admin.register(TalkTopic)
class TalkTopicAdmin(TalkRecord):
    form = TopicForm
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
class LecturerAdmin(TalkRecord):
    form = LecturerForm
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
            return Division.objects.filter(disabled_on__isnull=True, level="county").order_by("code")
        return super().related_rows(model, request)

    def people_of(self, obj):
        return [obj.volunteer_id]

    def title_of(self, obj):
        return obj.volunteer.person.name

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

    def extra_pages(self):
        return [("leave", "<int:pk>/leave/", self.leave_view)]

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
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
