"""老生续读: a class goes on into the class that follows it, as provisional places until the end of the phase."""

import datetime as dt
import uuid

from django.db import transaction

from apps.common.errors import BusinessError
from apps.signups.choices import AttemptWay, OfferingState, SignUpSource
from apps.signups.models import Offer
from apps.signups.services.continuing import Continued, offer_continuing, take_back_continuing
from apps.signups.services.offers import accept, decline, record_attempt
from apps.university.choices.schools import PhaseKind
from apps.university.models import ClassGroup, Continuation, TermPhase
from apps.university.queries.continuing import who_goes_on

GOES_ON, STOPS, TOLD = "on", "stop", "told"


def answer_until(class_group: ClassGroup) -> dt.datetime | None:
    """The end of the phase 老生续读 of its term: the school's own, else that of all."""
    phases = TermPhase.objects.filter(
        term=class_group.term_id, kind=PhaseKind.CONTINUING, voided_at__isnull=True
    ).order_by("pk")
    by_school = {phase.school_id: phase.closes_at for phase in phases}
    return by_school.get(class_group.school_id) or by_school.get(None)


@transaction.atomic
def continue_class(class_group: ClassGroup, *, actor, now: dt.datetime) -> Continued:
    """Keep a place in `class_group` for everybody of the class it follows; done again it adds who is new.

    Raises BusinessError: nothing before it, not public, no phase or one that is over.
    """
    class_group = ClassGroup.objects.select_for_update(of=("self",), no_key=True).get(pk=class_group.pk)
    if class_group.follows_id is None:
        raise BusinessError("这个班没有填上一年级的班，不能续读。请先在班级里填好。")
    if class_group.offering.state != OfferingState.OPEN:
        raise BusinessError(f"“{class_group.offering.title}”还没有公布，公布以后才能办续读。")
    until = answer_until(class_group)
    if until is None:
        raise BusinessError("这个学期没有“老生续读”阶段，请先在学期里填好起止时间。")
    if until <= now:
        raise BusinessError("“老生续读”阶段已经结束，不能再留名额。")
    found = offer_continuing(class_group.offering, who_goes_on(class_group), answer_by=until, actor=actor, now=now)
    row, _ = Continuation.objects.get_or_create(
        class_group=class_group, undone_at=None, voided_at=None,
        defaults={"answer_by": until, "made_at": now, "made_by": actor, "public_id": uuid.uuid4()},
    )  # fmt: skip
    Continuation.objects.filter(pk=row.pk).update(offered=row.offered + len(found.offered))
    return found


@transaction.atomic
def take_back(continuation: Continuation, *, actor, now: dt.datetime) -> int:
    """Places that nobody has answered for are taken back; who said yes stays. Done already, nothing."""
    changed = Continuation.objects.filter(pk=continuation.pk, undone_at__isnull=True).update(undone_at=now)
    return take_back_continuing(continuation.class_group.offering, actor=actor, now=now) if changed else 0


def answer(offer: Offer, what: str, *, key: uuid.UUID, actor, now: dt.datetime) -> None:
    """What the monitor's list says of one: goes on, stops, or was told. He was spoken to, so his silence counts."""
    record_attempt(offer, way=AttemptWay.VISIT, reached=True, note="班里登记", actor=actor, now=now, form_key=key)
    if what == GOES_ON:
        accept(offer, actor=actor, now=now, via=SignUpSource.DESK)
    elif what == STOPS:
        decline(offer, actor=actor, now=now, via=SignUpSource.DESK)
