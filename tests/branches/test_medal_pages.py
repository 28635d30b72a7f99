"""Pages of the 50-year medal and of political birthdays: the desk's, the staff's, what the clock says of them."""

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.branches.access import open_desk
from apps.branches.models import MedalBatch, MedalCandidate, PartyEvent
from apps.branches.occasions import branch_reminders_between
from apps.branches.queries.medals_due import medals_due
from apps.branches.services.medals import build_batch
from apps.common.models import AuditEntry
from apps.people.models import Household, Person
from tests.builders import make_cadre, make_member, make_organisation, make_person, make_post, make_unit, make_user

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YEAR = TODAY.year


@pytest.fixture
def cast(settings):
    settings.SECOND_FACTOR = "optional"
    unit = make_unit()
    above = make_organisation("云江工委", level="work_committee", unit=unit)
    branch = make_organisation("一支部", above=above, unit=unit)
    people = {}
    for name, joined in (("丁一", f"{YEAR - 50}-03-01"), ("王五", f"{YEAR - 50}"), ("马六", f"{YEAR - 20}")):
        people[name] = make_cadre(name, unit=unit, joined_party_on=joined, full_member_on=joined).person
        make_member(people[name], branch)
    secretary, superior = make_user("shuji", is_staff=False), make_user("shangji", is_staff=False)
    make_post(people["马六"], branch, user=secretary)
    make_post(make_person("上级书记"), above, user=superior)
    clerk = make_user("jingban", role="clerk", unit=unit)
    batch = build_batch(YEAR, on=TODAY, actor=clerk).batch
    return {
        "unit": unit, "branch": branch, "batch": batch, "secretary": secretary, "superior": superior, "clerk": clerk,
        **people,
    }  # fmt: skip


def at(cast, name, *args):
    return reverse(f"branches:{name}", args=[cast["branch"].public_id, *args])


def row_of(cast, name):
    return MedalCandidate.objects.get(person=cast[name])


def test_the_branch_reviews_the_superior_approves_and_the_medal_is_brought(client, cast):
    url, row = at(cast, "medal"), row_of(cast, "丁一")
    client.force_login(cast["secretary"])
    page = client.get(url).content.decode()
    assert "丁一" in page
    assert "需研究" in page
    assert "核定勾选的" not in page
    for _ in range(2):
        client.post(url, {"act": "well", "pick": [row.pk]})
    assert row_of(cast, "丁一").behaved_by == cast["secretary"]
    assert AuditEntry.objects.filter(action="medal.review").count() == 1
    client.post(url, {"act": "approved", "pick": [row.pk]})
    assert row_of(cast, "丁一").state == "proposed"
    client.force_login(cast["superior"])
    client.post(url, {"act": "approved", "pick": [row.pk]})
    assert row_of(cast, "丁一").state == "approved"

    client.force_login(cast["secretary"])
    brought = {"form": "home", "delivered_on": TODAY, "deliverer": "马六", "serial_no": "0001"}
    one = at(cast, "medal_delivery", row.public_id)
    assert client.post(one, {**brought, "delivered_on": TODAY + dt.timedelta(1)}).status_code == 422
    assert client.post(one, brought).status_code == 302
    assert row_of(cast, "丁一").serial_no == "0001"
    assert "撤销登记" in client.get(one).content.decode()
    client.post(one)
    assert row_of(cast, "丁一").state == "approved"


@pytest.mark.parametrize("pick", ["", "x", "9" * 40, "0"])
def test_nonsense_at_the_desk_changes_nothing(client, cast, pick):
    client.force_login(cast["secretary"])
    answer = client.post(at(cast, "medal"), {"act": "well", "pick": [pick]}, follow=True)
    assert "请先勾选" in answer.content.decode()
    assert client.post(at(cast, "medal"), {"act": "refused"}).status_code == 302


def test_the_staff_works_a_list_as_a_grid(client, cast):
    client.force_login(cast["clerk"])
    url = reverse("admin:branches_medalbatch_list", args=[cast["batch"].pk])
    row, doubtful = row_of(cast, "丁一"), row_of(cast, "王五")
    page = client.get(url).content.decode()
    assert "丁一" in page
    assert "王五" not in page
    assert "王五" in client.get(url, {"tab": "doubtful"}).content.decode()
    assert "这里没有人" in client.get(url, {"tab": "doubtful", "q": "丁一", "within": "x"}).content.decode()
    client.post(url, {"act": "well", "pick": [row.pk, doubtful.pk]})
    client.post(url, {"act": "approved", "pick": [row.pk]})
    said = client.post(url, {"act": "issue", "pick": [row.pk], "form": "ceremony"}, follow=True).content.decode()
    assert "请填颁发日期" in said
    handed = {"form": "ceremony", "delivered_on": str(TODAY), "deliverer": "局领导", f"serial-{row.pk}": "A1"}
    for _ in range(2):
        client.post(url, {"act": "issue", "pick": [row.pk], **handed})
    assert row_of(cast, "丁一").serial_no == "A1"
    assert "A1" in client.get(url, {"tab": "issued"}).content.decode()
    client.post(url, {"act": "undo", "pick": [row.pk]})
    assert row_of(cast, "丁一").state == "approved"
    assert "名单已更新" in client.post(url, {"build": "1"}, follow=True).content.decode()


