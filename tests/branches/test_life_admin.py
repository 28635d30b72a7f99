"""Staff pages of organisation life."""

import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from apps.branches.models import HomeDelivery, Meeting, Organisation, Programme, Review
from apps.common.models import AuditEntry
from tests.branches.test_coverage import held
from tests.builders import make_cadre, make_member, make_organisation, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def clerk(client, unit, settings):
    settings.SECOND_FACTOR = "optional"
    client.force_login(make_user("clerk", role="clerk", unit=unit))
    return client


@pytest.fixture
def branch(unit):
    return make_organisation("甲支部", unit=unit)


@pytest.fixture
def member(branch, unit):
    cadre = make_cadre("李德厚", unit=unit)
    make_member(cadre.person, branch)
    return cadre.person


@pytest.fixture
def meeting(branch, member):
    found = held(branch, on=timezone.localdate(), delivery=[member])
    HomeDelivery.objects.create(organisation=branch, person=member, meeting=found, due_on=timezone.localdate())
    return found


def test_lists_open_filter_and_search(clerk, branch, member, meeting):
    Review.objects.create(organisation=branch, person=member, year=2025, result="good")
    month = f"{timezone.localdate():%Y-%m}"
    for path, query in [
        ("meeting", {"organisation": branch.pk, "month": month, "kind__exact": "party_day", "q": "学习"}),
        ("homedelivery", {"organisation": branch.pk, "state": "open", "month": month, "q": "李德厚"}),
        ("studyrecord", {"month": "2026"}),
        ("review", {"result__exact": "good", "year": "2025"}),
        ("talk", {"month": "99999"}),
        ("programme", {}),
    ]:
        response = clerk.get(f"/admin/branches/{path}/", query)
        assert response.status_code == 200, path
        assert ("甲支部" in response.content.decode()) is (path in {"meeting", "homedelivery", "review"}), path


def test_months_show_what_is_missing_and_lead_down(clerk, branch, meeting, unit):
    quiet = make_organisation("乙支部", unit=unit)

    page = clerk.get("/admin/branches/meeting/months/").content.decode()
    assert ("还没开" in page, f"?organisation={branch.pk}&amp;month=" in page) == (True, True)
    only = clerk.get("/admin/branches/meeting/months/?missing=1").content.decode()
    assert (quiet.name in only, branch.name in only) == (True, False)
    for query in ("month=x", "month=9999-99", "within=abc", "within=999", "page=-1"):
        assert clerk.get(f"/admin/branches/meeting/months/?{query}").status_code == 200
    sheet = load_workbook(io.BytesIO(clerk.get("/admin/branches/meeting/months/?as=xlsx").content)).active
    assert [cell.value for cell in sheet[2]][:2] == ["党组织", "主题党日"]


def test_months_page_costs_the_same_for_more_branches(clerk, branch, meeting, unit, django_assert_max_num_queries):
    for number in range(4):
        below = Organisation.objects.add_child(
            Organisation.objects.get(pk=branch.pk), {"name": f"支部{number}", "unit": unit}
        )
        held(below)

    with django_assert_max_num_queries(20):
        clerk.get("/admin/branches/meeting/months/")


def test_voiding_takes_promises_back_and_restoring_brings_them(clerk, meeting):
    clerk.post(f"/admin/branches/meeting/{meeting.pk}/void/", {"reason": "登记重了"})
    assert Meeting.objects.get().voided_at
    assert not HomeDelivery.objects.filter(voided_at__isnull=True).exists()
    clerk.post(f"/admin/branches/meeting/{meeting.pk}/restore/")
    assert HomeDelivery.objects.filter(voided_at__isnull=True).count() == 1


def test_export_asks_for_a_reason_and_leaves_an_entry(clerk, meeting, member):
    assert clerk.post("/admin/branches/homedelivery/export/", {"reason": ""}).status_code == 422
    response = clerk.post("/admin/branches/homedelivery/export/", {"reason": "核对送学"})

    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert [cell.value for cell in sheet[3]][:2] == ["甲支部", "李德厚"]
    entry = AuditEntry.objects.get(action="export")
    assert (entry.reason, entry.subject_count) == ("核对送学", 1)
    assert b"".join(clerk.post("/admin/branches/meeting/export/", {"reason": "核对"}).streaming_content).startswith(
        b"PK"
    )


def test_clerk_makes_a_programme_for_all(clerk):
    clerk.post("/admin/branches/programme/add/", {"name": "7+N", "items": "唱国歌", "own_items": ""})

    assert Programme.objects.get().organisation is None


def test_programme_for_all_is_not_a_districts(client, unit, settings):
    settings.SECOND_FACTOR = "optional"
    common = Programme.objects.create(name="全市流程", items="唱国歌")
    district = make_unit("乙区委老干部局", code="B", parent=unit)
    client.force_login(make_user("other", role="clerk", unit=district))

    assert client.get(f"/admin/branches/programme/{common.pk}/change/").status_code == 200
    assert client.get(f"/admin/branches/programme/{common.pk}/void/").status_code == 403
    refused = client.post("/admin/branches/programme/add/", {"name": "7+N", "items": "唱国歌", "own_items": ""})
    assert "由市局登记" in refused.content.decode()
    assert Programme.objects.count() == 1


def test_another_district_sees_nothing(client, meeting, settings):
    settings.SECOND_FACTOR = "optional"
    client.force_login(make_user("other", role="clerk", unit=make_unit("乙区委老干部局", code="B")))

    assert client.get(f"/admin/branches/meeting/{meeting.pk}/change/").status_code == 404
    assert "甲支部" not in client.get("/admin/branches/meeting/months/").content.decode()
    assert "李德厚" not in client.get("/admin/branches/homedelivery/").content.decode()
