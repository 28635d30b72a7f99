"""The staff side of the senior university in the stock admin."""

from .absences import AbsenceCaseAdmin, LeaveAdmin
from .broadcasts import CourseNominationAdmin, ProgrammeAdmin, TeachingResearchAdmin
from .certificates import CertificateAdmin
from .class_changes import ClassChangeAdmin, ClassMergeAdmin
from .lessons import LessonAdmin, LessonSeriesAdmin
from .session_acts import SessionActAdmin

__all__ = [
    "AbsenceCaseAdmin", "CertificateAdmin", "ClassChangeAdmin", "ClassMergeAdmin", "LeaveAdmin", "SessionActAdmin",
    "CourseNominationAdmin", "LessonAdmin", "LessonSeriesAdmin", "ProgrammeAdmin", "TeachingResearchAdmin",
]  # fmt: skip
