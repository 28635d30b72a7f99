"""One student from one class to another in one act: by his wish within the rule, or because classes are joined.

Persons are locked first, then the places of both classes in order of their key: two who change the other way round
wait for each other, and neither fails.
"""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values
from apps.people.models import Person, ProxyGrant
from apps.signups.choices import Mode, RoundState, SignUpSource, SignUpState
from apps.signups.models import Places, SignUp
from apps.signups.services import seats
from apps.university.choices.money import RefundAct, RefundCause, RefundState
from apps.university.choices.schools import ClassState
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassChange, ClassGroup, ClassMerge, Enrolment, Refund
from apps.university.queries.similar_classes import somebody_waits
from apps.university.rules.lessons import day_of
from apps.university.rules.life import UNDO, ChangeRules
from apps.university.rules.when import fee_words

from . import refunds
from .fees import difference_of, spare
from .lessons import checked_reason
from .payments import carry_over

OPEN = (ClassState.PUBLISHED, ClassState.RUNNING)
UNDER_WAY = (RefundState.APPLIED, RefundState.SIGNED, RefundState.SENT)


@transaction.atomic
def change_class_of(
    enrolment: Enrolment,
    target: ClassGroup,
    *,
    reason: str,
    actor,
    now: dt.datetime,
    form_key: uuid.UUID,
    source: str = SignUpSource.STAFF,
    grant: ProxyGrant | None = None,
) -> ClassChange:
    """换班 by his wish, `source` says by whose hand. BusinessError says which part of the rule stands against it. The
    same form again gives the same change. See rule book 9.53."""
    known = ClassChange.objects.filter(public_id=form_key, old=enrolment).first()
    if known is not None:
        return known
    enrolment, target = lock(enrolment, target)
    check_change(enrolment, target, day_of(now))
    return move(
        enrolment,
        target,
        reason=checked_reason(reason),
        actor=actor,
        now=now,
        form_key=form_key,
        source=source,
        grant=grant,
    )


def lock(enrolment: Enrolment, target: ClassGroup) -> tuple[Enrolment, ClassGroup]:
    """Both as they stand, after the person and the places of both were locked."""
    list(Person.objects.select_for_update(no_key=True).filter(pk=enrolment.student_id).order_by("pk"))
    keys = [enrolment.class_group.offering_id, target.offering_id]
    list(Places.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    enrolment = Enrolment.objects.select_related("class_group__school__unit", "sign_up", "student__person").get(
        pk=enrolment.pk
    )
    target = ClassGroup.objects.select_related("course", "school__unit", "offering__places", "offering__round").get(
        pk=target.pk
    )
    return enrolment, target


def check_change(enrolment: Enrolment, target: ClassGroup, on: dt.date) -> None:
    """Raises BusinessError with the sentence of the rule that is not kept."""
    check_open(enrolment, target)
    rules = check_leaving(enrolment, on)
    old = enrolment.class_group
    if rules.equal_fee_only and target.fee != old.fee:
        raise BusinessError(
            f"只能换到学费相同的班：原来{fee_words(old.fee)}，这个班{fee_words(target.fee)}。",
            code="fee",
            field="target",
        )
    if somebody_waits(target):
        raise BusinessError(f"“{target}”有人在候补，名额先给候补的学员。", code="queue", field="target")


def check_leaving(enrolment: Enrolment, on: dt.date) -> ChangeRules:
    """Raises BusinessError where he may change to no class at all any more."""
    old = enrolment.class_group
    rules: ChangeRules = rule_values(ChangeRules.rule_key, on=on, unit=old.school.unit)
    last = old.first_on + dt.timedelta(days=rules.days)
    if on > last:
        raise BusinessError(f"换班到 {last.month} 月 {last.day} 日截止，已经过了。", code="late")
    joined = day_of(enrolment.sign_up.seated_at or enrolment.sign_up.queued_at)
    if not rules.late_joiners and joined > old.first_on + dt.timedelta(days=rules.joined_late_after):
        raise BusinessError("开课以后插班的，按规定不能换班。", code="joined_late")
    return rules


def check_open(enrolment: Enrolment, target: ClassGroup) -> None:
    if enrolment.state != EnrolmentState.STUDYING or enrolment.voided_at:
        raise BusinessError("他已经不在这个班里。", code="not_in")
    if target.pk == enrolment.class_group_id:
        raise BusinessError("请选另一个班。", code="same", field="target")
    if target.voided_at or target.state not in OPEN or target.term_id != enrolment.class_group.term_id:
        raise BusinessError("只能换到同一学期、还在上课或报名的班。", code="closed", field="target")
    drawn = target.offering.round
    if target.offering.mode == Mode.LOTTERY and (drawn is None or drawn.state != RoundState.PUBLISHED):
        raise BusinessError(f"“{target}”还没有抽签，名额要抽签决定。", code="draw", field="target")
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
    beside: Sequence[Enrolment] = (),
    source: str = SignUpSource.STAFF,
    grant: ProxyGrant | None = None,
) -> ClassChange:
    """Give up one place and take the other; both locked by the caller. A clash or a refusal of the new class undoes
    all of it. What he paid goes along, `beside`: with money of his on other enrolments; what is too much becomes a
    refund to be signed, what is too little is owed. See rule book 9.53."""
    on = day_of(now)
    refuse_refund_under_way(enrolment)
    difference = difference_of(enrolment, target, on, beside=beside)
    seats.withdraw(enrolment.sign_up, reason=reason, actor=actor, now=now)
    gained = seats.sign_up(
        target.offering, enrolment.student.person, source=source, actor=actor, now=now,
        form_key=uuid.uuid5(form_key, "place"), grant=grant,
    )  # fmt: skip
    if gained.state != SignUpState.SEATED:
        raise BusinessError(f"“{target}”没有名额了。", code="full", field="target")
    # The way back is the change's own: an enrolment that was undone would leave him in neither class.
    SignUp.objects.filter(pk=gained.pk).update(undo_until=None)
    new = Enrolment.objects.select_related("sign_up").get(sign_up=gained)
    Enrolment.objects.filter(pk=enrolment.pk).update(state=EnrolmentState.CHANGED, ended_on=on, end_reason=reason)
    change = ClassChange.objects.create(
        public_id=form_key, old=enrolment, new=new, merge=merge, reason=reason, done_at=now, done_by=actor,
        difference=difference.to_pay - difference.to_refund,
    )  # fmt: skip
    carry_money([enrolment, *beside], new, actor=actor, now=now, form_key=form_key)
    audit.record(
        "class.move_student", actor=actor, target=f"university.enrolment:{new.pk}", reason=reason,
        people=[enrolment.student_id],
    )  # fmt: skip
    return change


