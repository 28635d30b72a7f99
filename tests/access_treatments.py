"""Treatments, journeys, papers and services in the world of the access matrix: one object of each kind a side, and
what each page asks for as (right, model whose key stands in the address, right to send)."""

import datetime

from apps.common.models import Paper
from apps.ledgers.models import (
    ConvalescenceBatch,
    ConvalescencePlace,
    GreenCard,
    GuaranteeCheck,
    MedicalFee,
    NearbyService,
    SeniorClaim,
    ServiceOffer,
    Subscription,
    TreatmentChange,
    TreatmentDue,
    TreatmentItem,
    TreatmentRun,
    TreatmentSheet,
    UnitFund,
    UnitSpending,
)

DAY, LATER = datetime.date(2026, 3, 1), datetime.date(2026, 6, 1)
NOBODY = "nobody"


def _item(side) -> TreatmentItem:
    return TreatmentItem.objects.get_or_create(name="医疗补助", defaults={"group": "living", "standard": "asked"})[0]


def _run(side) -> TreatmentRun:
    return TreatmentRun.objects.get_or_create(
        item=_item(side), period_start=datetime.date(2026, 1, 1), defaults={"opened_on": DAY}
    )[0]


def _sheet(side) -> TreatmentSheet:
    paper = Paper.objects.create(
        code=f"T3{side.unit.pk:04d}", kind="签领表", title="签领表", subject="", unit_id=side.unit.pk
    )
    return TreatmentSheet.objects.create(run=_run(side), paper=paper)


def _due(side) -> TreatmentDue:
    return TreatmentDue.objects.create(
        run=_run(side), cadre=side.cadre, unit=side.unit, amount=500, sheet=side.objects["ledgers.treatmentsheet"]
    )


def _batch(side) -> ConvalescenceBatch:
    return ConvalescenceBatch.objects.get_or_create(
        name="第一批", defaults={"place": "青屿", "starts_on": DAY, "ends_on": LATER, "quota": 9}
    )[0]


TREATMENT_OBJECTS = {
    "ledgers.treatmentitem": _item,
    "ledgers.treatmentrun": _run,
    "ledgers.treatmentsheet": _sheet,
    "ledgers.treatmentdue": _due,
    "ledgers.treatmentchange": lambda side: TreatmentChange.objects.create(
        due=side.objects["ledgers.treatmentdue"], kind="reclaim", amount=-500, reason="多发", made_on=DAY
    ),
    "ledgers.unitfund": lambda side: UnitFund.objects.create(unit=side.unit, item=_item(side), year=2026, amount=900),
    "ledgers.unitspending": lambda side: UnitSpending.objects.create(
        fund=side.objects["ledgers.unitfund"], cadre=side.cadre, spent_on=DAY, what="护工费", amount=1, voucher_no="1"
    ),
    "ledgers.seniorclaim": lambda side: SeniorClaim.objects.create(cadre=side.cadre, band=90, state="told", on=DAY),
    "ledgers.convalescencebatch": _batch,
    "ledgers.convalescenceplace": lambda side: ConvalescencePlace.objects.create(
        batch=_batch(side), cadre=side.cadre, invited_on=DAY
    ),
    "ledgers.medicalfee": lambda side: MedicalFee.objects.create(
        cadre=side.cadre, unit=side.unit, year=2026, quarter=1, cost=5, arrears=5
    ),
    "ledgers.guaranteecheck": lambda side: GuaranteeCheck.objects.create(
        unit=side.unit, year=2026, quarter=1, guarantee="medical", result="kept", evidence="台账", checked_on=DAY
    ),
    "ledgers.subscription": lambda side: Subscription.objects.create(
        cadre=side.cadre, year=2026, title="人民日报", price=288
    ),
    "ledgers.greencard": lambda side: GreenCard.objects.create(
        cadre=side.cadre, number=f"卡{side.unit.pk}", hospital="市医院", issued_on=DAY, valid_until=LATER
    ),
    "ledgers.serviceoffer": lambda side: ServiceOffer.objects.create(
        kind="living", name="助餐", provider=f"饭堂{side.unit.pk}", phone="0700-1", how_to_order="打电话"
    ),
    "ledgers.nearbyservice": lambda side: NearbyService.objects.create(
        community=side.objects["organisation.community"], kind="study", what="读报", since=DAY
    ),
}  # fmt: skip
TREATMENT_SHARED = {
    "ledgers.treatmentitem", "ledgers.treatmentrun", "ledgers.convalescencebatch", "ledgers.serviceoffer",
    "ledgers.nearbyservice",
}  # fmt: skip

