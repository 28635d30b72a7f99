"""The senior university: schools, what they teach, who teaches, who learns."""

from .air import Lesson, LessonDone, LessonFile, LessonSeries
from .broadcasts import CourseNomination, Programme, TeachingResearch
from .catalogue import Course, Department, Major
from .classes import ClassGroup, ClassSession, SessionTeacher, WeeklySlot
from .lectures import Lecture, LectureSeries
from .schools import Campus, Room, School
from .students import Enrolment, Student, StudentCard, StudentSchool
from .teachers import Teacher
from .terms import Term, TermPhase

__all__ = [
    "Campus", "ClassGroup", "ClassSession", "Course", "CourseNomination", "Department", "Enrolment", "Lecture",
    "LectureSeries", "Lesson", "LessonDone", "LessonFile", "LessonSeries", "Major", "Programme", "Room", "School",
    "SessionTeacher", "Student", "StudentCard", "StudentSchool", "Teacher", "TeachingResearch", "Term", "TermPhase",
    "WeeklySlot",
]  # fmt: skip
