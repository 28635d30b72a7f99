"""The staff side of branches in the stock admin."""

from .classes import SecretaryClassAdmin
from .floating import FloatingStayAdmin, RecruitAdmin
from .memberships import MembershipAdmin, PostAdmin
from .organisations import OrganisationAdmin
from .transfers import TransferAdmin

__all__ = [
    "FloatingStayAdmin", "MembershipAdmin", "OrganisationAdmin", "PostAdmin", "RecruitAdmin", "SecretaryClassAdmin",
    "TransferAdmin",
]  # fmt: skip
