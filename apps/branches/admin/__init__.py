"""The staff side of branches in the stock admin."""

from .life import HomeDeliveryAdmin, MeetingAdmin, ProgrammeAdmin, ReviewAdmin, StudyRecordAdmin, TalkAdmin
from .memberships import MembershipAdmin, PostAdmin
from .organisations import OrganisationAdmin

__all__ = [
    "HomeDeliveryAdmin", "MeetingAdmin", "MembershipAdmin", "OrganisationAdmin", "PostAdmin", "ProgrammeAdmin",
    "ReviewAdmin", "StudyRecordAdmin", "TalkAdmin",
]  # fmt: skip
