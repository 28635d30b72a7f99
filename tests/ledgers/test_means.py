"""What the planner makes of a duty: the pure rules, and the planner in the database."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from apps.ledgers.choices import DutyKind, Means, Method
from apps.ledgers.models import Duty
from apps.ledgers.rules import CALL_KINDS, DutyRules, Span, acceptances, due_day, means_of, obligations, turns
from apps.ledgers.services import ContactFacts, plan_day, plan_duties, record_contact
from apps.organisation.models import CalendarDay, RuleSet
from apps.organisation.workdays import WorkCalendar
from apps.people.choices import ReachBy
from apps.people.models import Person, Whereabouts
from apps.registry.models import Cadre
from tests.builders import make_cadre, make_unit, make_user

D = dt.date
ON = D(2026, 3, 10)
RULES = DutyRules()


@pytest.mark.parametrize(("kind", "away", "reach_by", "deaf", "means"), [
    (DutyKind.VETERAN_VISIT, False, "mobile", False, ""),
    (DutyKind.VETERAN_VISIT, True, "mobile", False, "call"),
    (DutyKind.VETERAN_VISIT, True, "letter", False, "letter"),
    (DutyKind.AWAY_VISIT, True, "mobile", False, ""),
    (DutyKind.VETERAN_CALL, False, "mobile", False, ""),
    (DutyKind.VETERAN_CALL, False, "visit", True, "visit"),
    (DutyKind.VETERAN_CALL, False, "letter", True, "letter"),
    (DutyKind.VETERAN_CALL, False, "through", True, "visit"),
    (DutyKind.VETERAN_CALL, False, "through", False, ""),
    (DutyKind.VETERAN_CALL, False, "landline", True, "visit"),
    (DutyKind.VETERAN_CALL, True, "visit", True, ""),
    (DutyKind.SPRING, True, "mobile", False, "call"),
])  # fmt: skip
def test_means(kind, away, reach_by, deaf, means):
    assert means_of(kind, away=away, reach_by=reach_by, deaf=deaf, rules=RULES) == means


def test_bureau_may_leave_the_deaf_their_telephone():
    rules = DutyRules(deaf_call_means_visit=False)
    assert means_of(DutyKind.VETERAN_CALL, away=False, reach_by="mobile", deaf=True, rules=rules) == Means.AS_IS
    assert means_of(DutyKind.VETERAN_CALL, away=False, reach_by="visit", deaf=True, rules=rules) == Means.VISIT


@given(st.sampled_from(list(DutyKind)), st.booleans(), st.sampled_from(list(ReachBy)), st.booleans(), st.booleans())
def test_every_turn_can_be_kept_and_a_visit_keeps_all(kind, away, reach_by, deaf, rule):
    rules = DutyRules(deaf_call_means_visit=rule)
    means = means_of(kind, away=away, reach_by=reach_by, deaf=deaf, rules=rules)
    line = {(one.kind, one.means): one for one in acceptances(rules)}[kind, means]
    assert set(rules.visit_methods) <= set(line.methods)
    assert means != Means.VISIT or kind in CALL_KINDS
    assert not (away and means == Means.VISIT)
    assert (means == Means.AS_IS) == all(
        (turn.kind, turn.away, turn.reach_by, turn.deaf) != (kind, away, reach_by, deaf) for turn in turns(rules)
    )


def test_a_duty_turned_into_a_visit_is_kept_by_no_call():
    lines = {(line.kind, line.means): line.methods for line in acceptances(RULES)}
    assert Method.PHONE not in lines[DutyKind.VETERAN_CALL, Means.VISIT]
    assert Method.PHONE in lines[DutyKind.VETERAN_VISIT, Means.CALL]
    assert Method.LETTER in lines[DutyKind.VETERAN_CALL, Means.LETTER]
    assert Method.LETTER not in lines[DutyKind.VETERAN_CALL, Means.AS_IS]


# Days off ---------------------------------------------------------------------------------------------------------


@given(st.sampled_from(["week", "month", "quarter"]), st.dates(D(2025, 1, 1), D(2026, 12, 1)))
def test_due_days_stay_within_their_period(period, day):
    calendar = WorkCalendar()
    for line in obligations(DutyRules(focus_contact=period), day, day, calendar):
        assert line.span.start <= line.due_on < line.span.end
        assert calendar.is_workday(line.due_on)


def test_a_week_of_holiday_keeps_its_last_day():
    off = {D(2026, 2, 15) + dt.timedelta(n): "off" for n in range(9)}
    assert due_day(Span(D(2026, 2, 16), D(2026, 2, 23)), WorkCalendar(off)) == D(2026, 2, 22)


@pytest.mark.django_db(transaction=True)
def test_a_changed_calendar_moves_what_is_planned(tier):
    tier(make_cadre(unit=make_unit()), 2)
    plan_day(ON)
    assert Duty.objects.get(kind="focus_contact", period_start=D(2026, 1, 1)).due_on == D(2026, 3, 31)
    CalendarDay.objects.create(day=D(2026, 3, 31), kind="off", name="放假", document_no="云政〔2026〕1号")

    plan_day(ON)

    assert Duty.objects.get(kind="focus_contact", period_start=D(2026, 1, 1)).due_on == D(2026, 3, 30)


def test_a_contact_on_the_days_off_left_of_the_period_is_in_time(bureau, tier, contact):
    cadre = make_cadre(unit=bureau)
    tier(cadre, 1)
    plan_duties(on=ON, window=0, look_back=0)
    contact(cadre, D(2026, 3, 15))
    done = Duty.objects.get(kind="risk_contact")
    assert (done.due_on, done.satisfied_on) == (D(2026, 3, 13), D(2026, 3, 15))
    assert not Duty.objects.missed(D(2026, 3, 20)).exists()


# Reach and whereabouts --------------------------------------------------------------------------------------------


@pytest.fixture
def veteran(bureau, tier):
    cadre = make_cadre(unit=bureau, retire_type="veteran")
    tier(cadre, 2, D(2026, 1, 1))
    return cadre


def means(cadre) -> dict:
    rows = Duty.objects.open().filter(cadre=cadre, period_start__lte=ON)
    return {(kind, due.month): words for kind, due, words in rows.values_list("kind", "due_on", "means")}


def test_deaf_mans_monthly_call_is_a_visit(veteran, contact):
    Person.objects.filter(pk=veteran.pk).update(hard_of_hearing=True, reach_by="visit")
    plan_duties(on=ON, window=0)
    duty = Duty.objects.get(kind="veteran_call", due_on=D(2026, 3, 31))
    assert duty.words == "电话或微信联系（改为上门）"

    contact(veteran, ON, method=Method.PHONE, outcome="answered")
    assert Duty.objects.open().filter(pk=duty.pk).exists()
    contact(veteran, ON)
    assert not Duty.objects.open().filter(pk=duty.pk).exists()


def test_visits_become_calls_while_away_and_back_again(veteran, contact):
    Whereabouts.objects.create(
        person=veteran.person, kind="travelling", starts_on=D(2026, 3, 20), ends_on=D(2026, 4, 5)
    )
    plan_duties(on=ON, window=120)
    due = Duty.objects.open().filter(kind="veteran_visit").values_list("due_on", "means").order_by("due_on")
    assert list(due)[:2] == [(D(2026, 3, 31), "call"), (D(2026, 6, 30), "")]
    assert not Cadre.objects.get(pk=veteran.pk).lives_away

    contact(veteran, D(2026, 3, 25), method=Method.PHONE, outcome="answered")
    assert Duty.objects.get(kind="veteran_visit", due_on=D(2026, 3, 31)).satisfied_on == D(2026, 3, 25)

    Whereabouts.objects.update(ends_on=D(2026, 3, 22))
    Duty.objects.update(satisfied_by=None, satisfied_on=None)
    plan_duties(on=ON, window=120, cadres=[veteran.pk])
    assert Duty.objects.get(kind="veteran_visit", due_on=D(2026, 3, 31)).means == ""


def test_flags_of_a_roster_become_periods_and_end_with_them(veteran):
    Cadre.objects.filter(pk=veteran.pk).update(lives_away=True)
    plan_duties(on=ON)
    period = Whereabouts.objects.get()
    assert (period.kind, period.starts_on, period.ends_on, period.in_force) == ("elsewhere", None, None, True)
    assert means(veteran)["veteran_visit", 3] == "call"
    plan_duties(on=ON)
    assert Whereabouts.objects.count() == 1

    Cadre.objects.filter(pk=veteran.pk).update(lives_away=False)
    plan_duties(on=ON)
    period.refresh_from_db()
    assert (period.ends_on, period.in_force) == (ON, False)
    assert means(veteran)["veteran_visit", 3] == ""


def test_flags_follow_periods_that_begin_and_end(veteran):
    Whereabouts.objects.create(person=veteran.person, kind="resettled", starts_on=D(2026, 3, 12), ends_on=D(2026, 5, 1))
    for day, resettled in ((ON, False), (D(2026, 3, 12), True), (D(2026, 4, 30), True), (D(2026, 5, 1), False)):
        plan_duties(on=day)
        assert Cadre.objects.get(pk=veteran.pk).resettled is resettled
    assert Whereabouts.objects.count() == 1


def test_somebody_who_moves_away_owes_the_journey_from_the_next_year(veteran):
    Whereabouts.objects.create(person=veteran.person, kind="elsewhere", starts_on=D(2026, 2, 1))
    plan_duties(on=D(2026, 12, 20), window=45)
    journeys = Duty.objects.filter(kind="away_visit").values_list("due_on", flat=True)
    assert list(journeys) == [D(2027, 12, 31)]


@pytest.mark.django_db(transaction=True)
def test_tick_replans_those_whom_bulk_updates_changed(tier):
    unit = make_unit()
    one, other = (make_cadre(name, unit=unit, retire_type="veteran") for name in ("李一", "李二"))
    for cadre in (one, other):
        tier(cadre, 2)
    plan_day(ON)
    assert plan_day(ON).planned == 0
    Person.objects.filter(pk=one.pk).update(hard_of_hearing=True, reach_by="visit")

    assert plan_day(ON).planned > 0
    assert means(one)["veteran_call", 3] == "visit"
    assert means(other)["veteran_call", 3] == ""
    assert plan_day(ON).planned == 0


@pytest.mark.django_db(transaction=True)
def test_a_change_in_a_transaction_still_open_is_taken_up_once_it_commits(tier):
    """The planner looks on while a long import has written and not committed."""
    cadre = make_cadre(unit=make_unit(), retire_type="veteran")
    tier(cadre, 2)
    plan_day(ON)
    slow = connection.copy()
    with slow.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("UPDATE people_person SET reach_by = 'letter' WHERE id = %s", [cadre.pk])
        plan_day(ON)
        cursor.execute("COMMIT")
    slow.close()

    assert plan_day(ON).planned > 0
    assert means(cadre)["veteran_call", 3] == "letter"


# Outcomes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("outcome", "kept"), [("answered", 1), ("family", 0), ("unanswered", 0), ("out", 0)])
def test_only_an_answered_call_keeps_a_duty(veteran, contact, outcome, kept):
    plan_duties(on=ON, window=0, look_back=0)
    contact(veteran, ON, method=Method.PHONE, outcome=outcome)
    assert Duty.objects.filter(kind="veteran_call", satisfied_by__isnull=False).count() == kept


def test_family_counts_where_the_rule_set_says_so(veteran, contact):
    RuleSet.objects.create(
        kind="duties", effective_from=D(2026, 1, 1), document_no="云老干〔2026〕1号",
        values={"counted_outcomes": ["answered", "family"]},
    )  # fmt: skip
    plan_duties(on=ON, window=0, look_back=0)
    contact(veteran, ON, method=Method.PHONE, outcome="family")
    assert Duty.objects.filter(kind="veteran_call", satisfied_by__isnull=False).exists()


def test_family_counts_for_whoever_is_reached_through_them(veteran, contact):
    Person.objects.filter(pk=veteran.pk).update(reach_by="through", reach_through="女儿")
    plan_duties(on=ON, window=0, look_back=0)
    contact(veteran, ON, method=Method.PHONE, outcome="family")
    assert Duty.objects.filter(kind="veteran_call", satisfied_by__isnull=False).exists()


# Whoever is near --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["branch", "community", "volunteer", "carer"])
def test_whoever_is_near_keeps_the_week_and_only_the_bureau_the_quarter(bureau, tier, contact, by):
    cadre = make_cadre(unit=bureau)
    tier(cadre, 1)
    plan_duties(on=ON, window=0, look_back=0)
    contact(cadre, ON, by=by)
    left = set(Duty.objects.open().values_list("kind", flat=True))
    assert left == (set() if by == "carer" else {"risk_bureau"})


def test_liaison_records_what_closes_it_for_all(bureau, tier):
    liaison = make_user("liaison", role="liaison", unit=bureau)
    cadre = make_cadre(unit=bureau)
    tier(cadre, 1)
    plan_duties(on=ON, window=0, look_back=0)
    facts = ContactFacts(happened_on=ON, method=Method.PHONE, outcome="answered", by="community")
    record_contact(facts, persons=[cadre.pk], form_key=uuid.uuid4(), actor=liaison, on=ON)
    assert set(Duty.objects.open().values_list("kind", flat=True)) == {"risk_visit", "risk_bureau"}
