"""Students and money of the senior university in the world of the access matrix: one of each a side, and what each
page asks for as (right, model whose key stands in the address, right to send)."""

import datetime as dt
import uuid
from decimal import Decimal

from apps.signups.services.seats import sign_up
from apps.university.models import ClassGroup, Enrolment, Misconduct, Payment, PaymentLine, Refund, Statement
from tests.builders import make_class, make_person, make_school

DAY = dt.date(2026, 9, 8)
SUMMER = dt.datetime(2026, 8, 20, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))
NOBODY = "nobody"
FOREIGN = "金丝雀乙"
STUDENT = "丁学员"


def _enrolment(side) -> Enrolment:
    """The one enrolment of a side: who was made first is found by all who look for one."""
    group = ClassGroup.objects.filter(school__unit=side.unit).order_by("pk").first()
    if group is None:
        group = make_class(make_school(f"{side.unit.name}老年大学", unit=side.unit), capacity=10)
    found = Enrolment.objects.filter(class_group=group, state="in").order_by("pk").first()
    if found is None:
        name = FOREIGN if side.cadre.person.name == FOREIGN else STUDENT
        person = make_person(name, birth_date="1955-02-03")
        row = sign_up(group.offering, person, source="desk", actor=None, now=SUMMER, form_key=uuid.uuid4())
        found = Enrolment.objects.get(sign_up=row)
    return found


def _payment(side) -> Payment:
    row = _enrolment(side)
    payment = Payment.objects.create(
        public_id=uuid.uuid4(), number=f"2609-{row.pk:06d}", school=row.class_group.school, student=row.student,
        paid_on=DAY, method="cash", amount=600, entered_at=SUMMER,
    )  # fmt: skip
    PaymentLine.objects.create(payment=payment, enrolment=row, amount=600)
    return payment


def _refund(side) -> Refund:
    payment = side.objects["university.payment"]
    row = payment.lines.get().enrolment
    return Refund.objects.create(
        school=payment.school, enrolment=row, cause="own", applied_on=DAY, left_on=DAY, moved_on=DAY, sessions=0,
        basis=Decimal(600), share=100, amount=Decimal(600), words="还没开课",
    )  # fmt: skip


def _statement(side) -> Statement:
    row = _enrolment(side)
    return Statement.objects.create(
        student=row.student, school=row.class_group.school, kind="safety", signed_on=DAY
    )  # fmt: skip


STUDENT_OBJECTS = {
    "university.student": lambda side: _enrolment(side).student,
    "university.statement": _statement,
    "university.payment": _payment,
    "university.refund": _refund,
    "university.misconduct": lambda side: Misconduct.objects.create(
        student=_enrolment(side).student, school=_enrolment(side).class_group.school, happened_on=DAY, cause="吵闹"
    ),
}
SEE, CHANGE, ADD = "university.view_student", "university.change_student", "university.add_student"
MONEY, REFUNDS = "university.view_payment", "university.view_refund"
ONE, PAID, BACK = "university.student", "university.payment", "university.refund"
STUDENT_PAGES = {
    "admin:university_student_papers": (CHANGE, ONE),
    # Asked for a kind of paper that there is not.
    "admin:university_student_paper": (NOBODY, ONE),
    "admin:university_student_card": (CHANGE, ONE),
    "admin:university_student_pay": ("university.add_payment", ONE),
    "admin:university_student_statement": (CHANGE, "university.statement"),
    "admin:university_student_reprice": ("university.add_payment", "university.enrolment"),
    "admin:university_student_new": (ADD,),
    "admin:university_student_cards": (ADD,),
    "admin:university_student_import": (ADD,),
    "admin:university_student_template": (ADD,),
    "admin:university_student_batch": (NOBODY, ONE),
    "admin:university_student_refused": (NOBODY, ONE),
    "admin:university_payment_due": (MONEY,),
    "admin:university_payment_report": (MONEY,),
    "admin:university_payment_report_print": (MONEY,),
    "admin:university_payment_report_file": (MONEY,),
    "admin:university_payment_release": ("university.release_place", "university.enrolment"),
    "admin:university_payment_print": (MONEY, PAID),
    "admin:university_payment_contra": ("university.change_payment", PAID),
    "admin:university_payment_receipt": ("university.change_payment", PAID),
    "admin:university_refund_waiting": (REFUNDS,),
    # Only of a class that was cancelled.
    "admin:university_refund_class": (NOBODY, "university.classgroup"),
    "admin:university_refund_class_print": (NOBODY, "university.classgroup"),
    "admin:university_refund_send": ("university.change_refund",),
    "admin:university_refund_batch": (NOBODY, BACK),
    "admin:university_refund_act": ("university.change_refund", BACK),
    "admin:university_refund_print": (REFUNDS, BACK, "university.change_refund"),
    "admin:university_refund_proof": (NOBODY, BACK),
}
# Entries are only ever added, at a student's page; there is no form and no history of one.
STUDENT_EXCEPTIONS = {
    "admin:university_payment_add": (NOBODY,),
    # Pages to read: what is sent to them changes nothing.
    "admin:university_payment_change": (MONEY, PAID),
    "admin:university_refund_change": (REFUNDS, BACK),
    "admin:university_payment_history": (NOBODY, PAID),
}
