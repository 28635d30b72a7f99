"""Routes: who goes on which day to which doors, what is printed for it, and what the morning changes."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit, papers
from apps.common.errors import BusinessError
from apps.ledgers.choices import Method
from apps.ledgers.choices.campaigns import CampaignState, TargetState
from apps.ledgers.models import Campaign, VisitRoute, VisitStop, VisitTarget
from apps.ledgers.queries.campaigns import totals
from apps.ledgers.queries.visit_routes import STRIKE, Card, facts_of
from apps.organisation.models import Unit
from apps.people.choices import LifeStatus
from apps.registry.holds import HOLD_WORDS
from apps.registry.models import Cadre, ServingLeader

from .campaigns import WHY_NOT, refuse_over_budget

CARD = "走访情况卡"
MOST_STOPS = 60
REDIRECTS = (Method.HOME, Method.HOSPITAL, Method.CARE_HOME)


@dataclass(frozen=True, kw_only=True)
class RouteFacts:
    """What the form of a route says. A leader in office on the day, or a colleague."""

    unit: Unit
    on_day: dt.date
    leader: ServingLeader | None = None
    visitor: User | None = None
    companions: str = ""
    vehicle: str = ""
    campaign: Campaign | None = None


@transaction.atomic
def make_route(facts: RouteFacts, *, actor: User, form_key: uuid.UUID) -> VisitRoute:
    """A route without doors; the same form sent twice is one. Refuses a leader not in office on the day."""
    standing = VisitRoute.objects.filter(public_id=form_key).first()
    if standing is not None:
        return standing
    check_route(facts)
    route = VisitRoute(public_id=form_key, made_by=actor, **vars(facts))
    try:
        with transaction.atomic():
            route.save()
    except IntegrityError as error:
        raise BusinessError("请选慰问领导，或者走访人。", code="nobody", field="leader") from error
    _note(route, "route.make", actor)
    return route


def check_route(facts: RouteFacts) -> None:
    if facts.leader is None and facts.visitor is None:
        raise BusinessError("请选慰问领导，或者走访人。", code="nobody", field="leader")
    if facts.leader and not ServingLeader.objects.on(facts.on_day).filter(pk=facts.leader.pk).exists():
        raise BusinessError(f"{facts.leader}这一天不在任，请选当天在任的领导。", code="office", field="leader")
    if facts.campaign is not None:
        if facts.campaign.state == CampaignState.CLOSED:
            raise BusinessError(WHY_NOT[CampaignState.CLOSED], code="state", field="campaign")
        if not facts.campaign.starts_on <= facts.on_day <= facts.campaign.last_day:
            raise BusinessError(
                f"这次慰问从 {facts.campaign.starts_on} 到 {facts.campaign.last_day}，走访日期要在这中间。",
                code="day", field="on_day",
            )  # fmt: skip


def _locked(route: VisitRoute) -> VisitRoute:
    found = VisitRoute.objects.select_for_update(of=("self",)).select_related("campaign", "unit").get(pk=route.pk)
    if found.voided_at is not None:
        raise BusinessError("这个走访安排已经作废。", code="state")
    if found.campaign and found.campaign.state == CampaignState.CLOSED:
        raise BusinessError(WHY_NOT[CampaignState.CLOSED], code="state")
    return found


@transaction.atomic
def assign_stops(route: VisitRoute, keys: Collection[int], *, actor: User) -> int:
    """Put doors of the route's campaign on it, behind those it has; doors of another route move over. Doors with a
    result stay where they are. Returns how many came."""
    route = _locked(route)
    standing = VisitStop.objects.filter(pk__in=keys, campaign=route.campaign_id, contact__isnull=True)
    rows = list(standing.exclude(route=route).order_by("pk")) if route.campaign_id else []
    last = route.stops.count()
    if last + len(rows) > MOST_STOPS:
        raise BusinessError(f"一个走访安排最多 {MOST_STOPS} 户，请另建一个。", code="too_many")
    for place, stop in enumerate(rows, last + 1):
        stop.route, stop.position = route, place
    VisitStop.objects.bulk_update(rows, ["route", "position"])
    _note(route, "route.assign", actor)
    return len(rows)


@transaction.atomic
def add_people(route: VisitRoute, cadres: Collection[Cadre], *, actor: User, asked: str = "") -> int:
    """Put people on a route that belongs to no campaign: those of a household at one door. Whoever is on hold needs
    `asked`: who agreed. The dead are refused. Returns how many came."""
    route = _locked(route)
    if route.campaign_id:
        raise BusinessError("这个安排属于一次慰问，请从慰问名单里分派。", code="campaign", field="who")
    known = set(VisitTarget.objects.filter(stop__route=route).values_list("cadre", flat=True))
    fresh = Cadre.objects.select_related("person").in_bulk([cadre.pk for cadre in cadres])
    new = [fresh[cadre.pk] for cadre in cadres if cadre.pk not in known]
    for cadre in new:
        if cadre.person.life_status == LifeStatus.DECEASED:
            raise BusinessError(f"{cadre.person.name}同志已登记离世。", code="deceased", field="who")
    barred = [cadre.person.name for cadre in new if cadre.on_hold]
    if barred and not asked.strip():
        raise BusinessError(
            f"{'、'.join(barred)}{HOLD_WORDS}。已经请示过的，请写明谁同意的；没有请示的不要列入。",
            code="held", field="asked",
        )  # fmt: skip
    doors = {stop.household_id: stop for stop in route.stops.filter(household__isnull=False)}
    place = route.stops.count()
    for cadre in new:
        home = cadre.person.household_id
        if home not in doors or home is None:
            place += 1
            doors[home] = VisitStop.objects.create(route=route, household_id=home, position=place)
        VisitTarget.objects.create(
            stop=doors[home], cadre=cadre, state=TargetState.CHOSEN,
            reason=f"已请示：{asked.strip()}"[:200] if cadre.on_hold else "",
        )  # fmt: skip
    if place > MOST_STOPS:
        raise BusinessError(f"一个走访安排最多 {MOST_STOPS} 户，请另建一个。", code="too_many", field="who")
    _note(route, "route.assign", actor, people=[cadre.pk for cadre in new], reason=asked)
    return len(new)


@transaction.atomic
def arrange(route: VisitRoute, places: Mapping[int, int], taken_off: Collection[int], *, actor: User) -> None:
    """Order the doors by the numbers given (equal ones by what they were), and take some off: doors of a campaign wait
    for another route, others go. A door with a result stays."""
    route = _locked(route)
    stops = list(route.stops.all())
    off = [stop for stop in stops if stop.pk in set(taken_off) and stop.contact_id is None]
    if route.campaign_id:
        VisitStop.objects.filter(pk__in=[stop.pk for stop in off]).update(route=None, position=0)
    else:
        VisitStop.objects.filter(pk__in=[stop.pk for stop in off]).delete()
    left = [stop for stop in stops if stop not in off]
    left.sort(key=lambda stop: (places.get(stop.pk, stop.position), stop.position, stop.pk))
    for place, stop in enumerate(left, 1):
        stop.position = place
    VisitStop.objects.bulk_update(left, ["position"])
    _note(route, "route.arrange", actor)


# Paper ------------------------------------------------------------------------------------------------------------


def refuse_print(campaign: Campaign | None) -> None:
    """Nothing of a campaign is printed before its list and amounts were approved, nor over the budget.

    See rule book 8.23.
    """
    if campaign is None:
        return
    if campaign.state == CampaignState.DRAFT:
        raise BusinessError("这次慰问还没有核定，请先核定名单和金额，再打印。", code="state")
    refuse_over_budget(campaign, totals(campaign))


@transaction.atomic
def mark_printed(route: VisitRoute, *, actor: User, on: dt.date) -> VisitRoute:
    """Keep what is true of everybody on the route now: the morning tells what changed since. Called before its papers
    are made; refuses as `refuse_print` does."""
    if route.campaign and route.campaign.state == CampaignState.CLOSED:
        return route  # for the file: nothing is compared any more
    route = _locked(route)
    refuse_print(route.campaign)
    keep_facts(VisitTarget.objects.filter(stop__route=route, state=TargetState.CHOSEN), on)
    route.printed_at = timezone.now()
    route.save(update_fields=["printed_at"])
    _note(route, "route.print", actor)
    return route


def keep_facts(targets: Iterable[VisitTarget], on: dt.date) -> None:
    rows = list(targets)
    now = facts_of([row.cadre_id for row in rows], on)
    for row in rows:
        row.facts_at_print, row.address_index = now.get(row.cadre_id, ({}, None))
    VisitTarget.objects.bulk_update(rows, ["facts_at_print", "address_index"])


@transaction.atomic
def number_cards(route: VisitRoute, cards: Iterable[Card], *, actor: User) -> dict[int, papers.Paper]:
    """A numbered paper for each card, to be back the day after; one that is out already is printed again as it is.
    target id → paper."""
    found = {}
    for card in cards:
        paper = card.paper
        if paper is None or paper.state not in papers.OUT:
            paper = papers.print_paper(
                CARD, f"{route.on_day.month}月{route.on_day.day}日走访情况卡第 {card.number} 号",
                f"ledgers.visitroute:{route.pk}", actor=actor, unit_id=route.unit_id,
                due_on=route.on_day + dt.timedelta(days=1), people=[card.target.cadre_id],
            )  # fmt: skip
            VisitTarget.objects.filter(pk=card.target.pk).update(card=paper)
        found[card.target.pk] = paper
    return found


@transaction.atomic
def take_back_cards(route: VisitRoute, keys: Collection[int], *, actor: User, on: dt.date) -> int:
    """The cards of these papers came back; those that were back already stay so. Returns how many came."""
    rows = VisitTarget.objects.filter(stop__route=route, card__in=keys, card__state__in=papers.OUT)
    found = [target.card for target in rows.select_related("card") if target.card]
    for paper in found:
        papers.take_back(paper, actor=actor, on=on)
    return len(found)


# The morning ------------------------------------------------------------------------------------------------------


@transaction.atomic
def settle_morning(route: VisitRoute, decisions: Mapping[int, str], *, actor: User, on: dt.date) -> int:
    """What is done about those of whom something changed: `strike`, a Method to redirect to, or `keep`. Everybody
    decided upon leaves the list of changes. Returns how many. See rule book 8.25."""
    route = _locked(route)
    rows = list(VisitTarget.objects.filter(stop__route=route, pk__in=decisions, handed=""))
    for row in rows:
        said = decisions[row.pk]
        if said == STRIKE and row.closed_by_event_id is None:
            row.state, row.reason = TargetState.STRUCK, "出发前核对划去"
        elif said in REDIRECTS:
            row.redirect = said
    VisitTarget.objects.bulk_update(rows, ["state", "reason", "redirect"])
    keep_facts(rows, on)
    _note(route, "route.morning", actor, people=[row.cadre_id for row in rows])
    return len(rows)


@transaction.atomic
def unstrike(route: VisitRoute, keys: Collection[int], *, actor: User) -> int:
    """Undo striking on the morning; whom a life event struck stays."""
    route = _locked(route)
    rows = VisitTarget.objects.filter(
        stop__route=route, pk__in=keys, state=TargetState.STRUCK, closed_by_event__isnull=True
    )
    count = rows.update(state=TargetState.CHOSEN, reason="")
    _note(route, "route.unstrike", actor)
    return count


def _note(route: VisitRoute, action: str, actor: User, people=(), reason: str = "") -> None:
    audit.record(action, actor=actor, people=people, reason=reason, target=f"ledgers.visitroute:{route.pk}")
