"""The staff side of branches in the stock admin."""

from .elections import ElectionAdmin
from .memberships import MembershipAdmin, PostAdmin
from .organisations import OrganisationAdmin

__all__ = ["ElectionAdmin", "MembershipAdmin", "OrganisationAdmin", "PostAdmin"]
