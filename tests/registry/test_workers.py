"""Those who serve and their training: one by one, as a group, by year."""

import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from apps.common.models import AuditEntry
from apps.registry.models import Attendance, Training, Worker
from apps.registry.training_year import by_unit, without_training, year_of
from tests.builders import make_unit, make_user

pytestmark = pytest.mark.django_db
LIST, TRAININGS = "/admin/registry/worker/", "/admin/registry/training/"
TODAY = datetime.date(2026, 11, 22)
ID_A = "11010519491231002X"


@pytest.fixture
def city():
    return make_unit()


@pytest.fixture
def clerk(city):
    client = Client()
    client.force_login(make_user(role="clerk", unit=city))
    return client


def make_worker(name, unit, **over):
    return Worker.objects.create(**{"name": name, "unit": unit, "category": "full", **over})


def make_training(unit, day="2026-03-01", **over):
    return Training.objects.create(
        **{"title": "业务培训班", "unit": unit, "starts_on": day, "last_on": day, "hours": Decimal("8"), **over}
    )


def values_of(city, **over):
    return {"name": "赵明远", "category": "full", "unit": city.pk, "sex": "1", **over}


def test_a_worker_is_added_by_hand_with_an_encrypted_mobile(clerk, city):
    clerk.post(f"{LIST}add/", values_of(city, typed_mobile="139 0000 1234", typed_citizen_id=ID_A))

    worker = Worker.objects.get()
    page = clerk.get(f"{LIST}{worker.pk}/change/").content.decode()
    assert worker.mobile == "13900001234"
    assert "13900001234" in page
    assert ID_A not in page
    assert AuditEntry.objects.filter(action="open", target=f"registry.worker:{worker.pk}", fields=["mobile"]).exists()
    assert "13900001234" not in clerk.get(f"{LIST}{worker.pk}/change/?edit=1").content.decode()


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"typed_mobile": "abc"}, "号码"),
        ({"typed_citizen_id": "123"}, "18"),
        ({"name": ""}, "这一项要填"),
        ({"name": "=1+1\x07"}, "姓名"),
        ({"category": "boss"}, "有效"),
        ({"starts_on": "2025-01-01", "ends_on": "2024-01-01"}, "离岗日期要晚于到岗日期"),
        ({"birth_date": "不知道"}, "日期"),
    ],
)
def test_wrong_input_is_a_sentence_and_nothing_is_kept(clerk, city, over, sentence):
    response = clerk.post(f"{LIST}add/", values_of(city, **over))

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert Worker.objects.count() == 0


def test_an_id_belongs_to_one_worker_at_work(clerk, city):
    clerk.post(f"{LIST}add/", values_of(city, typed_citizen_id=ID_A))

    again = clerk.post(f"{LIST}add/", values_of(city, name="别人", typed_citizen_id=ID_A))

    assert "登记在另一位在岗人员名下" in again.content.decode()


def test_list_shows_those_at_work_and_filters(clerk, city):
    make_worker("在岗的", city)
    make_worker("走了的", city, ends_on=timezone.localdate())
    make_worker("兼职的", city, category="part")

    page = clerk.get(LIST).content.decode()
    assert "专兼职工作人员（按单位排列）" in page
    assert "在岗的" in page
    assert "走了的" not in page
    assert "走了的" in clerk.get(f"{LIST}?on=left").content.decode()
    assert "在岗的" not in clerk.get(f"{LIST}?category__exact=part").content.decode()
    assert "在岗的" in clerk.get(f"{LIST}?q=在岗").content.decode()


