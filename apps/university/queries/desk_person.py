"""Somebody at the desk: who he is to the school, what he asked for, what he was offered, what he owes."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet

from apps.common.birthday import full_age
from apps.people.models import Person
from apps.signups.choices import ACTIVE, OfferState, SignUpState
from apps.signups.models import Offer, SignUp
from apps.signups.queries import positions_of
from apps.university.models import ClassGroup, School, Student

from .desk_classes import when_words, with_facts
from .students import paper_words, papers_of

RECENT = dt.timedelta(days=30)
TONES = {
    SignUpState.SEATED: "done", SignUpState.OFFERED: "soon", SignUpState.WAITING: "info", SignUpState.APPLIED: "info",
}  # fmt: skip
OVER = (SignUpState.UNDONE, SignUpState.WITHDRAWN, SignUpState.DECLINED, SignUpState.LAPSED, SignUpState.REMOVED,
        SignUpState.CANCELLED)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One thing he asked for. `words`: where it stands, as staff read it."""

    sign_up: SignUp
    words: str
    tone: str
    when: str
    offer: Offer | None = None
    fee_due: Decimal | None = None
    owes: Decimal | None = None
    is_here: bool = False  # at a school where the user works
    may_undo: bool = False


def standing_words(sign_up: SignUp, position: int) -> str:
    """For staff: 已录取 / 第3位候补 / 有名额，等本人确认 / 等待抽签."""
    if sign_up.state == SignUpState.OFFERED:
        return "有名额，等本人确认"
    if sign_up.state == SignUpState.WAITING:
        return f"第{position}位候补" if position else "候补"
    return sign_up.get_state_display()


def lines_of(person: Person, schools: QuerySet[School], *, now: dt.datetime) -> list[Line]:
    """What stands, and what ended in the last month, newest first; classes only. A fixed number of statements."""
    rows = (
        SignUp.objects.filter(person=person, offering__kind="class", voided_at__isnull=True)
        .filter(Q(state__in=ACTIVE) | Q(ended_at__gt=now - RECENT))
        .select_related("offering__class_group__school", "offering__class_group__course", "enrolment", "entered_by")
        .order_by("-queued_at", "-pk")[:60]
    )
    return lines_for(list(rows), schools, now=now)


def lines_for(rows: list[SignUp], schools: QuerySet[School], *, now: dt.datetime) -> list[Line]:
    positions = positions_of(rows)
    offers = {
        offer.sign_up_id: offer
        for offer in Offer.objects.filter(sign_up__in=rows, state=OfferState.OPEN, voided_at__isnull=True)
    }
    here = set(schools.order_by().values_list("pk", flat=True))
    keys = [row.offering.class_group.pk for row in rows]
    classes = {one.pk: when_words(one) for one in with_facts(ClassGroup.objects.filter(pk__in=keys))}
    return [
        Line(
            sign_up=row,
            words=standing_words(row, positions.get(row.pk, 0)),
            tone=TONES.get(row.state, ""),
            when=classes.get(row.offering.class_group.pk, ""),
            offer=offers.get(row.pk),
            fee_due=row.enrolment.fee_due if hasattr(row, "enrolment") and row.state == SignUpState.SEATED else None,
            owes=Decimal(row.enrolment.owes) if hasattr(row, "enrolment") and row.state == SignUpState.SEATED else None,
            is_here=row.offering.class_group.school_id in here,
            may_undo=row.state in ACTIVE and row.undo_until is not None and now < row.undo_until,
        )
        for row in rows
    ]


def facts_of(person: Person, *, on: dt.date) -> list[tuple[str, str]]:
    """Who he is, as the head of the page says it: sex, age, kind, card."""
    student: Student | None = getattr(person, "student", None)
    birth = person.birth_date
    rows = [("性别", person.get_sex_display()), ("年龄", f"{full_age(birth.first_day, on)} 岁" if birth else "")]
    if student is None:
        return [*rows, ("学员", "还不是学员，报上第一门课时建档发卡")]
    return [
        *rows,
        ("人员类型", student.get_kind_display()),
        ("学员卡号", student.card_no),
    ]


def papers_wanting(student: Student, on: dt.date) -> list[str]:
    """What he has still to sign, for each class he is in: 国画1班：健康声明、安全责任书."""
    return [f"{row.class_group}：{paper_words(kinds)}" for row, kinds in papers_of(student, on)]
