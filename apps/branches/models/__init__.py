"""Party organisations, who belongs to them, who serves in them, and what they do."""

from .meetings import Attendance, HomeDelivery, Meeting, Programme, StudyRecord
from .memberships import Membership, Post, SpanQuerySet
from .organisations import Organisation

__all__ = [
    "Attendance",
    "HomeDelivery",
    "Meeting",
    "Membership",
    "Organisation",
    "Post",
    "Programme",
    "SpanQuerySet",
    "StudyRecord",
]
