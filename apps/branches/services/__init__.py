"""Every write of branches that means something to the bureau."""

from .dissolving import dissolve, undo_dissolution
from .guards import require_kind, require_level
from .life import close_by_death
from .memberships import appoint, dismiss, join_organisation, leave_organisation
from .organisations import add_organisation, change_organisation, give_honour, move_organisation
from .rosters import take_up_rosters

__all__ = [
    "add_organisation", "appoint", "change_organisation", "close_by_death", "dismiss", "dissolve", "give_honour",
    "join_organisation", "leave_organisation", "move_organisation", "require_kind", "require_level", "take_up_rosters",
    "undo_dissolution",
]  # fmt: skip
