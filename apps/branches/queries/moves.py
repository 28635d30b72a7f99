"""组织关系随人走: formal members who have moved away for good, and about whom nothing was decided (domain 3.4)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import DateField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Coalesce

from apps.branches.models import FloatingStay, Membership, MoveDecision, Organisation, Transfer
from apps.branches.rules.transfers import TransferRules
from apps.organisation.queries import rule_values
from apps.people.choices import AwayKind, LifeStatus
from apps.people.models import Person, Whereabouts
from apps.registry.choices import LifeEventKind, LifeEventState
from apps.registry.models import LifeEvent

SETTLED = (AwayKind.ELSEWHERE, AwayKind.RESETTLED)
LOOK_BACK = dt.timedelta(days=730)


@dataclass(frozen=True)
class Move:
    """One member who has moved; `source` is `away-<id>` or `event-<id>`, the key of the decision."""

    source: str
    person: Person
    organisation: Organisation
    since: dt.date | None
    words: str


def moved_members(organisation_ids: Iterable[int], on: dt.date, *, most: int = 200) -> list[Move]:
    """Formal members of the organisations who settled elsewhere for longer than the rules say, or whose 迁居 was
    confirmed; without an open transfer, a stay as a floating member, or a decision. Four queries, however many."""
    rules = rule_values(TransferRules.rule_key, on=on)
    links = Membership.objects.current(on).filter(link="formal", organisation_id__in=list(organisation_ids))
    homes = dict(_undecided_people(links, on).values_list("person_id", "organisation_id"))
    if not homes:
        return []
    away = list(_settled(homes, on, rules.away_days)[:most])
    events = list(_relocated(homes, on).exclude(person_id__in=[row.person_id for row in away])[:most])
    places = Organisation.objects.in_bulk({homes[row.person_id] for row in (*away, *events)})
    moves = [
        Move(f"away-{row.pk}", row.person, places[homes[row.person_id]], row.starts_on,
             row.get_kind_display() + (f"，{row.division}" if row.division else ""))
        for row in away
    ]  # fmt: skip
    latest = {row.person_id: row for row in events}
    moves += [
        Move(f"event-{row.pk}", row.person, places[homes[row.person_id]], row.happened_on.first_day, "迁居")
        for row in latest.values()
    ]
    return moves


def _undecided_people(links, on: dt.date):
    moving = Transfer.objects.open().filter(person=OuterRef("person"))
    floating = FloatingStay.objects.current(on).filter(person=OuterRef("person"))
    living = links.filter(person__life_status=LifeStatus.LIVING, person__voided_at__isnull=True)
    candidates = (
        Whereabouts.objects.filter(voided_at__isnull=True, kind__in=SETTLED, person=OuterRef("person")),
        LifeEvent.objects.filter(kind=LifeEventKind.RELOCATED, person=OuterRef("person")),
    )
    return (
        living.filter(Exists(candidates[0]) | Exists(candidates[1])).exclude(Exists(moving)).exclude(Exists(floating))
    )


def _settled(homes: dict, on: dt.date, days: int):
    """Periods that hold today and have lasted, or are known to last, longer than `days`; an open 易地安置 at once."""
    decided = MoveDecision.objects.filter(whereabouts=OuterRef("pk"))
    length = ExpressionWrapper(
        Coalesce("ends_on", on, output_field=DateField()) - F("starts_on"), output_field=DurationField()
    )
    rows = Whereabouts.objects.filter(
        Q(starts_on__isnull=True) | Q(starts_on__lte=on), Q(ends_on__isnull=True) | Q(ends_on__gt=on),
        person_id__in=homes, voided_at__isnull=True, kind__in=SETTLED,
    ).annotate(length=length)  # fmt: skip
    long = Q(length__gt=dt.timedelta(days=days)) | Q(starts_on__isnull=True)
    resettled = Q(kind=AwayKind.RESETTLED, ends_on__isnull=True)
    return (
        rows.filter(long | resettled).exclude(Exists(decided)).select_related("person", "division")
        .order_by("person__name_stroke_key", "pk")
    )  # fmt: skip


def _relocated(homes: dict, on: dt.date):
    """Confirmed 迁居 of the last two years; whether the new home is in another branch's area a person decides."""
    decided = MoveDecision.objects.filter(event=OuterRef("pk"))
    return (
        LifeEvent.objects.filter(
            person_id__in=homes, kind=LifeEventKind.RELOCATED, state=LifeEventState.CONFIRMED,
            voided_at__isnull=True, happened_on__gte=str(on - LOOK_BACK),
        )
        .exclude(Exists(decided))
        .select_related("person")
        .order_by("person__name_stroke_key", "pk")
    )  # fmt: skip
