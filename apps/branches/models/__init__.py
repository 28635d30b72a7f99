"""Party organisations, who belongs to them, who serves in them, and what they do."""

from .classes import ClassSeat, SecretaryClass
from .drafts import Draft
from .dues import DuesBase, DuesExemption, DuesOff, DuesPayment, DuesUpload, DuesYear
from .elections import Ballot, BallotVote, Candidate, Election, ElectionStep, Exclusion, TermShift
from .evaluation import Evaluation, EvaluationLine, EvaluationStep, MicroLecture, Standard, StandardItem
from .floating import FloatingStay
from .inspections import Inspection, InspectionFinding
from .looking_after import MemberContact
from .meetings import Attendance, HomeDelivery, Meeting, Programme, StudyRecord
from .member_uploads import MemberUpload
from .memberships import Membership, Post, SpanQuerySet
from .money import AllowanceLine, AllowanceList, BranchFund, FundEntry
from .organisations import Organisation, OrganisationAct, OrganisationHonour
from .party_age import MedalBatch, MedalCandidate, PartyEvent
from .recruits import Recruit, RecruitStep
from .reviews import Review, Talk
from .transfers import FormerLetter, MoveDecision, Transfer, TransferStep

__all__ = [
    "AllowanceLine", "AllowanceList", "Attendance", "Ballot", "BallotVote", "BranchFund", "Candidate", "ClassSeat",
    "Draft", "DuesBase", "DuesExemption", "DuesOff", "DuesPayment", "DuesUpload", "DuesYear", "Election",
    "ElectionStep", "Evaluation", "EvaluationLine", "EvaluationStep", "Exclusion", "FloatingStay", "FormerLetter",
    "FundEntry", "HomeDelivery", "Inspection", "InspectionFinding", "MedalBatch", "MedalCandidate", "Meeting",
    "MemberContact", "MemberUpload", "Membership", "MicroLecture", "MoveDecision", "Organisation", "OrganisationAct",
    "OrganisationHonour", "PartyEvent", "Post", "Programme", "Recruit", "RecruitStep", "Review", "SecretaryClass",
    "SpanQuerySet", "Standard", "StandardItem", "StudyRecord", "Talk", "TermShift", "Transfer", "TransferStep",
]  # fmt: skip
