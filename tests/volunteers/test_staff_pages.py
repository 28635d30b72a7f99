"""What a clerk reads and takes out: pages with words instead of codes, lists on paper and as workbooks."""

import datetime as dt
import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.common.models import AuditEntry
from apps.volunteers.models import Project, Team
from apps.volunteers.services.records import confirm
from apps.volunteers.services.series import SeriesFacts, create_series
from tests.builders import make_unit

from .shift_world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.fixture
def clerk(world) -> Client:
    client = Client()
    client.force_login(world.clerk)
    return client


def page(client, name, *args, **query) -> str:
    answer = client.get(reverse(f"admin:volunteers_{name}", args=args), query)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_pages_say_words_and_lead_on(world, clerk):
    volunteer = world.volunteer("赵来")
    row = world.record(volunteer)
    confirm([row], actor=world.clerk, now=timezone.now())
    shown = page(clerk, "project_change", world.project.pk)
    assert "环境保护" in shown
    assert ">green<" not in shown
    assert "2小时" in shown
    series = create_series(
        world.project,
        SeriesFacts(weekday=4, starts=540, ends=660, first_on=timezone.localdate(), capacity=3,
                    until=timezone.localdate() + dt.timedelta(days=60)),
        actor=world.clerk, now=timezone.now(),
    )  # fmt: skip
    shown = page(clerk, "shiftseries_change", series.pk)
    assert "每周四上午9:00–11:00" in shown
    assert "540" not in shown
    shown = page(clerk, "servicerecord_change", row.pk)
    for name, key in (("volunteer", volunteer.pk), ("team", world.team.pk), ("project", world.project.pk)):
        assert reverse(f"admin:volunteers_{name}_change", args=[key]) in shown
    assert "2026年3月7日（星期六）" in shown


def test_a_list_leaves_as_it_is_filtered(world, clerk):
    hers, his = world.volunteer("赵来"), world.volunteer("=钱进")
    world.record(hers)
    world.record(his)
    printed = page(clerk, "servicerecord_listed", **{"as": "print", "volunteer": hers.pk})
    assert "赵来" in printed
    assert "钱进" not in printed
    answer = clerk.get(reverse("admin:volunteers_servicerecord_listed"), {"as": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    cells = {cell.value: cell for line in sheet.iter_rows() for cell in line if cell.value is not None}
    assert cells["=钱进"].data_type == "s"  # text, not a formula
    assert dt.datetime(2026, 3, 7) in cells
    assert "2小时" in cells
    assert "环境保护" in cells
    assert AuditEntry.objects.filter(action="export", target="volunteers.servicerecord:list").count() == 1


def test_what_lives_is_ended_not_voided(world, clerk):
    world.shift()
    for name, row in (("team", world.team), ("project", world.project)):
        answer = clerk.post(reverse(f"admin:volunteers_{name}_void", args=[row.pk]), {"reason": "登错了"})
        assert answer.status_code == 422
    assert not Team.objects.get().voided_at
    assert not Project.objects.get().voided_at


def test_dates_of_other_centuries_are_refused(world, clerk):
    values = {
        "name": "新队", "kind": "red", "unit": make_unit("别处").pk, "founded_on": "0026-03-01", "phone": "",
        "brand": "", "venue": "", "introduction": "",
    }  # fmt: skip
    answer = clerk.post(reverse("admin:volunteers_team_add"), values)
    assert "请填1900年到2100年之间的日期" in answer.content.decode()
    ends = {"volunteer": world.leader.pk, "on": "2199-01-01", "seen": ""}
    answer = clerk.post(reverse("admin:volunteers_team_hand_over", args=[world.team.pk]), ends)
    assert answer.status_code == 422
    assert "最多提前一年登记" in answer.content.decode()
