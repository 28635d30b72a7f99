"""The sharp cases of the domain notes (section 6), with the answers that were verified by hand.

One group of functions a case, named `test_t<number>_…`; people are fictional.
"""

import datetime as dt
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from django.contrib.admin import site
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.branches.access import Desk
from apps.branches.models import DuesExemption, DuesPayment, Membership
from apps.branches.occasions.transfers import letters_expiring_between
from apps.branches.queries import formal_membership
from apps.branches.queries.dues import dues_of, totals_of
from apps.branches.rules.dues import DuesRules, MonthState, monthly_amount
from apps.branches.rules.elections import ElectionRules, candidates_needed, check_shift, quorum
from apps.branches.rules.party_age import MedalRules, PartyEvent, medal_year, party_age_start
from apps.branches.rules.sizes import (
    BranchRules,
    committee_findings,
    latest_end,
    notice_day,
    seat_refusal,
    size_findings,
    term_end,
    term_finding,
)
from apps.branches.services import join_organisation, transfers
from apps.branches.services.dues import Approval, Gift, HandOver, Refused, take_dues, take_voluntary
from apps.branches.services.dues_bases import BaseLine, confirm_year, fix_bases
from apps.branches.services.dues_exemptions import approve_exemption, ask_exemption
from apps.branches.services.dues_uploads import receive
from apps.common.birthday import (
    LUNAR,
    SOLAR,
    Birthday,
    celebrated_age,
    full_age,
    lunar_of,
    nominal_age,
    occurrence_pairs,
    occurrences,
)
from apps.common.citizen_id import CitizenIdError, parse_citizen_id
from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.ledgers.choices import DutyKind
from apps.ledgers.models import CareTier, Contact, Duty
from apps.ledgers.rules import overdue_days
from apps.ledgers.services import ContactFacts, plan_duties, record_contact
from apps.organisation.models import RuleSet
from apps.people.models import Person
from apps.registry.choices import RevolutionPeriod
from apps.registry.rules import VeteranSubsidy, annual_balance, revolution_period, subsidy_months, veteran_warnings
from apps.registry.services import life
from apps.signups.models import Offer, SignUp
from apps.signups.queries import positions_of
from apps.signups.services import offers, seats
from apps.university.choices.money import RefundCause
from apps.university.choices.students import StudentKind
from apps.university.rules.fees import FeeRules, fee_of
from apps.university.rules.refunds import RefundRules, refund_of
from apps.university.services.places import refusals
from apps.volunteers.models import Entry
from apps.volunteers.queries.bank import balance_of, ledger_sum
from apps.volunteers.rules.bank import BankRules, redeem_refusal
from apps.volunteers.services import bank
from tests.branches.dues_world import add_member, make_desk
from tests.builders import make_cadre, make_member, make_organisation, make_person, make_unit, make_user
from tests.signups.places_world import DAY, HOUR, MINUTE, NOW, World, ask, at_once, taken
from tests.volunteers.bank_world import NOW as BANK_NOW
from tests.volunteers.bank_world import BankWorld, stands

TODAY = dt.date(2026, 2, 1)


def in_year(birthday, year, **policies):
    return occurrences(birthday, dt.date(year, 1, 1), dt.date(year, 12, 31), **policies)


# T1 Citizen ids


@pytest.mark.parametrize(
    "written", ["11010519491231002X", "11010519491231002x", "11010519491231002Ｘ", "110105 19491231 002X"]
)
def test_t1_valid_number_in_any_writing_is_stored_in_capitals(written):
    found = parse_citizen_id(written, on=TODAY)

    assert (found.number, found.birth, found.sex) == ("11010519491231002X", dt.date(1949, 12, 31), "2")


@pytest.mark.parametrize("check", "0123456789X")
def test_t1_a_date_that_never_was_is_refused_whatever_the_check_digit(check):
    with pytest.raises(CitizenIdError) as refused:
        parse_citizen_id("44060019370229001" + check, on=TODAY)

    assert refused.value.code == "birth_date"


def test_t1_bad_check_digit_is_refused():
    with pytest.raises(CitizenIdError) as refused:
        parse_citizen_id("110105194912310021", on=TODAY)

    assert refused.value.code == "check_digit"


