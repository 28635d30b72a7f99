"""Named orders: what comes before whom, the words in the heading, and 名次 set in a grid."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.common.models import AuditEntry
from apps.registry.models import Cadre
from apps.registry.orders import DEFAULT, ORDERS, PROTOCOL, order_of
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db
PLACES = "/admin/registry/cadre/places/"


@pytest.fixture
def city():
    return make_unit()


@pytest.fixture
def clerk(city):
    client = Client()
    client.force_login(make_user(role="clerk", unit=city))
    return client


def names(order):
    return list(Cadre.objects.order_by(*ORDERS[order].by).values_list("person__name", flat=True))


def test_rank_order_is_by_level_then_post_before_grade_then_date(city):
    make_cadre("四级调研员", unit=city, grade_rank="G06")
    make_cadre("副处晚", unit=city, leader_rank="132", leader_rank_since=datetime.date(2010, 1, 1))
    make_cadre("副处早", unit=city, leader_rank="132", leader_rank_since=datetime.date(2001, 1, 1))
    make_cadre("一级巡视员", unit=city, grade_rank="G01")
    make_cadre("没有", unit=city)
    make_cadre("科员", unit=city, leader_rank="150")
    make_cadre("副处一调", unit=city, leader_rank="132", grade_rank="G03")

    assert names("rank") == ["一级巡视员", "副处一调", "副处早", "副处晚", "四级调研员", "科员", "没有"]


def test_places_come_first_and_those_without_last(city):
    for name, place in (("甲", 20), ("乙", None), ("丙", 3)):
        make_cadre(name, unit=city, order_no=place)

    assert names("order") == ["丙", "甲", "乙"]


def test_lists_of_leaders_are_never_in_pinyin_order():
    assert DEFAULT.key == "pinyin"
    assert "pinyin" not in PROTOCOL
    assert order_of("pinyin", among=PROTOCOL).key == "order"
    assert order_of("' OR 1=1").key == "pinyin"


@pytest.mark.parametrize("key", list(ORDERS))
def test_heading_of_the_list_names_the_order(clerk, city, key):
    make_cadre(unit=city)

    page = clerk.get(f"/admin/registry/cadre/?order={key}").content.decode()

    assert f"老干部（按{ORDERS[key].words}排列）" in page


def test_places_are_typed_in_a_grid(clerk, city):
    one, two = make_cadre("甲", unit=city, order_no=5), make_cadre("乙", unit=city)
    values = {f"place_{one.pk}": "20", f"seen_{one.pk}": "5", f"place_{two.pk}": " 10 ", f"seen_{two.pk}": ""}

    page = clerk.get(PLACES).content.decode()
    response = clerk.post(PLACES, values, follow=True)

    assert "排名次（按名次排列）" in page
    assert "改了 2 位" in response.content.decode()
    assert names("order") == ["乙", "甲"]
    assert AuditEntry.objects.filter(action="change", fields=["order_no"], subject_count=2).exists()


@pytest.mark.parametrize("typed", ["零", "-3", "0", "3.5", "1e3", "<b>", "９９x", "1234567890"])
def test_wrong_places_are_refused_and_kept(clerk, city, typed):
    cadre = make_cadre(unit=city, order_no=5)

    response = clerk.post(PLACES, {f"place_{cadre.pk}": typed, f"seen_{cadre.pk}": "5"})

    assert response.status_code == 422
    assert "不是数字" in response.content.decode()
    assert Cadre.objects.get().order_no == 5


def test_a_place_given_twice_and_one_changed_meanwhile_are_refused(clerk, city):
    one, two = make_cadre("甲", unit=city, order_no=1), make_cadre("乙", unit=city, order_no=2)
    twice = {f"place_{one.pk}": "2", f"seen_{one.pk}": "1", f"place_{two.pk}": "2", f"seen_{two.pk}": "2"}
    stale = {f"place_{one.pk}": "7", f"seen_{one.pk}": "9"}

    assert "填了不止一位" in clerk.post(PLACES, twice).content.decode()
    assert "刚被别人改过" in clerk.post(PLACES, stale).content.decode()
    assert names("order") == ["甲", "乙"]


def test_nobody_outside_the_change_scope_gets_a_place(city):
    district = make_unit("甲区", parent=city)
    mine, other = make_cadre("甲", unit=district), make_cadre("乙", unit=city)
    client = Client()
    client.force_login(make_user("district", role="clerk", unit=district))

    page = client.get(PLACES).content.decode()
    client.post(PLACES, {f"place_{other.pk}": "1", f"seen_{other.pk}": "", f"place_{mine.pk}": "2"})

    assert "乙" not in page.split("<tbody>")[1]
    other.refresh_from_db()
    assert other.order_no is None


def test_counting_up_proposes_places_in_the_order_shown(clerk, city):
    make_cadre("副", unit=city, leader_rank="132")
    make_cadre("正", unit=city, leader_rank="131")

    page = clerk.get(f"{PLACES}?order=rank&count=1").content.decode()

    assert page.index('value="10"') < page.index("<b>正</b>") < page.index('value="20"') < page.index("<b>副</b>")


@pytest.mark.parametrize("page", ["places/", "invite/", "invite/?purpose=medal&order=rank"])
def test_pages_of_a_group_cost_the_same_for_one_and_for_many(clerk, city, page):
    make_cadre("甲", unit=city, order_no=1)
    address = f"/admin/registry/cadre/{page}"
    clerk.get(address)
    with CaptureQueriesContext(connection) as one:
        clerk.get(address)
    for number in range(4):
        make_cadre(f"乙{number}", unit=city, on_hold=number % 2 == 0)

    with CaptureQueriesContext(connection) as many:
        assert clerk.get(address).status_code == 200

    assert len(many) == len(one) <= 18
