"""The staff side of branches in the stock admin."""

from .inspections import InspectionAdmin
from .memberships import MembershipAdmin, PostAdmin
from .organisations import OrganisationAdmin

__all__ = ["InspectionAdmin", "MembershipAdmin", "OrganisationAdmin", "PostAdmin"]
