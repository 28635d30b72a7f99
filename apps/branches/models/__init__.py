"""Party organisations, who belongs to them, who serves in them, and what they do."""

from .dues import DuesBase, DuesExemption, DuesOff, DuesPayment, DuesYear
from .meetings import Attendance, HomeDelivery, Meeting, Programme, StudyRecord
from .memberships import Membership, Post, SpanQuerySet
from .money import AllowanceLine, AllowanceList, BranchFund, FundEntry
from .organisations import Organisation, OrganisationAct, OrganisationHonour
from .reviews import Review, Talk

__all__ = [
    "AllowanceLine", "AllowanceList", "Attendance", "BranchFund", "DuesBase", "DuesExemption", "DuesOff",
    "DuesPayment", "DuesYear", "FundEntry", "HomeDelivery", "Meeting", "Membership", "Organisation",
    "OrganisationAct", "OrganisationHonour", "Post", "Programme", "Review", "SpanQuerySet", "StudyRecord", "Talk",
]  # fmt: skip
