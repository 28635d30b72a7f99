"""The senior university: schools, what they teach, who teaches, who learns."""

from .broadcasts import CourseNomination, Programme, TeachingResearch
from .catalogue import Course, Department, Major
from .classes import ClassGroup, ClassSession, SessionTeacher, WeeklySlot
from .lectures import Lecture, LectureSeries
from .air import Lesson, LessonDone, LessonFile, LessonSeries
from .schools import Campus, Room, School
from .students import Enrolment, Student, StudentSchool
from .teachers import Teacher
from .terms import Term, TermPhase

__all__ = [
    "Campus", "ClassGroup", "ClassSession", "Course", "Department", "Enrolment", "Major", "Room", "School",
    "CourseNomination", "Lecture", "LectureSeries", "Lesson", "LessonDone", "LessonFile", "LessonSeries", "Programme",
    "TeachingResearch", "SessionTeacher", "Student", "StudentSchool", "Teacher", "Term", "TermPhase", "WeeklySlot",
]  # fmt: skip
