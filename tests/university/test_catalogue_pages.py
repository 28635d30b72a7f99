"""`/courses/` as a visitor gets it: found by wish, few queries, hostile addresses, nothing personal."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.common import code_lists
from apps.organisation.models import Division
from apps.people.models import PersonAccount
from apps.signups.models import Offering, Places
from tests.builders import LONG_AGO, make_cadre, make_school, make_term, make_unit, make_user
from tests.university.open_classes import DAY, open_class, open_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return make_school(unit=make_unit())


def text(client, name="courses", *args, **query) -> str:
    answer = client.get(reverse(f"university:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_found_by_what_he_likes_when_he_is_free_and_words(client, school):
    open_class(school, interests=["calligraphy"])
    open_class(school, course_name="合唱", weekday=4, starts=840, interests=["singing"])

    assert "书法1班" in text(client)
    assert "合唱2班" in text(client)
    liked = text(client, like="singing")
    assert "合唱2班" in liked
    assert "书法1班" not in liked
    free = text(client, day="4", half="pm")
    assert "合唱2班" in free
    assert "每周四下午 14:00–15:40" in free
    assert "书法1班" not in free
    assert "没有找到合适的班" in text(client, day="4", half="am")
    assert "合唱2班" in text(client, q="合唱")
    assert "书法1班" not in text(client, q="合唱")


def test_nearest_district_first_for_who_is_signed_in(client, school):
    here = Division.objects.create(code="449902", name="南河区", full_name="云江市南河区", level="county")
    there = Division.objects.create(code="449903", name="北山区", full_name="云江市北山区", level="county")
    far = make_school("北山老年大学", unit=school.unit, division=there)
    near = make_school("南河老年大学", unit=school.unit, division=here)
    open_class(far, course_name="八段锦")
    open_class(near, course_name="国画", weekday=3)
    person = make_cadre("王秀兰", unit=school.unit).person
    person.residence_division = here
    person.save()
    user = make_user("own", is_staff=False)
    PersonAccount.objects.create(user=user, person=person, starts_on=LONG_AGO)

    assert "国画1班" not in text(client, near=there.pk)
    page = text(client)
    assert page.index("八段锦1班") < page.index("国画1班")  # by name
    client.force_login(user)
    page = text(client)
    assert page.index("国画1班") < page.index("八段锦1班")
    assert "您家附近的排在前面" in page


def test_closed_hidden_and_planned_classes(client, school):
    hidden = open_class(school, state="planned")
    closed = open_class(school, course_name="国画", weekday=3)
    Offering.objects.filter(pk=closed.offering_id).update(closes_at=timezone.now())

    assert "现在没有正在报名的班" in text(client)
    assert "报名已截止" in text(client, all="1")
    assert "书法1班" not in text(client, all="1")
    assert client.get(reverse("university:class", args=[hidden.public_id])).status_code == 404
    assert "打电话问问" in text(client, "class", closed.public_id)


@pytest.mark.parametrize("count", [1, 3])
def test_few_queries_however_many_classes(client, school, django_assert_max_num_queries, count):
    for number in range(count):
        made = open_class(school, course_name=f"课{number}", weekday=number + 1)
    code_lists.names_of("course_interest")

    with django_assert_max_num_queries(6):
        client.get(reverse("university:courses"))
    with django_assert_max_num_queries(6):
        client.get(reverse("university:class", args=[made.public_id]))


@pytest.mark.parametrize(
    "query",
    [
        {"like": "'; drop table", "near": "<script>", "campus": "x", "day": "9", "half": "??", "page": "-3"},
        {"q": "\x00%_'\"\\" * 40, "day": "二"},
        {"page": "99999999999999999999"},
    ],
)
def test_hostile_addresses_are_no_choice(client, school, query):
    open_class(school)

    page = text(client, **query)

    assert "<script>" not in page
    assert "drop table" not in page


def test_class_page_says_when_where_how_and_whom_to_ring(client, school):
    made = open_class(school, fee=120, age_to=75)

    page = text(client, "class", made.public_id)

    wanted = "每周二上午 8:20–10:00", "120 元", "75 岁以下", "还有 30 个名额", "先报先得", "0700-8800600", "我要报名"
    for words in wanted:
        assert words in page, words
    assert "书法1班" in text(client, "class_form", made.public_id)
    assert "第一志愿" in text(client, "blank_form")
    assert client.get(reverse("university:class", args=[uuid.uuid4()])).status_code == 404
    assert client.get(reverse("university:poster", args=[made.public_id])).status_code == 404


def test_a_lottery_says_its_odds(client, school):
    made = open_class(school, mode="lottery", round=open_round(school.unit))

    page = text(client, "class", made.public_id)

    assert "名额 30 个，还没有人报，抽签决定" in page
    assert "不用抢" in page


def test_the_door_leads_back_to_the_class(client, school):
    made = open_class(school)

    page = text(client, "join", made.public_id)

    assert f"next=%2Fme%2Fclasses%2Fjoin%2F{made.public_id}" in page
    assert "带身份证到学校窗口登记一次" in page
    client.force_login(make_user("own", is_staff=False))
    answer = client.get(reverse("university:join", args=[made.public_id]))
    assert answer.headers["Location"] == reverse("portal:me_join", args=[made.public_id])


def test_pages_of_visitors_keep_nothing_personal(client, school):
    open_class(school, opens_at=timezone.now() + DAY)

    answer = client.get(reverse("university:courses"))

    assert "sessionid" not in answer.cookies
    assert "开始报名" in answer.content.decode()


def test_what_never_closes_says_so_and_is_gone_when_it_is_full(client, school):
    term = make_term(school.unit, on=timezone.localdate() - 20 * DAY)
    group = open_class(
        school, opens_at=None, closes_at=None, capacity=1, term=term, first_on=term.starts_on, until=term.ends_on
    )
    page = text(client)
    assert "已开课，可以插班" in page
    assert "免费" in page
    Places.objects.filter(pk=group.offering_id).update(taken=1)
    assert "已开课，可以插班" not in text(client)