def refuse_refund_under_way(enrolment: Enrolment) -> None:
    """Raises BusinessError while money of this class is on its way back: nobody could say what goes along."""
    if Refund.objects.filter(enrolment=enrolment, state__in=UNDER_WAY, voided_at__isnull=True).exists():
        raise BusinessError("他这门课有一份退费在办。请先办完，或者撤回申请，再换班。", code="refund")


def carry_money(olds: Sequence[Enrolment], new: Enrolment, *, actor, now: dt.datetime, form_key: uuid.UUID) -> None:
    """What was paid for the old classes goes over up to the new fee; for the rest a refund (换课差额) is written down,
    that waits for the signature."""
    for old in olds:
        carry_over(old, new, actor=actor, on=day_of(now), form_key=uuid.uuid5(form_key, f"carry{old.pk}"))
    for old in olds:
        old.refresh_from_db(fields=["paid", "refunded", "state", "ended_on"])
        if spare(old):
            facts = refunds.RefundFacts(RefundCause.CHANGE)
            refunds.apply(old, facts, actor=actor, now=now, form_key=uuid.uuid5(form_key, f"refund{old.pk}"))


@transaction.atomic
def undo_change(change: ClassChange, *, actor, now: dt.datetime) -> ClassChange:
    """Back to where he was, within a day and while his place is still free and nobody waits for it. It is written as
    another change, so that both classes keep their lists. The money goes back with him; a refund of the difference
    that did not go to the finance office is withdrawn, what did is owed again."""
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
        raise BusinessError(f"“{target}”的名额已经轮到候补的学员，不能撤回。", code="queue")
    old = money_back(change.old, actor=actor, now=now)
    move(
        enrolment, target, reason="撤回换班", actor=actor, now=now, form_key=uuid.uuid5(change.public_id, "undo"),
        beside=[old],
    )  # fmt: skip
    change.undone_at = now
    change.save(update_fields=["undone_at"])
    return change


def money_back(old: Enrolment, *, actor, now: dt.datetime) -> Enrolment:
    """The enrolment he left, with the refund of its difference withdrawn where it was not sent yet."""
    on = day_of(now)
    waiting = Refund.objects.filter(
        enrolment=old, cause=RefundCause.CHANGE, state__in=UNDER_WAY[:2], voided_at__isnull=True
    )
    for refund in waiting:
        refunds.end(refund, RefundAct.WITHDRAW, on=on, reason="撤回换班，不退差额", actor=actor, today=on)
    return Enrolment.objects.select_related("class_group__school__unit", "student__person").get(pk=old.pk)
