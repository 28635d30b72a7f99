"""银发人才: found by what they can do, where and when; nobody ranked, each look logged."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.common.models import AuditEntry, AuditSubject
from apps.organisation.models import Community, Division
from apps.volunteers.models import Volunteer
from apps.volunteers.queries.talent import TalentAsked, find_talent, reasons_of
from apps.volunteers.rules.talent import asked_grams, text_grams
from tests.builders import make_unit, make_user

from .builders import TODAY, make_volunteer


def test_every_text_is_found_by_its_pieces():
    grams = set(text_grams("高级农艺师，柑橘种植"))
    assert grams >= set(asked_grams("柑橘")) | set(asked_grams("农艺师")) | set(asked_grams("橘"))
    assert not grams >= set(asked_grams("桔子"))
    assert asked_grams("，") == []


@pytest.fixture
def world(db):
    unit = make_unit()
    division = Division.objects.order_by("code").first()
    near, far = (
        Community.objects.create(name=name, street=street, division=division)
        for name, street in (("南河社区", "南河街道"), ("朝阳社区", "朝阳街道"))
    )
    farmer = make_volunteer(
        "农一", unit=unit, skills=["farming"], wishes=["teach"], strengths="高级农艺师，柑橘种植", community=near,
        strength_grams=text_grams("高级农艺师，柑橘种植"), times=((2, "am"),),
    )  # fmt: skip
    lawyer = make_volunteer("律二", unit=unit, skills=["law"], wishes=["legal"], community=near, times=((4, "pm"),))
    lawyer.communities.add(far)
    return unit, farmer, lawyer, near, far


def found(rows, **asked) -> list[str]:
    return [row.person.name for row in find_talent(rows, TalentAsked(**asked))]


def test_skill_words_time_and_place_must_all_fit(world):
    _, _, _, near, far = world
    rows = Volunteer.objects.all()
    assert found(rows, skill="law") == ["律二"]
    assert found(rows, service="teach", words="柑橘") == ["农一"]
    assert found(rows, words="柑橘", skill="law") == []
    assert found(rows, weekday=2) == ["农一"]
    assert found(rows, weekday=2, part="pm") == []
    # Whoever said where he goes goes there, whoever said nothing near his home.
    assert found(rows, community=near.pk) == ["农一"]
    assert found(rows, community=far.pk) == ["律二"]
    assert found(rows, street="南河街道") == ["农一"]
    assert found(rows, division=near.division_id) == ["律二", "农一"] or found(rows, division=near.division_id) == [
        "农一", "律二",
    ]  # fmt: skip


def test_those_who_left_or_died_are_not_found(world):
    unit, farmer, lawyer, _, _ = world
    Volunteer.objects.filter(pk=farmer.pk).update(left_on=TODAY)
    lawyer.person.life_status = "deceased"
    lawyer.person.save()
    assert found(Volunteer.objects.all()) == []


def test_reasons_say_what_fits(world):
    _, farmer, _, _, _ = world
    asked = TalentAsked(skill="farming", weekday=2, words="柑橘", street="南河街道")
    words = reasons_of(find_talent(Volunteer.objects.all(), asked), asked)[farmer.pk]
    assert words == "会农业技术，专长里写着“柑橘”，住在南河街道南河社区，周二上午有空"


def test_the_page_shows_one_s_own_and_logs_who_was_shown(world):
    unit, farmer, _, _, _ = world
    make_volunteer("外人", unit=make_unit("外市局", code="X"), skills=["farming"])
    client = Client()
    client.force_login(make_user("jingban", role="clerk", unit=unit))
    address = reverse("admin:volunteers_volunteer_talent")
    before = AuditEntry.objects.filter(action="volunteer.talent").count()
    assert "要找什么样的人" in client.get(address).content.decode()
    assert AuditEntry.objects.filter(action="volunteer.talent").count() == before
    text = client.get(address, {"skill": "farming"}).content.decode()
    assert "农一" in text
    assert "外人" not in text
    shown = AuditSubject.objects.filter(entry__action="volunteer.talent").values_list("person_id", flat=True)
    assert list(shown) == [farmer.pk]
    workbook = client.get(address, {"skill": "farming", "as": "xlsx"})
    assert workbook["Content-Type"].startswith("application/vnd.openxml")
    assert "农一" in client.get(address, {"skill": "farming", "as": "print"}).content.decode()
    assert client.get(address, {"skill": "' or 1=1", "weekday": "99"}).status_code == 422
