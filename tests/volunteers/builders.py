"""Teams, volunteers and projects for tests: minimal valid rows, nothing random; every argument can be overridden."""

import datetime as dt

from apps.accounts.models import User
from apps.organisation.models import Unit
from apps.people.models import Person, PersonAccount
from apps.volunteers.models import Project, Team, TeamMember, Volunteer, VolunteerStatement, VolunteerTime
from tests.builders import LONG_AGO, make_person, make_unit, make_user

ZONE = dt.timezone(dt.timedelta(hours=8))
TODAY = dt.date(2026, 11, 22)
PAPERS = ("willing", "health")


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> dt.datetime:
    """A moment of 2026, Beijing time."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def make_team(name: str = "红耆志愿服务队", *, unit: Unit | None = None, **over) -> Team:
    return Team.objects.create(
        **{"unit": unit or make_unit(), "name": name, "kind": "red", "phone": "0700-8800700", "founded_on": LONG_AGO,
           **over}
    )  # fmt: skip


def make_volunteer(
    name: str = "郑国梁", *, unit: Unit | None = None, team: Team | None = None, person: Person | None = None,
    papers: tuple[str, ...] = PAPERS, role: str = "member", times: tuple[tuple[int, str], ...] = (), **over,
) -> Volunteer:  # fmt: skip
    """A volunteer of 65 with his papers in force since long ago, in `team` if given. Of `over`, what is no column of
    the volunteer goes to the person (`birth_date`, `community` …)."""
    own = {field.name for field in Volunteer._meta.concrete_fields}
    of_person = {key: over.pop(key) for key in list(over) if key not in own}
    person = person or make_person(name, **{"birth_date": "1961-03-02", **of_person})
    unit = unit or (team.unit if team else make_unit())
    volunteer = Volunteer.objects.create(**{"person": person, "unit": unit, "joined_on": LONG_AGO, **over})
    for kind in papers:
        make_statement(volunteer, kind)
    VolunteerTime.objects.bulk_create(
        VolunteerTime(volunteer=volunteer, weekday=weekday, part=part) for weekday, part in times
    )
    if team is not None:
        make_membership(volunteer, team, role)
    return volunteer


def make_statement(volunteer: Volunteer, kind: str = "willing", **over) -> VolunteerStatement:
    return VolunteerStatement.objects.create(
        **{"volunteer": volunteer, "kind": kind, "starts_on": LONG_AGO, **over}
    )  # fmt: skip


def make_membership(volunteer: Volunteer, team: Team, role: str = "member", **over) -> TeamMember:
    return TeamMember.objects.create(
        **{"team": team, "volunteer": volunteer, "role": role, "starts_on": LONG_AGO, **over}
    )  # fmt: skip


def make_project(team: Team | None = None, name: str = "陪诊", **over) -> Project:
    return Project.objects.create(
        **{"team": team or make_team(), "name": name, "service": "hospital", "place": "市第一人民医院", "state": "open",
           **over}
    )  # fmt: skip


def make_leader(team: Team, username: str = "duizhang", name: str = "汪德茂", *, role: str = "leader") -> User:
    """An account of one who leads the team: no staff, no grant, his own person."""
    volunteer = make_volunteer(name, team=team, role=role)
    user = make_user(username, is_staff=False)
    PersonAccount.objects.create(user=user, person=volunteer.person, starts_on=LONG_AGO)
    return user
