"""电视课表, 精品课程 and 教研 on the staff side."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import content_disposition_header

from apps.common import attachments
from apps.common.admin_pages import TemplateRecordAdmin
from apps.common.errors import BusinessError
from apps.common.scans import read_scan
from apps.university.choices.air import NominationState
from apps.university.forms.broadcasts import (
    DecisionForm,
    NominationForm,
    PaperForm,
    PasteForm,
    ProgrammeForm,
    ResearchForm,
)
from apps.university.models import CourseNomination, Programme, School, TeachingResearch
from apps.university.rules.programmes import read_programmes
from apps.university.services import broadcasts

from .lessons import InUseFilter

TONES = {NominationState.ASKED: "soon", NominationState.APPROVED: "done"}


class WeekFilter(admin.SimpleListFilter):
    """Without a choice: from today on."""

    title, parameter_name = "日期", "when"

    def lookups(self, request, model_admin):
        return [("past", "以前的"), ("all", "全部")]

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        return [{**first, "display": "今天起"}, *rest]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        if self.value() == "past":
            return queryset.filter(on__lt=today)
        return queryset if self.value() == "all" else queryset.filter(on__gte=today)


@admin.register(Programme)
class ProgrammeAdmin(TemplateRecordAdmin):
    voidable = True
    form = ProgrammeForm
    add_label = "加一个节目"
    empty_words = "电视台送来的课表，可以整张粘贴进来。"
    list_display = ["on", "clock_words", "channel", "title", "replays", "school"]
    list_display_links = ["title"]
    list_filter = [WeekFilter, InUseFilter]
    search_fields = ["title", "channel"]
    search_help_text = "节目或频道"
    select_related_in_list = select_related_in_record = ("school",)
    ordering = ["on", "starts", "pk"]

    @admin.display(description="时间")
    def clock_words(self, obj):
        return obj.clock

    def list_tools(self, request):
        tools = [{"label": "看公开的课表", "url": reverse("university:tv")}]
        if self.has_add_permission(request):
            tools.insert(0, {"label": "粘贴整张课表", "url": self.list_url("paste")})
        return tools

    def extra_pages(self):
        return [("paste", "paste/", self.paste_view)]

    def paste_view(self, request):
        """Pasted, looked at with a word for each line, then taken in. Nothing is kept in between."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = PasteForm(request.POST if request.method == "POST" else None)
        form.fields["school"].queryset = School.objects.visible_to(request.user, self.right("add")).current()
        verdicts = []
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                lines = read_programmes(values["text"], channel=values["channel"], today=timezone.localdate())
                if not lines:
                    raise ValueError("没有看到课表，请把表格粘贴进来。")
            except ValueError as error:
                form.add_error("text", str(error))
            else:
                if "confirm" in request.POST:
                    return self.taken_in(request, form, lines)
                verdicts = broadcasts.judge(lines)
        context = {
            "title": "粘贴整张课表", "form": form, "verdicts": verdicts, "list_url": self.list_url(),
            "good": sum(one.word in ("新增", "改") for one in verdicts),
            "bad": sum(one.tone == "late" for one in verdicts),
        }  # fmt: skip
        return self.page(request, "admin/university/programme_paste.html", context, status=422 if form.errors else 200)

    def taken_in(self, request, form, lines):
        def perform(values):
            return broadcasts.take_in(values["school"], lines, actor=request.user)

        return self.act(
            request, None, form, title="粘贴整张课表", sentence="", button="", perform=perform, back=self.list_url(),
            done=lambda counts: f"新增 {counts[0]} 个节目，改了 {counts[1]} 个。",
        )  # fmt: skip


class DecidedFilter(admin.SimpleListFilter):
    title, parameter_name = "评定", "state"

    def lookups(self, request, model_admin):
        return NominationState.choices

    def queryset(self, request, queryset):
        return queryset.filter(state=self.value()) if self.value() in NominationState.values else queryset


