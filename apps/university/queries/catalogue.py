"""Classes as the public looks for them: by what he likes, near him, when he is free (rule book 9.40)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Prefetch, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.organisation.models import Division
from apps.people.models import PersonAccount
from apps.signups.choices import Mode, OfferingState, RoundState, SignUpState
from apps.signups.models import Offering, SignUp
from apps.university.choices.schools import ClassState
from apps.university.models import ClassGroup, WeeklySlot
from apps.university.rules import when
from apps.university.rules.openings import OPEN, Opening, Window

MORNING, AFTERNOON = "am", "pm"
SHOWN = (ClassState.PUBLISHED, ClassState.RUNNING)
COUNTED = (SignUpState.APPLIED, SignUpState.WAITING, SignUpState.OFFERED)
# The district a class is taught in: of its campus, else of its school.
DISTRICT = Coalesce("room__campus__community__division", "school__division")


@dataclass(frozen=True)
class Wish:
    """What somebody looks for; empty is anything. `near`: districts shown first."""

    interest: str = ""
    district: str = ""
    campus: str = ""
    weekday: int = 0
    half: str = ""
    text: str = ""
    everything: bool = False
    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """A class as a card or a page shows it."""

    group: ClassGroup
    opening: Opening
    now: dt.datetime

    @property
    def phase(self) -> str:
        return self.opening.phase(self.now)

    @property
    def is_open(self) -> bool:
        return self.phase in OPEN

    @property
    def standing(self) -> str:
        return self.opening.words(self.now)

    @property
    def tone(self) -> str:
        return self.opening.tone(self.now)

    @property
    def until(self) -> str:
        return self.opening.until_words(self.now)

    @property
    def week(self) -> str:
        return when.week_words(self.group.slots.all())

    @property
    def days(self) -> str:
        """First and last day on which it may be taught."""
        first, last = self.group.first_on, self.group.until - dt.timedelta(days=1)
        year = f"{last.year}年" if last.year != first.year else ""
        return f"{first.year}年{first.month}月{first.day}日到{year}{last.month}月{last.day}日"

    @property
    def place(self) -> str:
        room, school = self.group.room, str(self.group.school)
        return f"{school} {room.campus.name}" if room and room.campus.name not in school else school

    @property
    def floor(self) -> str:
        room = self.group.room
        return when.listed([when.floor_words(room.floor, room.lift), room.name]) if room else ""

    @property
    def fee(self) -> str:
        return when.fee_words(self.group.fee)

    @property
    def ages(self) -> str:
        return when.ages_words(self.group.age_from, self.group.age_to)

    @property
    def phone(self) -> str:
        """That of the campus, where it has one of its own."""
        room = self.group.room
        return (room.campus.phone if room else "") or self.group.school.phone

    @property
    def phone_link(self) -> str:
        return "".join(sign for sign in self.phone if sign.isdigit() or sign == "+")

    @property
    def odds_matter(self) -> bool:
        return self.opening.mode == Mode.LOTTERY


def shown(today: dt.date):
    """Classes that are public and not over."""
    return (
        ClassGroup.objects.current()
        .filter(state__in=SHOWN, until__gt=today, offering__state=OfferingState.OPEN, offering__voided_at__isnull=True)
        .annotate(district=DISTRICT, teacher_name=F("teacher__person__name"))
    )


def takes_people(now: dt.datetime) -> Q:
    """Open now, or to open: nobody looks for what is closed, nor for what has begun, is full and never closes."""
    unpublished = Q(offering__mode=Mode.LOTTERY) & ~Q(offering__round__state=RoundState.PUBLISHED)
    in_round = unpublished & Q(offering__round__state=RoundState.COLLECTING, offering__round__closes_at__gt=now)
    room = Q(offering__places__taken__lt=F("offering__places__capacity") - F("offering__places__held_back"))
    any_time = Q(offering__closes_at__isnull=True) & (Q(first_on__gt=timezone.localdate(now)) | room)
    not_past = any_time | Q(offering__closes_at__gt=now)
    return in_round | (~unpublished & not_past)


def found(wish: Wish, now: dt.datetime):
    """Classes that answer a wish: his district first, those open now before those to open, full ones last. See rule
    book 9.40."""
    rows = shown(timezone.localdate(now))
    if not wish.everything:
        rows = rows.filter(takes_people(now))
    if wish.interest:
        rows = rows.filter(course__interests__contains=[wish.interest])
    if wish.district:
        rows = rows.filter(district=wish.district)
    if wish.campus:
        rows = rows.filter(room__campus__public_id=wish.campus)
    if wish.weekday or wish.half:
        rows = rows.filter(Exists(_slots(wish)))
    for word in wish.text.split()[:4]:
        rows = rows.filter(
            Q(offering__title__icontains=word) | Q(course__name__icontains=word) | Q(school__name__icontains=word)
            | Q(room__campus__name__icontains=word) | Q(teacher__person__name__icontains=word)
            | Q(course__summary__icontains=word)
        )  # fmt: skip
    return rows.annotate(
        is_far=_flag(~Q(district__in=wish.near) | Q(district__isnull=True)) if wish.near else Value(False),
        is_later=_flag(
            Q(offering__round__state=RoundState.COLLECTING, offering__round__opens_at__gt=now)
            | (~Q(offering__mode=Mode.LOTTERY) & Q(offering__opens_at__gt=now))
        ),
        is_full=_flag(
            ~Q(offering__mode=Mode.LOTTERY)
            & Q(offering__places__taken__gte=F("offering__places__capacity") - F("offering__places__held_back"))
        ),
    ).order_by("is_far", "is_later", "is_full", "course__name", "code", "pk")


def _flag(condition: Q):
    return Case(When(condition, then=True), default=False, output_field=BooleanField())


def _slots(wish: Wish):
    rows = WeeklySlot.objects.filter(class_group=OuterRef("pk"))
    if wish.weekday:
        rows = rows.filter(weekday=wish.weekday)
    if wish.half == MORNING:
        rows = rows.filter(starts__lt=when.NOON)
    return rows.filter(starts__gte=when.NOON) if wish.half == AFTERNOON else rows


def with_facts(rows):
    """What cards show, in two queries for any number of classes."""
    return rows.select_related(
        "course", "school", "term", "room__campus", "offering__places", "offering__round"
    ).prefetch_related(Prefetch("slots", queryset=WeeklySlot.objects.order_by("weekday", "starts")))


def cards_of(groups: Iterable[ClassGroup], now: dt.datetime) -> list[Card]:
    """Each with how its places stand, counted in one query."""
    groups = list(groups)
    counts: dict[int, dict[str, int]] = {}
    standing = SignUp.objects.filter(
        offering__in=[group.offering_id for group in groups], state__in=COUNTED, voided_at__isnull=True
    )
    for offering, state, number in standing.order_by().values_list("offering", "state").annotate(Count("pk")):
        counts.setdefault(offering, {})[state] = number
    return [Card(group, opening_of(group.offering, group, counts.get(group.offering_id, {})), now) for group in groups]


def opening_of(offering: Offering, group: ClassGroup, counts: dict[str, int]) -> Opening:
    drawn = offering.round
    ends = timezone.make_aware(dt.datetime.combine(group.until, dt.time()))
    return Opening(
        mode=offering.mode, state=offering.state, own=Window(offering.opens_at, offering.closes_at), ends_at=ends,
        capacity=offering.places.capacity, free=offering.places.free, asked=counts.get(SignUpState.APPLIED, 0),
        waiting=counts.get(SignUpState.WAITING, 0), round=Window(drawn.opens_at, drawn.closes_at) if drawn else None,
        round_state=drawn.state if drawn else "", draws_at=drawn.draws_at if drawn else None, first_on=group.first_on,
    )  # fmt: skip


def card_of(public_id, now: dt.datetime) -> Card | None:
    """One class that the public may see, running, cancelled or over ones included: their addresses were given out."""
    rows = ClassGroup.objects.current().exclude(state=ClassState.PLANNED).filter(public_id=public_id)
    rows = rows.annotate(district=DISTRICT, teacher_name=F("teacher__person__name"))
    group = with_facts(rows).first()
    return cards_of([group], now)[0] if group else None


def similar(group: ClassGroup, now: dt.datetime, *, most: int = 3, besides: Iterable[int] = ()) -> list[Card]:
    """What else fits: the same course, else the same interest, with free places and open now."""
    alike = Q(course=group.course_id)
    if group.course.interests:
        alike |= Q(course__interests__overlap=group.course.interests)
    near = (group.district,) if getattr(group, "district", None) else ()
    rows = found(Wish(near=near), now).filter(alike, is_later=False, is_full=False)
    rows = rows.exclude(pk__in=[group.pk, *besides])
    return cards_of(with_facts(rows)[:most], now)


def districts(now: dt.datetime) -> list[Division]:
    """Where there are classes to be had."""
    rows = found(Wish(), now).order_by().values("district")
    return list(Division.objects.filter(pk__in=rows).order_by("pk").only("pk", "name"))


def own_districts(user) -> tuple[str, ...]:
    """Where whoever is signed in lives; empty for visitors, proxies and whoever has no address on record."""
    if not getattr(user, "is_authenticated", False):
        return ()
    rows = PersonAccount.objects.filter(user=user, is_proxy=False, ends_on__isnull=True).values_list(
        "person__residence_division", "person__community__division"
    )
    return tuple({code for row in rows for code in row if code})
