"""Who is in a class, in a named order, with what its papers show."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from apps.common.birthday import full_age
from apps.people.models import Phone
from apps.signups.choices import SignUpState
from apps.signups.models import SignUp
from apps.university.choices.life import Presence
from apps.university.choices.schools import SessionState
from apps.university.choices.students import EnrolmentState
from apps.university.models import Attendance, ClassGroup, ClassSession, Enrolment

ORDERS = {
    "strokes": ("姓氏笔画", ("student__person__name_stroke_key", "pk")),
    "pinyin": ("拼音", ("student__person__name_sort_key", "pk")),
    "card": ("学员卡号", ("student__card_no", "pk")),
}
SESSIONS_A_PAGE = 16
MARKS = {Presence.PRESENT: "✓", Presence.LEAVE: "△", Presence.ABSENT: "○"}  # on the 考勤表, by hand as in print
# key: heading; in the order of the list
COLUMNS = {
    "name": "姓名", "sex": "性别", "age": "年龄", "kind": "人员类型", "card": "学员卡号", "unit": "原单位",
    "phone": "电话", "due": "应缴（元）", "paid": "已缴（元）", "source": "从哪里报的", "asked": "报名时间",
    "note": "备注",
}  # fmt: skip
USUAL = ("name", "sex", "age", "kind", "card", "phone", "note")


@dataclass(frozen=True)
class Member:
    """One student of a class."""

    enrolment: Enrolment
    age: int | None
    phone: str
    is_monitor: bool

    @property
    def person(self):
        return self.enrolment.student.person

    def cell(self, key: str):
        row, student = self.enrolment, self.enrolment.student
        return {
            "name": self.person.name, "sex": self.person.get_sex_display(), "age": self.age,
            "kind": student.get_kind_display(), "card": student.card_no, "unit": student.former_unit,
            "phone": self.phone, "due": row.fee_due, "paid": row.paid,
            "source": row.sign_up.get_source_display(),
            "asked": timezone.localtime(row.sign_up.queued_at).strftime("%Y-%m-%d %H:%M"),
            "note": "班长" if self.is_monitor else "",
        }[key]  # fmt: skip


def members_of(class_group: ClassGroup, *, order: str, on: dt.date, with_phones: bool) -> list[Member]:
    """Students who have a place, in an order of ORDERS. Two statements."""
    rows = list(
        Enrolment.objects.filter(class_group=class_group, voided_at__isnull=True)
        .filter(state__in=(EnrolmentState.STUDYING, EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED))
        .select_related("student__person", "sign_up").order_by(*ORDERS.get(order, ORDERS["strokes"])[1])
    )  # fmt: skip
    phones: dict[int, str] = {}
    if with_phones:
        people = [row.student_id for row in rows]
        for phone in Phone.objects.filter(person__in=people).order_by("person", "position", "pk"):
            phones.setdefault(phone.person_id, phone.number)
    return [
        Member(
            row, full_age(row.student.person.birth_date.first_day, on) if row.student.person.birth_date else None,
            phones.get(row.student_id, ""), row.student_id == class_group.monitor_id,
        )
        for row in rows
    ]  # fmt: skip


def waiting_of(class_group: ClassGroup) -> list[SignUp]:
    """Who waits or was offered a place, in rank order."""
    states = (SignUpState.WAITING, SignUpState.OFFERED)
    rows = SignUp.objects.filter(offering=class_group.offering_id, state__in=states, voided_at__isnull=True)
    return list(rows.select_related("person", "offering").in_rank()[:300])


def sessions_of(class_group: ClassGroup) -> list[ClassSession]:
    rows = ClassSession.objects.current().filter(class_group=class_group).exclude(state=SessionState.CANCELLED)
    return list(rows.order_by("starts_at", "pk"))


def session_pages(sessions: list[ClassSession]) -> list[list[ClassSession]]:
    """As many lessons on a page as fit beside the names on an A4 lying on its side."""
    pages = [sessions[start : start + SESSIONS_A_PAGE] for start in range(0, len(sessions), SESSIONS_A_PAGE)]
    return pages or [[]]


def marked_pages(pages: list[list[ClassSession]], members: list[Member], *, shown: bool) -> list[tuple[list, list]]:
    """For each page its lessons and, by member, the mark of each lesson; empty where no roll was taken or none may be
    shown."""
    lessons, people = [one.pk for page in pages for one in page], [one.enrolment.pk for one in members]
    lines = Attendance.objects.filter(session__in=lessons, enrolment__in=people) if shown else ()
    known = {(line.enrolment_id, line.session_id): MARKS[line.state] for line in lines}
    return [
        (page, [(one, [known.get((one.enrolment.pk, lesson.pk), "") for lesson in page]) for one in members])
        for page in pages
    ]
