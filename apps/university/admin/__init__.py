"""The staff side of the senior university in the stock admin."""

from .broadcasts import CourseNominationAdmin, ProgrammeAdmin, TeachingResearchAdmin
from .lessons import LessonAdmin, LessonSeriesAdmin

__all__ = [
    "CourseNominationAdmin", "LessonAdmin", "LessonSeriesAdmin", "ProgrammeAdmin", "TeachingResearchAdmin",
]  # fmt: skip
