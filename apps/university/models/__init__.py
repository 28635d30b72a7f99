"""The senior university: schools, what they teach, who teaches, who learns."""

from .catalogue import Course, Department, Major
from .classes import ClassGroup, ClassSession, SessionTeacher, WeeklySlot
from .desk import Continuation, PadLine, PadSheet, QueueDay
from .schools import Campus, Room, School
from .students import Enrolment, Student, StudentCard, StudentSchool
from .teachers import Teacher
from .terms import Term, TermPhase

__all__ = [
    "Campus", "ClassGroup", "ClassSession", "Continuation", "Course", "Department", "Enrolment", "Major", "PadLine",
    "PadSheet", "QueueDay", "Room", "School", "SessionTeacher", "Student", "StudentCard", "StudentSchool", "Teacher",
    "Term", "TermPhase", "WeeklySlot",
]  # fmt: skip
