"""What is put right on one student's page: a paper entered by mistake, a fee that the rules have otherwise by now."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.university.choices.students import EnrolmentState
from apps.university.forms.students import VoidForm
from apps.university.models import Enrolment, School, Statement
from apps.university.rules.when import fee_words
from apps.university.services.fees import fee_now, reprice
from apps.university.services.statements import restore_statement, void_statement

CHANGE, PAY = "university.change_student", "university.add_payment"


class StudentCorrections:
    """Mixin of StudentAdmin."""

    def statement_view(self, request, pk: int):
        """Takes a paper out of use with a reason, or back into it."""
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        statement = self.one_of(Statement.objects.visible_to(request.user, CHANGE), pk)
        student = self.changeable_student(request, statement.student_id)
        is_void, back = statement.voided_at is not None, self.url_of("change", student)
        if is_void:
            return self.restore_page(request, student, statement, back)
        form = VoidForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                void_statement(statement, reason=form.cleaned_data["reason"], actor=request.user)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"{statement}已作废。登记错了可以在下面点“恢复”。")
                return HttpResponseRedirect(back)
        lead = (
            f"{statement.get_kind_display()}，{statement.signed_on} 签，"
            f"{statement.get_relation_display()}{statement.signer}。作废以后不再算交过，缺的材料重新列出来；"
            "原来的登记和原因留着，可以恢复。"
        )
        return self.act_page(request, form, f"作废材料：{self.title_of(student)}", lead, back)

    def restore_page(self, request, student, statement: Statement, back: str):
        if request.method == "POST":
            restore_statement(statement, actor=request.user)
            messages.success(request, f"{statement}已恢复。")
            return HttpResponseRedirect(back)
        return self.confirm_page(
            request, f"恢复材料：{self.title_of(student)}", f"恢复{statement}？",
            f"作废原因：{statement.void_reason}。恢复以后又算交过。", "恢复", back,
        )  # fmt: skip

    def reprice_view(self, request, pk: int):
        """应缴 by the rules of today (班长, 离休), with the difference before it is written."""
        if not request.user.has_perm(PAY):
            raise PermissionDenied
        schools = School.objects.visible_to(request.user, PAY).order_by().values("pk")
        rows = Enrolment.objects.current().filter(class_group__school__in=schools, state=EnrolmentState.STUDYING)
        row = self.one_of(
            rows.select_related("class_group__school__unit", "class_group__course", "student__person"), pk
        )
        today, back = timezone.localdate(), self.url_of("change", row.student)
        if request.method == "POST":
            return self.reprice_now(request, row, today, back)
        audit.look("student.see", actor=request.user, people=[row.student_id], request=request)
        fee, discount = fee_now(row, today)
        question = f"应缴由 {fee_words(row.fee_due)} 改为 {fee_words(fee)}？"
        if fee == row.fee_due:
            question = f"按现在的规定，应缴还是{fee_words(fee)}。"
        title = f"重算应缴：{self.title_of(row.student)} {row.class_group}"
        return self.confirm_page(request, title, question, outcome_words(row, fee, discount), "重算", back)

    def reprice_now(self, request, enrolment: Enrolment, today, back: str):
        try:
            row = reprice(enrolment, on=today, actor=request.user)
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, f"应缴已改为 {fee_words(row.fee_due)}。{money_left(row, row.fee_due)}")
        return HttpResponseRedirect(back)

    def confirm_page(self, request, title: str, question: str, detail: str, button: str, back: str):
        context = {
            "title": title, "question": question, "detail": detail, "button": button, "cancel_url": back,
            "list_url": reverse("admin:university_student_changelist"), "list_words": "学员",
        }  # fmt: skip
        return self.page(request, "admin/university/confirm.html", context)

    @staticmethod
    def one_of(rows, pk: int):
        found = rows.order_by().filter(pk=pk).first() if pk < 2**63 else None
        if found is None:
            raise Http404
        return found


def outcome_words(row: Enrolment, fee, discount: str) -> str:
    """What a new fee means, before it is written: 优惠, and what is owed or paid too much."""
    was, now = row.discount or "全额", discount or "全额"
    changed = f"优惠由“{was}”变为“{now}”。" if was != now else f"优惠：{now}。"
    return changed + money_left(row, fee)


def money_left(row: Enrolment, fee) -> str:
    kept = row.paid - row.refunded
    if kept > fee:
        return f"已缴 {kept} 元，多缴 {kept - fee} 元，请给他办“多缴”退费。"
    return f"已缴 {kept} 元，还要缴 {fee - kept} 元。" if kept < fee else f"已缴 {kept} 元，正好缴清。"
