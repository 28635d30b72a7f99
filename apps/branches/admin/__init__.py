"""The staff side of branches in the stock admin."""

from .memberships import MembershipAdmin, PostAdmin
from .organisations import OrganisationAdmin

__all__ = ["MembershipAdmin", "OrganisationAdmin", "PostAdmin"]
