"""Who is in a class, for its lists."""

from django.db.models import QuerySet

from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, Enrolment


def studying(class_group: ClassGroup) -> QuerySet[Enrolment]:
    """Those who have a place now, by surname as lists are kept (拼音), with student and person."""
    return (
        Enrolment.objects.current()
        .filter(class_group=class_group, state=EnrolmentState.STUDYING)
        .select_related("student__person")
        .order_by("student__person__name_sort_key", "student__person__name", "pk")
    )
