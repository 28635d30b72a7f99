"""The merge socket: every room says what becomes of its rows when two entries of one person are made one (ADR 0018).

Declared in `AppConfig.ready` by each room for its own models. A test holds that every key to Person and Cadre, and
every column that keeps a person's number without a key, is named here once.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from django.db.models import Model

from .models import Person


class How(Enum):
    """MOVE: goes to the one who stays; where he has the same already, the row stays with the alias. STOP: goes too, but
    where he has the same already nothing is merged. KEEP: stays with the alias as what it was."""

    MOVE = "move"
    STOP = "stop"
    KEEP = "keep"


@dataclass(frozen=True)
class Rule:
    """`words`: of STOP, the sentence that refuses the merge; of KEEP, why it stays."""

    how: How
    words: str = ""


@dataclass(frozen=True)
class Edit:
    """Another change of one row that goes with a merge: columns and what they become. Undone with it."""

    row: Model
    values: Mapping[str, object]


Check = Callable[[Person, Person, dt.date], Iterable[str]]
Edits = Callable[[Person, Person, dt.datetime], Iterable[Edit]]
MOVE = Rule(How.MOVE)

relations: dict[str, Rule] = {}  # app.Model.field → rule
bare: dict[str, str] = {}  # app.Model.field → what becomes of the number in it
checks: list[Check] = []  # (winner, loser, on) → sentences, each a reason not to merge
edits: list[Edits] = []  # (winner, loser, now) → further changes, after the rows were moved


def declare(
    *, rules: Mapping[str, Rule], numbers: Mapping[str, str] | None = None, stops: Iterable[Check] = (),
    changes: Iterable[Edits] = (),
) -> None:  # fmt: skip
    """Plug one room's part in. Declaring a column twice is a mistake."""
    for known, told in ((relations, rules), (bare, numbers or {})):
        if twice := known.keys() & told.keys():
            raise ValueError(f"declared twice: {sorted(twice)}")
        known.update(told)
    checks.extend(stops)
    edits.extend(changes)
