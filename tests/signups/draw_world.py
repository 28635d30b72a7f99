"""Rounds, classes to be drawn and people who ask: of a kind of its own, so that draws need no university."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

from apps.signups.choices import Mode, OfferingState
from apps.signups.kinds import Kind
from apps.signups.models import Offering, OfferingTime, Places, Round
from apps.signups.services import draws, tickets
from tests.builders import make_person

ZONE = ZoneInfo("Asia/Shanghai")
OPENS = dt.datetime(2027, 1, 4, 9, tzinfo=ZONE)
CLOSES = dt.datetime(2027, 1, 11, 17, tzinfo=ZONE)
DURING = dt.datetime(2027, 1, 6, 10, tzinfo=ZONE)
DRAWS = dt.datetime(2027, 1, 13, 9, tzinfo=ZONE)
KEY = "talk"


class Talks:
    """What the kind was told, and whom it refuses."""

    def __init__(self):
        self.seated: list = []
        self.refused: dict[tuple[int, int], str] = {}
        self.most: dict[int, int] = {}
        self.alike: list[tuple[int, int]] = []

    def kind(self) -> Kind:
        def refusals(offering, persons, on):
            return {one: self.refused[offering.pk, one] for one in persons if (offering.pk, one) in self.refused}

        return Kind(
            key=KEY,
            label="讲座",
            refusals=refusals,
            seated=lambda rows, on: self.seated.extend(rows),
            freed=lambda rows, on: None,
            phone=lambda offering: "0000-0000",
            permission="signups.change_round",
            left=lambda offering, persons, on: {one: self.most[one] for one in persons if one in self.most},
            alike=lambda offerings: self.alike,
        )


def make_round(unit, **over) -> Round:
    values = {
        "kind": KEY, "unit": unit, "name": "春季抽签", "opens_at": OPENS, "closes_at": CLOSES, "draws_at": DRAWS,
        "draws_where": "一楼礼堂",
    }  # fmt: skip
    return Round.objects.create(**{**values, **over})


def make_drawn(round, title: str, places: int, *, weekday: int = 1, starts: int = 540, **over) -> Offering:
    """A class of the round, on one weekday from `starts` for ninety minutes."""
    offering = Offering.objects.create(
        kind=round.kind, unit=round.unit, title=title, mode=Mode.LOTTERY, state=OfferingState.OPEN, round=round
    )
    Places.objects.create(offering=offering, capacity=places, **over)
    OfferingTime.objects.create(
        offering=offering, weekday=weekday, starts=starts, ends=starts + 90,
        first_on=dt.date(2027, 3, 1), until=dt.date(2027, 7, 1),
    )  # fmt: skip
    return offering


def ask(round, names, choices, *, now=DURING, actor=None, form_key=None, **over):
    """A ticket of one person (a name or a person) or of two."""
    people = [
        one if not isinstance(one, str) else make_person(one) for one in (names if isinstance(names, list) else [names])
    ]
    return tickets.apply(
        round, people, choices, source="web", actor=actor, now=now, form_key=form_key or uuid.uuid4(), **over
    )


def hold(round, *, number="0427", actor=None, now=DRAWS):
    """Freeze and draw; not yet published."""
    draws.freeze(round, actor=actor, now=now)
    return draws.draw(round, number=number, witnesses="学员代表王桂兰、周德明", actor=actor, now=now)
