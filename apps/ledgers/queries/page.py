"""What the page of one person shows of the ledger: what is owed, who cares, and what was done."""

import datetime as dt
from dataclasses import dataclass

from apps.branches.models import Membership
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


def tier_of(cadre: Cadre) -> CareTier | None:
    return CareTier.objects.filter(cadre=cadre, voided_at__isnull=True).select_related("decided_by").first()


def carers_of(cadre: Cadre) -> list[CareAssignment]:
    """Open assignments, the 责任人 first."""
    return list(CareAssignment.objects.open().filter(cadre=cadre).select_related("carer").order_by("role", "pk"))


def open_duties_of(cadre: Cadre, *, until: dt.date) -> list[Duty]:
    """Open duties whose period has begun by a day, the most urgent first."""
    return list(Duty.objects.open().filter(cadre=cadre, period_start__lte=until).order_by("due_on", "pk"))


def timeline_of(cadre: Cadre, *, sees_contacts: bool, sees_events: bool) -> list[Moment]:
    """Contacts, life events, pairing, tiers and memberships, newest first. Each source is one statement.

    No health, no thoughts: those stand on the contact's own page, behind their rights.
    """
    moments = [*_assignments(cadre), *_tiers(cadre), *_memberships(cadre)]
    if sees_contacts:
        moments += _contacts(cadre)
    if sees_events:
        moments += _events(cadre)
    return sorted(moments, key=lambda moment: moment.on, reverse=True)


def day_words(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _contacts(cadre: Cadre) -> list[Moment]:
    rows = Contact.objects.standing().filter(participants__person_id=cadre.pk).select_related("recorded_by")
    return [
        Moment(
            row.happened_on,
            day_words(row.happened_on),
            f"{row.get_kind_display()}　{row.get_method_display()}",
            "　".join(filter(None, (row.leaders, str(row.on_behalf_of or row.recorded_by or ""), row.summary))),
            row.pk,
        )
        for row in rows.select_related("on_behalf_of").defer("body_state", "thoughts")[:MOST_CONTACTS]
    ]


def _events(cadre: Cadre) -> list[Moment]:
    rows = LifeEvent.objects.filter(
        person_id=cadre.pk, state__in=(LifeEventState.REPORTED, LifeEventState.CONFIRMED), voided_at__isnull=True
    ).defer("detail")
    return [
        Moment(
            row.happened_on.first_day,
            row.happened_on.display(),
            row.get_kind_display(),
            "" if row.state == LifeEventState.CONFIRMED else row.get_state_display(),
        )
        for row in rows
    ]


def _assignments(cadre: Cadre) -> list[Moment]:
    moments = []
    for row in CareAssignment.objects.filter(cadre=cadre, voided_at__isnull=True).select_related("carer"):
        role = row.get_role_display()
        moments.append(Moment(row.starts_on, day_words(row.starts_on), f"{row.carer}开始担任{role}"))
        if row.ends_on:
            moments.append(Moment(row.ends_on, day_words(row.ends_on), f"{row.carer}不再担任{role}", row.handover_note))
    return moments


def _tiers(cadre: Cadre) -> list[Moment]:
    tier = tier_of(cadre)
    if tier is None:
        return []
    return [
        Moment(
            tier.decided_on,
            day_words(tier.decided_on),
            f"服务等级定为{tier.get_level_display()}",
            f"自 {day_words(tier.effective_on)} 起　{tier.note}".strip(),
        )
    ]


def _memberships(cadre: Cadre) -> list[Moment]:
    rows = Membership.objects.filter(person_id=cadre.pk, voided_at__isnull=True).select_related("organisation")
    return [
        Moment(row.starts_on, day_words(row.starts_on), f"编入{row.organisation}（{row.get_link_display()}）")
        for row in rows
    ]
