"""Numbers for those who wait at the desk: printed, torn off, called (rule book 9.47)."""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest, Least

from apps.common import audit
from apps.common.errors import BusinessError
from apps.university.models import QueueDay, School
from apps.university.models.desk import MOST_NUMBERS


@transaction.atomic
def make_numbers(school: School, on_day: dt.date, size: int, *, actor, form_key: uuid.UUID) -> QueueDay:
    """Numbers 1 to `size` of a day; asked again with more they go on from there, with the same or fewer it is what it
    was. See rule book 9.47."""
    if not 1 <= size <= MOST_NUMBERS:
        raise BusinessError(f"一天印 1 到 {MOST_NUMBERS} 个号。", field="size")
    School.objects.select_for_update(of=("self",), no_key=True).get(pk=school.pk)
    day = QueueDay.objects.current().filter(school=school, on_day=on_day).first()
    if day is None:
        day = QueueDay.objects.create(school=school, on_day=on_day, size=size, made_by=actor, public_id=form_key)
        audit.record("queue.print", actor=actor, target=f"university.queueday:{day.pk}")
    elif day.size < size:
        QueueDay.objects.filter(pk=day.pk).update(size=size)
        day.refresh_from_db()
        audit.record("queue.print", actor=actor, target=f"university.queueday:{day.pk}")
    return day


def call_next(day: QueueDay, after: int) -> QueueDay:
    """The number after `after` comes to the desk. Pressed twice, or by two clerks at once, it is called once."""
    if after >= day.size:
        raise BusinessError("号已经叫完。还有人等的，请加印排队号。")
    QueueDay.objects.filter(pk=day.pk, called=after).update(
        called=F("called") + 1, handed_out=Greatest(F("handed_out"), F("called") + 1)
    )
    day.refresh_from_db()
    return day


def set_handed_out(day: QueueDay, number: int) -> QueueDay:
    """Up to which number they were torn off: how many wait is told from it."""
    if not day.called <= number <= day.size:
        raise BusinessError(f"发到几号填 {day.called} 到 {day.size} 之间的数。", field="number")
    QueueDay.objects.filter(pk=day.pk).update(handed_out=Least(Greatest(Value(number), F("called")), F("size")))
    day.refresh_from_db()
    return day
