"""What the page of one person shows of the ledger: what is owed, who cares, and what was done."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from apps.branches.models import Membership
from apps.common import sources
from apps.common.choices import Source
from apps.ledgers.models import CareAssignment, CareTier, Contact, Duty
from apps.registry.choices import LifeEventState
from apps.registry.models import Cadre, LifeEvent

MOST_CONTACTS = 60


@dataclass(frozen=True)
class Moment:
    """Something that happened, for the timeline. `contact_id` where there is a record to open."""

    on: dt.date
    when: str
    text: str
    note: str = ""
    contact_id: int | None = None


@dataclass(frozen=True)
class PersonLedger:
    """Everything of one cadre, loaded: reading it asks the database nothing."""

    tier: CareTier | None = None
    assignments: list[CareAssignment] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)

    @property
    def carers(self) -> list[CareAssignment]:
        """Open assignments, the 责任人 first."""
        return [row for row in self.assignments if row.ends_on is None]


def ledger_of(
    cadre: Cadre, *, on: dt.date, sees_tier: bool, sees_duties: bool, sees_contacts: bool, events: Iterable[LifeEvent]
) -> PersonLedger:
    """Load it, each part one statement and only where the reader may see it; `events`: those that he may see.

    The timeline holds contacts, life events, pairing, the tier and memberships, newest first: no health, no
    thoughts; those stand on the contact's own page, behind their rights.
    """
    tier = _tier(cadre) if sees_tier else None
    assignments = list(
        CareAssignment.objects.filter(cadre=cadre, voided_at__isnull=True)
        .select_related("carer")
        .order_by("role", "-starts_on", "pk")
    )
    moments = [*_of_assignments(assignments), *_of_tier(tier), *_of_memberships(cadre)]
    moments += _of_contacts(cadre) if sees_contacts else []
    moments += _of_events(events)
    return PersonLedger(
        tier,
        assignments,
        _open_duties(cadre, on) if sees_duties else [],
        sorted(moments, key=lambda moment: moment.on, reverse=True),
    )


def _tier(cadre: Cadre) -> CareTier | None:
    return CareTier.objects.filter(cadre=cadre, voided_at__isnull=True).first()


def _open_duties(cadre: Cadre, on: dt.date) -> list[Duty]:
    """Those whose period has begun, the most urgent first."""
    return list(Duty.objects.open().filter(cadre=cadre, period_start__lte=on).order_by("due_on", "pk"))


def day_words(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _of_contacts(cadre: Cadre) -> Iterator[Moment]:
    rows = Contact.objects.standing().filter(participants__person_id=cadre.pk)
    rows = rows.select_related("recorded_by", "on_behalf_of").defer("body_state", "thoughts")
    for row in rows[:MOST_CONTACTS]:
        who = str(row.on_behalf_of or sources.words(row.source, str(row.recorded_by or "")))
        note = "　".join(filter(None, (row.leaders, who, row.summary)))
        words = f"{row.get_kind_display()}　{row.get_method_display()}"
        yield Moment(row.happened_on, day_words(row.happened_on), words, note, row.pk)


def _of_events(events: Iterable[LifeEvent]) -> Iterator[Moment]:
    for row in events:
        if row.state not in (LifeEventState.REPORTED, LifeEventState.CONFIRMED):
            continue
        note = "" if row.state == LifeEventState.CONFIRMED else row.get_state_display()
        told = sources.words(row.source, str(row.reported_by or "系统")) if row.source != Source.STAFF else ""
        note = "　".join(filter(None, (note, told)))
        yield Moment(row.happened_on.first_day, row.happened_on.display(), row.get_kind_display(), note)


def _of_assignments(rows: list[CareAssignment]) -> Iterator[Moment]:
    for row in rows:
        role = row.get_role_display()
        yield Moment(row.starts_on, day_words(row.starts_on), f"{row.carer}开始担任{role}")
        if row.ends_on:
            yield Moment(row.ends_on, day_words(row.ends_on), f"{row.carer}不再担任{role}", row.handover_note)


def _of_tier(tier: CareTier | None) -> Iterator[Moment]:
    if tier is not None:
        note = f"自 {day_words(tier.effective_on)} 起　{tier.note}".strip()
        words = f"服务等级定为{tier.get_level_display()}"
        yield Moment(tier.decided_on, day_words(tier.decided_on), words, note)


def _of_memberships(cadre: Cadre) -> Iterator[Moment]:
    rows = Membership.objects.filter(person_id=cadre.pk, voided_at__isnull=True).select_related("organisation")
    for row in rows:
        words = f"编入{row.organisation}（{row.get_link_display()}）"
        yield Moment(row.starts_on, day_words(row.starts_on), words)
