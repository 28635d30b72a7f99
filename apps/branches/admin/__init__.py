"""The staff side of branches in the stock admin."""

from .classes import SecretaryClassAdmin
from .floating import FloatingStayAdmin, RecruitAdmin
from .life import HomeDeliveryAdmin, MeetingAdmin, ProgrammeAdmin, ReviewAdmin, StudyRecordAdmin, TalkAdmin
from .memberships import MembershipAdmin, PostAdmin
from .organisations import OrganisationAdmin
from .sign_in import CallRequestAdmin, PersonalAccountAdmin
from .transfers import TransferAdmin

__all__ = [
    "CallRequestAdmin", "FloatingStayAdmin", "HomeDeliveryAdmin", "MeetingAdmin", "MembershipAdmin",
    "OrganisationAdmin", "PersonalAccountAdmin", "PostAdmin", "ProgrammeAdmin", "RecruitAdmin", "ReviewAdmin",
    "SecretaryClassAdmin", "StudyRecordAdmin", "TalkAdmin", "TransferAdmin",
]  # fmt: skip