@pytest.mark.parametrize(
    ("number", "birth"),
    [("440600193602290016", dt.date(1936, 2, 29)), ("37170019320307009X", dt.date(1932, 3, 7))],
)
def test_t1_valid_numbers_of_men(number, birth):
    found = parse_citizen_id(number, on=TODAY)

    assert (found.birth, found.sex, found.warnings) == (birth, "1", ())


def test_t1_fifteen_digits_give_the_eighteen_of_the_same_person():
    old = parse_citizen_id("110105491231002", on=TODAY)
    new = parse_citizen_id("11010519491231002X", on=TODAY)

    assert old.from_15
    assert old.number == new.number


def test_t1_over_120_years_is_a_warning():
    found = parse_citizen_id("440524188001010014", on=TODAY)

    assert found.birth == dt.date(1880, 1, 1)
    assert len(found.warnings) == 1


def test_t1_a_number_that_excel_has_rounded_is_refused():
    with pytest.raises(CitizenIdError) as refused:
        parse_citizen_id("4.40600193602290E+17", on=TODAY)

    assert refused.value.code == "excel_number"
    assert "Excel 数字格式" in refused.value.sentence


# T2 Leap-month birthdays


def test_t2_born_in_a_leap_month_is_kept_in_the_plain_month_once_a_year():
    assert (lunar_of(dt.date(1938, 9, 1)).month, lunar_of(dt.date(1938, 9, 1)).is_leap) == (7, True)
    birthday = Birthday(LUNAR, 7, 8, True)

    assert in_year(birthday, 2025) == [dt.date(2025, 8, 30)]
    assert in_year(birthday, 2026) == [dt.date(2026, 8, 20)]
    assert in_year(birthday, 2027) == [dt.date(2027, 8, 9)]
    assert in_year(birthday, 2028) == [dt.date(2028, 8, 27)]
    assert in_year(birthday, 2044) == [dt.date(2044, 8, 1)]


def test_t2_leap_policy_takes_the_leap_month_when_the_year_has_it():
    birthday = Birthday(LUNAR, 7, 8, True)

    assert in_year(birthday, 2044, leap_policy="leap") == [dt.date(2044, 8, 30)]
    assert in_year(birthday, 2025, leap_policy="leap") == [dt.date(2025, 8, 30)]


@pytest.mark.parametrize("policy", ["normal", "leap"])
def test_t2_born_in_a_plain_month_is_not_kept_again_in_the_leap_month(policy):
    assert in_year(Birthday(LUNAR, 6, 10), 2025, leap_policy=policy) == [dt.date(2025, 7, 4)]


# T3 The last days of the lunar year


def test_t3_the_thirtieth_of_the_twelfth_month():
    days = occurrences(Birthday(LUNAR, 12, 30), dt.date(2025, 1, 1), dt.date(2030, 12, 31))

    assert [day.isoformat() for day in days] == [
        "2025-01-28",
        "2026-02-16",
        "2027-02-05",
        "2028-01-25",
        "2029-02-12",
        "2030-02-02",
    ]


def test_t3_a_gregorian_year_may_hold_two_birthdays_or_none():
    birthday = Birthday(LUNAR, 11, 20)

    assert in_year(birthday, 2025) == []
    assert in_year(birthday, 2026) == [dt.date(2026, 1, 8), dt.date(2026, 12, 28)]
    assert in_year(birthday, 2028) == []
    assert len(in_year(birthday, 2029)) == 2
    assert in_year(birthday, 2031) == []
    assert len(in_year(birthday, 2032)) == 2


def test_t3_look_ahead_over_new_year_finds_the_birthday_of_the_lunar_year_before():
    start = dt.date(2026, 1, 25)
    end = start + dt.timedelta(days=7)

    assert occurrences(Birthday(LUNAR, 12, 8), start, end) == [dt.date(2026, 1, 26)]
    assert ("lunar", 12, 8, False, dt.date(2026, 1, 26)) in occurrence_pairs(start, end)


def test_t3_no_value_of_any_year_raises():
    for year in range(2024, 2030):
        occurrence_pairs(dt.date(year, 1, 1), dt.date(year, 12, 31), leap_policy="leap")


# T4 29 February, milestones, nominal age


def test_t4_born_on_29_february_is_kept_once_with_the_age_that_is_completed():
    birth, birthday = dt.date(1936, 2, 29), Birthday(SOLAR, 2, 29)
    start = dt.date(2026, 2, 24)

    days = occurrences(birthday, start, start + dt.timedelta(days=7))

    assert days == [dt.date(2026, 2, 28)]
    assert celebrated_age(birthday, birth, days[0]) == 90
    assert (full_age(birth, dt.date(2026, 2, 28)), full_age(birth, dt.date(2026, 3, 1))) == (89, 90)
    assert in_year(birthday, 2028) == [dt.date(2028, 2, 29)]


