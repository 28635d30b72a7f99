"""The senior university: schools, what they teach, who teaches, who learns."""

from .catalogue import Course, Department, Major
from .classes import ClassGroup, ClassSession, SessionTeacher, WeeklySlot
from .desk import Continuation, PadLine, PadSheet, QueueDay
from .money import Payment, PaymentLine, Refund, RefundBatch, RefundStep
from .partners import Agreement, Partner, PracticeBase
from .rooms import Equipment, RoomRepair
from .schools import Campus, Room, School
from .statements import Misconduct, Statement
from .students import Enrolment, Student, StudentCard, StudentSchool
from .teachers import Teacher, TeacherAssessment, TeacherHiring, TeacherPaper
from .terms import Term, TermPhase

__all__ = [
    "Agreement", "Campus", "ClassGroup", "ClassSession", "Continuation", "Course", "Department", "Enrolment",
    "Equipment", "Major", "Misconduct", "PadLine", "PadSheet", "Partner", "Payment", "PaymentLine", "PracticeBase",
    "QueueDay", "Refund", "RefundBatch", "RefundStep", "Room", "RoomRepair", "School", "SessionTeacher", "Statement",
    "Student", "StudentCard", "StudentSchool", "Teacher", "TeacherAssessment", "TeacherHiring", "TeacherPaper",
    "Term", "TermPhase", "WeeklySlot",
]  # fmt: skip
