"""公开活动须先请示: set and lifted by right, its reason behind another, left out of lists, no bar to care."""

import datetime

import pytest
from django.test import Client

from apps.common.models import AuditEntry
from apps.ledgers.models import Duty
from apps.ledgers.services.planning import plan_duties
from apps.registry.choices import HoldPurpose
from apps.registry.holds import held, not_held, selectable
from apps.registry.models import Cadre
from apps.registry.resources import columns_for
from apps.registry.services.holding import lift_hold, put_on_hold
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db
REASON = "组织正在了解情况"
INVITE = "/admin/registry/cadre/invite/"


@pytest.fixture
def city():
    return make_unit()


def client_as(role, city):
    client = Client()
    client.force_login(make_user(f"x{role}", role=role, unit=city))
    return client


@pytest.fixture
def cadre(city):
    cadre = make_cadre("周念恩", unit=city, retire_type="veteran", living="alone")
    put_on_hold(cadre, reason=REASON, actor=None)
    cadre.refresh_from_db()
    return cadre


@pytest.mark.parametrize("purpose", HoldPurpose)
def test_every_public_purpose_leaves_him_out_and_shows_him_apart(cadre, city, purpose):
    other = make_cadre("乙", unit=city)

    assert list(selectable(Cadre.objects.all(), purpose)) == [other]
    assert list(held(Cadre.objects.all(), purpose)) == [cadre]
    assert not Duty.objects.filter(not_held("cadre__"), cadre=cadre).exists()


def test_an_unknown_purpose_is_an_error():
    with pytest.raises(ValueError, match="chat"):
        selectable(Cadre.objects.all(), "chat")


def test_reason_is_encrypted_and_stands_in_no_log(cadre):
    assert cadre.hold_reason == REASON
    assert REASON.encode() not in bytes(Cadre.objects.values_list("hold_reason", flat=True).get())
    entry = AuditEntry.objects.get(action="hold.set")
    assert (entry.reason, entry.fields) == ("", ["on_hold", "hold_reason"])


def test_setting_it_twice_changes_nothing_and_lifting_empties_the_reason(cadre):
    assert not put_on_hold(cadre, reason=f" {REASON} ", actor=None)
    assert lift_hold(cadre, basis="部务会同意", actor=None)
    assert not lift_hold(cadre, basis="部务会同意", actor=None)

    cadre.refresh_from_db()
    assert (cadre.on_hold, cadre.hold_reason) == (False, "")
    assert AuditEntry.objects.get(action="hold.lift").reason == "部务会同意"


def test_section_head_sets_it_with_a_reason_on_the_page(city):
    cadre = make_cadre(unit=city)
    client = client_as("section_head", city)
    address = f"/admin/registry/cadre/{cadre.pk}/hold/"

    empty = client.post(address, {"reason": "  "})
    client.post(address, {"reason": REASON})

    assert empty.status_code == 422
    page = client.get(f"/admin/registry/cadre/{cadre.pk}/change/").content.decode()
    assert "公开活动须先请示" in page
    assert REASON in page
    assert "hold" in AuditEntry.objects.filter(action="open").latest("pk").fields


@pytest.mark.parametrize(("role", "sees"), [("clerk", False), ("liaison", False), ("leader", True)])
def test_flag_shows_to_all_and_the_reason_only_by_right(cadre, city, role, sees):
    client = client_as(role, city)

    person = client.get(f"/admin/registry/cadre/{cadre.pk}/change/").content.decode()
    listed = client.get("/admin/registry/cadre/").content.decode()

    assert "公开活动须先请示" in person
    assert "公开活动须先请示" in listed.split("<tbody>")[1]
    assert (REASON in person) is sees
    assert REASON not in listed
    assert client.get(f"/admin/registry/cadre/{cadre.pk}/hold/").status_code == 403


def test_export_column_needs_the_right(city):
    assert "hold_reason" not in columns_for(make_user("c", role="clerk", unit=city))
    assert "hold_reason" in columns_for(make_user("h", role="section_head", unit=city))


def test_history_names_no_reason(cadre, city):
    put_on_hold(cadre, reason="另一个原因", actor=None)

    page = client_as("clerk", city).get(f"/admin/registry/cadre/{cadre.pk}/history/").content.decode()

    assert REASON not in page
    assert "另一个原因" not in page


def test_routine_care_goes_on(cadre):
    plan_duties(on=datetime.date(2026, 11, 22), look_back=0)

    with_hold = set(Duty.objects.filter(cadre=cadre).values_list("kind", "period_start"))
    Duty.objects.all().delete()
    lift_hold(cadre, basis="同意", actor=None)
    plan_duties(on=datetime.date(2026, 11, 22), look_back=0)

    assert with_hold
    assert with_hold == set(Duty.objects.filter(cadre=cadre).values_list("kind", "period_start"))


def test_filter_finds_them(cadre, city):
    make_cadre("乙某某", unit=city)
    client = client_as("clerk", city)

    page = client.get("/admin/registry/cadre/?hold=held").content.decode().split("<tbody>")[1]

    assert "周念恩" in page
    assert "乙某某" not in page


def test_invitation_list_leaves_him_out_names_its_order_and_is_logged(cadre, city):
    make_cadre("乙某某", unit=city, order_no=1)
    client = client_as("clerk", city)

    page = client.get(f"{INVITE}?purpose=invitation&order=rank").content.decode()

    chosen, apart = page.split('id="apart-title"')
    assert "邀请参加活动拟选名单（按职务职级排列）" in chosen
    assert "乙某某" in chosen
    assert "周念恩" not in chosen
    assert "周念恩" in apart
    entry = AuditEntry.objects.get(action="list.chosen")
    assert (entry.subject_count, entry.fields) == (2, ["invitation", "rank"])


@pytest.mark.parametrize("query", ["?purpose=x&order=pinyin", "?pk=1,abc,99999999999999999999", "?purpose=&order=%00"])
def test_odd_addresses_show_a_list_all_the_same(cadre, city, query):
    page = client_as("clerk", city).get(f"{INVITE}{query}")

    assert page.status_code == 200
    assert "（按名次排列）" in page.content.decode()


def test_export_for_a_purpose_leaves_him_out(cadre, city, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_cadre("乙某某", unit=city)
    client = client_as("clerk", city)

    with_purpose = client.get("/admin/registry/cadre/export/?purpose=honour&order=order").content.decode()
    without = client.get("/admin/registry/cadre/export/?order=order").content.decode()

    assert "1 人，范围和顺序与刚才的列表相同（按名次排列）" in with_purpose
    assert "2 人，" in without
