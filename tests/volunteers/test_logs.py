"""Patrol sheets, problems, 四亮 and case logs (rule book 10.53–10.55)."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.volunteers.models import BrightRecord, CaseLog, CaseStep, OutsidePost, Patrol, Problem, Volunteer
from apps.volunteers.queries.posts import late_problems
from apps.volunteers.rules.posts import PatrolRules, are_nameless, is_late
from apps.volunteers.services import cases, patrols
from apps.volunteers.services.line_refusals import LineRefusals

from .outside_world import TODAY, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.fixture
def staff(client, world):
    client.force_login(world.clerk)
    return client


def enter(world, *lines, key=None, **more):
    return patrols.enter_patrols(
        lines, posts=OutsidePost.objects.all(), volunteers=Volunteer.objects.all(), form_key=key or uuid.uuid4(),
        on=TODAY, actor=world.clerk, **more,
    )  # fmt: skip


def line(number, who, **over):
    return patrols.PatrolLine(**{"number": number, "who": who, "on": TODAY, "minutes": 60, **over})


def test_a_sheet_is_written_whole_and_once(world):
    world.post(world.person("李德厚"))
    world.post(world.person("王春生"), ends_on=TODAY)
    with pytest.raises(LineRefusals) as refused:
        enter(world, line(1, "李德厚"), line(2, "王春生"), line(3, "李德厚", minutes=None))
    assert set(refused.value.lines) == {2, 3}
    assert not Patrol.objects.exists()
    key = uuid.uuid4()
    good = (line(1, "李德厚"), line(2, "李德厚", place="桥头", problem="井盖松动", told="居委会"))
    done = enter(world, *good, key=key)
    assert (len(done.patrols), done.problems) == (2, 1)
    assert enter(world, *good, key=key).again
    assert list(Patrol.objects.order_by("pk").values_list("place", flat=True)) == ["榕树巷", "桥头"]
    problem = Problem.objects.get()
    assert (problem.state, problem.reported_to, problem.community) == ("reported", "居委会", world.community)


def test_two_posts_ask_which(world):
    him = world.person("李德厚")
    world.post(him)
    world.post(him, kind="grid", body="榕树社区第三网格")
    with pytest.raises(LineRefusals) as refused:
        enter(world, line(1, "李德厚"))
    assert "2 个岗位" in refused.value.lines[1]
    assert enter(world, line(1, "李德厚"), kind="grid").patrols[0].post.kind == "grid"


def test_the_sheet_page_keeps_what_was_typed(staff, world):
    world.post(world.person("李德厚"))
    address = reverse("admin:volunteers_patrol_enter")
    assert staff.get(address).status_code == 200
    head = {"key": str(uuid.uuid4()), "on": "2026-11-01", "minutes": "45"}
    answer = staff.post(address, {**head, "l1-who": "没有这人", "l1-seen": "路面干净"})
    assert answer.status_code == 422
    assert "路面干净" in answer.content.decode()
    answer = staff.post(address, {**head, "l1-who": "李德厚", "l1-problem": "路灯不亮"}, follow=True)
    assert "一共 1 次巡查" in answer.content.decode()
    assert Patrol.objects.get().minutes == 45
    assert "路灯不亮" in staff.get(reverse("admin:volunteers_problem_changelist")).content.decode()


@pytest.mark.parametrize(
    ("reported", "closed", "on", "late"),
    [(None, None, 4, False), (None, None, 5, True), (2, None, 17, False), (2, None, 18, True), (2, 9, 29, False)],
)
def test_a_step_is_late_by_the_rule(reported, closed, on, late):
    day = dt.date(2026, 3, 1).replace
    dates = [day(day=number) if number else None for number in (reported, closed)]
    assert is_late(day(day=1), *dates, day(day=on), PatrolRules()) is late


def test_a_problem_from_found_to_closed(staff, world):
    today = timezone.localdate()
    problem = Problem.objects.create(unit=world.unit, person=world.person(), found_on=today - dt.timedelta(4),
                                     what="乱堆杂物", place="榕树巷")  # fmt: skip
    assert list(late_problems(Problem.objects.all(), today)) == [problem]
    assert "逾期" in staff.get(reverse("admin:volunteers_problem_changelist"), {"state": "late"}).content.decode()

    def act(name, **values):
        return staff.post(reverse(f"admin:volunteers_problem_{name}", args=[problem.pk]), values, follow=True)

    assert act("report", to="居委会", on="2020-01-01").status_code == 422
    act("report", to="居委会", on=str(today))
    assert not late_problems(Problem.objects.all(), today)
    act("close", on=str(today), outcome="solved", result="已清运")
    problem.refresh_from_db()
    assert problem.state == "closed"
    assert act("report", to="物业", on=str(today)).status_code == 422
    act("reopen")
    problem.refresh_from_db()
    assert (problem.state, problem.result) == ("reported", "")


@pytest.mark.parametrize("text", ["L", "L与W", "甲、乙", "3号", "李某", "LDH、ZGL", "A1 B2"])
def test_parties_without_names(text):
    assert are_nameless(text)


@pytest.mark.parametrize("text", ["", "李德厚", "13900001004", "李某、王春生", "租客李"])
def test_names_and_numbers_are_refused(text):
    assert not are_nameless(text)


def test_a_case_is_kept_encrypted_and_looks_are_on_record(staff, world):
    him = world.person("郑国梁")
    values = {"handler": him.pk, "kind": "mediation", "taken_on": "2026-05-01", "parties": "李德厚", "subject": "漏水",
              "story": "楼上水管老化"}  # fmt: skip
    add = reverse("admin:volunteers_caselog_add")
    assert "不要写" in staff.post(add, values).content.decode()
    staff.post(add, {**values, "parties": "L与W"})
    case = CaseLog.objects.get()
    assert CaseLog.objects.values_list("details", flat=True)[0] != "楼上水管老化".encode()
    key = uuid.uuid4()
    for _ in range(2):
        staff.post(
            reverse("admin:volunteers_caselog_step", args=[case.pk]),
            {"key": str(key), "on": "2026-05-02", "words": "上门看了"},
        )
    assert CaseStep.objects.get().words == "上门看了"
    shown = staff.get(reverse("admin:volunteers_caselog_change", args=[case.pk])).content.decode()
    assert "楼上水管老化" in shown
    assert "上门看了" in shown
    assert AuditEntry.objects.filter(action="case.look", subjects__person_id=him.pk).exists()
    cases.close_case(case, on=dt.date(2026, 5, 3), outcome="settled", words="各出一半", actor=world.clerk)
    with pytest.raises(BusinessError, match="重新打开"):
        cases.add_step(case, on=TODAY, words="x", form_key=uuid.uuid4(), actor=world.clerk)
    assert "各出一半" in staff.get(reverse("admin:volunteers_caselog_change", args=[case.pk])).content.decode()
    assert "漏水" in staff.get(reverse("admin:volunteers_caselog_changelist")).content.decode()


def test_bright_records_and_their_list(staff, world):
    him = world.person("郑国梁")
    add = reverse("admin:volunteers_brightrecord_add")
    values = {"person": him.pk, "kind": "promise", "on": "2026-05-01", "words": "每周清扫楼道"}
    staff.post(add, values)
    assert staff.post(add, values).status_code == 200
    assert BrightRecord.objects.count() == 1
    assert staff.get(add).status_code == 200
    for way in ("print", "xlsx"):
        assert staff.get(reverse("admin:volunteers_brightrecord_sheet"), {"as": way}).status_code == 200
