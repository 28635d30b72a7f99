"""Papers, cards, medical fees, guarantees, the service catalogue and 四就近."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from apps.common.errors import BusinessError
from apps.ledgers.card_notices import card_messages
from apps.ledgers.models import (
    CareAssignment,
    GreenCard,
    MedicalFee,
    NearbyService,
    Need,
    ServiceOffer,
    Subscription,
    TreatmentItem,
    UnitFund,
    UnitSpending,
)
from apps.ledgers.queries.communities import coverage_of, offers_for
from apps.ledgers.queries.plan_sections import About, lines_of
from apps.ledgers.queries.treatment_facts import SOURCES
from apps.ledgers.services import benefits, treatments, unit_funds
from apps.organisation.models import Community, Division
from apps.registry.models import Cadre
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 1, 5)


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def clerk(unit):
    return make_user("clerk", role="clerk", unit=unit)


@pytest.fixture
def staff(client, clerk):
    client.force_login(clerk)
    return client


def test_next_years_papers_are_those_of_this_year_of_the_living(unit, clerk):
    kept, ended, died = (make_cadre(name, unit=unit) for name in ("续订", "停订", "已故"))
    died.person.life_status = "deceased"
    died.person.save()
    for cadre in (kept, ended, died):
        Subscription.objects.create(cadre=cadre, year=2026, title="人民日报", price=288, copies=2)
    Subscription.objects.filter(cadre=ended).update(ends_on=DAY)

    assert benefits.copy_subscriptions(2027, cadres=Cadre.objects.current(), actor=clerk) == 1
    assert benefits.copy_subscriptions(2027, cadres=Cadre.objects.current(), actor=clerk) == 0

    new = Subscription.objects.get(year=2027)
    assert (new.cadre, new.cost, new.confirmed_on) == (kept, Decimal(576), None)


def test_a_card_is_renewed_once_and_the_old_one_ends(unit, clerk):
    cadre = make_cadre(unit=unit)
    old = GreenCard.objects.create(
        cadre=cadre, number="A1", hospital="市医院", issued_on=DAY, valid_until=dt.date(2027, 1, 4)
    )

    def new():
        return GreenCard(
            number="A2", hospital="市医院", issued_on=dt.date(2026, 12, 1), valid_until=dt.date(2028, 11, 30)
        )

    benefits.renew_card(old, new(), actor=clerk)
    with pytest.raises(BusinessError, match="停用或换过"):
        benefits.renew_card(old, new(), actor=clerk)

    old.refresh_from_db()
    assert old.closed_on == dt.date(2026, 12, 1)
    assert GreenCard.objects.filter(closed_on__isnull=True).get().cadre == cadre


def test_arrears_follow_from_what_was_typed_and_totals_stand_by_unit(staff, unit):
    cadre = make_cadre(unit=unit)
    sent = {
        "cadre": cadre.pk, "unit": unit.pk, "year": 2026, "quarter": 1, "cost": "4200", "paid_by_unit": "3000",
        "advanced": "1200", "reimbursed": "500", "note": "",
    }  # fmt: skip

    staff.post(reverse("admin:ledgers_medicalfee_add"), sent)

    assert MedicalFee.objects.get().arrears == Decimal(700)
    shown = staff.get(reverse("admin:ledgers_medicalfee_totals")).content.decode()
    assert "大写：柒佰元整" in shown
    wrong = staff.post(reverse("admin:ledgers_medicalfee_add"), {**sent, "quarter": 2, "reimbursed": "1300"})
    assert "报销给本人的不能多于他垫付的" in wrong.content.decode()


def test_a_finding_must_be_written(unit):
    facts = {"unit": unit, "year": 2026, "quarter": 1, "guarantee": "medical", "evidence": "台账"}
    check = unit.guarantee_checks.model(**facts, checked_on=DAY, result="late")

    with pytest.raises(ValidationError, match="请写清问题"):
        check.validate_constraints()


def make_community(name: str) -> Community:
    division, _ = Division.objects.get_or_create(
        code="440604", defaults={"name": "云山区", "full_name": "云江市云山区", "level": "county"}
    )
    return Community.objects.create(name=name, street="河滨街道", division=division)


def test_coverage_counts_people_by_where_they_live(unit, clerk):
    with_all, without = make_community("南河社区"), make_community("舟山里社区")
    for kind in ("study", "care"):
        NearbyService.objects.create(community=with_all, kind=kind, what="读报", since=DAY)
    NearbyService.objects.create(community=without, kind="study", what="停了", since=DAY, ends_on=DAY)
    for number, community in enumerate((with_all, with_all, without, None)):
        make_cadre(f"老{number}", unit=unit, community=community)
    make_cadre("已故", unit=unit, community=with_all, life_status="deceased")

    found = coverage_of(clerk)

    assert (found.total, found.nowhere) == (4, 1)
    assert found.kinds == [("就近学习", 2, 2), ("就近活动", 0, 4), ("就近得到关心照顾", 2, 2), ("就近发挥作用", 0, 4)]
    assert [(line.community.name, line.people) for line in found.lines] == [("舟山里社区", 1), ("南河社区", 2)]


def test_staff_are_offered_what_serves_where_he_lives(unit):
    here, there = make_community("南河社区"), make_community("舟山里社区")
    for name, community in (("全市", None), ("本社区", here), ("别的社区", there)):
        ServiceOffer.objects.create(
            kind="living", name=name, provider="某中心", community=community, phone="0700-1", how_to_order="打电话"
        )

    assert {offer.name for offer in offers_for(here.pk)} == {"全市", "本社区"}


def test_who_promises_something_sees_the_service_catalogue(staff, unit):
    cadre = make_cadre(unit=unit)
    need = Need.objects.create(cadre=cadre, section="wellbeing", category="other", description="送饭", found_on=DAY)
    ServiceOffer.objects.create(
        kind="living", name="助餐", provider="南河饭堂", phone="0700-8800204", how_to_order="打电话"
    )

    shown = staff.get(reverse("admin:ledgers_need_measure", args=[need.pk])).content.decode()

    assert '<option value="南河饭堂">助餐</option>' in shown
    assert 'list="service-offers"' in shown


def test_who_cares_for_him_hears_once_that_his_card_ends(unit, clerk):
    cadre = make_cadre(unit=unit)
    CareAssignment.objects.create(cadre=cadre, carer=clerk, starts_on=DAY)
    card = GreenCard.objects.create(
        cadre=cadre, number="A1", hospital="市医院", issued_on=DAY, valid_until=dt.date(2026, 7, 19)
    )

    told = card_messages(dt.date(2026, 5, 22))

    assert [(one.user_id, one.key) for one in told] == [(clerk.pk, f"card:{card.pk}:2026-07-19:ends")]
    assert card_messages(dt.date(2026, 5, 19)) == []
    assert [one.key for one in card_messages(dt.date(2026, 5, 26))] == [told[0].key]


def test_plan_and_timeline_tell_what_he_had(unit, clerk):
    cadre = Cadre.objects.get(pk=make_cadre(unit=unit).pk)
    item = TreatmentItem.objects.create(group="living", name="体检", every="year", measure="次")
    run = treatments.open_period(item, year=2026, cadres=Cadre.objects.current(), actor=clerk, on=DAY).run
    treatments.receive([run.dues.get().pk], treatments.Receipt(DAY, "done"), actor=clerk, on=DAY)
    Subscription.objects.create(cadre=cadre, year=2026, title="人民日报", price=288)

    told = lines_of(About(cadre=cadre, on=DAY, sees=lambda right: True))["treatment"]
    held = {"体检": "应发 1 次，已领 1 次", "订阅报刊": "人民日报"}
    assert held.items() <= {one.label: one.text for one in told}.items()
    kept_from = lines_of(About(cadre=cadre, on=DAY, sees=lambda right: False))["treatment"]
    assert "体检" not in {one.label for one in kept_from}
    rows = [(source, row) for source in SOURCES for row in source.latest(cadre, year=2026, most=9)]
    moments = [moment for source, row in rows for moment in source.moments(row)]
    assert [(moment.on, moment.text) for moment in moments] == [(DAY, "领到体检 2026年")]


def test_a_voucher_is_written_down_once(unit, clerk):
    cadre = make_cadre(unit=unit)
    item = TreatmentItem.objects.create(group="living", name="特需费", every="year", paid_to="unit")
    fund = UnitFund.objects.create(unit=unit, item=item, year=2026, amount=1000)

    def spend():
        return unit_funds.spend(
            UnitSpending(fund=fund, cadre=cadre, spent_on=DAY, what="护工", amount=Decimal(100), voucher_no="7"),
            actor=clerk,
        )

    spend()
    with pytest.raises(BusinessError, match="已经记过"):
        spend()
    fund.refresh_from_db()
    assert fund.spent == Decimal(100)
