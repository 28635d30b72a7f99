"""Classes begin by the clock: on its first day a class that is public and has students is 上课中 (rule book 9.58)."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef

from apps.common import audit
from apps.university.choices.schools import ClassState
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, Enrolment


@transaction.atomic
def begin_due(on: dt.date) -> int:
    """Begin every class whose first day has come by `on`; returns how many. Again, or from two processes, it changes
    nothing more: a row that somebody else holds is left for the next run. A class without students is left to the
    staff, who cancel it or let people in. See rule book 9.58."""
    inside = Enrolment.objects.filter(
        class_group=OuterRef("pk"), state=EnrolmentState.STUDYING, voided_at__isnull=True
    )  # fmt: skip
    due = ClassGroup.objects.current().filter(Exists(inside), state=ClassState.PUBLISHED, first_on__lte=on)
    keys = list(due.select_for_update(of=("self",), skip_locked=True).order_by("pk").values_list("pk", flat=True))
    begun = ClassGroup.objects.filter(pk__in=keys, state=ClassState.PUBLISHED).update(state=ClassState.RUNNING)
    for key in keys:
        audit.record("class.begin", actor=None, target=f"university.classgroup:{key}")
    return begun
