"""Party organisations, who belongs to them, who serves in them, and what they do."""

from .dues import DuesBase, DuesExemption, DuesOff, DuesPayment, DuesUpload, DuesYear
from .meetings import Attendance, HomeDelivery, Meeting, Programme, StudyRecord
from .memberships import Membership, Post, SpanQuerySet
from .money import AllowanceLine, AllowanceList, BranchFund, FundEntry
from .organisations import Organisation

__all__ = [
    "AllowanceLine",
    "AllowanceList",
    "Attendance",
    "BranchFund",
    "DuesBase",
    "DuesExemption",
    "DuesOff",
    "DuesPayment",
    "DuesUpload",
    "DuesYear",
    "FundEntry",
    "HomeDelivery",
    "Meeting",
    "Membership",
    "Organisation",
    "Post",
    "Programme",
    "SpanQuerySet",
    "StudyRecord",
]
