"""Routes of campaigns and of leaders: the morning, results, what was not handed over, cards that come back."""

import datetime as dt
import uuid

import pytest

from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.ledgers.choices.campaigns import Handed
from apps.ledgers.models import Contact, Duty, Need, VisitTarget
from apps.ledgers.queries.campaigns import totals
from apps.ledgers.queries.visit_routes import cards_of, changed_since_print, route_rows
from apps.ledgers.services import plan_duties, void_contact
from apps.ledgers.services.campaigns import (
    close_campaign,
    reopen_campaign,
)
from apps.ledgers.services.targets import (
    remove_targets,
)
from apps.ledgers.services.visit_results import StopResult, enter_stops, take_back_money, undo_return
from apps.ledgers.services.visit_routes import (
    RouteFacts,
    add_people,
    arrange,
    make_route,
    mark_printed,
    number_cards,
    settle_morning,
    take_back_cards,
    unstrike,
)
from apps.ledgers.services.visits import FoundNeed
from apps.people import households
from apps.people.models import Person
from apps.registry.models import Cadre, Health, ServingLeader
from apps.registry.services import life
from tests.builders import make_cadre

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


# The morning


def test_the_morning_tells_what_changed_since_printing(bureau, clerk, spring, select, going):
    dead, sick, moved, held, same = (
        make_cadre(name, unit=bureau, retire_type="veteran", residence="河滨路1号") for name in "甲乙丙丁戊"
    )
    campaign = spring()
    select(campaign, "veteran")
    route = going(campaign)
    mark_printed(route, actor=clerk, on=DAY)
    assert changed_since_print([one for row in rows_of(route) for one in row.targets], DAY) == []

    Person.objects.filter(pk=dead.pk).update(life_status="reported")
    Health.objects.create(cadre=sick, in_hospital_since=DAY)
    person = Person.objects.get(pk=moved.pk)
    person.residence = "山前街9号"
    person.save()
    Cadre.objects.filter(pk=held.pk).update(on_hold=True)
    found = {
        one.target.cadre_id: (one.words, one.advice)
        for one in changed_since_print([one for row in rows_of(route) for one in row.targets], DAY)
    }

    assert found[dead.pk] == (("已登记（报告）离世",), "strike")
    assert found[sick.pk] == (("住院了",), "hospital")
    assert found[moved.pk][0] == ("住址改了，看新打印的路线单",)
    assert found[held.pk][1] == "strike"
    assert same.pk not in found
    keys = dict(campaign.targets.values_list("cadre", "pk"))
    settle_morning(
        route,
        {keys[dead.pk]: "strike", keys[sick.pk]: "hospital", keys[moved.pk]: "keep", keys[held.pk]: "strike"},
        actor=clerk, on=DAY,
    )  # fmt: skip
    assert changed_since_print([one for row in rows_of(route) for one in row.targets], DAY) == []
    assert totals(campaign).people == 3
    unstrike(route, [keys[held.pk]], actor=clerk)
    assert totals(campaign).people == 4
    methods = {row.first.cadre_id: row.method for row in rows_of(route)}
    assert methods[sick.pk] == "hospital"


def test_a_death_strikes_and_its_undoing_brings_back_exactly_that(bureau, clerk, spring, select):
    cadre, other = (make_cadre(name, unit=bureau, retire_type="veteran") for name in "甲乙")
    campaign = spring()
    select(campaign, "veteran")
    remove_targets(campaign, [campaign.targets.get(cadre=other).pk], reason="谢绝", actor=clerk)

    event = life.record(cadre.person, life.Report("died", PartialDate.of(dt.date(2026, 1, 1))), actor=clerk)
    assert dict(campaign.targets.values_list("cadre", "state")) == {cadre.pk: "struck", other.pk: "removed"}
    life.undo(event, reason="报错了人", actor=clerk)

    assert dict(campaign.targets.values_list("cadre", "state")) == {cadre.pk: "chosen", other.pk: "removed"}


# Results


def test_results_make_contacts_and_settle_the_festival(bureau, clerk, spring, select, going):
    husband, wife = (make_cadre(name, unit=bureau, retire_type="veteran") for name in "甲乙")
    households.join(husband.person, wife.person, actor=clerk)
    plan_duties(on=DAY)
    assert Duty.objects.filter(kind="spring", basis="2027春节").count() == 2
    campaign = spring()
    select(campaign, "veteran")
    route = going(campaign)
    need = FoundNeed(category="home", description="要装扶手")

    done = enter_stops(route, results(route, need=need, summary="精神好"), actor=clerk, on=DAY)

    contact = Contact.objects.get()
    assert (done.saved, done.refused) == (1, {})
    assert (contact.campaign, contact.money, contact.leaders) == ("2027春节", 2000, "市委常委、组织部部长 陈立新")
    assert set(contact.persons.values_list("pk", flat=True)) == {husband.pk, wife.pk}
    assert not Duty.objects.open().filter(kind="spring").exists()
    assert Need.objects.get().found_contact == contact
    assert totals(campaign).given_people == 2
    again = enter_stops(route, results(route), actor=clerk, on=DAY)
    assert list(again.refused.values()) == ["这一户已经录过。要改，请到走访记录里改。"]
    assert Contact.objects.count() == 1


