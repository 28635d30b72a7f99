"""Volunteers: teams, who is in them, what they do, for whom, and the time bank."""

from .bank import Account, Bank, Entry, Hold, Kinship, Transfer
from .bank_papers import Approval, OutStatement
from .batches import PostBatch, VolunteerBatch
from .cases import CaseLog, CaseStep
from .certificates import ServiceCertificate
from .donations import Donation
from .pairings import PairingContact, SurrogatePairing
from .plans import TeamPlan
from .posts import BrightRecord, OutsidePost, PartyReport, Patrol, Problem
from .projects import Project, Shift, ShiftSeries, Turn
from .records import CareConfirmation, ServiceRecord
from .requests import Proposal, ServiceRequest
from .talks import Lecturer, Talk, TalkAsk, TalkBooking, TalkCampaign, TalkLecturer, TalkRound, TalkTopic
from .teams import Team, TeamMember
from .volunteers import Volunteer, VolunteerStatement, VolunteerTime

__all__ = [
    "Account", "Approval", "Bank", "BrightRecord", "CareConfirmation", "CaseLog", "CaseStep", "Donation", "Entry",
    "Hold", "Kinship", "Lecturer", "OutStatement", "OutsidePost", "PairingContact", "PartyReport", "Patrol",
    "PostBatch", "Problem", "Project", "Proposal", "ServiceCertificate", "ServiceRecord", "ServiceRequest", "Shift",
    "ShiftSeries", "SurrogatePairing", "Talk", "TalkAsk", "TalkBooking", "TalkCampaign", "TalkLecturer", "TalkRound",
    "TalkTopic", "Team", "TeamMember", "TeamPlan", "Transfer", "Turn", "Volunteer", "VolunteerBatch",
    "VolunteerStatement", "VolunteerTime",
]  # fmt: skip
