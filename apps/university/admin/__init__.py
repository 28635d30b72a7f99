"""The staff side of the senior university in the stock admin."""

from .broadcasts import CourseNominationAdmin, ProgrammeAdmin, TeachingResearchAdmin
from .lectures import LectureAdmin, LectureSeriesAdmin
from .lessons import LessonAdmin, LessonSeriesAdmin
from .rounds import RoundAdmin
from .tickets import TicketAdmin

__all__ = [
    "CourseNominationAdmin", "LectureAdmin", "LectureSeriesAdmin", "LessonAdmin", "LessonSeriesAdmin", "ProgrammeAdmin",
    "RoundAdmin", "TeachingResearchAdmin", "TicketAdmin",
]  # fmt: skip
