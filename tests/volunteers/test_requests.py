"""Rule book 10.23 to 10.26: asked for, volunteers asked, their answers, what the clock does."""

import datetime as dt
import threading
import uuid

import pytest
from django.db import connection

from apps.common.errors import BusinessError
from apps.messaging.models import Message
from apps.organisation.workdays import WorkCalendar
from apps.people.models import Household
from apps.signups.models import Occupied
from apps.volunteers.models import Proposal, ServiceRequest, Shift, Turn
from apps.volunteers.rules.help import HelpRules, answer_by, stage_due, time_refusal, working_hours_later
from apps.volunteers.services import help_clock, proposals, requests
from tests.builders import make_person

from .builders import at, make_leader
from .help_world import NOW, ON, PLACE, account_of, make_help_world

RULES, CALENDAR = HelpRules(), WorkCalendar()


@pytest.fixture
def world(db):
    return make_help_world()


# Pure ---------------------------------------------------------------------------------------------------------------


def test_working_hours_stand_still_at_night_and_weekends():
    friday = at(11, 27, 16, 30)
    assert working_hours_later(friday, 4, RULES, CALENDAR) == at(11, 30, 11, 30)
    assert answer_by(friday, at(11, 28, 9), RULES, CALENDAR) == at(11, 28, 9)


@pytest.mark.parametrize(
    ("asked", "begins", "now", "stage"),
    [
        (at(11, 23, 9), at(12, 20, 9), at(11, 23, 12, 59), 0),
        (at(11, 23, 9), at(12, 20, 9), at(11, 23, 13), 1),
        (at(11, 23, 9), at(12, 20, 9), at(11, 24, 9), 2),
        (at(11, 23, 9), at(12, 20, 9), at(11, 25, 9), 3),
        (at(11, 23, 9), at(11, 25, 9), at(11, 23, 9), 2),
        (at(11, 23, 9), at(11, 25, 9), at(11, 24, 9), 3),
    ],
)
def test_stage_by_time_gone_or_time_left(asked, begins, now, stage):
    assert stage_due(asked, begins, now, RULES, CALENDAR) == stage


@pytest.mark.parametrize(
    ("on", "starts", "ends", "word"),
    [
        (ON, 540, 540, "晚于"),
        (dt.date(2026, 11, 22), 540, 600, "已经过了"),
        (dt.date(2027, 3, 1), 540, 600, "最多提前60天"),
        (ON, 540, 550, "最少15分钟"),
        (ON, 540, 1080, "最多8小时"),
    ],
)
def test_times_that_cannot_be(on, starts, ends, word):
    assert word in time_refusal(on, starts, ends, NOW, RULES)
    assert time_refusal(ON, 540, 660, NOW, RULES) == ""


# Asked for ----------------------------------------------------------------------------------------------------------


def test_asked_once_and_suggested_at_once(world):
    near = world.volunteer("近同志")
    world.volunteer("没空同志", times=[(3, "pm")])
    world.volunteer("没材料同志", papers=())
    home = Household.objects.create(name="一家")
    type(world.receiver).objects.filter(pk=world.receiver.pk).update(household=home)
    world.volunteer("老伴", household=home)
    key = uuid.uuid4()
    made = world.ask(form_key=key)
    assert world.ask(form_key=key) == made
    (one,) = made.proposals.all()
    assert (one.volunteer, one.state) == (near, "proposed")
    assert one.reason == "住同一个社区，愿意做陪诊陪护，周三上午有空"
    assert made.place == PLACE
    assert made.unit == world.unit
    with pytest.raises(BusinessError, match="已经提过"):
        world.ask()
    with pytest.raises(BusinessError, match="用过"):
        world.ask(form_key=key, receiver=make_person("别人"))


def test_wrong_requests_write_nothing(world):
    for over, word in (
        ({"service": "dance"}, "帮什么忙"),
        ({"on": dt.date(2026, 11, 1)}, "过了"),
        ({"place": " "}, "到哪里"),
    ):
        with pytest.raises(BusinessError, match=word):
            world.ask(**over)
    type(world.receiver).objects.filter(pk=world.receiver.pk).update(life_status="deceased")
    with pytest.raises(BusinessError, match="登记"):
        world.ask()
    assert not ServiceRequest.objects.exists()


def test_messages_carry_no_place(world):
    world.volunteer("近同志")
    request = world.ask(asked_as="self", details="心脏不好")
    world.asked(request)
    said = list(Message.objects.values_list("template", "context"))
    assert {template for template, _ in said} == {"help.new", "help.asked"}
    assert all(context == {"request": request.pk} for _, context in said)


# Answers ------------------------------------------------------------------------------------------------------------


