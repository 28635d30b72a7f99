"""请假 as it comes in by telephone or at the desk, and 长期缺课: rung first, then decided."""

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.common import audit
from apps.common.admin_pages import posted
from apps.university.choices.students import EnrolmentState
from apps.university.forms.life import AbsenceCallForm, AbsenceDecisionForm, FindStudentForm, StaffLeaveForm
from apps.university.models import AbsenceCase, ClassGroup, Enrolment, Leave, Student
from apps.university.queries.attendance import long_away
from apps.university.rules.cards import read_number
from apps.university.services.absences import decide, note_call
from apps.university.services.attendance import DAY, note_leave, take_back_leave

from .life_base import LifeAdmin, class_url


class NowFilter(admin.SimpleListFilter):
    title, parameter_name = "哪些", "now"

    def lookups(self, request, model_admin):
        return [("now", "现在和以后的"), ("off", "已销假")]

    def queryset(self, request, queryset):
        if self.value() == "now":
            return queryset.filter(until__gt=timezone.localdate(), voided_at__isnull=True)
        return queryset.filter(voided_at__isnull=False) if self.value() == "off" else queryset


@admin.register(Leave)
class LeaveAdmin(LifeAdmin):
    list_url, list_words = "admin:university_leave_changelist", "请假"
    list_display = ("student", "class_words", "first_on", "last_on", "reason", "by", "state_words")
    list_filter = (NowFilter, "by")
    search_fields = ("student__person__name", "student__card_no")
    search_help_text = "学员姓名或卡号"
    select_related_in_list = select_related_in_record = ("student__person", "class_group__course", "entered_by")
    fields = ("student", "class_group", "first_on", "until", "reason", "by", "entered_by")
    ordering = ("-first_on", "-pk")
    sortable_by = ()
    empty_words = "学员在网上请的假、打电话或当面请的假，都在这里。"

    def rows_for(self, user, permission):
        """Of students whom he may see; of one class alone, of classes at his schools."""
        if not user.has_perm(permission):
            return Leave.objects.none()
        return Leave.objects.filter(student__in=Student.objects.visible_to(user, permission).order_by().values("pk"))

    def people_of(self, obj):
        return [obj.student_id]

    @admin.display(description="班级")
    def class_words(self, leave):
        return str(leave.class_group) if leave.class_group_id else "他的所有班"

    @admin.display(description="到哪天")
    def last_on(self, leave):
        return leave.until - DAY

    @admin.display(description="状态")
    def state_words(self, leave):
        return "已销假" if leave.voided_at else ""

    def changelist_view(self, request, extra_context=None):
        tools = [{"label": "登记请假", "url": reverse("admin:university_leave_find")}] if self.may_work(request) else []
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if self.may_work(request) and not obj.voided_at:
            tools.insert(0, {"label": "销假", "url": reverse("admin:university_leave_end", args=[obj.pk])})
        return tools

    def get_urls(self):
        name = "university_leave"
        pages = [
            path("find/", self.staff_view(self.find_view), name=f"{name}_find"),
            path("student/<int:pk>/", self.staff_view(self.enter_view), name=f"{name}_enter"),
            path("<int:pk>/end/", self.staff_view(self.end_view), name=f"{name}_end"),
        ]
        return pages + super().get_urls()

    def find_view(self, request):
        """By card number, exactly: nobody is browsed for."""
        self.allowed(request, self.right("change"))
        form = FindStudentForm(posted(request))
        mine = Student.objects.current().visible_to(request.user, self.right("change"))
        if request.method == "POST" and form.is_valid():
            found = mine.filter(card_no=read_number(form.cleaned_data["card"])).first()
            if found is not None:
                return HttpResponseRedirect(reverse("admin:university_leave_enter", args=[found.pk]))
            form.add_error("card", "没有这个卡号的学员，或者不在您管的学校里。")
        context = {
            "title": "登记请假", "form": form, "lead": "请学员报学员卡号，或者刷卡。", "buttons": [("do", "找")],
            "back": reverse(self.list_url), "list_url": reverse(self.list_url), "list_words": self.list_words,
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def enter_view(self, request, pk: int):
        right = self.right("change")
        self.allowed(request, right)
        mine = Student.objects.current().visible_to(request.user, right)
        student = self.found(mine.select_related("person"), pk)
        today = timezone.localdate()
        form = StaffLeaveForm(posted(request), initial={"first_on": today, "last_on": today})
        inside = Enrolment.objects.current().filter(student=student, state=EnrolmentState.STUDYING)
        own = ClassGroup.objects.filter(pk__in=inside.values("class_group")).select_related("course", "school")
        form.fields["class_group"].queryset = own

        def perform(values):
            note_leave(
                student, values["class_group"], first_on=values["first_on"], until=values["last_on"] + DAY,
                reason=values["reason"], by=values["by"], actor=request.user, on=today, form_key=values["form_key"],
            )  # fmt: skip
            return "登记好了。点名时会写着“请了假”。"

        audit.look(
            "open", actor=request.user, people=[student.pk], target=f"university.student:{student.pk}", request=request
        )
        return self.act(
            request, form, perform, title=f"登记请假：{student}", lead="请假不用证明，也不用批准。", button="登记",
            back=reverse(self.list_url),
        )  # fmt: skip

    def end_view(self, request, pk: int):
        leave = self.row_of(request, pk, right=self.right("change"))
        if request.method == "POST":
            take_back_leave(leave, actor=request.user, now=timezone.now())
            return self.back_with(request, "已销假。", self.url_of("change", leave))
        context = {
            "title": "销假", "question": f"{leave.student}从{leave.first_on}起的假，现在销掉？",
            "detail": "以后的课照常点名。", "button": "销假", "cancel_url": self.url_of("change", leave),
            "list_url": reverse(self.list_url), "list_words": self.list_words,
        }  # fmt: skip
        return self.page(request, "admin/university/confirm.html", context)


@admin.register(AbsenceCase)
class AbsenceCaseAdmin(LifeAdmin):
    list_url, list_words = "admin:university_absencecase_changelist", "长期缺课"
    list_display = ("student_words", "class_words", "since", "basis", "called_at", "decision_words")
    list_filter = ("decision",)
    search_fields = ("enrolment__student__person__name",)
    search_help_text = "学员姓名"
    select_related_in_list = select_related_in_record = (
        "enrolment__student__person", "enrolment__class_group__course", "called_by", "decided_by",
    )  # fmt: skip
    fields = (
        "enrolment",
        "basis",
        "since",
        "called_at",
        "reached",
        "said",
        "called_by",
        "decision",
        "decided_at",
        "decided_by",
    )
    ordering = ("-since", "-pk")
    sortable_by = ()
    empty_words = "打过电话、定过的记在这里。要核对的人见“长期缺课核对”。"

    def people_of(self, obj):
        return [obj.enrolment.student_id]

    @admin.display(description="学员")
    def student_words(self, case):
        return str(case.enrolment.student.person)

    @admin.display(description="班级")
    def class_words(self, case):
        return str(case.enrolment.class_group)

    @admin.display(description="决定")
    def decision_words(self, case):
        return case.get_decision_display() or "还没定"

    def changelist_view(self, request, extra_context=None):
        tools = [{"label": "要核对的人", "url": reverse("admin:university_absencecase_due")}]
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    def get_urls(self):
        name = "university_absencecase"
        pages = [
            path("due/", self.staff_view(self.due_view), name=f"{name}_due"),
            path("call/<int:pk>/", self.staff_view(self.call_view), name=f"{name}_call"),
            path("<int:pk>/decide/", self.staff_view(self.decide_view), name=f"{name}_decide"),
        ]
        return pages + super().get_urls()

    def classes(self, request, right: str):
        return ClassGroup.objects.current().visible_to(request.user, right)

    def due_view(self, request):
        """Whom the rule lists: to be rung, then decided by staff."""
        right = self.right("view")
        self.allowed(request, right)
        found = long_away(self.classes(request, right), timezone.localdate())
        audit.look(
            "open", actor=request.user, people=[one.enrolment.student_id for one in found], fields=["attendance"],
            target="university.absencecase:due", request=request,
        )  # fmt: skip
        may = self.may_work(request)
        context = {
            "title": "长期缺课核对", "columns": ("学员", "办理", "班", "为什么", "从哪天起", "缺课", "联系情况"),
            "lead": "规则只列名单，不自动退课。请先打电话问问身体和家里的情况，再由您定保留还是退课。",
            "rows": [due_row(one, may) for one in found], "links": [(reverse(self.list_url), "定过的")],
            "empty_text": "现在没有要核对的人。",
        }  # fmt: skip
        return self.page(request, "admin/university/table.html", context)

    def call_view(self, request, pk: int):
        right = self.right("change")
        self.allowed(request, right)
        row = self.found(
            Enrolment.objects.current()
            .visible_to(request.user, right)
            .select_related("student__person", "class_group__course"),
            pk,
        )
        one = next(
            (away for away in long_away(ClassGroup.objects.filter(pk=row.class_group_id), timezone.localdate())
             if away.enrolment.pk == row.pk), None,
        )  # fmt: skip
        back = reverse("admin:university_absencecase_due")
        if one is None:
            return self.back_with(request, "他已经不在名单上了（来上过课，或者已经定过）。", back)
        phones = "、".join(phone.number for phone in row.student.person.phones.order_by("position", "pk")[:2])

        def perform(values):
            note_call(row, basis=one.basis, since=one.since, actor=request.user, now=timezone.now(), **values)
            return "记下了。现在可以定保留还是退课。"

        audit.look(
            "open", actor=request.user, people=[row.student_id], fields=["phone"],
            target=f"university.enrolment:{row.pk}", request=request,
        )  # fmt: skip
        return self.act(
            request, AbsenceCallForm(posted(request)), perform, title=f"打电话：{row.student}",
            lead=f"“{row.class_group}”从 {one.since:%Y-%m-%d} 起缺课 {one.missed} 次。电话：{phones or '没有登记'}。",
            button="记下", back=back,
        )  # fmt: skip

    def decide_view(self, request, pk: int):
        case = self.row_of(request, pk, right=self.right("change"))

        def perform(values):
            decide(case, values["decision"], actor=request.user, now=timezone.now())
            return f"定好了：{case.get_decision_display() or '已记'}。"

        called = (
            f"{timezone.localtime(case.called_at):%m-%d %H:%M} {case.get_reached_display()}"
            if case.called_at
            else "还没有联系"
        )
        return self.act(
            request, AbsenceDecisionForm(posted(request)), perform, title=f"保留还是退课：{case.enrolment.student}",
            lead=f"“{case.enrolment.class_group}”{case.get_basis_display()}，从 {case.since:%Y-%m-%d} 起。"
            f"联系：{called}。{case.said}",
            button="就这样定", back=reverse("admin:university_absencecase_due"),
        )  # fmt: skip


def due_row(one, may: bool) -> tuple:
    case = one.case
    called = ""
    if case is not None and case.called_at:
        called = f"{timezone.localtime(case.called_at):%m-%d} {case.get_reached_display()} {case.said}"
    if not may:
        act = ""
    elif called:
        act = {"text": "定保留还是退课", "url": reverse("admin:university_absencecase_decide", args=[case.pk])}
    else:
        act = {"text": "打电话", "url": reverse("admin:university_absencecase_call", args=[one.enrolment.pk])}
    group = one.enrolment.class_group
    return (
        str(one.enrolment.student.person), act, {"text": str(group), "url": class_url(group)}, one.basis_words,
        f"{one.since:%Y-%m-%d}", f"{one.missed} 次", called or "还没有联系",
    )  # fmt: skip
