"""Planning and settling against the database."""

import datetime as dt
import threading

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from apps.ledgers.choices import ClosedReason, DutyKind
from apps.ledgers.models import Duty
from apps.ledgers.services import PlanCounts, plan_day, plan_duties
from apps.organisation.models import RuleSet
from tests.builders import make_cadre, make_unit

D = dt.date
ON = D(2026, 3, 10)


def owed(cadre, **only) -> list[tuple]:
    rows = Duty.objects.open().filter(cadre=cadre, **only)
    return sorted((kind, due) for kind, due in rows.values_list("kind", "due_on"))


@pytest.fixture
def veteran(bureau, tier):
    cadre = make_cadre(unit=bureau, retire_type="veteran")
    tier(cadre, 2, D(2026, 3, 1))
    return cadre


def test_planning_twice_is_planning_once(veteran):
    first = plan_duties(on=ON, window=30)
    second = plan_duties(on=ON, window=30)

    assert first.planned == Duty.objects.count() > 0
    assert second == PlanCounts()


def test_obligations_begin_with_the_first_full_period(veteran):
    plan_duties(on=ON, window=30)

    assert owed(veteran) == [
        ("veteran_call", D(2026, 3, 31)),
        ("veteran_call", D(2026, 4, 30)),
        ("veteran_visit", D(2026, 6, 30)),
    ]


def test_focus_group_is_owed_a_quarterly_contact_and_others_nothing(bureau, tier):
    focus, other = (make_cadre(name, unit=bureau) for name in ("陈秀英", "吴志强"))
    tier(focus, 2)
    tier(other, 3)

    plan_duties(on=ON, window=0, look_back=0)

    assert owed(focus) == [("focus_contact", D(2026, 3, 31))]
    assert owed(other) == []


def test_high_risk_is_owed_weekly_monthly_and_quarterly_care(bureau, tier):
    cadre = make_cadre(unit=bureau)
    tier(cadre, 1)

    plan_duties(on=ON, window=0, look_back=0)

    assert owed(cadre) == [
        ("risk_bureau", D(2026, 3, 31)),
        ("risk_contact", D(2026, 3, 13)),
        ("risk_visit", D(2026, 3, 31)),
    ]


def test_missed_periods_accumulate_even_if_nothing_ran(bureau, tier):
    cadre = make_cadre(unit=bureau)
    tier(cadre, 1)

    plan_duties(on=ON, window=0, look_back=20)

    assert owed(cadre, kind=DutyKind.RISK_CONTACT) == [
        ("risk_contact", D(2026, 2, 22)),  # none of the week of the Spring Festival is worked
        ("risk_contact", D(2026, 2, 28)),  # a Saturday worked for it
        ("risk_contact", D(2026, 3, 6)),
        ("risk_contact", D(2026, 3, 13)),
    ]
    assert Duty.objects.overdue(ON).filter(cadre=cadre, kind=DutyKind.RISK_CONTACT).count() == 3


def test_somebody_who_lives_elsewhere_is_owed_a_yearly_visit_and_calls_for_visits(bureau, tier):
    cadre = make_cadre(unit=bureau, retire_type="veteran", lives_away=True)
    tier(cadre, 2, D(2025, 1, 1))

    plan_duties(on=ON, window=0, look_back=0)

    means = dict(Duty.objects.values_list("kind", "means"))
    assert means == {"away_visit": "", "veteran_call": "", "veteran_talk": "call", "veteran_visit": "call"}


def test_nobody_dead_or_voided_is_planned_for(bureau, tier):
    for name, over in (("李一", {"life_status": "deceased"}), ("李二", {"life_status": "lost"})):
        tier(make_cadre(name, unit=bureau, retire_type="veteran", **over), 1)

    assert plan_duties(on=ON).planned == 0


def test_somebody_reported_dead_keeps_his_duties_until_it_is_confirmed(veteran):
    plan_duties(on=ON, window=30)
    veteran.person.life_status = "reported"
    veteran.person.save()

    assert plan_duties(on=ON, window=30) == PlanCounts()


def test_lower_tier_withdraws_what_is_not_over_and_keeps_what_was_missed(bureau, tier):
    cadre = make_cadre(unit=bureau)
    high = tier(cadre, 1)
    plan_duties(on=ON, window=0, look_back=9)
    high.level, high.is_focus, high.high_risk = 3, False, False
    high.save()

    plan_duties(on=ON, window=0, look_back=9)

    assert owed(cadre) == [("risk_contact", D(2026, 2, 28)), ("risk_contact", D(2026, 3, 6))]
    assert set(Duty.objects.exclude(closed_on=None).values_list("closed_reason", "closed_on")) == {("not_owed", ON)}


def test_tier_put_back_opens_the_same_rows_again(bureau, tier):
    cadre = make_cadre(unit=bureau)
    high = tier(cadre, 1)
    plan_duties(on=ON, window=0, look_back=0)
    before = owed(cadre)
    high.high_risk = high.is_focus = False
    high.save()
    plan_duties(on=ON, window=0, look_back=0)
    high.high_risk = high.is_focus = True
    high.save()

    plan_duties(on=ON, window=0, look_back=0)

    assert owed(cadre) == before
    assert Duty.objects.count() == len(before)


def test_shorter_window_withdraws_nothing_that_a_longer_one_planned(veteran):
    plan_duties(on=ON, window=200)

    assert plan_duties(on=ON, window=1) == PlanCounts()


