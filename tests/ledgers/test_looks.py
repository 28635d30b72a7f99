"""Phones and addresses of one's own people stand open on the pages that need them, and every look leaves a row."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from apps.common import crypto
from apps.common.models import AuditEntry
from apps.ledgers.choices import DutyKind
from apps.ledgers.models import CareAssignment, Duty
from apps.people.models import Phone
from tests.builders import make_cadre, make_unit

MOBILE, ADDRESS = "13800001234", "云江市南河区滨河路 12 号"


def add(name, unit, number):
    cadre = make_cadre(name, unit=unit, residence=ADDRESS, reach_answers="老伴", hard_of_hearing=True)
    Phone.objects.create(
        person=cadre.person, kind="mobile", number=number,
        number_index=crypto.blind_index("phone", number), last4_index=crypto.blind_index("phone_last4", number[-4:]),
    )  # fmt: skip
    today = timezone.localdate()
    Duty.objects.create(
        cadre=cadre, kind=DutyKind.VETERAN_CALL, period_start=today - dt.timedelta(days=20),
        period_end=today + dt.timedelta(days=1), due_on=today,
    )  # fmt: skip
    return cadre


@pytest.fixture
def mine(bureau, clerk):
    cadre = add("李德厚", make_unit("云江市水利局", parent=bureau), MOBILE)
    CareAssignment.objects.create(cadre=cadre, carer=clerk, starts_on=timezone.localdate())
    return cadre


@pytest.fixture
def other(bureau, mine):
    return add("陈秀英", mine.managing_unit, "13900005678")


@pytest.fixture
def staff(clerk):
    client = Client()
    client.force_login(clerk)
    return client


def looks() -> list[tuple[str, set[int]]]:
    entries = AuditEntry.objects.filter(action="see_contact").order_by("pk")
    return [(entry.target, set(entry.subjects.values_list("person_id", flat=True))) for entry in entries]


@pytest.mark.parametrize("path", ["/admin/", "/admin/ledgers/duty/"])
def test_rows_show_how_to_reach_everybody_and_numbers_of_my_own(staff, mine, other, path):
    page = staff.get(path).content.decode()

    assert page.count("一般老伴接 · 听力不好") == 2
    assert 'href="tel:13800001234"' in page
    assert page.count(ADDRESS) == 1
    assert "13900005678" not in page
    assert "139 0000 5678" not in page
    name = "admin:index" if path == "/admin/" else "admin:ledgers_duty_changelist"
    assert looks() == [(name, {mine.pk})]


def test_form_of_a_contact_says_how_to_reach_him(staff, mine, other):
    page = staff.get(f"/admin/ledgers/contact/add/?cadre={mine.pk}", follow=True).content.decode()
    assert 'href="tel:13800001234"' in page
    assert looks() == [("admin:ledgers_contact_add", {mine.pk})]

    page = staff.get(f"/admin/ledgers/contact/add/?cadre={other.pk}", follow=True).content.decode()

    assert "一般老伴接 · 听力不好" in page
    assert "13900005678" not in page
    assert len(looks()) == 1


def test_page_of_a_person_dials_on_a_tap_and_its_entry_names_what_was_seen(staff, mine, other):
    page = staff.get(f"/admin/registry/cadre/{mine.pk}/change/").content.decode()
    assert 'href="tel:13800001234">138 0000 1234</a>' in page
    assert ADDRESS in page
    assert {"phone", "residence"} <= set(AuditEntry.objects.filter(action="open").latest("pk").fields)

    page = staff.get(f"/admin/registry/cadre/{other.pk}/change/").content.decode()

    assert "139****5678" in page
    assert "tel:13900005678" not in page
    assert not {"phone", "residence"} & set(AuditEntry.objects.filter(action="open").latest("pk").fields)


def test_nothing_is_logged_where_nothing_was_shown(staff, other):
    CareAssignment.objects.all().delete()

    staff.get("/admin/ledgers/duty/")

    assert looks() == []
