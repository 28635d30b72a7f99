"""The staff side of the senior university in the stock admin."""

from .absences import AbsenceCaseAdmin, LeaveAdmin
from .broadcasts import CourseNominationAdmin, ProgrammeAdmin, TeachingResearchAdmin
from .catalogue import CourseAdmin, DepartmentAdmin, MajorAdmin
from .certificates import CertificateAdmin
from .class_changes import ClassChangeAdmin, ClassMergeAdmin
from .classes import ClassGroupAdmin
from .continuing import ContinuationAdmin
from .keepsakes import StudentWorkAdmin, SurveyAdmin
from .lectures import LectureAdmin, LectureSeriesAdmin
from .lessons import LessonAdmin, LessonSeriesAdmin
from .misconducts import MisconductAdmin
from .offers import OfferAdmin
from .pads import PadSheetAdmin
from .partners import AgreementAdmin, PartnerAdmin, PracticeBaseAdmin
from .payments import PaymentAdmin
from .queue_days import QueueDayAdmin
from .refunds import RefundAdmin
from .rooms import RoomAdmin, RoomRepairAdmin
from .rounds import RoundAdmin
from .schools import CampusAdmin, SchoolAdmin
from .session_acts import SessionActAdmin
from .sign_ups import SignUpAdmin
from .students import StudentAdmin
from .teachers import TeacherAdmin
from .terms import TermAdmin
from .tickets import TicketAdmin

__all__ = [
    "AbsenceCaseAdmin", "AgreementAdmin", "CampusAdmin", "CertificateAdmin", "ClassChangeAdmin", "ClassGroupAdmin",
    "ClassMergeAdmin", "ContinuationAdmin", "CourseAdmin", "CourseNominationAdmin", "DepartmentAdmin", "LeaveAdmin",
    "LectureAdmin", "LectureSeriesAdmin", "LessonAdmin", "LessonSeriesAdmin", "MajorAdmin", "MisconductAdmin",
    "OfferAdmin", "PadSheetAdmin", "PartnerAdmin", "PaymentAdmin", "PracticeBaseAdmin", "ProgrammeAdmin",
    "QueueDayAdmin", "RefundAdmin", "RoomAdmin", "RoomRepairAdmin", "RoundAdmin", "SchoolAdmin", "SessionActAdmin",
    "SignUpAdmin", "StudentAdmin", "StudentWorkAdmin", "SurveyAdmin", "TeacherAdmin", "TeachingResearchAdmin",
    "TermAdmin", "TicketAdmin",
]  # fmt: skip