def test_t4_nominal_age_changes_at_the_lunar_new_year():
    birth = dt.date(1937, 1, 20)

    assert (nominal_age(birth, dt.date(2026, 2, 16)), nominal_age(birth, dt.date(2026, 2, 17))) == (90, 91)
    assert {full_age(birth, dt.date(2026, 2, day)) for day in (16, 17)} == {89}


# T7 Branches


def test_t7_two_full_members_and_one_on_probation_are_no_branch_of_their_own():
    assert codes(size_findings(2, 1, rules=BranchRules())) == ["too_small"]
    assert codes(size_findings(3, 0, rules=BranchRules())) == []


def test_t7_the_seventh_full_member_asks_for_a_committee():
    assert codes(size_findings(6, 0, rules=BranchRules(), committee=1)) == []
    assert codes(committee_findings(["secretary"], full=6, rules=BranchRules())) == []
    assert codes(committee_findings(["secretary", "member"], full=6, rules=BranchRules())) == ["committee_too_early"]
    (notice,) = size_findings(7, 0, rules=BranchRules(), committee=1)
    assert "应设支委会" in notice.sentence


def test_t7_a_committee_of_eight_is_refused():
    seven = ["secretary", "deputy", "organisation", "publicity", "discipline", "member", "member"]

    assert seat_refusal(seven[:6], "member", rules=BranchRules()) == ""
    assert "最多 7 人" in seat_refusal(seven, "member", rules=BranchRules())


def test_t7_over_fifty_is_for_the_superior_only():
    assert size_findings(49, 1, rules=BranchRules(), committee=5) == []
    (finding,) = size_findings(50, 1, rules=BranchRules(), committee=5)
    assert (finding.code, finding.superior_only) == ("too_large", True)


def test_t7_a_term_of_three_years_its_notice_and_its_longest_delay():
    rules, ends_on = BranchRules(), term_end(dt.date(2023, 6, 30), 3)

    assert ends_on == dt.date(2026, 6, 30)
    assert notice_day(ends_on, rules=rules) == dt.date(2025, 12, 30)
    assert latest_end(ends_on, rules=rules) == dt.date(2027, 6, 30)
    assert term_finding(ends_on, dt.date(2025, 12, 29), rules=rules) is None
    assert term_finding(ends_on, dt.date(2025, 12, 30), rules=rules).code == "term_ends"
    assert term_finding(ends_on, dt.date(2026, 6, 30), rules=rules).code == "term_ends"
    assert term_finding(ends_on, dt.date(2026, 7, 1), rules=rules).code == "term_over"
    delayed = latest_end(ends_on, rules=rules)
    assert term_finding(delayed, dt.date(2026, 7, 1), rules=rules) is None


def codes(findings) -> list[str]:
    return [finding.code for finding in findings]


# T10 Periods of the revolution and the yearly sum (the visits are in the ledger's part)


@pytest.mark.parametrize(
    ("began", "period", "months"),
    [
        (PartialDate(1945, 9, 2), RevolutionPeriod.P4, 2),
        (PartialDate(1945, 9, 3), RevolutionPeriod.P5, 1),
        (PartialDate(1945, 9), RevolutionPeriod.UNDETERMINED, None),
    ],
)
def test_t10_period_and_months_of_subsidy(began, period, months):
    assert revolution_period(began) == period
    assert subsidy_months(period, VeteranSubsidy()) == months


def test_t10_work_begun_after_september_1949_asks_for_the_approval():
    """Section 0 of the domain notes: a warning, not a refusal."""
    (warning,) = veteran_warnings(PartialDate(1949, 10, 1), PartialDate(1931, 5))

    assert "批准文号" in warning


def test_t10_the_difference_between_due_and_actual_is_for_transfers_to_explain():
    balance = annual_balance(previous=120, retired=0, died=11, actual=110)

    assert (balance.due, balance.difference) == (109, 1)


# T10 Visits overdue across the year end


