"""The staff side of branches in the stock admin."""

from .memberships import MembershipAdmin, PostAdmin
from .organisations import OrganisationAdmin
from .sign_in import CallRequestAdmin, PersonalAccountAdmin

__all__ = ["CallRequestAdmin", "MembershipAdmin", "OrganisationAdmin", "PersonalAccountAdmin", "PostAdmin"]
