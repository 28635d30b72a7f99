"""Donations and surrogate parents (rule book 10.65, 10.66)."""

import datetime as dt
import uuid

import pytest
from django.db import DataError, IntegrityError, transaction
from django.urls import reverse

from apps.common.errors import BusinessError
from apps.volunteers.models import Donation, PairingContact, SurrogatePairing
from apps.volunteers.services import donations, pairings
from tests.builders import make_unit, make_user

from .builders import TODAY, make_team, make_volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team("梧桐爱心驿站", unit=make_unit(), kind="station")


@pytest.fixture
def clerk(team):
    return make_user("jingban", role="clerk", unit=team.unit)


def gift(team, **over) -> Donation:
    return Donation(**{"team": team, "item": "图书", "quantity": 200, "measure": "本", "on": TODAY, **over})


def pairing(team, **over) -> SurrogatePairing:
    values = {"child": "LXM", "school": "城关小学", "grade": "四年级", "starts_on": TODAY, "consent_on": TODAY}
    over.setdefault("volunteer", None)
    over["volunteer"] = over["volunteer"] or make_volunteer("沈佩兰", team=team)
    return SurrogatePairing(**values | over)


def test_receipts_are_numbered_by_team_and_year(team, clerk):
    key = uuid.uuid4()
    first = donations.take_in(gift(team), actor=clerk, on=TODAY, form_key=key)
    assert donations.take_in(gift(team), actor=clerk, on=TODAY, form_key=key) == first
    second = donations.take_in(gift(team), actor=clerk, on=TODAY)
    older = donations.take_in(gift(team, on=dt.date(2025, 5, 1)), actor=clerk, on=TODAY)
    other = donations.take_in(gift(make_team("柳溪爱心驿站", unit=team.unit)), actor=clerk, on=TODAY)
    assert [row.receipt_no for row in (first, second, older, other)] == [
        "2026-000001", "2026-000002", "2025-000001", "2026-000001"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("over", "sentence"),
    [({"quantity": 0}, "大于 0"), ({"value": -1}, "负数"), ({"on": TODAY + dt.timedelta(1)}, "今天"),
     ({"given_on": TODAY - dt.timedelta(9)}, "早于接收")],
)  # fmt: skip
def test_impossible_donations_are_refused(team, clerk, over, sentence):
    with pytest.raises(BusinessError, match=sentence):
        donations.take_in(gift(team, **over), actor=clerk, on=TODAY)
    assert not Donation.objects.exists()


def test_handed_on_with_the_day_and_to_whom(team, clerk):
    row = donations.take_in(gift(team), actor=clerk, on=TODAY)
    with pytest.raises(BusinessError, match="送给了谁"):
        donations.hand_on(row, recipient=" ", given_on=TODAY, actor=clerk, on=TODAY)
    row = donations.hand_on(row, recipient="特殊教育学校", given_on=TODAY, actor=clerk, on=TODAY)
    assert (row.recipient, row.given_on) == ("特殊教育学校", TODAY)


def test_donation_pages(team, clerk, client):
    client.force_login(clerk)
    address = reverse("admin:volunteers_donation_add")
    sent = {"team": team.pk, "item": "棉衣", "quantity": "12", "measure": "件", "value": "1800.50", "on": "2026-11-20"}
    assert client.post(address, sent).status_code == 302
    row = Donation.objects.get()
    assert row.receipt_no == "2026-000001"
    receipt = client.get(reverse("admin:volunteers_donation_receipt", args=[row.pk])).content.decode()
    assert "不愿留名" in receipt
    assert "12件" in receipt
    assert "1,800.50" in client.get(reverse("admin:volunteers_donation_sums")).content.decode()
    assert client.get(reverse("admin:volunteers_donation_export")).status_code == 200
    wrong = client.post(address, {**sent, "quantity": "九千", "value": "1e400"})
    assert wrong.status_code == 200
    assert Donation.objects.count() == 1


@pytest.mark.parametrize("child", ["李小明", "小明", "13900000001", "LXMABC", "", "L小"])
def test_of_a_child_nothing_but_initials(team, child):
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        pairing(team, child=child).save()


@pytest.mark.parametrize(
    ("over", "sentence"),
    [({"school": "城关小学 1390000 0001"}, "号码"), ({"grade": "430682201501011234"}, "号码"),
     ({"consent_on": TODAY, "starts_on": TODAY - dt.timedelta(3)}, "同意在先")],
)  # fmt: skip
def test_no_numbers_of_children_and_consent_first(team, clerk, over, sentence):
    with pytest.raises(BusinessError, match=sentence):
        pairings.pair(pairing(team, **over), actor=clerk, on=TODAY)


def test_contacts_and_the_end(team, clerk):
    row = pairings.pair(pairing(team, child="L某"), notes="喜欢画画", actor=clerk, on=TODAY)
    assert SurrogatePairing.objects.get().notes == "喜欢画画"
    key, when = uuid.uuid4(), {"on": TODAY, "actor": clerk, "today": TODAY}
    first = pairings.touch(row, "一起写作业，买了文具", form_key=key, **when)
    assert pairings.touch(row, "一起写作业", form_key=key, **when) == first
    with pytest.raises(BusinessError, match="号码"):
        pairings.touch(row, "家长电话 139 0000 0001", form_key=uuid.uuid4(), **when)
    assert PairingContact.objects.count() == 1
    later = TODAY + dt.timedelta(30)
    row = pairings.end(row, on=later, reason="转学", actor=clerk, today=later)
    assert row.ends_on == later


def test_pairing_pages_show_initials(team, clerk, client):
    client.force_login(clerk)
    volunteer = make_volunteer("沈佩兰", team=team)
    sent = {"volunteer": volunteer.pk, "child": "lxm", "school": "城关小学", "grade": "四年级",
            "starts_on": "2026-11-20",
            "consent_on": "2026-11-19", "notes_typed": "爱看书"}  # fmt: skip
    assert client.post(reverse("admin:volunteers_surrogatepairing_add"), sent).status_code == 302
    row = SurrogatePairing.objects.get()
    assert row.child == "LXM"
    page = client.get(reverse("admin:volunteers_surrogatepairing_change", args=[row.pk])).content.decode()
    assert "爱看书" in page
    assert client.get(reverse("admin:volunteers_surrogatepairing_changelist") + "?which=quiet").status_code == 200
    wrong = client.post(reverse("admin:volunteers_surrogatepairing_add"), {**sent, "child": "李小明", "school": "二小"})
    assert "首字母" in wrong.content.decode()
