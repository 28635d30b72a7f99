"""What came of the doors of a route: one contact a door, who received each envelope, what was not handed over."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction

from apps.accounts.models import User
from apps.common.errors import BusinessError
from apps.ledgers.choices import By, ContactKind, EnteredVia, Method
from apps.ledgers.choices.campaigns import CampaignState, Category, Handed
from apps.ledgers.models import Campaign, VisitRoute, VisitStop, VisitTarget
from apps.ledgers.queries.visit_routes import StopRow, route_rows
from apps.registry.models import Cadre

from .campaigns import WHY_NOT, locked, note
from .contacts import ContactFacts, NewContact, record_contacts
from .visits import FoundNeed, open_found_needs

MET = (Handed.GIVEN, Handed.BY_PROXY)


@dataclass(frozen=True, kw_only=True)
class StopResult:
    """What stands on one line of the paper. `form_key` is the one that the page was shown with; `handed` one of
    本人领取, 别人代领 (with `receiver` and `relation`), 没有送到."""

    stop_id: int
    form_key: uuid.UUID
    handed: str
    happened_on: dt.date
    receiver: str = ""
    relation: str = ""
    summary: str = ""
    feedback: str = ""
    need: FoundNeed | None = None


@dataclass
class StopsEntered:
    """How many doors were recorded, and a sentence for each that was not."""

    saved: int = 0
    refused: dict[int, str] = field(default_factory=dict)


@transaction.atomic
def enter_stops(route: VisitRoute, results: Collection[StopResult], *, actor: User, on: dt.date) -> StopsEntered:
    """Record what came back: one contact a door with everybody behind it, through `record_contacts`, so that duties of
    the festival settle. A refused door leaves the others standing; the same form sent twice records nothing twice.

    A door where nobody was met makes no contact: its envelopes wait as 没有送到. Refuses a closed campaign. See rule
    book 8.24.
    """
    route = (
        VisitRoute.objects.select_for_update(of=("self",))
        .select_related("campaign", "leader", "visitor")
        .get(pk=route.pk)
    )
    _check_state(route)
    rows = {row.stop.pk: row for row in route_rows(route, visible=Cadre.objects.current())}
    done = StopsEntered()
    met: dict[uuid.UUID, tuple[StopRow, StopResult]] = {}
    missed: list[tuple[StopRow, StopResult]] = []
    for result in results:
        try:
            row = _row_of(rows, result, on)
            if row is None:
                continue
            if result.handed in MET:
                met[row.stop.form_key] = (row, result)
            else:
                missed.append((row, result))
        except BusinessError as refusal:
            done.refused[result.stop_id] = refusal.sentence
    entered = _record(route, met, done, actor=actor, on=on)
    for row, result in [*entered, *missed]:
        _hand(row, result)
    done.saved = len(entered) + len(missed)
    return done


def _check_state(route: VisitRoute) -> None:
    if route.voided_at is not None:
        raise BusinessError("这个走访安排已经作废。", code="state")
    if route.campaign and route.campaign.state != CampaignState.APPROVED:
        raise BusinessError(WHY_NOT[CampaignState(route.campaign.state)], code="state")


def _row_of(rows: dict[int, StopRow], result: StopResult, on: dt.date) -> StopRow | None:
    """The door of a line that is to be recorded; None where this very form recorded it before."""
    row = rows.get(result.stop_id)
    if row is None:
        raise BusinessError("这一户已经不在这个安排里，请刷新页面再录。", code="gone")
    contact = row.stop.contact
    if result.form_key != row.stop.form_key:
        if contact is not None and contact.form_key == result.form_key:
            return None
        raise BusinessError("这一户刚才有人录过，请刷新页面再看。", code="entered")
    if row.stop.standing_contact is not None:
        raise BusinessError("这一户已经录过。要改，请到走访记录里改。", code="entered")
    if result.handed not in (*MET, Handed.UNCLAIMED):
        raise BusinessError("请选领取情况。", code="handed")
    if result.happened_on > on:
        raise BusinessError(f"日期不能晚于今天（{on.month}月{on.day}日）。", code="future")
    if result.handed == Handed.BY_PROXY and not (result.receiver.strip() and result.relation.strip()):
        raise BusinessError("别人代领的，请写领取人和代领关系。", code="proxy")
    return row


def _record(
    route: VisitRoute,
    met: dict[uuid.UUID, tuple[StopRow, StopResult]],
    done: StopsEntered,
    *,
    actor: User,
    on: dt.date,
) -> list[tuple[StopRow, StopResult]]:
    forms = [
        NewContact(facts=_facts(route, row, result, actor), persons=_persons(row), form_key=key)
        for key, (row, result) in met.items()
    ]
    recorded = record_contacts(forms, actor=actor, on=on, via=EnteredVia.SHEET)
    for key, refusal in recorded.refused.items():
        done.refused[met[key][0].stop.pk] = refusal.sentence
    entered = []
    for key, contact in recorded.contacts.items():
        row, result = met[key]
        try:
            with transaction.atomic():
                open_found_needs(contact, [result.need] if result.need else [], _persons(row), actor=actor, on=on)
        except BusinessError as refusal:
            done.refused[row.stop.pk] = f"走访已记下，需办事项没有记：{refusal.sentence}"
        row.stop.contact = contact
        entered.append((row, result))
    VisitStop.objects.bulk_update([row.stop for row, _ in entered], ["contact"])
    return entered


def _persons(row: StopRow) -> tuple[int, ...]:
    """Cadres behind the door, and family of the dead who are known as persons."""
    people = [pk for target in row.chosen for pk in (target.cadre_id, target.family_id) if pk]
    return tuple(dict.fromkeys(people))


def _facts(route: VisitRoute, row: StopRow, result: StopResult, actor: User) -> ContactFacts:
    campaign = route.campaign
    family_only = all(target.category == Category.SURVIVOR for target in row.chosen)
    kind = ContactKind.FAMILY if family_only else ContactKind.FESTIVAL if campaign else ContactKind.ROUTINE
    if kind == ContactKind.ROUTINE and row.method == Method.HOSPITAL:
        kind = ContactKind.HOSPITAL
    return ContactFacts(
        happened_on=result.happened_on, kind=kind, method=row.method, by=By.STAFF,
        campaign=campaign.name if campaign else "", leaders=str(route.leader or ""), companions=route.companions,
        gifts=row.gifts[:300], money=row.money or None, summary=result.summary, feedback=result.feedback,
        needs=result.need.description if result.need else "",
        on_behalf_of=route.visitor if route.visitor_id and route.visitor_id != actor.pk else None,
    )  # fmt: skip


def _hand(row: StopRow, result: StopResult) -> None:
    """Everybody behind the door received, or nobody did."""
    for target in row.chosen:
        target.handed, target.handed_on = result.handed, result.happened_on if result.handed in MET else None
        target.receiver = result.receiver.strip() if result.handed == Handed.BY_PROXY else ""
        target.relation = result.relation.strip() if result.handed == Handed.BY_PROXY else ""
        if result.handed == Handed.GIVEN:
            target.receiver = target.name
    fields = ["handed", "handed_on", "receiver", "relation"]
    VisitTarget.objects.bulk_update(row.chosen, fields)


# What was not handed over -----------------------------------------------------------------------------------------


@transaction.atomic
def take_back_money(campaign: Campaign, keys: Collection[int], *, actor: User, on: dt.date) -> int:
    """Envelopes that were not handed over are back with the bureau. Returns how many. See rule book 8.26."""
    campaign = locked(campaign, CampaignState.APPROVED)
    rows = campaign.targets.filter(pk__in=keys, handed=Handed.UNCLAIMED)
    people = list(rows.values_list("cadre", flat=True))
    rows.update(handed=Handed.RETURNED, returned_on=on)
    note(campaign, "campaign.returned", actor, people=people)
    return len(people)


@transaction.atomic
def undo_return(campaign: Campaign, keys: Collection[int], *, actor: User) -> int:
    """Undo `take_back_money`."""
    campaign = locked(campaign, CampaignState.APPROVED)
    rows = campaign.targets.filter(pk__in=keys, handed=Handed.RETURNED)
    count = rows.update(handed=Handed.UNCLAIMED, returned_on=None)
    note(campaign, "campaign.returned_undo", actor)
    return count