def visits_of(*acts):
    """A veteran since 2024, planned on 2026-01-05, with the given (day, method) contacts recorded on their day."""
    bureau = make_unit()
    clerk = make_user("clerk", role="clerk", unit=bureau)
    cadre = make_cadre(unit=bureau, retire_type="veteran")
    CareTier.objects.create(cadre=cadre, level=2, effective_on=dt.date(2024, 1, 1), decided_on=dt.date(2024, 1, 1))
    for day, method in acts:
        record_contact(
            ContactFacts(happened_on=day, method=method, outcome="answered" if method == "phone" else ""),
            persons=[cadre.pk], form_key=uuid.uuid4(), actor=clerk, on=day,
        )  # fmt: skip
    plan_duties(on=dt.date(2026, 1, 5))
    return cadre


def open_visits():
    rows = Duty.objects.open().filter(kind=DutyKind.VETERAN_VISIT).order_by("due_on")
    return [(row.due_on, overdue_days(row.due_on, dt.date(2026, 1, 5))) for row in rows]


@pytest.mark.django_db
def test_t10_visit_in_each_quarter_leaves_the_next_due_at_the_end_of_march():
    visits_of((dt.date(2025, 8, 12), "home"), (dt.date(2025, 11, 20), "home"))

    assert open_visits() == [(dt.date(2026, 3, 31), 0)]


@pytest.mark.django_db
def test_t10_call_in_november_leaves_the_quarter_overdue_by_five_days():
    visits_of((dt.date(2025, 8, 12), "home"), (dt.date(2025, 11, 20), "phone"))

    assert open_visits() == [(dt.date(2025, 12, 31), 5), (dt.date(2026, 3, 31), 0)]


@pytest.mark.django_db
def test_t10_festival_visit_counts_for_its_campaign_and_for_the_quarter_of_its_day():
    bureau = make_unit()
    clerk = make_user("clerk", role="clerk", unit=bureau)
    cadre = make_cadre(unit=bureau, retire_type="veteran")
    CareTier.objects.create(cadre=cadre, level=2, effective_on=dt.date(2024, 10, 1), decided_on=dt.date(2024, 10, 1))
    day = dt.date(2024, 12, 27)
    plan_duties(on=day)

    visit = record_contact(
        ContactFacts(happened_on=day, kind="festival", campaign="2025春节"),
        persons=[cadre.pk], form_key=uuid.uuid4(), actor=clerk, on=day,
    )  # fmt: skip

    kept = visit.satisfied_duties.filter(kind__in=["spring", "veteran_visit"]).order_by("due_on")
    assert list(kept.values_list("kind", "due_on")) == [
        ("veteran_visit", dt.date(2024, 12, 31)),
        ("spring", dt.date(2025, 1, 27)),  # the last working day before the festival
    ]
    assert not Contact.objects.filter(happened_on__year=2025).exists()


@pytest.mark.django_db
def test_t10_discharge_is_followed_up_within_a_week():
    bureau = make_unit()
    clerk = make_user("clerk", role="clerk", unit=bureau)
    cadre = make_cadre(unit=bureau)

    life.record(cadre.person, life.Report("discharged", PartialDate(2025, 12, 28)), actor=clerk)

    assert Duty.objects.get(kind=DutyKind.DISCHARGE).due_on == dt.date(2026, 1, 4)


@pytest.mark.django_db
def test_t10_death_closes_the_quarter_without_overdue():
    cadre = visits_of((dt.date(2025, 8, 12), "home"))
    clerk = User.objects.get(username="clerk")

    life.record(cadre.person, life.Report("died", PartialDate(2025, 12, 20)), actor=clerk)

    quarter = Duty.objects.get(kind=DutyKind.VETERAN_VISIT, due_on=dt.date(2025, 12, 31))
    assert (quarter.closed_on, quarter.closed_reason) == (dt.date(2025, 12, 20), "died")
    assert not Duty.objects.overdue(dt.date(2026, 1, 5)).exists()
    assert not Duty.objects.missed(dt.date(2026, 1, 5)).filter(pk=quarter.pk).exists()


# T7 Transfer (sizes, terms and the quorum stand beside their subjects)


