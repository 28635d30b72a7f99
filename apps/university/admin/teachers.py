"""Teachers: application, trial, hiring, papers, and what each taught in a term."""

import datetime as dt

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html

from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.common.phone import masked_phone
from apps.common.scans import read_scan
from apps.organisation.queries import rule_values
from apps.university.choices.schools import TeacherState
from apps.university.choices.teachers import AssessmentResult
from apps.university.forms.classes import terms_for
from apps.university.forms.rooms import SureForm
from apps.university.forms.teachers import (
    ApplyForm,
    AsideForm,
    AssessmentForm,
    EndForm,
    HireForm,
    TeacherForm,
    TeacherPhoneForm,
)
from apps.university.forms.uploads import PaperForm
from apps.university.models import ClassGroup, School, Teacher, TeacherAssessment, Term
from apps.university.queries.workload import loads
from apps.university.rules.teachers import TeacherRules
from apps.university.services import teachers as services

from .base import Block, SchoolRecordAdmin, day, file_answer, send_print, send_workbook

TONES = {
    TeacherState.APPLIED: "soon", TeacherState.HIRED: "done", TeacherState.RESERVE: "info", TeacherState.REFUSED: "",
    TeacherState.LEFT: "",
}  # fmt: skip
RESULT_TONES = {AssessmentResult.EXCELLENT: "done", AssessmentResult.PASSED: "", AssessmentResult.FAILED: "late"}
LOAD_COLUMNS = ("教师", "学校", "班数", "课次", "学时（45 分钟）", "已上", "代课")
CONTACT = "people.view_contact"


class HiringFilter(admin.SimpleListFilter):
    title, parameter_name = "聘期", "until"

    def lookups(self, request, model_admin):
        return [("soon", "三个月内到期"), ("over", "在聘而聘期已过")]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        hired = queryset.filter(state=TeacherState.HIRED)
        later = {"hirings__voided_at": None, "hirings__ended_on": None}
        if self.value() == "soon":
            soon = today + dt.timedelta(90)
            ending = hired.filter(hirings__last_on__range=(today, soon), **later)
            return ending.exclude(pk__in=hired.filter(hirings__last_on__gt=soon, **later).values("pk")).distinct()
        if self.value() == "over":
            return hired.exclude(pk__in=hired.filter(hirings__last_on__gte=today, **later).values("pk"))
        return queryset


