import datetime as dt
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.common.together import read_together
from apps.volunteers import board
from apps.volunteers.queries import reports
from apps.volunteers.services import records
from tests.builders import make_unit

from .shift_world import AFTER, SATURDAY, World, at

pytestmark = pytest.mark.django_db
URL = "admin:volunteers_servicecertificate_reports"
YEAR = (dt.date(2026, 1, 1), dt.date(2027, 1, 1))


@pytest.fixture
def world():
    made = World()
    made.wu = made.volunteer("吴志远", birth="1938-05-02")
    return made


def scope(world):
    return reports.Scope(world.clerk, *YEAR)


def test_hours_by_team_month_and_service_count_what_is_confirmed(world):
    other = World("北城队", unit=make_unit("北城区委老干部局"))
    for volunteer in (world.wu, world.leader):
        records.confirm([world.record(volunteer)], actor=world.clerk, now=AFTER)
    world.record(world.wu, starts=700, ends=760)
    records.confirm([other.record(other.leader)], actor=other.clerk, now=AFTER)

    whole = [2, "4小时", 2]
    table = dict(reports.hours(scope(world), reports.TEAM).rows)
    assert (table[world.team.name], table["合计"]) == (whole, whole)
    assert dict(reports.hours(scope(world), reports.MONTH).rows)["4月"] == [0, "0分", 0]
    assert len(reports.hours(scope(world), reports.SERVICE).rows) == 2


def test_people_by_age_and_kind(world):
    table = dict(reports.people(scope(world)).rows)
    assert (table["80—89岁"], table["70—79岁"], table["合计"]) == ([0, 1, 1], [0, 1, 1], [0, 2, 2])


def test_the_page_prints_and_exports(client, world):
    records.confirm([world.record(world.wu)], actor=world.clerk, now=AFTER)
    client.force_login(world.clerk)
    for part in ("hours", "people", "requests", "bank", "talks", "areas"):
        assert client.get(reverse(URL), {"part": part, "year": "2026"}).status_code == 200
    assert "2小时" in client.get(reverse(URL), {"print": "1", "year": "2026"}).content.decode()
    book = client.get(reverse(URL), {"xlsx": "1", "year": "nonsense"})
    assert load_workbook(io.BytesIO(b"".join(book)), read_only=True).worksheets
    client.force_login(world.chief)
    assert client.get(reverse(URL)).status_code != 200


def test_the_home_page_counts_what_waits_in_one_statement(world, django_assert_num_queries):
    world.shift()
    world.record(world.wu)
    now = at(9, day=SATURDAY - dt.timedelta(days=1))
    parts = board.counts_of(world.clerk, now)
    with django_assert_num_queries(1):
        figures = {one["label"]: one["value"] for one in board.figures_of(world.clerk, read_together(parts))}
    assert (figures["时长等确认"], figures["一周内的班次缺人"], figures["求助，还没有人答应"]) == (1, 1, 0)
    assert (board.counts_of(world.chief, now), board.figures_of(world.chief, {})) == ({}, [])