def test_a_group_is_entered_for_one_training_and_mended(clerk, city):
    one, two, gone = make_worker("甲某某", city), make_worker("乙某某", city), make_worker(
        "早走的", city, ends_on=datetime.date(2020, 1, 1)
    )  # fmt: skip
    training = make_training(city)
    address = f"{TRAININGS}{training.pk}/people/"

    page = clerk.get(address).content.decode()
    clerk.post(address, {"worker": [one.pk, two.pk, gone.pk, "x", "99999999999999999999"]})
    assert set(training.attendances.values_list("worker", flat=True)) == {one.pk, two.pk}
    clerk.post(address, {"worker": [one.pk]})

    assert "早走的" not in page
    assert set(training.attendances.values_list("worker", flat=True)) == {one.pk}
    assert AuditEntry.objects.filter(action="training.drop").count() == 1
    assert "业务培训班" in clerk.get(f"{LIST}{one.pk}/change/").content.decode()


def test_ticked_workers_are_added_to_a_training_and_others_stay(clerk, city):
    one, two = make_worker("甲某某", city), make_worker("乙某某", city)
    training = make_training(city)
    Attendance.objects.create(training=training, worker=two)

    page = clerk.post(f"{LIST}attend/?pk={one.pk},{two.pk},x", {"training": training.pk}, follow=True).content.decode()

    assert "已登记 1 人" in page
    assert training.attendances.count() == 2


def test_people_outside_the_scope_are_neither_shown_nor_entered(city):
    district = make_unit("甲区", parent=city)
    mine, other = make_worker("甲某某", district), make_worker("乙某某", city)
    training = make_training(district)
    Attendance.objects.create(training=training, worker=other)
    client = Client()
    client.force_login(make_user("district", role="clerk", unit=district))

    client.post(f"{TRAININGS}{training.pk}/people/", {"worker": [mine.pk, other.pk]})
    page = client.get(f"{TRAININGS}{training.pk}/change/").content.decode()

    assert "乙某某" not in page
    assert "另有 1 位不在您的范围内" in page
    assert client.get(f"{TRAININGS}{make_training(city).pk}/change/").status_code == 404


def test_a_year_counts_people_times_and_hours(city):
    unit = make_unit("云江市教育局", parent=city)
    one, two, three = make_worker("甲", city), make_worker("乙", city), make_worker("丙", unit)
    make_worker("走了", city, ends_on=datetime.date(2026, 1, 1))
    first, second = make_training(city), make_training(city, "2026-05-01", hours=Decimal("4.5"))
    last_year, voided = make_training(city, "2025-12-31"), make_training(city, voided_at=timezone.now())
    for training, worker in ((first, one), (second, one), (first, three), (last_year, two), (voided, two)):
        Attendance.objects.create(training=training, worker=worker)

    found = year_of(Worker.objects.all(), 2026, on=TODAY)

    assert (found.serving, found.trained, found.without, found.times, found.hours, found.trainings) == (
        3, 2, 1, 3, Decimal("20.5"), 2,
    )  # fmt: skip
    assert list(without_training(Worker.objects.all(), 2026, on=TODAY)) == [two]
    assert by_unit(Worker.objects.all(), 2026, on=TODAY) == [
        (city.name, 2, 1, Decimal("12.5")), (unit.name, 1, 1, Decimal("8.0")),
    ]  # fmt: skip


@pytest.mark.parametrize("query", ["", "?year=2026", "?year=abc", "?year=99999999999", "?year=-1", "?year=二〇二六"])
def test_year_page_takes_any_address(clerk, city, query, django_assert_max_num_queries):
    make_worker("甲某某", city)

    with django_assert_max_num_queries(18):
        page = clerk.get(f"{TRAININGS}year/{query}")

    assert page.status_code == 200
    assert "甲某某" in page.content.decode()


@pytest.mark.parametrize(
    ("over", "sentence"), [({"last_on": "2026-02-01"}, "结束日期不能早于"), ({"hours": "-1"}, "0")]
)
def test_wrong_training_is_refused(clerk, city, over, sentence):
    values = {"title": "班", "unit": city.pk, "starts_on": "2026-03-01", "last_on": "2026-03-02", "hours": "8", **over}

    response = clerk.post(f"{TRAININGS}add/", values)

    assert sentence in response.content.decode()
    assert Training.objects.count() == 0
