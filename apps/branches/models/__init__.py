"""Party organisations, who belongs to them, who serves in them, and what they do."""

from .classes import ClassSeat, SecretaryClass
from .floating import FloatingStay
from .meetings import Attendance, HomeDelivery, Meeting, Programme, StudyRecord
from .memberships import Membership, Post, SpanQuerySet
from .organisations import Organisation
from .recruits import Recruit, RecruitStep
from .transfers import FormerLetter, MoveDecision, Transfer, TransferStep

__all__ = [
    "Attendance",
    "ClassSeat",
    "FloatingStay",
    "FormerLetter",
    "HomeDelivery",
    "Meeting",
    "Membership",
    "MoveDecision",
    "Organisation",
    "Post",
    "Programme",
    "Recruit",
    "RecruitStep",
    "SecretaryClass",
    "SpanQuerySet",
    "StudyRecord",
    "Transfer",
    "TransferStep",
]
