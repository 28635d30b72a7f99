"""Shifts and teams as the public looks for them: by kind of service, near him, when he is free. Never people."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.common.code_lists import names_of
from apps.organisation.models import Division
from apps.people.models import PersonAccount
from apps.signups.choices import OfferingState
from apps.volunteers.choices.shifts import ProjectState
from apps.volunteers.models import Shift, Team
from apps.volunteers.rules.times import EVENING, NOON, day_words, span_words

from .teams import standing

SERVICES = "volunteer_service"
HALVES = {"am": (0, NOON), "pm": (NOON, EVENING), "eve": (EVENING, 24 * 60 + 1)}
WORDS = 4
OTHERS = 6


@dataclass(frozen=True)
class Wish:
    """What somebody looks for; empty is anything. `near`: districts shown first."""

    service: str = ""
    district: str = ""
    weekday: int = 0
    half: str = ""
    text: str = ""
    near: tuple[str, ...] = ()


def digits_of(phone: str) -> str:
    """A number as a telephone dials it."""
    return "".join(sign for sign in phone if sign.isdigit() or sign == "+")


@dataclass(frozen=True)
class Card:
    """A shift as a card or a page shows it, with words for everything."""

    shift: Shift
    now: dt.datetime

    @property
    def title(self) -> str:
        return self.shift.project.name if self.shift.project else self.shift.offering.title

    @property
    def service(self) -> str:
        return names_of(SERVICES).get(self.shift.project.service, "") if self.shift.project else ""

    @property
    def day(self) -> str:
        """今天, 明天, else the date."""
        ahead = (self.shift.on - timezone.localdate(self.now)).days
        words = day_words(self.shift.on)
        return f"{('今天', '明天')[ahead]}，{words}" if 0 <= ahead < 2 else words

    @property
    def time(self) -> str:
        return span_words(self.shift.starts, self.shift.ends)

    @property
    def free(self) -> int:
        return self.shift.offering.places.free

    @property
    def opens(self) -> str:
        """From when places are asked for, where that is still to come."""
        opens_at = self.shift.offering.opens_at
        if opens_at is None or opens_at <= self.now:
            return ""
        local = timezone.localtime(opens_at)
        return f"{local.month}月{local.day}日 {local:%H:%M}"

    @property
    def is_over(self) -> bool:
        """Begun, closed or called off: nobody can ask for a place."""
        offering = self.shift.offering
        closed = offering.closes_at is not None and offering.closes_at <= self.now
        return closed or offering.state != OfferingState.OPEN or self.shift.on < timezone.localdate(self.now)

    @property
    def is_open(self) -> bool:
        return not self.is_over and not self.opens

    @property
    def is_full(self) -> bool:
        return self.free <= 0

    @property
    def standing(self) -> str:
        if self.shift.offering.state == OfferingState.CANCELLED:
            return "已取消"
        if self.is_over:
            return "已经开始或结束"
        if self.opens:
            return f"{self.opens}开始报名"
        return "人已经满了，可以候补" if self.is_full else f"还差 {self.free} 位"

    @property
    def tone(self) -> str:
        if self.shift.offering.state == OfferingState.CANCELLED:
            return "late"
        if self.is_over:
            return ""
        return "soon" if self.opens or self.is_full else "done"

    @property
    def phone(self) -> str:
        return self.shift.team.phone

    @property
    def phone_link(self) -> str:
        return digits_of(self.phone)


def public_shifts():
    """Of projects that are open, of teams that stand. Shifts for one request for help are nobody's business."""
    rows = Shift.objects.current().filter(
        project__state=ProjectState.OPEN, project__voided_at__isnull=True, team__voided_at__isnull=True,
        team__closed_on__isnull=True, offering__voided_at__isnull=True,
    )  # fmt: skip
    near = Coalesce("project__community__division", "team__community__division", "team__division")
    return rows.select_related("project__community", "team", "offering__places").annotate(district=near)


