import datetime as dt

import pytest
from django.utils import timezone

from apps.common.partial_date import PartialDate
from apps.registry.choices import LifeEventKind
from apps.registry.services import life
from apps.volunteers.models import Hold, Proposal, ServiceRequest, TeamMember, Turn, Volunteer
from apps.volunteers.queries.bank import account_of
from apps.volunteers.services import bank, proposals
from tests.builders import make_cadre, make_user

from .bank_world import BankWorld
from .help_world import make_help_world

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def world():
    return make_help_world()


def ahead() -> dict:
    """A death is registered now: what it ends lies ahead of today, on a Wednesday."""
    now = timezone.now()
    today = timezone.localdate(now)
    return {"now": now, "on": today + ((2 - today.weekday()) % 7 + 7) * DAY}


def dies(person, clerk):
    today = timezone.localdate()
    told = life.Report(LifeEventKind.DIED, PartialDate.of(today))
    return life.record(person, told, actor=clerk, today=today)


def state_of(row):
    return type(row).objects.values_list("state", flat=True).get(pk=row.pk)


def test_a_volunteer_who_died_is_asked_for_nothing_and_comes_back_exactly(world):
    wu = world.volunteer("吴志远", person=make_cadre("吴志远", unit=world.unit, birth_date="1956-05-02").person)
    world.volunteer("何秀英")
    when = ahead()
    request = world.ask(**when)
    said = proposals.ask_volunteers(
        request, request.proposals.filter(volunteer=wu), actor=world.clerk, now=when["now"]
    )[0]  # fmt: skip
    proposals.answer(said, True, actor=world.clerk, now=when["now"])
    member = TeamMember.objects.get(volunteer=wu)

    event = dies(wu.person, world.clerk)

    assert (state_of(request), state_of(said)) == ("open", "off")
    assert set(request.proposals.values_list("volunteer__person__name", "state")) == {
        ("吴志远", "off"), ("何秀英", "proposed"),
    }  # fmt: skip
    member.refresh_from_db()
    assert (member.ends_on, member.closed_by_event) == (timezone.localdate(), event.pk)
    assert (Turn.objects.get().state, Volunteer.objects.get(pk=wu.pk).leave_reason) == ("off", "离世")

    event = life.undo(event, reason="误登", actor=world.clerk)

    assert (state_of(request), state_of(said), event.loose_ends) == ("agreed", "yes", [])
    member.refresh_from_db()
    assert (member.ends_on, Turn.objects.get().state) == (None, "due")
    assert Volunteer.objects.get(pk=wu.pk).left_on is None
    assert not Proposal.objects.filter(closed_by_event__isnull=False).exists()


def test_his_own_request_ends_and_is_open_again(world):
    world.volunteer("吴志远")
    request = world.ask(**ahead())
    event = dies(world.receiver, world.clerk)
    assert state_of(request) == "off"
    assert ServiceRequest.objects.get().closed_by_event == event.pk
    event = life.undo(event, reason="误登", actor=world.clerk)
    assert (state_of(request), event.loose_ends) == ("open", [])
    assert request.proposals.get().state == "proposed"


def test_a_promise_to_him_is_not_taken_up_again_unasked(world):
    world.volunteer("吴志远")
    when = ahead()
    request = world.ask(**when)
    said = proposals.ask_volunteers(request, request.proposals.all(), actor=world.clerk, now=when["now"])[0]
    proposals.answer(said, True, actor=world.clerk, now=when["now"])
    event = dies(world.receiver, world.clerk)
    assert Turn.objects.get().state == "off"
    event = life.undo(event, reason="误登", actor=world.clerk)
    assert state_of(request) == "off"
    assert ["请重新登记一次" in sentence for sentence in event.loose_ends] == [True]


def test_his_minutes_are_let_go_and_frozen():
    world = BankWorld()
    clerk = make_user("jingban", role="clerk", unit=world.unit)
    person = make_cadre("李德厚", unit=world.unit, person=world.helped).person
    world.give_minutes(person, 300)
    request = world.ask(person, on=timezone.localdate() + 9 * DAY)
    bank.hold(request, 120, actor=clerk, now=timezone.now())

    event = dies(person, clerk)
    assert (account_of(person.pk).state, Hold.objects.get().state, state_of(request)) == ("frozen", "released", "off")
    event = life.undo(event, reason="误登", actor=clerk)
    account = account_of(person.pk)
    assert (account.state, account.balance, account.held) == ("open", 300, 0)
    assert len(event.loose_ends) == 2


def test_a_team_that_has_a_new_leader_keeps_him(world):
    person = make_cadre("汪德茂", unit=world.unit, birth_date="1955-01-01").person
    leads = world.volunteer("汪德茂", person=person, role="leader")
    event = dies(person, world.clerk)
    new = world.volunteer("贺建国", team=None, unit=world.unit)
    TeamMember.objects.create(team=world.team, volunteer=new, role="leader", starts_on=timezone.localdate())
    event = life.undo(event, reason="误登", actor=world.clerk)
    assert TeamMember.objects.get(volunteer=leads).ends_on == timezone.localdate()
    assert ["已由别的同志接任" in sentence for sentence in event.loose_ends] == [True]