@pytest.mark.django_db
def test_t7_transfer_counts_in_the_old_branch_until_accepted(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: dt.date(2026, 6, 30))
    old, new = make_organisation("甲支部"), make_organisation("乙支部")
    person, others = make_person("李德厚"), [make_person(f"党员{number}") for number in range(4)]
    make_member(person, old)
    for number, other in enumerate(others):
        make_member(other, (old, new)[number % 2])
    desks = [Desk(branch, None, dt.date(2026, 6, 30), None) for branch in (old, new)]
    begun = dt.date(2026, 3, 10)
    row = transfers.apply(desks[0], person, key=uuid.uuid4(), kind="inside", on=begun, to_organisation=new, agreed=True)
    row = transfers.issue(desks[0], row, on=begun, valid_days=90, dues_paid_to=PartialDate.parse("2026-03"))
    assert row.expires_on == dt.date(2026, 6, 8)
    assert not row.is_expired(dt.date(2026, 6, 7))
    assert row.is_expired(dt.date(2026, 6, 8))
    assert list(letters_expiring_between(dt.date(2026, 6, 8), dt.date(2026, 6, 8))) == [row]
    transfers.accept(desks[1], row, on=dt.date(2026, 5, 20))

    def counts(day):
        return [Membership.objects.current(day).filter(organisation=one, link="formal").count() for one in (old, new)]

    day = begun
    while day <= dt.date(2026, 6, 30):
        assert counts(day) == ([3, 2] if day < dt.date(2026, 5, 20) else [2, 3])
        day += dt.timedelta(days=7)
    assert counts(dt.date(2026, 4, 30)) == [3, 2]


@pytest.mark.django_db
def test_t7_joining_a_functional_branch_leaves_the_formal_one_untouched():
    home, club = make_organisation("甲支部"), make_organisation("书画社党支部", kind="functional")
    person = make_person("李德厚")
    make_member(person, home)
    join_organisation(person, club, on=dt.date(2026, 5, 20), actor=None, link="functional")

    assert formal_membership(person.pk, dt.date(2026, 6, 1)).organisation == home


# T5 The 50-year medal


def year_of(joined, full=None, *, events=()):
    start = party_age_start(
        PartialDate.parse(joined), PartialDate.parse(full) if full else None,
        events=[PartyEvent(kind, PartialDate.parse(on), PartialDate.parse(again) if again else None)
                for kind, on, again in events],
    )  # fmt: skip
    assert start.is_certain
    return medal_year(start.earliest, MedalRules())


@pytest.mark.parametrize(
    ("joined", "full", "year"),
    [
        ("1975-09-10", None, 2026),
        ("1976-07-01", None, 2026),
        ("1976-07-02", None, 2027),
        ("1977-08-11", None, 2028),
        ("1977-09-01", "1978-09-01", 2029),
        ("1976-02-29", None, 2026),
    ],
)
def test_t5_the_year_of_the_medal(joined, full, year):
    assert year_of(joined, full) == year


def test_t5_restored_counts_through_and_joined_again_anew():
    through = [("removed", "1980", None), ("restored", "1983", None)]
    anew = [("removed", "1980", None), ("rejoined", "1985-06-01", "1986-06-01")]

    assert year_of("1970-05-01", events=through) == 2021
    assert year_of("1970-05-01", events=anew) == 2036


def test_t5_a_year_on_watch_counts_but_is_reviewed():
    watched = [PartyEvent("watch", PartialDate.parse("1990"))]
    start = party_age_start(PartialDate.parse("1970-05-01"), None, events=watched)

    assert start.review
    assert medal_year(start.earliest, MedalRules()) == 2021


# T6 Dues


@pytest.mark.parametrize(
    ("base", "amount"),
    [
        ("5000.00", "25.00"), ("5000.01", "50.00"), ("5001", "50.01"), ("6000", "60.00"), ("4301.00", "21.51"),
        ("3217.30", "16.09"),
    ],
)  # fmt: skip
def test_t6_dues_are_one_rate_on_the_whole_base_rounded_half_up(base, amount):
    assert monthly_amount(Decimal(base), DuesRules()) == Decimal(amount)


def months_of(desk, person, *months):
    found = dues_of([desk.organisation.pk], min(months), max(months))[person.pk]
    return [found[month] for month in months]


def pay(desk, person, *months, **over):
    return take_dues(desk, [HandOver(person.pk, months)], paid_on=desk.today, key=uuid.uuid4(), **over)


