"""The desk: who is found by what, one effect of each act, and nobody by browsing."""

import io
import uuid

import openpyxl
import pytest
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.common.models import AuditEntry, AuditSubject
from apps.signups.models import Offer, SignUp
from apps.signups.services.seats import set_capacity, withdraw
from apps.signups.services.waiting import to_waiting
from apps.university.choices.life import Presence
from apps.university.models import Attendance, Enrolment, Student
from apps.university.queries.class_list import sessions_of
from apps.university.queries.day_end import day_end
from apps.university.rules.desk import Asked, read_typed
from apps.university.services.monitors import set_monitor
from apps.university.services.queue import call_next, make_numbers, set_handed_out
from tests.builders import make_unit, make_user

from .desk_world import HOME, ID, DeskWorld

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings):
    settings.SECOND_FACTOR = "optional"
    return DeskWorld()


@pytest.mark.parametrize(
    ("raw", "asked", "text"),
    [
        (ID, Asked.CITIZEN_ID, ID),
        ("姓名 王桂兰\n性别 女\n110105195912310024\n有效期 长期", Asked.CITIZEN_ID, ID),
        ("１１０１０５１９５９１２３１００２４", Asked.CITIZEN_ID, ID),
        ("139 0012 3048", Asked.NUMBER, "139 0012 3048"),
        ("100000016", Asked.NUMBER, "100000016"),
        ("https://dx.example/c/100000016?x=1", Asked.NUMBER, "100000016"),
        ("王桂兰", Asked.NAME, "王桂兰"),
        ("  \u200b \n", Asked.NOTHING, ""),
        ("'; drop table people_person; --", Asked.OTHER, "'; drop table people_person; --"),
    ],
)
def test_what_a_reader_or_a_hand_types(raw, asked, text):
    found = read_typed(raw)
    assert (found.asked, found.text) == (asked, text)


def test_a_person_is_found_by_his_own_number_and_the_look_is_logged(world):
    person = world.person(number=ID)
    answer = world.find(f"王桂兰\n女\n{ID}\n")
    assert answer.status_code == 302
    assert ID not in answer.url
    page = world.client.get(answer.url)
    assert "王桂兰" in page.content.decode()
    assert AuditEntry.objects.filter(action="desk.find", actor_id=world.clerk.pk).count() == 1
    assert AuditSubject.objects.filter(person_id=person.pk).count() == 2


def test_several_on_one_phone_are_chosen_from_and_names_find_own_students_only(world):
    people = [world.person(name, phone="13900123048") for name in ("王桂兰", "李德厚")]
    page = world.find("139-0012-3048").content.decode()
    assert all(one.name in page for one in people)
    assert "没有这个姓名" in world.find("王桂兰").content.decode()
    world.enrol(world.add_class(), people[0])
    assert world.find("王桂兰").status_code == 302


@pytest.mark.parametrize(
    "text", ["", "1" * 2001, "110105195912310021", "44060019370229001X", "\x00", "🂡", "%00", "139", "=1+1", "999"]
)
def test_whatever_is_typed_gets_a_sentence(world, text):
    answer = world.find(text)
    assert answer.status_code == 422
    assert "没有找到" in answer.content.decode()


def test_an_address_of_somebody_found_opens_for_the_finder_only(world):
    world.person(number=ID)
    url = world.find(ID).url
    assert world.client.get(f"{url}?class=%00%F0%9F%82%A1").status_code == 200
    assert world.client.get(url.replace(":", "x", 1)).status_code == 404
    other = make_user("other", role="university_clerk", unit=world.unit)
    world.client.force_login(other)
    assert world.client.get(url).status_code == 404


