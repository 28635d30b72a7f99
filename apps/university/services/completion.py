"""The end of a class: who completed it is proposed by attendance and decided by staff; certificates, numbered."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Max

from apps.common import audit
from apps.common.errors import BusinessError
from apps.signups.choices import OfferingState
from apps.signups.models import Offering
from apps.university.choices.schools import ClassState
from apps.university.choices.students import EnrolmentState
from apps.university.models import Certificate, ClassGroup, Enrolment, School

from .closing_classes import locked
from .lessons import checked_reason

AHEAD = dt.timedelta(days=14)
DECIDED = (EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED)


@transaction.atomic
def decide_completion(
    class_group: ClassGroup, decisions: Mapping[int, str], *, actor, on: dt.date
) -> list[Certificate]:
    """`decisions`: enrolment id → COMPLETED or NOT_COMPLETED for everybody still studying. Ends the class and issues
    certificates to those who completed it; returns them. See rule book 9.51. See rule book 9.58."""
    group = locked(class_group)
    if group.state == ClassState.ENDED:
        raise BusinessError("这个班已经结课。", code="ended")
    if group.state != ClassState.RUNNING:
        raise BusinessError("这个班还没有开课，或者已经取消。", code="not_running")
    if not may_complete(group, on):
        raise BusinessError(f"最后一次课在 {group.until - dt.timedelta(days=1)}，结课前两周才办结业。", code="early")
    rows = {row.pk: row for row in _studying(group)}
    if set(decisions) != set(rows):
        raise BusinessError("名单变了，请刷新后再定。每位学员都要定。", code="stale")
    if set(decisions.values()) - set(DECIDED):
        raise BusinessError("请给每位学员选“结业”或“不结业”。", code="choose")
    for state in DECIDED:
        keys = [pk for pk, decision in decisions.items() if decision == state]
        Enrolment.objects.filter(pk__in=keys).update(state=state, ended_on=on)
    ClassGroup.objects.filter(pk=group.pk).update(state=ClassState.ENDED)
    Offering.objects.filter(pk=group.offering_id).update(state=OfferingState.ENDED)
    audit.record(
        "class.complete", actor=actor, target=f"university.classgroup:{group.pk}",
        people=[row.student_id for row in rows.values()],
    )  # fmt: skip
    done = [row for pk, row in rows.items() if decisions[pk] == EnrolmentState.COMPLETED]
    return issue(group, done, actor=actor, on=on)


def may_complete(group: ClassGroup, on: dt.date) -> bool:
    """From two weeks before the day after its last lesson."""
    return group.state == ClassState.RUNNING and on >= group.until - AHEAD


def issue(group: ClassGroup, rows: Iterable[Enrolment], *, actor, on: dt.date) -> list[Certificate]:
    """Certificates in the order of the rows, numbered without gaps: the school's row is locked while they are made."""
    rows = list(rows)
    if not rows:
        return []
    School.objects.select_for_update(no_key=True).get(pk=group.school_id)
    last = Certificate.objects.filter(school=group.school_id, year=on.year).aggregate(last=Max("number"))["last"] or 0
    return Certificate.objects.bulk_create(
        Certificate(
            school_id=group.school_id, enrolment=row, year=on.year, number=number,
            code=code_of(group.school_id, on.year, number), name=row.student.person.name, course=group.course.name,
            term=str(group.term), issued_on=on, issued_by=actor,
        )
        for number, row in enumerate(rows, last + 1)
    )  # fmt: skip


def code_of(school_id: int, year: int, number: int) -> str:
    """2026-012-0007: year, school, number."""
    return f"{year}-{school_id:03d}-{number:04d}"


@transaction.atomic
def decide_again(enrolment: Enrolment, *, actor, on: dt.date) -> Certificate:
    """补发: somebody who was not counted completed it after all."""
    group = locked(enrolment.class_group)
    row = Enrolment.objects.select_for_update(of=("self",)).select_related("student__person").get(pk=enrolment.pk)
    if group.state != ClassState.ENDED or row.state not in DECIDED:
        raise BusinessError("班结课以后才能补发。", code="not_ended")
    if row.certificates.filter(withdrawn_on__isnull=True, voided_at__isnull=True).exists():
        raise BusinessError("他已经有结业证书。丢了的请按“打印”再打一份。", code="has_one")
    Enrolment.objects.filter(pk=row.pk).update(state=EnrolmentState.COMPLETED)
    audit.record("class.complete", actor=actor, people=[row.student_id], target=f"university.enrolment:{row.pk}")
    return issue(group, [row], actor=actor, on=on)[0]


@transaction.atomic
def withdraw_certificate(certificate: Certificate, *, reason: str, actor, on: dt.date) -> Certificate:
    """It stays, and the check page says that it does not hold; its number is never given again."""
    certificate = Certificate.objects.select_for_update(of=("self",)).select_related("enrolment").get(pk=certificate.pk)
    if certificate.withdrawn_on:
        return certificate
    certificate.withdrawn_on, certificate.withdraw_reason = on, checked_reason(reason)
    certificate.save(update_fields=["withdrawn_on", "withdraw_reason"])
    audit.record(
        "certificate.withdraw", actor=actor, people=[certificate.enrolment.student_id],
        target=f"university.certificate:{certificate.pk}", reason=certificate.withdraw_reason,
    )  # fmt: skip
    return certificate


def _studying(group: ClassGroup):
    return (
        Enrolment.objects.current()
        .filter(class_group=group, state=EnrolmentState.STUDYING)
        .select_related("student__person")
        .order_by("student__person__name_sort_key", "student__person__name", "pk")
    )
