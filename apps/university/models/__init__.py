"""The senior university: schools, what they teach, who teaches, who learns."""

from .catalogue import Course, Department, Major
from .classes import ClassGroup, ClassSession, SessionTeacher, WeeklySlot
from .partners import Agreement, Partner, PracticeBase
from .rooms import Equipment, RoomRepair
from .schools import Campus, Room, School
from .students import Enrolment, Student, StudentCard, StudentSchool
from .teachers import Teacher, TeacherAssessment, TeacherHiring, TeacherPaper
from .terms import Term, TermPhase

__all__ = [
    "Agreement", "Campus", "ClassGroup", "ClassSession", "Course", "Department", "Enrolment", "Equipment", "Major",
    "Partner", "PracticeBase", "Room", "RoomRepair", "School", "SessionTeacher", "Student", "StudentCard", "StudentSchool",
    "Teacher", "TeacherAssessment", "TeacherHiring", "TeacherPaper", "Term", "TermPhase", "WeeklySlot",
]  # fmt: skip
