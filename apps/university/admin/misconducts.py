"""违纪登记: behind a right of its own."""

from django.contrib import admin
from django.db.models import Count

from apps.common import audit
from apps.common.admin_base import RecordAdmin
from apps.common.errors import BusinessError
from apps.university.forms.students import MisconductForm
from apps.university.models import Misconduct, StudentSchool
from apps.university.queries.students import matching

from .student_filters import SchoolFilter, picked


class MisconductSchoolFilter(SchoolFilter):
    def queryset(self, request, queryset):
        return queryset if self.value() is None else queryset.filter(school=picked(self.value()))


@admin.register(Misconduct)
class MisconductAdmin(RecordAdmin):
    form = MisconductForm
    voidable = True
    add_label = "登记违纪"
    empty_words = "没有登记过违纪。"
    list_display = ("happened_on", "who", "school", "cause", "handled", "times")
    list_display_links = ("happened_on", "who")
    list_filter = (MisconductSchoolFilter,)
    search_fields = ("student__person__name",)
    search_help_text = "学员姓名、拼音或卡号"
    select_related_in_list = ("student__person", "school")
    select_related_in_record = ("student__person", "school")
    ordering = ("-happened_on", "-pk")
    sortable_by = ()

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.filter(voided_at__isnull=True) if request.resolver_match.url_name.endswith("changelist") else rows

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        asked, condition = matching(search_term)
        if condition is None or asked.is_number:
            return queryset.none(), False
        students = self.related_rows(Misconduct.student.field.related_model, request)
        return queryset.filter(student__in=students.filter(condition).order_by().values("pk")), False

    def people_of(self, obj):
        return [obj.student_id]

    def title_of(self, obj):
        return f"{obj.student.person.name}：{obj.happened_on}"

    @admin.display(description="学员")
    def who(self, obj):
        return obj.student.person.name

    @admin.display(description="共几次")
    def times(self, obj):
        return obj.times

    def get_changelist_instance(self, request):
        found = super().get_changelist_instance(request)
        rows = Misconduct.objects.filter(
            student__in=[row.student_id for row in found.result_list], voided_at__isnull=True
        )
        times = dict(rows.order_by().values_list("student").annotate(times=Count("pk")))
        for row in found.result_list:
            row.times = times.get(row.student_id, 0)
        return found

    def write(self, request, obj, form, change):
        there = StudentSchool.objects.filter(student=obj.student_id, school=obj.school_id)
        if not there.exists():
            raise BusinessError("他不是这所学校的学员，请重新选学校。", code="school", field="school")
        if not change:
            obj.entered_by = request.user
        obj.save()
        audit.record("student.misconduct", actor=request.user, people=[obj.student_id], request=request)
