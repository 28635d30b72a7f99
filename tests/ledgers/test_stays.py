"""Stays in hospital: one admission, one stay, one visit owed, whoever told it; check-ups and medicines."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.common.errors import BusinessError, StaleVersion
from apps.common.models import AuditEntry
from apps.common.partial_date import PartialDate
from apps.ledgers.choices import DutyKind
from apps.ledgers.choices.medical import StayResult
from apps.ledgers.models import CheckUp, Duty, HospitalStay, Medicine
from apps.ledgers.services import medicines
from apps.ledgers.services.check_ups import CheckUpFacts, change_check_up, record_check_up, record_check_ups
from apps.ledgers.services.stays import StayFacts, admit, change_stay, discharge
from apps.people.models import Consent
from apps.registry.choices import LifeEventKind
from apps.registry.models import Health, LifeEvent
from apps.registry.services import life
from tests.builders import make_cadre

DAY = dt.timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def cadre(bureau):
    return make_cadre("沈闰芳", unit=bureau)


@pytest.fixture
def stay(cadre, clerk, today):
    def make(back=3, *, form_key=None, **facts):
        told = StayFacts(**{"hospital": "云江市人民医院", "admitted_on": today - back * DAY, **facts})
        return admit(told, cadre=cadre, actor=clerk, on=today, form_key=form_key or uuid.uuid4())

    return make


def report(cadre, kind, day, clerk, **more):
    told = life.Report(kind, PartialDate.parse(day.isoformat()), **more)
    return life.record(cadre.person, told, actor=clerk)


def test_recording_a_stay_opens_the_visit_through_the_life_event(stay, cadre, today):
    row = stay(department="心内科", bed="12", condition="胸闷")

    assert (row.hospital, row.department, row.bed, row.condition) == ("云江市人民医院", "心内科", "12", "胸闷")
    assert LifeEvent.objects.get().kind == LifeEventKind.ADMITTED
    assert Duty.objects.open().filter(kind=DutyKind.HOSPITAL).count() == 1
    assert Health.objects.get(cadre=cadre).in_hospital_since == today - 3 * DAY


def test_the_same_form_twice_and_a_branch_telling_the_same_day_are_one_stay(stay, cadre, clerk, today):
    report(cadre, LifeEventKind.ADMITTED, today - 3 * DAY, clerk, hospital="人民医院", ward="心内科 12")
    key = uuid.uuid4()

    assert stay(form_key=key, condition="胸闷").pk == stay(form_key=key).pk == HospitalStay.objects.get().pk
    row = HospitalStay.objects.get()
    assert (row.department, row.bed, row.condition) == ("心内科", "12", "胸闷")
    assert LifeEvent.objects.count() == 1


def test_discharge_ends_the_stay_and_owes_the_call_after_it(stay, clerk, today):
    row = discharge(stay(), discharged_on=today, result=StayResult.BETTER, note="按时服药", actor=clerk, on=today)

    again = discharge(row, discharged_on=today, result=StayResult.BETTER, note="按时服药", actor=clerk, on=today)
    assert (again.result, again.outcome_note, again.discharged_on) == ("better", "按时服药", today)
    assert Duty.objects.open().filter(kind=DutyKind.DISCHARGE).count() == 1
    assert LifeEvent.objects.count() == 2


def test_undone_events_open_and_void_exactly_their_stay(stay, cadre, clerk, today):
    first = stay(9)
    moved = report(cadre, LifeEventKind.ADMITTED, today - DAY, clerk, hospital="省立医院")
    first.refresh_from_db()
    assert (first.result, first.discharged_on) == (StayResult.MOVED, today - DAY)

    life.undo(moved, reason="没有转", actor=clerk)

    first.refresh_from_db()
    assert (first.result, first.discharged_on) == ("", None)
    assert list(HospitalStay.objects.open()) == [first]
    home = report(cadre, LifeEventKind.DISCHARGED, today, clerk)
    life.undo(home, reason="没有出院", actor=clerk)
    assert list(HospitalStay.objects.open()) == [first]


def test_a_death_ends_the_stay_and_its_undoing_opens_it_again(stay, cadre, clerk, today):
    row = stay()
    death = report(cadre, LifeEventKind.DIED, today, clerk)
    row.refresh_from_db()
    assert row.result == StayResult.DIED

    life.undo(death, reason="登错人", actor=clerk)

    row.refresh_from_db()
    assert (row.result, row.discharged_on) == ("", None)


@pytest.mark.parametrize(
    ("facts", "field"), [({"hospital": " "}, "hospital"), ({"back": -1}, "admitted_on"), ({"back": 9}, "admitted_on")]
)
def test_what_cannot_be_is_refused(stay, facts, field):
    stay(5)

    with pytest.raises(BusinessError) as refusal:
        stay(**facts)

    assert refusal.value.field == field
    assert HospitalStay.objects.count() == 1


def test_transfer_and_death_are_no_results_to_choose(stay, clerk, today):
    with pytest.raises(BusinessError, match="转院请另外登记"):
        discharge(stay(), discharged_on=today, result=StayResult.MOVED, actor=clerk, on=today)


def test_two_hands_on_one_stay(stay, clerk, today):
    row = stay()
    facts = StayFacts(hospital="省立医院", admitted_on=row.admitted_on, bed="3")
    change_stay(row, facts, actor=clerk, version=HospitalStay.objects.get().version)

    with pytest.raises(StaleVersion):
        change_stay(row, facts, actor=clerk, version=0)


# Check-ups


def test_a_check_up_is_one_a_person_and_year(cadre, clerk, today):
    facts = CheckUpFacts(state="done", done_on=today, findings="血压偏高")
    row = record_check_up(facts, cadre=cadre, year=today.year, actor=clerk, on=today)

    assert record_check_up(facts, cadre=cadre, year=today.year, actor=clerk, on=today).pk == row.pk
    with pytest.raises(BusinessError, match="已经登记"):
        record_check_up(
            CheckUpFacts(state="refused", reason="不愿去"), cadre=cadre, year=today.year, actor=clerk, on=today
        )
    mended = change_check_up(
        row,
        CheckUpFacts(state="done", done_on=today, place="体检中心"),
        actor=clerk,
        on=today,
        version=row.version or 1,
    )
    assert (mended.findings, mended.place) == ("血压偏高", "体检中心")


def test_a_group_is_written_at_once_and_the_known_are_left_alone(bureau, clerk, today):
    people = [make_cadre(name, unit=bureau).pk for name in ("甲一", "乙二", "丙三")]
    facts = CheckUpFacts(state="done", done_on=today, place="体检中心")
    record_check_ups(people[:1], facts=facts, year=today.year, actor=clerk, on=today)

    assert record_check_ups(people, facts=facts, year=today.year, actor=clerk, on=today) == (2, 1)
    assert CheckUp.objects.count() == 3
    assert AuditEntry.objects.filter(action="check_up.record").count() == 2


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (CheckUpFacts(state="done"), "done_on"),
        (CheckUpFacts(state="refused"), "reason"),
        (CheckUpFacts(state="done", done_on=dt.date(2001, 1, 1)), "done_on"),
    ],
)
def test_half_a_check_up_is_refused(cadre, clerk, today, facts, field):
    with pytest.raises(BusinessError) as refusal:
        record_check_up(facts, cadre=cadre, year=today.year, actor=clerk, on=today)

    assert refusal.value.field == field


# Medicines


def add(cadre, clerk, today, key=None):
    facts = medicines.MedicineFacts(name="氨氯地平", usage="每天一片")
    return medicines.add_medicine(facts, cadre=cadre, actor=clerk, on=today, form_key=key or uuid.uuid4())


def test_a_medicine_needs_the_persons_agreement(cadre, clerk, today):
    with pytest.raises(BusinessError) as refusal:
        add(cadre, clerk, today)
    assert refusal.value.code == "consent"

    consent = medicines.agree(cadre, actor=clerk)
    assert medicines.agree(cadre, actor=clerk).pk == consent.pk
    key = uuid.uuid4()
    assert add(cadre, clerk, today, key).pk == add(cadre, clerk, today, key).pk
    assert Medicine.objects.get().consent == consent


def test_the_database_holds_no_medicine_without_consent(cadre, clerk):
    with pytest.raises(IntegrityError), transaction.atomic():
        Medicine.objects.create(cadre=cadre, recorded_by=clerk)


def test_taking_the_consent_back_empties_what_was_written(cadre, clerk, today):
    medicines.agree(cadre, actor=clerk)
    row = add(cadre, clerk, today)
    health = Health(cadre=cadre)
    health.medication = "阿司匹林"
    health.save()

    assert medicines.withdraw(cadre, actor=clerk) == 1

    row.refresh_from_db()
    health.refresh_from_db()
    assert (row.name, row.usage, health.medication) == ("", "", "")
    assert row.voided_at is not None
    assert Consent.objects.get().withdrawn_at is not None
    assert medicines.withdraw(cadre, actor=clerk) == 0
