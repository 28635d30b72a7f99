"""One student from one class to another in one act: by his wish within the rule, or because classes are joined.

Persons are locked first, then the places of both classes in order of their key: two who change the other way round
wait for each other, and neither fails.
"""

import datetime as dt
import uuid
from decimal import Decimal

from django.db import transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values
from apps.people.models import Person
from apps.signups.choices import SignUpSource, SignUpState
from apps.signups.models import Places
from apps.signups.services import seats
from apps.university.choices.schools import ClassState
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassChange, ClassGroup, ClassMerge, Enrolment
from apps.university.queries.similar_classes import somebody_waits
from apps.university.rules.lessons import day_of
from apps.university.rules.life import UNDO, ChangeRules

from .lessons import checked_reason

OPEN = (ClassState.PUBLISHED, ClassState.RUNNING)


@transaction.atomic
def change_class_of(
    enrolment: Enrolment, target: ClassGroup, *, reason: str, actor, now: dt.datetime, form_key: uuid.UUID
) -> ClassChange:
    """换班 by his wish. BusinessError says which part of the rule stands against it. The same form again gives the same
    change. See rule book 9.53."""
    known = ClassChange.objects.filter(public_id=form_key).first()
    if known is not None:
        return known
    enrolment, target = lock(enrolment, target)
    check_change(enrolment, target, day_of(now))
    return move(enrolment, target, reason=checked_reason(reason), actor=actor, now=now, form_key=form_key)


def lock(enrolment: Enrolment, target: ClassGroup) -> tuple[Enrolment, ClassGroup]:
    """Both as they stand, after the person and the places of both were locked."""
    list(Person.objects.select_for_update(no_key=True).filter(pk=enrolment.student_id).order_by("pk"))
    keys = [enrolment.class_group.offering_id, target.offering_id]
    list(Places.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    enrolment = Enrolment.objects.select_related("class_group__school__unit", "sign_up", "student__person").get(
        pk=enrolment.pk
    )
    target = ClassGroup.objects.select_related("course", "school__unit", "offering__places").get(pk=target.pk)
    return enrolment, target


def check_change(enrolment: Enrolment, target: ClassGroup, on: dt.date) -> None:
    """Raises BusinessError with the sentence of the rule that is not kept."""
    old = enrolment.class_group
    rules = rule_values(ChangeRules.rule_key, on=on, unit=old.school.unit)
    check_open(enrolment, target)
    last = old.first_on + dt.timedelta(days=rules.days)
    if on > last:
        raise BusinessError(f"换班到 {last.month} 月 {last.day} 日截止，已经过了。", code="late")
    joined = day_of(enrolment.sign_up.seated_at or enrolment.sign_up.queued_at)
    if not rules.late_joiners and joined > old.first_on + dt.timedelta(days=rules.joined_late_after):
        raise BusinessError("他是开课以后插班的，按规定不能换班。", code="joined_late")
    if rules.equal_fee_only and target.fee != old.fee:
        raise BusinessError(
            f"只能换到学费相同的班：原来 {old.fee} 元，这个班 {target.fee} 元。", code="fee", field="target"
        )
    if somebody_waits(target):
        raise BusinessError(f"“{target}”有人在候补，名额先给候补的同志。", code="queue", field="target")


def check_open(enrolment: Enrolment, target: ClassGroup) -> None:
    if enrolment.state != EnrolmentState.STUDYING or enrolment.voided_at:
        raise BusinessError("他已经不在这个班里。", code="not_in")
    if target.pk == enrolment.class_group_id:
        raise BusinessError("请选另一个班。", code="same", field="target")
    if target.voided_at or target.state not in OPEN or target.term_id != enrolment.class_group.term_id:
        raise BusinessError("只能换到同一学期、还在上课或报名的班。", code="closed", field="target")
    if target.offering.places.free < 1:
        raise BusinessError(f"“{target}”没有名额了。", code="full", field="target")


def move(
    enrolment: Enrolment,
    target: ClassGroup,
    *,
    reason: str,
    actor,
    now: dt.datetime,
    form_key: uuid.UUID,
    merge: ClassMerge | None = None,
) -> ClassChange:
    """Give up one place and take the other; both locked by the caller. A clash or a refusal of the new class undoes
    all of it. The difference is what he owes there less what he owed here."""
    seats.withdraw(enrolment.sign_up, reason=reason, actor=actor, now=now)
    gained = seats.sign_up(
        target.offering, enrolment.student.person, source=SignUpSource.STAFF, actor=actor, now=now,
        form_key=uuid.uuid5(form_key, "place"),
    )  # fmt: skip
    if gained.state != SignUpState.SEATED:
        raise BusinessError(f"“{target}”没有名额了。", code="full", field="target")
    new = Enrolment.objects.get(sign_up=gained)
    Enrolment.objects.filter(pk=enrolment.pk).update(
        state=EnrolmentState.CHANGED, ended_on=day_of(now), end_reason=reason
    )
    change = ClassChange.objects.create(
        public_id=form_key, old=enrolment, new=new, merge=merge, reason=reason, done_at=now, done_by=actor,
        difference=Decimal(new.fee_due) - Decimal(enrolment.fee_due),
    )  # fmt: skip
    audit.record(
        "class.move_student", actor=actor, target=f"university.enrolment:{new.pk}", reason=reason,
        people=[enrolment.student_id],
    )  # fmt: skip
    return change


@transaction.atomic
def undo_change(change: ClassChange, *, actor, now: dt.datetime) -> ClassChange:
    """Back to where he was, within a day and while his place is still free and nobody waits for it. It is written as
    another change, so that both classes keep their lists."""
    change = (
        ClassChange.objects.select_for_update(of=("self",)).select_related("old__class_group", "new").get(pk=change.pk)
    )
    if change.undone_at:
        return change
    if now > change.done_at + UNDO:
        raise BusinessError("过了一天，不能撤回。要换回去，请再办一次换班。", code="late")
    enrolment, target = lock(change.new, change.old.class_group)
    check_open(enrolment, target)
    if somebody_waits(target):
        raise BusinessError(f"“{target}”的名额已经轮到候补的同志，不能撤回。", code="queue")
    move(enrolment, target, reason="撤回换班", actor=actor, now=now, form_key=uuid.uuid5(change.public_id, "undo"))
    change.undone_at = now
    change.save(update_fields=["undone_at"])
    return change
