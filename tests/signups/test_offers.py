import datetime as dt
import json
import uuid

import pytest

from apps.common.errors import BusinessError
from apps.messaging.jobs.wording import PersonWords, freeze_words
from apps.messaging.models import Delivery, Message
from apps.organisation.models import RuleSet
from apps.organisation.workdays import WorkCalendar
from apps.signups.choices import AttemptWay
from apps.signups.models import Offer, OfferAttempt, SignUp
from apps.signups.queries import positions_of
from apps.signups.rules import ZONE, Attempt, SignUpRules, answer_by, clock_starts
from apps.signups.services import offers, seats
from tests.builders import make_user
from tests.signups.places_world import DAY, HOUR, MINUTE, NOW, World, ask, states, taken

CALENDAR = WorkCalendar({dt.date(2026, 10, 1): "off", dt.date(2026, 10, 2): "off", dt.date(2026, 10, 10): "work"})


def moment(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "until"),
    [
        ("2026-03-02T10:00", "2026-03-04T10:00"),  # Monday: two working days on
        ("2026-03-06T16:30", "2026-03-10T16:30"),  # Friday afternoon: over the weekend
        ("2026-03-07T10:00", "2026-03-10T17:30"),  # Saturday counts nothing
        ("2026-03-02T20:00", "2026-03-04T17:30"),  # after hours
        ("2026-03-02T07:00", "2026-03-03T17:30"),  # before hours
        ("2026-09-30T10:00", "2026-10-06T10:00"),  # two days of holiday, then a weekend
    ],
)
def test_nights_weekends_and_holidays_are_no_time_to_answer(start, until):
    assert answer_by(moment(start), SignUpRules(), CALENDAR) == moment(until)


@pytest.mark.parametrize(
    ("attempts", "reach_by", "start"),
    [
        ([("03-02T09:00", "phone", True)], "mobile", "03-02T09:00"),
        ([("03-02T09:00", "phone", False)], "mobile", None),
        ([("03-02T09:00", "phone", False), ("03-02T11:30", "phone", False)], "mobile", None),
        ([("03-02T09:00", "phone", False), ("03-02T15:00", "phone", False)], "mobile", "03-02T15:00"),
        ([("03-02T09:00", "phone", False), ("03-03T09:00", "sms", False)], "mobile", "03-03T09:00"),
        ([("03-02T09:00", "phone", False), ("03-02T22:00", "phone", False)], "mobile", None),
        ([("03-02T09:00", "phone", False), ("03-03T09:00", "phone", False)], "letter", None),
        ([("03-02T09:00", "letter", False), ("03-09T09:00", "visit", False)], "letter", "03-09T09:00"),
        ([("03-02T09:00", "sms", False), ("03-03T09:00", "sms", False)], "landline", None),
        ([("03-02T09:00", "sms", True)], "landline", "03-02T09:00"),
    ],
)
def test_his_time_runs_from_reaching_him_or_from_the_second_real_attempt(attempts, reach_by, start):
    made = [Attempt(moment(f"2026-{at}"), AttemptWay(way), reached) for at, way, reached in attempts]

    assert clock_starts(made, reach_by, SignUpRules()) == (moment(f"2026-{start}") if start else None)


def test_nonsense_in_the_rules_is_refused_with_a_sentence():
    for values in ({"work_from": "半天"}, {"work_from": "18:00"}, {"answer_hours": 0}, {"rest_days": 99}):
        with pytest.raises(ValueError, match="。"):
            SignUpRules(**values)


@pytest.fixture
def world(db):
    world = World()
    world.clerk = make_user("daxue", role="university_clerk", unit=world.unit)
    world.boss = make_user("quanshi", role="university_clerk", unit=world.unit)
    return world


@pytest.fixture
def offered(world):
    """One seated person has left: the first of three who wait has the offer."""
    world.offering = world.add_class(capacity=1)
    rows = [ask(world.offering, person, now=NOW + n * MINUTE) for n, person in enumerate(world.people(4))]
    seats.withdraw(rows[0], reason="", actor=None, now=NOW + HOUR)
    return Offer.objects.get()


def attempt(offer, world, *, at, reached=False, way="phone", **over):
    values = {"way": way, "reached": reached, "note": "", "actor": world.clerk, "form_key": uuid.uuid4(), **over}
    return offers.record_attempt(offer, now=at, **values)


def test_who_takes_it_is_seated_and_the_second_press_changes_nothing(world, offered):
    row = offers.accept(offered, actor=None, now=NOW + DAY, via="web")
    again = offers.accept(offered, actor=None, now=NOW + DAY, via="web")

    assert (row.state, again.pk, row.enrolment.state) == ("seated", row.pk, "in")
    assert taken(world.offering) == 1
    assert Message.objects.filter(template="signup.ring").count() == 2  # both colleagues
    with pytest.raises(BusinessError, match="已经接受了"):
        offers.decline(offered, actor=None, now=NOW + DAY, via="web")


