"""Classes with much movement ask for the health statement, once everybody of the demo was enrolled."""

import datetime as dt

from apps.signups.choices import ACTIVE
from apps.signups.models import SignUp
from apps.university.choices.statements import StatementKind
from apps.university.models import ClassGroup, Statement, Student
from apps.university.services.statements import show_latest_of

DAY = dt.timedelta(days=1)


def write_money(staff, *, on: dt.date) -> None:
    """Nothing where classes ask for it already."""
    if ClassGroup.objects.filter(needs_health=True, course__strenuous=True).exists():
        return
    _health(staff["daxue"], on)


def _health(clerk, on: dt.date) -> None:
    """Classes with much movement ask for the health statement; who is in them, or waits, has brought his."""
    groups = ClassGroup.objects.filter(course__strenuous=True)
    groups.update(needs_health=True)
    for group in groups.select_related("school").order_by("pk"):
        asked = SignUp.objects.filter(offering=group.offering_id, state__in=ACTIVE, voided_at__isnull=True)
        signed = Statement.objects.filter(kind=StatementKind.HEALTH, voided_at__isnull=True).values("student_id")
        students = Student.objects.filter(pk__in=asked.order_by().values("person_id")).exclude(pk__in=signed)
        keys = list(students.order_by("pk").values_list("pk", flat=True))
        Statement.objects.bulk_create(
            Statement(
                student_id=key, school=group.school, kind=StatementKind.HEALTH, signed_on=on - 20 * DAY,
                entered_by=clerk,
            )
            for key in keys
        )  # fmt: skip
        show_latest_of(keys)