def coming(now: dt.datetime):
    """Those of which places can be asked for, now or later."""
    rows = public_shifts().filter(on__gte=timezone.localdate(now), offering__state=OfferingState.OPEN)
    return rows.filter(Q(offering__closes_at__isnull=True) | Q(offering__closes_at__gt=now))


def found(wish: Wish, now: dt.datetime):
    """Shifts that answer a wish: his district first, full ones last, then by day."""
    rows = coming(now)
    if wish.service:
        rows = rows.filter(project__service=wish.service)
    if wish.district:
        rows = rows.filter(district=wish.district)
    if wish.weekday:
        rows = rows.filter(on__iso_week_day=wish.weekday)
    if wish.half:
        first, until = HALVES[wish.half]
        rows = rows.filter(starts__gte=first, starts__lt=until)
    for word in wish.text.split()[:WORDS]:
        rows = rows.filter(
            Q(project__name__icontains=word) | Q(project__summary__icontains=word) | Q(place__icontains=word)
            | Q(team__name__icontains=word) | Q(team__brand__icontains=word)
            | Q(project__community__name__icontains=word)
        )  # fmt: skip
    full = Q(offering__places__taken__gte=F("offering__places__capacity") - F("offering__places__held_back"))
    far = _flag(~Q(district__in=wish.near) | Q(district__isnull=True)) if wish.near else Value(0)
    return rows.annotate(is_far=far, is_full=_flag(full)).order_by("is_far", "is_full", "on", "starts", "pk")


def _flag(condition: Q):
    return Case(When(condition, then=1), default=0)


def shift_of(key, now: dt.datetime) -> Card | None:
    row = public_shifts().filter(public_id=key).first()
    return Card(row, now) if row else None


def others_of(card: Card) -> list[Card]:
    """Other days of the same project, the next first."""
    rows = coming(card.now).filter(project=card.shift.project_id).exclude(pk=card.shift.pk)
    return [Card(row, card.now) for row in rows.order_by("on", "starts", "pk")[:OTHERS]]


def districts(now: dt.datetime) -> list[Division]:
    """Where there is something to do."""
    rows = coming(now).order_by().values("district")
    return list(Division.objects.filter(pk__in=rows).order_by("pk").only("pk", "name"))


def services(now: dt.datetime) -> dict[str, str]:
    """Kinds of service of which there is a shift, in the order of the code list."""
    there = set(coming(now).order_by().values_list("project__service", flat=True).distinct())
    return {code: name for code, name in names_of(SERVICES).items() if code in there}


def own_districts(user) -> tuple[str, ...]:
    """Where whoever is signed in lives; empty for visitors, proxies and whoever has no address on record."""
    if not getattr(user, "is_authenticated", False):
        return ()
    rows = PersonAccount.objects.filter(user=user, is_proxy=False, ends_on__isnull=True).values_list(
        "person__residence_division", "person__community__division"
    )
    return tuple({code for row in rows for code in row if code})


# Teams ---------------------------------------------------------------------------------------------------------------


def public_teams(on: dt.date):
    near = Coalesce("community__division", "division")
    return standing(Team.objects.all(), on).select_related("community", "unit").annotate(district=near)


def teams_found(on: dt.date, *, kind: str = "", district: str = "", text: str = ""):
    rows = public_teams(on)
    if kind:
        rows = rows.filter(kind=kind)
    if district:
        rows = rows.filter(district=district)
    for word in text.split()[:WORDS]:
        rows = rows.filter(
            Q(name__icontains=word) | Q(brand__icontains=word) | Q(introduction__icontains=word)
            | Q(venue__icontains=word) | Q(community__name__icontains=word)
        )  # fmt: skip
    return rows.order_by("name", "pk")


def team_districts(on: dt.date) -> list[Division]:
    rows = public_teams(on).order_by().values("district")
    return list(Division.objects.filter(pk__in=rows).order_by("pk").only("pk", "name"))
