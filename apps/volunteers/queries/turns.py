"""Who is on a shift, in the order of lists, and what is known of when he came."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from apps.volunteers.choices.shifts import TurnState
from apps.volunteers.models import Shift, Turn
from apps.volunteers.rules.shifts import served
from apps.volunteers.rules.times import minute_of

HERE = (TurnState.EXPECTED, TurnState.CAME, TurnState.EXCUSED, TurnState.ABSENT)


def turns_of(shift: Shift) -> QuerySet[Turn]:
    """Everybody with a place, by surname (拼音), with his person and his record."""
    rows = Turn.objects.current().filter(shift=shift, state__in=HERE)
    return rows.select_related("volunteer__person", "record").order_by(
        "volunteer__person__name_sort_key", "volunteer__person__name", "pk"
    )


@dataclass(frozen=True)
class Draft:
    """What is put into the leader's grid for a turn: minutes since midnight within the shift; None where somebody has
    to be asked."""

    turn: Turn
    came: bool
    starts: int | None
    ends: int | None

    @property
    def forgot(self) -> bool:
        """Signed in, never out: the leader is asked when he went."""
        return self.turn.came_at is not None and self.turn.left_at is None


def draft_of(turn: Turn, shift: Shift) -> Draft:
    """From what was signed. Nothing signed: nothing is put in, the leader says who came (rule book 10.14)."""
    if turn.state != TurnState.CAME or turn.came_at is None:
        return Draft(turn, False, None, None)
    came = max(minute_of(timezone.localtime(turn.came_at)), shift.starts)
    if turn.left_at is None:
        return Draft(turn, True, came if came < shift.ends else shift.starts, None)
    counted = served(came, minute_of(timezone.localtime(turn.left_at)), shift.starts, shift.ends)
    return Draft(turn, True, counted.starts, counted.ends) if counted else Draft(turn, True, None, None)


def find_turn(shift: Shift, text: str) -> Turn | None:
    """By what his card's QR holds, or his name where only one on the list has it."""
    typed = "".join(text.split())[:60]
    rows = turns_of(shift)
    try:
        return rows.filter(volunteer__public_id=UUID(typed)).first()
    except ValueError:
        found = list(rows.filter(volunteer__person__name=typed)[:2])
        return found[0] if len(found) == 1 else None
