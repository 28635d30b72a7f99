"""Departments, majors and courses: syllabus, poster, 精品课程."""

from django.contrib import admin
from django.http import Http404

from apps.common import attachments
from apps.common.code_lists import choices_of, names_of
from apps.common.errors import BusinessError
from apps.university.forms.catalogue import INTERESTS, CourseForm
from apps.university.forms.uploads import FileForm
from apps.university.models import ClassGroup, Course, Department, Major
from apps.university.services import catalogue as services

from .base import Block, SchoolRecordAdmin, file_answer

CLASSES_SHOWN = 30


@admin.register(Department)
class DepartmentAdmin(SchoolRecordAdmin):
    add_label = "新增系"
    list_display = ("name", "school", "head", "position")
    search_fields = ("name", "school__name")
    search_help_text = "系或学校"
    select_related_in_list = select_related_in_record = ("school",)
    fields = ("school", "name", "head", "position")


@admin.register(Major)
class MajorAdmin(SchoolRecordAdmin):
    add_label = "新增专业"
    list_display = ("name", "department", "school", "position")
    search_fields = ("name", "department__name", "department__school__name")
    search_help_text = "专业、系或学校"
    select_related_in_list = select_related_in_record = ("department__school",)
    fields = ("department", "name", "position")

    def unit_of(self, obj):
        return obj.department.school.unit_id

    @admin.display(description="学校")
    def school(self, obj):
        return obj.department.school


class InterestFilter(admin.SimpleListFilter):
    title, parameter_name = "兴趣", "interest"

    def lookups(self, request, model_admin):
        return choices_of(INTERESTS)

    def queryset(self, request, queryset):
        return queryset.filter(interests__contains=[self.value()]) if self.value() else queryset


@admin.register(Course)
class CourseAdmin(SchoolRecordAdmin):
    form = CourseForm
    has_page = True
    add_label = "新增课程"
    empty_words = "课程登记一次，每个学期按课程开班。"
    list_display = ("name", "school", "major", "interest_words", "grades", "strenuous", "is_model")
    list_filter = (InterestFilter, "is_model", "strenuous", "school__level")
    search_fields = ("name", "code", "school__name")
    search_help_text = "课程、代码或学校"
    select_related_in_list = ("school", "major")
    select_related_in_record = ("school", "major__department", "poster")
    ordering = ("school__position", "school", "major__position", "name", "pk")
    fieldsets = (
        (None, {"fields": (("school", "major"), ("name", "code"), "interests", "summary")}),
        ("教学", {"fields": ("syllabus", "to_bring", ("grades", "strenuous"))}),
    )

    def title_of(self, obj):
        return f"{obj.name}（{obj.school}）"

    @admin.display(description="兴趣")
    def interest_words(self, obj):
        return words_of(obj)

    def extra_pages(self):
        return [
            ("poster", "<path:object_id>/poster/", self.poster_view),
            ("file", "<path:object_id>/file/", self.file_view),
        ]

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if not self.may_change(request, obj) or obj.voided_at:
            return tools
        label = "换海报" if obj.poster_id else "上传海报"
        tools.insert(1, {"label": label, "url": self.url_of("poster", obj)})
        if request.user.has_perm("university.add_classgroup"):
            url = self.admin_site.get_model_admin(ClassGroup).plain_url("begin")
            tools.insert(1, {"label": "开班", "url": f"{url}?course={obj.pk}"})
        return tools

    def tags(self, obj):
        tags = [("精品课程", "done")] if obj.is_model else []
        if obj.strenuous:
            tags.append(("活动量大", "soon"))
        return tags + super().tags(obj)

    def blocks(self, request, obj):
        links = [{"label": "打开海报", "url": self.url_of("file", obj)}] if obj.poster_id else []
        yield Block(
            "课程",
            facts=[
                ("学校", obj.school), ("系、专业", f"{obj.major.department}　{obj.major}" if obj.major else ""),
                ("课程代码", obj.code), ("兴趣", words_of(obj)), ("一句话介绍", obj.summary), ("要带什么",
                obj.to_bring),
                ("学制", f"{obj.grades} 年"), ("教学大纲", obj.syllabus),
            ],
            links=links,
        )  # fmt: skip
        classes = self.admin_site.get_model_admin(ClassGroup)
        rows = ClassGroup.objects.current().filter(course=obj).select_related("term", "course", "teacher__person")
        yield Block(
            "开过的班",
            columns=("学期", "班级", "老师", "状态"),
            rows=[
                [str(one.term), {"text": str(one), "url": classes.url_of("change", one)}, str(one.teacher or ""),
                 one.get_state_display()]
                for one in rows.order_by("-term__starts_on", "code")[:CLASSES_SHOWN]
            ],
            empty="还没有开过班。",
        )  # fmt: skip

    def poster_view(self, request, object_id):
        obj = self.actable(request, object_id)
        form = FileForm(request.POST or None, request.FILES or None)

        def perform(values):
            if "remove" in request.POST:
                services.set_poster(obj, None, actor=request.user)
                return "已去掉海报。"
            if not values["file"]:
                raise BusinessError("请选一个文件。", field="file")
            services.set_poster(obj, services.read_poster(values["file"]), actor=request.user)
            return "海报已保存。"

        buttons = [("remove", "不要海报了")] if obj.poster_id else []
        return self.one_act(
            request, obj, form, title="海报", perform=perform, done="", buttons=buttons,
            lead="照片会自动缩小，并去掉照片里的位置等信息；公布班级以后大家都能看到。",
        )  # fmt: skip

    def file_view(self, request, object_id):
        obj = self.readable(request, object_id)
        if obj.poster is None or obj.poster.purged_at:
            raise Http404
        return file_answer(
            attachments.read(obj.poster), obj.poster.filename, obj.poster.content_type, as_attachment=False
        )


def words_of(course: Course) -> str:
    names = names_of(INTERESTS)
    return "、".join(names.get(code, code) for code in course.interests)
