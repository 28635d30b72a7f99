"""The senior university: schools, what they teach, who teaches, who learns."""

from .attendance import AbsenceCase, Attendance, DoorTap, Leave, RollCall
from .catalogue import Course, Department, Major
from .certificates import Certificate
from .changes import ClassChange, ClassMerge, ClassNotice, MergeAnswer, NoticeLine, SessionAct
from .classes import ClassGroup, ClassSession, SessionTeacher, WeeklySlot
from .schools import Campus, Room, School
from .students import Enrolment, Student, StudentSchool
from .teachers import Teacher
from .terms import Term, TermPhase

__all__ = [
    "AbsenceCase", "Attendance", "Campus", "Certificate", "ClassChange", "ClassMerge", "ClassNotice", "DoorTap",
    "Leave", "MergeAnswer", "NoticeLine", "RollCall", "SessionAct",
    "ClassGroup", "ClassSession", "Course", "Department", "Enrolment", "Major", "Room", "School",
    "SessionTeacher", "Student", "StudentSchool", "Teacher", "Term", "TermPhase", "WeeklySlot",
]  # fmt: skip
