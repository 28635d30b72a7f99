"""Who is chosen for a campaign and why, what it comes to, and how far it is."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Case, Count, DecimalField, F, Func, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from apps.ledgers.choices.campaigns import Category, Handed, Layer, TargetState
from apps.ledgers.models import Campaign, CareTier, Contact, FamilyInCare, VisitRoute, VisitTarget
from apps.ledgers.rules.campaigns import CampaignRules, over_budget
from apps.organisation.models import Unit
from apps.organisation.queries import rule_values, subtree_ids
from apps.people.choices import LifeStatus
from apps.people.models import Person, Relative
from apps.registry.choices import VETERAN_TYPES, HoldPurpose
from apps.registry.holds import held
from apps.registry.models import Cadre, Health

SPOUSE = "10"
ZERO = Decimal("0.00")
# Groups of the living, and the right a user needs to choose by them.
CHOOSE = "ledgers.change_campaign"


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Who is wanted: everybody of one of `groups`, of `units` where some are named, and of the ages given.

    Without groups: everybody of these ages and units. `aged_from` and `aged_to` in whole years on the festival, both
    included.
    """

    groups: tuple[str, ...] = ()
    units: tuple[int, ...] = ()
    aged_from: int | None = None
    aged_to: int | None = None


@dataclass(frozen=True)
class Choice:
    """cadre id → the groups he is in, for those not yet on the list; `held`: those of them who 须先请示; `known`: how
    many are on the list already, `removed`: of these, how many were taken off by hand."""

    found: dict[int, tuple[str, ...]] = field(default_factory=dict)
    held: frozenset[int] = frozenset()
    known: int = 0
    removed: int = 0

    @property
    def selectable(self) -> dict[int, tuple[str, ...]]:
        return {pk: groups for pk, groups in self.found.items() if pk not in self.held}


def choose(campaign: Campaign, wanted: Selection, *, scope: QuerySet[Cadre]) -> Choice:
    """Those of `scope` (what the user may see) under the campaign's unit. One statement a group and three more."""
    units = unit_ids_of(campaign, wanted.units)
    scope = scope.current().filter(managing_unit__in=units)
    day = campaign.festival_on or campaign.starts_on
    rules = rule_values(CampaignRules.rule_key, on=campaign.starts_on, unit=campaign.unit)
    living = scope.filter(person__life_status=LifeStatus.LIVING)
    ages = _ages(wanted, day)
    groups: dict[int, list[str]] = {}
    for group in Category:
        if group not in (wanted.groups or (Category.OTHER,)):
            continue
        rows = _survivors(scope) if group == Category.SURVIVOR else living.filter(ages, _group(group, rules, day))
        for pk in rows.order_by().values_list("pk", flat=True):
            groups.setdefault(pk, []).append(group)
    standing = dict(campaign.targets.filter(cadre__in=groups).values_list("cadre", "state"))
    found = {pk: tuple(names) for pk, names in groups.items() if pk not in standing}
    barred = held(Cadre.objects.filter(pk__in=found), HoldPurpose.LEADER_VISIT).values_list("pk", flat=True)
    removed = sum(state == TargetState.REMOVED for state in standing.values())
    return Choice(found, frozenset(barred), len(standing), removed)


def unit_ids_of(campaign: Campaign, units: Collection[int] = ()) -> set[int]:
    """Units under the campaign's own, narrowed to `units` and what is below them."""
    own = subtree_ids([campaign.unit])
    return own & subtree_ids(list(Unit.objects.filter(pk__in=units))) if units else own


def _ages(wanted: Selection, day: dt.date) -> Q:
    found = Q()
    if wanted.aged_from is not None:
        found &= Q(person__birth_date__lte=_years_before(day, wanted.aged_from).isoformat())
    if wanted.aged_to is not None:
        found &= Q(person__birth_date__gt=_years_before(day, wanted.aged_to + 1).isoformat())
    return found


