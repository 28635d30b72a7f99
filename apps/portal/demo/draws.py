"""Draws: one of the term that runs, published and open to anybody's check; tickets in the one that collects now."""

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from django.db import transaction

from apps.accounts.models import User
from apps.common.errors import BusinessError
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.signups.choices import Mode, RoundState, SignUpSource
from apps.signups.draw_telling import tell_results
from apps.signups.models import Offering, Round
from apps.signups.services.draws import draw, freeze, publish
from apps.signups.services.rounds import save_round
from apps.signups.services.tickets import apply
from apps.university.models import ClassGroup, Course, Room, School, Teacher, Term
from apps.university.rules.classes import HOUR, Slot, moment
from apps.university.services.classes import ClassFacts, begin_class, create_class, publish_class

from .school_facts import CITY, COURSES

WEEK = dt.timedelta(7)
SATURDAY = 6
DRAWN = (("国画花鸟", "周末班", 12, 9 * HOUR), ("行书提高", "周末班", 8, 14 * HOUR))
PAST_TICKETS, TICKETS = 40, 60
BORN_FROM, BORN_UNTIL = "1948", "1970"
SOURCES = (SignUpSource.WEB, SignUpSource.DESK, SignUpSource.PHONE)
SPACE = uuid.UUID("5a9d1f6e-5d5c-4f0e-9a51-2d0b7c3c9a10")


@transaction.atomic
def write_draws(staff: dict[str, User], *, on: dt.date) -> None:
    """After the schools. Nothing where a draw was published already."""
    collecting = Round.objects.filter(state=RoundState.COLLECTING).order_by("pk").first()
    if collecting is None or Round.objects.filter(state=RoundState.PUBLISHED).exists():
        return
    clerk = staff["daxue"]
    people = _people()
    _write_past(people, clerk, on)
    offerings = list(Offering.objects.filter(round=collecting).order_by("pk"))
    _fill(collecting, offerings, people, TICKETS, clerk, moment(on - dt.timedelta(1), 10 * HOUR))


def _people() -> Iterator[Person]:
    """Who is young enough for most classes; the fixed cast, which other parts use, comes first by number and so is
    left alone."""
    rows = Person.objects.filter(
        life_status=LifeStatus.LIVING, birth_date__gte=BORN_FROM, birth_date__lt=BORN_UNTIL, cadre__isnull=False
    )
    return rows.order_by("-pk").iterator()


def _write_past(people: Iterator[Person], clerk: User, on: dt.date) -> None:
    term = Term.objects.filter(starts_on__lte=on, ends_on__gt=on).order_by("pk").first()
    school = School.objects.get(name=CITY)
    begins = term.starts_on
    made = [_make(school, term, row, clerk) for row in DRAWN]
    round = Round(
        kind="class", unit=school.unit, name=f"{school.name}{term}抽签",
        opens_at=moment(begins - 5 * WEEK, 9 * HOUR), closes_at=moment(begins - 3 * WEEK, 17 * HOUR),
        draws_at=moment(begins - 2 * WEEK, 9 * HOUR + 30), draws_where="河滨校区401阶梯教室",
    )  # fmt: skip
    save_round(round, [one.offering for one in made], actor=clerk)
    for one in made:
        publish_class(one, actor=clerk)
    offerings = list(Offering.objects.filter(round=round).order_by("pk"))
    _fill(round, offerings, people, PAST_TICKETS, clerk, moment(begins - 4 * WEEK, 10 * HOUR))
    freeze(round, actor=clerk, now=moment(begins - 3 * WEEK, 18 * HOUR))
    draw(round, number="0427", witnesses="学员代表王桂兰、周德明，工作人员何敏", actor=clerk, now=round.draws_at)
    publish(round, actor=clerk, now=round.draws_at + dt.timedelta(hours=1))
    tell_results(round.draws_at + dt.timedelta(hours=1))
    for one in made:
        begin_class(one, actor=clerk)


def _make(school: School, term: Term, row: tuple, clerk: User) -> ClassGroup:
    name, code, capacity, starts = row
    facts = ClassFacts(
        term=term, school=school, course=Course.objects.get(school=school, name=name), code=code, capacity=capacity,
        slots=(Slot(SATURDAY, starts, starts + 90),), first_on=term.starts_on, until=term.starts_on + 16 * WEEK,
        mode=Mode.LOTTERY, room=Room.objects.filter(campus__school=school, seats__gte=capacity).order_by("pk").first(),
        teacher=Teacher.objects.get(school=school, person__name=next(row[6] for row in COURSES if row[2] == name)),
        fee=Decimal(160), min_open=5,
    )  # fmt: skip
    return create_class(facts, actor=clerk)


def _fill(
    round: Round, offerings: list[Offering], people: Iterator[Person], count: int, clerk: User, now: dt.datetime
) -> None:
    """Every seventh ticket is a couple's; preferences go round the classes. Who may not have one of them is passed
    over."""
    for number in range(count):
        holders = list(islice(people, 2 if number % 7 == 3 else 1))
        choices = [offerings[(number + step) % len(offerings)] for step in range(min(1 + number % 3, len(offerings)))]
        source = SOURCES[number % 3]
        try:
            with transaction.atomic():
                apply(
                    round, holders, choices, wants=1, source=source, now=now + dt.timedelta(minutes=number),
                    actor=clerk if source in (SignUpSource.DESK, SignUpSource.PHONE) else None,
                    form_key=uuid.uuid5(SPACE, f"{round.pk}:{number}"),
                )  # fmt: skip
        except BusinessError:
            continue
