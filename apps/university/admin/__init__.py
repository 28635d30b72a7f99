"""The staff side of the senior university in the stock admin."""

from .broadcasts import CourseNominationAdmin, ProgrammeAdmin, TeachingResearchAdmin
from .lessons import LessonAdmin, LessonSeriesAdmin
from .misconducts import MisconductAdmin
from .payments import PaymentAdmin
from .refunds import RefundAdmin
from .students import StudentAdmin

__all__ = [
    "CourseNominationAdmin", "LessonAdmin", "LessonSeriesAdmin", "MisconductAdmin", "PaymentAdmin",
    "ProgrammeAdmin", "RefundAdmin", "StudentAdmin", "TeachingResearchAdmin",
]  # fmt: skip
