"""The desk's pages of transfers, floating members and 发展党员, as a secretary and as staff use them."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.branches.models import FloatingStay, Membership, MoveDecision, Organisation, Recruit, Transfer
from apps.common.models import AuditEntry
from apps.people.models import Whereabouts
from tests.builders import make_cadre, make_member, make_organisation, make_person, make_post, make_unit, make_user

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture
def city(settings):
    settings.SECOND_FACTOR = "optional"
    unit = make_unit()
    top = make_organisation("云江工委", level="work_committee", unit=unit)
    old, new = (Organisation.objects.add_child(top, {"name": name, "unit": unit}) for name in ("甲支部", "乙支部"))
    person = make_person("李德厚")
    make_member(person, old)
    users = {}
    for name, organisation in (("top", top), ("old", old), ("new", new)):
        users[name] = make_user(name, is_staff=False)
        make_post(make_person(f"{name}书记"), organisation, user=users[name])
    users["clerk"] = make_user("clerk", role="clerk", unit=unit)
    return {"unit": unit, "top": top, "old": old, "new": new, "person": person, "users": users}


def at(organisation, name: str, *args) -> str:
    return reverse(f"branches:{name}", args=[organisation.public_id, *args])


def test_secretaries_take_a_transfer_from_letter_to_receipt(city, client):
    users, old, new = city["users"], city["old"], city["new"]
    client.force_login(users["old"])
    typed = {
        "key": uuid.uuid4(), "person": city["person"].pk, "kind": "inside", "to_name": "乙支部", "on": TODAY,
        "agreed": "on", "reason": "随女儿",
    }  # fmt: skip
    page = client.post(at(old, "transfer_add"), typed, follow=True)
    assert "下一步该 甲支部的上级 办" in page.content.decode()
    client.post(at(old, "transfer_add"), typed)
    row = Transfer.objects.get()

    client.force_login(users["top"])
    assert "下级支部等您审核" in client.get(at(city["top"], "transfers")).content.decode()
    letter = {"on": TODAY, "valid_days": 90, "dues_paid_to": "2026-03"}
    client.post(at(old, "transfer_step", row.public_id, "issue"), letter)
    assert "存根" in client.get(at(old, "transfer_letter", row.public_id)).content.decode()
    assert AuditEntry.objects.filter(action="print").count() == 1

    client.force_login(users["new"])
    assert "现在等这里办" in client.get(at(new, "transfer", row.public_id)).content.decode()
    client.post(at(new, "transfer_step", row.public_id, "accept"), {"on": TODAY})
    client.force_login(users["old"])
    page = client.post(at(old, "transfer_step", row.public_id, "receipt"), {"on": TODAY}, follow=True)

    assert "已办结" in page.content.decode()
    assert Membership.objects.get(person=city["person"], ends_on__isnull=True).organisation == new


def test_staff_do_each_step_on_behalf_and_it_says_so(city, client):
    client.force_login(city["users"]["clerk"])
    old = city["old"]
    typed = {"key": uuid.uuid4(), "person": city["person"].pk, "kind": "out", "to_name": "海口市某支部", "on": TODAY}
    page = client.post(at(old, "transfer_add"), typed, follow=True)

    assert "工作人员代录" in page.content.decode()
    assert Transfer.objects.get().by_staff


@pytest.mark.parametrize("name", ["transfers", "transfer_add", "transfer_ledger", "floating", "recruits"])
def test_secretary_of_another_branch_finds_nothing(city, client, name):
    client.force_login(city["users"]["new"])

    assert client.get(at(city["old"], name)).status_code == 404


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"to_name": "没有的支部"}, "本市没有叫这个名字的党组织"),
        ({"to_name": "社团支部"}, "这里登记为功能型成员"),
        ({"to_name": ""}, "转入党组织的名称"),
        ({"on": "2026-02-31"}, "申请日期"),
        ({"on": TODAY + dt.timedelta(days=3)}, "不能晚于今天"),
        ({"person": 999999}, "谁要转"),
    ],
)
def test_bad_input_is_answered_with_a_sentence(city, client, changed, sentence):
    make_organisation("社团支部", kind="functional")
    client.force_login(city["users"]["old"])
    typed = {"key": uuid.uuid4(), "person": city["person"].pk, "kind": "inside", "to_name": "乙支部", "on": TODAY}
    page = client.post(at(city["old"], "transfer_add"), {**typed, **changed})

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not Transfer.objects.exists()


def test_ledger_is_a_workbook_with_an_entry(city, client):
    client.force_login(city["users"]["old"])
    page = client.get(at(city["old"], "transfer_ledger"))

    assert page.content[:2] == b"PK"
    assert AuditEntry.objects.filter(action="export").count() == 1


def test_who_moved_away_is_asked_about_once(city, client):
    Whereabouts.objects.create(person=city["person"], kind="elsewhere", starts_on=TODAY - dt.timedelta(days=200))
    client.force_login(city["users"]["old"])
    page = client.get(at(city["old"], "transfers")).content.decode()
    assert "搬走了的党员" in page
    source = f"away-{Whereabouts.objects.get().pk}"
    there = client.get(at(city["old"], "move", source, "transfer"))
    assert str(city["person"].public_id) in there.url
    client.post(at(city["old"], "move", source, "stay"), {"key": uuid.uuid4(), "reason": "年底回来"})

    assert MoveDecision.objects.get().reason == "年底回来"
    assert "搬走了的党员" not in client.get(at(city["old"], "transfers")).content.decode()


def test_short_stay_elsewhere_is_no_reason_to_move(city, client):
    Whereabouts.objects.create(
        person=city["person"], kind="elsewhere", starts_on=TODAY - dt.timedelta(days=30),
        ends_on=TODAY + dt.timedelta(days=60),
    )  # fmt: skip
    client.force_login(city["users"]["old"])

    assert "搬走了的党员" not in client.get(at(city["old"], "transfers")).content.decode()


def test_floating_member_is_a_guest_of_the_host_until_he_is_back(city, client):
    client.force_login(city["users"]["old"])
    typed = {
        "key": uuid.uuid4(), "person": city["person"].pk, "starts_on": TODAY - dt.timedelta(days=9), "city": "海口市",
        "address": "海甸岛1号", "host_name": "乙支部", "study": "host",
    }  # fmt: skip
    page = client.post(at(city["old"], "stay_add"), typed, follow=True)
    assert "海口市" in page.content.decode()
    stay = FloatingStay.objects.get()
    assert (stay.address, stay.guest.link, stay.guest.organisation) == ("海甸岛1号", "floating", city["new"])
    assert "海口市" in client.get(at(city["old"], "floating_print")).content.decode()
    assert client.get(at(city["old"], "floating_export")).content[:2] == b"PK"
    client.post(at(city["old"], "stay", stay.public_id), {**typed, "city": "三亚市", "host_name": "三亚某支部"})
    stay.refresh_from_db()
    assert (stay.city, stay.host, stay.host_name, stay.guest) == ("三亚市", None, "三亚某支部", None)
    client.post(at(city["old"], "stay_end", stay.public_id), {"on": TODAY})

    assert FloatingStay.objects.get().ends_on == TODAY
    assert list(Membership.objects.filter(person=city["person"], ends_on__isnull=True).values_list("link")) == [
        ("formal",)
    ]


def step(client, row, act, **typed):
    return client.post(at(row.organisation, "recruit_step", row.public_id, act), typed)


def test_from_application_to_full_member(city, client):
    cadre = make_cadre("王秀兰", unit=city["unit"], birth_date="1950-05-02", political_status="13")
    client.force_login(city["users"]["old"])
    begun = TODAY - dt.timedelta(days=900)
    typed = {"key": uuid.uuid4(), "name": "王秀兰", "born": "1950-05", "on": begun}
    client.post(at(city["old"], "recruit_add"), typed)
    row = Recruit.objects.get()
    step(client, row, "activist", on=begun + dt.timedelta(days=30), note="同意")
    early = step(client, row, "candidate", on=begun + dt.timedelta(days=90), note="同意")
    assert "按规定这一步不早于" in early.content.decode()
    step(client, row, "candidate", on=begun + dt.timedelta(days=400), note="同意")
    admitted = begun + dt.timedelta(days=450)
    step(client, row, "probationary", on=admitted, note="同意", introducers="李德厚、张建国")
    cadre.refresh_from_db()
    cadre.person.refresh_from_db()
    assert (cadre.person.political_status, str(cadre.joined_party_on)) == ("02", f"{admitted}")
    assert Membership.objects.get(person=cadre.person).organisation == city["old"]
    step(client, row, "back")
    cadre.refresh_from_db()
    cadre.person.refresh_from_db()
    assert (cadre.person.political_status, cadre.joined_party_on) == ("13", None)
    assert not Membership.objects.filter(person=cadre.person, voided_at__isnull=True).exists()
    step(client, row, "probationary", on=admitted, note="同意", introducers="李德厚、张建国")
    full = admitted + dt.timedelta(days=366)
    step(client, row, "full", on=full, note="按期转正")
    cadre.refresh_from_db()
    cadre.person.refresh_from_db()

    assert (cadre.person.political_status, str(cadre.full_member_on)) == ("01", f"{full}")


def test_nobody_is_recruited_in_a_functional_branch(city, client):
    club = make_organisation("社团支部", kind="functional", unit=city["unit"])
    client.force_login(city["users"]["clerk"])
    page = client.get(at(club, "recruit_add"), follow=True)

    assert "不发展党员" in page.content.decode()
