"""Records of service: overlap, confirmation, refusal, correction (rule book 10.14–10.16)."""

import uuid

import pytest

from apps.common.errors import BusinessError
from apps.volunteers.choices.shifts import RecordState
from apps.volunteers.models import CareConfirmation, ServiceRecord
from apps.volunteers.queries.records import served_minutes, team_minutes
from apps.volunteers.rules.shifts import Served, served, trimmed
from apps.volunteers.services import records

from .shift_world import AFTER, SATURDAY, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def test_t9_two_records_at_one_time(world):
    """T9: 09:00–11:00 and 10:30–12:00 on one day: the second is refused, or trimmed by staff."""
    him = world.volunteer("时间")
    world.record(him, 540, 660)
    with pytest.raises(BusinessError, match=r"重叠，可以只记上午11:00–12:00") as refused:
        world.record(him, 630, 720)
    assert refused.value.code == "overlap"
    assert trimmed(630, 720, [(540, 660)]) == Served(660, 720)
    assert world.record(him, 660, 720).minutes == 60
    with pytest.raises(BusinessError, match="不能重复记"):
        world.record(him, 600, 660)


@pytest.mark.parametrize(
    ("came", "left", "wanted"),
    [(530, 670, Served(540, 660)), (600, 640, Served(600, 640)), (400, 530, None)],
)
def test_counted_within_the_shift(came, left, wanted):
    assert served(came, left, 540, 660) == wanted


def test_trimmed_keeps_the_longest_part():
    assert trimmed(540, 720, [(600, 630)]) == Served(630, 720)
    assert trimmed(540, 600, [(500, 610)]) is None


def test_the_same_form_is_one_record(world):
    key = uuid.uuid4()
    assert world.record(world.leader, form_key=key) == world.record(world.leader, form_key=key)
    with pytest.raises(BusinessError, match="已经用过"):
        world.record(world.volunteer("另一位"), form_key=key)


def test_confirmed_ones_alone_count(world):
    first, second = world.volunteers(2)
    rows = [world.record(first), world.record(second, minutes=90), world.record(world.leader)]
    assert records.confirm(rows, actor=world.chief, now=AFTER) == 2
    assert records.confirm(rows[:2], actor=world.chief, now=AFTER) == 0
    with pytest.raises(BusinessError, match="自己的时长"):
        records.confirm(rows[2:], actor=world.chief, now=AFTER)
    assert served_minutes([first.pk, second.pk, world.leader.pk]) == {first.pk: 120, second.pk: 90}
    assert team_minutes([world.team.pk], SATURDAY, AFTER.date()) == {world.team.pk: 210}


def test_refused_frees_the_time(world):
    row = world.record(world.leader)
    assert records.refuse([row], reason="那天没有来", actor=world.clerk, now=AFTER) == 1
    assert ServiceRecord.objects.get(pk=row.pk).refusal == "那天没有来"
    assert world.record(world.leader).state == RecordState.WAITING


def test_corrected_while_it_waits(world):
    him = world.volunteer("改")
    row = world.record(him)
    changed = records.correct(
        row, starts=540, ends=600, minutes=None, reason="提前走了", actor=world.chief, now=AFTER
    )  # fmt: skip
    assert changed.minutes == 60
    records.confirm([row], actor=world.chief, now=AFTER)
    with pytest.raises(BusinessError, match="作废以后重新登记"):
        records.correct(row, starts=540, ends=650, minutes=None, reason="x", actor=world.chief, now=AFTER)


def test_void_unless_credited(world):
    row, other = world.record(world.leader), world.record(world.leader, 700, 760)
    assert records.void(row, reason="登记错了", actor=world.clerk, now=AFTER).voided_at
    CareConfirmation.objects.create(record=other, confirmed_as="self", minutes=60, confirmed_at=AFTER)
    for act in (records.void, lambda *a, **k: records.refuse([other], **k)):
        with pytest.raises(BusinessError, match="更正"):
            act(other, reason="登记错了", actor=world.clerk, now=AFTER)
