"""Staff pages of health, works at home and families: entered, decided, printed, exported, and closed to strangers."""

import datetime as dt
import io
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from apps.common.models import AuditEntry
from apps.ledgers.models import (
    Assessment,
    CareTier,
    CheckUp,
    Contact,
    FamilyInCare,
    HomeAdaptation,
    HospitalStay,
    Medicine,
    Thought,
    TierAdvice,
)
from apps.ledgers.services.advice import advise
from tests.builders import make_cadre, make_user

TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)


@pytest.fixture
def staff(client, clerk):
    client.force_login(clerk, backend="apps.accounts.access.RoleBackend")
    return client


@pytest.fixture
def cadre(bureau):
    return make_cadre("沈闰芳", unit=bureau, living="alone", birth_date="1940-01-01")


def url(page: str) -> str:
    return f"/admin/ledgers/{page}"


def hidden(response) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', response.content.decode()))


def send(client, address: str, **values):
    """Open the form, fill it in and send it, as a browser does."""
    page = client.get(address)
    assert page.status_code == 200, page.status_code
    kept = {name: value for name, value in hidden(page).items() if name not in ("csrfmiddlewaretoken",)}
    return client.post(address, {**kept, **values})


ASSESSED = {
    "assessed_on": TODAY.isoformat(),
    "assessor": "评估站",
    "scale": "gb42195",
    "score": "50",
    "risk_events": "0",
    "living": "alone",
    "note": "夜里起身困难",
}


def test_an_assessment_is_entered_shown_mended_and_printed(staff, cadre):
    done = send(staff, url(f"assessment/add/?cadre={cadre.pk}"), **ASSESSED)
    row = Assessment.objects.get()
    assert done.status_code == 302
    page = staff.get(url(f"assessment/{row.pk}/change/")).content.decode()
    assert "中度失能" in page
    assert "夜里起身困难" in page
    assert AuditEntry.objects.filter(action="open", fields=["ability"]).exists()

    send(staff, url(f"assessment/{row.pk}/change/?edit=1"), **{**ASSESSED, "score": "80"})
    row.refresh_from_db()
    assert row.level == 1
    assert "评估人" in staff.get(url(f"assessment/{row.pk}/paper/")).content.decode()


def test_a_stale_assessment_form_says_what_the_other_wrote(staff, cadre):
    send(staff, url(f"assessment/add/?cadre={cadre.pk}"), **ASSESSED)
    row = Assessment.objects.get()
    address = url(f"assessment/{row.pk}/change/?edit=1")
    mine = hidden(staff.get(address))
    send(staff, address, **{**ASSESSED, "assessor": "另一家"})

    answer = staff.post(address, {**mine, **ASSESSED, "score": "80"})

    assert answer.status_code == 422
    assert "别的同志刚改成：另一家" in answer.content.decode()
    row.refresh_from_db()
    assert (row.assessor, row.score) == ("另一家", 50)


def test_a_person_is_picked_where_the_address_names_none(staff, cadre):
    send(staff, url("assessment/add/"), who=cadre.pk, **ASSESSED)

    assert Assessment.objects.get().cadre == cadre


def test_who_is_due_is_listed_and_leaves_as_a_workbook(staff, cadre, tier):
    tier(cadre, 1)

    assert "沈闰芳" in staff.get(url("assessment/due/")).content.decode()
    sheet = staff.get(url("assessment/due/?as=xlsx"))
    assert sheet.content[:2] == b"PK"
    assert "沈闰芳" in staff.get(url("assessment/due/?as=print")).content.decode()
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"open", "export", "print"}


def test_a_proposed_tier_is_decided_with_or_against_it(staff, cadre, bureau):
    other = make_cadre("钱七", unit=bureau, living="alone", birth_date="1940-01-01")
    advise([cadre.pk, other.pk], on=TODAY)
    one, two = TierAdvice.objects.order_by("cadre")
    assert "独居" in staff.get(url("tieradvice/")).content.decode()

    address = url(f"tieradvice/{one.pk}/change/")
    told = {"level": "2", "effective_on": TODAY.isoformat(), "note": ""}
    refused = send(staff, address, **told)
    assert "请写明理由" in refused.content.decode()
    send(staff, address, **{**told, "note": "女儿每天来"})
    send(staff, url("tieradvice/accept/"), effective_on=TODAY.isoformat())

    levels = dict(CareTier.objects.values_list("cadre", "level"))
    assert levels == {one.cadre_id: 2, two.cadre_id: 1}
    assert not TierAdvice.objects.exists()


