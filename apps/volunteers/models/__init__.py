"""Volunteers: teams, who is in them, what they do, for whom, and the time bank."""

from .bank import Account, Bank, Entry, Hold, Kinship, Transfer
from .bank_papers import Approval, OutStatement
from .batches import VolunteerBatch
from .certificates import ServiceCertificate
from .plans import TeamPlan
from .projects import Project, Shift, ShiftSeries, Turn
from .records import CareConfirmation, ServiceRecord
from .requests import Proposal, ServiceRequest
from .teams import Team, TeamMember
from .volunteers import Volunteer, VolunteerStatement, VolunteerTime

__all__ = [
    "Account", "Approval", "Bank", "CareConfirmation", "Entry", "Hold", "Kinship", "OutStatement", "Project",
    "Proposal", "ServiceCertificate", "ServiceRecord", "ServiceRequest", "Shift", "ShiftSeries", "Team", "TeamMember", "TeamPlan",
    "Transfer", "Turn", "Volunteer", "VolunteerBatch", "VolunteerStatement", "VolunteerTime",
]  # fmt: skip
