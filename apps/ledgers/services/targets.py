"""The list of a campaign: chosen by filters, added and removed by hand, joined by household to doors."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Func, Value

from apps.accounts.models import User
from apps.common.errors import BusinessError
from apps.common.insert_select import execute, insert_rows, reserve_ids
from apps.ledgers.choices.campaigns import CampaignState, Category, Layer, TargetState
from apps.ledgers.models import Campaign, VisitStop, VisitTarget
from apps.ledgers.queries.campaigns import Choice, choose, survivors_of, totals
from apps.ledgers.queries.campaigns import Selection as Wanted
from apps.registry.choices import HoldPurpose
from apps.registry.holds import HOLD_WORDS, held
from apps.registry.models import Cadre, LifeEvent
from apps.registry.scopes import CadreQuerySet

from .campaigns import follow_standards, locked, note, refuse_over_budget

OPEN = (CampaignState.DRAFT, CampaignState.APPROVED)
WRITTEN = ("campaign", "cadre", "family", "family_name", "category", "groups", "layers", "state", "reason")
MOST_AT_ONCE = 10_000


@transaction.atomic
def select_targets(campaign: Campaign, wanted: Wanted, *, scope, actor: User) -> Choice:
    """Put everybody of `scope` whom `wanted` names on the list, each in the first category that fits, the held ones
    apart as 须先请示. Again it adds nobody twice; who was taken off by hand stays off. See rule book 8.21.
    """
    campaign = locked(campaign, *OPEN)
    found = choose(campaign, wanted, scope=scope)
    if len(found.found) > MOST_AT_ONCE:
        raise BusinessError(f"一次最多加 {MOST_AT_ONCE:,} 位，请缩小范围。", code="too_many")
    _put(campaign, found.found, held_ids=found.held)
    _check_approved(campaign)
    note(campaign, "campaign.select", actor, people=list(found.selectable))
    return found


@transaction.atomic
def add_target(
    campaign: Campaign,
    cadre: Cadre,
    *,
    reason: str,
    category: str,
    actor: User,
    layers: Collection[str] = (),
    asked: str = "",
) -> VisitTarget:
    """Put one cadre on the list by hand. One on hold needs `asked`: who agreed. Somebody taken off comes back on."""
    campaign = locked(campaign, *OPEN)
    if not reason.strip():
        raise BusinessError("请写明为什么增加。", code="reason", field="reason")
    if cadre.on_hold and not asked.strip():
        raise BusinessError(
            f"{cadre.person.name}同志{HOLD_WORDS}。已经请示过的，请写明谁同意的；没有请示的不要列入。",
            code="held", field="asked",
        )  # fmt: skip
    words = "；".join(filter(None, (reason.strip(), asked.strip() and f"已请示：{asked.strip()}")))[:200]
    standing = campaign.targets.filter(cadre=cadre).first()
    if standing is not None and standing.state == TargetState.CHOSEN:
        raise BusinessError(f"{cadre.person.name}同志已经在名单里。", code="known", field="who")
    if standing is not None:
        _restate(campaign, [standing.pk], TargetState.CHOSEN, words)
    else:
        _put(campaign, {cadre.pk: (category,)}, reason=words, layers=layers)
    _check_approved(campaign)
    note(campaign, "campaign.add", actor, words, people=[cadre.pk])
    return campaign.targets.get(cadre=cadre)


@transaction.atomic
def remove_targets(campaign: Campaign, keys: Collection[int], *, reason: str, actor: User) -> int:
    """Take people off the list, with the reason; who has a result stays. Returns how many went."""
    campaign = locked(campaign, *OPEN)
    if not reason.strip():
        raise BusinessError("请写明为什么移出。", code="reason", field="reason")
    rows = campaign.targets.filter(pk__in=keys, handed="").exclude(state=TargetState.REMOVED)
    people = list(rows.values_list("pk", "cadre"))
    _restate(campaign, [pk for pk, _ in people], TargetState.REMOVED, reason.strip()[:200])
    note(campaign, "campaign.remove", actor, reason, people=[cadre for _, cadre in people])
    return len(people)


@transaction.atomic
def restore_targets(campaign: Campaign, keys: Collection[int], *, actor: User, asked: str = "") -> int:
    """Put back who was taken off, struck or held. Those on hold need `asked`: who agreed; the dead stay struck."""
    campaign = locked(campaign, *OPEN)
    rows = campaign.targets.filter(pk__in=keys, closed_by_event__isnull=True).exclude(state=TargetState.CHOSEN)
    found = list(rows.values_list("pk", "cadre"))
    barred = held(Cadre.objects.filter(pk__in=[cadre for _, cadre in found]), HoldPurpose.LEADER_VISIT)
    if not asked.strip() and barred.exists():
        raise BusinessError(f"其中有{HOLD_WORDS}的，请写明谁同意的，再列入。", code="held", field="reason")
    _restate(
        campaign, [pk for pk, _ in found], TargetState.CHOSEN, f"已请示：{asked.strip()}"[:200] if asked.strip() else ""
    )
    _check_approved(campaign)
    note(campaign, "campaign.restore", actor, asked, people=[cadre for _, cadre in found])
    return len(found)


@transaction.atomic
def set_amounts(
    campaign: Campaign,
    keys: Collection[int],
    *,
    money: Decimal,
    gift: str,
    gift_value: Decimal,
    reason: str,
    actor: User,
) -> int:
    """Amounts of their own for some people, with the reason; who has a result keeps his. Yuan."""
    campaign = locked(campaign, *OPEN)
    if not reason.strip():
        raise BusinessError("请写明为什么另定金额。", code="reason", field="reason")
    if money < 0 or gift_value < 0:
        raise BusinessError("金额不能是负数。", code="amount", field="money")
    rows = campaign.targets.filter(pk__in=keys, handed="")
    people = list(rows.values_list("cadre", flat=True))
    rows.update(money=money, gift=gift, gift_value=gift_value, own_amount=True, reason=reason.strip()[:200])
    _check_approved(campaign)
    note(campaign, "campaign.amount", actor, reason, people=people)
    return len(people)


@transaction.atomic
def set_layer(campaign: Campaign, keys: Collection[int], layer: str, *, on: bool, actor: User) -> int:
    """Say that somebody else plans to go and see these people, or no longer does. Returns how many changed."""
    campaign = locked(campaign, *OPEN)
    layer = Layer(layer).value
    rows = campaign.targets.filter(pk__in=keys)
    rows = rows.exclude(layers__contains=[layer]) if on else rows.filter(layers__contains=[layer])
    changed = rows.update(layers=Func(F("layers"), Value(layer), function="array_append" if on else "array_remove"))
    note(campaign, "campaign.layer", actor)
    return changed


@dataclass(frozen=True)
class Matched:
    """Names of a list that another office sent in: those on our list, those only in the registry, and the rest."""

    ours: dict[str, VisitTarget]
    others: dict[str, list[Cadre]]
    rest: list[str]


def match_names(campaign: Campaign, names: Iterable[str], *, scope: CadreQuerySet) -> Matched:
    """Whom the names mean. A name that several of our list bear is in the rest: nobody is guessed. Two statements."""
    wanted = list(dict.fromkeys(name for name in (text.strip() for text in names) if name))
    ours: dict[str, list[VisitTarget]] = {}
    rows = campaign.targets.filter(cadre__person__name__in=wanted, cadre__in=scope.values("pk"))
    for target in rows.select_related("cadre__person", "family"):
        ours.setdefault(target.cadre.person.name, []).append(target)
    known: dict[str, list[Cadre]] = {}
    cadres = scope.living().filter(person__name__in=wanted).select_related("person", "managing_unit")
    for cadre in cadres.order_by("pk"):
        known.setdefault(cadre.person.name, []).append(cadre)
    matched = {name: found[0] for name, found in ours.items() if len(found) == 1}
    others = {name: found for name, found in known.items() if name not in ours}
    return Matched(matched, others, [name for name in wanted if name not in matched and name not in others])


def end_targets(event: LifeEvent, undo: bool) -> None:
    """Whoever dies leaves the lists of campaigns that still go on; undone, exactly these come back."""
    if event.kind != "died":
        return
    if undo:
        VisitTarget.objects.filter(closed_by_event=event).update(
            state=TargetState.CHOSEN, reason="", closed_by_event=None
        )
        return
    rows = VisitTarget.objects.filter(
        cadre=event.person_id, state=TargetState.CHOSEN, handed=""
    ).exclude(category=Category.SURVIVOR).exclude(campaign__state=CampaignState.CLOSED)  # fmt: skip
    rows.update(state=TargetState.STRUCK, reason="离世", closed_by_event=event)


# Writing ----------------------------------------------------------------------------------------------------------


def _put(
    campaign: Campaign,
    groups: Mapping[int, tuple[str, ...]],
    *,
    held_ids: Collection[int] = (),
    reason: str = "",
    layers: Collection[str] = (),
) -> None:
    """New rows with their amounts and doors: a fixed number of statements for any number of people."""
    family = survivors_of([pk for pk, names in groups.items() if names[0] == Category.SURVIVOR])
    rows = [
        (
            campaign.pk, pk, *family.get(pk, (None, "")), names[0], list(names), list(layers),
            TargetState.HELD.value if pk in held_ids else TargetState.CHOSEN.value, reason,
        )
        for pk, names in sorted(groups.items())
    ]  # fmt: skip
    if not rows:
        return
    insert_rows(VisitTarget, WRITTEN, rows)
    follow_standards(campaign)
    join_stops(campaign)


def join_stops(campaign: Campaign) -> None:
    """Give everybody without a door one: those of a household share theirs."""
    rows = list(campaign.targets.filter(stop__isnull=True).order_by("pk").values_list("pk", "cadre__person__household"))
    homes = {home for _, home in rows if home}
    standing = campaign.stops.filter(household__in=homes).values_list("household", "pk")
    known: dict[int, int] = dict(standing)
    missing = sorted(homes - known.keys())
    single = [pk for pk, home in rows if not home]
    ids = reserve_ids(VisitStop, len(missing) + len(single))
    known |= dict(zip(missing, ids, strict=False))
    own = dict(zip(single, ids[len(missing) :], strict=True))
    made: list[tuple[int, int, int | None]] = [
        (pk, campaign.pk, home) for home, pk in known.items() if home in set(missing)
    ]
    made += [(pk, campaign.pk, None) for pk in own.values()]
    if made:
        insert_rows(VisitStop, ("id", "campaign", "household"), made)
    places = [own[pk] if pk in own else known[home] for pk, home in rows]
    execute(
        "UPDATE ledgers_visittarget t SET stop_id = n.stop FROM unnest(%s::bigint[], %s::bigint[]) AS n (id, stop)"
        " WHERE t.id = n.id",
        [[pk for pk, _ in rows], places],
    )


def _restate(campaign: Campaign, keys: Collection[int], state: str, reason: str) -> None:
    campaign.targets.filter(pk__in=keys).update(state=state, reason=reason)
    if state == TargetState.CHOSEN:
        follow_standards(campaign)


def _check_approved(campaign: Campaign) -> None:
    """Whoever comes later must fit into the budget, too."""
    if campaign.state == CampaignState.APPROVED:
        refuse_over_budget(campaign, totals(campaign))
