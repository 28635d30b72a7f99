"""Forms of branches: what is typed; the services decide."""

from .life import DeliverForm, ProgrammeForm, ReasonForm, ReviewLineForm, StudyRecordForm, TalkForm, VoidForm
from .memberships import DAY, AppointForm, EndForm, FoundForm, JoinForm

__all__ = [
    "DAY", "AppointForm", "DeliverForm", "EndForm", "FoundForm", "JoinForm", "ProgrammeForm", "ReasonForm",
    "ReviewLineForm",
    "StudyRecordForm", "TalkForm", "VoidForm",
]  # fmt: skip
