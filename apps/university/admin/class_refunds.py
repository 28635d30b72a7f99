"""全部退费 of a cancelled class: written down, signed on one list, sent to the finance office together."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q, Sum
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.common import audit
from apps.common.capital_amount import capital_amount
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.university.choices.money import RefundState
from apps.university.choices.schools import ClassState
from apps.university.choices.students import EnrolmentState
from apps.university.forms.money import BackForm, DayForm
from apps.university.forms.students import KeyForm
from apps.university.models import ClassGroup, School
from apps.university.services import class_refunds as services

VIEW, CHANGE = "university.view_refund", "university.change_refund"
TONES = {RefundState.APPLIED: "soon", RefundState.SIGNED: "soon", RefundState.SENT: "info", RefundState.PAID: "done"}
NUMBER = {"is_number": True}
COLUMNS = ("学员", "卡号", {"label": "已缴（元）", **NUMBER}, {"label": "退费（元）", **NUMBER}, "进度")
# The button that was pressed → what goes with it.
FORMS = {"apply": KeyForm, "sign": DayForm, "withdraw": BackForm, "send": DayForm}
SHOWN = (RefundState.APPLIED, RefundState.SIGNED, RefundState.SENT, RefundState.PAID, RefundState.REFUSED)


class ClassRefunds:
    """Mixin of RefundAdmin."""

    def cancelled_class(self, request, pk: int, right: str) -> ClassGroup:
        if not request.user.has_perm(right):
            raise PermissionDenied
        rows = ClassGroup.objects.visible_to(request.user, right).filter(state=ClassState.CANCELLED)
        group = rows.filter(pk=pk).select_related("course", "school", "term").first() if pk < 2**63 else None
        if group is None:
            raise Http404
        return group

    def class_view(self, request, pk: int):
        """Who gets his money back, how far it is, and the next step for all of them."""
        group = self.cancelled_class(request, pk, CHANGE if request.method == "POST" else VIEW)
        pressed = next((step for step in FORMS if step in request.POST), "")
        forms = {
            step: form(request.POST if step == pressed else None, auto_id=f"id_{step}_%s")
            for step, form in FORMS.items()
        }
        if pressed and forms[pressed].is_valid():
            answer = self.perform_for_all(request, group, pressed, forms[pressed])
            if answer is not None:
                return answer
        left = list(services.owed_back(group).select_related("student__person").order_by("pk"))
        refunds = list(services.refunds_of(group, *SHOWN).order_by("enrolment_id"))
        people = {row.student_id for row in left} | {row.enrolment.student_id for row in refunds}
        audit.look("student.see", actor=request.user, people=sorted(people), request=request)
        states = [row.state for row in refunds]
        may = ClassGroup.objects.visible_to(request.user, CHANGE).filter(pk=group.pk).exists()
        context = {
            "title": f"全部退费：{group}", "group": group, "forms": forms, "columns": COLUMNS, "left": left,
            "rows": [_left(row) for row in left] + [_refund(row) for row in refunds],
            "left_total": sum((row.paid - row.refunded for row in left), 0), "applied": states.count("applied"),
            "signed": states.count("signed"), "pressed": forms.get(pressed),
            "total": sum((row.amount for row in refunds if row.state != RefundState.REFUSED), 0),
            "may": may, "print_url": reverse("admin:university_refund_class_print", args=[group.pk]),
            "batches": sorted(
                {(row.batch_id, str(row.batch)) for row in refunds if row.batch_id is not None}
            ),
        }  # fmt: skip
        refused = bool(pressed and forms[pressed].errors)
        return self.page(request, "admin/university/class_refunds.html", context, status=422 if refused else 200)

    def perform_for_all(self, request, group: ClassGroup, step: str, form):
        url = reverse("admin:university_refund_class", args=[group.pk])
        try:
            words, batch = self.step_for_all(group, step, form.cleaned_data, request.user)
        except BusinessError as refusal:
            form.refuse(refusal)
            return None
        messages.success(request, words)
        return HttpResponseRedirect(reverse("admin:university_refund_batch", args=[batch.pk]) if batch else url)

    @staticmethod
    def step_for_all(group: ClassGroup, step: str, values: dict, actor) -> tuple:
        """(what is said, the list for the finance office where one was made)"""
        now = timezone.now()
        today = timezone.localdate(now)
        if step == "apply":
            done = services.apply_all(group, actor=actor, now=now)
            words = f"登记好了：{done.count} 位，共退 {done.total} 元。请打印签字清单。"
            return words if done.count else "都登记过了。", None
        if step == "sign":
            done = services.sign_all(group, on=values["on"], actor=actor, today=today)
            return f"已登记签字收回：{done.count} 位，共 {done.total} 元。", None
        if step == "withdraw":
            done = services.withdraw_all(group, reason=values["reason"], actor=actor, today=today)
            return f"已撤回 {done.count} 位的申请，可以重新登记。", None
        batch = services.send_all(group, on=values["on"], actor=actor, today=today, form_key=values["key"])
        return f"{batch} 已送财务，请打印清单。", batch

    def class_print_view(self, request, pk: int):
        """One list for all to sign, instead of a form each: what goes back in figures and capitals."""
        group = self.cancelled_class(request, pk, VIEW)
        rows = list(
            services.refunds_of(group, RefundState.APPLIED, RefundState.SIGNED).order_by(
                "enrolment__student__person__name_sort_key", "pk"
            )
        )
        for row in rows:
            row.capital = capital_amount(row.amount)
        people = [row.enrolment.student_id for row in rows]
        audit.look("print", actor=request.user, people=people, reason="取消开班退费签字清单", request=request)
        total = sum((row.amount for row in rows), 0)
        frame = frame_for(
            request, "取消开班退费签字清单", scope=f"{group.school.name}　{group.term}　{group}", landscape=True,
            columns=8, order="姓名拼音", signature="经办人", stamp=True,
            back_url=reverse("admin:university_refund_class", args=[group.pk]),
        )  # fmt: skip
        context = {"frame": frame, "refunds": rows, "total": total, "capital": capital_amount(total)}
        response = render(request, "print/university/class_refunds.html", context)
        response["Cache-Control"] = "no-store"
        return response


def cancelled_with_money(user, right: str = VIEW) -> list[list]:
    """Cancelled classes that somebody paid for and has his money to get, as rows of a table. One statement."""
    schools = School.objects.visible_to(user, right).order_by().values("pk")
    waits = Q(
        enrolments__state=EnrolmentState.CANCELLED, enrolments__voided_at__isnull=True,
        enrolments__paid__gt=F("enrolments__refunded"),
    )  # fmt: skip
    rows = ClassGroup.objects.filter(school__in=schools, state=ClassState.CANCELLED).annotate(
        people=Count("enrolments", filter=waits),
        money=Sum(F("enrolments__paid") - F("enrolments__refunded"), filter=waits),
    )
    rows = rows.filter(people__gt=0).select_related("course", "school").order_by("-first_on", "pk")
    return [
        [
            str(row), str(row.school), f"{row.people} 人", f"{row.money:.2f}",
            {"text": "全部退费", "url": reverse("admin:university_refund_class", args=[row.pk])},
        ]
        for row in rows[:50]
    ]  # fmt: skip


def _left(row) -> list:
    return [
        row.student.person.name, row.student.card_no, f"{row.paid:.2f}", f"{row.paid - row.refunded:.2f}",
        {"text": "", "tag": "还没有登记", "tone": "late"},
    ]  # fmt: skip


def _refund(row) -> list:
    student = row.enrolment.student
    url = reverse("admin:university_refund_change", args=[row.pk])
    return [
        {"text": student.person.name, "url": url}, student.card_no, f"{row.basis:.2f}", f"{row.amount:.2f}",
        {"text": "", "tag": row.get_state_display(), "tone": TONES.get(row.state, "")},
    ]  # fmt: skip
