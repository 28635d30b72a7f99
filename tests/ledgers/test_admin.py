"""The staff side of the ledger: a contact in a few fields, groups, rights, what strangers get."""

import datetime as dt
import re
import uuid

import pytest
from django.utils import timezone

from apps.common.crypto import blind_index
from apps.common.models import AuditEntry
from apps.ledgers.board import today_context
from apps.ledgers.models import CareAssignment, CareTier, Contact, Duty
from apps.ledgers.services import plan_duties
from apps.people.models import Household, Phone
from tests.builders import make_cadre, make_unit, make_user

TODAY = timezone.localdate()
ADD = "/admin/ledgers/contact/add/"
CADRES = "/admin/registry/cadre/"


@pytest.fixture
def staff(client, clerk):
    client.force_login(clerk, backend="apps.accounts.access.RoleBackend")
    return client


@pytest.fixture
def stranger(client, db):
    user = make_user("stranger", role="clerk", unit=make_unit("邻市委老干部局"))
    client.force_login(user, backend="apps.accounts.access.RoleBackend")
    return client


@pytest.fixture
def veteran(bureau, tier):
    cadre = make_cadre(unit=bureau, retire_type="veteran")
    tier(cadre, 1, TODAY - dt.timedelta(days=40))
    plan_duties(on=TODAY, window=0)
    return cadre


def fields(page: bytes) -> dict[str, str]:
    """Hidden fields of a page, to send back."""
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.decode()))


def filled(cadre, **over) -> dict:
    values = {
        "who": [cadre.pk],
        "method": "home",
        "happened_on": TODAY.isoformat(),
        "summary": "精神很好",
        "by": "staff",
    }
    return {**values, "form_token": str(uuid.uuid4()), **over}


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_contact_takes_three_fields_and_settles_what_it_keeps(staff, clerk, veteran):
    duty = Duty.objects.open().filter(kind="risk_contact").first()
    page = staff.get(f"{ADD}?cadre={veteran.pk}&duty={duty.pk}", follow=True)
    assert "李德厚" in page.content.decode()

    response = staff.post(f"{ADD}?cadre={veteran.pk}", filled(veteran, **fields(page.content)))

    assert (response.status_code, response["Location"]) == (302, f"{CADRES}{veteran.pk}/change/")
    contact = Contact.objects.get()
    assert (contact.kind, contact.recorded_by, list(contact.persons.all())) == ("routine", clerk, [veteran.person])
    assert not Duty.objects.overdue(TODAY).exists()


def test_form_sent_twice_is_one_contact(staff, veteran):
    sent = filled(veteran)

    for _ in range(2):
        assert staff.post(ADD, sent).status_code == 302

    assert Contact.objects.count() == 1


def test_day_to_come_keeps_what_was_typed(staff, veteran):
    tomorrow = TODAY + dt.timedelta(days=1)

    response = staff.post(ADD, filled(veteran, happened_on=tomorrow.isoformat()))

    assert "时间不能晚于今天" in text(response)
    assert "精神很好" in response.content.decode()
    assert not Contact.objects.exists()


def test_household_is_offered_and_served_by_the_same_visit(staff, bureau, veteran):
    home = Household.objects.create(name="李德厚、王秀兰家")
    wife = make_cadre("王秀兰", unit=bureau, household=home)
    veteran.person.household = home
    veteran.person.save()

    page = staff.get(f"{ADD}?cadre={veteran.pk}", follow=True)
    staff.post(f"{ADD}?cadre={veteran.pk}", filled(veteran, family=[wife.pk]))

    assert "王秀兰" in page.content.decode()
    assert set(Contact.objects.get().persons.all()) == {veteran.person, wife.person}


@pytest.mark.parametrize(
    "path",
    [
        f"{ADD}?cadre={{cadre}}",
        "/admin/ledgers/contact/{contact}/change/",
        "/admin/ledgers/duty/{duty}/change/",
        "/admin/ledgers/careassignment/{assignment}/change/",
        "/admin/ledgers/caretier/{tier}/change/",
        CADRES + "{cadre}/change/",
    ],
)
def test_stranger_gets_not_found(stranger, clerk, veteran, contact, path):
    visit = contact(veteran, TODAY)
    assignment = CareAssignment.objects.create(cadre=veteran, carer=clerk, starts_on=TODAY)
    url = path.format(
        cadre=veteran.pk, contact=visit.pk, duty=Duty.objects.first().pk, assignment=assignment.pk,
        tier=CareTier.objects.get().pk,
    )  # fmt: skip

    assert stranger.get(url).status_code == 404


