"""住院登记 by staff: through the life event, so that visits and the registry follow as with every other report."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.models import User
from apps.common import audit
from apps.common.choices import Source
from apps.common.errors import BusinessError, StaleVersion
from apps.common.partial_date import PartialDate
from apps.ledgers.choices.medical import StayResult
from apps.ledgers.models import HospitalStay
from apps.people.choices import LifeStatus
from apps.registry.choices import LifeEventKind
from apps.registry.models import Cadre
from apps.registry.services import life

# Ends that only another event gives.
OF_EVENTS = (StayResult.MOVED, StayResult.DIED)


@dataclass(frozen=True, kw_only=True)
class StayFacts:
    """What the form of a stay says; `condition` is kept encrypted."""

    hospital: str
    admitted_on: dt.date
    department: str = ""
    bed: str = ""
    condition: str = ""
    source: str = Source.STAFF


@transaction.atomic
def admit(facts: StayFacts, *, cadre: Cadre, actor: User, on: dt.date, form_key: uuid.UUID) -> HospitalStay:
    """Record that he is in hospital: a confirmed life event opens the stay and the visits that are due because of it.

    The same form sent twice is one stay; so is what a branch told already of the same day, which is filled up. Raises
    BusinessError for a day to come, the dead, and a day before the stay that stands open.
    """
    cadre = Cadre.objects.select_for_update(of=("self",)).select_related("person", "managing_unit").get(pk=cadre.pk)
    standing = HospitalStay.objects.filter(public_id=form_key).first()
    if standing is not None:
        return standing
    if cadre.person.life_status == LifeStatus.DECEASED:
        raise BusinessError("这位老同志已登记离世。", code="deceased")
    if not facts.hospital.strip():
        raise BusinessError("请填医院。", code="hospital", field="hospital")
    _check_day(facts.admitted_on, on)
    stay = HospitalStay.objects.open().filter(cadre=cadre).first()
    if stay is not None and stay.admitted_on > facts.admitted_on:
        raise BusinessError(
            f"他已登记 {stay.admitted_on:%Y-%m-%d} 入院，还没有出院。要改入院日期，请先撤销那一次住院登记。",
            code="open_stay", field="admitted_on",
        )  # fmt: skip
    if stay is None or stay.admitted_on != facts.admitted_on:
        told = life.Report(
            LifeEventKind.ADMITTED, PartialDate.parse(facts.admitted_on.isoformat()), hospital=facts.hospital,
            ward=f"{facts.department} {facts.bed}".strip()[:60], source=facts.source,
        )  # fmt: skip
        event = life.record(cadre.person, told, actor=actor, today=on)
        stay = HospitalStay.objects.get(admitted_by=event)
        stay.public_id = form_key
        stay.save(update_fields=["public_id"])
    _fill(stay, facts)
    _note("stay.record", stay, actor)
    return stay


@transaction.atomic
def change_stay(stay: HospitalStay, facts: StayFacts, *, actor: User, version: int) -> HospitalStay:
    """Mend hospital, ward and condition; the day of admission is the event's and stays. StaleVersion if somebody saved
    since `version`."""
    standing = HospitalStay.objects.select_for_update(of=("self",)).get(pk=stay.pk)
    if standing.version != version:
        raise StaleVersion
    _fill(standing, facts)
    _note("stay.change", standing, actor)
    return standing


@transaction.atomic
def discharge(
    stay: HospitalStay, *, discharged_on: dt.date, result: str, note: str = "", actor: User, on: dt.date
) -> HospitalStay:
    """He came home: a confirmed life event ends the stay and opens the call after it. Discharged already, on the same
    day, the result is filled in; on another day refused."""
    standing = HospitalStay.objects.select_for_update(of=("self",)).select_related("cadre__person").get(pk=stay.pk)
    if standing.discharged_on is not None and standing.discharged_on != discharged_on:
        raise BusinessError(
            f"已登记 {standing.discharged_on:%Y-%m-%d} 出院。日期有误，请先撤销那次出院登记。",
            code="discharged", field="discharged_on",
        )  # fmt: skip
    _check_day(discharged_on, on, field="discharged_on")
    if discharged_on < standing.admitted_on:
        raise BusinessError("出院日期不能早于入院日期。", code="order", field="discharged_on")
    if result not in StayResult.values or result in OF_EVENTS:
        raise BusinessError("请选治疗结果。转院请另外登记住院，离世请登记离世。", code="result", field="result")
    if standing.discharged_on is None:
        told = life.Report(LifeEventKind.DISCHARGED, PartialDate.parse(discharged_on.isoformat()))
        life.record(standing.cadre.person, told, actor=actor, today=on)
        standing.refresh_from_db()
    standing.result, standing.outcome_note = result, note.strip()
    standing.save(update_fields=["result", "outcome_note"])
    _note("stay.discharge", standing, actor)
    return standing


def _check_day(day: dt.date, on: dt.date, field: str = "admitted_on") -> None:
    if day > on:
        raise BusinessError("日期还没有到，请核对。", code="future", field=field)


def _fill(stay: HospitalStay, facts: StayFacts) -> None:
    """Empty words leave what is known."""
    stay.hospital = facts.hospital.strip()[:80]
    stay.department = facts.department.strip()[:60] or stay.department
    stay.bed = facts.bed.strip()[:20] or stay.bed
    stay.condition = facts.condition.strip() or stay.condition
    stay.save(update_fields=["hospital", "department", "bed", "condition"])


def _note(action: str, stay: HospitalStay, actor: User) -> None:
    audit.record(
        action, actor=actor, people=[stay.cadre_id], fields=["hospital"], target=f"ledgers.hospitalstay:{stay.pk}"
    )
