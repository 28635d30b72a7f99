"""Party organisations, who belongs to them, who serves in them, and what they do."""

from .elections import Ballot, BallotVote, Candidate, Election, ElectionStep, Exclusion, TermShift
from .meetings import Attendance, HomeDelivery, Meeting, Programme, StudyRecord
from .memberships import Membership, Post, SpanQuerySet
from .organisations import Organisation, OrganisationAct, OrganisationHonour

__all__ = [
    "Attendance",
    "Ballot",
    "BallotVote",
    "Candidate",
    "Election",
    "ElectionStep",
    "Exclusion",
    "HomeDelivery",
    "Meeting",
    "Membership",
    "Organisation",
    "OrganisationAct",
    "OrganisationHonour",
    "Post",
    "Programme",
    "SpanQuerySet",
    "StudyRecord",
    "TermShift",
]
