"""Letters of thanks: his own service alone, one A4 each (rule book 10.76)."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.common.code_lists import names_of
from apps.people.models import Household, Person
from apps.volunteers.models import Volunteer
from apps.volunteers.queries.letters import Occasion, letters_for, years_served
from apps.volunteers.rules.letters import VolunteerLetters
from apps.volunteers.services import records
from tests.builders import LONG_AGO

from .shift_world import AFTER, World

pytestmark = pytest.mark.django_db
TODAY = AFTER.date()
THIS_YEAR = Occasion("year", 2026)


@pytest.fixture
def world():
    made = World()
    made.wu = made.volunteer("吴志远")
    done = [made.record(made.wu), made.record(made.wu, 700, 745, service="visit", project=None)]
    records.confirm([*done, made.record(made.leader)], actor=made.clerk, now=AFTER)
    return made


def found(world, occasion=THIS_YEAR, on=TODAY):
    return letters_for(Volunteer.objects.select_related("person", "unit").order_by("pk"), occasion, on)


def test_a_letter_says_what_he_did_himself_and_nobody_else(world, django_assert_max_num_queries):
    world.volunteer("林秀英")
    with django_assert_max_num_queries(8):
        made = found(world)
    assert ([row.to for row in made.letters], made.unserved) == (["贺建国老师", "吴志远老师"], 1)
    said = "".join(made.letters[1].paragraphs)
    assert "2026年这一年里，您参加志愿服务2次，共2小时45分" in said
    assert "贺建国" not in said
    assert years_served(world.wu) == [2026]


def test_no_letter_in_mourning_and_none_for_the_dead(world):
    home = Household.objects.create()
    Person.objects.filter(pk=world.wu.pk).update(household=home)
    wife = world.volunteer("林秀英").person
    Person.objects.filter(pk=wife.pk).update(household=home, mourned_until=TODAY + dt.timedelta(30))
    Person.objects.filter(pk=world.leader.pk).update(life_status="deceased")
    made = found(world)
    assert (made.letters, made.mourning) == ([], 1)


def test_an_anniversary_of_its_month_until_he_leaves(world):
    year = TODAY.year - LONG_AGO.year
    said = "".join(found(world, Occasion("joined", 2026, LONG_AGO.month)).letters[0].paragraphs)
    assert f"到今年满{year}年了。这些年您服务1次" in said
    assert found(world, Occasion("joined", 2026, LONG_AGO.month % 12 + 1)).letters == []
    Volunteer.objects.update(left_on=TODAY)
    assert found(world, Occasion("joined", 2026)).letters == []


def test_texts_are_checked():
    with pytest.raises(ValueError, match="填不了"):
        VolunteerLetters(year="{名次}")
    with pytest.raises(ValueError, match="每一段"):
        VolunteerLetters(thanks="")


def test_staff_ask_by_a_form_and_print(world, client):
    client.force_login(world.clerk)
    one = reverse("admin:volunteers_volunteer_letter", args=[world.wu.pk])
    assert client.post(one, {"kind": "year", "year": "2999"}).status_code == 422
    answer = client.post(one, {"kind": "year", "year": "2026"}, follow=True).content.decode()
    assert "吴志远老师：" in answer
    many = reverse("admin:volunteers_volunteer_letters")
    skill = next(iter(names_of("volunteer_skill")))
    Volunteer.objects.filter(pk=world.leader.pk).update(skills=[skill])
    answer = client.post(f"{many}?skill={skill}", {"kind": "year", "year": "2026", "month": "3"}, follow=True)
    said = answer.content.decode()
    assert "贺建国老师：" in said
    assert "吴志远" not in said
    assert "没有要打印的信" in client.get(many, {"kind": "year", "year": "2001"}).content.decode()


def test_he_prints_his_own_once_the_year_is_over(world, client):
    client.force_login(world.chief)
    last = timezone.localdate().year - 1
    assert client.get(reverse("portal:me_letter", args=["year", 1999])).status_code == 404
    records.confirm(
        [world.record(world.leader, on=dt.date(last, 5, 6), now=timezone.now())], actor=world.clerk, now=timezone.now()
    )  # fmt: skip
    assert f"{last}年年终感谢信" in client.get(reverse("portal:me_letters")).content.decode()
    said = client.get(reverse("portal:me_letter", args=["year", last])).content.decode()
    assert "贺建国老师：" in said