def test_confirmed_twice_it_is_one_sign_up_and_says_by_whom(world):
    person, class_group = world.person(number=ID), world.add_class(weekday=4)
    url = world.find(ID).url
    assert world.client.get(f"{url}?class={class_group.pk}").url.endswith(f"/class/{class_group.pk}/")
    review = world.client.get(f"{url}class/{class_group.pk}/")
    first = world.client.post(review.url, {"way": "phone"})
    again = world.client.post(review.url, {"way": "phone"})
    row = SignUp.objects.get()
    assert first.url == again.url
    assert (row.state, row.source, row.entered_by, row.person) == ("seated", "phone", world.clerk, person)
    assert "电话代报：叶秋云" in world.client.get(first.url).content.decode()
    slip = world.client.get(f"/admin/signups/signup/{row.pk}/slip/?paper=a4").content.decode()
    assert "已录取" in slip
    first_lesson = timezone.localdate(sessions_of(class_group)[0].starts_at)
    assert f"{first_lesson.month}月{first_lesson.day}日" in slip
    other = world.client.post(world.client.get(f"{url}class/{class_group.pk}/").url, {"way": "desk"})
    assert other.status_code == 422
    assert "已经报过" in other.content.decode()


def test_whom_the_class_refuses_is_told_why_and_nothing_is_left(world):
    person = world.person(number=ID)
    class_group = world.add_class(age_to=60)
    url = world.find(ID).url
    assert "岁" in world.client.get(f"{url}class/{class_group.pk}/", follow=True).content.decode()
    answer = world.client.post(f"{url}class/{class_group.pk}/?form={uuid.uuid4()}", {"way": "desk"})
    assert answer.status_code == 422
    assert not Student.objects.filter(pk=person.pk).exists()
    assert world.client.post(f"{url}class/{class_group.pk}/?form=nonsense", {"way": "desk"}).status_code == 200


def test_the_dead_are_not_enrolled(world):
    person = world.person(life_status="deceased")
    with pytest.raises(BusinessError, match="离世"):
        world.enrol(world.add_class(), person)


def test_staff_acts_on_one_sign_up(world):
    class_group = world.add_class(capacity=1)
    row = world.enrol(class_group, world.person("甲一"))
    waits = world.enrol(class_group, world.person("乙二"))
    page = world.client.get(f"/admin/signups/signup/{waits.pk}/change/").content.decode()
    assert "第1位候补" in page
    url = f"/admin/signups/signup/{row.pk}/wait/"
    assert world.client.post(url, {"reason": " "}).status_code == 422
    assert world.client.post(url, {"reason": "报错了班"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.end_reason) == ("waiting", "报错了班")
    assert Offer.objects.get().sign_up_id == waits.pk
    assert Enrolment.objects.get(sign_up=row).state == "left"
    assert to_waiting(row, reason="再点一次", actor=world.clerk, now=world.now).end_reason == "报错了班"
    assert world.client.post(f"/admin/signups/signup/{waits.pk}/undo/").status_code == 302
    waits.refresh_from_db()
    assert waits.state == "undone"


def test_whom_to_ring_and_what_he_said(world):
    class_group = world.add_class(capacity=1)
    row = world.enrol(class_group, world.person("甲一"))
    next_one = world.enrol(class_group, world.person("乙二", phone="13900001111", hard_of_hearing=True))
    withdraw(row, reason="搬家", actor=world.clerk, now=world.now)
    page = world.client.get("/admin/signups/offer/").content.decode()
    assert "听力不好" in page
    assert "139 0000 1111" in page
    offer = Offer.objects.get()
    url = world.client.get(f"/admin/signups/offer/{offer.pk}/answer/").url
    said = {"way": "phone", "outcome": "takes", "note": "本人说要"}
    for _ in range(2):
        assert world.client.post(url, said).status_code == 302
    next_one.refresh_from_db()
    assert (next_one.state, offer.attempts.count()) == ("seated", 1)
    offer.refresh_from_db()
    assert (offer.via, offer.answered_by) == ("phone", world.clerk)
    assert world.client.post(url, {"way": "phone", "outcome": "x"}).status_code == 422
    assert world.client.get("/admin/signups/offer/print/?which=all").status_code == 200


def test_numbers_are_called_once_and_never_beyond_the_printed_ones(world):
    day = make_numbers(world.school, timezone.localdate(), 3, actor=world.clerk, form_key=uuid.uuid4())
    assert make_numbers(world.school, day.on_day, 2, actor=world.clerk, form_key=uuid.uuid4()).size == 3
    assert call_next(day, 0).called == 1
    assert call_next(day, 0).called == 1
    assert set_handed_out(day, 3).handed_out == 3
    for after in (1, 2):
        call_next(day, after)
    with pytest.raises(BusinessError, match="叫完"):
        call_next(day, 3)
    with pytest.raises(BusinessError, match="之间"):
        set_handed_out(day, 9)
    assert world.client.post(f"/admin/university/queueday/{day.pk}/call/", {"after": "x"}).status_code == 302


def test_the_day_is_counted_by_class_and_clerk(world):
    class_group = world.add_class(capacity=1)
    rows = [world.enrol(class_group, world.person(name), way=way) for name, way in (("甲", "desk"), ("乙", "phone"))]
    withdraw(rows[1], reason="不报了", actor=world.clerk, now=world.now)
    by_class, by_clerk, total = day_end(world.school, timezone.localdate())
    assert (total.counts["asked"], total.counts["seated"], total.counts["left"]) == (2, 1, 1)
    assert [line.name for line in by_clerk] == ["叶秋云"]
    assert by_class[0].counts["phone"] == 1
    url = "/admin/signups/signup/day-end/"
    assert world.client.get(f"{url}?day=2026-13-99").status_code == 422
    assert "窗口日结" in world.client.get(f"{url}?print=1").content.decode()
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(world.client.get(f"{url}?xlsx=1").streaming_content)))
    assert sheet.active["B3"].value == 2


