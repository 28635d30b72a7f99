"""A team with a project, its volunteers and shifts, for tests of shifts, turns and records."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

from apps.signups.choices import SignUpSource
from apps.signups.services import seats
from apps.volunteers.models import Project, Team, TeamMember, Turn, Volunteer, VolunteerStatement
from apps.volunteers.services.records import RecordFacts, record
from apps.volunteers.services.shifts import ShiftFacts, create_shift
from tests.builders import LONG_AGO, make_person, make_unit, make_user

ZONE = ZoneInfo("Asia/Shanghai")
# A Monday morning; the shift is on the Saturday of that week.
NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
SATURDAY = dt.date(2026, 3, 7)
AFTER = dt.datetime(2026, 3, 8, 9, 0, tzinfo=ZONE)


def at(hour: int, minute: int = 0, day: dt.date = SATURDAY) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), ZONE)


class World:
    """One team that looks after a river. `clerk` is staff of its unit; `chief` is the account of `leader`."""

    def __init__(self, name="南河银龄志愿服务队", unit=None):
        self.unit = unit or make_unit()
        self.team = Team.objects.create(name=name, unit=self.unit, kind="silver", phone="0700-8800611")
        self.clerk = make_user(f"经办{self.team.pk}", role="clerk", unit=self.unit)
        self.project = Project.objects.create(
            team=self.team, name="护河巡查", service="green", place="南河桥头", state="open"
        )
        self.leader = self.volunteer("贺建国", role="leader")
        self.chief = make_user(f"队长{self.team.pk}", is_staff=False)
        self.leader.person.accounts.create(user=self.chief, starts_on=LONG_AGO)

    def volunteer(self, name, *, role="member", birth="1956-05-02", **over) -> Volunteer:
        person = make_person(name, birth_date=birth)
        made = Volunteer.objects.create(person=person, unit=self.unit, joined_on=LONG_AGO, **over)
        for kind in ("willing", "health", "family", "insured"):
            VolunteerStatement.objects.create(volunteer=made, kind=kind, starts_on=LONG_AGO)
        TeamMember.objects.create(team=self.team, volunteer=made, role=role, starts_on=LONG_AGO)
        return made

    def volunteers(self, count) -> list[Volunteer]:
        return [self.volunteer(f"队员{chr(0x4E00 + number)}") for number in range(count)]

    def facts(self, **over) -> ShiftFacts:
        """护河巡查, Saturday 7 March 2026, 9:00–11:00, three places."""
        values = {"team": self.team, "project": self.project, "on": SATURDAY, "starts": 540, "ends": 660, "capacity": 3}
        return ShiftFacts(**{**values, **over})

    def shift(self, *, now=NOW, **over):
        return create_shift(self.facts(**over), actor=self.clerk, now=now)

    def record(self, volunteer, starts=540, ends=660, *, on=SATURDAY, now=AFTER, **over):
        values = {"volunteer": volunteer, "team": self.team, "project": self.project, "service": "green", **over}
        return record(RecordFacts(on=on, starts=starts, ends=ends, **values), actor=self.clerk, now=now)


def ask(shift, volunteer, *, now=NOW, source=SignUpSource.WEB):
    return seats.sign_up(
        shift.offering, volunteer.person, source=source, actor=None, now=now, form_key=uuid.uuid4()
    )  # fmt: skip


def turn_of(shift, volunteer) -> Turn:
    return Turn.objects.get(shift=shift, volunteer=volunteer)
