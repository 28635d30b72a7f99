"""The staff side of the senior university in the stock admin."""

from .broadcasts import CourseNominationAdmin, ProgrammeAdmin, TeachingResearchAdmin
from .continuing import ContinuationAdmin
from .lessons import LessonAdmin, LessonSeriesAdmin
from .offers import OfferAdmin
from .pads import PadSheetAdmin
from .queue_days import QueueDayAdmin
from .rounds import RoundAdmin
from .sign_ups import SignUpAdmin
from .tickets import TicketAdmin

__all__ = [
    "ContinuationAdmin", "CourseNominationAdmin", "LessonAdmin", "LessonSeriesAdmin", "OfferAdmin", "PadSheetAdmin",
    "ProgrammeAdmin", "QueueDayAdmin", "RoundAdmin", "SignUpAdmin", "TeachingResearchAdmin", "TicketAdmin",
]  # fmt: skip