def test_a_list_is_made_from_the_admin_once_a_year(client, cast):
    client.force_login(cast["clerk"])
    add = reverse("admin:branches_medalbatch_add")
    assert client.post(add, {"year": YEAR - 1}).status_code == 302
    assert MedalBatch.objects.filter(year=YEAR - 1).count() == 1
    assert client.post(add, {"year": YEAR}).status_code in (200, 422)
    assert client.post(add, {"year": 1999}).status_code in (200, 422)
    assert MedalBatch.objects.count() == 2


def test_the_register_prints_and_leaves_as_a_workbook(client, cast):
    client.force_login(cast["clerk"])
    page = client.get(reverse("admin:branches_medalbatch_print", args=[cast["batch"].pk])).content.decode()
    assert "姓氏笔画" in page
    assert "转正时间" in page
    answer = client.get(reverse("admin:branches_medalbatch_export", args=[cast["batch"].pk]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    cells = [str(cell.value) for line in book.worksheets[0].iter_rows() for cell in line]
    assert any("姓氏笔画" in cell for cell in cells)
    assert "丁一" in cells
    assert set(AuditEntry.objects.filter(action__in=("print", "export")).values_list("action", flat=True)) == {
        "print", "export",
    }  # fmt: skip


def test_what_he_went_through_is_typed_with_a_document(client, cast):
    client.force_login(cast["clerk"])
    add = reverse("admin:branches_partyevent_add")
    typed = {"person": cast["丁一"].pk, "kind": "watch", "on": "1990", "document_no": "处分决定"}
    assert client.post(add, typed | {"document_no": ""}).status_code in (200, 422)
    assert client.post(add, typed | {"full_on": "1991"}).status_code in (200, 422)
    assert client.post(add, typed).status_code == 302
    assert PartyEvent.objects.get().on.year == 1990
    build_batch(YEAR, on=TODAY, actor=cast["clerk"])
    assert row_of(cast, "丁一").state == "doubtful"


def test_political_birthdays_go_by_the_day_of_joining(client, cast):
    first = TODAY.replace(day=1)
    coming = (first + dt.timedelta(31)).replace(day=1)
    for name, joined in (("李三", f"{YEAR - 30}-{TODAY:%m}-09"), ("赵二", f"{YEAR - 8}-{coming:%m}")):
        person = make_cadre(name, unit=cast["unit"], joined_party_on=joined).person
        make_member(person, cast["branch"])
    client.force_login(cast["secretary"])
    page = client.get(at(cast, "political_birthdays")).content.decode()
    assert f"{TODAY.month}月9日　李三同志，入党30年" in page
    assert f"{coming.month}月（日期不详）" in page
    assert "赵二" in client.get(at(cast, "political_birthdays_print")).content.decode()
    assert client.get(at(cast, "political_birthdays_print") + "?as=xlsx").status_code == 200


def test_the_clock_names_the_list_and_the_coming_month(cast):
    day = dt.date(YEAR, 7, 1)
    make_member(make_cadre("李三", unit=cast["unit"], joined_party_on=f"{YEAR - 30}-06-09").person, cast["branch"])
    found = {}
    for rows in branch_reminders_between(dt.date(YEAR, 5, 25), dt.date(YEAR, 5, 25)):
        with connection.cursor() as cursor:
            cursor.execute(rows.sql, rows.params)
            for line in cursor.fetchall():
                found.setdefault(line[0], []).append(line)
    assert len(found["political"]) == 1
    assert {line[3] for line in found["medal"]} == {"branch", "section"}
    assert "medal_list" not in found
    assert all(line[4] == day for line in found["medal"])
    MedalBatch.objects.filter(pk=cast["batch"].pk).update(voided_at=timezone.now())
    rows = next(one for one in branch_reminders_between(day - dt.timedelta(9), day) if one.params[0] == "medal_list")
    with connection.cursor() as cursor:
        cursor.execute(rows.sql, rows.params)
        assert len(cursor.fetchall()) == 1


def test_nobody_is_named_for_his_political_birthday_while_his_household_mourns(cast):
    home = Household.objects.create(name="李家")
    person = make_cadre("李三", unit=cast["unit"], joined_party_on=f"{YEAR - 30}-06-09").person
    make_member(person, cast["branch"])
    wife = make_person("王秀兰", mourned_until=dt.date(YEAR, 6, 2))
    Person.objects.filter(pk__in=[person.pk, wife.pk]).update(household=home)

    def named() -> int:
        day = dt.date(YEAR, 5, 25)
        rows = next(one for one in branch_reminders_between(day, day) if one.params[0] == "political")
        with connection.cursor() as cursor:
            cursor.execute(rows.sql, rows.params)
            return len(cursor.fetchall())

    assert named() == 0
    Person.objects.filter(pk=wife.pk).update(mourned_until=dt.date(YEAR, 6, 1))
    assert named() == 1


def test_the_desk_says_what_waits_and_pages_ask_a_constant_number_of_queries(client, cast):
    desk = open_desk(cast["secretary"], cast["branch"].public_id, today=dt.date(YEAR, 5, 1))
    assert ["2 位党员等审核" in due.text for due in medals_due(desk)] == [True]
    client.force_login(cast["clerk"])
    url = reverse("admin:branches_medalbatch_list", args=[cast["batch"].pk])
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url)
    for number in range(12):
        joined = f"{YEAR - 50}-01-{number + 1:02d}"
        person = make_cadre(f"党员{number}", unit=cast["unit"], joined_party_on=joined, full_member_on=joined).person
        make_member(person, cast["branch"])
    build_batch(YEAR, on=TODAY, actor=cast["clerk"])
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few)