@admin.register(CourseNomination)
class CourseNominationAdmin(TemplateRecordAdmin):
    voidable = True
    form = NominationForm
    add_label = "申报精品课程"
    empty_words = "把办得好的课程申报上来，评定以后就是精品课程。"
    list_display = ["course", "school", "asked_on", "state_words", "decided_on", "opinion"]
    list_filter = [DecidedFilter, InUseFilter]
    search_fields = ["course__name", "school__name"]
    search_help_text = "课程或学校"
    select_related_in_list = ("school", "course")
    select_related_in_record = ("school", "course", "decided_by")
    fields = ("school", "course", "asked_on", "reason")
    ordering = ["-asked_on", "-pk"]

    @admin.display(description="评定")
    def state_words(self, obj):
        return format_html('<span class="tag {}">{}</span>', TONES.get(obj.state, ""), obj.get_state_display())

    def get_fields(self, request, obj=None):
        extra = ("state", "decided_on", "decided_by", "opinion")
        return (*self.fields, *extra) if obj is not None and obj.decided_on else self.fields

    def get_readonly_fields(self, request, obj=None):
        return ("state", "decided_on", "decided_by", "opinion") if obj is not None and obj.decided_on else ()

    def write(self, request, obj, form, change):
        broadcasts.nominate(obj, on=timezone.localdate())

    def extra_pages(self):
        return [("decide", "<int:pk>/decide/", self.decide_view)]

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if obj.state not in (NominationState.ASKED, NominationState.APPROVED) or obj.voided_at:
            return tools
        if not self.may_change(request, obj):
            return tools
        for tool in tools:
            tool["main"] = False
        words = "评定" if obj.state == NominationState.ASKED else "不再列为精品课程"
        return [{"label": words, "url": self.url_of("decide", obj), "main": obj.state == NominationState.ASKED}, *tools]

    def apply_voiding(self, request, obj, act, reason):
        if act == "void" and obj.state == NominationState.APPROVED:
            raise BusinessError("已经评上的，请先“不再列为精品课程”。", code="approved")
        super().apply_voiding(request, obj, act, reason)

    def decide_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        form = DecisionForm(request.POST if request.method == "POST" else None, state=obj.state)
        if not form.fields["state"].choices:
            raise Http404
        return self.act(
            request, obj, form, title=f"评定：{obj.course}", sentence=f"申报理由：{obj.reason}", button="保存评定",
            done=lambda row: f"已保存：{row.get_state_display()}。",
            perform=lambda values: broadcasts.decide(
                obj, values["state"], opinion=values["opinion"], on=timezone.localdate(), actor=request.user
            ),
        )  # fmt: skip


@admin.register(TeachingResearch)
class TeachingResearchAdmin(TemplateRecordAdmin):
    voidable = True
    form = ResearchForm
    add_label = "登记教研活动"
    empty_words = "集体备课、听课评课、教学研讨，登记在这里。"
    list_display = ["held_on", "topic", "school", "course", "people", "has_file"]
    list_display_links = ["topic"]
    list_filter = [InUseFilter]
    search_fields = ["topic", "people", "course__name"]
    search_help_text = "主题、参加人或课程"
    select_related_in_list = ("school", "course")
    select_related_in_record = ("school", "course", "file")
    ordering = ["-held_on", "-pk"]

    @admin.display(description="材料")
    def has_file(self, obj):
        return "有" if obj.file_id else ""

    def write(self, request, obj, form, change):
        if obj.held_on > timezone.localdate():
            raise BusinessError("日期不能晚于今天。", code="future", field="held_on")
        if obj.course_id and obj.course.school_id != obj.school_id:
            raise BusinessError("这门课程是别的学校的，请重新选。", code="school", field="course")
        obj.save()

    def extra_pages(self):
        return [("paper", "<int:pk>/paper/", self.paper_view), ("show", "<int:pk>/show/", self.show_view)]

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if obj.file_id:
            tools.append({"label": "看材料", "url": self.url_of("show", obj)})
        if self.may_change(request, obj) and not obj.voided_at:
            tools.append({"label": "换材料" if obj.file_id else "传材料", "url": self.url_of("paper", obj)})
        return tools

    def paper_view(self, request, pk: int):
        obj = self.changeable_object(request, str(pk))
        form = PaperForm(*((request.POST, request.FILES) if request.method == "POST" else (None, None)))
        return self.act(
            request, obj, form, title=f"材料：{obj.topic}", sentence="教案、记录、照片，一份文件。", button="保存材料",
            done="材料已保存。", template="admin/university/lesson_captions.html", cues=0,
            perform=lambda values: broadcasts.keep_paper(obj, read_scan(values["scan"]), actor=request.user),
        )  # fmt: skip

    def show_view(self, request, pk: int):
        obj = self.viewable(request, pk)
        if obj.file is None:
            raise Http404
        headers = {
            "Content-Disposition": content_disposition_header(True, obj.file.filename),
            "Cache-Control": "private, no-store",
        }
        return HttpResponse(attachments.read(obj.file), content_type=obj.file.content_type, headers=headers)
