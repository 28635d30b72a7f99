import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.messaging.models import Message
from apps.signups.models import Occupied, Offer, Places, SignUp
from apps.signups.queries import positions_of
from apps.signups.services import seats
from apps.university.models import Enrolment
from tests.builders import make_person, make_user
from tests.signups.places_world import DAY, HOUR, MINUTE, NOW, World, ask, at_once, states, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def test_places_are_given_first_come_and_then_there_is_a_rank(world):
    offering = world.add_class(capacity=2)
    one, two, three, four = world.people(4)

    rows = [ask(offering, person, now=NOW + n * MINUTE) for n, person in enumerate((one, two, three, four))]

    assert [row.state for row in rows] == ["seated", "seated", "waiting", "waiting"]
    assert positions_of(rows) == {rows[2].pk: 1, rows[3].pk: 2}
    assert (taken(offering), Places.objects.get(offering=offering).free) == (2, 0)
    assert Occupied.objects.filter(person__in=[one, two]).count() == 2
    assert set(Enrolment.objects.values_list("student_id", "state")) == {(one.pk, "in"), (two.pk, "in")}
    assert AuditEntry.objects.filter(action="signup.make").count() == 4


def test_a_resent_form_is_the_sign_up_it_made_and_serves_nobody_else(world):
    offering, key = world.add_class(), uuid.uuid4()
    one, two = world.people(2)

    made = ask(offering, one, form_key=key)
    again = ask(offering, one, form_key=key, now=NOW + HOUR)
    with pytest.raises(BusinessError) as other:
        ask(offering, two, form_key=key)
    with pytest.raises(BusinessError) as twice:
        ask(offering, one)

    assert (again.pk, SignUp.objects.count()) == (made.pk, 1)
    assert other.value.sentence == "这张表已经用过。请重新打开再填。"
    assert twice.value.sentence == "已经报过“书法01班”了，现在是“已录取”，不用再报。"


def test_undone_within_ten_minutes_it_leaves_no_trace_in_the_ranks(world):
    offering = world.add_class(capacity=1)
    one, two, three = world.people(3)
    first, second, _ = (ask(offering, person) for person in (one, two, three))

    undone = seats.undo(first, actor=None, now=NOW + 9 * MINUTE)
    seats.undo(first, actor=None, now=NOW + HOUR)
    with pytest.raises(BusinessError, match="可以撤销的时间已经过了"):
        seats.undo(second, actor=None, now=NOW + 10 * MINUTE)

    assert undone.state == "undone"
    assert states(offering) == {"学员1": "undone", "学员2": "offered", "学员3": "waiting"}
    assert not Occupied.objects.exists()
    assert Enrolment.objects.get().voided_at is not None
    again = ask(offering, one, now=NOW + HOUR)
    assert positions_of([again]) == {again.pk: 2}


def test_who_leaves_hands_his_place_to_the_next(world):
    offering = world.add_class(capacity=1)
    one, two = world.people(2)
    seat, _ = ask(offering, one), ask(offering, two)

    seats.withdraw(seat, reason="搬家", actor=None, now=NOW + DAY)
    seats.withdraw(seat, reason="搬家", actor=None, now=NOW + DAY)

    offer = Offer.objects.get()
    assert (offer.sign_up.person, offer.state, offer.answer_by, taken(offering)) == (two, "open", None, 1)
    enrolment = Enrolment.objects.get()
    assert (enrolment.state, enrolment.end_reason) == ("left", "搬家")
    assert Message.objects.filter(template="signup.offer", person=two).count() == 1


def test_places_of_the_pad_are_kept_for_the_pad(world):
    offering = world.add_class(capacity=2, held_back=1)
    one, two, three = world.people(3)

    web = [ask(offering, one), ask(offering, two)]
    pad = ask(offering, three, source="pad", queued_at=NOW - DAY)

    assert [row.state for row in (*web, pad)] == ["seated", "waiting", "seated"]
    assert Places.objects.get().held_back == 0
    assert pad.queued_at == NOW - DAY
    assert Message.objects.filter(template="signup.seated", person=three).exists()


def test_released_places_go_to_those_who_wait_before_who_comes_next(world):
    offering = world.add_class(capacity=2, held_back=1)
    clerk, (one, two, three) = make_user(), world.people(3)
    ask(offering, one), ask(offering, two)

    seats.set_capacity(offering, 2, 0, actor=clerk, now=NOW + DAY)
    late = ask(offering, three, now=NOW + DAY)

    assert states(offering) == {"学员1": "seated", "学员2": "offered", "学员3": "waiting"}
    assert (late.state, Offer.objects.get().reason) == ("waiting", "added")
    with pytest.raises(BusinessError, match="名额不能少于2个"):
        seats.set_capacity(offering, 1, 0, actor=clerk, now=NOW)
    with pytest.raises(BusinessError, match="留给登记本的填 0 到 1"):
        seats.set_capacity(offering, 3, 2, actor=clerk, now=NOW)


