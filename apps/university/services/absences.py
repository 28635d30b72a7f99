"""Who has long been away: rung first, then kept or let go by staff. Never by itself (rule book 9.50)."""

import datetime as dt

from django.db import transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.signups.services import seats
from apps.university.choices.life import Decision
from apps.university.choices.students import EnrolmentState
from apps.university.models import AbsenceCase, Enrolment
from apps.university.rules.lessons import day_of


@transaction.atomic
def note_call(
    enrolment: Enrolment, *, basis: str, since: dt.date, reached: str, said: str, actor, now: dt.datetime
) -> AbsenceCase:
    """What came of ringing him or his family about lessons missed since `since`; the last call stands."""
    case, _ = AbsenceCase.objects.select_for_update().get_or_create(
        enrolment=enrolment, since=since, defaults={"basis": basis}
    )
    if case.decision:
        raise BusinessError("这位学员已经定过了。", code="decided")
    case.called_at, case.reached, case.said, case.called_by = now, reached, " ".join(said.split())[:200], actor
    case.save(update_fields=["called_at", "reached", "said", "called_by"])
    _note(case, "absence.call", actor)
    return case


@transaction.atomic
def decide(case: AbsenceCase, decision: str, *, actor, now: dt.datetime) -> AbsenceCase:
    """保留 or 退课, after a call; 退课 frees the place, which goes to the next in rank. See rule book 9.50."""
    case = AbsenceCase.objects.select_for_update(of=("self",)).select_related("enrolment__sign_up").get(pk=case.pk)
    if case.decision:
        if case.decision == decision:
            return case
        raise BusinessError("这位学员已经定过了。", code="decided")
    if case.called_at is None:
        raise BusinessError("请先打电话问问情况，再作决定。", code="call_first")
    if decision == Decision.LEAVE:
        enrolment = case.enrolment
        if enrolment.state != EnrolmentState.STUDYING:
            raise BusinessError("他已经不在这个班里。", code="not_in")
        reason = f"{case.get_basis_display()}，{day_of(case.called_at)}联系后退课"
        seats.remove(enrolment.sign_up, reason=reason, actor=actor, now=now)
        Enrolment.objects.filter(pk=enrolment.pk).update(
            state=EnrolmentState.LEFT, ended_on=day_of(now), end_reason=reason
        )
    case.decision, case.decided_at, case.decided_by = decision, now, actor
    case.save(update_fields=["decision", "decided_at", "decided_by"])
    _note(case, f"absence.{decision}", actor)
    return case


def _note(case: AbsenceCase, action: str, actor) -> None:
    audit.record(action, actor=actor, people=[case.enrolment.student_id], target=f"university.absencecase:{case.pk}")