@pytest.mark.django_db
def test_t6_pension_raised_in_july_changes_the_dues_of_january_only():
    desk = make_desk(today=dt.date(2026, 7, 20))
    person = add_member(desk, base="4900")
    confirm_year(desk, year=2026, decided_on=dt.date(2026, 1, 8))
    with pytest.raises(BusinessError, match="一般一年不变"):
        fix_bases(desk, [BaseLine(person.pk, Decimal(5200), "pay_slip")], year=2026)

    january = replace(desk, today=dt.date(2027, 1, 5))
    fix_bases(january, [BaseLine(person.pk, Decimal(5200), "pay_slip")], year=2027)

    days = (dt.date(2026, 7, 1), dt.date(2026, 12, 1), dt.date(2027, 1, 1))
    assert [due.due for due in months_of(desk, person, *days)] == [Decimal("24.50"), Decimal("24.50"), Decimal("52.00")]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["functional", "temporary"])
def test_t6_functional_and_temporary_branches_refuse_dues_by_every_way_in(kind):
    formal = make_desk(today=dt.date(2026, 7, 20))
    person = add_member(formal, base="4900")
    desk = make_desk(make_organisation("合唱队党支部", kind=kind), today=dt.date(2026, 7, 20))
    make_member(person, desk.organisation, link=kind)
    values = {
        "organisation": desk.organisation, "person": person, "month": dt.date(2026, 7, 1), "kind": "monthly", "due": 1,
        "paid": 1, "paid_on": dt.date(2026, 7, 20), "method": "cash", "receipt_year": 2026, "receipt_no": 1,
    }  # fmt: skip

    with pytest.raises(ValidationError, match="不收党费"):
        DuesPayment(**values).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        DuesPayment.objects.bulk_create([DuesPayment(**values)])
    with pytest.raises(BusinessError, match="不收党费"):
        pay(desk, person, dt.date(2026, 7, 1))
    with pytest.raises(BusinessError, match="不收党费"):
        receive(desk, b"", "党费.xlsx", table="payments", year=2026, method="cash", source="told")
    client = Client()
    client.force_login(desk.user)
    page = client.post(reverse("branches:dues_month", args=[desk.organisation.public_id]))
    assert page.status_code == 422
    assert "不收党费" in page.content.decode()
    assert not site._registry[DuesPayment].has_add_permission(None)
    assert not DuesPayment.objects.exists()
    pay(formal, person, dt.date(2026, 7, 1))
    assert months_of(formal, person, dt.date(2026, 7, 1))[0].state == MonthState.PAID


@pytest.mark.django_db
def test_t6_back_payment_of_seven_months_needs_approval_and_of_six_does_not():
    desk = make_desk(today=dt.date(2026, 8, 5))
    person = add_member(desk, base="4900")
    seven = [dt.date(2026, number, 1) for number in range(1, 8)]

    with pytest.raises(Refused, match="超过 6 个月"):
        pay(desk, person, *seven)
    pay(desk, person, *seven[1:])
    assert pay(desk, person, seven[0], approval=Approval(dt.date(2026, 8, 4), "云老工〔2026〕8号"))


@pytest.mark.django_db
def test_t6_ten_thousand_extra_goes_to_the_centre_and_prepays_nothing():
    desk = make_desk(today=dt.date(2026, 7, 20))
    person = add_member(desk, base="4900")

    gift = take_voluntary(
        desk, Gift(person.pk, Decimal(10000), bio="1953年入党"), paid_on=desk.today, key=uuid.uuid4()
    )  # fmt: skip

    assert (gift.get_kind_display(), gift.to_centre) == ("大额自愿", True)
    ahead = [dt.date(2026, number, 1) for number in range(7, 13)]
    assert {due.state for due in months_of(desk, person, *ahead)} == {MonthState.OPEN}


@pytest.mark.django_db
def test_t6_exempt_months_are_not_unpaid():
    top = make_organisation("老干部工委", level="work_committee")
    desk = make_desk(make_organisation("南河支部", above=top), today=dt.date(2026, 7, 20))
    person = add_member(desk, base="4900")
    asked = ask_exemption(desk, DuesExemption(
        person=person, kind="zero", starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2026, 8, 1), reason="hardship",
        decided_on=dt.date(2026, 1, 8),
    ))  # fmt: skip
    approve_exemption(make_desk(top, today=desk.today, at=desk.organisation), asked, on=dt.date(2026, 1, 20))

    totals = totals_of([desk.organisation.pk], dt.date(2026, 1, 1), dt.date(2026, 7, 1))[desk.organisation.pk]
    assert (totals.open, totals.open_people, totals.exempt_people) == (0, 0, 1)


