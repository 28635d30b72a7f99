"""Objects of health, works at home and families for the world of the access matrix: `side` → one row of each kind."""

import datetime

from apps.ledgers.models import (
    Assessment,
    CheckUp,
    FamilyInCare,
    HomeAdaptation,
    HospitalStay,
    Medicine,
    Thought,
    TierAdvice,
)
from apps.people.models import Consent
from apps.registry.models import LifeEvent

DAY, LATER = datetime.date(2026, 3, 1), datetime.date(2026, 6, 1)


def _stay(side) -> HospitalStay:
    event = LifeEvent.objects.create(
        person=side.cadre.person, kind="admitted", state="confirmed", happened_on="2026-03"
    )
    return HospitalStay.objects.create(
        cadre=side.cadre, hospital=f"{side.cadre.person.name}医院", admitted_on=DAY, admitted_by=event
    )


def _medicine(side) -> Medicine:
    consent = Consent.objects.create(person=side.cadre.person, purpose="health", wording="1")
    row = Medicine(cadre=side.cadre, consent=consent)
    row.name = f"{side.cadre.person.name}药"
    row.save()
    return row


def _thought(side) -> Thought:
    row = Thought(cadre=side.cadre, kind="thoughts", happened_on=DAY, counsellor="甲", follow_up_on=LATER)
    row.content = f"{side.cadre.person.name}的心事"
    row.save()
    return row


HEALTH_OBJECTS = {
    "ledgers.assessment": lambda side: Assessment.objects.create(
        cadre=side.cadre, assessed_on=DAY, assessor="评估站", score=80, base_level=1, level=1, next_due_on=LATER,
        due_because="disabled",
    ),
    "ledgers.hospitalstay": _stay,
    "ledgers.checkup": lambda side: CheckUp.objects.create(cadre=side.cadre, year=2026, state="done", done_on=DAY),
    "ledgers.medicine": _medicine,
    "ledgers.thought": _thought,
    "ledgers.tieradvice": lambda side: TierAdvice.objects.create(
        cadre=side.cadre, level=1, reasons=["alone"], advised_on=DAY
    ),
    "ledgers.familyincare": lambda side: FamilyInCare.objects.create(
        cadre=side.cadre, relative=side.objects["people.relative"], starts_on=DAY
    ),
    "ledgers.homeadaptation": lambda side: HomeAdaptation.objects.create(
        cadre=side.cadre, asked_on=DAY, wish=f"{side.cadre.person.name}家装扶手", owner=side.objects["accounts.user"]
    ),
}  # fmt: skip
