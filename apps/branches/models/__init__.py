"""Party organisations, who belongs to them, who serves in them, and what they do."""

from .meetings import Attendance, HomeDelivery, Meeting, Programme, StudyRecord
from .memberships import Membership, Post, SpanQuerySet
from .organisations import Organisation, OrganisationAct, OrganisationHonour
from .reviews import Review, Talk

__all__ = [
    "Attendance",
    "HomeDelivery",
    "Meeting",
    "Membership",
    "Organisation",
    "OrganisationAct",
    "OrganisationHonour",
    "Post",
    "Programme",
    "Review",
    "SpanQuerySet",
    "StudyRecord",
    "Talk",
]
