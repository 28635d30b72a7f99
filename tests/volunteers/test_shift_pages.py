"""Pages of shifts and records: staff, the team's leader on his phone, the volunteer who scans (rule book 10.13)."""

import datetime as dt
import io
import uuid

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.signups.models import SignUp
from apps.volunteers.choices.shifts import RecordState, TurnState
from apps.volunteers.models import Project, ServiceRecord, Shift, ShiftSeries
from apps.volunteers.queries.sign_codes import OWN_FEED, TEAM_FEED, code_of, feed_key
from tests.builders import make_user

from .shift_world import World, ask, turn_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def world():
    return World()


@pytest.fixture
def today():
    """A shift that goes on now, whatever the hour."""
    now = timezone.localtime()
    minutes = now.hour * 60 + now.minute
    return now, {"on": now.date(), "starts": max(0, minutes - 30), "ends": min(1440, minutes + 30)}


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name, *args) -> str:
    return reverse(f"admin:volunteers_{name}", args=args)


def running(world, today):
    """Made an hour before it began, as they are."""
    now, times = today
    shift = world.shift(now=now - 2 * DAY, **times)
    for volunteer in (world.leader, world.volunteer("赵来")):
        ask(shift, volunteer, now=now - DAY)
    return shift


def test_staff_make_a_project_a_shift_and_a_series(world):
    staff = signed_in(world.clerk)
    values = {
        "team": world.team.pk,
        "name": "陪聊",
        "service": "company",
        "place": "居委会",
        "summary": "",
        "age_to": "",
    }
    answer = staff.post(url("project_add"), values)
    assert answer.status_code == 302, answer.context["errors"]
    project = Project.objects.get(name="陪聊")
    staff.post(url("project_publish", project.pk))
    day = timezone.localdate() + 3 * DAY
    asked = {"project": project.pk, "on": day, "starts": "九点", "ends": "11:00", "capacity": 3}
    assert "9:00 这样" in staff.post(url("shift_add"), asked).content.decode()
    assert staff.post(url("shift_add"), {**asked, "starts": "9:00"}).status_code == 302
    shift = Shift.objects.get(project=project)
    assert (shift.starts, shift.offering.state) == (540, "open")
    page = staff.get(url("shift_week"), {"on": day}).content.decode()
    assert "陪聊" in page
    staff.post(url("shift_join", shift.pk), {"who": "贺建国", "form_key": uuid.uuid4()})
    page = staff.get(url("shift_change", shift.pk)).content.decode()
    assert "贺建国" in page
    assert "data:image/svg+xml" in staff.get(url("shift_sheet", shift.pk)).content.decode()
    moved = {**asked, "starts": "10:00", "ends": "12:00", "leader": world.leader.pk}
    assert staff.post(url("shift_edit", shift.pk), moved).status_code == 302
    row = SignUp.objects.get(offering=shift.offering_id)
    assert staff.post(url("shift_leave", shift.pk, row.public_id), {"reason": "来电"}).status_code == 302
    assert staff.post(url("shift_cancel", shift.pk), {"reason": "下雨"}).status_code == 302
    weekly = {"project": project.pk, "weekday": 1, "starts": "9", "ends": "10", "capacity": 2, "first_on": day,
              "last_on": day + 60 * DAY}  # fmt: skip
    assert staff.post(url("shiftseries_add"), weekly).status_code == 302
    series = ShiftSeries.objects.get()
    changed = {**weekly, "starts": "9:30", "ends": "10:30", "first_on": timezone.localdate()}
    assert staff.post(url("shiftseries_edit", series.pk), changed).status_code == 302
    assert set(series.shifts.values_list("starts", flat=True)) == {570}
    ended = {"until": day + 7 * DAY, "reason": "天冷"}
    assert staff.post(url("shiftseries_end", series.pk), ended).status_code == 302
    for page in ("project_changelist", "shift_changelist", "shiftseries_changelist"):
        assert staff.get(url(page)).status_code == 200
    assert staff.get(url("shiftseries_change", series.pk)).status_code == 200


