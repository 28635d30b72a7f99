"""The pad: entered in its order with the times on it, once however often it is sent; and classes that go on."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.signups.models import Offer, SignUp
from apps.signups.services.offers import lapse_due
from apps.signups.services.seats import set_capacity
from apps.university.models import PadLine, TermPhase
from apps.university.services import continuing, pad
from tests.builders import make_term

from .desk_world import DAY, HOUR, DeskWorld

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings):
    settings.SECOND_FACTOR = "optional"
    return DeskWorld()


def make_sheet(world, lines=4):
    return pad.make_pad(world.school, world.term, lines=lines, actor=world.clerk, on=timezone.localdate())


def states(class_group) -> dict[str, str]:
    rows = SignUp.objects.filter(offering=class_group.offering_id).select_related("person")
    return {row.person.name: row.state for row in rows}


def test_lines_use_held_back_places_in_the_order_of_the_pad(world):
    class_group = world.add_class(capacity=3)
    set_capacity(class_group.offering, 3, 2, actor=world.clerk, now=world.now)
    world.enrol(class_group, world.person("网上"), way="desk")
    sheet = make_sheet(world)
    people = [world.person(name) for name in ("甲", "乙", "丙")]
    entries = [
        pad.Entry(line, world.now - 2 * HOUR + place * HOUR / 10, person, class_group)
        for place, (line, person) in enumerate(zip(sheet.lines.all(), people, strict=False))
    ]
    refused = pad.enter_lines(sheet, list(reversed(entries)), actor=world.clerk, now=world.now)
    assert refused == {}
    assert states(class_group) == {"网上": "seated", "甲": "seated", "乙": "seated", "丙": "waiting"}
    again = pad.enter_lines(sheet, entries, actor=world.clerk, now=world.now)
    assert (again, SignUp.objects.count()) == ({}, 4)
    row = SignUp.objects.get(person=people[2])
    assert (row.source, row.queued_at) == ("pad", entries[2].written_at)
    pad.finish(sheet, actor=world.clerk, now=world.now)
    sheet.paper.refresh_from_db()
    assert sheet.paper.state == "returned"


def test_what_is_wrong_stands_on_its_line_and_the_rest_is_in(world):
    class_group = world.add_class()
    sheet = make_sheet(world)
    young = world.person("年轻", birth_date="1995-01-01", phone="13900000001")
    world.person("甲", phone="13900000002")
    class_group.age_from = 50
    class_group.save(update_fields=["age_from"])
    today = timezone.localdate() - DAY
    url = f"/admin/university/padsheet/{sheet.pk}/enter/"
    typed = {
        "used_on": f"{today}",
        "1-time": "9:05", "1-who": "13900000001", "1-class_no": str(class_group.pk),
        "2-time": "", "2-who": "13900000002", "2-class_no": str(class_group.pk),
        "3-time": "25:99", "3-who": "\x00", "3-class_no": "9" * 60,
        "4-time": "8:00", "4-who": "13900000002", "4-class_no": str(class_group.pk),
    }  # fmt: skip
    world.client.get(url)
    answer = world.client.post(url, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "比前面的行早" in page
    assert states(class_group) == {"甲": "seated"}
    line = PadLine.objects.get(sheet=sheet, position=1)
    assert (line.person, bool(line.refusal), line.sign_up) == (young, True, None)
    second = PadLine.objects.get(sheet=sheet, position=2)
    assert timezone.localtime(second.written_at).time() == dt.time(9, 5)
    assert world.client.get(f"/admin/university/padsheet/{sheet.pk}/print/").status_code == 200
    assert world.client.post(url, {"used_on": "x"}).status_code == 422


def test_held_back_places_are_released_in_one_act_to_those_who_wait(world):
    class_group = world.add_class(capacity=2)
    url = "/admin/university/padsheet/held-back/"
    key = f"{class_group.pk}-held_back"
    assert world.client.post(url, {key: "9"}).status_code == 422
    assert world.client.post(url, {key: "1"}).status_code == 302
    for name in ("甲", "乙"):
        world.enrol(class_group, world.person(name))
    assert states(class_group) == {"甲": "seated", "乙": "waiting"}
    assert world.client.post(url, {"release": "1"}).status_code == 302
    assert states(class_group) == {"甲": "seated", "乙": "offered"}


@pytest.fixture
def going_on(world):
    """Three of 书法1班; the class that follows it has two places, and a phase that is open."""
    last_term = make_term(world.unit, on=world.term.starts_on - 182 * DAY)
    before = world.add_class(capacity=5, term=last_term)
    for name in ("阿甲", "阿乙", "阿丙"):
        world.enrol(before, world.person(name))
    TermPhase.objects.create(term=world.term, kind="next", opens_at=world.now - DAY, closes_at=world.now + 2 * DAY)
    after = world.add_class(capacity=2, follows=before)
    return before, after


def test_a_whole_class_goes_on_once_and_who_is_too_many_waits_first(world, going_on):
    _, after = going_on
    found = continuing.continue_class(after, actor=world.clerk, now=world.now)
    assert (len(found.offered), len(found.waiting), found.refused) == (2, 1, {})
    again = continuing.continue_class(after, actor=world.clerk, now=world.now)
    assert (again.offered, again.waiting) == ([], [])
    assert set(SignUp.objects.filter(offering=after.offering).values_list("priority", flat=True)) == {10}
    made = after.continuations.get()
    offers = list(Offer.objects.order_by("pk"))
    continuing.answer(offers[0], continuing.GOES_ON, key=made.public_id, actor=world.clerk, now=world.now)
    assert continuing.take_back(made, actor=world.clerk, now=world.now) == 2
    assert continuing.take_back(made, actor=world.clerk, now=world.now) == 0
    assert sorted(states(after).values()) == ["seated", "undone", "undone"]


def test_only_who_was_told_loses_his_place_at_the_end_of_the_phase(world, going_on):
    _, after = going_on
    continuing.continue_class(after, actor=world.clerk, now=world.now)
    told = Offer.objects.order_by("pk").first()
    page = world.client.get(f"/admin/university/continuation/class/{after.pk}/")
    key = next(row["form"].initial["key"] for row in page.context["grid"] if row["name"] == told.sign_up.person.name)
    prefix = told.sign_up_id
    sent = {f"{prefix}-answer": "told", f"{prefix}-key": str(key)}
    others = SignUp.objects.filter(offering=after.offering, state="offered").exclude(pk=prefix)
    sent |= {f"{row.pk}-key": str(row.public_id) for row in others}
    assert world.client.post(f"/admin/university/continuation/class/{after.pk}/", sent).status_code == 302
    lapse_due(world.now + 3 * DAY)
    left = states(after)
    assert left[told.sign_up.person.name] == "lapsed"
    assert sorted(left.values()) == ["lapsed", "offered", "waiting"]
    assert told.sign_up.person_id not in continuing.continue_class(after, actor=world.clerk, now=world.now).offered


def test_nothing_goes_on_without_a_phase_or_a_class_before(world):
    before = world.add_class()
    with pytest.raises(BusinessError, match="上一年级"):
        continuing.continue_class(before, actor=world.clerk, now=world.now)
    after = world.add_class(follows=before)
    with pytest.raises(BusinessError, match="阶段"):
        continuing.continue_class(after, actor=world.clerk, now=world.now)
    url = "/admin/university/continuation/"
    answer = world.client.post(url, {"pick": [after.pk, "x", "9" * 40]}, follow=True)
    assert "老生续读”阶段" in answer.content.decode()
