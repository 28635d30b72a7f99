"""What life events do to duties and pairing, through the registry's own service."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.common.partial_date import PartialDate
from apps.ledgers.choices import ClosedReason, DutyKind
from apps.ledgers.models import CareAssignment, Duty
from apps.ledgers.services import assign_carer, plan_duties
from apps.organisation.queries import work_calendar
from apps.registry.choices import LifeEventKind as Kind
from apps.registry.services import life
from tests.builders import make_cadre

TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)


@pytest.fixture
def veteran(bureau, tier, clerk):
    cadre = make_cadre(unit=bureau, retire_type="veteran")
    tier(cadre, 1)
    assign_carer(cadre, clerk, actor=clerk, on=TODAY - 300 * DAY)
    plan_duties(on=TODAY, window=0, look_back=0)
    return cadre


@pytest.fixture
def happens(veteran, clerk):
    def record(kind: Kind, day: dt.date = TODAY, **told):
        told = life.Report(kind, PartialDate(day.year, day.month, day.day), **told)
        return life.record(veteran.person, told, actor=clerk)

    return record


def snapshot() -> set[tuple]:
    return set(Duty.objects.values_list("kind", "due_on", "closed_on", "closed_reason"))


def test_death_closes_open_duties_and_pairing_without_lateness(veteran, happens):
    assert Duty.objects.open().exists()

    event = happens(Kind.DIED)

    assert not Duty.objects.open().exists()
    assert set(Duty.objects.values_list("closed_reason", "closed_by_event")) == {(ClosedReason.DIED, event.pk)}
    assert CareAssignment.objects.get().ends_on == TODAY
    assert not Duty.objects.missed(TODAY + 400 * DAY).exists()
    assert plan_duties(on=TODAY).planned == 0


def test_undoing_a_death_opens_exactly_what_it_had_closed(veteran, happens, clerk):
    waived = Duty.objects.open().first()
    Duty.objects.filter(pk=waived.pk).update(closed_on=TODAY, closed_reason=ClosedReason.WAIVED)
    before = snapshot()
    event = happens(Kind.DIED)

    life.undo(event, reason="报错了人", actor=clerk)

    assert snapshot() == before
    assert CareAssignment.objects.open().filter(cadre=veteran).count() == 1


def test_restoring_and_dying_after_all_are_exact_too(veteran, happens, clerk):
    before = snapshot()
    happens(Kind.DIED)
    restored = happens(Kind.RESTORED)
    assert snapshot() >= before

    life.undo(restored, reason="确已离世", actor=clerk)

    assert not Duty.objects.open().exists()
    assert not CareAssignment.objects.open().exists()


def test_lost_contact_closes_and_found_opens_what_is_not_over(veteran, happens):
    overdue = Duty.objects.open().get(kind=DutyKind.RISK_CONTACT)
    Duty.objects.filter(pk=overdue.pk).update(due_on=TODAY - 9 * DAY, period_start=TODAY - 16 * DAY)
    left = Duty.objects.open().count()
    happens(Kind.LOST, TODAY - DAY)
    assert not Duty.objects.open().exists()

    happens(Kind.FOUND)

    assert Duty.objects.get(pk=overdue.pk).closed_reason == ClosedReason.LOST
    assert Duty.objects.open().count() >= left - 1


def test_admission_owes_a_hospital_visit_promptly(veteran, happens):
    happens(Kind.ADMITTED)

    duty = Duty.objects.get(kind=DutyKind.HOSPITAL)
    assert (duty.period_start, duty.due_on) == (TODAY, TODAY + 2 * DAY)


def test_admission_learnt_of_late_is_not_late_at_once(veteran, happens):
    happens(Kind.ADMITTED, TODAY - 20 * DAY)

    assert Duty.objects.get(kind=DutyKind.HOSPITAL).due_on == TODAY + 2 * DAY


def test_admission_undone_owes_nothing_and_done_again_owes_it_again(veteran, happens, clerk):
    life.undo(happens(Kind.ADMITTED), reason="看错了", actor=clerk)
    assert Duty.objects.get(kind=DutyKind.HOSPITAL).closed_reason == ClosedReason.UNDONE

    happens(Kind.ADMITTED)

    assert Duty.objects.open().filter(kind=DutyKind.HOSPITAL).count() == 1


def test_discharge_owes_a_follow_up_within_seven_days(veteran, happens):
    happens(Kind.ADMITTED, TODAY - 5 * DAY)
    happens(Kind.DISCHARGED, TODAY - DAY)

    assert Duty.objects.get(kind=DutyKind.DISCHARGE).due_on == work_calendar().on_or_before(TODAY + 6 * DAY)
    assert Duty.objects.get(kind=DutyKind.HOSPITAL).closed_reason == ClosedReason.DISCHARGED


def test_discharge_undone_opens_the_hospital_visit_again(veteran, happens, clerk):
    happens(Kind.ADMITTED, TODAY - 5 * DAY)

    life.undo(happens(Kind.DISCHARGED, TODAY - DAY), reason="还没出院", actor=clerk)

    assert Duty.objects.open().filter(kind=DutyKind.HOSPITAL).count() == 1
    assert not Duty.objects.open().filter(kind=DutyKind.DISCHARGE).exists()


def test_visit_to_the_hospital_keeps_the_duty(veteran, happens, contact):
    happens(Kind.ADMITTED, TODAY - DAY)

    visit = contact(veteran, TODAY, method="hospital", kind="hospital")

    assert DutyKind.HOSPITAL in visit.satisfied_duties.values_list("kind", flat=True)


def test_move_keeps_duties_and_pairing(veteran, happens, bureau):
    before = snapshot()

    happens(Kind.MOVED, unit=bureau)

    assert snapshot() >= before
    assert CareAssignment.objects.open().count() == 1
