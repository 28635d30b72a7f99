"""A route as it is walked: its doors in order, who is behind them, and what changed since its papers were printed."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Prefetch, QuerySet, Window
from django.db.models.functions import RowNumber

from apps.common import crypto
from apps.common.code_lists import names_of
from apps.common.models import Paper
from apps.ledgers.choices import Method
from apps.ledgers.choices.campaigns import Category, TargetState
from apps.ledgers.models import Contact, ContactPerson, Measure, Need, VisitRoute, VisitStop, VisitTarget
from apps.people.choices import LifeStatus
from apps.people.models import Relative
from apps.people.queries import away_on
from apps.registry.holds import HOLD_WORDS
from apps.registry.models import Cadre, Health
from apps.registry.wording import age_of

ADDRESS = "visit.address"
LAST_VISITS = 3
MOST_PROMISES = 5


@dataclass(frozen=True)
class StopRow:
    """A door of a route with those behind it whom the reader may see."""

    stop: VisitStop
    targets: tuple[VisitTarget, ...]

    @property
    def chosen(self) -> tuple[VisitTarget, ...]:
        return tuple(one for one in self.targets if one.state == TargetState.CHOSEN)

    @property
    def names(self) -> str:
        return "、".join(one.name for one in self.chosen)

    @property
    def first(self) -> VisitTarget:
        return (self.chosen or self.targets)[0]

    @property
    def money(self) -> Decimal:
        return sum((one.money for one in self.chosen), Decimal("0.00"))

    @property
    def gifts(self) -> str:
        return "；".join(dict.fromkeys(one.gift for one in self.chosen if one.gift))

    @property
    def envelopes(self) -> int:
        return sum(1 for one in self.chosen if one.money)

    @property
    def method(self) -> str:
        """How they are seen: where the papers were redirected, else by their category."""
        if asked := next((one.redirect for one in self.chosen if one.redirect), ""):
            return asked
        return Method.HOSPITAL if any(one.category == Category.HOSPITAL for one in self.chosen) else Method.HOME


TARGETS = (
    VisitTarget.objects.select_related("cadre__person__community", "cadre__managing_unit", "family", "card")
    .defer("address_index")
    .order_by("cadre__order_no", "pk")
)


def stop_rows(stops: QuerySet[VisitStop], *, visible: QuerySet[Cadre], with_struck: bool = False) -> list[StopRow]:
    """The doors in their order, without those behind which nobody is left to be seen. Four statements at most."""
    targets = TARGETS.filter(cadre__in=visible.values("pk"))
    if not with_struck:
        targets = targets.filter(state=TargetState.CHOSEN)
    stops = stops.select_related("contact").prefetch_related(Prefetch("targets", targets, to_attr="seen"))
    rows = [StopRow(stop, tuple(stop.seen)) for stop in stops.order_by("position", "pk")]
    return [row for row in rows if row.targets]


def route_rows(route: VisitRoute, *, visible: QuerySet[Cadre], with_struck: bool = False) -> list[StopRow]:
    return stop_rows(route.stops.all(), visible=visible, with_struck=with_struck)


# 出发前核对 --------------------------------------------------------------------------------------------------------


def facts_of(cadre_ids: Collection[int], on: dt.date) -> dict[int, tuple[dict, bytes | None]]:
    """cadre id → (what papers depend on, blind index of his address). Two statements."""
    away = away_on(cadre_ids, on)
    found = {}
    for cadre in Cadre.objects.filter(pk__in=cadre_ids).select_related("person", "health"):
        health = getattr(cadre, "health", None)
        facts = {
            "alive": cadre.person.life_status == LifeStatus.LIVING,
            "hospital": bool(health and health.in_hospital_since),
            "held": cadre.on_hold,
            "away": cadre.pk in away,
        }
        address = cadre.person.residence
        found[cadre.pk] = (facts, crypto.blind_index(ADDRESS, address) if address else None)
    return found


@dataclass(frozen=True)
class Changed:
    """Somebody on the list of whom the papers no longer say what is true. `advice`: strike, or a Method to redirect."""

    target: VisitTarget
    words: tuple[str, ...]
    advice: str


STRIKE, KEEP = "strike", "keep"


def changed_since_print(targets: Iterable[VisitTarget], on: dt.date) -> list[Changed]:
    """Who died, was admitted or discharged, moved, went away or became held since the papers were printed; of papers
    never printed, who is so now. Two statements for any number. See rule book 8.25."""
    rows = list(targets)
    now = facts_of([row.cadre_id for row in rows], on)
    found = [_changed(row, *now[row.cadre_id]) for row in rows if row.cadre_id in now]
    return [item for item in found if item is not None]


def _changed(target: VisitTarget, facts: dict, address: bytes | None) -> Changed | None:
    then = target.facts_at_print or {"alive": True}
    words, advice = [], KEEP
    if target.category == Category.SURVIVOR:
        return None
    if then.get("alive") and not facts["alive"]:
        words, advice = ["已登记（报告）离世"], STRIKE
    else:
        if facts["held"] and not then.get("held"):
            words, advice = [HOLD_WORDS], STRIKE
        if facts["hospital"] and not then.get("hospital") and target.category != Category.HOSPITAL:
            words.append("住院了")
            advice = advice if advice == STRIKE else Method.HOSPITAL
        if not facts["hospital"] and (then.get("hospital") or target.category == Category.HOSPITAL):
            words.append("已经出院")
            advice = advice if advice == STRIKE else Method.HOME
        if facts["away"] and not then.get("away"):
            words.append("去外地了")
            advice = STRIKE
        elif "alive" in target.facts_at_print and _differs(target.address_index, address):
            words.append("住址改了，看新打印的路线单")
    return Changed(target, tuple(words), advice) if words else None


def _differs(before: bytes | memoryview | None, now: bytes | None) -> bool:
    return (bytes(before) if before is not None else None) != now


# 情况卡 -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Card:
    """One person on one page for the leader: no 思想动态; health only where `health` is given."""

    number: int
    target: VisitTarget
    paper: Paper | None
    age: int | None
    relatives: list[Relative] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    promises: list[Measure] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    health: Health | None = None

    @property
    def cadre(self) -> Cadre:
        return self.target.cadre

    @property
    def relative_words(self) -> str:
        names = names_of("relation")
        return "、".join(
            f"{one.name}（{one.relation_note or names.get(one.relation, '家人')}）" for one in self.relatives
        )

    @property
    def wish_words(self) -> str:
        names = names_of("service_need")
        return "、".join(names.get(code, code) for code in self.cadre.wishes)

    @property
    def health_words(self) -> str:
        """Of the health behind its right: condition, ability, hospital, illnesses."""
        row = self.health
        parts = (
            names_of("health").get(row.condition, ""), row.get_ability_display() if row.ability is not None else "",
            f"{row.in_hospital_since:%m月%d日}起住院 {row.hospital}".strip() if row.in_hospital_since else "",
            row.chronic,
        )  # fmt: skip
        return "；".join(filter(None, parts))


def cards_of(rows: list[StopRow], *, healthy_to: QuerySet[Cadre], on: dt.date) -> list[Card]:
    """A card for everybody on the route, numbered in the order of its stops. `healthy_to`: whose health the reader may
    see. Five statements for any number of people."""
    targets = [target for row in rows for target in row.chosen]
    ids = [target.cadre_id for target in targets]
    relatives: dict[int, list] = {}
    for row in Relative.objects.filter(person__in=ids, voided_at__isnull=True, is_living=True):
        relatives.setdefault(row.person_id, []).append(row)
    needs: dict[int, list] = {}
    for need in Need.objects.open().filter(cadre__in=ids).order_by("finish_by", "pk"):
        needs.setdefault(need.cadre_id, []).append(need)
    promises: dict[int, list] = {}
    open_ones = Measure.objects.filter(
        need__cadre__in=ids, need__closed_on__isnull=True, need__voided_at__isnull=True, done_on__isnull=True,
        dropped_on__isnull=True, voided_at__isnull=True,
    )  # fmt: skip
    for measure in open_ones.select_related("need", "owner").order_by("due_on", "pk"):
        promises.setdefault(measure.need.cadre_id, []).append(measure)
    contacts = last_contacts(ids)
    well = healthy_to.filter(pk__in=ids, health__isnull=False).select_related("health", "person")
    healthy = {cadre.pk: cadre.health for cadre in well}
    return [
        Card(
            place, target, target.card, age_of(target.cadre.person, on), relatives.get(target.cadre_id, []),
            contacts.get(target.cadre_id, []), promises.get(target.cadre_id, [])[:MOST_PROMISES],
            needs.get(target.cadre_id, [])[:MOST_PROMISES], healthy.get(target.cadre_id),
        )
        for place, target in enumerate(targets, 1)
    ]  # fmt: skip


def last_contacts(ids: Collection[int]) -> dict[int, list[Contact]]:
    """cadre id → his last visits and calls, newest first, without health and thoughts. One statement."""
    newest = Window(RowNumber(), partition_by="person", order_by=["-contact__happened_on", "-contact_id"])
    rows = ContactPerson.objects.filter(person__in=ids, contact__voided_at__isnull=True).annotate(place=newest)
    rows = rows.filter(place__lte=LAST_VISITS).select_related("contact")
    found: dict[int, list[Contact]] = {}
    for row in rows.defer("contact__body_state", "contact__thoughts").order_by("person", "place"):
        found.setdefault(row.person_id, []).append(row.contact)
    return found
