"""The senior university: schools, what they teach, who teaches, who learns."""

from .catalogue import Course, Department, Major
from .classes import ClassGroup, ClassSession, SessionTeacher, WeeklySlot
from .money import Payment, PaymentLine, Refund, RefundBatch, RefundStep
from .schools import Campus, Room, School
from .statements import Misconduct, Statement
from .students import Enrolment, Student, StudentCard, StudentSchool
from .teachers import Teacher
from .terms import Term, TermPhase

__all__ = [
    "Campus", "ClassGroup", "ClassSession", "Course", "Department", "Enrolment", "Major", "Misconduct", "Payment",
    "PaymentLine", "Refund", "RefundBatch", "RefundStep", "Room", "School", "SessionTeacher", "Statement", "Student",
    "StudentCard", "StudentSchool", "Teacher", "Term", "TermPhase", "WeeklySlot",
]  # fmt: skip
