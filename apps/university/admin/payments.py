"""缴费: the entries, one confirmation, who has not paid, and the report of a day."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone

from apps.common import audit
from apps.common.admin_base import RecordAdmin
from apps.common.capital_amount import capital_amount
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.signups.services.seats import remove
from apps.university.choices.money import PaymentMethod
from apps.university.forms.money import ContraForm, ReceiptForm, ReleaseForm
from apps.university.models import Enrolment, Payment, School
from apps.university.queries.fees import LINES, overdue, unpaid
from apps.university.queries.students import matching
from apps.university.services import payments

from .fee_report import FeeReport
from .student_filters import picked

VIEW, CHANGE, RELEASE = "university.view_payment", "university.change_payment", "university.release_place"
A_PAGE = 50
DUE_COLUMNS = (
    "学员", "卡号", "班级", "学校", {"label": "应缴", "is_number": True}, {"label": "还差", "is_number": True},
    "缴费截止", "办理",
)  # fmt: skip


class PaidAtFilter(admin.SimpleListFilter):
    title, parameter_name = "学校", "school"

    def lookups(self, request, model_admin):
        return [(str(row.pk), str(row)) for row in School.objects.visible_to(request.user, VIEW).current()[:200]]

    def queryset(self, request, queryset):
        return queryset if self.value() is None else queryset.filter(school=picked(self.value()))


class MethodFilter(admin.SimpleListFilter):
    title, parameter_name = "方式", "method"

    def lookups(self, request, model_admin):
        return [*PaymentMethod.choices, ("contra", "冲销"), ("bare", "没有登记财政票据号")]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() == "contra":
            return queryset.filter(contra_of__isnull=False)
        if self.value() == "bare":
            return queryset.filter(fiscal_no="", contra_of__isnull=True, contra__isnull=True, amount__gt=0)
        return queryset.filter(method=self.value()) if self.value() in PaymentMethod.values else queryset.none()


@admin.register(Payment)
class PaymentAdmin(FeeReport, RecordAdmin):
    empty_words = "在学员的页面上点“收费”，或者从“没有缴费的”里进去。"
    list_display = ("number", "paid_on", "who", "classes", "method", "money", "received_by", "fiscal_no")
    list_filter = (PaidAtFilter, MethodFilter)
    search_fields = ("number",)
    search_help_text = "学员姓名、拼音、卡号，或者确认单号"
    ordering = ("-paid_on", "-pk")
    sortable_by = ()
    readonly_fields = ("number",)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("school", "student__person", "received_by", "contra_of")
        return rows.prefetch_related(LINES)

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        found = queryset.filter(number=search_term.strip())
        if found.exists():
            return found, False
        asked, condition = matching(search_term)
        if asked.is_number:
            audit.look("search", actor=request.user, fields=[asked.value], request=request)
        if condition is None:
            return queryset.none(), False
        students = self.admin_site.get_model_admin(Payment.student.field.related_model).get_queryset(request)
        return queryset.filter(student__in=students.filter(condition).order_by().values("pk")), False

    @admin.display(description="学员")
    def who(self, obj):
        return obj.student.person.name

    @admin.display(description="哪些班")
    def classes(self, obj):
        return "、".join(str(line.enrolment.class_group) for line in obj.lines.all())

    @admin.display(description="金额（元）")
    def money(self, obj):
        return f"{obj.amount:.2f}{'（冲销）' if obj.contra_of_id else ''}"

    def changelist_view(self, request, extra_context=None):
        tools = [
            {"label": "没有缴费的", "url": reverse("admin:university_payment_due")},
            {"label": "收费日报", "url": reverse("admin:university_payment_report")},
        ]
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    def get_urls(self):
        name = "university_payment"
        own = [
            ("due/", self.due_view, "due"), ("due/<int:pk>/release/", self.release_view, "release"),
            ("report/", self.report_view, "report"), ("report/print/", self.report_print_view, "report_print"),
            ("report/xlsx/", self.report_file_view, "report_file"), ("<int:pk>/print/", self.print_view, "print"),
            ("<int:pk>/contra/", self.contra_view, "contra"), ("<int:pk>/receipt/", self.receipt_view, "receipt"),
        ]  # fmt: skip
        return [*(path(route, self.staff_view(view), name=f"{name}_{key}") for route, view, key in own),
                *super().get_urls()]  # fmt: skip

    # One confirmation

    def payment_of(self, request, pk: int, right: str = VIEW) -> Payment:
        if not request.user.has_perm(right):
            raise PermissionDenied
        found = self.get_queryset(request).filter(pk=pk).first() if pk < 2**63 else None
        if found is None:
            raise Http404
        if right != VIEW and not Payment.objects.visible_to(request.user, right).filter(pk=pk).exists():
            raise PermissionDenied
        return found

    def change_view(self, request, object_id, form_url="", extra_context=None):
        payment = self.get_object(request, object_id)
        if not self.has_view_permission(request, payment):
            raise PermissionDenied
        audit.look("student.see", actor=request.user, people=[payment.student_id], request=request)
        contra = getattr(payment, "contra", None)
        acts = [("打印缴费确认单", "print")] if payment.amount > 0 else []
        if request.user.has_perm(CHANGE) and payment.amount > 0 and contra is None:
            acts += [("登记财政票据号", "receipt"), ("冲销", "contra")]
        facts = [
            ("学员", payment.student.person.name), ("学校", payment.school.name), ("缴费日期", payment.paid_on),
            ("方式", payment.get_method_display()), ("金额", f"{payment.amount} 元"),
            ("收费人", payment.received_by), ("登记时间", timezone.localtime(payment.entered_at)),
            ("财政票据号", payment.fiscal_no), ("说明", payment.note),
        ]  # fmt: skip
        context = {
            "title": f"缴费 {payment.number}", "payment": payment, "facts": facts, "contra": contra,
            "acts": [(label, reverse(f"admin:university_payment_{key}", args=[payment.pk])) for label, key in acts],
            "lines": [[str(line.enrolment.class_group), f"{line.amount:.2f}"] for line in payment.lines.all()],
            "line_columns": ("班级", {"label": "金额（元）", "is_number": True}),
            "student_url": reverse("admin:university_student_change", args=[payment.student_id]),
        }  # fmt: skip
        return self.page(request, "admin/university/payment_page.html", context)

    def history_view(self, request, object_id, extra_context=None):
        """Entries are never changed: there is no history but the audit's."""
        raise Http404

    def print_view(self, request, pk: int):
        """缴费确认单（非票据）, two on a sheet: one for the student, one that the school keeps."""
        payment = self.payment_of(request, pk)
        if payment.amount <= 0:
            raise Http404
        audit.look("print", actor=request.user, people=[payment.student_id], reason="缴费确认单", request=request)
        frame = frame_for(
            request,
            "缴费确认单（非票据）",
            recall=False,
            back_url=reverse("admin:university_payment_change", args=[pk]),
        )
        context = {
            "frame": frame, "payment": payment, "capital": capital_amount(payment.amount),
            "copies": ("学员留存", "学校留存"),
            "lines": list(
                payment.lines.select_related("enrolment__class_group__course", "enrolment__class_group__term")
            ),
            "cancelled": hasattr(payment, "contra"),
        }  # fmt: skip
        response = render(request, "print/university/payment.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def act_page(self, request, form, title, lead, back):
        context = {
            "title": title, "form": form, "media": form.media, "lead": lead, "back": back,
            "list_url": reverse("admin:university_payment_changelist"), "list_words": "缴费",
            "buttons": [("save", form.submit_label)],
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def contra_view(self, request, pk: int):
        payment = self.payment_of(request, pk, CHANGE)
        form, back = ContraForm(request.POST or None), reverse("admin:university_payment_change", args=[pk])
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                contra = payments.take_back(
                    payment, values["reason"], actor=request.user, on=timezone.localdate(), form_key=values["key"]
                )
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已冲销，冲销单号 {contra.number}。收错的请重新收费。")
                return HttpResponseRedirect(back)
        lead = f"{payment.student.person.name} {payment.paid_on} 缴的 {payment.amount} 元记一笔负数，原来的一笔不改。"
        return self.act_page(request, form, f"冲销 {payment.number}", lead, back)

    def receipt_view(self, request, pk: int):
        payment = self.payment_of(request, pk, CHANGE)
        form = ReceiptForm(request.POST or None, initial={"fiscal_no": payment.fiscal_no})
        back = reverse("admin:university_payment_change", args=[pk])
        if request.method == "POST" and form.is_valid():
            payments.note_receipt(payment, form.cleaned_data["fiscal_no"], actor=request.user)
            messages.success(request, "已登记财政票据号。")
            return HttpResponseRedirect(back)
        return self.act_page(request, form, f"登记财政票据号：{payment.number}", "", back)

    # Who has not paid

    def due_view(self, request):
        if not request.user.has_perm(VIEW):
            raise PermissionDenied
        today = timezone.localdate()
        schools = School.objects.visible_to(request.user, VIEW).current()
        school, late = picked(request.GET.get("school")), request.GET.get("late") == "1"
        term, group = picked(request.GET.get("term")), picked(request.GET.get("class"))
        rows = Enrolment.objects.filter(class_group__school__in=schools.order_by().values("pk"))
        rows = overdue(rows, today) if late else unpaid(rows)
        for key, value in (("class_group__school", school), ("class_group__term", term), ("class_group", group)):
            rows = rows.filter(**{key: value}) if value else rows
        rows = rows.select_related("student__person", "class_group__course", "class_group__school", "class_group__term")
        page = Paginator(rows.order_by("pay_by", "class_group", "pk"), A_PAGE).get_page(request.GET.get("p"))
        audit.look("student.see", actor=request.user, people=[row.student_id for row in page], request=request)
        query = request.GET.copy()
        query.pop("p", None)
        context = {
            "title": "没有缴费的", "columns": DUE_COLUMNS, "pages": page, "query": query.urlencode(),
            "rows": [self._due_row(request, row, today) for row in page], "schools": list(schools), "school": school,
            "late": late, "total": page.paginator.count,
        }  # fmt: skip
        return self.page(request, "admin/university/fees_due.html", context)

    def _due_row(self, request, row: Enrolment, today) -> list:
        late = row.pay_by is not None and row.pay_by < today
        act: dict | str = ""
        if late and request.user.has_perm(RELEASE):
            act = {"text": "释放名额", "url": reverse("admin:university_payment_release", args=[row.pk])}
        pay = reverse("admin:university_student_pay", args=[row.student_id])
        by = {"text": f"{row.pay_by}" if row.pay_by else "", "tag": "逾期" if late else "", "tone": "late"}
        return [
            {"text": row.student.person.name, "url": pay}, row.student.card_no, str(row.class_group),
            str(row.class_group.school), f"{row.fee_due:.2f}", f"{row.owes:.2f}", by, act,
        ]  # fmt: skip

    def release_view(self, request, pk: int):
        """超时释放: by hand only, through the one writer of places; he is told."""
        if not request.user.has_perm(RELEASE):
            raise PermissionDenied
        today, now = timezone.localdate(), timezone.now()
        schools = School.objects.visible_to(request.user, RELEASE).order_by().values("pk")
        rows = Enrolment.objects.filter(class_group__school__in=schools).select_related(
            "student__person", "class_group__course", "sign_up"
        )
        row = rows.filter(pk=pk).first() if pk < 2**63 else None
        if row is None:
            raise Http404
        back = f"{reverse('admin:university_payment_due')}?late=1"
        if not overdue(rows, today).filter(pk=pk).exists():
            messages.info(request, "他已经缴了费，或者还没到期，或者刚有人办过。")
            return HttpResponseRedirect(back)
        form = ReleaseForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                remove(row.sign_up, reason=form.cleaned_data["reason"], actor=request.user, now=now)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "名额已释放，按候补顺序给下一位。")
                return HttpResponseRedirect(back)
        lead = (
            f"{row.student.person.name} 的“{row.class_group}”应在 {row.pay_by} 前缴费，还差 {row.owes} 元。"
            "释放以后名额按候补顺序给下一位，他要再报只能排到后面。请先打过电话。"
        )
        if row.paid:
            lead += f"他已缴 {row.paid} 元，释放以后请给他办退费。"
        return self.act_page(request, form, "释放没有缴费的名额", lead, back)
