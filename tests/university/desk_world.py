"""The desk of one school: a clerk at his browser, classes that are open, people with numbers."""

import datetime as dt
import uuid

from django.test import Client
from django.utils import timezone

from apps.common import crypto
from apps.people.models import Phone
from apps.people.services import apply_citizen_id, check_citizen_id
from apps.university.models import School
from apps.university.services.desk import enrol
from tests.builders import make_class, make_person, make_school, make_term, make_unit, make_user

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
ID = "110105195912310024"
HOME = "/admin/signups/signup/desk/"


class DeskWorld:
    """`now` is this very hour: pages take the clock's."""

    def __init__(self):
        self.unit = make_unit()
        self.school: School = make_school(unit=self.unit)
        self.clerk = make_user("daxue", role="university_clerk", unit=self.unit, display_name="叶秋云")
        self.client = Client()
        self.client.force_login(self.clerk)
        self.now = timezone.now()
        monday = timezone.localdate() + dt.timedelta(days=35 - timezone.localdate().weekday())
        self.term = make_term(self.unit, on=monday)
        self.count = 0

    def add_class(self, capacity=2, **over):
        """Open for a week, on a weekday of its own."""
        self.count += 1
        values = {
            "term": self.term, "weekday": self.count, "opens_at": self.now - 7 * DAY, "closes_at": self.now + 7 * DAY,
            "capacity": capacity,
        }  # fmt: skip
        return make_class(self.school, **{**values, **over})

    def person(self, name="王桂兰", *, number="", phone="", **over):
        person = make_person(name, **{"birth_date": "1959-12-31", "sex": "2", **over})
        if number:
            apply_citizen_id(person, check_citizen_id(number))
            person.save()
        if phone:
            Phone.objects.create(
                person=person, kind="mobile", number=phone, number_index=crypto.blind_index("phone", phone),
                last4_index=crypto.blind_index("phone_last4", phone[-4:]),
            )  # fmt: skip
        return person

    def enrol(self, class_group, person, **over):
        values = {"way": "desk", "actor": self.clerk, "now": self.now, "form_key": uuid.uuid4(), **over}
        return enrol(class_group, person, **values)

    def find(self, text: str):
        return self.client.post(HOME, {"box": text})
