"""What the clock and the desk say of transfers and 转正; the staff's list and classes."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.branches.access import Desk
from apps.branches.jobs.transfers import tell_of_transfers
from apps.branches.models import ClassSeat, Membership, Organisation, Recruit, SecretaryClass, Transfer
from apps.branches.queries.classes import not_trained_since
from apps.branches.queries.transfers_due import moves_due, recruits_due, transfers_due
from apps.branches.services import classes, recruits, transfers
from apps.common.errors import BusinessError
from apps.messaging.models import Message
from apps.people.models import Whereabouts
from tests.builders import make_cadre, make_member, make_organisation, make_person, make_post, make_unit, make_user

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


def days_ago(number: int) -> dt.date:
    return TODAY - dt.timedelta(days=number)


@pytest.fixture
def city(settings):
    settings.SECOND_FACTOR = "optional"
    unit = make_unit()
    top = make_organisation("云江工委", level="work_committee", unit=unit)
    old, new = (Organisation.objects.add_child(top, {"name": name, "unit": unit}) for name in ("甲支部", "乙支部"))
    users, posts = {}, {}
    for name, organisation in (("top", top), ("old", old), ("new", new)):
        users[name] = make_user(name, is_staff=False)
        posts[name] = make_post(make_person(f"{name}书记"), organisation, user=users[name])
    users["clerk"] = make_user("clerk", role="clerk", unit=unit)
    return {"unit": unit, "top": top, "old": old, "new": new, "users": users, "posts": posts}


def transfer(city, name="李德厚", *, days=5) -> Transfer:
    person = make_person(name)
    make_member(person, city["old"])
    desk = Desk(city["old"], None, TODAY, None)
    row = transfers.apply(
        desk, person, key=uuid.uuid4(), kind="inside", on=days_ago(days), to_organisation=city["new"], agreed=True
    )
    return transfers.issue(desk, row, on=days_ago(days), valid_days=90, dues_paid_to=None)


def told(city) -> set[tuple[str, str]]:
    names = {user.pk: name for name, user in city["users"].items()}
    rows = Message.objects.exclude(template="transfer.waits").values_list("template", "user_id")
    return {(template, names[user]) for template, user in rows}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (5, set()),
        (10, {("transfer.slow", "new")}),
        (80, {("transfer.expiring", "new")}),
        (91, {("transfer.expired", "top")}),
    ],
)
def test_clock_tells_whose_turn_it_is_once(city, days, expected):
    transfer(city, days=days)
    for _ in range(2):
        tell_of_transfers(timezone.now())

    assert told(city) == expected
    assert Message.objects.exclude(template="transfer.waits").count() == len(expected)


def test_desk_says_what_waits_in_sentences(city):
    transfer(city)
    at_new = Desk(city["new"], city["users"]["new"], TODAY, city["posts"]["new"])
    at_old = Desk(city["old"], city["users"]["old"], TODAY, city["posts"]["old"])

    assert [(due.who, due.text) for due in transfers_due(at_new)] == [("李德厚", "组织关系转来了，等这里接收。")]
    assert transfers_due(at_old) == []


def test_superior_is_told_of_letters_past_their_day(city):
    transfer(city, days=100)
    top = Desk(city["top"], city["users"]["top"], TODAY, city["posts"]["top"])

    assert "逾期" in transfers_due(top)[0].text


def test_members_who_moved_are_one_line(city):
    person = make_person()
    make_member(person, city["old"])
    Whereabouts.objects.create(person=person, kind="resettled", starts_on=days_ago(3))
    desk = Desk(city["old"], city["users"]["old"], TODAY, city["posts"]["old"])

    assert "有 1 位党员搬到了别处" in moves_due(desk)[0].text


def test_desk_list_costs_the_same_for_one_and_for_four(city, client):
    client.force_login(city["users"]["new"])
    address = reverse("branches:transfers", args=[city["new"].public_id])

    def count() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    transfer(city)
    one = count()
    for name in ("王秀兰", "张建国", "赵福民"):
        transfer(city, name)

    assert count() == one


def test_staff_see_turns_and_lateness_and_take_the_ledger_out(city, client):
    transfer(city, days=100)
    client.force_login(city["users"]["clerk"])
    page = client.get("/admin/branches/transfer/?stand=late").content.decode()
    row = Transfer.objects.get()
    record = client.get(f"/admin/branches/transfer/{row.pk}/change/").content.decode()

    assert "甲支部的上级" in page
    assert "介绍信逾期 11 天" in page
    assert "找到 0 条" in client.get("/admin/branches/transfer/?stand=soon").content.decode()
    assert "审核通过，开介绍信" in record
    assert "?edit=1" not in record
    assert client.get("/admin/branches/transfer/export/?stand=late").content[:2] == b"PK"


def test_staff_note_a_letter_from_outside(city, client):
    person = make_cadre("王秀兰", unit=city["unit"]).person
    client.force_login(city["users"]["clerk"])
    typed = {
        "person": person.pk, "to_organisation": city["new"].pk, "outside_name": "海口市某支部", "letter_no": "琼31",
        "issued_on": days_ago(9), "valid_days": 90, "dues_paid_to": "2026-03", "received_on": TODAY, "reason": "",
    }  # fmt: skip
    late = client.post("/admin/branches/transfer/add/", {**typed, "valid_days": 400})
    assert "有效天数" in late.content.decode()
    page = client.post("/admin/branches/transfer/add/", typed)

    assert page.status_code == 302
    row = Transfer.objects.get()
    assert (row.kind, row.state, row.by_staff, row.entered_by) == ("in", "under_way", True, city["users"]["clerk"])


def probation(city) -> Recruit:
    person = make_cadre("王秀兰", unit=city["unit"], political_status="13").person
    desk = Desk(city["old"], None, TODAY, None)
    row = recruits.apply_to_join(desk, person, key=uuid.uuid4(), on=days_ago(900))
    for stage, days in (("activist", 850), ("candidate", 450), ("probationary", 350)):
        row = recruits.advance(desk, row, stage, on=days_ago(days), note="同意", introducers="甲、乙")
    return row


def test_probation_that_ends_soon_is_said_at_the_desk_and_told(city):
    probation(city)
    tell_of_transfers(timezone.now())
    desk = Desk(city["old"], city["users"]["old"], TODAY, city["posts"]["old"])

    assert [due.text for due in recruits_due(desk)] == ["预备期满，该讨论转正了。"]
    assert told(city) == {("recruit.full", "old")}


def test_probation_is_prolonged_once_and_within_limits(city):
    row, desk = probation(city), Desk(city["old"], None, TODAY, None)
    until = row.probation_until
    with pytest.raises(BusinessError, match="6 至 12 个月"):
        recruits.prolong(desk, row, months=3, on=TODAY, note="考察")
    row = recruits.prolong(desk, row, months=6, on=TODAY, note="考察")
    assert row.probation_until > until
    with pytest.raises(BusinessError, match="不能再延长"):
        recruits.prolong(desk, row, months=6, on=TODAY, note="考察")
    row = recruits.step_back(desk, row)

    assert (row.probation_until, row.prolonged, row.stage) == (until, False, "probationary")


def test_stopped_on_probation_he_is_no_member_until_taken_back(city):
    row, desk = probation(city), Desk(city["old"], None, TODAY, None)
    row = recruits.stop(desk, row, on=TODAY, reason="取消预备党员资格")
    row.person.refresh_from_db()
    assert (row.stage, row.person.political_status) == ("stopped", "13")
    assert not Membership.objects.filter(person=row.person, ends_on__isnull=True).exists()
    row = recruits.step_back(desk, row)
    row.person.refresh_from_db()

    assert (row.stage, row.person.political_status) == ("probationary", "02")
    assert Membership.objects.filter(person=row.person, ends_on__isnull=True).count() == 1


def test_members_and_a_second_application_are_refused(city):
    desk = Desk(city["old"], None, TODAY, None)
    member = make_person("李德厚", political_status="01")
    with pytest.raises(BusinessError, match="已经是党员"):
        recruits.apply_to_join(desk, member, key=uuid.uuid4(), on=TODAY)
    other = make_person("王秀兰", political_status="13")
    recruits.apply_to_join(desk, other, key=uuid.uuid4(), on=TODAY)
    with pytest.raises(BusinessError, match="已经登记"):
        recruits.apply_to_join(desk, other, key=uuid.uuid4(), on=TODAY)


def test_classes_know_who_came_and_who_has_not_been_for_years(city, client):
    row = SecretaryClass.objects.create(
        title="培训班", unit=city["unit"], starts_on=days_ago(100), last_on=days_ago(98)
    )
    posts = list(city["posts"].values())
    client.force_login(city["users"]["clerk"])
    client.post(f"/admin/branches/secretaryclass/{row.pk}/people/", {"post": [post.pk for post in posts]})
    seats = {seat.person_id: seat for seat in ClassSeat.objects.all()}
    came = seats[posts[0].person_id]
    client.post(
        f"/admin/branches/secretaryclass/{row.pk}/attendance/", {f"came-{came.pk}": "on", f"number-{came.pk}": "结7"}
    )
    came.refresh_from_db()
    ids = [post.organisation_id for post in posts]
    missing = {post.person_id for post in not_trained_since(ids, days_ago(365), TODAY)}
    page = client.get("/admin/branches/secretaryclass/missing/?years=1").content.decode()

    assert (len(seats), came.attended, came.certificate_no) == (3, True, "结7")
    assert missing == {posts[1].person_id, posts[2].person_id}
    assert "old书记" in page
    assert "top书记" not in page
    assert classes.unseat(row, [came.person_id], actor=None) == 1
