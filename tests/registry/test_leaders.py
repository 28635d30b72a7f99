"""The register of serving leaders: on a day, in order of 名次, posts changed without losing the old ones."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from apps.registry.models import ServingLeader
from tests.builders import make_unit, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/registry/servingleader/"
D = datetime.date


@pytest.fixture
def city():
    return make_unit()


@pytest.fixture
def clerk(city):
    client = Client()
    client.force_login(make_user(role="clerk", unit=city))
    return client


def make_leader(name, city, **over):
    return ServingLeader.objects.create(**{"name": name, "title": f"{name}的职务", "unit": city, **over})


def shown(client, query=""):
    page = client.get(f"{LIST}{query}").content.decode()
    return page, page.split("<tbody>")[1] if "<tbody>" in page else ""


def test_list_of_a_day_is_half_open_and_in_order_of_places(clerk, city):
    make_leader("安先生", city, order_no=30, starts_on=D(2020, 1, 1))
    make_leader("周女士", city, order_no=10, starts_on=D(2020, 1, 1), ends_on=D(2024, 1, 1))
    make_leader("白先生", city, order_no=20, starts_on=D(2024, 1, 1))

    last_day, rows = shown(clerk, "?on=2023-12-31")
    assert "在职领导名册（2023-12-31 在任，按名次排列）" in last_day
    assert rows.index("周女士") < rows.index("安先生")
    assert "白先生" not in rows
    _, rows = shown(clerk, "?on=2024-01-01")
    assert rows.index("白先生") < rows.index("安先生")
    assert "周女士" not in rows
    assert "周女士" in shown(clerk, "?on=left")[1]
    assert "周女士" in shown(clerk, "?on=all")[1]


@pytest.mark.parametrize("query", ["?on=2024-02-31", "?on=%00", "?on=1' OR 1", "?on=99999999999"])
def test_a_day_that_is_none_shows_nobody(clerk, city, query):
    make_leader("安先生", city)

    assert shown(clerk, query)[1] == ""


def test_a_leader_moves_to_another_post_and_the_old_one_stays(clerk, city):
    leader = make_leader("陈立新", city, title="市长", order_no=20, starts_on=D(2020, 1, 1), office_phone="0700-1")
    values = {"title": "市委书记", "unit": city.pk, "since": "2026-03-01", "order_no": "10", "office_phone": "0700-2"}
    address = f"{LIST}{leader.pk}/post/"

    early = clerk.post(address, {**values, "since": "2020-01-01"})
    same = clerk.post(address, {**values, "title": "市长"})
    response = clerk.post(address, values)

    assert "要晚于任职的 2020-01-01" in early.content.decode()
    assert "都没有变" in same.content.decode()
    new = ServingLeader.objects.get(title="市委书记")
    assert response.url == f"{LIST}{new.pk}/change/"
    assert (new.leader_key, new.starts_on, new.order_no) == (leader.leader_key, D(2026, 3, 1), 10)
    leader.refresh_from_db()
    assert leader.ends_on == D(2026, 3, 1)
    assert "已经登记了离任时间" in clerk.post(address, values).content.decode()


def test_leaving_keeps_the_record(clerk, city):
    leader = make_leader("陈立新", city, starts_on=D(2020, 1, 1))

    clerk.post(f"{LIST}{leader.pk}/leave/", {"on": "2026-01-01"})

    assert "陈立新" not in shown(clerk)[1]
    assert "陈立新" in shown(clerk, "?on=2025-12-31")[1]


def test_one_leader_holds_one_post_at_a_time(clerk, city):
    values = {"name": "陈立新", "title": "市长", "unit": city.pk, "order_no": "1", "starts_on": "2024-01-01"}

    assert clerk.post(f"{LIST}add/", values).status_code == 302
    wrong = clerk.post(f"{LIST}add/", {**values, "ends_on": "2023-01-01"})

    assert "离任日期要晚于任职日期" in wrong.content.decode()


def test_only_the_own_units_leaders_are_changed(city):
    district = make_unit("甲区", parent=city)
    leader = make_leader("陈立新", city)
    client = Client()
    client.force_login(make_user("district", role="clerk", unit=district))

    assert "陈立新" in shown(client)[1]
    assert client.get(f"{LIST}{leader.pk}/post/").status_code == 403
    values = {"name": "甲", "title": "书记", "unit": city.pk, "order_no": "1"}
    assert "不在您的管理范围内" in client.post(f"{LIST}add/", values).content.decode()


def test_list_of_today_is_the_default(clerk, city):
    today = timezone.localdate()
    make_leader("今天来", city, starts_on=today)
    make_leader("今天走", city, ends_on=today, starts_on=D(2020, 1, 1))

    page, rows = shown(clerk)

    assert f"{today:%Y-%m-%d} 在任" in page
    assert "今天来" in rows
    assert "今天走" not in rows


def test_the_contact_form_offers_those_in_office_by_order(clerk, city):
    make_leader("安先生", city, title="副市长", order_no=30)
    make_leader("白先生", city, title="市长", order_no=20)
    make_leader("走了", city, title="旧职", ends_on=D(2020, 1, 1))

    page = clerk.get("/admin/ledgers/contact/add/", follow=True).content.decode()

    assert page.index('<option value="市长 白先生">') < page.index('<option value="副市长 安先生">')
    assert "旧职" not in page
