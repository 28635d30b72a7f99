"""The socket of signups for shifts: who may not have a place, and what follows when one is given or given up."""

import datetime as dt

from django.utils import timezone

from apps.organisation.queries import rule_values
from apps.signups.choices import SignUpState
from apps.signups.kinds import Kind
from apps.signups.models import Offering, SignUp
from apps.volunteers.choices.shifts import TurnState
from apps.volunteers.models import Shift, Turn
from apps.volunteers.queries.fitting import left, refusals
from apps.volunteers.rules.shifts import ShiftRules

SHIFT = "shift"
# Whose staff work on the places of shifts, and hear of them.
WORKS_ON = "volunteers.change_shift"


def seated(sign_ups: list[SignUp], on: dt.date) -> None:
    """A turn for everybody who got a place. Who comes back to his place has the turn he had."""
    back = Turn.objects.filter(sign_up__in=[row.pk for row in sign_ups])
    known = set(back.values_list("sign_up_id", flat=True))
    back.update(state=TurnState.EXPECTED, voided_at=None, void_reason="")
    fresh = [row for row in sign_ups if row.pk not in known]
    shifts = dict(Shift.objects.filter(offering__in={row.offering_id for row in fresh}).values_list("offering", "pk"))
    Turn.objects.bulk_create(
        Turn(sign_up=row, shift_id=shifts[row.offering_id], volunteer_id=row.person_id, entered_by=row.entered_by)
        for row in fresh
    )


def freed(sign_ups: list[SignUp], on: dt.date) -> None:
    """The turns of those who gave their place up; of one that was undone nothing is left but a voided row. Who came
    stays on record as having come."""
    by_key = {row.pk: row for row in sign_ups}
    rows = Turn.objects.current().filter(sign_up__in=by_key, state=TurnState.EXPECTED)
    for turn in rows.select_for_update(of=("self",)).order_by("pk"):
        sign_up = by_key[turn.sign_up_id]
        turn.state = TurnState.CANCELLED
        if sign_up.state == SignUpState.UNDONE:
            turn.voided_at, turn.void_reason = sign_up.ended_at, "撤销报名"
        turn.save(update_fields=["state", "voided_at", "void_reason"])


def phone(offering: Offering) -> str:
    return offering.shift.team.phone


def offers_until(offering: Offering) -> dt.datetime | None:
    """Some time before the shift begins, which is when its sign-up closes: nobody is asked for a shift that he cannot
    reach any more. See rule book 10.10."""
    if offering.closes_at is None:
        return None
    rules = rule_values(ShiftRules.rule_key, on=timezone.localdate(offering.closes_at), unit=offering.unit)
    return offering.closes_at - dt.timedelta(minutes=rules.offers_end_minutes)


SHIFTS = Kind(SHIFT, "班次", refusals, seated, freed, phone, WORKS_ON, left, offers_until=offers_until)
