"""Classes as the desk enrols into them: what is open now, and what fits one person."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from apps.common.birthday import full_age
from apps.people.models import Person
from apps.signups.choices import ACTIVE, Mode, OfferingState, RoundState, SignUpState
from apps.signups.models import Occupied, SignUp
from apps.university.choices.schools import ClassState
from apps.university.models import ClassGroup, School, WeeklySlot
from apps.university.rules.classes import Slot
from apps.university.rules.when import fee_words

SHOWN = (ClassState.PUBLISHED, ClassState.RUNNING)
MOST = 400


@dataclass(frozen=True)
class Choice:
    """A class with what somebody at the desk must know; `why_not` is empty where it fits him."""

    class_group: ClassGroup
    when: str
    left: str
    why_not: str = ""

    @property
    def is_lottery(self) -> bool:
        return is_lottery(self.class_group)

    @property
    def fee(self) -> str:
        return fee_words(self.class_group.fee)


def is_lottery(class_group: ClassGroup) -> bool:
    """Whether places are still to be drawn; after its draw a class goes on first come."""
    offering = class_group.offering
    return offering.mode == Mode.LOTTERY and (offering.round is None or offering.round.state != RoundState.PUBLISHED)


def taking_people(now: dt.datetime) -> Q:
    """Open at this moment: by its own window, or by that of a round that still collects."""
    drawn = Q(offering__mode=Mode.LOTTERY, offering__round__state=RoundState.PUBLISHED)
    first_come = Q(offering__mode=Mode.FIRST_COME) | drawn
    opened = Q(offering__opens_at__isnull=True) | Q(offering__opens_at__lte=now)
    not_closed = Q(offering__closes_at__isnull=True) | Q(offering__closes_at__gt=now)
    collecting = Q(
        offering__mode=Mode.LOTTERY, offering__round__state=RoundState.COLLECTING, offering__round__opens_at__lte=now,
        offering__round__closes_at__gt=now,
    )  # fmt: skip
    return collecting | (first_come & opened & not_closed)


def open_classes(schools: QuerySet[School], now: dt.datetime) -> QuerySet[ClassGroup]:
    """Classes of these schools into which somebody may be enrolled now, with what their lines show."""
    rows = ClassGroup.objects.current().filter(
        taking_people(now), school__in=schools.order_by().values("pk"), state__in=SHOWN,
        offering__state=OfferingState.OPEN, until__gt=timezone.localdate(now),
    )  # fmt: skip
    return with_facts(rows).order_by("course__name", "grade", "code", "pk")


def with_facts(rows: QuerySet[ClassGroup]) -> QuerySet[ClassGroup]:
    """What lines and papers show of a class, in a fixed number of statements."""
    slots = Prefetch("slots", WeeklySlot.objects.order_by("weekday", "starts"))
    related = (
        "school__unit",
        "course",
        "term",
        "room__campus",
        "teacher__person",
        "offering__places",
        "offering__round",
    )
    return rows.select_related(*related).prefetch_related(slots)


def times_of(class_group: ClassGroup) -> list[Slot]:
    return [Slot(one.weekday, one.starts, one.ends) for one in class_group.slots.all()]


def when_words(class_group: ClassGroup) -> str:
    """周一 8:20–10:00、周三 8:20–10:00"""
    return "、".join(map(str, times_of(class_group)))


def place_words(class_group: ClassGroup) -> str:
    room = class_group.room
    return f"{room.campus.name} {room.name}" if room else class_group.school.name


def find_class(text: str, classes: QuerySet[ClassGroup]) -> ClassGroup | str:
    """The one class that a number or name means, of those given; otherwise the sentence. The printed number is unique;
    a class may also be called by its code or its full name where only one bears it."""
    text = text.strip()[:60]
    if not text:
        return "请填班级编号。"
    rows = classes.filter(pk=int(text)) if text.isascii() and text.isdecimal() and len(text) < 10 else classes.none()
    found = list(rows[:1]) or list(classes.filter(Q(code__iexact=text) | Q(offering__title=text))[:2])
    if len(found) == 1:
        return found[0]
    if found:
        return f"叫“{text}”的班不止一个，请写编号（登记本和班级单上的数字）。"
    return f"没有编号是“{text}”的班，或者现在不能报。"


def choices_for(person: Person, classes: QuerySet[ClassGroup], *, on: dt.date, text: str = "") -> list[Choice]:
    """What is open, first what fits him, each that does not with the reason; a handful of statements for any number.
    The last word is the service's when he is enrolled."""
    for word in text.split()[:4]:
        classes = classes.filter(
            Q(offering__title__icontains=word) | Q(course__name__icontains=word) | Q(code__iexact=word)
            | Q(school__name__icontains=word) | Q(teacher__person__name__icontains=word)
        )  # fmt: skip
    rows = list(classes[:MOST])
    waiting = waiting_counts([row.offering_id for row in rows])
    mine = set(
        SignUp.objects.filter(person=person, offering__in=[row.offering_id for row in rows], state__in=ACTIVE)
        .filter(voided_at__isnull=True).values_list("offering", flat=True)
    )  # fmt: skip
    taken: dict[int, list] = defaultdict(list)
    for one in Occupied.objects.filter(person=person, until__gt=on).select_related("sign_up__offering"):
        taken[one.weekday].append(one)
    found = [
        Choice(
            row, when_words(row), left_words(row, waiting.get(row.offering_id, 0)),
            "已经报过这个班。" if row.offering_id in mine else why_not(person, row, taken),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda choice: bool(choice.why_not))


def waiting_counts(offerings: list[int]) -> dict[int, int]:
    """offering id → how many wait for a place, or for the draw."""
    states = (SignUpState.WAITING, SignUpState.APPLIED)
    rows = SignUp.objects.filter(offering__in=offerings, state__in=states, voided_at__isnull=True)
    return dict(rows.order_by().values("offering").annotate(n=Count("pk")).values_list("offering", "n"))


def left_words(class_group: ClassGroup, waiting: int) -> str:
    """还有 3 个名额 / 满了，候补 5 人 / 抽签：20 个名额，已有 31 人报"""
    places = class_group.offering.places
    if is_lottery(class_group):
        return f"抽签：{places.capacity - places.taken} 个名额，已有 {waiting} 人报"
    if places.free and not waiting:
        return f"还有 {places.free} 个名额"
    return f"满了，候补 {waiting} 人" if waiting else "满了，可以排候补"


def why_not(person: Person, class_group: ClassGroup, taken: dict[int, list]) -> str:
    """Age and time, in words; nothing where neither speaks against it."""
    birth = person.birth_date
    if birth is not None:
        youngest, oldest = (
            full_age(birth.last_day, class_group.first_on),
            full_age(birth.first_day, class_group.first_on),
        )
        if class_group.age_from is not None and oldest < class_group.age_from:
            return f"要满 {class_group.age_from} 周岁。"
        if class_group.age_to is not None and youngest > class_group.age_to:
            return f"开课时不超过 {class_group.age_to} 周岁。"
    for slot in times_of(class_group):
        for one in taken[slot.weekday]:
            if one.starts < slot.ends and slot.starts < one.ends and (
                one.first_on < class_group.until and class_group.first_on < one.until
            ):  # fmt: skip
                return f"和已经报上的“{one.what}”时间冲突。"
    return ""
