"""Festival campaigns: who is chosen, what it comes to, routes, the morning, results, and settling up."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.common.errors import BusinessError
from apps.ledgers.campaign_notices import campaign_messages
from apps.ledgers.choices.campaigns import Handed
from apps.ledgers.models import Contact, VisitTarget
from apps.ledgers.queries.campaign_calendar import beginning_between, foreseen, routes_without_results
from apps.ledgers.queries.campaigns import figures_between, figures_of_names, many_and_none, totals
from apps.ledgers.queries.visit_routes import route_rows
from apps.ledgers.rules import DutyRules
from apps.ledgers.rules.campaigns import CampaignRules, GreetingStandards, over_budget, standards_of, templates
from apps.ledgers.services.campaigns import (
    approve_campaign,
    send_back,
)
from apps.ledgers.services.targets import (
    add_target,
    match_names,
    remove_targets,
    restore_targets,
    set_layer,
)
from apps.ledgers.services.visit_results import StopResult, enter_stops
from apps.ledgers.services.visit_routes import (
    RouteFacts,
    make_route,
    mark_printed,
)
from apps.organisation.models import RuleSet
from apps.people import households
from apps.people.models import Relative
from apps.registry.models import Cadre, Health
from tests.builders import make_cadre, make_unit

pytestmark = pytest.mark.django_db
D = dt.date
FESTIVAL, START, DAY = D(2027, 2, 6), D(2027, 1, 2), D(2027, 1, 20)


def rows_of(route):
    return route_rows(route, visible=Cadre.objects.current())


def results(route, handed=Handed.GIVEN, day=DAY, **over):
    return [
        StopResult(stop_id=row.stop.pk, form_key=row.stop.form_key, handed=handed, happened_on=day, **over)
        for row in rows_of(route)
    ]


# Rules


def test_winter_and_summer_are_templates_of_the_rule_set():
    found = templates(CampaignRules(), DutyRules(), D(2026, 12, 1), D(2027, 12, 31))

    by_name = {one.name: (one.starts_on, one.last_day) for one in found}
    assert by_name["2027冬送温暖"] == (D(2027, 1, 1), D(2027, 1, 31))
    assert by_name["2027夏送清凉"] == (D(2027, 7, 1), D(2027, 7, 31))
    assert by_name["2027春节"] == (START, FESTIVAL)


def test_a_run_of_months_over_the_new_year_is_one_campaign():
    rules = CampaignRules(winter_months=(12, 1), summer_months=())
    found = templates(rules, DutyRules(), D(2026, 12, 1), D(2027, 1, 31))

    winter = [one for one in found if one.kind == "winter"]
    assert [(one.name, one.starts_on, one.last_day) for one in winter] == [
        ("2027冬送温暖", D(2026, 12, 1), D(2027, 1, 31))
    ]


@pytest.mark.parametrize("values", [{"winter_months": (13,)}, {"results_days": 0}, {"aged_from": 20}])
def test_nonsense_in_the_rules_is_refused(values):
    with pytest.raises(ValueError, match="填"):
        CampaignRules(**values)


def test_every_category_has_a_standard():
    found = {one.category: one for one in standards_of(GreetingStandards())}

    assert len(found) == 9
    assert found["veteran"].money == Decimal("1000.00")
    assert over_budget(Decimal("10.01"), Decimal("10")) == Decimal("0.01")
    assert over_budget(Decimal("9"), Decimal("10")) == 0


# Choosing


def test_everybody_counts_in_the_first_category_that_fits(bureau, spring, select, tier):
    veteran = make_cadre("离休", unit=bureau, retire_type="veteran", special_difficulties=["ill"])
    poor = make_cadre("困难", unit=bureau, special_difficulties=["costs"])
    make_cadre("独居", unit=bureau, special_difficulties=["alone"])
    sick = make_cadre("住院", unit=bureau)
    Health.objects.create(cadre=sick, in_hospital_since=D(2026, 12, 30))
    member = make_cadre("老党员", unit=bureau, party_age_from="1976-02-06")
    make_cadre("新党员", unit=bureau, party_age_from="1977-02-07")
    elsewhere = make_cadre("别处", unit=make_unit("邻市委老干部局"), retire_type="veteran")
    campaign = spring()

    found = select(campaign, "veteran", "hospital", "difficulty", "fifty")

    rows = {row.cadre_id: (row.category, row.money) for row in campaign.targets.all()}
    assert rows == {
        veteran.pk: ("veteran", 1000), poor.pk: ("difficulty", 1000), sick.pk: ("hospital", 800),
        member.pk: ("fifty", 500),
    }  # fmt: skip
    assert len(found.selectable) == 4
    assert elsewhere.pk not in rows
    assert totals(campaign).planned == Decimal("3300.00") + Decimal("400.00")


def test_the_held_are_shown_and_not_chosen_until_somebody_agreed(bureau, clerk, spring, select):
    held = make_cadre("请示", unit=bureau, retire_type="veteran", on_hold=True)
    campaign = spring()

    found = select(campaign, "veteran")

    assert found.held == {held.pk}
    assert totals(campaign).people == 0
    target = campaign.targets.get()
    with pytest.raises(BusinessError, match="谁同意的"):
        restore_targets(campaign, [target.pk], actor=clerk)
    restore_targets(campaign, [target.pk], actor=clerk, asked="张局长")
    assert totals(campaign).people == 1


def test_age_and_units_narrow_and_whoever_was_taken_off_stays_off(bureau, clerk, spring, select):
    district = make_unit("甲区委老干部局", parent=bureau)
    old = make_cadre("老", unit=district, birth_date="1940-02-06")
    make_cadre("年轻", unit=district, birth_date="1960-01-01")
    make_cadre("别区", unit=bureau, birth_date="1940-01-01")
    campaign = spring()

    found = select(campaign, units=(district.pk,), aged_from=87)
    assert set(found.found) == {old.pk}
    remove_targets(campaign, [campaign.targets.get().pk], reason="本人谢绝", actor=clerk)
    again = select(campaign, units=(district.pk,), aged_from=87)

    assert (again.found, again.known, again.removed) == ({}, 1, 1)
    assert totals(campaign).people == 0


def test_the_family_of_the_dead_is_greeted_by_name(bureau, clerk, spring, select):
    dead = make_cadre("李德厚", unit=bureau, life_status="deceased")
    alone = make_cadre("无家人", unit=bureau, life_status="deceased")
    other = make_cadre("赵某", unit=bureau, life_status="deceased")
    households.add_relation(dead.person, households.Relation("王秀兰", "2"), actor=clerk)
    Relative.objects.create(person=other.person, name="孙某", relation="10")
    campaign = spring()

    select(campaign, "survivor")

    rows = {row.cadre_id: row.name for row in campaign.targets.select_related("family")}
    assert rows == {dead.pk: "王秀兰", other.pk: "孙某"}
    assert alone.pk not in rows


def test_a_couple_is_one_stop_with_two_envelopes(bureau, clerk, spring, select):
    husband, wife = (make_cadre(name, unit=bureau, retire_type="veteran") for name in "甲乙")
    single = make_cadre("丙", unit=bureau, retire_type="veteran")
    households.join(husband.person, wife.person, actor=clerk)
    campaign = spring()
    select(campaign, "veteran")

    sums = totals(campaign)
    assert (sums.people, sums.stops, sums.money) == (3, 2, Decimal("3000.00"))
    stops = dict(campaign.targets.values_list("cadre", "stop"))
    assert stops[husband.pk] == stops[wife.pk] != stops[single.pk]


def test_choosing_costs_the_same_for_one_and_for_many(bureau, spring, select):
    def count() -> int:
        campaign = spring(kind="other", name=f"第{Contact.objects.count()}{uuid.uuid4().hex[:6]}")
        with CaptureQueriesContext(connection) as queries:
            select(campaign, "veteran", "aged")
        return len(queries)

    make_cadre("甲", unit=bureau, retire_type="veteran")
    one = count()
    for name in "乙丙丁戊己庚":
        make_cadre(name, unit=bureau, retire_type="veteran")

    assert count() == one


# Budget


def test_over_the_budget_nothing_is_approved_or_printed(bureau, clerk, leader, spring, select):
    make_cadre("甲", unit=bureau, retire_type="veteran")
    campaign = spring("1199.99")
    select(campaign, "veteran")

    with pytest.raises(BusinessError, match="超出预算 0.01 元"):
        approve_campaign(campaign, actor=clerk, on=START)
    route = make_route(
        RouteFacts(unit=bureau, on_day=DAY, leader=leader, campaign=campaign), actor=clerk, form_key=uuid.uuid4()
    )
    with pytest.raises(BusinessError, match="还没有核定"):
        mark_printed(route, actor=clerk, on=DAY)


def test_sources_must_add_up_and_later_additions_must_fit(bureau, clerk, spring, select):
    make_cadre("甲", unit=bureau, retire_type="veteran")
    campaign = spring("1200.00")
    campaign.sources.create(name="财政", amount=Decimal("1000"))
    select(campaign, "veteran")
    with pytest.raises(BusinessError, match="不一致"):
        approve_campaign(campaign, actor=clerk, on=START)
    campaign.sources.create(name="党费", amount=Decimal("200"))
    approve_campaign(campaign, actor=clerk, on=START)

    late = make_cadre("乙", unit=bureau)
    with pytest.raises(BusinessError, match="超出预算"):
        add_target(campaign, late, reason="刚发现", category="other", actor=clerk)
    assert totals(campaign).people == 1
    send_back(campaign, actor=clerk, reason="要调标准")
    campaign.refresh_from_db()
    assert campaign.state == "draft"


def test_a_festival_bears_the_name_of_its_duties(spring):
    with pytest.raises(BusinessError, match="2027春节"):
        spring(name="新春慰问")


def test_standards_come_from_the_rule_set_of_the_first_day(bureau, clerk, spring):
    RuleSet.objects.create(
        kind="greeting_standards", unit=bureau, effective_from=D(2027, 1, 1), document_no="云老干〔2026〕8号",
        values={"money_veteran": "1500.00"},
    )  # fmt: skip

    assert spring().standards.get(category="veteran").money == Decimal("1500.00")
    before = spring(
        kind="winter", name="2026冬送温暖", starts_on=D(2026, 12, 1), last_day=D(2026, 12, 31), festival_on=None
    )
    assert before.standards.get(category="veteran").money == Decimal("1000.00")


# Layers


def test_names_of_other_offices_are_merged_and_nobody_is_guessed(bureau, clerk, spring, select):
    make_cadre("甲某", unit=bureau, retire_type="veteran")
    make_cadre("同名", unit=bureau, retire_type="veteran")
    make_cadre("同名", unit=bureau, retire_type="veteran")
    make_cadre("名单外", unit=bureau)
    campaign = spring()
    select(campaign, "veteran")

    matched = match_names(campaign, ["甲某", " 同名", "名单外", "查无此人", ""], scope=Cadre.objects.current())

    assert list(matched.ours) == ["甲某"]
    assert list(matched.others) == ["名单外"]
    assert matched.rest == ["同名", "查无此人"]
    key = matched.ours["甲某"].pk
    set_layer(campaign, [key], "unit", on=True, actor=clerk)
    set_layer(campaign, [key], "community", on=True, actor=clerk)
    many, none = many_and_none(campaign, VisitTarget.objects.all())
    assert [row.pk for row in many] == [key]
    assert none.count() == 2
    set_layer(campaign, [key], "unit", on=False, actor=clerk)
    assert not many_and_none(campaign, VisitTarget.objects.all())[0].exists()


# The clock


def test_what_begins_soon_and_what_waits_for_results(bureau, clerk, spring, select, going):
    assert [one.name for one in foreseen(bureau, D(2026, 12, 20))][:2] == ["2027冬送温暖", "2027春节"]
    make_cadre("甲", unit=bureau, retire_type="veteran")
    campaign = spring()
    assert "2027春节" not in [one.name for one in foreseen(bureau, D(2026, 12, 20))]
    assert list(beginning_between(D(2026, 12, 25), START)) == [campaign]
    select(campaign, "veteran")
    route = going(campaign)

    assert list(routes_without_results(DAY, DAY)) == [route]
    told = {(one.key, one.template) for one in campaign_messages(DAY + dt.timedelta(days=5))}
    assert told == {(f"route:{route.pk}:results:{DAY}", "campaign.results")}
    assert [one.template for one in campaign_messages(D(2026, 12, 25))] == ["campaign.begins"]
    enter_stops(route, results(route), actor=clerk, on=DAY)
    assert not routes_without_results(DAY, DAY).exists()
    assert campaign_messages(DAY + dt.timedelta(days=5)) == []


# Figures


def test_t10_the_campaign_counts_by_name_and_the_year_by_date(bureau, contact):
    """A visit on 2024-12-27 for 2025春节 is one of 2025春节, and of 2024 by date, not of 2025."""
    cadre = make_cadre("甲", unit=bureau, retire_type="veteran")
    contact(cadre, D(2024, 12, 27), campaign="2025春节", kind="festival", method="home", money=Decimal("800"))
    contact(cadre, D(2025, 1, 5), method="home")
    rows = Contact.objects.all()

    assert figures_of_names({"2025春节"}, rows)["2025春节"].visits == 1
    assert figures_of_names({"2025春节"}, rows)["2025春节"].money == 800
    by_2024, by_2025 = (figures_between(D(year, 1, 1), D(year + 1, 1, 1), rows) for year in (2024, 2025))
    assert (by_2024.visits, by_2024.money) == (1, 800)
    assert (by_2025.visits, by_2025.money) == (1, 0)
