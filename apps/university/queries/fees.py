"""Reads over money: what is owed, what was paid and given back, the report of a day."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from apps.university.choices.money import PaymentMethod, RefundState
from apps.university.choices.schools import SessionState
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassSession, Enrolment, Payment, PaymentLine, Refund, School, Student

ZERO = Decimal("0.00")
# The classes of payments, in one statement for however many.
LINES = Prefetch("lines", PaymentLine.objects.select_related("enrolment__class_group__course"))


def held_until(class_group_id: int, on: dt.date) -> int:
    """Lessons held up to a day: those of earlier days that were not called off, and of the day itself those that are
    marked as held. See rule book 9.35."""
    midnight = timezone.make_aware(dt.datetime.combine(on, dt.time.min))
    rows = ClassSession.objects.filter(class_group=class_group_id, voided_at__isnull=True)
    that_day = Q(starts_at__lt=midnight + dt.timedelta(days=1), state=SessionState.HELD)
    return rows.filter(Q(starts_at__lt=midnight) | that_day).exclude(state=SessionState.CANCELLED).count()


def unpaid(rows: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """Places that stand and are not paid for in full; the basis of reminders."""
    return rows.filter(state=EnrolmentState.STUDYING, voided_at__isnull=True, paid__lt=F("fee_due"))


def overdue(rows: QuerySet[Enrolment], on: dt.date) -> QuerySet[Enrolment]:
    """Those of `unpaid` whose last day to pay is over (rule book 9.34)."""
    return unpaid(rows).filter(pay_by__lt=on)


def to_refund(rows: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """Places that ended with money of theirs here, and nobody has asked for it yet: to be looked at one by one. What
    the rules do not give back stays on the list until somebody wrote that down (a refund that was refused)."""
    ended = Q(state__in=(EnrolmentState.LEFT, EnrolmentState.CANCELLED, EnrolmentState.CHANGED))
    asked = Refund.objects.filter(voided_at__isnull=True).order_by().values("enrolment_id")
    return rows.filter(ended | Q(voided_at__isnull=False), paid__gt=F("refunded")).exclude(pk__in=asked)


@dataclass(frozen=True)
class Line:
    """One class of a student in money. `state`: 待缴费, 已缴清, 已退费, 免费."""

    enrolment: Enrolment
    due: Decimal
    paid: Decimal
    refunded: Decimal
    owes: Decimal
    state: str
    tone: str


@dataclass(frozen=True)
class StudentStatement:
    """Everything about money of one student, newest first: for his page, and for himself below /me/."""

    lines: list[Line]
    payments: list[Payment]
    refunds: list[Refund]

    @property
    def owes(self) -> Decimal:
        return sum((line.owes for line in self.lines), ZERO)


def statement_of(student: Student, schools: Iterable[School] | None = None) -> StudentStatement:
    """What he owes, paid and was given back; of all schools, or for staff of theirs. Three statements."""
    rows = Enrolment.objects.filter(student=student).filter(Q(voided_at__isnull=True) | Q(paid__gt=0))
    payments = Payment.objects.filter(student=student).select_related("school", "received_by", "contra")
    refunds = Refund.objects.filter(enrolment__student=student, voided_at__isnull=True)
    if schools is not None:
        keys = [school.pk for school in schools]
        rows, payments, refunds = (
            rows.filter(class_group__school__in=keys), payments.filter(school__in=keys), refunds.filter(school__in=keys)
        )  # fmt: skip
    rows = rows.select_related("class_group__course", "class_group__school", "class_group__term")
    refunds = refunds.select_related("enrolment__class_group__course", "school")
    return StudentStatement(
        [_line(row) for row in rows.order_by("-class_group__term__starts_on", "-pk")],
        list(payments.prefetch_related(LINES).order_by("-paid_on", "-pk")),
        list(refunds.order_by("-applied_on", "-pk")),
    )


def _line(row: Enrolment) -> Line:
    return Line(row, row.fee_due, row.paid, row.refunded, Decimal(row.owes), *money_words(row))


def money_words(row: Enrolment) -> tuple[str, str]:
    """Where an enrolment stands in money, and the tone of its tag."""
    if row.refunded:
        return f"退费 {row.refunded} 元", "info"
    if row.owes:
        return ("待缴费", "soon") if not row.paid else (f"还差 {row.owes} 元", "soon")
    if not row.fee_due and not row.paid:
        return "免费", ""
    return ("已缴清", "done") if row.paid else ("未缴", "")


# 收费日报 ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DayReport:
    """Money of schools in [first, until): `lines` per school and clerk with a column for each method, `totals` of all,
    and what the finance office gave back."""

    lines: list[tuple[str, str, list[Decimal], Decimal, int]]
    totals: list[Decimal]
    total: Decimal
    count: int
    payments: list[Payment]
    refunds: list[Refund]

    @property
    def refunded(self) -> Decimal:
        return sum((row.amount for row in self.refunds), ZERO)

    @property
    def net(self) -> Decimal:
        return self.total - self.refunded


METHODS = (PaymentMethod.CASH, PaymentMethod.POS, PaymentMethod.TRANSFER)
MOST_LINES = 3000


def day_report(schools: Iterable[School], first: dt.date, until: dt.date) -> DayReport:
    """What came in and went out, contra entries on the day they were made. Moves between classes are no money."""
    keys = [school.pk for school in schools]
    rows = Payment.objects.filter(school__in=keys, paid_on__gte=first, paid_on__lt=until)
    rows = rows.exclude(method=PaymentMethod.CARRIED)
    grouped = rows.order_by().values_list(
        "school__name", "school_id", "received_by__display_name", "received_by_id", "method"
    )  # fmt: skip
    cells: dict[tuple, list] = {}
    for school, school_id, clerk, clerk_id, method, total, count in grouped.annotate(
        total=Sum("amount"), count=Count("pk")
    ):
        cell = cells.setdefault((school, school_id, clerk or "", clerk_id or 0), [[ZERO] * len(METHODS), 0])
        cell[0][METHODS.index(PaymentMethod(method))] += total
        cell[1] += count
    lines = [(key[0], key[2], sums, sum(sums, ZERO), count) for key, (sums, count) in sorted(cells.items())]
    totals = [sum((line[2][place] for line in lines), ZERO) for place in range(len(METHODS))]
    back = Refund.objects.filter(
        school__in=keys, state=RefundState.PAID, paid_on__gte=first, paid_on__lt=until, voided_at__isnull=True
    )
    shown = rows.select_related("school", "student__person", "received_by").order_by("paid_on", "pk")[:MOST_LINES]
    return DayReport(
        lines, totals, sum(totals, ZERO), sum(line[4] for line in lines),
        list(shown.prefetch_related(LINES)),
        list(back.select_related("school", "enrolment__student__person", "enrolment__class_group__course")),
    )  # fmt: skip
