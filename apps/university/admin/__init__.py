"""The staff side of the senior university in the stock admin."""

from .broadcasts import CourseNominationAdmin, ProgrammeAdmin, TeachingResearchAdmin
from .continuing import ContinuationAdmin
from .lessons import LessonAdmin, LessonSeriesAdmin
from .offers import OfferAdmin
from .pads import PadSheetAdmin
from .queue_days import QueueDayAdmin
from .sign_ups import SignUpAdmin

__all__ = [
    "ContinuationAdmin", "CourseNominationAdmin", "LessonAdmin", "LessonSeriesAdmin", "OfferAdmin", "PadSheetAdmin",
    "ProgrammeAdmin", "QueueDayAdmin", "SignUpAdmin", "TeachingResearchAdmin",
]  # fmt: skip
