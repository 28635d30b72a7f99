"""Classes with places, for tests of sign-ups: a school, a term, one course a class."""

import datetime as dt
import threading
import uuid
from zoneinfo import ZoneInfo

from django.db import connection

from apps.common.errors import BusinessError
from apps.signups.choices import SignUpSource
from apps.signups.models import Offering, OfferingTime, Places, SignUp
from apps.signups.services import seats
from apps.university.models import ClassGroup, Course, School, Term
from tests.builders import make_person, make_unit

ZONE = ZoneInfo("Asia/Shanghai")
# A Monday morning before the term, in a week without holidays.
NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
FIRST_ON = dt.date(2026, 3, 16)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


class World:
    """One school. `add_class` makes classes that meet on a weekday of their own unless told otherwise."""

    def __init__(self, first_on=FIRST_ON):
        self.first_on = first_on
        self.until = first_on + 112 * DAY
        self.unit = make_unit()
        self.school = School.objects.create(
            name="云江市老年大学", level="city", unit=self.unit, address="新华路1号", phone="0530-6600001"
        )
        self.term = Term.objects.create(
            unit=self.unit, year=2026, season="spring", starts_on=dt.date(2026, 3, 1), ends_on=dt.date(2026, 7, 31)
        )
        self.count = 0

    def add_class(self, name="书法", *, capacity=2, held_back=0, weekday=None, starts=500, mode="first", **over):
        """The class's offering."""
        self.count += 1
        window = {key: over.pop(key) for key in ("opens_at", "closes_at", "round", "state") if key in over}
        offering = Offering.objects.create(
            kind="class", unit=self.unit, title=f"{name}{self.count:02}班", mode=mode, **{"state": "open", **window}
        )
        Places.objects.create(offering=offering, capacity=capacity, held_back=held_back)
        OfferingTime.objects.create(
            offering=offering, weekday=weekday or (self.count - 1) % 7 + 1, starts=starts, ends=starts + 90,
            first_on=self.first_on, until=self.until,
        )  # fmt: skip
        course = over.pop("course", None) or Course.objects.create(school=self.school, name=f"{name}{self.count}")
        values = {"term": self.term, "school": self.school, "first_on": self.first_on, "until": self.until, **over}
        ClassGroup.objects.create(course=course, offering=offering, code=f"{self.count:02}", **values)
        return offering

    @staticmethod
    def people(count, prefix="学员"):
        return [make_person(f"{prefix}{n}", birth_date="1956-05-02") for n in range(1, count + 1)]


def ask(offering, person, *, now=NOW, **over) -> SignUp:
    values = {"source": SignUpSource.DESK, "actor": None, "form_key": uuid.uuid4(), **over}
    return seats.sign_up(offering, person, now=now, **values)


def states(offering) -> dict[str, str]:
    """Name → state of everybody's last sign-up."""
    rows = SignUp.objects.filter(offering=offering).select_related("person").order_by("pk")
    return {row.person.name: row.state for row in rows}


def taken(offering) -> int:
    return Places.objects.get(pk=offering.pk).taken


def at_once(calls) -> list:
    """What each call gave, run by threads with connections of their own that begin together."""
    ready, found = threading.Barrier(len(calls)), []

    def run(call):
        ready.wait()
        try:
            found.append(call())
        except BusinessError as error:
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
