"""What becomes of students and teachers when two entries of one person are made one."""

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

from apps.people.merging import MOVE, Edit, How, Rule, declare
from apps.people.models import Person

from .models import (
    DoorTap,
    Enrolment,
    Leave,
    Misconduct,
    NoticeLine,
    Payment,
    Statement,
    Student,
    StudentCard,
    StudentSchool,
    StudentWork,
)

RULES = {
    # Where both are students, the other profile stays with the alias, void and empty: `student_rows`.
    "university.Student.person": MOVE,
    "university.Teacher.person": Rule(How.STOP, "两份登记都登记为教师，请先作废其中一份。"),
    "university.SessionTeacher.person": MOVE,
    "university.ClassGroup.monitor": MOVE,
    "university.PadLine.person": MOVE,
    "university.LessonDone.person": MOVE,
    "university.LessonWish.person": MOVE,
}
NUMBERS = {
    "university.ClassSession.topic": "是一次课的内容",
    "university.TeachingResearch.topic": "是教研活动的题目",
    "university.TeachingResearch.people": "是参加人的姓名，照写",
}
# All that hangs on a student and may stand there twice.
GO_ALONG = (Enrolment, Leave, DoorTap, Payment, Statement, Misconduct, StudentWork)
# What he may have once of each: rows that the other has already stay.
ONCE = ((StudentSchool, "school_id"), (NoticeLine, "notice_id"))
LATEST = ("health_statement_on", "safety_letter_on", "family_consent_on")
MERGED = "与另一份登记是同一个人，已合并"


def student_rows(winner: Person, loser: Person, now: dt.datetime) -> Iterator[Edit]:
    """Enrolments, money, papers and cards of the loser's profile go to the one who stays; of two cards in use the
    winner's goes on, and whoever brings the other is told so."""
    for model in GO_ALONG:
        for row in model._base_manager.filter(student=loser.pk).order_by("pk"):
            yield Edit(row, {"student_id": winner.pk})
    for model, key in ONCE:
        his = set(model._base_manager.filter(student=winner.pk).values_list(key, flat=True))
        for row in model._base_manager.filter(student=loser.pk).exclude(**{f"{key}__in": his}).order_by("pk"):
            yield Edit(row, {"student_id": winner.pk})
    profiles = Student._base_manager.in_bulk([winner.pk, loser.pk])
    for card in StudentCard.objects.filter(student=loser.pk).order_by("pk"):
        over = {"ended_on": timezone.localdate(now), "end_reason": "合并登记，用另一张卡"}
        ends = loser.pk in profiles and card.ended_on is None
        # His key comes last: taken back in the other order, no two cards are in use at once.
        yield Edit(card, {**(over if ends else {}), "student_id": winner.pk})
    if loser.pk in profiles:
        yield from _profiles(profiles[winner.pk], profiles[loser.pk], now)


def _profiles(his: Student, other: Student, now: dt.datetime) -> Iterator[Edit]:
    """The later day of each paper on the profile that stays; the other is void."""
    later = {name: getattr(other, name) for name in LATEST if getattr(other, name)}
    values = {name: day for name, day in later.items() if getattr(his, name) is None or getattr(his, name) < day}
    if values:
        yield Edit(his, values)
    if other.voided_at is None:
        yield Edit(other, {"voided_at": now, "void_reason": MERGED})


def plug() -> None:
    declare(rules=RULES, numbers=NUMBERS, changes=[student_rows])