def test_staff_close_a_shift(world, today):
    shift = running(world, today)
    staff = signed_in(world.clerk)
    own, other = turn_of(shift, world.leader), shift.turns.exclude(volunteer=world.leader).get()
    values = {f"t{own.pk}-state": "came", f"t{other.pk}-state": "due"}
    answer = staff.post(url("shift_close", shift.pk), values)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "来了没有" in page
    assert "几点来、几点走" in page
    span = {f"t{own.pk}-starts": f"{shift.starts // 60}:{shift.starts % 60:02}",
            f"t{own.pk}-ends": f"{shift.ends // 60}:{shift.ends % 60:02}"}  # fmt: skip
    done = {**values, **span, f"t{other.pk}-state": "absent"}
    assert staff.post(url("shift_close", shift.pk), done).status_code == 302
    row = ServiceRecord.objects.get()
    assert (row.state, row.volunteer_id) == (RecordState.CONFIRMED, world.leader.pk)
    page = staff.get(url("servicerecord_change", row.pk)).content.decode()
    assert "贺建国" in page
    assert "贺建国" in staff.get(url("servicerecord_changelist"), {"q": "贺建国"}).content.decode()


def test_the_paper_sheet_page(world):
    staff, day = signed_in(world.clerk), timezone.localdate() - DAY
    values = {"team": world.team.pk, "project": world.project.pk, "on": day, "starts": "9:00", "ends": "11:00",
              "form_key": str(uuid.uuid4()), "l1-who": "贺建国", "l2-who": "没有的"}  # fmt: skip
    answer = staff.post(url("servicerecord_sheet"), values)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "没有“没有的”" in page
    assert 'value="贺建国"' in page
    fine = {**values, "l2-who": ""}
    assert staff.post(url("servicerecord_sheet"), fine).status_code == 302
    assert staff.post(url("servicerecord_sheet"), fine).status_code == 302
    row = ServiceRecord.objects.get()
    assert row.minutes == 120
    assert (
        staff.post(url("servicerecord_correct", row.pk), {"starts": "9", "ends": "10", "reason": "早走"}).status_code
        == 302
    )
    assert staff.post(url("servicerecord_confirm", row.pk)).status_code == 302
    page = staff.get(url("servicerecord_hours"), {"year": day.year}).content.decode()
    assert "1小时" in page
    exported(staff, world, day)
    assert staff.post(url("servicerecord_annul", row.pk), {"reason": "错了"}).status_code == 302


def exported(staff, world, day):
    """Once; then only when asked again. The number only with the right to see it."""
    asked = {"first": day, "last": day, "reason": "报送"}
    sheet = openpyxl.load_workbook(io.BytesIO(staff.post(url("servicerecord_export"), asked).content)).worksheets[0]
    head, line = list(sheet.iter_rows(values_only=True))
    shown = dict(zip(head, line, strict=True))
    assert (shown["姓名"], shown["服务时长(小时)"], shown["项目/活动名称"]) == ("贺建国", "1", "护河巡查")
    answer = staff.post(url("servicerecord_export"), asked)
    assert "没有还没导出的记录" in answer.content.decode()
    assert staff.post(url("servicerecord_export"), {**asked, "again": "on"}).status_code == 200


