"""The senior university: schools, what they teach, who teaches, who learns."""

from .catalogue import Course, Department, Major
from .classes import ClassGroup, ClassSession, SessionTeacher, WeeklySlot
from .schools import Campus, Room, School
from .students import Enrolment, Student, StudentCard, StudentSchool
from .teachers import Teacher
from .terms import Term, TermPhase

__all__ = [
    "Campus", "ClassGroup", "ClassSession", "Course", "Department", "Enrolment", "Major", "Room", "School",
    "SessionTeacher", "Student", "StudentCard", "StudentSchool", "Teacher", "Term", "TermPhase", "WeeklySlot",
]  # fmt: skip