def test_rule_set_of_a_unit_holds_below_it_only(bureau, tier):
    district = make_unit("南河区委老干部局", parent=bureau)
    RuleSet.objects.create(
        kind="duties", unit=district, effective_from=D(2026, 1, 1), document_no="南老干〔2026〕1号",
        values={"focus_contact": "month"},
    )  # fmt: skip
    here, there = make_cadre("陈秀英", unit=district), make_cadre("吴志强", unit=bureau)
    for cadre in (here, there):
        tier(cadre, 2)

    plan_duties(on=D(2026, 2, 10), window=0, look_back=0)

    assert owed(here, kind=DutyKind.FOCUS_CONTACT) == [("focus_contact", D(2026, 2, 28))]
    assert owed(there, kind=DutyKind.FOCUS_CONTACT) == [("focus_contact", D(2026, 3, 31))]


def test_party_day_greets_members_only(bureau, tier):
    member = make_cadre("陈秀英", unit=bureau, political_status="01")
    other = make_cadre("吴志强", unit=bureau, political_status="13")
    for cadre in (member, other):
        tier(cadre, 2)

    plan_duties(on=D(2026, 6, 20), window=0, look_back=0)

    assert owed(member, kind=DutyKind.PARTY_DAY) == [("party_day", D(2026, 7, 1))]
    assert owed(other, kind=DutyKind.PARTY_DAY) == []


def test_long_stay_in_hospital_is_owed_a_visit_each_full_month(bureau):
    cadre = make_cadre(unit=bureau)
    cadre.health = type(cadre).health.related.related_model.objects.create(
        cadre=cadre, in_hospital_since=D(2026, 1, 20)
    )

    plan_duties(on=ON, window=0)

    assert owed(cadre) == [("hospital_stay", D(2026, 2, 28)), ("hospital_stay", D(2026, 3, 31))]


def test_contact_that_stood_before_planning_settles_the_new_duty(veteran, contact):
    visit = contact(veteran, D(2026, 4, 2))

    counts = plan_duties(on=D(2026, 4, 5), window=0)

    assert counts.settled == 3
    assert sorted(visit.satisfied_duties.values_list("kind", "due_on")) == [
        ("veteran_call", D(2026, 3, 31)),  # made up for
        ("veteran_call", D(2026, 4, 30)),
        ("veteran_visit", D(2026, 6, 30)),
    ]
    assert [duty.due_on for duty in Duty.objects.missed(D(2026, 4, 5))] == [D(2026, 3, 31)]


def test_planning_for_some_leaves_others_alone(bureau, tier):
    one, two = make_cadre("陈秀英", unit=bureau), make_cadre("吴志强", unit=bureau)
    for cadre in (one, two):
        tier(cadre, 2)

    plan_duties(on=ON, cadres=[one.pk])

    assert set(Duty.objects.values_list("cadre_id", flat=True)) == {one.pk}


def test_planning_takes_the_same_number_of_statements_for_one_and_for_three(bureau, tier):
    tier(make_cadre("李一", unit=bureau, retire_type="veteran"), 2)
    with CaptureQueriesContext(connection) as first:
        plan_duties(on=ON)
    for name in ("李二", "李三"):
        tier(make_cadre(name, unit=bureau, retire_type="veteran"), 2)

    with CaptureQueriesContext(connection) as second:
        plan_duties(on=ON)

    assert len(second) == len(first) <= 19


@pytest.mark.django_db(transaction=True)
def test_two_planners_at_once_plan_once(tier):
    bureau = make_unit()
    for number in range(20):
        tier(make_cadre(f"李{number}", unit=bureau, retire_type="veteran"), 1)
    counts, errors = [], []

    def plan():
        try:
            counts.append(plan_duties(on=ON).planned)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=plan) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert sorted(counts) == [0, 0, 0, Duty.objects.count()]


def test_waived_duty_is_not_planned_again(veteran, clerk):
    plan_duties(on=ON, window=30)
    Duty.objects.update(closed_on=ON, closed_reason=ClosedReason.WAIVED)

    assert plan_duties(on=ON, window=30) == PlanCounts()


def test_festival_long_past_stays_missed_and_leaves_the_lists(bureau, tier):
    tier(make_cadre(unit=bureau), 2)
    day = D(2026, 10, 16)  # the festival is a Sunday
    kind = DutyKind.DOUBLE_NINTH
    plan_duties(on=D(2026, 10, 30))
    assert Duty.objects.overdue(D(2026, 10, 30)).filter(kind=kind).count() == 1

    plan_duties(on=D(2026, 10, 31))

    assert not Duty.objects.open().filter(kind=kind, due_on=day).exists()
    assert Duty.objects.missed(D(2026, 10, 31)).filter(kind=kind, due_on=day).count() == 1


@pytest.mark.django_db(transaction=True)
def test_day_is_planned_once_and_again_when_a_rule_changed(tier):
    tier(make_cadre(unit=make_unit()), 2)
    assert plan_day(ON).planned > 0
    Duty.objects.all().delete()
    assert plan_day(ON) == PlanCounts()

    RuleSet.objects.create(
        kind="duties", effective_from=D(2026, 1, 1), document_no="云老干〔2026〕1号", values={"focus_contact": "month"}
    )

    assert plan_day(ON).planned > 0
    assert plan_day(ON) == PlanCounts()
