"""The staff side of the senior university in the stock admin."""

from .broadcasts import CourseNominationAdmin, ProgrammeAdmin, TeachingResearchAdmin
from .catalogue import CourseAdmin, DepartmentAdmin, MajorAdmin
from .classes import ClassGroupAdmin
from .lessons import LessonAdmin, LessonSeriesAdmin
from .partners import AgreementAdmin, PartnerAdmin, PracticeBaseAdmin
from .rooms import RoomAdmin, RoomRepairAdmin
from .rounds import RoundAdmin
from .schools import CampusAdmin, SchoolAdmin
from .teachers import TeacherAdmin
from .terms import TermAdmin
from .tickets import TicketAdmin

__all__ = [
    "AgreementAdmin", "CampusAdmin", "ClassGroupAdmin", "CourseAdmin", "CourseNominationAdmin", "DepartmentAdmin",
    "LessonAdmin", "LessonSeriesAdmin", "MajorAdmin", "PartnerAdmin", "PracticeBaseAdmin", "ProgrammeAdmin",
    "RoomAdmin", "RoomRepairAdmin", "RoundAdmin", "SchoolAdmin", "TeacherAdmin", "TeachingResearchAdmin",
    "TermAdmin", "TicketAdmin",
]  # fmt: skip