@admin.register(Teacher)
class TeacherAdmin(SchoolRecordAdmin):
    form = TeacherForm
    has_page = True
    add_label = "登记教师"
    empty_words = "教师先登记申请，试讲合格后办聘任，才能排课。"
    list_display = ("name", "school", "subjects", "state_words", "hired_on", "until")
    list_display_links = ("name",)
    list_filter = ("state", HiringFilter, "school__level")
    search_fields = ("person__name", "subjects", "school__name")
    search_help_text = "姓名、能教什么或学校"
    select_related_in_list = select_related_in_record = ("person", "school")
    ordering = ("school__position", "person__name_sort_key", "pk")
    fields = ("subjects", "experience")

    def people_of(self, obj):
        return [obj.person_id]

    def title_of(self, obj):
        return f"{obj.person.name}（{obj.school}）"

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        match = request.resolver_match
        return rows.prefetch_related("hirings") if match and match.url_name.endswith("changelist") else rows

    @admin.display(description="姓名")
    def name(self, obj):
        return obj.person.name

    @admin.display(description="状态")
    def state_words(self, obj):
        return format_html('<span class="tag {}">{}</span>', TONES[obj.state], obj.get_state_display())

    @admin.display(description="聘期到")
    def until(self, obj):
        days = [one.last_on for one in obj.hirings.all() if one.voided_at is None and one.ended_on is None]
        if obj.state != TeacherState.HIRED or not days:
            return ""
        over = max(days) < timezone.localdate()
        return format_html("{} {}", day(max(days)), format_html('<span class="tag late">逾期</span>') if over else "")

    def list_tools(self, request):
        return [{"label": "授课工作量", "url": self.plain_url("load")}]

    def extra_pages(self):
        acts = {
            "phone": self.phone_view, "assess": self.assess_view, "hire": self.hire_view, "end": self.end_view,
            "aside": self.aside_view,
            "paper": self.paper_view,
        }  # fmt: skip
        return [
            ("load", "load/", self.load_view),
            *((name, f"<path:object_id>/{name}/", view) for name, view in acts.items()),
            ("file", "<path:object_id>/file/<int:paper>/", self.file_view),
            ("drop", "<path:object_id>/drop/<int:paper>/", self.drop_view),
        ]

    # Application

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ApplyForm(request.POST or None, user=request.user)
        if request.method == "POST" and form.is_valid():
            try:
                made = services.apply(
                    services.TeacherFacts(**form.cleaned_data), on=timezone.localdate(), actor=request.user
                )
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "已登记申请，接着登记试讲或办聘任。")
                return HttpResponseRedirect(self.url_of("change", made))
        context = {
            "title": "登记教师", "form": form, "media": form.media, "back": self.plain_url("changelist"),
            "lead": "教师可以是老干部，也可以是其他人员。填了身份证号，或姓名、手机都对上的，认作系统里同一个人。",
            "buttons": [("save", "登记")], "list_url": self.plain_url("changelist"), "list_words": "教师",
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    # Page

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if not self.may_change(request, obj) or obj.voided_at:
            return tools
        acts = [("assess", "登记试讲、考核")]
        acts.append(("hire", "续聘" if obj.state == TeacherState.HIRED else "聘任"))
        if obj.state in (TeacherState.HIRED, TeacherState.RESERVE):
            acts.append(("end", "解聘"))
        if obj.state in (TeacherState.APPLIED, TeacherState.RESERVE, TeacherState.REFUSED):
            acts.append(("aside", "备用、不聘"))
        acts += [("paper", "上传材料"), ("phone", "改电话")]
        return [*({"label": label, "url": self.url_of(act, obj)} for act, label in acts), *tools]

    def tags(self, obj):
        return [(obj.get_state_display(), TONES[obj.state]), *super().tags(obj)]

    def blocks(self, request, obj):
        in_full = self.phone_in_full(request, obj)
        phones = [phone.number if in_full else masked_phone(phone.number) for phone in obj.person.phones.all()]
        yield Block(
            "教师",
            facts=[
                ("姓名", obj.person.name), ("性别", obj.person.get_sex_display()), ("出生",
                str(obj.person.birth_date or "")),
                ("电话", "、".join(phones)), ("能教什么", obj.subjects), ("首次聘任", day(obj.hired_on)),
                ("解聘", day(obj.left_on)), ("简历", obj.experience),
            ],
        )  # fmt: skip
        hirings = obj.hirings.filter(voided_at=None)
        yield Block(
            "聘期",
            columns=("开始", "到", "聘书编号、文号", "情况"),
            rows=[
                [day(one.starts_on), day(one.last_on), one.document_no,
                 f"{day(one.ended_on)} 提前结束：{one.end_reason}" if one.ended_on else ""]
                for one in hirings
            ],
            empty="还没有办过聘任。",
        )  # fmt: skip
        yield Block(
            "试讲、考核",
            columns=("日期", "方式", "结果", "谁来评", "意见"),
            rows=[
                [day(one.held_on), one.get_kind_display(),
                 {"text": "", "tag": one.get_result_display(), "tone": RESULT_TONES[one.result]}, one.by, one.opinion]
                for one in obj.appraisals.filter(voided_at=None)
            ],
            empty="还没有登记。",
        )  # fmt: skip
        yield self.papers_block(request, obj)
        yield self.classes_block(obj)

    def phone_in_full(self, request, obj) -> bool:
        """Who answers for teachers rings them; the look at the page is logged."""
        return request.user.has_perm(CONTACT) or self.may_change(request, obj)

    def papers_block(self, request, obj) -> Block:
        may = self.may_change(request, obj)
        rows = []
        for one in obj.papers.filter(voided_at=None):
            drop = {"text": "删去", "url": self.plain_url("drop", obj.pk, one.pk)} if may else ""
            rows.append(
                [
                    {"text": one.get_kind_display(), "url": self.plain_url("file", obj.pk, one.pk)},
                    day(one.added_on),
                    drop,
                ]
            )
        return Block("材料", columns=("材料", "日期", ""), rows=rows, empty="还没有上传材料。")

    def classes_block(self, obj) -> Block:
        classes = self.admin_site.get_model_admin(ClassGroup)
        rows = ClassGroup.objects.current().filter(teacher=obj).select_related("term", "course")
        return Block(
            "教过的班",
            columns=("学期", "班级", "状态"),
            rows=[
                [str(one.term), {"text": str(one), "url": classes.url_of("change", one)}, one.get_state_display()]
                for one in rows.order_by("-term__starts_on", "course__name")[:30]
            ],
            empty="还没有排课。",
        )

    # Acts

    def phone_view(self, request, object_id):
        obj = self.actable(request, object_id)
        form = TeacherPhoneForm(request.POST or None)
        return self.one_act(
            request, obj, form, title="改电话", done="电话已保存。",
            perform=lambda values: services.change_phone(obj, values["mobile"], actor=request.user),
        )  # fmt: skip

    def assess_view(self, request, object_id):
        obj = self.actable(request, object_id)
        first = {"held_on": timezone.localdate(), "by": str(request.user)}
        form = AssessmentForm(request.POST or None, initial=first)
        return self.one_act(
            request, obj, form, title="登记试讲、考核", done="已登记。",
            perform=lambda values: services.assess(TeacherAssessment(teacher=obj, **values), actor=request.user),
        )  # fmt: skip

    def hire_view(self, request, object_id):
        obj = self.actable(request, object_id)
        today = timezone.localdate()
        years = rule_values(TeacherRules.rule_key, on=today, unit=obj.school.unit).hired_years
        last = obj.hirings.filter(voided_at=None).first()
        starts = max(today, last.last_on + dt.timedelta(1)) if last and not last.ended_on else today
        first = {"starts_on": starts, "last_on": _years_later(starts, years)}
        form = HireForm(request.POST or None, initial=first)
        return self.one_act(
            request, obj, form, title="续聘" if obj.state == TeacherState.HIRED else "聘任", done="已办好，可以排课。",
            perform=lambda values: services.hire(obj, **values, actor=request.user),
        )  # fmt: skip

    def end_view(self, request, object_id):
        obj = self.actable(request, object_id)
        form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
        return self.one_act(
            request, obj, form, title="解聘", button="解聘", done="已解聘。", lead="以后还有课的，先在班级里换老师。",
            perform=lambda values: services.end(obj, **values, now=timezone.now(), actor=request.user),
        )  # fmt: skip

    def aside_view(self, request, object_id):
        obj = self.actable(request, object_id)
        form = AsideForm(request.POST or None)
        return self.one_act(
            request, obj, form, title="备用、不聘", done="已记下。",
            perform=lambda values: services.put_aside(
                obj, state=TeacherState(values["state"]), reason=values["reason"], actor=request.user
            ),
        )  # fmt: skip

    # Papers

    def paper_view(self, request, object_id):
        obj = self.actable(request, object_id)
        form = PaperForm(request.POST or None, request.FILES or None)
        return self.one_act(
            request, obj, form, title="上传材料", done="已保存。",
            perform=lambda values: services.add_paper(
                obj, values["kind"], read_scan(values["file"], field="file"), on=timezone.localdate(),
                actor=request.user,
            ),
        )  # fmt: skip

    def paper_of(self, obj, paper: int):
        found = obj.papers.filter(pk=paper, voided_at=None).select_related("file").first() if paper < 2**62 else None
        if found is None or found.file.purged_at:
            raise Http404
        return found

    def file_view(self, request, object_id, paper: int):
        obj = self.readable(request, object_id)
        found = self.paper_of(obj, paper)
        audit.look("open", actor=request.user, people=[obj.person_id], target=self._target(obj), request=request)
        return file_answer(
            attachments.read(found.file), found.file.filename, found.file.content_type, as_attachment=False
        )

    def drop_view(self, request, object_id, paper: int):
        obj = self.actable(request, object_id)
        found = self.paper_of(obj, paper)
        form = SureForm(request.POST if request.method == "POST" else None)
        return self.one_act(
            request, obj, form, title="删去材料", button="删去", done="已删去。",
            lead=f"{found.get_kind_display()}（{day(found.added_on)}），删去以后不能找回。",
            perform=lambda values: services.drop_paper(found, now=timezone.now(), actor=request.user),
        )  # fmt: skip

    # Workload

    def load_view(self, request):
        """What each teacher taught in a term; printed or taken out."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        terms = list(
            terms_for(Term.objects.current(), School.objects.visible_to(request.user)).order_by("-starts_on")[:20]
        )
        today = timezone.localdate()
        asked = request.GET.get("term", "")
        term = next((one for one in terms if str(one.pk) == asked), None) or next(
            (one for one in terms if one.starts_on <= today), terms[0] if terms else None
        )
        teachers = Teacher.objects.visible_to(request.user, self.right("view")).current()
        found = loads(teachers, term, now=timezone.now()) if term else []
        people = [load.teacher.person_id for load in found]
        rows = [
            [load.teacher.person.name, str(load.teacher.school), load.classes, load.sessions, load.hours, load.held,
             load.substituted]
            for load in found
        ]  # fmt: skip
        title = f"教师授课工作量（{term}）" if term else "教师授课工作量"
        target = "university.teacher:load"
        way = request.GET.get("as", "")
        if way == "xlsx":
            return send_workbook(request, title, LOAD_COLUMNS, rows, target=target, people=people)
        if way == "print":
            numbered = [[number, *row] for number, row in enumerate(rows, 1)]
            return send_print(
                self, request, title, ("序号", *LOAD_COLUMNS), numbered, back=self.plain_url("load"),
                order="按课次，多的在前",
                scope=f"{len(rows)} 位", target=target, people=people, recall=True, landscape=False, stamp=True,
            )  # fmt: skip
        for row, load in zip(rows, found, strict=True):
            row[0] = {"text": row[0], "url": self.url_of("change", load.teacher)}
        query = f"&term={term.pk}" if term else ""
        context = {
            "title": title, "original": None, "list_url": self.plain_url("changelist"), "list_words": "教师",
            "tools": [
                {"label": "打印", "url": f"?as=print{query}"}, {"label": "导出 Excel", "url": f"?as=xlsx{query}"},
            ],
            "terms": [(one.pk, str(one), one == term) for one in terms],
            "blocks": [Block("各位教师", columns=LOAD_COLUMNS, rows=rows, empty="这个学期还没有排课。")],
        }  # fmt: skip
        return self.page(request, "admin/university/load.html", context)


def _years_later(day_: dt.date, years: int) -> dt.date:
    """The last day of so many years from a day."""
    try:
        later = day_.replace(year=day_.year + years)
    except ValueError:
        later = day_.replace(year=day_.year + years, day=28)
    return later - dt.timedelta(1)
