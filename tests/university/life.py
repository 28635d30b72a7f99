"""A class with students, for tests of class life: seven lessons on Tuesdays from 8 September 2026, none in the holidays
of October."""

import datetime as dt
import uuid

from apps.signups.services.seats import sign_up
from apps.university.models import ClassGroup, Enrolment, Room
from tests.builders import make_class, make_person, make_school, make_teacher, make_unit, make_user

ZONE = dt.timezone(dt.timedelta(hours=8))
SUMMER = dt.datetime(2026, 8, 20, 10, tzinfo=ZONE)
BEFORE = dt.datetime(2026, 9, 7, 10, tzinfo=ZONE)
UNTIL = dt.date(2026, 11, 3)
NAMES = ("张三丰", "李四光", "王五")


def at(month: int, day: int, hour: int = 8, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=ZONE)


class Life:
    """`group` with three students of one school, and who works there."""

    def __init__(self, names=NAMES):
        self.unit = make_unit()
        self.school = make_school(unit=self.unit)
        self.clerk = make_user("daxue", role="university_clerk", unit=self.unit)
        self.teacher = make_teacher(school=self.school)
        self.room = Room.objects.get(campus__school=self.school)
        self.group = self.make_class()
        self.rows = [self.enrol(self.group, make_person(name, birth_date="1955-02-03")) for name in names]
        self.first = self.group.sessions.order_by("number").first()

    def make_class(self, **over) -> ClassGroup:
        values = {"until": UNTIL, "room": self.room, "teacher": self.teacher, **over}
        return make_class(self.school, **values)

    def enrol(self, group: ClassGroup, person) -> Enrolment:
        row = sign_up(group.offering, person, source="desk", actor=self.clerk, now=SUMMER, form_key=uuid.uuid4())
        return Enrolment.objects.get(sign_up=row)

    def common(self, now=BEFORE) -> dict:
        return {"reason": "老师生病", "actor": self.clerk, "now": now, "form_key": uuid.uuid4()}
