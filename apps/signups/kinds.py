"""The fifth socket: what a room above says about the offerings it makes (classes, shifts, activities).

Plugged in `AppConfig.ready` of each room, listed in the architecture test. Functions are called inside the
transaction of the act; none of them may lock an offering or a person (`services` has done it).
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from .models import Offering, SignUp


@dataclass(frozen=True)
class Kind:
    """`refusals(offering, person ids, on)`: who may not have a place there on a day, each with the sentence that is
    shown to him; who is not named may. One statement for however many people.

    `seated(sign_ups, on)` and `freed(sign_ups, on)`: what the room does in the same transaction when places were given
    or given up, in one go for many. `phone(offering)`: whom to ring about it.
    `permission`: whoever holds it on the offering's unit works on its places, and hears when somebody must be rung.

    `left(offering, person ids, on)`: how many more places each of them may take where that offering is one of them; who
    is not named may take any number. `alike(offerings)`: which of them nobody may have together, beside those at the
    same time. None: there is no such rule.

    `offers_until(offering)`: the moment from which on no place is offered or accepted any more, and open offers lapse
    (rule book 9.8); None: offers go on for the days that the rule set says.
    """

    key: str
    label: str
    refusals: Callable[[Offering, Iterable[int], dt.date], Mapping[int, str]]
    seated: Callable[[list[SignUp], dt.date], None]
    freed: Callable[[list[SignUp], dt.date], None]
    phone: Callable[[Offering], str]
    permission: str = ""
    left: Callable[[Offering, Iterable[int], dt.date], Mapping[int, int]] | None = None
    alike: Callable[[Iterable[Offering]], Iterable[tuple[int, int]]] | None = None
    offers_until: Callable[[Offering], dt.datetime | None] | None = None


kinds: dict[str, Kind] = {}


def plug(kind: Kind) -> None:
    """Declaring a key twice is a mistake."""
    if kind.key in kinds:
        raise ValueError(f"declared twice: {kind.key}")
    kinds[kind.key] = kind


def kind_of(offering: Offering) -> Kind:
    return kinds[offering.kind]


def last_moment(offering: Offering) -> dt.datetime | None:
    """From when on nothing of it is offered or accepted any more; None: its kind sets no such moment."""
    ask = kind_of(offering).offers_until
    return ask(offering) if ask else None
