"""Campaigns of the demo city: one settled up, one under way with a leader's route, the next one being chosen."""

import datetime
import uuid
from decimal import Decimal

from apps.accounts.models import User
from apps.ledgers.choices.campaigns import Category, Handed, Layer
from apps.ledgers.models import Campaign, VisitRoute
from apps.ledgers.queries.campaigns import Selection, totals
from apps.ledgers.queries.visit_routes import cards_of, route_rows
from apps.ledgers.services.campaigns import CampaignFacts, approve_campaign, close_campaign, make_campaign
from apps.ledgers.services.targets import select_targets, set_layer
from apps.ledgers.services.visit_results import StopResult, enter_stops, take_back_money
from apps.ledgers.services.visit_routes import (
    RouteFacts,
    add_people,
    assign_stops,
    make_route,
    mark_printed,
    number_cards,
)
from apps.ledgers.services.visits import FoundNeed
from apps.organisation.models import Unit
from apps.registry.models import Cadre, ServingLeader

DAY = datetime.timedelta(days=1)
STOPS = 12
SPARE = Decimal("3000.00")
SAID = ("精神好，自己开的门。", "刚从医院回来，恢复得不错。", "说老伙伴们见面少了，想多聚聚。")


def write_campaigns(staff: dict[str, User], *, on: datetime.date) -> None:
    """Needs people, tiers, leaders and duties."""
    unit = Unit.objects.get_first_root_node()
    head = staff["kezhang"]
    if unit is None:
        return
    _settled(unit, head, on)
    _under_way(unit, head, on)
    _being_chosen(unit, head, on)
    _leader_alone(unit, head, on)


def _make(unit: Unit, head: User, kind: str, name: str, start: datetime.date, days: int, groups) -> Campaign | None:
    facts = CampaignFacts(
        unit=unit, kind=kind, name=name, starts_on=start, last_day=start + days * DAY, budget=Decimal("0.00"),
    )  # fmt: skip
    campaign = make_campaign(facts, actor=head, form_key=uuid.uuid4())
    select_targets(campaign, Selection(groups=groups), scope=Cadre.objects.current(), actor=head)
    sums = totals(campaign)
    campaign.budget = (sums.planned + SPARE).quantize(Decimal("1.00"))
    campaign.save(update_fields=["budget"])
    campaign.sources.create(name="市财政离退休干部专项", amount=campaign.budget)
    return campaign if sums.people else None


def _route(campaign: Campaign, head: User, day: datetime.date, *, leader=None, visitor=None, keys=()) -> VisitRoute:
    facts = RouteFacts(
        unit=campaign.unit, on_day=day, leader=leader, visitor=visitor, campaign=campaign,
        companions="办公室小周、社区韩主任", vehicle="8:30 局门口集合，公务车",
    )  # fmt: skip
    route = make_route(facts, actor=head, form_key=uuid.uuid4())
    assign_stops(route, keys, actor=head)
    return route


def _leader(day: datetime.date) -> ServingLeader | None:
    return ServingLeader.objects.on(day).order_by("order_no", "pk").first()


def _settled(unit: Unit, head: User, on: datetime.date) -> None:
    """Last month's, with an envelope that came back."""
    start = on - 45 * DAY
    campaign = _make(unit, head, "other", f"{start.year}秋季看望", start, 20, (Category.HOSPITAL, Category.DIFFICULTY))
    if campaign is None:
        return
    approve_campaign(campaign, actor=head, on=start)
    day = start + 5 * DAY
    keys = list(campaign.stops.order_by("pk").values_list("pk", flat=True))
    for place in range(0, len(keys), STOPS):
        route = _route(campaign, head, day, visitor=head, keys=keys[place : place + STOPS])
        mark_printed(route, actor=head, on=day)
        _enter(route, head, day, missed=place == 0)
    unclaimed = campaign.targets.filter(handed=Handed.UNCLAIMED).values_list("pk", flat=True)
    take_back_money(campaign, list(unclaimed), actor=head, on=day + 3 * DAY)
    if totals(campaign).stops_done == totals(campaign).stops:
        close_campaign(campaign, actor=head, on=start + 22 * DAY)