# T7 Quorum of an election


@pytest.mark.parametrize(("voters", "excluded", "inclusive", "needed"), [
    (40, 6, True, 28), (40, 0, True, 32), (40, 0, False, 33),
])  # fmt: skip
def test_t7_quorum_with_and_without_exclusions_and_by_the_older_wording(voters, excluded, inclusive, needed):
    assert quorum(voters, excluded, ElectionRules(quorum_inclusive=inclusive)).needed == needed


def test_t7_quorum_three_seats_need_four_candidates_and_a_delay_ends_within_the_year():
    assert candidates_needed(3, ElectionRules()) == 4
    ends = dt.date(2026, 6, 30)
    assert check_shift("delay", ends, dt.date(2027, 6, 30), rules=BranchRules()) == ""
    assert check_shift("delay", ends, dt.date(2027, 7, 1), rules=BranchRules())


# T8 Waiting list: two places, paid by P1 and P2; W1 to W4 wait in this order


@pytest.fixture
def waiting_list(db):
    """(offering, people by name, sign-ups by name); W2 reads his second course, W3 has a class at the same time."""
    world = World()
    RuleSet.objects.create(kind="enrolment", effective_from=dt.date(2020, 1, 1), values={"most_courses": 2})
    offering = world.add_class(capacity=2, weekday=1)
    people = {name: make_person(name, birth_date="1956-05-02") for name in ("P1", "P2", "W1", "W2", "W3", "W4", "W5")}
    rows = {name: ask(offering, person, now=NOW + n * MINUTE) for n, (name, person) in enumerate(people.items())}
    for weekday in (2, 3):
        ask(world.add_class(weekday=weekday), people["W2"])
    ask(world.add_class(weekday=1), people["W3"])
    Person.objects.filter(name="W1").update(life_status="deceased")
    return offering, people, rows


def test_t8_the_place_goes_to_the_first_who_may_have_it_and_the_others_keep_their_rank(waiting_list):
    offering, people, rows = waiting_list
    assert [rows[name].state for name in ("P1", "P2", "W1")] == ["seated", "seated", "waiting"]

    seats.withdraw(rows["P1"], reason="", actor=None, now=NOW + DAY)

    offer = Offer.objects.get()
    assert offer.sign_up.person == people["W4"]
    assert positions_of([rows["W2"], rows["W3"]]) == {rows["W2"].pk: 2, rows["W3"].pk: 3}
    reasons = refusals(offering, [person.pk for person in people.values()], NOW.date())
    assert reasons[people["W2"].pk] == "每学期最多读2门，这学期已经有2门。要读这一门，请先退掉一门。"
    assert reasons[people["W3"].pk] == "上课时间和已有的“书法04班”冲突。要这一门，请先退掉那一门。"
    assert reasons[people["W1"].pk].startswith("已登记离世")
    assert people["W4"].pk not in reasons


def test_t8_two_calls_and_48_hours_of_silence_release_the_place(waiting_list):
    offering, people, rows = waiting_list
    seats.withdraw(rows["P1"], reason="", actor=None, now=NOW + DAY)
    offer, clerk = Offer.objects.get(), make_user()
    for at in (NOW + DAY, NOW + DAY + 5 * HOUR):
        call = {"way": "phone", "reached": False, "note": "", "form_key": uuid.uuid4()}
        offers.record_attempt(offer, **call, actor=clerk, now=at)
    over = NOW + DAY + 5 * HOUR + dt.timedelta(hours=48)

    assert (offers.lapse_due(over - MINUTE), offers.lapse_due(over)) == (0, 1)

    assert Offer.objects.get(state="open").sign_up.person == people["W5"]
    rows["W4"].refresh_from_db()
    assert positions_of([rows["W4"]]) == {rows["W4"].pk: 4}  # nobody reached him: his rank stays


@pytest.mark.django_db(transaction=True)
def test_t8_two_clerks_at_the_last_place_one_gets_it_and_one_a_rank():
    world = World()
    offering = world.add_class(capacity=2)
    paid, one, two = world.people(3)
    ask(offering, paid)

    found = at_once([lambda person=person: ask(offering, person).state for person in (one, two)])

    assert sorted(found) == ["seated", "waiting"]
    assert SignUp.objects.filter(state="seated").count() == taken(offering) == 2


