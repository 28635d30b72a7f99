"""One request for help in a community, and volunteers near it."""

import datetime as dt
import uuid
from dataclasses import dataclass

from apps.accounts.models import User
from apps.organisation.models import Community, Division, Unit
from apps.people.models import Person, PersonAccount
from apps.volunteers.models import Proposal, ServiceRequest, Team, Volunteer
from apps.volunteers.services import proposals
from apps.volunteers.services.requests import RequestFacts, ask
from tests.builders import LONG_AGO, make_cadre, make_unit, make_user

from .builders import at, make_team, make_volunteer

NOW = at(11, 23)  # a Monday
ON = dt.date(2026, 11, 25)  # the Wednesday after
PLACE = "河滨路8号3栋2单元"


@dataclass
class HelpWorld:
    unit: Unit
    clerk: User
    community: Community
    team: Team
    receiver: Person

    def volunteer(self, name: str, **over) -> Volunteer:
        values = {"team": self.team, "wishes": ["hospital"], "community": self.community, "times": [(3, "am")]}
        return make_volunteer(name, **{**values, **over})

    def ask(self, *, form_key: uuid.UUID | None = None, now: dt.datetime = NOW, actor: User | None = None, **over):
        facts = {
            "receiver": self.receiver, "service": "hospital", "on": ON, "starts": 9 * 60, "ends": 11 * 60,
            "asked_as": "staff", "place": PLACE,
        }  # fmt: skip
        return ask(
            RequestFacts(**{**facts, **over}), actor=actor or self.clerk, now=now, form_key=form_key or uuid.uuid4()
        )

    def asked(self, request: ServiceRequest, now: dt.datetime = NOW) -> list[Proposal]:
        """Everybody suggested is asked."""
        return proposals.ask_volunteers(request, request.proposals.order_by("pk"), actor=self.clerk, now=now)

    def agreed(self, request: ServiceRequest) -> Proposal:
        """The first one asked says yes."""
        first = self.asked(request)[0]
        return proposals.answer(first, True, actor=self.clerk, now=NOW)


def make_help_world() -> HelpWorld:
    unit = make_unit()
    division = Division.objects.get(code="530602")
    community = Community.objects.create(
        name="河滨社区", street="河滨街道", division=division, contact_phone="0700-8800123"
    )
    receiver = make_cadre("李德厚", unit=unit, community=community).person
    return HelpWorld(unit, make_user(role="clerk", unit=unit), community, make_team(unit=unit), receiver)


def account_of(person: Person, username: str) -> User:
    user = make_user(username, is_staff=False)
    PersonAccount.objects.create(user=user, person=person, starts_on=LONG_AGO)
    return user
