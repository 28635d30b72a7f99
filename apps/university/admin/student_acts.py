"""What staff do with one student: papers out and back, the card, taking fees. And cards of many on A4."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.registry.wording import age_of
from apps.university.choices.statements import StatementKind
from apps.university.forms.money import PayForm
from apps.university.forms.students import ReasonForm, StatementForm
from apps.university.models import Student
from apps.university.queries.fees import unpaid
from apps.university.services import cards, payments, statements

from .student_import import StudentImport

PAY = "university.add_payment"
MOST_CARDS = 200


class StudentActs(StudentImport):
    """Mixin of StudentAdmin."""

    def changeable_student(self, request, pk: int) -> Student:
        student = self.student_of(request, pk)
        if not self.may_change(request, student):
            raise PermissionDenied
        return student

    # Papers

    def papers_view(self, request, pk: int):
        """Which papers came back; and the blank ones to print."""
        student = self.changeable_student(request, pk)
        form = StatementForm(request.POST or None, schools=self.schools_of_student(request, student))
        if request.method == "POST" and form.is_valid():
            values = dict(form.cleaned_data)
            school, kinds, key = values.pop("school"), values.pop("kinds"), values.pop("key")
            try:
                statements.record_statements(
                    student, school, kinds, signed_on=values["signed_on"], relation=values["relation"],
                    signer=values["signer"], actor=request.user, on=timezone.localdate(), form_key=key,
                )  # fmt: skip
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "已登记交回。")
                return HttpResponseRedirect(self.url_of("change", student))
        blanks = [
            (label, reverse("admin:university_student_paper", args=[student.pk, kind]))
            for kind, label in StatementKind.choices
        ]
        return self.act_page(
            request, form, f"交回材料：{self.title_of(student)}", "", self.url_of("change", student),
            template="admin/university/student_papers.html", blanks=blanks,
        )  # fmt: skip

    def schools_of_student(self, request, student: Student):
        return self.schools_of(request).filter(students__student=student)

    def paper_print_view(self, request, pk: int, kind: str):
        """A blank paper with his name, numbered by a button so that it is waited for."""
        student = self.student_of(request, pk)
        school = self.schools_of_student(request, student).select_related("unit").first()
        if kind not in StatementKind.values or school is None:
            raise Http404
        may = self.may_change(request, student)
        if request.method == "POST":
            if not may:
                raise PermissionDenied
            statements.print_statement(student, school, kind, actor=request.user)
            return HttpResponseRedirect(request.path)
        paper = statements.paper_out(student, kind)
        label = StatementKind(kind).label
        audit.look("print", actor=request.user, people=[student.pk], reason=label, request=request)
        frame = frame_for(
            request, f"{school.name}{label}", paper=paper,
            back_url=reverse("admin:university_student_papers", args=[pk]),
            number_as="编号，等交回" if paper is None and may else "",
        )  # fmt: skip
        context = {
            "frame": frame, "student": student, "person": student.person, "school": school, "kind": kind,
            "age": age_of(student.person, timezone.localdate()),
        }  # fmt: skip
        return _private(render(request, "print/university/statement.html", context))

    # Cards

    def card_view(self, request, pk: int):
        """The card in use and those before it; lost or spoilt, a new number."""
        student = self.changeable_student(request, pk)
        form = ReasonForm(request.POST or None, initial={"seen": student.card_no, "reason": "挂失"})
        form.submit_label = "停用旧卡，换新卡号"
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                card = cards.replace_card(
                    student, values["reason"], seen=values["seen"], on=timezone.localdate(), actor=request.user
                )
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"新卡号 {card.card_no}。旧卡再用会提示已停用，请打印新卡。")
                return HttpResponseRedirect(reverse("admin:university_student_card", args=[pk]))
        return self.act_page(
            request, form, f"学员卡：{self.title_of(student)}", "", self.url_of("change", student),
            template="admin/university/student_card.html", cards=list(student.cards.all()), student=student,
            print_url=f"{reverse('admin:university_student_cards')}?student={pk}",
        )  # fmt: skip

    def cards_view(self, request):
        """Cards on A4, ten a sheet: of one student, or of those the list shows, or only those not printed yet."""
        if not request.user.has_perm("university.add_student"):
            raise PermissionDenied
        rows = self.rows_of_list(request).prefetch_related("cards")
        if request.GET.get("fresh"):
            rows = rows.filter(cards__ended_on__isnull=True, cards__printed_at__isnull=True)
        students = list(rows[: MOST_CARDS + 1])
        more, students = len(students) > MOST_CARDS, students[:MOST_CARDS]
        if request.method == "POST":
            cards.note_printed([one.pk for one in students], actor=request.user, request=request)
            messages.success(request, f"{len(students)} 张已记为打印过。")
            return HttpResponseRedirect(reverse("admin:university_student_changelist"))
        audit.look("print", actor=request.user, people=[one.pk for one in students], reason="学员卡", request=request)
        frame = frame_for(
            request, "学员卡", recall=False, order="姓名拼音", back_url=reverse("admin:university_student_changelist"),
            number_as="记为已打印" if students else "",
        )  # fmt: skip
        context = {
            "frame": frame, "more": more, "most": MOST_CARDS,
            "cards": [(one, cards.card_image(one.card_no)) for one in students],
        }  # fmt: skip
        return _private(render(request, "print/university/student_cards.html", context))

    def rows_of_list(self, request):
        """The students of the list as it is filtered in the address; `student` names one."""
        if "student" in request.GET:
            key = request.GET["student"]
            return self.get_queryset(request).filter(pk=int(key) if key.isdecimal() and len(key) < 18 else 0)
        kept = request.GET.copy()
        kept.pop("fresh", None)
        request.GET = kept
        return self.get_changelist_instance(request).get_queryset(request)

    # Fees

    def pay_view(self, request, pk: int):
        """One confirmation for one or several classes of one school."""
        student = self.student_of(request, pk)
        if not request.user.has_perm(PAY):
            raise PermissionDenied
        schools = list(self.schools_of(request, PAY))
        rows = unpaid(student.enrolments.all()).filter(class_group__school__in=schools)
        rows = list(
            rows.select_related("class_group__course", "class_group__school", "class_group__term").order_by("pk")
        )
        form = PayForm(request.POST or None, rows=rows)
        if request.method == "POST" and form.is_valid():
            try:
                payment = payments.take_payment(
                    student, form.amounts(), **form.values(), actor=request.user, on=timezone.localdate(),
                    form_key=form.cleaned_data["key"],
                )  # fmt: skip
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已收 {payment.amount} 元，确认单号 {payment.number}。")
                return HttpResponseRedirect(reverse("admin:university_payment_change", args=[payment.pk]))
        return self.act_page(
            request, form, f"收费：{self.title_of(student)}", "", self.url_of("change", student),
            template="admin/university/student_pay.html", student=student, rows=rows,
            total=sum((row.owes for row in rows), 0),
        )  # fmt: skip


def _private(response):
    response["Cache-Control"] = "no-store"
    return response