# T8, the money of it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("held", "back"), [(0, 600), (8, 480), (9, 300), (15, 300), (16, 0)])
def test_t8_refunds_by_sessions_held(held, back):
    found = refund_of(Decimal(600), Decimal(0), held, RefundCause.OWN, RefundRules())

    assert found.amount == back
    assert bool(found.refusal) == (back == 0)


def test_t8_a_veteran_pays_a_hundred_flat_and_gets_back_no_more_than_he_paid():
    fee, words = fee_of(Decimal(600), StudentKind.SUBSIDISED, False, FeeRules())

    assert (fee, words) == (Decimal(100), "离休干部，每门100元")
    assert refund_of(fee, Decimal(0), 8, RefundCause.OWN, RefundRules()).amount == 80
    assert refund_of(fee, Decimal(0), 20, RefundCause.CLASS_OFF, RefundRules()).amount == fee


# T9 Time bank: minutes of care, double entry ----------------------------------------------------------------------


@pytest.fixture
def time_bank(db):
    """(world, somebody of 88 who has 150 minutes)."""
    world = BankWorld()
    world.give_minutes(world.helped, 150)
    return world, world.helped


def test_t9_what_is_asked_is_held_and_what_was_used_is_captured(time_bank):
    world, person = time_bank
    with pytest.raises(BusinessError, match="不够3小时"):
        bank.hold(world.ask(person), 180, actor=None, now=BANK_NOW)
    request = world.ask(person)
    bank.hold(request, 120, actor=None, now=BANK_NOW)
    assert balance_of(person) == 30
    with pytest.raises(BusinessError, match="不够1小时"):
        bank.hold(world.ask(person), 60, actor=None, now=BANK_NOW)

    used = bank.capture(request, 90, actor=None, now=BANK_NOW)

    assert used.minutes == 90
    assert stands(person) == (60, 0)


def test_t9_two_records_of_one_time_are_refused(time_bank):
    world, _ = time_bank
    world.care(120, starts=540)
    with pytest.raises(IntegrityError, match="servicerecord_no_overlap"), transaction.atomic():
        world.care(90, starts=630)


def test_t9_over_the_most_of_an_account_goes_to_the_pool(time_bank):
    world, _ = time_bank
    world.give_minutes(world.volunteer.person, 89_950)

    world.credit(120)

    assert stands(world.volunteer.person) == (90_000, 0)
    assert world.own("pool").balance == 70


def test_t9_from_the_sixtieth_birthday_on(time_bank):
    born, rules = PartialDate(1966, 11, 22), BankRules()
    assert redeem_refusal(born, dt.date(2026, 11, 21), rules).startswith("满60周岁")
    assert redeem_refusal(born, dt.date(2026, 11, 22), rules) == ""


def test_t9_to_the_mother_and_not_to_the_niece(time_bank):
    world, mother = time_bank
    giver, niece = world.volunteer.person, make_person("郑小妹", sex="2")
    world.give_minutes(giver, 90)
    world.kin(giver, mother, "50")
    world.kin(giver, niece, "80")

    with pytest.raises(BusinessError, match="直系亲属"):
        bank.give(giver, niece, 60, actor=None, now=BANK_NOW, form_key=uuid.uuid4())
    bank.give(giver, mother, 60, actor=None, now=BANK_NOW, form_key=uuid.uuid4())

    assert (stands(giver), stands(mother)) == ((30, 0), (210, 0))


def test_t9_a_wrong_credit_is_answered_by_a_contra_entry_and_all_is_zero(time_bank):
    world, _ = time_bank
    wrong = world.credit(120)

    bank.reverse(wrong, "登记错了人", actor=None, now=BANK_NOW, form_key=uuid.uuid4())

    assert stands(world.volunteer.person) == (0, 0)
    assert Entry.objects.filter(account__person=world.volunteer.person).count() == 2
    assert ledger_sum() == 0


@pytest.mark.django_db(transaction=True)
def test_t9_two_redemptions_of_a_hundred_at_once_one_fails():
    world = BankWorld()
    world.give_minutes(world.helped, 150)

    def redeem(request) -> str:
        try:
            return bank.hold(request, 100, actor=None, now=BANK_NOW).state
        except BusinessError:
            return "refused"

    found = at_once([lambda one=one: redeem(one) for one in (world.ask(world.helped), world.ask(world.helped))])

    assert sorted(found) == ["held", "refused"]
    assert stands(world.helped) == (150, 100)