def test_stranger_records_nothing_and_changes_nothing(stranger, veteran):
    response = stranger.post(ADD, filled(veteran))
    assert response.status_code == 200
    assert not Contact.objects.exists()

    stranger.post(f"{CADRES}tier/?pk={veteran.pk}", {"level": "3", "effective_on": TODAY.isoformat()})
    assert CareTier.objects.get().level == 1


def test_thoughts_are_shown_to_those_with_the_right_only_and_every_look_is_logged(client, bureau, veteran, contact):
    visit = contact(veteran, TODAY, thoughts="想念老战友", body_state="血压偏高")
    url = f"/admin/ledgers/contact/{visit.pk}/change/"
    client.force_login(visit.recorded_by, backend="apps.accounts.access.RoleBackend")
    page = text(client.get(url))
    assert "血压偏高" in page
    assert "想念老战友" not in page

    head = make_user("head", role="section_head", unit=bureau)
    client.force_login(head, backend="apps.accounts.access.RoleBackend")
    assert "想念老战友" in text(client.get(url))

    opened = AuditEntry.objects.filter(action="open", target=f"ledgers.contact:{visit.pk}").order_by("pk")
    assert [entry.fields for entry in opened] == [["contact", "body_text"], ["contact", "body_text", "thoughts_text"]]


def test_mending_without_the_right_keeps_the_thoughts(staff, veteran, contact):
    visit = contact(veteran, TODAY, thoughts="想念老战友")
    url = f"/admin/ledgers/contact/{visit.pk}/change/"
    hidden = fields(staff.get(f"{url}?edit=1").content)

    response = staff.post(url, {**filled(veteran, summary="改过的情况"), **hidden})

    assert response.status_code == 302
    visit = Contact.objects.get()
    assert (visit.summary, visit.thoughts) == ("改过的情况", "想念老战友")


def test_mending_what_somebody_saved_meanwhile_shows_both(staff, veteran, contact):
    visit = contact(veteran, TODAY, summary="原来的")
    url = f"/admin/ledgers/contact/{visit.pk}/change/"
    hidden = fields(staff.get(f"{url}?edit=1").content)
    Contact.objects.filter(pk=visit.pk).update(summary="别人写的")

    page = staff.post(url, {**filled(veteran, summary="我写的"), **hidden})

    assert page.status_code == 200
    assert all(words in page.content.decode() for words in ("别人写的", "我写的"))


def test_voiding_a_contact_opens_its_duties(staff, veteran, contact):
    visit = contact(veteran, TODAY)
    before = Duty.objects.open().count()

    response = staff.post(f"/admin/ledgers/contact/{visit.pk}/void/", {"reason": "记错了人"})

    assert response.status_code == 302
    assert Duty.objects.open().count() > before


def test_group_gets_tiers_as_filtered(staff, bureau):
    make_cadre("吴志强", unit=bureau, living="alone", birth_date="1940-01-01")
    make_cadre("陈秀英", unit=bureau, living="alone", birth_date="1941-01-01")
    make_cadre("赵玉兰", unit=bureau, living="children", birth_date="1960-01-01")

    page = staff.get(f"{CADRES}tier/?living=alone")
    response = staff.post(f"{CADRES}tier/?living=alone", {"level": "advice", "effective_on": TODAY.isoformat()})

    assert "一级 2 位，二级 0 位" in text(page)
    assert response.status_code == 302
    assert sorted(CareTier.objects.values_list("cadre__person__name", "level")) == [("吴志强", 1), ("陈秀英", 1)]


