"""Pages of the aid fund: who reads what, hostile input, papers without illness, the questions at `/me/`."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.common.models import AuditEntry
from apps.ledgers.models import AidApplication, AidDraft, FundYear
from apps.ledgers.services.aid_steps import end
from tests.builders import make_cadre, make_unit, make_user
from tests.family import make_family
from tests.ledgers.aid_cast import ask, granted, make_deciders, make_fund, make_meeting, noticed, reviewed

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SECRET = "自费药费高"


@pytest.fixture
def staff_site(settings):
    settings.SECOND_FACTOR = "optional"


@pytest.fixture
def head(bureau):
    return make_user("head", role="section_head", unit=bureau)


@pytest.fixture
def case(bureau, clerk, head, staff_site):
    fund = make_fund(bureau)
    row = reviewed(ask(make_cadre("李德厚", unit=bureau), clerk), clerk)
    return fund, row


def page(name: str, *args) -> str:
    return reverse(f"admin:ledgers_{name}", args=args)


def read(client, user, url: str) -> str:
    client.force_login(user)
    return client.get(url).content.decode()


def test_particulars_are_for_who_works_on_it_and_the_look_is_kept(client, case, clerk, bureau):
    _, row = case
    url = page("aidapplication_change", row.pk)
    assert SECRET in read(client, clerk, url)
    assert AuditEntry.objects.filter(action="aid.see", actor_id=clerk.pk).count() == 1
    leader = make_user("leader", role="leader", unit=bureau)
    assert SECRET not in read(client, leader, url)
    assert SECRET not in read(client, leader, page("aidapplication_print", row.pk))
    elsewhere = make_user("else", role="clerk", unit=make_unit("别处"))
    client.force_login(elsewhere)
    assert client.get(url).status_code == 404
    assert "李德厚" not in read(client, elsewhere, page("aidapplication_changelist"))


def test_the_meeting_is_entered_in_a_grid_and_bad_rows_say_why(client, case, clerk, head, bureau):
    fund, row = case
    table = make_deciders(bureau)
    client.force_login(head)
    url = page("fundyear_meeting", fund.pk)
    form = client.get(url).context["form"]
    data = {
        "key": str(form.fields["key"].initial()), "held_on": "2025-11-03", "minutes_no": "局务会9号",
        "deciders": [user.pk for user in table], f"r{row.pk}-verdict": "grant", f"r{row.pk}-amount": "9000",
    }  # fmt: skip
    refused = client.post(url, data)
    assert refused.status_code == 422
    assert "3000 到 5000 元" in refused.content.decode()
    assert client.post(url, {**data, f"r{row.pk}-amount": "4000"}).status_code == 302
    assert FundYear.objects.get().granted == 4000
    assert client.post(url, {**data, f"r{row.pk}-amount": "4000"}).status_code in (302, 422)
    assert FundYear.objects.get().granted == 4000
    client.force_login(clerk)
    assert client.get(url).status_code == 403


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"key": "x"},
        {"held_on": "2199-01-01", "minutes_no": "9" * 500, "deciders": ["999999999", "x"]},
        {"key": "\x00", "held_on": "0000-00-00", "minutes_no": "=cmd()", "deciders": "'; drop table"},
    ],
)
def test_nonsense_is_answered_with_a_sentence_and_writes_nothing(client, case, head, sent):
    fund, row = case
    client.force_login(head)
    for name in ("fundyear_meeting", "fundyear_adjust", "fundyear_notice", "fundyear_pay"):
        assert client.post(page(name, fund.pk), sent).status_code in (200, 422)
    for act in ("return", "verify", "undo", "nothing", "link"):
        answer = client.post(page("aidapplication_act", row.pk, act), {"on": "x", "step": "x", **sent})
        assert answer.status_code in (302, 404, 422)
    row.refresh_from_db()
    assert (row.state, row.steps.count()) == ("reviewed", 4)


def test_the_notice_shows_no_illness_no_reason_no_number(client, case, clerk, head, bureau):
    fund, row = case
    row = granted(row, make_meeting(fund, make_deciders(bureau), head), head)
    notice = noticed(fund, [row], head)
    text = read(client, clerk, page("fundyear_notice_print", fund.pk, notice.public_id))
    assert "李德厚" in text
    assert "4000.00" in text
    for hidden in (SECRET, "重病", "28000", "自有住房", "***", str(clerk)):
        assert hidden not in text
    sheet = client.get(page("fundyear_summary", fund.pk) + "?as=xlsx")
    assert sheet["Content-Type"].endswith("spreadsheetml.sheet")
    other = make_fund(make_unit("别处"))
    assert client.get(page("fundyear_notice_print", other.pk, notice.public_id)).status_code == 404


def test_the_list_and_the_year_cost_the_same_for_one_and_for_three(
    client, case, clerk, bureau, django_assert_max_num_queries
):
    fund, _ = case
    for name in ("甲一", "乙二"):
        ask(make_cadre(name, unit=bureau), clerk)
    client.force_login(clerk)
    client.get(page("aidapplication_changelist"))
    with django_assert_max_num_queries(12):
        client.get(page("aidapplication_changelist"))
    with django_assert_max_num_queries(26):
        client.get(page("fundyear_change", fund.pk))


# At /me/


@pytest.fixture
def family(db):
    family = make_family(TODAY)
    make_fund(
        family.cadre.managing_unit, year=TODAY.year, opens_on=TODAY - dt.timedelta(1), closes_on=TODAY + dt.timedelta(1)
    )
    return family


ANSWERS = {
    "kind": {"kind": "medical"}, "situations": {"situations": ["01"]}, "help": {"help": "cash"},
    "household": {"household": "两口人"}, "money": {"income": "5200", "expense": ""}, "medical": {"medical": "28000"},
    "housing": {"housing": ""}, "statement": {"statement": "自费药费高。"}, "requested": {"requested": "4000"},
    "kin": {"kin_at_bureau": ""},
}  # fmt: skip


def answer_all(client) -> dict:
    for step, said in ANSWERS.items():
        assert client.post(reverse("portal:me_aid_step", args=[step]), said).status_code == 302
    review = client.get(reverse("portal:me_aid_step", args=["review"]))
    return {"key": str(review.context["key"])}


def test_he_applies_one_question_a_screen_once_and_takes_it_back(client, family):
    client.force_login(family.own)
    form = answer_all(client)
    draft = AidDraft.objects.get()
    assert "自费药费" in draft.data
    assert "自费药费".encode() not in bytes(AidDraft.objects.values_list("data", flat=True).get())
    url = reverse("portal:me_aid_step", args=["review"])
    for _ in range(2):
        assert client.post(url, form).status_code == 302
    row = AidApplication.objects.get()
    assert (row.via, row.entered_by, row.state, row.income) == ("self", family.own, "applied", "5200")
    assert not AidDraft.objects.exists()
    assert "已收到" in client.get(reverse("portal:me_aid")).content.decode()
    client.post(reverse("portal:me_aid_take_back"), {"application": str(row.public_id)})
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_a_proxy_needs_the_right_and_it_says_on_behalf(client, family):
    client.force_login(family.son)
    assert client.get(reverse("portal:me_aid")).status_code == 404
    client.force_login(family.daughter)
    client.post(reverse("portal:me_aid_step", args=["review"]), answer_all(client))
    row = AidApplication.objects.get()
    assert (row.via, row.steps.get().via) == ("proxy", "proxy")
    assert AuditEntry.objects.get(action="aid.apply").on_behalf_of == family.cadre.pk
    client.force_login(family.own)
    assert "家属代办" in client.get(reverse("portal:me_aid")).content.decode()
    # He may take back what she entered; she not what he did.
    client.post(reverse("portal:me_aid_take_back"), {"application": str(row.public_id)})
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_a_returned_one_is_completed_and_a_sum_too_large_is_refused_at_once(client, family):
    client.force_login(family.own)
    answer_all(client)
    too_much = client.post(reverse("portal:me_aid_step", args=["requested"]), {"requested": "9000"})
    assert too_much.status_code == 422
    client.post(reverse("portal:me_aid_step", args=["review"]), answer_all(client))
    row = AidApplication.objects.get()
    end(row, "return", on=TODAY, reason="请写清住房", actor=family.clerk)
    client.post(reverse("portal:me_aid_complete"), {"application": str(row.public_id)})
    client.post(reverse("portal:me_aid_step", args=["housing"]), {"housing": "租住一间"})
    review = client.get(reverse("portal:me_aid_step", args=["review"]))
    client.post(reverse("portal:me_aid_step", args=["review"]), {"key": str(review.context["key"])})
    row.refresh_from_db()
    assert (row.state, row.housing) == ("applied", "租住一间")
