"""代岗清单: what a substitute takes over, and what was done meanwhile."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from apps.accounts.models import Absence
from apps.branches.models import Post
from apps.ledgers.models import CareAssignment, Contact, Duty, Inquiry
from apps.people.choices import LifeStatus

from .inquiries import waiting_for

MOST_PEOPLE = 300
MOST_CONTACTS = 100


@dataclass(frozen=True)
class Charge:
    """One person taken over: his open duties until the absence ends, the earliest first. `role` in words."""

    cadre_id: int
    name: str
    role: str
    duties: tuple[Duty, ...]


@dataclass(frozen=True)
class Takeover:
    """All of one absence, loaded."""

    absence: Absence
    charges: list[Charge]
    people: int
    posts: list[Post]
    calls: list[Inquiry]
    done: list[Contact]


def takeovers(user_id: int, on: dt.date, *, since: dt.date) -> list[Absence]:
    """Absences in which this user is away or named as substitute, from those that ended after `since` to come."""
    rows = Absence.objects.filter(ends_on__gt=since, voided_at__isnull=True).select_related("user", "substitute")
    mine = rows.filter(substitute_id=user_id) | rows.filter(user_id=user_id)
    return list(mine.order_by("starts_on", "pk"))


def takeover(absence: Absence, on: dt.date, *, most: int = MOST_PEOPLE) -> Takeover:
    """People whom the absent one cares for, with what falls due until he is back; branches he leads; calls waiting;
    and what was recorded for these people meanwhile. Six statements."""
    rows = CareAssignment.objects.open().filter(
        carer=absence.user_id,
        cadre__voided_at__isnull=True,
        cadre__person__life_status__in=(LifeStatus.LIVING, LifeStatus.LOST),
    )
    people = rows.count()
    held = list(rows.select_related("cadre__person").order_by("role", "cadre__person__name_sort_key", "pk")[:most])
    duties = _duties({row.cadre_id for row in held}, until=absence.ends_on)
    charges = [
        Charge(row.cadre_id, row.cadre.person.name, row.get_role_display(), tuple(duties.get(row.cadre_id, ())))
        for row in held
    ]
    # Whoever has something due first; the others as they come.
    charges.sort(key=lambda charge: charge.duties[0].due_on if charge.duties else dt.date.max)
    done = Contact.objects.standing().filter(
        happened_on__gte=absence.starts_on,
        happened_on__lt=absence.ends_on,
        participants__person__in=rows.values("cadre"),
    )
    done = done.select_related("recorded_by").prefetch_related("persons").defer("body_state", "thoughts").distinct()
    return Takeover(
        absence=absence,
        charges=charges,
        people=people,
        posts=list(Post.objects.current(on).filter(user=absence.user_id).select_related("organisation")),
        calls=list(waiting_for([absence.user_id]).defer("content", "result", "caller_phone")),
        done=list(done.order_by("-happened_on", "-pk")[:MOST_CONTACTS]),
    )


def _duties(cadre_ids: Collection[int], *, until: dt.date) -> dict[int, list[Duty]]:
    found: dict[int, list[Duty]] = {}
    for duty in Duty.objects.open().filter(cadre__in=cadre_ids, due_on__lt=until).order_by("due_on", "pk"):
        found.setdefault(duty.cadre_id, []).append(duty)
    return found