def _years_before(day: dt.date, years: int) -> dt.date:
    """Born on it, somebody is so many years old on `day`; of 29 February, 28 February of a common year."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _group(group: str, rules: CampaignRules, day: dt.date) -> Q:
    tiers = CareTier.objects.filter(voided_at__isnull=True)
    joined = _years_before(day, rules.party_years).isoformat()
    return {
        Category.VETERAN: Q(retire_type__in=VETERAN_TYPES),
        Category.HOSPITAL: Q(
            pk__in=Health.objects.filter(in_hospital_since__isnull=False, voided_at__isnull=True).values("cadre")
        ),
        # Alone and without children at home are ways of living; they make no case of hardship by themselves.
        Category.DIFFICULTY: Q(special_difficulties__len__gt=0)
        & ~Q(special_difficulties__contained_by=["alone", "empty_nest"]),
        Category.HIGH_RISK: Q(pk__in=tiers.filter(high_risk=True).values("cadre")),
        Category.FOCUS: Q(pk__in=tiers.filter(is_focus=True).values("cadre")),
        Category.FIFTY: Q(party_age_from__lte=joined) | Q(party_age_from__isnull=True, full_member_on__lte=joined),
        Category.AGED: Q(person__birth_date__lte=_years_before(day, rules.aged_from).isoformat()),
        Category.OTHER: Q(),
    }[Category(group)]


def _survivors(scope: QuerySet[Cadre]) -> QuerySet[Cadre]:
    """Dead cadres whose family is cared for, or whose husband or wife lives, as household or contact persons say."""
    home = Person.objects.living().filter(cadre__isnull=True, household__isnull=False).values("household")
    spouses = Relative.objects.filter(relation=SPOUSE, is_living=True, voided_at__isnull=True).values("person")
    dead = scope.filter(person__life_status=LifeStatus.DECEASED)
    cared_for = FamilyInCare.objects.open().values("cadre")
    return dead.filter(Q(person__household__in=home) | Q(pk__in=spouses) | Q(pk__in=cared_for))


def survivors_of(dead: Collection[int]) -> dict[int, tuple[int | None, str]]:
    """Dead cadre → (person of his household, name) of who is greeted: whoever is on the list of 遗属, else his
    household, else a husband or wife among his contact persons. Four statements at most."""
    rows = Relative.objects.filter(person__in=dead, relation=SPOUSE, is_living=True, voided_at__isnull=True)
    found: dict[int, tuple[int | None, str]] = {row.person_id: (None, row.name) for row in rows.order_by("-pk")}
    home = Person.objects.filter(pk__in=dead, household__isnull=False).values_list("household", "pk")
    dead_of: dict[int, list[int]] = {}
    for household, pk in home:
        dead_of.setdefault(household, []).append(pk)
    members = Person.objects.living().filter(household__in=dead_of, cadre__isnull=True)
    for person in members.order_by("-pk"):
        for pk in dead_of[person.household_id]:
            found[pk] = (person.pk, person.name)
    for row in FamilyInCare.objects.open().filter(cadre__in=dead).select_related("relative").order_by("-pk"):
        if found.get(row.cadre_id, (None, ""))[1] != row.relative.name:
            found[row.cadre_id] = (None, row.relative.name)
    return found


# What it comes to -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Totals:
    """People, doors, yuan. `planned` = money and value of gifts of everybody on the list."""

    people: int = 0
    stops: int = 0
    stops_done: int = 0
    held: int = 0
    money: Decimal = ZERO
    gifts: Decimal = ZERO
    given_people: int = 0
    given_money: Decimal = ZERO
    given_gifts: Decimal = ZERO
    unclaimed_people: int = 0
    unclaimed_money: Decimal = ZERO
    returned_people: int = 0
    returned_money: Decimal = ZERO
    struck: int = 0
    unrouted: int = 0

    @property
    def planned(self) -> Decimal:
        return self.money + self.gifts

    @property
    def given(self) -> Decimal:
        return self.given_money + self.given_gifts

    def over(self, budget: Decimal) -> Decimal:
        return over_budget(self.planned, budget)


CHOSEN = Q(state=TargetState.CHOSEN)
GIVEN = CHOSEN & Q(handed__in=(Handed.GIVEN, Handed.BY_PROXY))
UNCLAIMED = CHOSEN & Q(handed=Handed.UNCLAIMED)
RETURNED = CHOSEN & Q(handed=Handed.RETURNED)


def _sum(name: str, condition: Q):
    return Coalesce(Sum(name, filter=condition), Value(ZERO), output_field=DecimalField())


def _totals() -> dict:
    return {
        "people": Count("pk", filter=CHOSEN),
        "stops": Count("stop", filter=CHOSEN, distinct=True),
        "stops_done": Count("stop", filter=CHOSEN & ~Q(handed=""), distinct=True),
        "unrouted": Count("stop", filter=CHOSEN & Q(stop__route__isnull=True), distinct=True),
        "held": Count("pk", filter=Q(state=TargetState.HELD)),
        "struck": Count("pk", filter=Q(state=TargetState.STRUCK)),
        "money_sum": _sum("money", CHOSEN), "gifts": _sum("gift_value", CHOSEN),
        "given_people": Count("pk", filter=GIVEN),
        "given_money": _sum("money", GIVEN), "given_gifts": _sum("gift_value", GIVEN),
        "unclaimed_people": Count("pk", filter=UNCLAIMED), "unclaimed_money": _sum("money", UNCLAIMED),
        "returned_people": Count("pk", filter=RETURNED), "returned_money": _sum("money", RETURNED),
    }  # fmt: skip


def totals_of(campaigns: Iterable[int]) -> dict[int, Totals]:
    """campaign id → what it comes to; one statement for any number of them."""
    rows = VisitTarget.objects.filter(campaign__in=list(campaigns)).order_by().values("campaign").annotate(**_totals())
    return {row.pop("campaign"): Totals(money=row.pop("money_sum"), **row) for row in rows}


def totals(campaign: Campaign) -> Totals:
    return totals_of([campaign.pk]).get(campaign.pk, Totals())


@dataclass(frozen=True)
class CategoryLine:
    """One category of the list."""

    category: Category
    people: int
    money: Decimal
    gifts: Decimal

    @property
    def total(self) -> Decimal:
        return self.money + self.gifts


def by_category(campaign: Campaign) -> list[CategoryLine]:
    """Lines of those on the list, in the order of precedence; one statement."""
    rows = campaign.targets.filter(CHOSEN).order_by().values("category")
    rows = rows.annotate(people=Count("pk"), sum_money=Sum("money"), sum_gifts=Sum("gift_value"))
    found = {row["category"]: row for row in rows}
    return [
        CategoryLine(category, found[category]["people"], found[category]["sum_money"], found[category]["sum_gifts"])
        for category in Category
        if category in found
    ]


def left_over(campaign: Campaign, sums: Totals) -> Decimal:
    """Budget less what was given; what was returned or never handed over is in it."""
    return campaign.budget - sums.given


@dataclass(frozen=True)
class RouteLine:
    """A route and how far it is."""

    route: VisitRoute
    stops: int
    done: int
    people: int
    money: Decimal

    @property
    def is_done(self) -> bool:
        return self.stops > 0 and self.done >= self.stops


def route_lines(routes: Iterable[VisitRoute]) -> list[RouteLine]:
    """In the order given; one statement for any number."""
    routes = list(routes)
    rows = VisitTarget.objects.filter(CHOSEN, stop__route__in=[route.pk for route in routes]).order_by()
    rows = rows.values("stop__route").annotate(
        stops=Count("stop", distinct=True),
        done=Count("stop", filter=Q(stop__contact__isnull=False, stop__contact__voided_at__isnull=True), distinct=True),
        people=Count("pk"),
        sum_money=Sum("money"),
    )
    found = {row["stop__route"]: row for row in rows}
    empty = {"stops": 0, "done": 0, "people": 0, "sum_money": ZERO}
    lines = [(route, found.get(route.pk, empty)) for route in routes]
    return [RouteLine(route, row["stops"], row["done"], row["people"], row["sum_money"]) for route, row in lines]


# By name and by date (T10) ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class VisitFigures:
    """Visits, people visited (each time counted) and yuan."""

    visits: int
    people: int
    money: Decimal


NOTHING = VisitFigures(0, 0, ZERO)


def figures_of_names(names: Collection[str], contacts: QuerySet[Contact]) -> dict[str, VisitFigures]:
    """campaign name → all visits recorded for it, whatever their day: that of 2024-12-27 for 2025春节 is one
    of 2025春节 (T10). Two statements for any number. See rule book 8.27."""
    keys = contacts.standing().filter(campaign__in=names).order_by().values("pk")
    rows = Contact.objects.filter(pk__in=keys).order_by().values("campaign")
    people = dict(rows.annotate(people=Count("participants")).values_list("campaign", "people"))
    sums = rows.annotate(visits=Count("pk"), sum_money=_sum("money", Q()))
    return {row["campaign"]: VisitFigures(row["visits"], people[row["campaign"]], row["sum_money"]) for row in sums}


def figures_between(start: dt.date, end: dt.date, contacts: QuerySet[Contact]) -> VisitFigures:
    """All visits that happened in [start, end), whatever they were for. See rule book 8.27."""
    return _figures(contacts.standing().filter(happened_on__gte=start, happened_on__lt=end))


def _figures(rows: QuerySet[Contact]) -> VisitFigures:
    keys = rows.order_by().values("pk")
    sums = Contact.objects.filter(pk__in=keys).aggregate(visits=Count("pk"), money=_sum("money", Q()))
    people = Contact.objects.filter(pk__in=keys).aggregate(people=Count("participants"))["people"]
    return VisitFigures(sums["visits"], people, sums["money"])


# Layers -----------------------------------------------------------------------------------------------------------


def _adds(layer: str, who: str) -> Case:
    """1 where a route brings a layer that was not named."""
    brings = Q(**{f"stop__route__{who}__isnull": False}) & ~Q(layers__contains=[layer])
    return Case(When(brings, then=Value(1)), default=Value(0), output_field=IntegerField())


NAMED = Coalesce(Func(F("layers"), function="cardinality", output_field=IntegerField()), Value(0))
# A leader's route is a visit of 市委, a colleague's one of the bureau, whether somebody named it or not.
LAYER_COUNT = NAMED + Case(
    When(stop__route__leader__isnull=False, then=_adds(Layer.CITY, "leader")),
    default=_adds(Layer.BUREAU, "visitor"),
    output_field=IntegerField(),
)


def many_and_none(campaign: Campaign, targets: QuerySet[VisitTarget]) -> tuple[QuerySet, QuerySet]:
    """(planned by two or more, planned by nobody) among those on the list that `targets` holds."""
    rows = targets.filter(CHOSEN, campaign=campaign).annotate(times=LAYER_COUNT)
    return rows.filter(times__gt=1).order_by("-times", "pk"), rows.filter(times=0).order_by("pk")


# Timeline ---------------------------------------------------------------------------------------------------------
