"""A shift is closed in one grid, a paper sheet typed in another, series made ahead (rule book 10.12, 10.14, 10.15)."""

import datetime as dt
import uuid

import pytest

from apps.common.errors import BusinessError
from apps.organisation.models import CalendarDay
from apps.signups.models import SignUp
from apps.volunteers.choices.shifts import RecordState, TurnState
from apps.volunteers.models import ServiceRecord, Shift
from apps.volunteers.queries.turns import draft_of, find_turn, turns_of
from apps.volunteers.series_ahead import make_all
from apps.volunteers.services.closing import Closed, Line, close_shift
from apps.volunteers.services.line_refusals import LineRefusals
from apps.volunteers.services.projects import close_project
from apps.volunteers.services.series import SeriesFacts, change_series, create_series, end_series
from apps.volunteers.services.sheets import Sheet, SheetLine, enter_sheet
from apps.volunteers.services.shifts import cancel_shift
from apps.volunteers.services.turns import sign_in, sign_out

from .shift_world import AFTER, NOW, SATURDAY, World, ask, at, turn_of

pytestmark = pytest.mark.django_db
CAME, ABSENT = TurnState.CAME, TurnState.ABSENT


@pytest.fixture
def world():
    return World()


@pytest.fixture
def shift(world):
    made = world.shift(capacity=3)
    for volunteer in (world.leader, *world.volunteers(3)):
        ask(made, volunteer)
    return made


def test_drafted_from_what_was_signed(world, shift):
    turn = sign_in(turn_of(shift, world.leader), at(8, 50), "qr", None)
    assert (draft_of(turn, shift).starts, draft_of(turn, shift).ends) == (540, None)
    assert draft_of(turn, shift).forgot
    turn = sign_out(turn, at(10, 40), "qr", None)
    assert (draft_of(turn, shift).starts, draft_of(turn, shift).ends) == (540, 640)
    assert find_turn(shift, "贺建国") == turn == find_turn(shift, str(world.leader.public_id))


def test_closed_in_one_grid(world, shift):
    own, first, second = turns_of(shift).order_by("pk")
    lines = {own.pk: Line(CAME, 530, 670), first.pk: Line(CAME, 540, 660, 90, "中间休息"), second.pk: Line(ABSENT)}
    assert close_shift(shift, lines, actor=world.chief, now=AFTER) == Closed(2, 1)
    assert close_shift(shift, lines, actor=world.chief, now=AFTER) == Closed(2, 1)
    rows = {row.volunteer_id: row for row in ServiceRecord.objects.all()}
    assert rows[own.volunteer_id].state == RecordState.WAITING
    assert (rows[own.volunteer_id].starts, rows[own.volunteer_id].minutes) == (540, 120)
    assert (rows[first.volunteer_id].state, rows[first.volunteer_id].minutes) == (RecordState.CONFIRMED, 90)
    assert not SignUp.objects.filter(state__in=("waiting", "offered")).exists()
    with pytest.raises(BusinessError, match="已经结束"):
        sign_in(second, at(9), "leader", None)


def test_lines_that_cannot_be_keep_all_open(world, shift):
    own, first, second = turns_of(shift).order_by("pk")
    lines = {own.pk: Line(CAME, 540, None), first.pk: Line(CAME, 540, 660, 60), second.pk: Line(TurnState.EXPECTED)}
    with pytest.raises(LineRefusals) as refused:
        close_shift(shift, lines, actor=world.chief, now=AFTER)
    said = refused.value.lines
    assert "几点走" in said[own.pk]
    assert "写明原因" in said[first.pk]
    assert "来了没有" in said[second.pk]
    assert not ServiceRecord.objects.exists()
    with pytest.raises(BusinessError, match="还没有开始"):
        close_shift(shift, {}, actor=world.chief, now=NOW)


def sheet(world, **over):
    return Sheet(**{"team": world.team, "project": world.project, "on": SATURDAY, "service": "green",
                    "form_key": uuid.UUID(int=7), **over})  # fmt: skip


def test_a_sheet_is_entered_whole_and_once(world):
    people = world.volunteers(30)
    lines = [SheetLine(number, row.person.name, 540, 660) for number, row in enumerate(people)]
    made = enter_sheet(sheet(world, confirmed=True), lines, actor=world.clerk, now=AFTER)
    assert len(made.records) == 30
    assert enter_sheet(sheet(world), lines, actor=world.clerk, now=AFTER).again
    assert ServiceRecord.objects.filter(state=RecordState.CONFIRMED).count() == 30


def test_a_sheet_with_mistakes_writes_nothing(world):
    him, other = world.volunteer("时间", birth="1950-01-01"), world.volunteer("时间", birth="1952-01-01")
    world.record(him, 540, 660)
    lines = [
        SheetLine(1, "时间", 540, 600), SheetLine(2, "没有的", 540, 600), SheetLine(3, "时间1950", 630, 720),
        SheetLine(4, "时间1952", 630, None), SheetLine(5, "贺建国", 540, 600), SheetLine(6, "贺建国", 590, 640),
    ]  # fmt: skip
    with pytest.raises(LineRefusals) as refused:
        enter_sheet(sheet(world), lines, actor=world.clerk, now=AFTER)
    said = refused.value.lines
    assert set(said) == {1, 2, 3, 4, 6}
    assert "1950" in said[1]
    assert "勾“只记不重叠的”" in said[3]
    assert ServiceRecord.objects.count() == 1
    cut = [SheetLine(3, "时间1950", 630, 720, trim=True), SheetLine(4, "时间1952", 630, 720)]
    made = enter_sheet(sheet(world), cut, actor=world.clerk, now=AFTER).records
    assert [(row.volunteer_id, row.starts, row.minutes) for row in made] == [(him.pk, 660, 60), (other.pk, 630, 90)]


WEEKLY = SeriesFacts(6, 540, 660, dt.date(2026, 3, 1), dt.date(2026, 12, 31), 3)


def test_weeks_are_made_ahead_once(world):
    CalendarDay.objects.create(day=dt.date(2026, 3, 14), kind="rest", name="放假")
    series = create_series(world.project, WEEKLY, actor=world.clerk, now=NOW)
    days = [SATURDAY, dt.date(2026, 3, 21), dt.date(2026, 3, 28)]
    assert list(series.shifts.order_by("on").values_list("on", flat=True)) == days
    cancel_shift(series.shifts.get(on=days[0]), reason="停一次", actor=world.clerk, now=NOW)
    assert make_all(NOW) == 0
    assert make_all(NOW + dt.timedelta(14)) == 1


def test_a_series_changes_and_ends(world):
    series = create_series(world.project, WEEKLY, actor=world.clerk, now=NOW)
    ask(series.shifts.get(on=SATURDAY), world.leader)
    new = SeriesFacts(7, 600, 720, WEEKLY.first_on, WEEKLY.until, 4)
    assert change_series(series, new, from_on=SATURDAY, actor=world.clerk, now=NOW) == 4
    assert make_all(NOW) == 0
    assert set(series.shifts.values_list("starts", flat=True)) == {600}
    with pytest.raises(BusinessError, match="后面还排着 4 班"):
        close_project(world.project, actor=world.clerk, now=NOW)
    assert end_series(series, until=dt.date(2026, 3, 9), reason="天热", actor=world.clerk, now=NOW) == 3
    assert Shift.objects.filter(offering__state="open").count() == 1
