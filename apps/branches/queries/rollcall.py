"""Who belongs to a meeting, and how each of them did before."""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from apps.branches.choices import Level, MeetingKind
from apps.branches.models import Attendance, Meeting, Membership, Organisation, Post
from apps.people.models import Person, Whereabouts
from apps.registry.choices import Living
from apps.registry.models import Cadre

YEAR = datetime.timedelta(days=365)
# These hold their members themselves or through 党小组; larger organisations hold theirs through branches.
WHOLE_SUBTREE = (Level.GENERAL, Level.BRANCH, Level.GROUP)


@dataclass(frozen=True)
class Signs:
    """What the registry knows about a member that bears on coming to a meeting."""

    ability: int | None
    long_in_hospital: bool
    away: bool


def assembled(organisation: Organisation, kind: str, on: datetime.date) -> QuerySet[Person]:
    """Those who are expected at a meeting of the kind on a day, in 姓氏笔画 order: the members by whatever link, with
    those of groups below; of 支委会 the holders of posts. The dead are not expected, from the day they belong no more.
    """
    if kind == MeetingKind.COMMITTEE:
        ids = Post.objects.current(on).filter(organisation=organisation).values("person_id")
    else:
        below = {"organisation__path__startswith": organisation.path}
        scope = below if organisation.level in WHOLE_SUBTREE else {"organisation": organisation}
        ids = Membership.objects.current(on).filter(**scope).values("person_id")
    return Person.objects.filter(pk__in=ids, voided_at__isnull=True).order_by("name_stroke_key", "pk")


def people_at_hand(organisation: Organisation, on: datetime.date) -> set[int]:
    """Ids of those who may host, record or deliver: members on the day and holders of posts here or above."""
    step = Organisation.steplen
    paths = [organisation.path[:end] for end in range(step, len(organisation.path) + 1, step)]
    posts = Post.objects.current(on).filter(organisation__path__in=paths).values_list("person_id", flat=True)
    members = assembled(organisation, MeetingKind.PARTY_DAY, on).order_by().values_list("pk", flat=True)
    return set(posts) | set(members)


def last_meeting(organisation: Organisation, kind: str, *, before: datetime.date) -> Meeting | None:
    """The latest of a kind held on or before a day."""
    held = Meeting.objects.filter(organisation=organisation, kind=kind, held_on__lte=before, voided_at__isnull=True)
    return held.select_related("host", "recorder", "programme").order_by("-held_on", "-pk").first()


def same_day(organisation: Organisation, kind: str, held_on: datetime.date) -> Meeting | None:
    """A meeting of that kind already recorded for that day: perhaps by the other of the two who record."""
    return Meeting.objects.filter(organisation=organisation, kind=kind, held_on=held_on, voided_at__isnull=True).first()


def past_states(organisation: Organisation, kind: str, *, before: datetime.date) -> dict[int, list[tuple[str, str]]]:
    """(state, reason of leave) by person, latest first, of the meetings of a kind of the year up to a day."""
    rows = (
        Attendance.objects.filter(
            meeting__organisation=organisation,
            meeting__kind=kind,
            meeting__held_on__lte=before,
            meeting__held_on__gt=before - YEAR,
            meeting__voided_at__isnull=True,
        )
        .order_by("-meeting__held_on", "-meeting_id")
        .values_list("person_id", "state", "reason")
    )
    states: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for person_id, state, reason in rows:
        states[person_id].append((state, reason))
    return states


def signs_of(people: QuerySet[Person], on: datetime.date) -> dict[int, Signs]:
    """What the registry says about each: one query for health and living, one for who is away."""
    away = set(Whereabouts.objects.on(on).filter(person__in=people.order_by()).values_list("person_id", flat=True))
    rows = Cadre.objects.filter(
        Q(health__isnull=True) | Q(health__voided_at__isnull=True), person__in=people.order_by()
    ).values_list("pk", "living", "health__ability")
    known = {pk: Signs(ability, living == Living.HOSPITAL, pk in away) for pk, living, ability in rows}
    return known | {pk: Signs(None, False, True) for pk in away - known.keys()}