def test_yes_makes_the_shift_and_thanks_the_others(world):
    for name in ("甲同志", "乙同志"):
        world.volunteer(name)
    request = world.ask()
    row = world.agreed(request)
    request.refresh_from_db()
    assert (row.state, request.state, request.team) == ("yes", "agreed", world.team)
    shift = Shift.objects.get(request=request)
    assert (shift.on, shift.starts, shift.ends) == (ON, 540, 660)
    assert PLACE not in shift.place
    assert Turn.objects.get(shift=shift).volunteer == row.volunteer
    other = request.proposals.exclude(pk=row.pk).get()
    assert other.state == "off"
    assert set(Message.objects.values_list("template", flat=True)) >= {"help.unneeded", "help.agreed"}
    late = proposals.answer(other, True, actor=world.clerk, now=NOW)
    assert late.state == "off"
    assert proposals.answer(row, True, actor=world.clerk, now=NOW).state == "yes"
    assert Turn.objects.count() == 1


def test_who_is_elsewhere_is_refused_by_the_constraint(world):
    one = world.volunteer("甲同志")
    first, second = world.ask(), world.ask(service="errand", on=ON, starts=600, ends=720)
    proposals.suggest(second, one, actor=world.clerk, now=NOW)
    world.agreed(first)
    (asked,) = world.asked(second)
    with pytest.raises(BusinessError, match="不能同时"):
        proposals.answer(asked, True, actor=world.clerk, now=NOW)
    asked.refresh_from_db()
    assert asked.state == "asked"
    assert Occupied.objects.count() == 1


def test_no_is_taken_kindly_and_a_yes_may_be_taken_back(world):
    for name in ("甲同志", "乙同志"):
        world.volunteer(name)
    request = world.ask()
    row = world.agreed(request)
    back = proposals.take_back(row, "孩子病了", actor=world.clerk, now=NOW)
    request.refresh_from_db()
    assert (back.state, back.note, request.state) == ("no", "孩子病了", "open")
    assert not Occupied.objects.exists()
    assert Message.objects.filter(template="help.again").exists()
    other = request.proposals.exclude(pk=row.pk).get()
    assert other.state == "proposed"
    (asked, _) = world.asked(request)  # both: who took his yes back may be asked once more
    assert proposals.answer(asked, True, actor=world.clerk, now=NOW).state == "yes"
    assert Turn.objects.filter(state="due").count() == 1


def test_by_hand_nobody_of_the_house(world):
    request = world.ask()
    volunteer = world.volunteer("我", person=world.receiver)
    with pytest.raises(BusinessError, match="本人"):
        proposals.suggest(request, volunteer, actor=world.clerk, now=NOW)
    stranger = world.volunteer("外人", wishes=[])
    assert proposals.suggest(request, stranger, actor=world.clerk, now=NOW).reason == proposals.BY_HAND


# Ends ---------------------------------------------------------------------------------------------------------------


def test_cancel_frees_everybody(world):
    world.volunteer("甲同志")
    request = world.ask()
    row = world.agreed(request)
    requests.cancel(request, "", actor=None, now=NOW, own=True)
    requests.cancel(request, "", actor=None, now=NOW, own=True)
    row.volunteer.refresh_from_db()
    assert not Occupied.objects.exists()
    assert Turn.objects.get().state == "off"
    assert Message.objects.filter(template="signup.cancelled", person_id=row.volunteer_id).count() == 1
    with pytest.raises(BusinessError, match="已取消"):
        requests.leave_unmet(request, "x", actor=None, now=NOW)


def test_clock_lapses_reports_and_ends(world):
    make_leader(world.team)
    world.volunteer("甲同志")
    request = world.ask(team=world.team, on=dt.date(2026, 12, 9))
    (row,) = world.asked(request)
    assert help_clock.turn(NOW) == 0
    assert help_clock.turn(at(11, 23, 13)) == 2  # no answer; his leader hears of it
    assert help_clock.turn(at(11, 23, 13)) == 0
    row.refresh_from_db()
    assert row.state == "lapsed"
    help_clock.turn(at(11, 26))
    request.refresh_from_db()
    assert request.stage == 3
    assert Message.objects.filter(template="help.lead").count() == 1
    assert Message.objects.filter(template="help.uncovered").count() == 2
    help_clock.turn(at(12, 9, 9))
    request.refresh_from_db()
    assert (request.state, request.end_reason) == ("unmet", help_clock.TOO_LATE)
    assert Message.objects.filter(template="help.unmet", person_id=world.receiver.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_two_yes_at_the_same_second():
    """One gets it, the other is thanked."""
    world = make_help_world()
    people = [
        account_of(world.volunteer(name).person, f"user{place}") for place, name in enumerate(("甲同志", "乙同志"))
    ]
    request = world.ask()
    asked = world.asked(request)
    gate, found = threading.Barrier(2), []

    def say(proposal, user):
        try:
            gate.wait(10)
            found.append(proposals.answer(proposal, True, actor=user, now=NOW, own=True).state)
        finally:
            connection.close()

    threads = [threading.Thread(target=say, args=pair) for pair in zip(asked, people, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(found) == ["off", "yes"]
    assert Proposal.objects.filter(state="yes").count() == Turn.objects.count() == 1