def test_who_waits_and_may_again_comes_before_a_newcomer(world):
    """Nothing told of it that he may have the place now; the next act finds out."""
    offering, other = world.add_class(capacity=1, weekday=1), world.add_class(weekday=1)
    one, two, three = world.people(3)
    seat, _ = ask(offering, one), ask(offering, two)
    clash = ask(other, two)
    seats.withdraw(seat, reason="", actor=None, now=NOW)
    assert states(offering)["学员2"] == "waiting"

    seats.withdraw(clash, reason="", actor=None, now=NOW)
    newcomer = ask(offering, three)

    assert (newcomer.state, states(offering)["学员2"]) == ("waiting", "offered")


def test_what_is_not_open_says_why(world):
    one = make_person()
    closed = world.add_class(opens_at=NOW - DAY, closes_at=NOW)
    early = world.add_class(opens_at=NOW + DAY)
    off, draft, lots = world.add_class(state="off"), world.add_class(state="draft"), world.add_class(mode="lottery")

    said = {}
    for offering in (closed, early, off, draft, lots):
        with pytest.raises(BusinessError) as refused:
            ask(offering, one)
        said[refused.value.code] = refused.value.sentence

    assert list(said) == ["closed", "not_yet", "cancelled", "draft", "lottery"]
    assert said["closed"] == "“书法01班”已经在3月2日9点截止报名。想补报，请打电话0530-6600001。"
    assert ask(closed, one, source="staff").state == "seated"
    assert not SignUp.objects.exclude(offering=closed).exists()


def test_staff_take_somebody_off_with_a_reason_and_he_is_told(world):
    offering, clerk = world.add_class(), make_user()
    row = ask(offering, make_person())

    with pytest.raises(BusinessError, match="请写明为什么移出"):
        seats.remove(row, reason=" ", actor=clerk, now=NOW)
    seats.remove(row, reason="三个月没有来", actor=clerk, now=NOW)

    row.refresh_from_db()
    assert (row.state, row.end_reason, taken(offering)) == ("removed", "三个月没有来", 0)
    assert Message.objects.filter(template="signup.removed").count() == 1


def test_a_cancelled_class_tells_everybody_and_frees_their_time(world):
    offering, clerk = world.add_class(capacity=1), make_user()
    for person in world.people(3):
        ask(offering, person)

    assert seats.cancel_offering(offering, reason="人数不够", actor=clerk, now=NOW) == 3
    assert seats.cancel_offering(offering, reason="人数不够", actor=clerk, now=NOW) == 0

    assert set(states(offering).values()) == {"off"}
    assert (taken(offering), Occupied.objects.count(), Offer.objects.count()) == (0, 0, 0)
    assert Enrolment.objects.get().state == "off"
    assert Message.objects.filter(template="signup.cancelled").count() == 3


@pytest.mark.parametrize(
    "write",
    [
        lambda offering, people: SignUp.objects.bulk_create(
            SignUp(offering=offering, person=one, state="seated", queued_at=NOW, source="staff") for one in people
        ),
        lambda offering, people: SignUp.objects.filter(offering=offering).update(state="offered"),
        lambda offering, people: _sql(
            "UPDATE signups_signup SET state = 'seated' WHERE offering_id = %s", [offering.pk]
        ),
        lambda offering, people: _sql("UPDATE signups_places SET capacity = 0 WHERE offering_id = %s", [offering.pk]),
    ],
    ids=["bulk_create", "update", "sql", "capacity"],
)
def test_the_database_refuses_a_place_too_many_whichever_way_it_comes(world, write):
    offering = world.add_class(capacity=1)
    for person in world.people(2):
        ask(offering, person)

    with pytest.raises(IntegrityError, match="places_not_over"), transaction.atomic():
        write(offering, world.people(2, "别人"))

    assert taken(offering) == 1


def test_the_count_follows_every_way_of_writing(world):
    offering, other = world.add_class(capacity=5), world.add_class(capacity=5)
    SignUp.objects.bulk_create(
        SignUp(offering=offering, person=one, state="seated", queued_at=NOW, source="staff") for one in world.people(4)
    )
    keys = list(SignUp.objects.order_by("pk").values_list("pk", flat=True))

    _sql("UPDATE signups_signup SET offering_id = %s WHERE id = %s", [other.pk, keys[0]])
    _sql("DELETE FROM signups_signup WHERE id = %s", [keys[1]])
    SignUp.objects.filter(pk=keys[2]).update(voided_at=NOW)

    assert (taken(offering), taken(other)) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_one_form_pressed_many_times_at_once_is_one_sign_up(world):
    offering, key = world.add_class(), uuid.uuid4()
    (one,) = world.people(1)

    found = at_once([lambda: ask(offering, one, form_key=key).pk] * 6)

    assert (len(found), len(set(found)), SignUp.objects.count(), taken(offering)) == (6, 1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_get_more_places_than_there_are(world):
    offering = world.add_class(capacity=3)

    found = at_once([lambda person=person: ask(offering, person).state for person in world.people(10)])

    assert (found.count("seated"), found.count("waiting"), taken(offering)) == (3, 7, 3)


def _sql(text, params):
    with connection.cursor() as cursor:
        cursor.execute(text, params)
