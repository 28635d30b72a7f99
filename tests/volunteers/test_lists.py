"""Lists of volunteers coming in: read, judged, written once by a job; the same file again changes nothing."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.common.jobs import run_job
from apps.common.models import Job
from apps.common.workbook.writer import write_sheet
from apps.people.models import Phone
from apps.people.services import save_phone
from apps.volunteers.models import TeamMember, Volunteer, VolunteerBatch, VolunteerStatement
from apps.volunteers.services import lists
from tests.builders import make_cadre, make_unit, make_user

from .builders import make_team, make_volunteer

HEADS = ("姓名", "身份证号", "出生日期", "手机", "队", "专长", "服务意向", "承诺书日期")
ROWS = [
    ["李德厚", "", "1958-05-02", "13900001111", "红耆志愿服务队", "开车、修表", "陪诊", "2026-03-01"],
    ["新来人", "", "1966-01-01", "13900002222", "", "法律", "", ""],
    ["王五", "", "", "", "", "", "", ""],
    ["赵六", "", "1960-01-01", "", "没有的队", "", "", ""],
]


def workbook(rows=ROWS) -> bytes:
    stream = io.BytesIO()
    write_sheet(stream, "名单", HEADS, rows, sheet_name="名单")
    return stream.getvalue()


def run_open_jobs() -> None:
    for pk in list(Job.objects.filter(state="queued").order_by("pk").values_list("pk", flat=True)):
        run_job(pk)


@pytest.fixture
def world(db):
    unit = make_unit()
    clerk = make_user("jingban", role="clerk", unit=unit)
    team = make_team(unit=unit)
    cadre = make_cadre("李德厚", unit=unit, birth_date="1958-05-02")
    return unit, clerk, team, cadre


def take_in(unit, clerk, rows=ROWS) -> VolunteerBatch:
    batch = lists.receive(workbook(rows), "名单.xlsx", unit, actor=clerk)
    run_open_jobs()
    batch.refresh_from_db()
    return batch


def test_a_namesake_is_not_guessed(world):
    unit, clerk, _, _ = world
    batch = take_in(unit, clerk)
    assert batch.state == "preview"
    # No phone of his is on record: somebody has to look.
    assert batch.counts == {"new": 1, "changed": 0, "unchanged": 0, "refused": 3}
    faults = {row["name"]: "".join(row["faults"]) for row in lists.read_checked(batch)["rows"]}
    assert "同名" in faults["李德厚"]
    assert "至少填一样" in faults["王五"]
    assert "没有叫“没有的队”的队" in faults["赵六"]


def test_rows_are_written_once_and_the_same_file_changes_nothing(world):
    unit, clerk, team, cadre = world
    make_volunteer(person=cadre.person, unit=unit, skills=["law"], papers=())
    rows = [[*ROWS[0][:1], "", *ROWS[0][2:]], ROWS[1]]
    know_phone(cadre, clerk)
    batch = take_in(unit, clerk, rows)
    assert batch.counts["new"] == batch.counts["changed"] == 1
    lists.confirm(batch, version=batch.version, actor=clerk)
    lists.confirm(batch, version=batch.version, actor=clerk)
    run_open_jobs()
    batch.refresh_from_db()
    assert batch.state == "applied"
    old = Volunteer.objects.get(pk=cadre.pk)
    assert old.skills == ["law", "driving"]
    assert old.wishes == ["hospital"]
    assert old.strengths == "修表"
    assert TeamMember.objects.filter(team=team, volunteer=old).count() == 1
    assert VolunteerStatement.objects.filter(volunteer=old, kind="willing").count() == 1
    assert Volunteer.objects.filter(person__name="新来人").count() == 1
    again = take_in(unit, clerk, rows)
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 2, "refused": 0}


def know_phone(cadre, clerk) -> None:
    save_phone(Phone(person=cadre.person, kind="mobile"), "13900001111", actor=clerk)


def test_the_pages_take_a_file_show_it_and_give_refused_rows_back(world):
    unit, clerk, _, _ = world
    client = Client()
    client.force_login(clerk)
    add = reverse("admin:volunteers_volunteerbatch_add")
    assert client.get(reverse("admin:volunteers_volunteerbatch_template")).status_code == 200
    assert client.post(add, {"unit": unit.pk}).status_code == 422
    answer = client.post(add, {"unit": unit.pk, "file": SimpleUploadedFile("名单.xlsx", workbook())})
    assert answer.status_code == 302
    run_open_jobs()
    text = client.get(answer["Location"]).content.decode()
    assert "新来人" in text
    assert "13900002222" not in text
    batch = VolunteerBatch.objects.get()
    report = client.get(reverse("admin:volunteers_volunteerbatch_report", args=[batch.pk]))
    assert report.status_code == 200
    client.post(answer["Location"], {"confirm": "1", "version": batch.version})
    run_open_jobs()
    assert Volunteer.objects.get().person.name == "新来人"
    stranger = Client()
    stranger.force_login(make_user("other", role="clerk", unit=unit))
    assert stranger.get(answer["Location"]).status_code == 404


def test_a_file_that_is_no_list_is_told_so(world):
    unit, clerk, _, _ = world
    batch = lists.receive(b"nothing", "名单.xlsx", unit, actor=clerk)
    run_open_jobs()
    batch.refresh_from_db()
    assert batch.state == "refused"
    assert batch.refusal
