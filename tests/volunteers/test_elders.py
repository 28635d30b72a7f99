"""Who is no cadre is picked for a request or a post: found within reach or by a whole number, or entered."""

import datetime as dt
import uuid

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from apps.people.models import Household, Person, Phone
from apps.people.services import save_person, save_phone
from apps.volunteers.models import OutsidePost, ServiceRequest
from apps.volunteers.queries.elders import elders_in_reach, find_elder, unit_for
from tests.builders import make_person, make_unit, make_user

from .builders import make_volunteer
from .help_world import make_help_world

pytestmark = pytest.mark.django_db
HELP, POST = "admin:volunteers_servicerequest_", "admin:volunteers_outsidepost_"


@pytest.fixture
def world():
    return make_help_world()


@pytest.fixture
def widow(world):
    home = Household.objects.create()
    Person.objects.filter(pk=world.receiver.pk).update(household=home)
    made = make_person("林秀英", birth_date="1941-05-02", household=home)
    save_person(made, sealed={})  # its keys for the search
    return made


def asked_for(world, receiver) -> dict:
    return {
        "key": str(uuid.uuid4()), "receiver": receiver.pk, "asked_as": "family", "service": "hospital",
        "on": (timezone.localdate() + dt.timedelta(4)).isoformat(), "starts": "9:00", "ends": "11:00", "wanted": 1,
        "place": "门诊大厅",
    }  # fmt: skip


def test_in_reach_are_volunteers_of_ones_units_and_homes_of_ones_cadres(world, widow):
    mine = make_volunteer("郑国梁", unit=world.unit).person
    elsewhere = make_volunteer("沈佩兰", unit=make_unit("外县局")).person
    stranger = make_person("路人甲")
    save_phone(Phone(person=stranger, kind="mobile"), "13900001234", actor=world.clerk)
    assert set(elders_in_reach(world.clerk)) == {mine, widow}
    assert find_elder("林秀英", world.clerk)[1] == [widow]
    assert find_elder("13900001234", world.clerk)[1] == [stranger]
    assert unit_for(elsewhere, {world.unit.pk}) == world.unit
    outsider = make_user("外人", role="clerk", unit=elsewhere.volunteer.unit)
    assert widow not in elders_in_reach(outsider)


def test_staff_ask_for_a_widow_whom_they_picked(world, widow, client):
    client.force_login(world.clerk)
    page = reverse(f"{HELP}elder")
    assert "林秀英" in client.post(page, {"asked": "林秀英"}).content.decode()
    answer = client.post(page, {"asked": "林秀英", "person": widow.pk})
    assert answer.status_code == 302
    shown = client.get(answer["Location"]).content.decode()
    assert "林秀英" in shown
    assert client.post(answer["Location"], asked_for(world, world.receiver)).status_code == 422  # not whom he picked
    done = client.post(answer["Location"], asked_for(world, widow), follow=True)
    assert "看这位同志" not in done.content.decode()
    row = ServiceRequest.objects.get()
    assert (row.receiver, row.unit) == (widow, world.unit)
    assert client.post(page, {"asked": "林秀英", "person": world.receiver.pk}).status_code == 404


def test_the_word_is_this_users_and_of_no_cadre(world, widow, client):
    client.force_login(world.clerk)
    page = reverse(f"{HELP}ask")
    for user, person in ((world.clerk.pk + 1, widow.pk), (world.clerk.pk, world.receiver.pk)):
        word = signing.dumps([user, person], salt="volunteers.elder")
        assert client.get(page, {"who": word}).status_code == 404
    assert client.get(page, {"who": "x"}).status_code == 404


def test_somebody_new_gets_a_post(world, client):
    client.force_login(world.clerk)
    typed = {"name": "周桂兰", "birth_date": "1950-03", "sex": "2", "phone": "13900001235", "agreed": "on"}
    page = reverse(f"{POST}elder_new")
    assert client.post(page, {**typed, "key": str(uuid.uuid4()), "agreed": ""}).status_code == 422
    answer = client.post(page, {**typed, "key": str(uuid.uuid4())})
    person = Person.objects.get(name="周桂兰")
    values = {
        "person": person.pk, "kind": "lane", "body": "榕树社区", "field": "city", "level": "block",
        "starts_on": "2026-01-01",
    }  # fmt: skip
    client.post(answer["Location"], values)
    post = OutsidePost.objects.get()
    assert (post.person, post.unit) == (person, world.unit)
    form = client.get(reverse(f"{POST}change", args=[post.pk]), {"edit": 1}).content.decode()
    assert "周桂兰" in form
    client.post(reverse(f"{POST}add"), {**values, "body": "南华社区"})  # without having been picked
    assert OutsidePost.objects.count() == 1
