"""结业证书: by class and all of them; printed in a batch on A4, withdrawn with a reason."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.urls import path, reverse
from django.utils import timezone

from apps.common import audit
from apps.common.admin_pages import posted
from apps.common.printing import frame_for
from apps.university.choices.schools import ClassState
from apps.university.choices.students import EnrolmentState
from apps.university.forms.life import WithdrawForm
from apps.university.models import Certificate, Enrolment
from apps.university.services.completion import decide_again, withdraw_certificate

from .life_base import LifeAdmin, class_url

MOST = 300


class StandingFilter(admin.SimpleListFilter):
    title, parameter_name = "状态", "standing"

    def lookups(self, request, model_admin):
        return [("valid", "有效"), ("off", "已撤销")]

    def queryset(self, request, queryset):
        if self.value() in ("valid", "off"):
            return queryset.filter(withdrawn_on__isnull=self.value() == "valid")
        return queryset


@admin.register(Certificate)
class CertificateAdmin(LifeAdmin):
    list_url, list_words = "admin:university_certificate_changelist", "结业证书"
    list_display = ("code", "name", "course", "term", "school", "issued_on", "state_words")
    list_filter = (StandingFilter, "year")
    search_fields = ("code", "name", "course")
    search_help_text = "证书编号、姓名或课程"
    select_related_in_list = ("school",)
    select_related_in_record = ("school__unit", "enrolment__class_group__course", "issued_by")
    fields = (
        "code", "name", "course", "term", "school", "issued_on", "issued_by", "printed", "withdrawn_on",
        "withdraw_reason",
    )  # fmt: skip
    ordering = ("-year", "-number", "-pk")
    sortable_by = ()
    empty_words = "班级结课时，在班级页按“办结业”，结业的学员就有证书编号。"

    def people_of(self, obj):
        return [obj.enrolment.student_id]

    @admin.display(description="状态")
    def state_words(self, one):
        return f"{one.withdrawn_on:%Y-%m-%d} 撤销" if one.withdrawn_on else "有效"

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if self.may_work(request) and not obj.withdrawn_on and not obj.voided_at:
            withdraw = reverse("admin:university_certificate_withdraw", args=[obj.pk])
            tools = [
                {"label": "打印", "url": reverse("admin:university_certificate_print", args=[obj.pk]), "main": True},
                {"label": "撤销", "url": withdraw}, *tools,
            ]  # fmt: skip
        return tools

    def get_urls(self):
        name = "university_certificate"
        pages = [
            path("class/<int:pk>/", self.staff_view(self.class_view), name=f"{name}_of_class"),
            path("class/<int:pk>/print/", self.staff_view(self.print_class_view), name=f"{name}_print_class"),
            path("late/<int:pk>/", self.staff_view(self.late_view), name=f"{name}_late"),
            path("<int:pk>/print/", self.staff_view(self.print_view), name=f"{name}_print"),
            path("<int:pk>/withdraw/", self.staff_view(self.withdraw_view), name=f"{name}_withdraw"),
        ]
        return pages + super().get_urls()

    def class_view(self, request, pk: int):
        """Certificates of a class, and who has none."""
        group = self.class_of(request, pk, right=self.right("view"))
        rows = list(
            Enrolment.objects.current()
            .filter(class_group=group, state__in=(EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED))
            .select_related("student__person")
            .prefetch_related("certificates")
            .order_by("student__person__name_sort_key", "pk")
        )
        audit.look(
            "open", actor=request.user, people=[row.student_id for row in rows],
            target=f"university.classgroup:{group.pk}", request=request,
        )  # fmt: skip
        may = self.may_work(request)
        links = (
            [(reverse("admin:university_certificate_print_class", args=[pk]), "打印全班证书")] if rows and may else []
        )
        context = {
            "title": f"结业证书：{group}", "columns": ("姓名", "结业", "证书编号", "状态", ""),
            "rows": [self.line(row, may) for row in rows], "links": links, "crumbs": [(class_url(group), str(group))],
            "empty_text": "这个班已经结课，没有学员。" if group.state == ClassState.ENDED
            else "这个班还没有办结业。结课前两周起，在班级页按“办结业”。",
        }  # fmt: skip
        return self.page(request, "admin/university/table.html", context)

    def line(self, row, may: bool) -> tuple:
        held = sorted(row.certificates.all(), key=lambda one: one.pk)
        valid = next((one for one in held if not one.withdrawn_on and not one.voided_at), None)
        name, state = str(row.student.person), row.get_state_display()
        if valid is not None:
            return name, state, {"text": valid.code, "url": self.url_of("change", valid)}, "有效", ""
        again = {"text": "补发", "url": reverse("admin:university_certificate_late", args=[row.pk])} if may else ""
        last = held[-1] if held else None
        return name, state, last.code if last else "", "已撤销" if last else "没有证书", again

    def late_view(self, request, pk: int):
        """补发 to somebody who was not counted, or whose certificate was withdrawn for a mistake."""
        right = self.right("change")
        self.allowed(request, right)
        row = self.found(
            Enrolment.objects.current()
            .visible_to(request.user, right)
            .select_related("class_group", "student__person"),
            pk,
        )
        error = ""
        back = reverse("admin:university_certificate_of_class", args=[row.class_group_id])
        if request.method == "POST":
            error = self.tried(lambda: decide_again(row, actor=request.user, on=timezone.localdate()))
            if not error:
                return self.back_with(request, "补发了，可以打印。", back)
        audit.look("open", actor=request.user, people=[row.student_id], target=f"university.enrolment:{row.pk}",
                   request=request)  # fmt: skip
        context = {
            "title": "补发结业证书", "error": error,
            "question": f"给{row.student.person}补发“{row.class_group}”的结业证书？",
            "detail": "状态改为结业，编一个新号。", "button": "补发", "cancel_url": back,
            "list_url": reverse(self.list_url), "list_words": self.list_words,
        }  # fmt: skip
        return self.page(request, "admin/university/confirm.html", context, status=422 if error else 200)

    def print_class_view(self, request, pk: int):
        group = self.class_of(request, pk, right=self.right("change"))
        rows = Certificate.objects.current().filter(enrolment__class_group=group, withdrawn_on__isnull=True)
        back = reverse("admin:university_certificate_of_class", args=[pk])
        return self.printed(request, list(self.with_all(rows)[:MOST]), back)

    def print_view(self, request, pk: int):
        one = self.row_of(request, pk, right=self.right("change"))
        if one.withdrawn_on or one.voided_at:
            raise PermissionDenied
        return self.printed(
            request, list(self.with_all(Certificate.objects.filter(pk=one.pk))), self.url_of("change", one)
        )

    def with_all(self, rows):
        rows = rows.select_related("school", "enrolment__class_group__term", "enrolment__student")
        return rows.order_by("number", "pk")

    def printed(self, request, rows, back: str):
        """Looking prepares it; that it was printed is counted by the button, which posts."""
        if request.method == "POST":
            Certificate.objects.filter(pk__in=[one.pk for one in rows]).update(printed=F("printed") + 1)
            return self.back_with(request, "记下了打印。", back)
        audit.look(
            "print", actor=request.user, people=[one.enrolment.student_id for one in rows],
            target=f"university.certificate:{len(rows)}", request=request,
        )  # fmt: skip
        frame = frame_for(request, "结业证书", landscape=True, recall=False, back_url=back, number_as="打好了，记一次")
        return self.page(request, "print/certificates.html", {"frame": frame, "certificates": rows})

    def withdraw_view(self, request, pk: int):
        one = self.row_of(request, pk, right=self.right("change"))

        def perform(values):
            withdraw_certificate(one, reason=values["reason"], actor=request.user, on=timezone.localdate())
            return "已撤销，查验页会显示“已撤销”。"

        return self.act(
            request, WithdrawForm(posted(request)), perform, title=f"撤销证书：{one.code}",
            lead=f"{one.name}，{one.course}。撤销后编号不再使用；发错了的，可以从班级页补发一张新的。",
            button="撤销证书",
            back=self.url_of("change", one),
        )  # fmt: skip
