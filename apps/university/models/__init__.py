"""The senior university: schools, what they teach, who teaches, who learns."""

from .air import Lesson, LessonDone, LessonFile, LessonSeries, LessonWish
from .attendance import AbsenceCase, Attendance, DoorTap, Leave, RollCall
from .broadcasts import CourseNomination, Programme, TeachingResearch
from .catalogue import Course, Department, Major
from .certificates import Certificate
from .changes import ClassChange, ClassMerge, ClassNotice, MergeAnswer, NoticeLine, SessionAct
from .classes import ClassGroup, ClassSession, SessionTeacher, WeeklySlot
from .desk import Continuation, PadLine, PadSheet, QueueDay
from .lectures import Lecture, LectureSeries
from .money import Payment, PaymentLine, Refund, RefundBatch, RefundStep
from .partners import Agreement, Partner, PracticeBase
from .rooms import Equipment, RoomRepair
from .schools import Campus, Room, School
from .statements import Misconduct, Statement
from .students import Enrolment, Student, StudentCard, StudentSchool
from .surveys import Survey, SurveyAnswer, SurveyTaken
from .teachers import Teacher, TeacherAssessment, TeacherHiring, TeacherPaper
from .terms import Term, TermPhase
from .works import StudentWork

__all__ = [
    "AbsenceCase", "Agreement", "Attendance", "Campus", "Certificate", "ClassChange", "ClassGroup", "ClassMerge",
    "ClassNotice", "ClassSession", "Continuation", "Course", "CourseNomination", "Department", "DoorTap",
    "Enrolment", "Equipment", "Leave", "Lecture", "LectureSeries", "Lesson", "LessonDone", "LessonFile",
    "LessonSeries", "LessonWish", "Major", "MergeAnswer", "Misconduct", "NoticeLine", "PadLine", "PadSheet",
    "Partner", "Payment", "PaymentLine", "PracticeBase", "Programme", "QueueDay", "Refund", "RefundBatch",
    "RefundStep", "RollCall", "Room", "RoomRepair", "School", "SessionAct", "SessionTeacher", "Statement", "Student",
    "StudentCard", "StudentSchool", "StudentWork", "Survey", "SurveyAnswer", "SurveyTaken", "Teacher",
    "TeacherAssessment", "TeacherHiring", "TeacherPaper", "TeachingResearch", "Term", "TermPhase", "WeeklySlot",
]  # fmt: skip