def test_the_same_grid_sent_twice_is_one_and_a_bad_row_leaves_the_others(bureau, clerk, spring, select, going):
    for name in "甲乙":
        make_cadre(name, unit=bureau, retire_type="veteran")
    campaign = spring()
    select(campaign, "veteran")
    route = going(campaign)
    good, bad = results(route)
    bad = StopResult(**{**vars(bad), "handed": Handed.BY_PROXY})

    first = enter_stops(route, [good, bad], actor=clerk, on=DAY)
    twice = enter_stops(route, [good], actor=clerk, on=DAY)

    assert (first.saved, list(first.refused.values())) == (1, ["别人代领的，请写领取人和代领关系。"])
    assert (twice.saved, twice.refused) == (0, {})
    assert Contact.objects.count() == 1


def test_voiding_the_visit_opens_the_door_again(bureau, clerk, spring, select, going):
    make_cadre("甲", unit=bureau, retire_type="veteran")
    campaign = spring()
    select(campaign, "veteran")
    route = going(campaign)
    enter_stops(route, results(route), actor=clerk, on=DAY)

    void_contact(Contact.objects.get(), actor=clerk, reason="录错人", on=DAY)

    assert totals(campaign).stops_done == 0
    assert enter_stops(route, results(route), actor=clerk, on=DAY).saved == 1


def test_what_was_not_handed_over_comes_back_before_settling_up(bureau, clerk, spring, select, going):
    make_cadre("甲", unit=bureau, retire_type="veteran")
    campaign = spring("2000.00")
    select(campaign, "veteran")
    route = going(campaign)
    with pytest.raises(BusinessError, match="还有 1 户没有录结果"):
        close_campaign(campaign, actor=clerk, on=FESTIVAL)
    enter_stops(route, results(route, Handed.UNCLAIMED), actor=clerk, on=DAY)
    assert not Contact.objects.exists()
    with pytest.raises(BusinessError, match="还有 1 份没有送到"):
        close_campaign(campaign, actor=clerk, on=FESTIVAL)
    keys = list(campaign.targets.values_list("pk", flat=True))
    take_back_money(campaign, keys, actor=clerk, on=FESTIVAL)
    undo_return(campaign, keys, actor=clerk)
    take_back_money(campaign, keys, actor=clerk, on=FESTIVAL)

    closed = close_campaign(campaign, actor=clerk, on=FESTIVAL)

    assert closed.closing["left"] == "2000.00"
    assert closed.closing["returned_money"] == "1000.00"
    with pytest.raises(BusinessError, match="已经结账"):
        remove_targets(campaign, keys, reason="x", actor=clerk)
    reopen_campaign(campaign, actor=clerk, reason="补一户")
    campaign.refresh_from_db()
    assert (campaign.state, campaign.closing) == ("approved", {})


# Leader visits


def test_a_leader_visit_has_numbered_cards_that_come_back(bureau, clerk, leader):
    people = [make_cadre(name, unit=bureau) for name in "甲乙丙"]
    households.join(people[0].person, people[1].person, actor=clerk)
    route = make_route(RouteFacts(unit=bureau, on_day=DAY, leader=leader), actor=clerk, form_key=uuid.uuid4())
    assert add_people(route, people, actor=clerk) == 3
    rows = rows_of(route)
    assert [len(row.targets) for row in rows] == [2, 1]
    arrange(route, {rows[0].stop.pk: 5, rows[1].stop.pk: 1}, [], actor=clerk)
    rows = rows_of(route)
    assert [row.names for row in rows] == ["丙", "甲、乙"]

    cards = cards_of(rows, healthy_to=Cadre.objects.none(), on=DAY)
    numbered = number_cards(route, cards, actor=clerk)
    again = number_cards(route, cards_of(rows_of(route), healthy_to=Cadre.objects.none(), on=DAY), actor=clerk)

    assert [card.number for card in cards] == [1, 2, 3]
    assert {paper.pk for paper in numbered.values()} == {paper.pk for paper in again.values()}
    assert take_back_cards(route, [paper.pk for paper in numbered.values()], actor=clerk, on=DAY) == 3
    assert not VisitTarget.objects.exclude(card__state="returned").exists()


def test_a_leader_visit_leaves_out_the_held_the_dead_and_leaders_out_of_office(bureau, clerk, leader):
    held = make_cadre("请示", unit=bureau, on_hold=True)
    dead = make_cadre("离世", unit=bureau, life_status="deceased")
    gone = ServingLeader.objects.create(name="走了", title="旧职", unit=bureau, ends_on=D(2026, 1, 1))
    with pytest.raises(BusinessError, match="不在任"):
        make_route(RouteFacts(unit=bureau, on_day=DAY, leader=gone), actor=clerk, form_key=uuid.uuid4())
    route = make_route(RouteFacts(unit=bureau, on_day=DAY, leader=leader), actor=clerk, form_key=uuid.uuid4())

    with pytest.raises(BusinessError, match="须先请示"):
        add_people(route, [held], actor=clerk)
    with pytest.raises(BusinessError, match="离世"):
        add_people(route, [dead], actor=clerk)
    assert add_people(route, [held], actor=clerk, asked="张局长") == 1