def test_the_leader_signs_people_in_and_closes(world, today):
    shift = running(world, today)
    chief = signed_in(world.chief)
    here = [world.team.public_id, shift.public_id]
    home = chief.get(reverse("volunteers:team_shifts", args=here[:1])).content.decode()
    assert "护河巡查" in home
    page = reverse("volunteers:team_shift", args=here)
    turn = turn_of(shift, world.leader)
    assert chief.post(page, {"act": "in", "turn": turn.public_id}).status_code == 302
    assert turn_of(shift, world.leader).state == TurnState.CAME
    world.volunteer("钱加")
    assert chief.post(page, {"act": "add", "who": "钱加", "form_key": uuid.uuid4()}).status_code == 302
    assert chief.post(page, {"act": "scan", "who": "赵来"}).status_code == 302
    assert (
        "没有“谁也不是”"
        in chief.post(page, {"act": "add", "who": "谁也不是", "form_key": uuid.uuid4()}).content.decode()
    )
    text = chief.get(page).content.decode()
    assert "钱加" in text
    assert "data:image/svg+xml" in text
    close = reverse("volunteers:team_shift_close", args=here)
    assert "没有签退" in chief.get(close).content.decode()
    lines = {}
    for row in shift.turns.all():
        lines |= {f"t{row.pk}-state": "came", f"t{row.pk}-starts": f"{shift.starts // 60}:{shift.starts % 60:02}",
                  f"t{row.pk}-ends": f"{shift.ends // 60}:{shift.ends % 60:02}"}  # fmt: skip
    assert chief.post(close, lines).status_code == 302
    states = set(ServiceRecord.objects.values_list("volunteer__person__name", "state"))
    assert states == {("贺建国", "waiting"), ("赵来", "ok"), ("钱加", "ok")}


def test_the_leader_makes_the_next_of_its_kind(world, today):
    running(world, today)
    chief = signed_in(world.chief)
    page = reverse("volunteers:team_shift_new", args=[world.team.public_id, world.project.public_id])
    form = chief.get(page).context["form"]
    assert form.initial["on"] == today[0].date() + 7 * DAY
    made = {"on": form.initial["on"], "starts": "9:00", "ends": "11:00", "capacity": 4, "place": "南河桥头"}
    assert chief.post(page, made).status_code == 302
    new = Shift.objects.get(starts=540, on=form.initial["on"])
    cancel = reverse("volunteers:team_shift_cancel", args=[world.team.public_id, new.public_id])
    assert chief.post(cancel, {"reason": "下雨"}).status_code == 302


def test_a_leader_sees_his_team_only(world):
    other = World("别的队", unit=world.unit)
    shift = other.shift(on=timezone.localdate() + DAY, now=timezone.now())
    chief = signed_in(world.chief)
    for name in ("team_shift", "team_shift_close", "team_shift_cancel"):
        assert chief.get(reverse(f"volunteers:{name}", args=[other.team.public_id, shift.public_id])).status_code == 404
        own = reverse(f"volunteers:{name}", args=[world.team.public_id, shift.public_id])
        assert chief.get(own).status_code == 404
    for user in (make_user("路人", is_staff=False), world.clerk):
        page = reverse("volunteers:team_shifts", args=[world.team.public_id])
        assert signed_in(user).get(page).status_code == 404


def test_the_volunteer_scans(world, today):
    shift = running(world, today)
    page = reverse("volunteers:sign_shift", args=[code_of(shift)])
    own = signed_in(world.chief)
    assert "我来了，签到" in own.get(page).content.decode()
    assert turn_of(shift, world.leader).state == TurnState.EXPECTED
    assert own.post(page, {"act": "in"}).status_code == 302
    assert turn_of(shift, world.leader).came_way == "qr"
    assert "才签到" in own.post(page, {"act": "out"}).content.decode()
    stranger = signed_in(make_user("路人", is_staff=False))
    assert "没有报这一班" in stranger.get(page).content.decode()
    assert Client().get(page).status_code == 302
    late = world.shift(on=timezone.localdate() + DAY, now=timezone.now())
    assert "今天不能用" in own.get(reverse("volunteers:sign_shift", args=[code_of(late)])).content.decode()


def test_calendars_by_secret_address(world, today):
    running(world, today)
    feeds = (("team_feed", TEAM_FEED, world.team), ("own_feed", OWN_FEED, world.leader))
    for name, salt, row in feeds:
        text = Client().get(reverse(f"volunteers:{name}", args=[feed_key(salt, row.public_id)])).content.decode()
        assert text.count("BEGIN:VEVENT") == 1
        assert "护河巡查" in text
        assert Client().get(reverse(f"volunteers:{name}", args=[row.public_id.hex])).status_code == 404