TABLES = (
    "treatmentitem", "treatmentdue", "treatmentchange", "unitfund", "unitspending", "seniorclaim",
    "convalescenceplace", "medicalfee", "guaranteecheck", "subscription", "greencard", "serviceoffer", "nearbyservice",
)  # fmt: skip
DUES, GIVE, RUN = "ledgers.view_treatmentdue", "ledgers.change_treatmentdue", "ledgers.treatmentrun"
PLACES, BATCH = "ledgers.view_convalescenceplace", "ledgers.convalescencebatch"
TREATMENT_PAGES = {
    **{f"admin:ledgers_{name}_{out}": (f"ledgers.view_{name}",) for name in TABLES for out in ("print_list", "export")},
    "admin:ledgers_treatmentrun_list": (DUES, RUN, GIVE),
    "admin:ledgers_treatmentrun_print": (DUES, RUN),
    "admin:ledgers_treatmentrun_export": (DUES, RUN),
    "admin:ledgers_treatmentrun_sheet": (NOBODY, RUN, GIVE),
    "admin:ledgers_treatmentrun_returned": (GIVE, RUN),
    "admin:ledgers_treatmentdue_correct": (GIVE, "ledgers.treatmentdue"),
    "admin:ledgers_treatmentchange_settle": (GIVE, "ledgers.treatmentchange"),
    "admin:ledgers_treatmentsheet_print": ("ledgers.view_treatmentsheet", "ledgers.treatmentsheet"),
    "admin:ledgers_treatmentsheet_enter": ("ledgers.view_treatmentsheet", "ledgers.treatmentsheet", GIVE),
    "admin:ledgers_unitfund_over": ("ledgers.approve_over", "ledgers.unitfund"),
    "admin:ledgers_convalescencebatch_list": (PLACES, BATCH),
    "admin:ledgers_convalescencebatch_print": (PLACES, BATCH),
    "admin:ledgers_convalescencebatch_export": (PLACES, BATCH),
    "admin:ledgers_convalescencebatch_invite": ("ledgers.add_convalescenceplace", BATCH),
    "admin:ledgers_convalescenceplace_answer": ("ledgers.change_convalescenceplace", "ledgers.convalescenceplace"),
    "admin:ledgers_medicalfee_totals": ("ledgers.view_medicalfee",),
    "admin:ledgers_guaranteecheck_left": ("ledgers.view_guaranteecheck",),
    "admin:ledgers_subscription_copy": ("ledgers.add_subscription",),
    "admin:ledgers_greencard_renew": ("ledgers.change_greencard", "ledgers.greencard"),
    "admin:ledgers_seniorclaim_reaching": ("ledgers.view_seniorclaim",),
    "admin:ledgers_seniorclaim_gone": ("ledgers.view_seniorclaim",),
    "admin:ledgers_nearbyservice_coverage": ("ledgers.view_nearbyservice",),
}
# Opened, handed out and answered by acts of their own, never in a form of fields.
TREATMENT_EXCEPTIONS = {
    "admin:ledgers_treatmentrun_change": ("ledgers.view_treatmentrun", RUN, NOBODY),
    "admin:ledgers_treatmentdue_add": (NOBODY,),
    "admin:ledgers_treatmentdue_change": (DUES, "ledgers.treatmentdue", NOBODY),
    "admin:ledgers_treatmentchange_add": (NOBODY,),
    "admin:ledgers_treatmentchange_change": ("ledgers.view_treatmentchange", "ledgers.treatmentchange", NOBODY),
    "admin:ledgers_treatmentsheet_add": (NOBODY,),
    "admin:ledgers_treatmentsheet_change": ("ledgers.view_treatmentsheet", "ledgers.treatmentsheet", NOBODY),
    "admin:ledgers_convalescenceplace_add": (NOBODY,),
}
