import datetime as dt
import uuid
from decimal import Decimal

import pytest

from apps.ledgers.models import CareTier
from apps.ledgers.queries.campaigns import Selection
from apps.ledgers.services import ContactFacts, record_contact
from apps.ledgers.services.campaigns import CampaignFacts, approve_campaign, make_campaign
from apps.ledgers.services.targets import select_targets
from apps.ledgers.services.visit_routes import RouteFacts, assign_stops, make_route
from apps.registry.models import Cadre, ServingLeader
from tests.builders import make_unit, make_user


@pytest.fixture
def bureau(db):
    return make_unit()


@pytest.fixture
def clerk(bureau):
    return make_user("clerk", role="clerk", unit=bureau)


@pytest.fixture
def contact(clerk):
    """Record a contact of one cadre or several on a day; everything else as it comes."""

    def make(cadres, day: dt.date, *, actor=None, on=None, form_key=None, **facts):
        cadres = cadres if isinstance(cadres, list) else [cadres]
        return record_contact(
            ContactFacts(happened_on=day, **facts),
            persons=[cadre.pk for cadre in cadres],
            form_key=form_key or uuid.uuid4(),
            actor=actor or type(clerk).objects.get(pk=clerk.pk),  # as a request brings him: units may be new
            on=on or day,
        )

    return make


@pytest.fixture
def tier():
    """A decided tier in force since a day, without planning."""

    def make(cadre, level: int, since: dt.date = dt.date(2024, 1, 1)) -> CareTier:
        return CareTier.objects.create(
            cadre=cadre,
            level=level,
            is_focus=level <= 2,
            high_risk=level == 1,
            effective_on=since,
            decided_on=since,
        )

    return make


FESTIVAL, START, VISITED = dt.date(2027, 2, 6), dt.date(2027, 1, 2), dt.date(2027, 1, 20)


@pytest.fixture
def spring(bureau, clerk):
    def make(budget="100000.00", **over):
        facts = {
            "unit": bureau, "kind": "spring", "name": "2027春节", "starts_on": START, "last_day": FESTIVAL,
            "festival_on": FESTIVAL, "budget": Decimal(budget),
        }  # fmt: skip
        return make_campaign(CampaignFacts(**{**facts, **over}), actor=clerk, form_key=uuid.uuid4())

    return make


@pytest.fixture
def leader(bureau):
    return ServingLeader.objects.create(name="陈立新", title="市委常委、组织部部长", unit=bureau)


@pytest.fixture
def select(clerk):
    def run(campaign, *groups, **more):
        user = type(clerk).objects.get(pk=clerk.pk)
        scope = Cadre.objects.current().visible_to(user, "ledgers.change_campaign")
        return select_targets(campaign, Selection(groups=groups, **more), scope=scope, actor=user)

    return run


@pytest.fixture
def going(bureau, clerk, leader):
    """A route of a campaign, with everybody of it, approved."""

    def make(campaign, **over):
        approve_campaign(campaign, actor=clerk, on=START)
        campaign.refresh_from_db()
        facts = {"unit": bureau, "on_day": VISITED, "leader": leader, "campaign": campaign, **over}
        route = make_route(RouteFacts(**facts), actor=clerk, form_key=uuid.uuid4())
        assign_stops(route, list(campaign.stops.values_list("pk", flat=True)), actor=clerk)
        return route

    return make