def _under_way(unit: Unit, head: User, on: datetime.date) -> None:
    """Printed yesterday, some of it entered, some of it planned by other offices as well."""
    groups = (Category.VETERAN, Category.HIGH_RISK)
    campaign = _make(unit, head, "winter", f"{on.year}冬送温暖", on - 6 * DAY, 30, groups)
    if campaign is None:
        return
    keys = list(campaign.targets.filter(state="chosen").order_by("pk").values_list("pk", flat=True))
    for layer, chosen in ((Layer.BUREAU, keys[::2]), (Layer.UNIT, keys[::5]), (Layer.CITY, keys[:3])):
        set_layer(campaign, chosen, layer, on=True, actor=head)
    approve_campaign(campaign, actor=head, on=on - 5 * DAY)
    stops = list(campaign.stops.filter(targets__state="chosen").distinct().order_by("pk").values_list("pk", flat=True))
    leader = _leader(on)
    if leader is not None:
        route = _route(campaign, head, on + DAY, leader=leader, keys=stops[:6])
        mark_printed(route, actor=head, on=on)
        cards = cards_of(
            route_rows(route, visible=Cadre.objects.current()), healthy_to=Cadre.objects.none(), on=on
        )  # fmt: skip
        number_cards(route, cards, actor=head)
    clerk = staff_member(head)
    done = _route(campaign, head, on - 2 * DAY, visitor=clerk, keys=stops[6 : 6 + STOPS])
    mark_printed(done, actor=head, on=on - 3 * DAY)
    _enter(done, head, on - 2 * DAY, most=4)


def staff_member(head: User) -> User:
    return User.objects.filter(username="jingban").first() or head


def _being_chosen(unit: Unit, head: User, on: datetime.date) -> None:
    """The coming one, over its budget for now."""
    groups = (Category.VETERAN, Category.SURVIVOR)
    campaign = _make(unit, head, "other", f"{on.year + 1}新春看望", on + 20 * DAY, 20, groups)
    if campaign is not None:
        campaign.budget -= SPARE + Decimal("800.00")
        campaign.save(update_fields=["budget"])
        campaign.sources.all().delete()


def _leader_alone(unit: Unit, head: User, on: datetime.date) -> None:
    leader = _leader(on)
    cadres = list(Cadre.objects.living().filter(on_hold=False, retire_type="veteran").select_related("person")[:3])
    if leader is None or not cadres:
        return
    facts = RouteFacts(unit=unit, on_day=on + 3 * DAY, leader=leader, companions="局长陪同", vehicle="9:00 市委大院")
    add_people(make_route(facts, actor=head, form_key=uuid.uuid4()), cadres, actor=head)


def _enter(route: VisitRoute, head: User, day: datetime.date, *, most: int = STOPS, missed: bool = False) -> None:
    rows = route_rows(route, visible=Cadre.objects.current())[:most]
    results = []
    for place, row in enumerate(rows):
        need = FoundNeed(category="home", description="卫生间地滑，想装扶手") if place == 1 else None
        handed = Handed.UNCLAIMED if missed and place == 0 else Handed.BY_PROXY if place == 2 else Handed.GIVEN
        results.append(
            StopResult(
                stop_id=row.stop.pk, form_key=row.stop.form_key, handed=handed, happened_on=day,
                receiver="女儿小李" if handed == Handed.BY_PROXY else "",
                relation="女儿" if handed == Handed.BY_PROXY else "",
                summary=SAID[place % len(SAID)] if handed != Handed.UNCLAIMED else "",
                need=need if handed == Handed.GIVEN else None,
            )
        )  # fmt: skip
    enter_stops(route, results, actor=head, on=day)
