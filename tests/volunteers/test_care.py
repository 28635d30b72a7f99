"""Rule book 10.27: what was done, confirmed by who was helped, once."""

import uuid

import pytest

from apps.common.errors import BusinessError
from apps.messaging.models import Message
from apps.volunteers.models import CareConfirmation, ServiceRecord
from apps.volunteers.services import helping, requests
from apps.volunteers.services.care import confirm_care

from .builders import at
from .help_world import account_of, make_help_world

AFTER = at(11, 25, 12)


@pytest.fixture
def world(db):
    return make_help_world()


@pytest.fixture
def request_agreed(world):
    world.volunteer("甲同志")
    request = world.ask()
    return request, world.agreed(request)


def confirm(record, world, minutes=90, **over):
    values = {"confirmed_as": "staff", "actor": world.clerk, "now": AFTER, "form_key": uuid.uuid4()}
    return confirm_care(record, minutes, **{**values, **over})


def test_done_then_confirmed_once(world, request_agreed):
    request, row = request_agreed
    with pytest.raises(BusinessError, match="还没有到"):
        helping.done(row, actor=world.clerk, now=at(11, 24))
    record = helping.done(row, starts=9 * 60, ends=10 * 60 + 30, actor=world.clerk, now=AFTER)
    assert helping.done(row, actor=world.clerk, now=AFTER) == record
    request.refresh_from_db()
    assert (request.state, record.minutes, record.state, record.receiver) == ("done", 90, "waiting", world.receiver)
    assert Message.objects.filter(template="help.confirm", person_id=world.receiver.pk).count() == 1
    key = uuid.uuid4()
    made = confirm(record, world, form_key=key)
    assert confirm(record, world, form_key=key) == made
    with pytest.raises(BusinessError, match="已经确认过了：1小时30分"):
        confirm(record, world)
    request.refresh_from_db()
    assert request.state == "ok"
    assert CareConfirmation.objects.count() == 1


def test_who_may_not_confirm_and_how_long(world, request_agreed):
    _, row = request_agreed
    record = helping.done(row, actor=world.clerk, now=AFTER)
    with pytest.raises(BusinessError, match="自己不能确认"):
        confirm(record, world, actor=account_of(row.volunteer.person, "volunteer"))
    with pytest.raises(BusinessError, match="不能比它长"):
        confirm(record, world, 121)
    with pytest.raises(BusinessError, match="大于 0"):
        confirm(record, world, 0)
    assert not CareConfirmation.objects.exists()


def test_two_helpers_are_both_confirmed(world):
    for name in ("甲同志", "乙同志"):
        world.volunteer(name)
    request = world.ask(wanted=2)
    rows = [helping_row for helping_row in world.asked(request)]
    for row in rows:
        requests.answer(row, True, actor=world.clerk, now=at(11, 23, 10))
    request.refresh_from_db()
    assert request.state == "agreed"
    one = helping.done(rows[0], actor=world.clerk, now=AFTER)
    request.refresh_from_db()
    assert request.state == "agreed"
    two = helping.done(rows[1], actor=world.clerk, now=AFTER)
    confirm(one, world)
    request.refresh_from_db()
    assert request.state == "done"
    confirm(two, world)
    request.refresh_from_db()
    assert request.state == "ok"


def test_nobody_came(world, request_agreed):
    request, row = request_agreed
    record = helping.done(row, actor=world.clerk, now=AFTER)
    helping.doubt(request, "没有来过", actor=world.clerk, now=AFTER)
    request.refresh_from_db()
    assert request.doubt == "没有来过"
    assert Message.objects.filter(template="help.doubted").exists()
    helping.not_done(request, "电话核实，志愿者记错了日子", actor=world.clerk, now=AFTER)
    request.refresh_from_db()
    record.refresh_from_db()
    assert (request.state, record.state) == ("unmet", "refused")
    with pytest.raises(BusinessError, match="不算数"):
        confirm(record, world)
    assert ServiceRecord.objects.count() == 1
