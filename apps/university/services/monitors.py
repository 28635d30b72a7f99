"""班长: who is monitor of a class, with the discount that the rules give him (rule book 9.33)."""

import datetime as dt

from django.db import transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, Enrolment

from .fees import reprice


@transaction.atomic
def set_monitor(class_group: ClassGroup, person_id: int | None, *, actor, on: dt.date) -> ClassGroup:
    """The monitor of a class, or none; the fees of the old and the new one are reckoned anew. Done again it changes
    nothing. Raises BusinessError for somebody who is not in the class."""
    class_group = ClassGroup.objects.select_for_update(of=("self",), no_key=True).get(pk=class_group.pk)
    if class_group.monitor_id == person_id:
        return class_group
    places = Enrolment.objects.filter(class_group=class_group, state=EnrolmentState.STUDYING, voided_at__isnull=True)
    if person_id is not None and not places.filter(student=person_id).exists():
        raise BusinessError("班长要从这个班的学员里选。", code="stranger", field="monitor")
    people = [pk for pk in (class_group.monitor_id, person_id) if pk is not None]
    class_group.monitor_id = person_id
    class_group.save(update_fields=["monitor"])
    for row in places.filter(student__in=people).order_by("pk"):
        reprice(row, on=on, actor=actor)
    audit.record("class.monitor", actor=actor, people=people, target=f"university.classgroup:{class_group.pk}")
    return class_group
