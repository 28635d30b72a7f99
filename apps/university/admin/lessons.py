"""空中课堂 on the staff side: series, their lessons, files, captions, order, publishing."""

from django.contrib import admin
from django.db.models import Count, Q
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin import RecordAdmin
from apps.common.admin_pages import TemplateRecordAdmin
from apps.common.code_lists import names_of
from apps.organisation.queries import rule_values
from apps.university.choices.air import FileRole, LessonKind
from apps.university.forms.air import CaptionsForm, FileForm, LessonForm, NothingForm, SeriesForm
from apps.university.models import Lesson, LessonSeries
from apps.university.rules.air import LessonRules, minutes_words, size_words
from apps.university.services import air

from .reports import ReportPages

STANDING = Q(lessons__voided_at__isnull=True)


class InUseFilter(admin.SimpleListFilter):
    """Without a choice: what stands."""

    title, parameter_name = "记录", "voided"

    def lookups(self, request, model_admin):
        return [("1", "已作废的")]

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        return [{**first, "display": "在用的"}, *rest]

    def queryset(self, request, queryset):
        return queryset.filter(voided_at__isnull=self.value() != "1")


class ShownFilter(admin.SimpleListFilter):
    title, parameter_name = "公布", "shown"

    def lookups(self, request, model_admin):
        return [("1", "已公布"), ("0", "未公布")]

    def queryset(self, request, queryset):
        return queryset.filter(published_at__isnull=self.value() == "0") if self.value() in ("0", "1") else queryset


