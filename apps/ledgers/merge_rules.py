"""What becomes of the rows of this room when two entries of one person are made one."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Model
from django.utils import timezone

from apps.people.merging import MOVE, Edit, How, Rule, declare
from apps.people.models import Person

from .choices import ClosedReason
from .models import CareAssignment, Duty, SafetyCheck

RULES = {
    "ledgers.CareTier.cadre": MOVE,
    "ledgers.TierAdvice.cadre": MOVE,
    "ledgers.CareAssignment.cadre": MOVE,
    "ledgers.ContactPerson.person": MOVE,
    "ledgers.Inquiry.person": MOVE,
    "ledgers.ServicePlan.cadre": MOVE,
    "ledgers.Need.cadre": MOVE,
    "ledgers.HomeAdaptation.cadre": MOVE,
    "ledgers.AftermathCase.cadre": MOVE,
    "ledgers.AidApplication.cadre": Rule(How.STOP, "两份登记今年都申请过困难帮扶，请先撤回或作废其中一份。"),
    "ledgers.AidDraft.cadre": MOVE,
    "ledgers.Assessment.cadre": MOVE,
    "ledgers.Thought.cadre": MOVE,
    "ledgers.Subscription.cadre": MOVE,
    "ledgers.GreenCard.cadre": MOVE,
    "ledgers.VisitTarget.cadre": MOVE,
    "ledgers.VisitTarget.family": MOVE,
    "ledgers.SafetyCheck.cadre": MOVE,
    "ledgers.ConvalescencePlace.cadre": MOVE,
    "ledgers.Duty.cadre": MOVE,
    "ledgers.FamilyInCare.cadre": MOVE,
    "ledgers.HospitalStay.cadre": Rule(How.STOP, "两份登记都在住院，请先给其中一份登记出院或更正。"),
    "ledgers.CheckUp.cadre": MOVE,
    "ledgers.Medicine.cadre": MOVE,
    "ledgers.TreatmentDue.cadre": MOVE,
    "ledgers.SeniorClaim.cadre": MOVE,
    "ledgers.UnitSpending.cadre": MOVE,
    "ledgers.MedicalFee.cadre": Rule(How.STOP, "两份登记有同一笔医药费，请先更正其中一笔。"),
    "ledgers.CallSheetLine.cadre": MOVE,
}
NUMBERS = {"ledgers.Inquiry.subject": "是来电来访事由的代码"}


def end_what_stayed(winner: Person, loser: Person, now: dt.datetime) -> Iterator[Edit]:
    """Open duties, pairings and checks that the winner has too stay with the alias, and end there."""
    on = timezone.localdate(now)
    ends: tuple[tuple[type[Model], dict], ...] = (
        (Duty, {"closed_on": on, "closed_reason": ClosedReason.UNDONE}),
        (CareAssignment, {"ends_on": on}),
    )
    for model, values in ends:
        for row in model.objects.open().filter(cadre=loser.pk).order_by("pk"):
            if model is CareAssignment and row.starts_on > on:
                yield Edit(row, {"ends_on": row.starts_on})
            else:
                yield Edit(row, values)
    for check in SafetyCheck.objects.open().filter(cadre=loser.pk):
        yield Edit(check, {"voided_at": now, "void_reason": "并入另一份登记"})


def plug() -> None:
    declare(rules=RULES, numbers=NUMBERS, changes=[end_what_stayed])
