"""Pages cost the same number of queries for one row and for three, and no more than design 7 allows."""

import datetime as dt

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts import middleware
from apps.accounts.models import Absence
from apps.accounts.roles import ROLES
from apps.common import audit
from apps.ledgers.models import CareAssignment
from tests.access_world import GRANTED, OBJECTS, Side, make_side
from tests.builders import make_unit, make_user
from tests.volunteers.shift_world import World

pytestmark = pytest.mark.django_db

MOST_OF_A_LIST = 12
# The list of duties says beside each row who must act and how to reach him, each several queries.
# Organisations show numbers of members with everything below, posts, meetings and rules of districts: six queries more.
BUDGETS = {"ledgers.duty": 14, "branches.organisation": 18}
# Design 7 asks for 15. Session, account, grants with their units, posts, who is stood in for; the cadre with the rights
# over him; who may see his numbers; everything of the page and the timeline in one; the audit entry: nine.
MOST_OF_A_PERSON = 12
# Who answers for somebody without a carer, for those to whom the line can come.
LINE_OF_RESPONSIBILITY = 1
# What those lead and answer for whom he stands in for, read once however many rights a page asks.
MOST_TO_STAND_IN = 3
# Five of signing in; figures, rows and every subject in one; who may see numbers, and the line of responsibility;
# duties and ways to reach the people of the rows; the audit entry.
MOST_OF_A_HOME = 10
A_PAGE_AND_MORE = 120
# The role that reads a list, where more than one may: the one that works with it.
PREFERRED = ("section_head", "clerk", "system_admin", "security_admin", "auditor")


def reader_of(permission: str) -> str:
    return next(role for role in (*PREFERRED, *GRANTED) if permission in ROLES[role].permissions)


def list_pages() -> dict[str, tuple[str, str]]:
    """model label → (address of its list, role that reads it)."""
    found = {}
    for model in admin.site._registry:
        meta = model._meta
        right = {"messaging.delivery": "reminders.view_run", "registry.importbatch": "registry.import_roster"}.get(
            meta.label_lower, f"{meta.app_label}.view_{meta.model_name}"
        )
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        found[meta.label_lower] = (address, reader_of(right))
    return found


def fill(side: Side) -> None:
    for label, build in OBJECTS.items():
        side.objects[label] = build(side)


def count(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert response.status_code in {200, 302}, address
    return sum("SAVEPOINT" not in query["sql"] for query in queries)


@pytest.fixture
def city(monkeypatch):
    """One district with one of everything, and readers of all roles at the top. Their sessions are seen once: the
    write of each half minute would fall into whatever page is counted just then."""
    monkeypatch.setattr(middleware, "SEEN_STEP", 3600)
    root = make_unit()
    clients = {}
    for role in GRANTED:
        clients[role] = Client()
        clients[role].force_login(make_user(f"q{role}", role=role, unit=root))
    first = make_side("甲", "李德厚", root)
    fill(first)
    cache.clear()
    return {"root": root, "clients": clients, "first": first}


def test_lists_cost_the_same_for_one_row_and_for_three(city):
    pages = list_pages()
    # The log of three sides fills more than one page of its list, which then asks how many there are: so does this.
    for _ in range(A_PAGE_AND_MORE):
        audit.record("sign_in", actor=None)
    one = {label: count(city["clients"][role], address) for label, (address, role) in pages.items()}
    for name, person in (("乙", "王秀兰"), ("丙", "张建国")):
        fill(make_side(name, person, city["root"]))
    three = {label: count(city["clients"][role], address) for label, (address, role) in pages.items()}

    assert {label: (one[label], three[label]) for label in pages if one[label] != three[label]} == {}
    over = {label: number for label, number in three.items() if number > BUDGETS.get(label, MOST_OF_A_LIST)}
    assert over == {}


@pytest.mark.parametrize("role", ["section_head", "clerk", "leader"])
def test_person_page_keeps_its_budget(city, role):
    address = reverse("admin:registry_cadre_change", args=[city["first"].cadre.pk])

    assert count(city["clients"][role], address) <= MOST_OF_A_PERSON


@pytest.mark.parametrize("role", ["section_head", "clerk", "leader"])
def test_person_page_keeps_its_budget_where_nobody_cares_for_him(city, role):
    CareAssignment.objects.all().delete()
    address = reverse("admin:registry_cadre_change", args=[city["first"].cadre.pk])
    drawn = LINE_OF_RESPONSIBILITY if role == "section_head" else 0

    assert count(city["clients"][role], address) <= MOST_OF_A_PERSON + drawn


def test_standing_in_costs_a_few_queries_whatever_the_page_asks(city):
    today = timezone.localdate()
    away = make_user("away", role="section_head", unit=city["root"])
    clerk = get_user_model().objects.get(username="qclerk")
    Absence.objects.create(user=away, substitute=clerk, starts_on=today, ends_on=today + dt.timedelta(days=9))
    address = reverse("admin:registry_cadre_change", args=[city["first"].cadre.pk])

    assert count(city["clients"]["clerk"], address) <= MOST_OF_A_PERSON + MOST_TO_STAND_IN


@pytest.mark.parametrize("role", [role for role in GRANTED if ROLES[role].staff])
def test_staff_home_page_keeps_its_budget(city, role):
    assert count(city["clients"][role], "/admin/") <= MOST_OF_A_HOME


def test_home_page_keeps_its_budget_with_everything_on_it(city):
    """Numbers of his own people, an entry that says so, and people for whom nobody cares: the longest way."""
    make_side("丁", "陈秀英", city["root"])
    fill(make_side("戊", "周桂兰", city["root"]))
    CareAssignment.objects.all().delete()

    assert count(city["clients"]["section_head"], "/admin/") <= MOST_OF_A_HOME


def test_public_lists_of_volunteering_cost_the_same_for_one_row_and_for_many(client):
    """Held with their pages in tests/volunteers/test_front.py; here that more rows cost nothing more."""
    world, addresses = World(), [reverse(f"volunteers:{name}") for name in ("shifts", "teams")]
    on = timezone.localdate() + dt.timedelta(days=3)
    world.shift(now=timezone.now(), on=on)
    [count(client, address) for address in addresses]
    one = [count(client, address) for address in addresses]
    for number in range(1, 4):
        world.shift(now=timezone.now(), on=on + dt.timedelta(days=number))
    World("北山银龄志愿服务队", unit=world.unit)

    assert [count(client, address) for address in addresses] == one


def test_public_pages_ask_the_database_nothing_of_a_visitor(client):
    for name in ("home", "activities", "help", "privacy", "accessibility", "site_map", "display"):
        assert count(client, reverse(f"portal:{name}")) == 0, name
