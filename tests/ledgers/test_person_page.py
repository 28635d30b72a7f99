"""The page of one person: what is due, what was promised, and what happened to him in every module."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from apps.branches.models import Attendance, HomeDelivery, Meeting
from apps.common.together import read_together
from apps.ledgers.models import CareAssignment, Measure, Need
from apps.ledgers.queries.timeline import PAGE, Wanted, sources_for, timeline, timeline_parts
from apps.registry.models import LifeEvent
from tests.builders import make_cadre, make_member, make_organisation, make_user

D = dt.date
ON = D(2026, 3, 10)


def moments(cadre, *, sees=lambda right: True, **wanted):
    asked = Wanted(**wanted)
    found = sources_for(cadre, asked, sees)
    rows = read_together(timeline_parts(cadre, asked, found))
    return timeline(asked, found, rows.__getitem__)


@pytest.fixture
def lived(bureau, clerk, contact):
    """Somebody to whom something happened in most rooms of the house."""
    cadre = make_cadre("李德厚", unit=bureau)
    branch = make_organisation("南河支部")
    make_member(cadre.person, branch, starts_on=D(2025, 1, 1))
    meeting = Meeting.objects.create(
        organisation=branch, kind="party_day", held_on=D(2026, 2, 25), topic="学习", said_present=1, expected=1
    )
    Attendance.objects.create(meeting=meeting, person=cadre.person, state="present")
    HomeDelivery.objects.create(
        organisation=branch, person=cadre.person, due_on=D(2026, 1, 31), delivered_on=D(2026, 1, 20), content="读本"
    )
    LifeEvent.objects.create(person=cadre.person, kind="admitted", happened_on="2025-12", state="confirmed")
    CareAssignment.objects.create(cadre=cadre, carer=clerk, starts_on=D(2026, 1, 1))
    need = Need.objects.create(
        cadre=cadre, section="wellbeing", category="bath", description="浴室滑", found_on=D(2026, 2, 1)
    )
    Measure.objects.create(need=need, what="装扶手", owner=clerk, due_on=D(2026, 4, 1))
    contact(cadre, D(2026, 3, 1))
    return cadre


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_timeline_tells_of_every_module_newest_first(lived):
    found = moments(lived).moments

    assert [moment.on for moment in found] == sorted((moment.on for moment in found), reverse=True)
    texts = "；".join(moment.text for moment in found)
    for words in ("主题党日（到会）", "送学上门", "住院", "开始担任责任人", "登记需求：浴室滑", "编入南河支部"):
        assert words in texts


def test_timeline_is_one_statement(lived, django_assert_num_queries):
    with django_assert_num_queries(1):
        moments(lived)


@pytest.mark.parametrize(
    ("wanted", "texts"),
    [
        ({"kind": "need"}, ["登记需求：浴室滑"]),
        ({"kind": "event"}, ["住院"]),
        ({"year": 2025}, ["住院", "编入南河支部（正式组织关系）"]),
        ({"kind": "need", "year": 2025}, []),
    ],
)
def test_timeline_by_kind_and_year(lived, wanted, texts):
    assert [moment.text for moment in moments(lived, **wanted).moments] == texts


def test_timeline_tells_nobody_what_he_may_not_see(lived):
    found = moments(lived, sees=lambda right: False).moments

    assert {moment.text for moment in found} == {"编入南河支部（正式组织关系）", "clerk开始担任责任人"}


def test_timeline_goes_back_page_by_page(lived, contact):
    for day in range(1, 29):
        contact(lived, D(2024, 2, day))

    first, second = moments(lived), moments(lived, page=2)
    rest = moments(lived, page=3)

    assert (len(first.moments), first.has_more, rest.has_more) == (PAGE, True, False)
    assert first.moments[-1].on >= second.moments[0].on
    assert len({*first.moments, *second.moments, *rest.moments}) == 28 + len(moments(lived, year=2026).moments) + 2


def test_page_shows_needs_with_their_promises_and_ways_to_act(lived, clerk):
    page = client_of(clerk).get(reverse("admin:registry_cadre_change", args=[lived.pk])).content.decode()

    assert "浴室滑" in page
    assert "装扶手" in page
    assert "记走访" in page
    assert "查阅记录：近 90 天" in page


@pytest.mark.parametrize("query", ["kind=need&year=2026", "kind=nonsense&year=99999&page=-1", "page=999", "year=²"])
def test_any_filter_in_the_address_gives_a_page(lived, clerk, query):
    response = client_of(clerk).get(f"{reverse('admin:registry_cadre_change', args=[lived.pk])}?{query}")

    assert response.status_code == 200


def test_filter_that_finds_nothing_says_so(lived, clerk):
    url = reverse("admin:registry_cadre_change", args=[lived.pk])

    assert "没有这样的记录" in client_of(clerk).get(f"{url}?kind=call").content.decode()


def test_my_promises_of_the_week_are_on_the_home_page(lived, bureau, clerk):
    Measure.objects.update(due_on=dt.date.today())
    other = make_user("other", role="clerk", unit=bureau)

    assert "办：装扶手" in client_of(clerk).get("/admin/").content.decode()
    assert "办：装扶手" not in client_of(other).get("/admin/").content.decode()