def test_group_gets_a_carer_and_capacity_is_explained(staff, clerk, bureau):
    for number in range(6):
        make_cadre(f"李{number}", unit=bureau)

    refused = staff.post(f"{CADRES}carers/?category=retired", {"carers": [clerk.pk]})
    assert "超过规定的 5 位" in text(refused)

    reason = {"carers": [clerk.pk], "override_reason": "同住一院"}
    assert staff.post(f"{CADRES}carers/?category=retired", reason).status_code == 302
    assert CareAssignment.objects.open().count() == 6


def test_ticked_and_all_lead_to_the_page_of_the_act(staff, bureau):
    cadre = make_cadre(unit=bureau)
    act = {"action": "decide_tier_for_ticked", "_selected_action": [cadre.pk]}

    ticked = staff.post(CADRES, act)
    everybody = staff.post(f"{CADRES}?category=retired", {**act, "select_across": "1"})

    assert ticked["Location"] == f"{CADRES}tier/?pk={cadre.pk}"
    assert everybody["Location"] == f"{CADRES}tier/?category=retired"


def test_tier_decided_meanwhile_is_not_overwritten(staff, clerk, veteran):
    url = f"{CADRES}tier/?pk={veteran.pk}"
    hidden = fields(staff.get(url).content)
    CareTier.objects.update(level=2)

    response = staff.post(url, {"level": "3", "effective_on": TODAY.isoformat(), **hidden})

    assert response.status_code == 422
    assert CareTier.objects.get().level == 2


def test_duty_is_let_go_by_the_section_head_only(client, clerk, bureau, veteran):
    duty = Duty.objects.open().first()
    url = f"/admin/ledgers/duty/{duty.pk}/waive/"
    client.force_login(clerk, backend="apps.accounts.access.RoleBackend")
    assert client.post(url, {"reason": "本人婉拒"}).status_code == 403

    head = make_user("head", role="section_head", unit=bureau)
    client.force_login(head, backend="apps.accounts.access.RoleBackend")
    assert client.post(url, {"reason": "本人婉拒"}).status_code == 302

    duty.refresh_from_db()
    assert (duty.closed_reason, duty.closed_note) == ("waived", "head：本人婉拒")


def test_carer_sees_the_phone_in_full_and_others_masked(staff, clerk, veteran):
    digits = "13800001234"
    Phone.objects.create(
        person=veteran.person, kind="mobile", number=digits,
        number_index=blind_index("phone", digits), last4_index=blind_index("phone_last4", digits[-4:]),
    )  # fmt: skip
    url = f"{CADRES}{veteran.pk}/change/"
    page = text(staff.get(url))
    assert "138****1234" in page
    assert all(words in page for words in ("现在要办的事", "服务等级一级"))

    CareAssignment.objects.create(cadre=veteran, carer=clerk, starts_on=TODAY)

    assert "138 0000 1234" in text(staff.get(url))


@pytest.mark.parametrize("path", ["/admin/ledgers/duty/", "/admin/ledgers/contact/", "/admin/ledgers/careassignment/"])
def test_lists_take_the_same_number_of_statements_for_one_and_for_three(
    staff, clerk, bureau, tier, contact, django_assert_num_queries, django_assert_max_num_queries, path
):
    def add(name):
        cadre = make_cadre(name, unit=make_unit(f"{name}单位", parent=bureau))
        tier(cadre, 2, dt.date(2024, 1, 1))
        contact(cadre, TODAY - dt.timedelta(days=200), on=TODAY)
        CareAssignment.objects.create(cadre=cadre, carer=clerk, starts_on=TODAY)

    add("李一")
    plan_duties(on=TODAY, window=0, look_back=0)
    staff.get(path)
    with django_assert_max_num_queries(18) as first:
        staff.get(path)
    add("李二")
    add("李三")
    plan_duties(on=TODAY, window=0, look_back=0)

    with django_assert_num_queries(len(first.captured_queries)):
        staff.get(path)


def test_board_for_the_home_page_says_what_to_do(rf, clerk, veteran):
    request = rf.get("/admin/")
    request.user = clerk

    board = today_context(request)

    assert [figure["label"] for figure in board["figures"]] == ["逾期未看望", "本周到期", "正在住院", "7 天内生日"]
    (row,) = board["todo"]
    assert (row["who"], row["tone"]) == ("李德厚", "late")
    assert [action["label"] for action in row["actions"]] == ["记走访", "转交"]