def test_a_stay_is_entered_closed_and_listed_on_paper(staff, cadre):
    told = {
        "hospital": "人民医院",
        "admitted_on": (TODAY - 40 * DAY).isoformat(),
        "source": "staff",
        "condition": "胸闷",
    }
    send(staff, url(f"hospitalstay/add/?cadre={cadre.pk}"), **told)
    row = HospitalStay.objects.get()
    listed = staff.get(url("hospitalstay/?state=long")).content.decode()
    assert "还没看望" in listed
    assert "胸闷" not in listed
    assert "胸闷" in staff.get(url(f"hospitalstay/{row.pk}/change/")).content.decode()
    assert "人民医院" in staff.get(url("hospitalstay/sheet/?as=print&state=all")).content.decode()

    send(staff, url(f"hospitalstay/{row.pk}/discharge/"), discharged_on=TODAY.isoformat(), result="better", note="")
    row.refresh_from_db()
    assert (row.discharged_on, row.result) == (TODAY, "better")


def test_those_ticked_have_their_check_up(staff, cadre, bureau):
    others = [make_cadre(name, unit=bureau) for name in ("钱七", "孙八")]
    address = url("checkup/missing/")
    staff.post(address, {"pk": [cadre.pk, others[0].pk], "state": "done", "done_on": TODAY.isoformat()})

    assert set(CheckUp.objects.values_list("cadre", flat=True)) == {cadre.pk, others[0].pk}
    page = staff.get(address).content.decode()
    assert "孙八" in page
    assert "钱七" not in page


def test_a_medicine_is_written_down_only_when_he_agreed(staff, cadre):
    address = url(f"medicine/add/?cadre={cadre.pk}")
    assert send(staff, address, name="氨氯地平").status_code == 422
    send(staff, address, name="氨氯地平", agreed="on")
    row = Medicine.objects.get()
    assert "氨氯地平" not in staff.get(url("medicine/")).content.decode()
    assert "氨氯地平" in staff.get(url(f"medicine/{row.pk}/change/")).content.decode()

    send(staff, url(f"medicine/{row.pk}/withdraw/"))
    row.refresh_from_db()
    assert row.name == ""


def test_thoughts_are_closed_to_clerks_and_open_to_the_section_head(client, staff, cadre, bureau):
    assert staff.get(url("thought/")).status_code == 403
    head = make_user("head", role="section_head", unit=bureau)
    client.force_login(head, backend="apps.accounts.access.RoleBackend")
    told = {"kind": "counsel", "happened_on": TODAY.isoformat(), "method": "home", "counsellor": "李科长",
            "content_text": "睡不好", "follow_up_on": TODAY.isoformat()}  # fmt: skip
    send(client, url(f"thought/add/?cadre={cadre.pk}"), **told)
    row = Thought.objects.get()

    assert "睡不好" not in client.get(url("thought/?state=follow")).content.decode()
    assert "睡不好" in client.get(url(f"thought/{row.pk}/change/")).content.decode()
    assert AuditEntry.objects.filter(action="open", fields=["thoughts"]).count() == 1


def test_a_family_is_registered_visited_and_let_go(staff, bureau):
    dead = make_cadre("已故", unit=bureau, life_status="deceased")
    told = {"name": "王玉莲", "relation": "10", "phone": "13911112222", "yearly": "on"}
    send(staff, url(f"familyincare/add/?cadre={dead.pk}"), **told)
    row = FamilyInCare.objects.get()
    assert "王玉莲" in staff.get(url("familyincare/?state=unvisited")).content.decode()

    visit = {"happened_on": TODAY.isoformat(), "method": "home", "gifts": "米", "money": "500"}
    send(staff, url(f"familyincare/{row.pk}/visit/"), **visit)
    assert Contact.objects.get().kind == "family"
    assert "王玉莲" not in staff.get(url("familyincare/?state=unvisited")).content.decode()
    send(staff, url(f"familyincare/{row.pk}/end/"), because="moved")
    send(staff, url(f"familyincare/{row.pk}/take-up/"))
    row.refresh_from_db()
    assert row.ends_on is None


