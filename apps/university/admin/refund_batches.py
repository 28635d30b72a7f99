"""Lists of refunds for the finance office: chosen, sent, printed with capital amounts."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.common import audit
from apps.common.capital_amount import capital_amount
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.university.choices.money import RefundState
from apps.university.forms.students import KeyForm, PastDay
from apps.university.models import Refund, RefundBatch, School
from apps.university.services import refunds as services

VIEW, CHANGE = "university.view_refund", "university.change_refund"
MOST = 200


class SendForm(KeyForm):
    """The signed refunds of one school, all ticked."""

    refunds = forms.ModelMultipleChoiceField(
        label="送哪些", queryset=Refund.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请勾选要送财务的退费。"},
    )  # fmt: skip
    on = PastDay(label="送交日期")

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["refunds"].queryset = rows
        self.fields["refunds"].initial = list(rows.values_list("pk", flat=True))
        self.fields["refunds"].label_from_instance = lambda row: (
            f"{row.enrolment.student.person.name}　{row.enrolment.class_group}　{row.amount} 元"
        )


class RefundBatches:
    """Mixin of RefundAdmin."""

    def send_view(self, request):
        """One list a school: the school is chosen by the button that is pressed."""
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        schools = School.objects.visible_to(request.user, CHANGE).current()
        signed = Refund.objects.filter(state=RefundState.SIGNED, voided_at__isnull=True).defer("account")
        signed = signed.select_related("enrolment__student__person", "enrolment__class_group__course")
        found = []
        for school in schools.filter(refunds__in=signed.order_by()).distinct():
            rows = signed.filter(school=school).order_by("applied_on", "pk")
            mine = request.method == "POST" and request.POST.get("school") == str(school.pk)
            form = SendForm(request.POST if mine else None, rows=rows)
            if mine and form.is_valid():
                answer = self._send(request, school, form)
                if answer is not None:
                    return answer
            found.append((school, form))
        people = [row.enrolment.student_id for row in signed.filter(school__in=schools.order_by().values("pk"))[:MOST]]
        audit.look("student.see", actor=request.user, people=sorted(set(people)), request=request)
        batches = RefundBatch.objects.visible_to(request.user, VIEW).select_related("school")[:20]
        context = {
            "title": "送财务", "forms": found,
            "batches": [(row, reverse("admin:university_refund_batch", args=[row.pk])) for row in batches],
        }  # fmt: skip
        status = 422 if any(form.errors for _, form in found) else 200
        return self.page(request, "admin/university/refund_send.html", context, status=status)

    def _send(self, request, school: School, form: SendForm):
        values = form.cleaned_data
        try:
            batch = services.send(
                school, values["refunds"], on=values["on"], actor=request.user, today=timezone.localdate(),
                form_key=values["key"],
            )  # fmt: skip
        except BusinessError as refusal:
            form.refuse(refusal)
            return None
        messages.success(request, f"{batch} 已送财务，请打印清单。")
        return HttpResponseRedirect(reverse("admin:university_refund_batch", args=[batch.pk]))

    def batch_view(self, request, pk: int):
        """The list on A4: who, which class, how much in figures and in capitals, whose account."""
        if not request.user.has_perm(VIEW):
            raise PermissionDenied
        rows = RefundBatch.objects.visible_to(request.user, VIEW).select_related("school")
        batch = rows.filter(pk=pk).first() if pk < 2**63 else None
        if batch is None:
            raise Http404
        refunds = batch.refunds.select_related("enrolment__student__person", "enrolment__class_group__course")
        refunds = list(refunds.order_by("pk"))
        for row in refunds:
            row.capital = capital_amount(row.amount)
        may = RefundBatch.objects.visible_to(request.user, CHANGE).filter(pk=pk).exists()
        audit.look(
            "print", actor=request.user, people=[row.enrolment.student_id for row in refunds], reason="退费清单",
            fields=["account"] if may else [], request=request,
        )  # fmt: skip
        total = sum((row.amount for row in refunds), 0)
        frame = frame_for(
            request, "退费清单", scope=f"{batch.school.name}　第 {batch.number} 批　{batch.sent_on:%Y年%-m月%-d日}送交",
            landscape=True, columns=8, order="登记先后", signature="经办人", stamp=True,
            back_url=reverse("admin:university_refund_send"),
        )  # fmt: skip
        context = {
            "frame": frame, "refunds": refunds, "account": may, "total": total,
            "capital": capital_amount(total), "batch": batch,
        }  # fmt: skip
        response = render(request, "print/university/refund_batch.html", context)
        response["Cache-Control"] = "no-store"
        return response
