"""退费: the list, writing one down, its page and steps, and the lists for the finance office."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import content_disposition_header

from apps.common import attachments, audit
from apps.common.admin_base import RecordAdmin
from apps.common.capital_amount import capital_amount
from apps.common.choices import PaperState
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.university.choices.money import IN_FULL, RefundAct, RefundCause, RefundState
from apps.university.forms.money import EndForm, PaidForm, RefundForm, SignForm, UndoForm
from apps.university.models import Enrolment, Refund, School
from apps.university.queries.fees import to_refund
from apps.university.queries.students import matching
from apps.university.rules.refunds import may
from apps.university.services import refunds as services

from .class_refunds import ClassRefunds, cancelled_with_money
from .refund_batches import RefundBatches
from .student_filters import picked

VIEW, ADD, CHANGE = "university.view_refund", "university.add_refund", "university.change_refund"
Act = RefundAct
TONES = {RefundState.APPLIED: "soon", RefundState.SIGNED: "soon", RefundState.SENT: "info", RefundState.PAID: "done"}
FORMS = {Act.SIGN: SignForm, Act.PAY: PaidForm, Act.REFUSE: EndForm, Act.WITHDRAW: EndForm, Act.UNDO: UndoForm}
LEADS = {
    Act.SIGN: "退费申请表由学员和学校签字收回以后登记；有扫描件的一起交。",
    Act.PAY: "财务把钱退给学员以后登记，写上凭证号。",
    Act.REFUSE: "学员会看到原因。这笔钱仍算已缴。",
    Act.WITHDRAW: "学员不退了。课程的名额不会因此恢复。",
    Act.UNDO: "回到办这一步之前。",
}


class RefundStateFilter(admin.SimpleListFilter):
    """Without a choice: what is under way."""

    title, parameter_name = "进度", "state"

    def lookups(self, request, model_admin):
        return [*RefundState.choices, ("all", "全部")]

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        return [{**first, "display": "正在办的"}, *rest]

    def queryset(self, request, queryset):
        asked = self.value()
        if asked is None:
            return queryset.filter(state__in=(RefundState.APPLIED, RefundState.SIGNED, RefundState.SENT))
        if asked == "all":
            return queryset
        return queryset.filter(state=asked) if asked in RefundState.values else queryset.none()


class RefundSchoolFilter(admin.SimpleListFilter):
    title, parameter_name = "学校", "school"

    def lookups(self, request, model_admin):
        return [(str(row.pk), str(row)) for row in School.objects.visible_to(request.user, VIEW).current()[:200]]

    def queryset(self, request, queryset):
        return queryset if self.value() is None else queryset.filter(school=picked(self.value()))


class RefundCauseFilter(admin.SimpleListFilter):
    title, parameter_name = "原因", "cause"

    def lookups(self, request, model_admin):
        return RefundCause.choices

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.filter(cause=self.value()) if self.value() in RefundCause.values else queryset.none()


@admin.register(Refund)
class RefundAdmin(RefundBatches, ClassRefunds, RecordAdmin):
    empty_words = "在学员的页面上点“退费”；取消开班、换课有余额的在“该退费的”里。"
    list_display = ("applied", "who", "class_name", "cause", "money", "state_tag", "school")
    list_display_links = ("applied", "who")
    list_filter = (RefundStateFilter, RefundSchoolFilter, RefundCauseFilter)
    search_fields = ("enrolment__student__person__name",)
    search_help_text = "学员姓名、拼音或卡号"
    select_related_in_list = ("enrolment__student__person", "enrolment__class_group__course", "school")
    select_related_in_record = (*select_related_in_list, "school__unit", "batch", "paper", "proof", "entered_by",
                                "enrolment__class_group__term")  # fmt: skip
    ordering = ("-applied_on", "-pk")
    sortable_by = ()

    def get_queryset(self, request):
        return super().get_queryset(request).filter(voided_at__isnull=True).defer("account")

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        asked, condition = matching(search_term)
        if condition is None:
            return queryset.none(), False
        if asked.is_number:
            audit.look("search", actor=request.user, fields=[asked.value], request=request)
        students = self.related_rows(Enrolment.student.field.related_model, request)
        keys = students.filter(condition).order_by().values("pk")
        return queryset.filter(enrolment__student__in=keys), False

    def people_of(self, obj):
        return [obj.enrolment.student_id]

    def title_of(self, obj):
        return f"退费：{obj.enrolment.student.person.name} {obj.enrolment.class_group}"

    @admin.display(description="申请日期")
    def applied(self, obj):
        return f"{obj.applied_on:%Y-%m-%d}"

    @admin.display(description="学员")
    def who(self, obj):
        return obj.enrolment.student.person.name

    @admin.display(description="班级")
    def class_name(self, obj):
        return str(obj.enrolment.class_group)

    @admin.display(description="退费（元）")
    def money(self, obj):
        return f"{obj.amount:.2f}"

    @admin.display(description="进度")
    def state_tag(self, obj):
        return format_html('<span class="tag {}">{}</span>', TONES.get(obj.state, ""), obj.get_state_display())

    def has_add_permission(self, request):
        return request.user.has_perm(ADD)

    def changelist_view(self, request, extra_context=None):
        tools = [{"label": "该退费的", "url": reverse("admin:university_refund_waiting")}]
        if request.user.has_perm(CHANGE):
            tools.append({"label": "送财务", "url": reverse("admin:university_refund_send")})
        context = {"list_tools": tools, "has_add_permission": False, **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_urls(self):
        name = "university_refund"
        own = [
            ("<int:pk>/act/<slug:act>/", self.act_view, "act"), ("<int:pk>/print/", self.print_view, "print"),
            ("<int:pk>/proof/", self.proof_view, "proof"), ("waiting/", self.waiting_view, "waiting"),
            ("class/<int:pk>/", self.class_view, "class"),
            ("class/<int:pk>/print/", self.class_print_view, "class_print"),
            ("send/", self.send_view, "send"), ("batch/<int:pk>/", self.batch_view, "batch"),
        ]  # fmt: skip
        return [*(path(route, self.staff_view(view), name=f"{name}_{key}") for route, view, key in own),
                *super().get_urls()]  # fmt: skip

    def refund_of(self, request, pk: int) -> Refund:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, str(pk))

    # Writing one down

    def enrolment_asked(self, request) -> Enrolment:
        schools = School.objects.visible_to(request.user, ADD).order_by().values("pk")
        rows = Enrolment.objects.filter(class_group__school__in=schools).select_related(
            "class_group__course", "class_group__school__unit", "student__person"
        )
        found = rows.filter(pk=picked(request.GET.get("enrolment")) or 0).first()
        if found is None:
            raise Http404
        return found

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        if "enrolment" not in request.GET:
            return HttpResponseRedirect(reverse("admin:university_refund_waiting"))
        row = self.enrolment_asked(request)
        causes = services.causes_of(row)
        form = RefundForm(request.POST or None, request.FILES or None, causes=causes)
        back = reverse("admin:university_student_change", args=[row.student_id])
        if request.method == "POST" and form.is_valid():
            values = dict(form.cleaned_data)
            facts = services.RefundFacts(
                values["cause"], values["applicant"], values["relation"], values["payee"], values["account"]
            )
            try:
                refund = services.apply(
                    row, facts, file=values["file"], actor=request.user, now=timezone.now(), form_key=values["key"]
                )
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已登记，退 {refund.amount} 元。请打印退费申请表签字。")
                return HttpResponseRedirect(self.url_of("change", refund))
        context = {
            "title": f"登记退费：{row.student.person.name} {row.class_group}", "form": form, "back": back,
            "list_url": reverse("admin:university_refund_changelist"), "list_words": "退费",
            "outlook": self.outlook(row, causes), "row": row, "leaves": row.state == "in" and row.voided_at is None,
        }  # fmt: skip
        return self.page(request, "admin/university/refund_add.html", context, status=422 if form.errors else 200)

    def outlook(self, row: Enrolment, causes: list[str]) -> list[list]:
        """What each cause would give back today, before anything is written."""
        today = timezone.localdate()
        found = []
        for cause in causes:
            reckoned, _, _, _ = services.reckon(row, cause, today)
            words = reckoned.refusal or reckoned.words
            found.append([RefundCause(cause).label, f"{reckoned.amount:.2f}", words])
        return found

    # One refund

    def change_view(self, request, object_id, form_url="", extra_context=None):
        row = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        request.reading_record = True
        may_change = self.may_change(request, row)
        audit.look(
            "student.see", actor=request.user, people=self.people_of(row), request=request,
            fields=["account"] if may_change else [], target=f"university.refund:{row.pk}",
        )  # fmt: skip
        context = {
            "title": self.title_of(row), "original": row, "row": row, "tone": TONES.get(row.state, ""),
            "facts": refund_facts(row, account=may_change), "steps": list(row.steps.select_related("entered_by")),
            "acts": self.acts_of(request, row), "student_url": self.student_url(row),
            "print_url": reverse("admin:university_refund_print", args=[row.pk]),
            "history_url": self.url_of("history", row), "proof": row.proof if may_change else None,
        }  # fmt: skip
        return self.page(request, "admin/university/refund_page.html", context)

    def student_url(self, row: Refund) -> str:
        return reverse("admin:university_student_change", args=[row.enrolment.student_id])

    def act_names(self, request, row: Refund) -> list[str]:
        if not self.may_change(request, row):
            return []
        names = [act for act in (Act.SIGN, Act.PAY, Act.REFUSE, Act.WITHDRAW) if may(act, row.state)]
        return [*names, Act.UNDO] if services.undoable(row, timezone.localdate()) else names

    def acts_of(self, request, row: Refund) -> list[dict]:
        names = self.act_names(request, row)
        found = [
            {
                "label": Act(act).label, "main": act in (Act.SIGN, Act.PAY),
                "url": reverse("admin:university_refund_act", args=[row.pk, act]),
            }
            for act in names
        ]  # fmt: skip
        if row.state == RefundState.SIGNED and self.may_change(request, row):
            found.insert(0, {"label": "送财务", "main": True, "url": reverse("admin:university_refund_send")})
        return found

    def act_view(self, request, pk: int, act: str):
        row = self.refund_of(request, pk)
        if act not in FORMS:
            raise Http404
        if act not in self.act_names(request, row):
            if not self.may_change(request, row):
                raise PermissionDenied
            messages.info(request, "这一步现在不用办，或者刚有人办过。")
            return HttpResponseRedirect(self.url_of("change", row))
        last = services.undoable(row, timezone.localdate()) if act == Act.UNDO else None
        form = FORMS[act](request.POST or None, request.FILES or None, initial={"step": last.pk} if last else {})
        form.submit_label = f"撤回“{last.get_act_display()}”" if last else Act(act).label
        if request.method == "POST" and form.is_valid():
            try:
                self.perform(request, row, act, dict(form.cleaned_data))
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已办：{Act(act).label}。")
                return HttpResponseRedirect(self.url_of("change", row))
        context = {
            "title": f"{Act(act).label}：{row.enrolment.student.person.name}", "form": form, "media": form.media,
            "lead": LEADS[act], "back": self.url_of("change", row), "list_words": "退费",
            "list_url": reverse("admin:university_refund_changelist"), "buttons": [("save", form.submit_label)],
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def perform(self, request, row: Refund, act: str, values: dict) -> None:
        actor, today = request.user, timezone.localdate()
        if act == Act.SIGN:
            services.sign(row, on=values["on"], file=values["file"], actor=actor, today=today)
        elif act == Act.PAY:
            services.pay(row, on=values["on"], voucher=values["voucher"], actor=actor, today=today)
        elif act == Act.UNDO:
            services.undo(row, reason=values["reason"], step_id=values["step"], actor=actor, today=today)
        else:
            services.end(row, act, on=values["on"], reason=values["reason"], actor=actor, today=today)

    def print_view(self, request, pk: int):
        """退费申请表; numbered by whoever may change it, it is a paper that is waited for."""
        row = self.refund_of(request, pk)
        paper = row.paper if row.paper and row.paper.state != PaperState.CANCELLED else None
        numbers = paper is None and row.state == RefundState.APPLIED and self.may_change(request, row)
        if request.method == "POST":
            if not numbers:
                raise PermissionDenied
            services.form_of(row, actor=request.user)
            return HttpResponseRedirect(request.path)
        audit.look("print", actor=request.user, people=self.people_of(row), reason="退费申请表", request=request)
        frame = frame_for(
            request, "退费申请表", paper=paper, scope=row.school.name, back_url=self.url_of("change", row),
            number_as="编号，送签字" if numbers else "",
        )  # fmt: skip
        context = {
            "frame": frame, "row": row, "lines": refund_facts(row, account=self.may_change(request, row)),
            "capital": capital_amount(row.amount),
        }  # fmt: skip
        response = render(request, "print/university/refund.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def proof_view(self, request, pk: int):
        """The proof, on record before it leaves; only for who may change the refund."""
        row = self.refund_of(request, pk)
        if row.proof is None or not self.may_change(request, row):
            raise Http404
        audit.look("download", actor=request.user, people=self.people_of(row), request=request)
        try:
            data = attachments.read(row.proof)
        except FileNotFoundError:
            raise Http404 from None
        response = HttpResponse(data, content_type=row.proof.content_type)
        response["Content-Disposition"] = content_disposition_header(True, row.proof.filename)
        response["Cache-Control"] = "no-store"
        return response

    # Places that ended with money here

    def waiting_view(self, request):
        if not request.user.has_perm(VIEW):
            raise PermissionDenied
        schools = School.objects.visible_to(request.user, VIEW).order_by().values("pk")
        rows = to_refund(Enrolment.objects.filter(class_group__school__in=schools)).select_related(
            "student__person", "class_group__course", "class_group__school"
        )
        rows = list(rows.order_by("-ended_on", "pk")[:300])
        audit.look("student.see", actor=request.user, people=[row.student_id for row in rows], request=request)
        add = request.user.has_perm(ADD)
        context = {
            "title": "该退费的", "classes": cancelled_with_money(request.user),
            "class_columns": ("取消的班", "学校", "还没有登记", {"label": "共（元）", "is_number": True}, "办理"),
            "rows": [_waiting(row, add) for row in rows],
            "columns": ("学员", "班级", "学校", "怎样结束的", "结束日期", {"label": "已缴", "is_number": True}, "办理"),
        }  # fmt: skip
        return self.page(request, "admin/university/refunds_waiting.html", context)


def _waiting(row: Enrolment, add: bool) -> list:
    url = f"{reverse('admin:university_refund_add')}?enrolment={row.pk}" if add else ""
    ended = "撤销报名" if row.voided_at else row.get_state_display()
    return [
        row.student.person.name, str(row.class_group), str(row.class_group.school), ended, f"{row.ended_on or ''}",
        f"{row.paid:.2f}", {"text": "登记退费", "url": url} if add else "",
    ]  # fmt: skip


def refund_facts(row: Refund, *, account: bool) -> list[tuple]:
    """Name and text of every line of the page and the form."""
    enrolment = row.enrolment
    facts = [
        ("学员", f"{enrolment.student.person.name}（卡号 {enrolment.student.card_no}）"),
        ("班级", f"{enrolment.class_group.term} {enrolment.class_group}"),
        ("原因", row.get_cause_display()),
        ("申请日期", f"{row.applied_on}"),
        ("已缴", f"{row.basis} 元"),
        ("怎样算的", row.words),
        ("退费", f"{row.amount} 元（{capital_amount(row.amount)}）"),
        ("收款人", row.payee),
    ]
    if row.cause not in IN_FULL:
        facts.insert(4, ("退课日期", f"{row.left_on}，已上 {row.sessions} 次课"))
    if row.applicant:
        facts.append(("代办人", f"{row.applicant}（{row.relation}）"))
    if account and row.account:
        facts.append(("收款账号", row.account))
    return facts