def test_the_living_have_no_bereaved_family(staff, cadre):
    answer = send(staff, url(f"familyincare/add/?cadre={cadre.pk}"), name="王玉莲", relation="10")

    assert "没有登记离世" in answer.content.decode()


def photo() -> SimpleUploadedFile:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "blue").save(stream, "JPEG")
    return SimpleUploadedFile("门口.jpg", stream.getvalue(), "image/jpeg")


def test_works_at_home_from_the_survey_to_a_content_answer(staff, cadre, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    when = [(TODAY - number * DAY).isoformat() for number in range(10)]
    send(staff, url(f"homeadaptation/add/?cadre={cadre.pk}"), asked_on=when[9], wish="装扶手")
    case = HomeAdaptation.objects.get()

    def page(name):
        return url(f"homeadaptation/{case.pk}/{name}/")

    lines = {"l0-item": "handrail", "l0-place": "卫生间", "l0-number": "2", "l0-price": "320.50"}
    assert send(staff, page("items"), **lines).status_code == 302
    refused = send(staff, page("survey"), surveyed_on=when[8], surveyor="王芳")
    assert "还没有改造前的照片" in refused.content.decode()
    staff.post(page("photos"), {"side": "before", "photo": photo()})
    send(staff, page("survey"), surveyed_on=when[8], surveyor="王芳", no_before_photo="")
    send(staff, page("quote"), quoted_on=when[7], contractor="安居公司", fund_source="civil", subsidy="300")
    send(staff, page("works"), works_from=when[6], works_until=when[5])
    send(staff, page("accept"), accepted_on=when[4], acceptor="李科长", no_after_photo="相机坏了")
    send(staff, page("ask"), replied_on=when[3], satisfaction="good", note="")

    case.refresh_from_db()
    assert (case.state, str(case.paid)) == ("closed", "641.00")
    shown = staff.get(page("change")).content.decode()
    address = re.search(r'<img src="([^"]+)"', shown)[1]
    assert staff.get(address).headers["Content-Type"] == "image/jpeg"
    assert "安居公司" in staff.get(f"{page('paper')}?what=acceptance").content.decode()
    undo = re.search(r'href="([^"]+undo/\?step=\d+)"', shown)[1]
    send(staff, undo)
    case.refresh_from_db()
    assert case.state == "asking"


def test_a_broken_photo_is_refused_and_nothing_is_kept(staff, cadre, clerk):
    case = HomeAdaptation.objects.create(cadre=cadre, asked_on=TODAY, owner=clerk)
    broken = SimpleUploadedFile("x.jpg", b"\xff\xd8\xff\xe0 broken", "image/jpeg")

    answer = staff.post(url(f"homeadaptation/{case.pk}/photos/"), {"side": "before", "photo": broken})

    assert answer.status_code == 422
    assert "打不开" in answer.content.decode()


@pytest.mark.parametrize(
    "page", ["assessment", "hospitalstay", "checkup", "medicine", "homeadaptation", "familyincare"]
)
def test_an_unknown_person_in_the_address_is_not_there(staff, page):
    assert staff.get(url(f"{page}/add/?cadre=987654")).status_code == 404
    assert staff.get(url(f"{page}/add/?cadre=x")).status_code == 404


def test_nonsense_in_a_form_gets_a_sentence(staff, cadre):
    for page in ("assessment", "hospitalstay", "checkup", "homeadaptation"):
        answer = staff.post(url(f"{page}/add/?cadre={cadre.pk}"), {"form_key": str(uuid.uuid4()), "score": "x"})
        assert answer.status_code == 422
