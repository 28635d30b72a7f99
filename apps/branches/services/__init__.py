"""Every write of branches that means something to the bureau."""

from .guards import require_kind, require_level
from .life import close_by_death
from .memberships import appoint, dismiss, join_organisation, leave_organisation
from .organisations import add_organisation
from .rosters import take_up_rosters

__all__ = [
    "add_organisation", "appoint", "close_by_death", "dismiss", "join_organisation", "leave_organisation",
    "require_kind", "require_level", "take_up_rosters",
]  # fmt: skip
