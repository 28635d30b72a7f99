"""The staff side of branches in the stock admin."""

from .dues import DuesExemptionAdmin, DuesOffAdmin, DuesPaymentAdmin
from .memberships import MembershipAdmin, PostAdmin
from .money import AllowanceListAdmin, BranchFundAdmin
from .organisations import OrganisationAdmin

__all__ = [
    "AllowanceListAdmin",
    "BranchFundAdmin",
    "DuesExemptionAdmin",
    "DuesOffAdmin",
    "DuesPaymentAdmin",
    "MembershipAdmin",
    "OrganisationAdmin",
    "PostAdmin",
]
