"""Pages of organisation life at the desk: what a secretary does there, and that others get 404."""

import datetime
import io
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from apps.branches.choices import Link
from apps.branches.models import HomeDelivery, Meeting, Organisation, Programme, Review, StudyRecord, Talk
from apps.common.models import AuditEntry
from tests.branches.test_coverage import held
from tests.builders import make_member, make_organisation, make_person, make_post, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    return make_organisation("甲支部")


@pytest.fixture
def members(branch):
    people = [make_person(name) for name in ("张三", "李四", "=王秀兰")]
    for person in people:
        make_member(person, branch)
    return people


@pytest.fixture
def secretary(client, branch, members):
    user = make_user("shuji", is_staff=False)
    make_post(members[0], branch, user=user)
    client.force_login(user)
    return client


@pytest.fixture
def meeting(branch, members):
    return held(branch, on=timezone.localdate(), present=members[:1], delivery=members[1:2])


@pytest.fixture
def promise(branch, members, meeting):
    return HomeDelivery.objects.create(
        organisation=branch, person=members[1], meeting=meeting, due_on=timezone.localdate()
    )


def at(name, branch, *args):
    return reverse(f"branches:{name}", args=[branch.public_id, *args])


PAGES = ["meetings", "elsewhere", "sign_in_sheet", "deliveries", "delivery_new", "delivery_register", "studies",
         "study_new", "talks", "talk_new", "programmes", "programme_new"]  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_for_the_branch_and_for_nobody_else(secretary, branch, meeting, promise, name):
    elsewhere = make_organisation("乙支部")

    assert secretary.get(at(name, branch)).status_code == 200
    assert secretary.get(at(name, elsewhere)).status_code == 404


def test_pages_of_one_record_are_those_of_its_branch(secretary, branch, members):
    other = make_organisation("乙支部")
    foreign = held(other)
    promise = HomeDelivery.objects.create(organisation=other, person=members[0], due_on=timezone.localdate())
    for name, key in [
        ("meeting", foreign.public_id), ("meeting_void", foreign.public_id), ("meeting_record", foreign.public_id),
        ("signed_sheet", foreign.public_id), ("delivery", promise.public_id), ("programme", uuid.uuid4()),
    ]:  # fmt: skip
        assert secretary.get(at(name, branch, key)).status_code == 404
    assert secretary.post(at("delivery_back", branch, promise.public_id)).status_code == 404


def test_list_filters_by_year_and_kind_and_stands_nonsense(secretary, branch, meeting):
    assert meeting.topic in secretary.get(at("meetings", branch), {"kind": "party_day"}).content.decode()
    for query in ({"kind": "lecture"}, {"kind": "void"}, {"year": "2001"}):
        assert "没有找到会议" in secretary.get(at("meetings", branch), query).content.decode()
    for query in ({"year": "0000"}, {"year": "²²²²"}, {"page": "x"}, {"kind": "'"}, {"page": "99999"}):
        assert secretary.get(at("meetings", branch), query).status_code == 200


def test_a_partner_sees_the_meeting_without_names(secretary, branch):
    other = make_organisation("乙支部")
    stranger = make_person("外人甲")
    meeting = held(other, present=[stranger])
    meeting.partners.add(branch)

    page = secretary.get(at("meeting", branch, meeting.public_id)).content.decode()

    assert "乙支部" in page
    assert "外人甲" not in page
    assert "作废" not in page


def test_delivery_is_recorded_in_three_fields_and_taken_back(secretary, branch, promise):
    today = timezone.localdate()
    form = {"key": uuid.uuid4(), "delivered_on": today, "form": "visit", "content": "讲了全会精神"}
    url = at("delivery", branch, promise.public_id)

    wrong = secretary.post(url, {**form, "delivered_on": today + datetime.timedelta(days=1)})
    assert (wrong.status_code, "不能晚于今天" in wrong.content.decode()) == (422, True)
    assert secretary.post(url, form).status_code == 302
    promise.refresh_from_db()
    assert (promise.delivered_on, promise.content) == (today, "讲了全会精神")
    secretary.post(at("delivery_back", branch, promise.public_id))
    promise.refresh_from_db()
    assert promise.delivered_on is None


def test_study_and_talk_are_recorded_once(secretary, branch, members):
    today = timezone.localdate()
    study = {
        "key": uuid.uuid4(), "studied_on": today, "form": "alone", "theme": "党章",
        "people": [one.pk for one in members[:2]],
    }  # fmt: skip
    talk = {
        "key": uuid.uuid4(), "talked_on": today, "person": members[1].pk, "officer": members[0].pk, "theme": "近况",
    }  # fmt: skip
    for _ in range(2):
        assert secretary.post(at("study_new", branch), study).status_code == 302
        assert secretary.post(at("talk_new", branch), talk).status_code == 302

    assert (StudyRecord.objects.count(), Talk.objects.count()) == (2, 1)
    assert secretary.post(at("talk_new", branch), {**talk, "person": "999999"}).status_code == 422


