"""Shifts as they stand in lists: how many places are taken, how many wait, what is still to be closed."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from apps.signups.choices import OfferingState, SignUpState
from apps.signups.models import SignUp
from apps.volunteers.choices.shifts import TurnState
from apps.volunteers.models import Shift, Turn

LIVE = (OfferingState.OPEN, OfferingState.DRAFT)
SHOWN = ("project", "team", "offering__places")


def with_parts(rows: QuerySet[Shift]) -> QuerySet[Shift]:
    return rows.select_related(*SHOWN)


def waiting_counts(shifts: Iterable[Shift]) -> dict[int, int]:
    """Offering id → how many wait; where nobody does it is left out. One query for a page of a list."""
    rows = SignUp.objects.filter(
        offering__in=[row.offering_id for row in shifts], state=SignUpState.WAITING, voided_at__isnull=True
    )  # fmt: skip
    return dict(rows.order_by().values_list("offering").annotate(Count("pk")))


def coming(rows: QuerySet[Shift], today: dt.date) -> QuerySet[Shift]:
    """Today's and later ones that take place, the next first."""
    return with_parts(rows.current().filter(on__gte=today, offering__state__in=LIVE)).order_by("on", "starts", "pk")


def to_close(rows: QuerySet[Shift], today: dt.date) -> QuerySet[Shift]:
    """Over, and nobody has said yet who came: the longest ago first. Of those nobody came to ask for, none."""
    somebody = Turn.objects.current().filter(shift=OuterRef("pk")).exclude(state=TurnState.CANCELLED)
    over = rows.current().filter(on__lt=today, offering__state=OfferingState.OPEN)
    return with_parts(over.filter(Exists(somebody))).order_by("on", "starts", "pk")


def week(rows: QuerySet[Shift], monday: dt.date) -> list[tuple[dt.date, list[Shift]]]:
    """Seven days, each with its shifts; cancelled ones too, because people ask. One query."""
    days: dict[dt.date, list[Shift]] = {monday + dt.timedelta(days=number): [] for number in range(7)}
    found = rows.current().filter(on__gte=monday, on__lt=monday + dt.timedelta(days=7))
    for row in with_parts(found).order_by("on", "starts", "pk"):
        days[row.on].append(row)
    return list(days.items())


def state_words(shift: Shift, today: dt.date) -> tuple[str, str]:
    """Words and tone of where a shift stands."""
    state = shift.offering.state
    if state == OfferingState.CANCELLED:
        return "已取消", "late"
    if state == OfferingState.ENDED:
        return "已登记", "done"
    if shift.on < today:
        return "待登记", "soon"
    if state == OfferingState.DRAFT:
        return "未公布", ""
    return ("已满", "soon") if shift.offering.places.free <= 0 else ("招募中", "info")


def last_of(project_rows: QuerySet[Shift]) -> Shift | None:
    """The last shift of its kind, from which the next is made."""
    return with_parts(project_rows.current().filter(Q(project__isnull=False))).order_by("-on", "-starts").first()