def test_he_is_told_which_class_and_whom_to_ring(world, offered):
    delivery = Delivery.objects.get(person=offered.sign_up.person)

    freeze_words(delivery, "", PersonWords())

    text = json.loads(delivery.payload)["text"]
    assert text.startswith("学员2老师，您好！您候补的“书法01班”有名额了")
    assert text.endswith("想好了随时打0530-6600001。")


def test_who_declines_makes_room_for_the_next(world, offered):
    offers.decline(offered, actor=None, now=NOW + DAY, via="phone")
    offers.decline(offered, actor=None, now=NOW + DAY, via="phone")

    assert states(world.offering) == {"学员1": "left", "学员2": "declined", "学员3": "offered", "学员4": "waiting"}
    with pytest.raises(BusinessError, match="已经放弃了"):
        offers.accept(offered, actor=None, now=NOW + DAY, via="web")


def test_an_attempt_sent_twice_is_one(world, offered):
    key = uuid.uuid4()
    first = attempt(offered, world, at=NOW + HOUR, reached=True, form_key=key)
    again = attempt(offered, world, at=NOW + 2 * HOUR, form_key=key)

    offered.refresh_from_db()
    assert (first.pk, OfferAttempt.objects.count(), offered.reached_at) == (again.pk, 1, NOW + HOUR)
    assert offered.answer_by == NOW + HOUR + 2 * DAY
    with pytest.raises(BusinessError, match="请选是怎样联系的"):
        attempt(offered, world, at=NOW, way="telepathy")


def test_reached_and_silent_is_off_the_list(world, offered):
    attempt(offered, world, at=NOW + HOUR, reached=True)

    early, late = offers.lapse_due(NOW + 2 * DAY), offers.lapse_due(NOW + 2 * DAY + HOUR)

    assert (early, late, offers.lapse_due(NOW + 2 * DAY + HOUR)) == (0, 1, 0)
    assert states(world.offering)["学员2"] == "lapsed"
    assert states(world.offering)["学员3"] == "offered"
    with pytest.raises(BusinessError, match="答复时间过了"):
        offers.accept(offered, actor=None, now=NOW + 3 * DAY, via="web")


def test_whom_nobody_reached_keeps_his_rank_and_is_asked_again_later(world, offered):
    attempt(offered, world, at=NOW + HOUR)
    attempt(offered, world, at=NOW + 6 * HOUR)
    over = NOW + 2 * DAY + 6 * HOUR

    assert offers.lapse_due(over) == 1

    second = SignUp.objects.get(person__name="学员2")
    assert states(world.offering) == {"学员1": "left", "学员2": "waiting", "学员3": "offered", "学员4": "waiting"}
    assert (positions_of([second]), second.rest_until) == ({second.pk: 1}, over + 3 * DAY)
    assert Message.objects.filter(template="signup.unreached", person=second.person).count() == 1
    third = Offer.objects.get(state="open")
    offers.decline(third, actor=None, now=over + DAY, via="phone")
    assert states(world.offering)["学员4"] == "offered"  # the second still rests
    offers.decline(Offer.objects.get(state="open"), actor=None, now=over + DAY, via="phone")
    assert offers.lapse_due(over + 2 * DAY) == 0
    assert states(world.offering)["学员2"] == "waiting"
    offers.lapse_due(over + 3 * DAY)
    assert states(world.offering)["学员2"] == "offered"


def test_what_changed_since_the_offer_is_said_and_the_place_stays_kept(world, offered):
    other = world.add_class(weekday=1)
    clash = ask(other, offered.sign_up.person)

    with pytest.raises(BusinessError, match="上课时间和已有的“书法02班”冲突"):
        offers.accept(offered, actor=None, now=NOW + DAY, via="web")

    assert states(world.offering)["学员2"] == "offered"
    seats.withdraw(clash, reason="", actor=None, now=NOW + DAY)
    assert offers.accept(offered, actor=None, now=NOW + DAY, via="web").state == "seated"


def test_a_month_after_the_start_nobody_is_asked_to_join(world):
    offering = world.add_class(capacity=1)
    rows = [ask(offering, person) for person in world.people(2)]

    seats.withdraw(rows[0], reason="", actor=None, now=moment("2026-04-16T09:00"))

    assert states(offering)["学员2"] == "waiting"
    RuleSet.objects.create(kind="signups", effective_from="2026-01-01", values={"pass_on_days": 60})
    seats.pass_on(offering, moment("2026-04-16T10:00"))
    assert states(offering)["学员2"] == "offered"


def test_one_broken_offering_keeps_nobody_else_waiting(world, offered, caplog):
    attempt(offered, world, at=NOW + HOUR, reached=True)
    broken = world.add_class(capacity=1)
    SignUp.objects.create(
        offering=broken, person=world.people(1)[0], state="waiting", queued_at=NOW, source="desk"
    )  # fmt: skip
    broken.class_group.sessions.all().delete()
    broken.class_group.delete()

    assert offers.lapse_due(NOW + 3 * DAY) == 1
    assert f"places of offering {broken.pk} were not passed on" in caplog.text
