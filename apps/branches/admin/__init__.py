"""The staff side of branches in the stock admin."""

from .classes import SecretaryClassAdmin
from .dues import DuesExemptionAdmin, DuesOffAdmin, DuesPaymentAdmin
from .elections import ElectionAdmin
from .evaluation_standards import StandardAdmin
from .evaluations import EvaluationAdmin
from .floating import FloatingStayAdmin, RecruitAdmin
from .inspections import InspectionAdmin
from .life import HomeDeliveryAdmin, MeetingAdmin, ProgrammeAdmin, ReviewAdmin, StudyRecordAdmin, TalkAdmin
from .medals import MedalBatchAdmin, PartyEventAdmin
from .memberships import MembershipAdmin, PostAdmin
from .money import AllowanceListAdmin, BranchFundAdmin
from .organisations import OrganisationAdmin
from .sign_in import CallRequestAdmin, PersonalAccountAdmin
from .transfers import TransferAdmin

__all__ = [
    "AllowanceListAdmin", "BranchFundAdmin", "CallRequestAdmin", "DuesExemptionAdmin", "DuesOffAdmin",
    "DuesPaymentAdmin", "ElectionAdmin", "EvaluationAdmin", "FloatingStayAdmin", "HomeDeliveryAdmin",
    "InspectionAdmin", "MedalBatchAdmin", "MeetingAdmin", "MembershipAdmin", "OrganisationAdmin", "PartyEventAdmin",
    "PersonalAccountAdmin", "PostAdmin", "ProgrammeAdmin", "RecruitAdmin", "ReviewAdmin", "SecretaryClassAdmin",
    "StandardAdmin", "StudyRecordAdmin", "TalkAdmin", "TransferAdmin",
]  # fmt: skip
