"""The person page tells of his service: volunteer, posts, hours a year, certificates."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from apps.common.code_lists import names_of
from apps.volunteers.models import OutsidePost, PartyReport, ServiceCertificate, ServiceRecord
from apps.volunteers.queries.posts import KINDS
from tests.builders import LONG_AGO, make_cadre, make_user
from tests.volunteers.builders import make_team, make_volunteer
from tests.volunteers.outside_world import World

from .test_person_page import moments

D = dt.date


@pytest.fixture
def served(db):
    world = World()
    cadre = make_cadre("李德厚", unit=world.unit)
    him = make_volunteer(person=cadre.person, unit=world.unit, strengths="退休医生")
    team = make_team(unit=world.unit)
    for day, minutes in ((D(2025, 3, 1), 90), (D(2026, 1, 5), 60), (D(2026, 2, 5), 45)):
        ServiceRecord.objects.create(
            volunteer=him, team=team, service="green", on=day, starts=540, ends=540 + minutes, minutes=minutes,
            state="ok", source="grid",
        )  # fmt: skip
    post = {"unit": world.unit, "person": cadre.person, "kind": "lane", "field": "city", "level": "block"}
    OutsidePost.objects.create(**post, body="榕树社区", starts_on=D(2024, 1, 1), ends_on=D(2025, 1, 1))
    OutsidePost.objects.create(**post, body="南华社区", starts_on=D(2025, 1, 1), ends_on=D(2090, 1, 1))
    PartyReport.objects.create(
        unit=world.unit, person=cadre.person, on=D(2024, 5, 1), community=world.community, host="榕树社区党委"
    )
    ServiceCertificate.objects.create(
        volunteer=him, unit=world.unit, starts_on=D(2025, 1, 1), ends_on=D(2026, 1, 1), state="issued",
        applied_at="2026-01-02T09:00+08:00", issued_on=D(2026, 1, 8), year=2026, number=1, code="FS2026-0001",
        minutes=90, count=1,
    )  # fmt: skip
    return cadre


def test_service_stands_in_the_timeline_in_one_statement(served, django_assert_num_queries):
    names_of(KINDS)  # kept by the process
    with django_assert_num_queries(1):
        found = moments(served, kind="service").moments
    assert [moment.text for moment in found] == [
        "2026年志愿服务 2 次，共1小时45分",
        "发给志愿服务证明，1 次，共1小时30分",
        "2025年志愿服务 1 次，共1小时30分",
        "担任南华社区街巷长",
        "榕树社区街巷长：任期到期",
        "到南河街道榕树社区党组织报到",
        "担任榕树社区街巷长",
        "登记为志愿者",
    ]
    assert found[-1].on == LONG_AGO
    assert len(moments(served, kind="service", year=2025).moments) == 3
    assert moments(served, kind="service", sees=lambda right: False).moments == ()


def test_the_person_page_links_to_the_certificate(served):
    client = Client()
    client.force_login(make_user("jingban", role="clerk", unit=served.managing_unit))
    page = reverse("admin:registry_cadre_change", args=[served.pk])
    said = client.get(page, {"kind": "service"}).content.decode()
    assert "FS2026-0001" in said
    certificate = ServiceCertificate.objects.get()
    assert reverse("admin:volunteers_servicecertificate_change", args=[certificate.pk]) in said
