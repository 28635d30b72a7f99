"""Party organisations, who belongs to them, who serves in them, and what they do."""

from .inspections import Inspection, InspectionFinding
from .looking_after import MemberContact
from .meetings import Attendance, HomeDelivery, Meeting, Programme, StudyRecord
from .memberships import Membership, Post, SpanQuerySet
from .organisations import Organisation, OrganisationAct, OrganisationHonour

__all__ = [
    "Attendance",
    "HomeDelivery",
    "Inspection",
    "InspectionFinding",
    "Meeting",
    "MemberContact",
    "Membership",
    "Organisation",
    "OrganisationAct",
    "OrganisationHonour",
    "Post",
    "Programme",
    "SpanQuerySet",
    "StudyRecord",
]
