"""Pairing as a whole: who has nobody, who is near, hand-over with what is open, cards."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Absence, User
from apps.ledgers.access import possible_carers
from apps.ledgers.models import CareAssignment, CareTier, Measure, Need
from apps.ledgers.queries.pairing import loads_of, open_items, proposals, uncovered
from apps.ledgers.rules.pairing import Nearness, is_proposed
from apps.ledgers.services import assign_carer, end_assignment
from apps.people.models import Household
from tests.builders import make_cadre, make_unit, make_user

D = dt.date
ON, SPRING = D(2026, 3, 10), D(2026, 4, 1)


@pytest.fixture
def carer(bureau):
    return make_user("carer", role="clerk", unit=bureau, display_name="周晓岚", phone="0700-8800001")


def pair(cadre, carer, **values) -> CareAssignment:
    return CareAssignment.objects.create(cadre=cadre, carer=carer, starts_on=D(2026, 1, 1), **values)


def focus(cadre) -> CareTier:
    return CareTier.objects.create(
        cadre=cadre, level=1, is_focus=True, effective_on=D(2026, 1, 1), decided_on=D(2026, 1, 1)
    )


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def promise(cadre, owner, *, what="装浴室扶手", due_on=SPRING) -> Measure:
    need = Need.objects.create(
        cadre=cadre, section="wellbeing", category="bath", description="浴室滑", found_on=D(2026, 2, 1)
    )
    return Measure.objects.create(need=need, what=what, owner=owner, due_on=due_on)


@pytest.mark.parametrize(
    ("near", "reasons", "proposed"),
    [
        (Nearness(room=2, of_household="王秀兰", in_community=3), ("已负责同住的王秀兰", "已负责本社区 3 位"), True),
        (Nearness(room=1, same_unit=True), ("在他的管理单位",), True),
        (Nearness(room=0, of_household="王秀兰"), ("已负责同住的王秀兰",), False),
        (Nearness(room=5), (), False),
    ],
)
def test_a_carer_is_proposed_for_a_reason_and_with_room(near, reasons, proposed):
    assert (near.reasons, is_proposed(near)) == (reasons, proposed)


def test_uncovered_are_focus_people_without_a_carer_and_people_whose_carer_left_or_is_away(bureau, clerk, carer):
    alone, left, away, held = (make_cadre(name, unit=bureau) for name in ("甲", "乙", "丙", "丁"))
    make_cadre("戊", unit=bureau)
    focus(alone)
    pair(left, make_user("gone", role="clerk", unit=bureau, is_active=False))
    absent = make_user("absent", role="clerk", unit=bureau)
    pair(away, absent)
    pair(held, carer)
    Absence.objects.create(user=absent, substitute=clerk, starts_on=ON, ends_on=D(2026, 3, 20))

    found = {row.person.name: row.reason for row in uncovered(clerk, ON)}

    assert found == {"甲": "nobody", "乙": "gone", "丙": "away"}
    assert uncovered(make_user("stranger", role="clerk", unit=make_unit("邻市")), ON).count() == 0


def test_nearest_with_room_are_proposed_first(bureau, clerk, carer):
    home = Household.objects.create(name="李家")
    husband, wife = make_cadre("李德厚", unit=bureau), make_cadre("王秀兰", unit=bureau)
    for one in (husband, wife):
        one.person.household = home
        one.person.save()
    pair(wife, carer)
    make_user("other", role="clerk", unit=bureau)

    found = proposals(husband, possible_carers(clerk), ON)

    assert found[0][0] == carer
    assert "已负责同住的王秀兰" in found[0][1].reasons
    assert found[0][1].room == 4


def test_handing_over_keeps_what_is_open_and_passes_the_promises_on(bureau, clerk, carer):
    cadre, second = make_cadre("李德厚", unit=bureau), make_user("second", role="clerk", unit=bureau)
    before = pair(cadre, carer)
    measure, other = promise(cadre, carer), promise(cadre, clerk, what="送餐")

    assign_carer(cadre, second, actor=clerk, on=ON, handover_note="听力不好，请上门")

    before.refresh_from_db()
    measure.refresh_from_db()
    other.refresh_from_db()
    assert (before.ends_on, before.handover_note) == (ON, "听力不好，请上门")
    assert "装浴室扶手，2026年4月1日前" in before.handover_items
    assert (measure.owner, other.owner) == (second, clerk)


def test_ending_keeps_what_is_open(bureau, clerk, carer):
    cadre = make_cadre("李德厚", unit=bureau)
    row = pair(cadre, carer)
    Need.objects.create(cadre=cadre, section="wellbeing", category="bath", description="助浴", found_on=ON)

    end_assignment(row, actor=clerk, on=ON)

    row.refresh_from_db()
    assert row.handover_items == "需求“助浴”还没有定办法"


def test_loads_count_everybody_and_show_whom_the_reader_may_see(bureau, clerk, carer, django_assert_max_num_queries):
    pair(make_cadre("甲", unit=bureau), carer)
    pair(make_cadre("乙", unit=make_unit("邻市")), carer)
    carer.is_gone = False

    with django_assert_max_num_queries(6):
        (row,) = loads_of([carer], clerk, ON)

    assert (row.held, row.capacity, row.room) == (2, 5, 3)
    assert [item.cadre.person.name for item in row.people] == ["甲"]


def test_open_items_take_one_statement(bureau, carer, django_assert_num_queries):
    people = [make_cadre(name, unit=bureau) for name in ("甲", "乙")]
    promise(people[0], carer)

    with django_assert_num_queries(1):
        found = open_items([one.pk for one in people], ON)

    assert found == {people[0].pk: ["装浴室扶手，2026年4月1日前"], people[1].pk: []}


def test_pages_show_pairs_and_gaps_and_lead_to_the_form(bureau, clerk, carer):
    held, alone = make_cadre("李德厚", unit=bureau), make_cadre("王秀兰", unit=bureau)
    pair(held, carer)
    focus(alone)
    client = client_of(clerk)

    pairs = client.get(reverse("admin:ledgers_careassignment_carers")).content.decode()
    gaps = client.get(reverse("admin:ledgers_careassignment_uncovered")).content.decode()
    to_form = client.post(reverse("admin:ledgers_careassignment_uncovered"), {"pk": [alone.pk]})
    form = client.get(to_form.url).content.decode()

    assert "周晓岚" in pairs
    assert "1 位，规定最多 5 位" in pairs
    assert "重点对象没有责任人" in gaps
    assert "李德厚" not in gaps
    assert "还能加 4 位" in form


def test_a_whole_handover_is_read_printed_and_done(bureau, clerk, carer):
    people = [make_cadre(name, unit=bureau) for name in ("李德厚", "王秀兰")]
    rows = [pair(one, carer) for one in people]
    promise(people[0], carer)
    second = make_user("second", role="clerk", unit=bureau)
    url = reverse("admin:ledgers_careassignment_handover", args=[rows[0].pk])
    client = client_of(clerk)

    shown = client.get(url).content.decode()
    printed = client.get(f"{url}?print=1").content.decode()
    done = client.post(url, {"carers": [second.pk], "handover_note": "调离"})

    assert "装浴室扶手" in shown
    assert "监交人" in printed
    assert done.status_code == 302
    assert set(CareAssignment.objects.open().primary().values_list("carer", flat=True)) == {second.pk}


@pytest.mark.parametrize("layout", ["eight", "one"])
def test_cards_carry_the_carer_and_the_office_numbers(bureau, clerk, carer, layout):
    row = pair(make_cadre("李德厚", unit=bureau), carer)
    url = f"{reverse('admin:ledgers_careassignment_cards')}?pk={row.pk}"
    client = client_of(clerk)

    assert client.post(url, {"layout": layout}).status_code == 422
    page = client.post(url, {"layout": layout, "reason": "发给老同志"}).content.decode()

    assert "李德厚同志" in page
    assert "0700-8800001" in page