def test_papers_of_a_class_its_monitor_and_its_file(world):
    class_group = world.add_class(fee=600)
    row = world.enrol(class_group, world.person("甲一"))
    set_monitor(class_group, row.person_id, actor=world.clerk, on=timezone.localdate())
    assert Enrolment.objects.get(sign_up=row).fee_due == 300
    with pytest.raises(BusinessError, match="学员里选"):
        set_monitor(class_group, world.person("乙二").pk, actor=world.clerk, on=timezone.localdate())
    base = f"/admin/signups/signup/class/{class_group.pk}/"
    lesson = class_group.sessions.first()
    Attendance.objects.create(
        session=lesson, enrolment=Enrolment.objects.get(sign_up=row), state=Presence.PRESENT, by="paper"
    )
    assert '<td class="n">✓</td>' in world.client.get(f"{base}print/?which=attendance").content.decode()
    for which in ("roster", "sign", "attendance", "seats", "no-such"):
        assert "甲一" in world.client.get(f"{base}print/?which={which}").content.decode()
    assert world.client.post(f"{base}export/", {"columns": ["name"], "order": "pinyin"}).status_code == 422
    sent = {"columns": ["name", "phone"], "order": "pinyin", "reason": "建联系表"}
    book = openpyxl.load_workbook(io.BytesIO(b"".join(world.client.post(f"{base}export/", sent).streaming_content)))
    assert [cell.value for cell in book.active[3]][:2] == [1, "甲一"]


def test_another_districts_school_is_not_there(world):
    stranger = make_user("stranger", role="university_clerk", unit=make_unit("乙区委老干部局"))
    class_group = world.add_class()
    row = world.enrol(class_group, world.person("甲一"))
    set_capacity(class_group.offering, 2, 1, actor=world.clerk, now=world.now)
    world.client.force_login(stranger)
    assert world.client.get(f"/admin/signups/signup/{row.pk}/change/").status_code == 404
    assert world.client.get(f"/admin/signups/signup/class/{class_group.pk}/").status_code == 404
    assert "甲一" not in world.find("甲一").content.decode()
    assert world.client.get(HOME).status_code == 200