@admin.register(LessonSeries)
class LessonSeriesAdmin(ReportPages, TemplateRecordAdmin):
    voidable = True
    form = SeriesForm
    add_label = "新增一套课"
    empty_words = "先建一套课，再在里面加一讲一讲的视频、音频或文字。"
    list_display = ["name", "school", "course", "interest_words", "count_words"]
    list_filter = [InUseFilter]
    search_fields = ["name", "course__name", "school__name"]
    search_help_text = "课名、课程或学校"
    select_related_in_list = select_related_in_record = ("school", "course")
    ordering = ["position", "name", "pk"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match and match.url_name.endswith("changelist"):
            rows = rows.annotate(
                number=Count("lessons", filter=STANDING),
                published=Count("lessons", filter=STANDING & Q(lessons__published_at__isnull=False)),
            )
        return rows

    @admin.display(description="兴趣")
    def interest_words(self, obj):
        return names_of("course_interest").get(obj.interest, "")

    @admin.display(description="各讲")
    def count_words(self, obj):
        return f"{obj.number} 讲，已公布 {obj.published} 讲"

    def extra_pages(self):
        return [("lessons", "<int:pk>/lessons/", self.lessons_view)]

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        for tool in tools:
            tool["main"] = False
        first = {"label": "各讲和先后", "url": self.url_of("lessons", obj), "main": True}
        return [first, *public_page(obj, "university:air_series"), *tools]

    def lessons_view(self, request, pk: int):
        """Its lessons in order; 往前 and 往后 move one."""
        obj = self.viewable(request, pk)
        may = self.may_change(request, obj) and not obj.voided_at
        form = NothingForm(request.POST if request.method == "POST" else None)

        def perform(_):
            lesson = obj.lessons.current().filter(pk=_number(request.POST.get("lesson"))).first()
            if lesson is None or not may:
                raise Http404
            air.move(lesson, -1 if "up" in request.POST else 1, actor=request.user)

        rows = list(obj.lessons.current().order_by("position", "pk"))
        return self.act(
            request, obj, form, title=f"{obj.name}：各讲", sentence="", button="", done="先后已经改好。",
            perform=perform,
            template="admin/university/series_lessons.html", back=self.url_of("lessons", obj), lessons=rows,
            may_change=may, add_url=f"{reverse('admin:university_lesson_add')}?series={obj.pk}",
            series_url=self.url_of("change", obj),
        )  # fmt: skip


def _number(text) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0


def public_page(obj, name: str) -> list[dict]:
    return [{"label": "看公开的页面", "url": reverse(name, args=[obj.public_id])}]


@admin.register(Lesson)
class LessonAdmin(TemplateRecordAdmin):
    voidable = True
    form = LessonForm
    add_label = "加一讲"
    record_page = "admin/university/lesson_page.html"
    list_display = ["title", "series", "position", "kind", "teacher_name", "open_words", "state_words"]
    list_filter = [InUseFilter, ShownFilter, "kind", "is_open"]
    search_fields = ["title", "series__name", "teacher_name"]
    search_help_text = "题目、课名或主讲"
    select_related_in_list = ("series",)
    select_related_in_record = ("series__school", "series__course")
    ordering = ["series__position", "series__name", "position", "pk"]

    @admin.display(description="谁能看")
    def open_words(self, obj):
        return "都能看" if obj.is_open else "学员登录后看"

    @admin.display(description="公布")
    def state_words(self, obj):
        words, tone = ("已公布", "done") if obj.published_at else ("未公布", "")
        return format_html('<span class="tag {}">{}</span>', tone, words)

    def get_changeform_initial_data(self, request):
        series = LessonSeries.objects.visible_to(request.user, "university.view_lessonseries").filter(
            pk=_number(request.GET.get("series"))
        ).first()  # fmt: skip
        return {"series": series.pk, "position": air.next_position(series)} if series else {}

    def write(self, request, obj, form, change):
        air.save_lesson(obj, on=timezone.localdate())

    # The page of a lesson

    def extra_pages(self):
        return [
            ("file", "<int:pk>/file/", self.file_view),
            ("file_remove", "<int:pk>/file/<slug:role>/remove/", self.file_remove_view),
            ("captions", "<int:pk>/captions/", self.captions_view),
            ("publish", "<int:pk>/publish/", self.publish_view),
        ]

    def record_tools(self, request, obj):
        tools = RecordAdmin.record_tools(self, request, obj)
        for tool in tools:
            tool["main"] = False
        if not self.may_change(request, obj) or obj.voided_at:
            return tools
        words = "收回，不再公布" if obj.published_at else "公布"
        first = [{"label": words, "url": self.url_of("publish", obj), "main": not obj.published_at}]
        return [*first, *public_page(obj, "university:air_lesson"), *tools]

    def facts_of(self, request, obj) -> dict:
        files = list(obj.files.filter(removed_at__isnull=True).order_by("role"))
        return {
            "lesson": obj,
            "facts": [
                ("属于哪一套课", obj.series), ("形式", obj.get_kind_display()), ("第几讲", obj.position),
                ("讲什么", obj.summary), ("主讲", obj.teacher_name), ("谁能看", self.open_words(obj)),
                ("公布时间", obj.published_at and timezone.localtime(obj.published_at).strftime("%Y-%m-%d %H:%M")),
                ("外面的网址", obj.outside_url), ("讲稿文字", f"{len(obj.transcript)} 字" if obj.transcript else ""),
            ],
            "files": [
                {"row": file, "role": file.get_role_display(), "size": size_words(file.size),
                 "minutes": minutes_words(file.seconds),
                 "url": reverse("university:lesson_file", args=[file.public_id]),
                 "remove": reverse("admin:university_lesson_file_remove", args=[obj.pk, file.role])}
                for file in files
            ],
            "cues": obj.captions.count(" --> "), "takes_captions": obj.kind != LessonKind.TEXT,
            "file_url": self.url_of("file", obj), "captions_url": self.url_of("captions", obj),
            "series_url": reverse("admin:university_lessonseries_lessons", args=[obj.series_id]),
        }  # fmt: skip

    def file_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        rules = rule_values(LessonRules.rule_key, on=timezone.localdate(), unit=obj.series.school.unit)
        roles = air.roles_for(obj)
        limits = {role.value: air.limit_of(obj, role, rules) for role in roles}
        posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = FileForm(*posted, lesson=obj, roles=roles, limits=limits)

        def keep(values):
            return air.add_file(
                obj, values["role"], values["file"], actor=request.user, now=timezone.now(),
                on=timezone.localdate(), form_key=values["form_key"],
            )  # fmt: skip

        sentence = "传的时候请不要关这一页。文件大的，建议在单位的网上传；同时传一个慢速版，网不好的学员也能看。"
        return self.act(
            request, obj, form, title=f"传文件：{obj.title}", sentence=sentence, button="上传", perform=keep,
            done=lambda row: f"{row.get_role_display()}已传好：{row.filename}，{size_words(row.size)}。",
            template="admin/university/lesson_upload.html",
        )  # fmt: skip

    def file_remove_view(self, request, pk: int, role: str):
        obj = self.changeable_object(request, str(pk))
        if role not in FileRole.values or not obj.files.filter(role=role, removed_at__isnull=True).exists():
            raise Http404
        label = FileRole(role).label
        form = NothingForm(request.POST if request.method == "POST" else None)
        return self.act(
            request, obj, form, title=f"移除{label}：{obj.title}", sentence="移除以后不能恢复，要用就得再传一次。",
            button=f"移除{label}", done=f"{label}已移除。",
            perform=lambda _: air.remove_file(obj, role, actor=request.user, now=timezone.now()),
        )  # fmt: skip

    def captions_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        if obj.kind == LessonKind.TEXT:
            raise Http404
        if request.method == "POST" and "remove" in request.POST:
            return self.act(
                request, obj, NothingForm(request.POST), title="字幕", sentence="", button="", done="字幕已移除。",
                perform=lambda _: air.set_captions(obj, None, actor=request.user),
            )  # fmt: skip
        posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        return self.act(
            request, obj, CaptionsForm(*posted), title=f"字幕：{obj.title}", button="保存字幕",
            sentence="字幕给听不清的学员看。系统会检查时间先后，只留下文字。",
            perform=lambda values: air.set_captions(obj, values["captions"].read(), actor=request.user),
            done=lambda count: f"字幕已保存，共 {count} 句。", template="admin/university/lesson_captions.html",
            cues=obj.captions.count(" --> "),
        )  # fmt: skip

    def publish_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        form = NothingForm(request.POST if request.method == "POST" else None)
        if obj.published_at:
            return self.act(
                request, obj, form, title=f"收回：{obj.title}", button="收回，不再公布",
                done="已经收回，公开的页面上看不到了。",
                sentence="收回以后，学员就看不到这一讲了。学完的记录还在，可以再公布。",
                perform=lambda _: air.take_back(obj, actor=request.user),
            )  # fmt: skip
        who = "不登录也能看" if obj.is_open else "学员登录以后能看"
        return self.act(
            request, obj, form, title=f"公布：{obj.title}", button="公布", done="已经公布。",
            sentence=f"公布以后，{who}。请先在“看公开的页面”里看一遍，能放、能听清再公布。",
            perform=lambda _: air.publish(obj, actor=request.user, now=timezone.now()),
        )  # fmt: skip
