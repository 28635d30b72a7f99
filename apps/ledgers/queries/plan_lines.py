"""A fact of a plan's section, and about whom it is asked."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from apps.registry.models import Cadre


@dataclass(frozen=True, kw_only=True)
class Line:
    """One fact. `right`: whoever reads it later must hold this right on the person; empty: as the plan itself.
    `inside`: for staff on the page alone, never on paper: he and his family read and sign that (domain 0, words such
    as 双高期 and 失能)."""

    label: str
    text: str
    right: str = ""
    inside: bool = False


@dataclass(frozen=True, kw_only=True)
class About:
    """Whom, on which day, and what the reader may see (`sees(right)`, asked on this person)."""

    cadre: Cadre
    on: dt.date
    sees: Callable[[str], bool]