def test_reviews_of_a_year_are_counted_not_ranked(secretary, branch, members):
    year = timezone.localdate().year
    url = at("reviews", branch, year)
    failed = secretary.post(url, {f"p{members[0].pk}-result": "failed"})
    assert (failed.status_code, "不合格的" in failed.content.decode()) == (422, True)

    lines = {f"p{members[0].pk}-result": "excellent", f"p{members[1].pk}-result": "good"}
    assert secretary.post(url, lines).status_code == 302
    assert secretary.post(url, {f"p{members[0].pk}-result": "excellent"}).status_code == 302

    assert [row.person for row in Review.objects.filter(voided_at__isnull=True)] == [members[0]]
    page = secretary.get(at("review_summary", branch, year)).content.decode()
    assert "优秀：1 人" in page
    assert secretary.get(at("reviews", branch, 1900)).status_code == 404


def test_functional_branch_has_no_reviews(secretary, branch, members):
    club = make_organisation("合唱团", kind="functional")
    make_member(members[1], club, link=Link.FUNCTIONAL)
    make_post(members[0], club, user=members[0].posts.get().user)
    url = at("reviews", club, timezone.localdate().year)

    assert "功能型" in secretary.get(url).content.decode()
    assert secretary.post(url, {f"p{members[1].pk}-result": "good"}).status_code == 422
    assert not Review.objects.exists()


def test_own_programme_is_made_and_closed(secretary, branch):
    common = Programme.objects.create(name="全市流程", items="唱国歌")
    assert secretary.post(at("programme_new", branch), {"name": "7+N", "items": "唱国歌"}).status_code == 302
    own = Programme.objects.get(name="7+N")
    assert own.organisation == branch
    assert secretary.get(at("programme", branch, common.public_id)).status_code == 404
    secretary.post(at("programme_close", branch, own.public_id))
    page = secretary.get(at("programmes", branch)).content.decode()
    assert ("全市流程" in page, "7+N</h2>" in page) == (True, False)


def test_meeting_is_voided_with_a_reason_and_restored(secretary, branch, meeting):
    assert secretary.post(at("meeting_void", branch, meeting.public_id), {"reason": ""}).status_code == 422
    secretary.post(at("meeting_void", branch, meeting.public_id), {"reason": "记重了"})
    assert Meeting.objects.get().voided_at
    secretary.post(at("meeting_restore", branch, meeting.public_id))
    assert Meeting.objects.get().voided_at is None


def test_papers_leave_an_entry_and_no_formula_runs(secretary, branch, members, meeting):
    response = secretary.get(at("sign_in_sheet", branch), {"as": "xlsx"})

    sheet = load_workbook(io.BytesIO(response.content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=王秀兰"]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]
    assert secretary.get(at("signed_sheet", branch, meeting.public_id)).status_code == 200
    entries = AuditEntry.objects.filter(action__in=["print", "export"]).order_by("pk")
    assert [(entry.action, entry.subject_count) for entry in entries] == [("export", 3), ("print", 2)]


@pytest.mark.parametrize("name", ["meetings", "deliveries", "studies", "talks"])
def test_lists_cost_the_same_for_more_rows(secretary, branch, members, name, django_assert_max_num_queries):
    today = timezone.localdate()
    for number in range(4):
        held(branch, on=today, present=members)
        for model, day in ((StudyRecord, "studied_on"), (Talk, "talked_on")):
            extra = {"form": "alone"} if model is StudyRecord else {"officer": members[0]}
            model.objects.create(organisation=branch, person=members[number % 3], theme="学习", **{day: today}, **extra)
        HomeDelivery.objects.create(organisation=branch, person=members[0], due_on=today, delivered_on=today)

    with django_assert_max_num_queries(24):
        secretary.get(at(name, branch))


def test_whoever_is_over_branches_sees_them_in_the_order_of_the_tree(client, members):
    general = make_organisation("总支", level="general")
    below = Organisation.objects.add_child(Organisation.objects.get(pk=general.pk), {"name": "一支部"})
    user = make_user("zongzhi", is_staff=False)
    make_post(members[0], general, user=user)
    client.force_login(user)

    page = client.get(at("below", general)).content.decode()

    assert at("meetings", below) in page
    assert "主题党日还没开" in page
    assert client.get(at("meetings", below)).status_code == 200
    assert client.get(at("below", general), {"month": "before"}).status_code == 200
