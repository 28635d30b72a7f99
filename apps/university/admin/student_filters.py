"""Filters of the list of students: only schools, terms and classes that the user sees."""

from django.contrib import admin

from apps.university.choices.students import EnrolmentState, StudentKind
from apps.university.models import ClassGroup, Enrolment, School, StudentSchool, Term

MOST = 200
VIEW = "university.view_student"


def picked(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() and len(value) < 18 else None


class SchoolFilter(admin.SimpleListFilter):
    title, parameter_name = "学校", "school"

    def lookups(self, request, model_admin):
        rows = School.objects.visible_to(request.user, VIEW).current()
        return [(str(row.pk), str(row)) for row in rows[:MOST]]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        there = StudentSchool.objects.filter(school=picked(self.value())).order_by()
        return queryset.filter(pk__in=there.values("student_id"))


class StudentKindFilter(admin.SimpleListFilter):
    title, parameter_name = "人员类型", "kind"

    def lookups(self, request, model_admin):
        return StudentKind.choices

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.filter(kind=self.value()) if self.value() in StudentKind.values else queryset.none()


class TermFilter(admin.SimpleListFilter):
    """Who has or had a place in a class of a term."""

    title, parameter_name = "学期", "term"

    def lookups(self, request, model_admin):
        schools = School.objects.visible_to(request.user, VIEW).order_by()
        terms = Term.objects.filter(classes__school__in=schools.values("pk"), voided_at__isnull=True).distinct()
        return [(str(row.pk), str(row)) for row in terms.order_by("-starts_on", "pk")[:12]]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        rows = Enrolment.objects.filter(class_group__term=picked(self.value()), voided_at__isnull=True)
        return queryset.filter(pk__in=rows.order_by().values("student_id"))


class ClassFilter(admin.SimpleListFilter):
    """Who is in a class now; its choices follow the term and the school that are chosen."""

    title, parameter_name = "班级", "class"

    def lookups(self, request, model_admin):
        term, school = picked(request.GET.get("term")), picked(request.GET.get("school"))
        chosen = picked(request.GET.get("class"))
        if not (term or chosen):
            return []
        rows = ClassGroup.objects.visible_to(request.user, VIEW).current()
        rows = rows.filter(term=term) if term else rows.filter(pk=chosen)
        rows = rows.filter(school=school) if school else rows
        return [
            (str(row.pk), f"{row}") for row in rows.select_related("course").order_by("course__name", "code")[:MOST]
        ]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        rows = Enrolment.objects.filter(
            class_group=picked(self.value()), state=EnrolmentState.STUDYING, voided_at__isnull=True
        )
        return queryset.filter(pk__in=rows.order_by().values("student_id"))


class PapersFilter(admin.SimpleListFilter):
    title, parameter_name = "书面材料", "papers"
    COLUMNS = {"safety": "safety_letter_on", "health": "health_statement_on", "family": "family_consent_on"}

    def lookups(self, request, model_admin):
        return [("safety", "没有安全责任书"), ("health", "没有健康声明"), ("family", "没有家属同意书")]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        column = self.COLUMNS.get(self.value())
        return queryset.filter(**{f"{column}__isnull": True}) if column else queryset.none()
