"""The staff side of the senior university in the stock admin."""

from .broadcasts import CourseNominationAdmin, ProgrammeAdmin, TeachingResearchAdmin
from .catalogue import CourseAdmin, DepartmentAdmin, MajorAdmin
from .classes import ClassGroupAdmin
from .lessons import LessonAdmin, LessonSeriesAdmin
from .misconducts import MisconductAdmin
from .partners import AgreementAdmin, PartnerAdmin, PracticeBaseAdmin
from .payments import PaymentAdmin
from .refunds import RefundAdmin
from .rooms import RoomAdmin, RoomRepairAdmin
from .rounds import RoundAdmin
from .schools import CampusAdmin, SchoolAdmin
from .students import StudentAdmin
from .teachers import TeacherAdmin
from .terms import TermAdmin
from .tickets import TicketAdmin

__all__ = [
    "AgreementAdmin", "CampusAdmin", "ClassGroupAdmin", "CourseAdmin", "CourseNominationAdmin", "DepartmentAdmin",
    "LessonAdmin", "LessonSeriesAdmin", "MajorAdmin", "MisconductAdmin", "PartnerAdmin", "PaymentAdmin",
    "PracticeBaseAdmin", "ProgrammeAdmin", "RefundAdmin", "RoomAdmin", "RoomRepairAdmin", "RoundAdmin",
    "SchoolAdmin", "StudentAdmin", "TeacherAdmin", "TeachingResearchAdmin", "TermAdmin", "TicketAdmin",
]  # fmt: skip
