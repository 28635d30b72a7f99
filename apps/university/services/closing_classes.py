"""取消开班: nobody keeps a place, everybody is told what he may do instead, fees go back whole."""

import datetime as dt

from django.db import transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.messaging.models import Message
from apps.signups.choices import OfferingState
from apps.signups.notices import CANCELLED
from apps.signups.services.seats import cancel_offering
from apps.university.choices.life import NoticeKind
from apps.university.choices.schools import ClassState, SessionState
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, ClassNotice, ClassSession, Enrolment, SessionTeacher
from apps.university.queries.class_people import studying
from apps.university.queries.similar_classes import similar_classes
from apps.university.rules.lessons import day_of

from .lessons import checked_reason, title_of
from .telling import tell

NEAR = 2  # similar classes named in a text


@transaction.atomic
def cancel_class(class_group: ClassGroup, *, reason: str, actor, now: dt.datetime) -> ClassNotice | None:
    """The class does not take place: places and rank lists end, enrolments are 取消开班 (the refund table gives all of
    the fee back for that), lessons to come are called off, room and teachers free. Told to all who had a place. Once
    more does nothing. See rule book 9.52."""
    group = locked(class_group)
    if group.state == ClassState.CANCELLED:
        return group.notices.filter(kind=NoticeKind.CLASS_OFF).first()
    if group.state == ClassState.ENDED:
        raise BusinessError("这个班已经结课，不能取消。", code="ended")
    reason, on = checked_reason(reason), day_of(now)
    rows = list(studying(group))
    if group.offering.state != OfferingState.CANCELLED:
        cancel_offering(group.offering, reason=reason, actor=actor, now=now)
    end_enrolments(rows, EnrolmentState.CANCELLED, reason, on)
    free_lessons(group, reason, now)
    ClassGroup.objects.filter(pk=group.pk).update(state=ClassState.CANCELLED)
    audit.record(
        "class.cancel", actor=actor, target=f"university.classgroup:{group.pk}", reason=reason,
        people=[row.student_id for row in rows],
    )  # fmt: skip
    if not rows:
        return None
    words = f"{title_of(group)}不开班了，原因：{reason}。已交的学费全部退还，请带收据到学校办理。{instead(group)}"
    return tell(
        group, [row.student for row in rows], NoticeKind.CLASS_OFF, words, actor=actor, now=now, on=on,
        told_by=told_of_cancelling(rows),
    )  # fmt: skip


def told_of_cancelling(rows: list[Enrolment]) -> dict[int, int]:
    """Person id → the message that `signups` posted to everybody on the offering."""
    keys = {f"{CANCELLED}:{row.sign_up_id}": row.student_id for row in rows}
    found = Message.objects.filter(key__in=keys).values_list("key", "pk")
    return {keys[key]: pk for key, pk in found}


def locked(class_group: ClassGroup) -> ClassGroup:
    return (
        ClassGroup.objects.select_for_update(of=("self",))
        .select_related("course", "school__unit", "offering", "term")
        .get(pk=class_group.pk)
    )


def instead(group: ClassGroup) -> str:
    """还有名额的：…"""
    names = [f"{one.school}“{one}”" for one in similar_classes(group)[:NEAR]]
    return f"还有名额的班：{'、'.join(names)}。" if names else ""


def end_enrolments(rows: list[Enrolment], state: str, reason: str, on: dt.date) -> None:
    Enrolment.objects.filter(pk__in=[row.pk for row in rows]).update(state=state, ended_on=on, end_reason=reason)


def free_lessons(group: ClassGroup, reason: str, now: dt.datetime) -> None:
    """Lessons that have not begun take no room and no teacher any more."""
    coming = ClassSession.objects.current().filter(class_group=group, starts_at__gt=now)
    coming = coming.exclude(state__in=(SessionState.CANCELLED, SessionState.HELD))
    keys = list(coming.values_list("pk", flat=True))
    SessionTeacher.objects.filter(session__in=keys).delete()
    ClassSession.objects.filter(pk__in=keys).update(state=SessionState.CANCELLED, reason=reason)
