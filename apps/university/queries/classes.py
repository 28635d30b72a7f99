"""Classes in lists: their places and how many wait, read for a page at once."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, F, Q

from apps.common.part_rows import part_of
from apps.organisation.models import Unit
from apps.signups.choices import Mode, RoundState, SignUpState
from apps.signups.models import Offering, Round, SignUp
from apps.university.choices.schools import ClassState
from apps.university.models import ClassGroup
from apps.university.rules.classes import ZONE

SOON = dt.timedelta(14)
# What the last press of the form asks of a class.
OFFERING_OF = """
SELECT f.id, f.kind, f.title, f.mode, f.unit_id, f.round_id, u.path, r.state
FROM university_classgroup c
JOIN signups_offering f ON f.id = c.offering_id
JOIN organisation_unit u ON u.id = f.unit_id
LEFT JOIN signups_round r ON r.id = f.round_id
WHERE c.public_id = %s AND c.voided_at IS NULL
"""


def offering_of(key: uuid.UUID) -> Offering | None:
    """The offering of a class, with its unit and its round; None where there is no such class."""
    with connection.cursor() as cursor:
        cursor.execute(OFFERING_OF, [str(key)])
        found = cursor.fetchone()
    if found is None:
        return None
    pk, kind, title, mode, unit_id, round_id, path, state = found
    offering = part_of(Offering, id=pk, kind=kind, title=title, mode=mode, unit_id=unit_id, round_id=round_id)
    offering.unit = part_of(Unit, id=unit_id, path=path)
    if round_id is not None:
        offering.round = part_of(Round, id=round_id, state=state)
    return offering


@dataclass(frozen=True)
class Figures:
    """Of one class: those with a place, those in the draw, those waiting."""

    seated: int = 0
    offered: int = 0
    applied: int = 0
    waiting: int = 0

    @property
    def asking(self) -> int:
        return self.seated + self.offered + self.applied + self.waiting


def figures_of(offerings: Iterable[int]) -> dict[int, Figures]:
    """offering id → figures; who has none is left out. One query."""
    states = {
        "seated": SignUpState.SEATED, "offered": SignUpState.OFFERED, "applied": SignUpState.APPLIED,
        "waiting": SignUpState.WAITING,
    }  # fmt: skip
    rows = (
        SignUp.objects.filter(offering__in=list(offerings), state__in=states.values(), voided_at=None)
        .order_by()
        .values("offering_id")
        .annotate(**{name: Count("pk", filter=Q(state=state)) for name, state in states.items()})
    )
    return {row["offering_id"]: Figures(**{name: row[name] for name in states}) for row in rows}


def below_least(classes, now: dt.datetime):
    """Of a queryset of classes those that are public, have fewer with a place than they need to open, and for which
    asking has ended or which begin within two weeks: time to decide (rule book 9.21)."""
    asked = Q(offering__mode=Mode.FIRST_COME, offering__closes_at__lte=now) | Q(
        offering__round__state=RoundState.PUBLISHED
    )
    begins = Q(first_on__lte=now.astimezone(ZONE).date() + SOON)
    return classes.filter(
        asked | begins, state=ClassState.PUBLISHED, offering__places__taken__lt=F("min_open"), voided_at=None
    )


def window_of(offering: Offering) -> tuple[dt.datetime | None, dt.datetime | None]:
    """When it is asked for: its own window, or its round's."""
    if offering.mode == Mode.LOTTERY and offering.round is not None:
        return offering.round.opens_at, offering.round.closes_at
    return offering.opens_at, offering.closes_at


def window_words(offering: Offering, now: dt.datetime) -> tuple[str, str]:
    """How it stands with asking, and the tone."""
    opens, closes = window_of(offering)
    if opens is None or closes is None:
        return "没有定报名时间", "soon"
    if now < opens:
        return f"{_short(opens)} 开始报名", ""
    if now < closes:
        return f"正在报名，到 {_short(closes)}", "done"
    return "报名已截止", ""


def _short(moment: dt.datetime) -> str:
    local = moment.astimezone(ZONE)
    return f"{local.month}月{local.day}日 {local.hour}:{local.minute:02d}"


def with_everything(classes):
    """With all that a line of a list shows; the slots in one more query."""
    return classes.select_related(
        "term", "school", "course__major__department", "room__campus", "teacher__person", "offering__places",
        "offering__round",
    ).prefetch_related("slots")  # fmt: skip


def last_like(course_id: int, *, before: dt.date) -> ClassGroup | None:
    """The newest class of a course in an earlier term, to fill a form from."""
    rows = ClassGroup.objects.current().filter(course=course_id, term__starts_on__lt=before)
    return rows.select_related("offering__places").order_by("-term__starts_on", "code").first()
