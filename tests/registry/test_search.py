"""The one search box: every way a name or number may be typed, within the scope, and quietly logged."""

import pytest

from apps.common import crypto
from apps.common.models import AuditEntry, AuditSubject
from apps.people.models import Phone
from apps.people.services import apply_citizen_id, apply_name, check_citizen_id, save_phone
from apps.registry.queries import Asked, find_cadres, read_search
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db
URL = "/admin/people/person/search/"
ID_A, ID_B = "11010519491231002X", "440524188001010014"


@pytest.fixture
def bureau():
    return make_unit()


@pytest.fixture
def clerk(bureau):
    return make_user(role="clerk", unit=bureau)


def add(name, unit, *, former_name="", citizen_id="", phone="", reading=""):
    cadre = make_cadre(name, unit=unit)
    person = cadre.person
    person.former_name = former_name
    apply_name(person, reading)
    if citizen_id:
        apply_citizen_id(person, check_citizen_id(citizen_id))
    person.save()
    if phone:
        save_phone(Phone(person=person), phone, actor=None)
    return cadre


@pytest.fixture
def people(bureau):
    return {
        "li": add("李德厚", bureau, former_name="李狗剩", citizen_id=ID_A, phone="13800001234"),
        "long": add("龍志國", bureau, phone="0757-82280001"),
        "uighur": add("古丽米热·艾比布力", bureau),
        "rare": add("张䶮", bureau),
        "rarer": add("𬭎铮", bureau),
        "ouyang": add("欧阳修文", bureau),
        "shan": add("单田芳", bureau),
    }


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("李德厚", "li"), ("德厚", "li"), ("李", "li"), ("李 德厚", "li"), ("狗剩", "li"), ("lidehou", "li"),
        ("ldh", "li"), ("LDH", "li"), ("13800001234", "li"), ("138 0000 1234", "li"), ("1234", "li"),
        (ID_A, "li"), (ID_A.lower(), "li"), ("002X", "li"), ("002x", "li"), ("０02Ｘ", "li"),
        ("龙志国", "long"), ("龍志國", "long"), ("志国", "long"), ("0757-82280001", "long"), ("075782280001", "long"),
        ("古丽米热", "uighur"), ("艾比布力", "uighur"), ("古丽米热•艾比布力", "uighur"), ("热艾", "uighur"),
        ("䶮", "rare"), ("张䶮", "rare"), ("𬭎", "rarer"), ("欧阳", "ouyang"), ("ouyang", "ouyang"),
        ("shantianfang", "shan"), ("stf", "shan"),
    ],
)  # fmt: skip
def test_search_finds_by_every_way_of_typing(people, clerk, typed, found):
    assert people[found] in find_cadres(typed, clerk)[1]


@pytest.mark.parametrize(
    "typed", ["", " ", "\x00", "‮李", "%", "_", "李" * 500, "' OR 1=1 --", "18 位", "9" * 400, "😀"]
)
def test_odd_input_is_answered_with_nothing_or_people_but_never_an_error(people, clerk, client, typed):
    client.force_login(clerk)

    assert client.post(URL, {"q": typed}).status_code in (200, 303)


def test_search_stays_in_scope(people, bureau):
    other = make_unit("邻市老干部局")
    stranger = make_user("stranger", role="clerk", unit=other)

    assert [find_cadres(typed, stranger)[1] for typed in ("李德厚", "1234", "ldh", ID_A)] == [[], [], [], []]


def test_one_hit_opens_the_person_and_is_logged_without_the_text(people, clerk, client):
    client.force_login(clerk)

    response = client.post(URL, {"q": "13800001234"})

    assert (response.status_code, response.url) == (303, f"/admin/registry/cadre/{people['li'].pk}/change/")
    entry = AuditEntry.objects.get(action="search")
    assert (entry.fields, entry.reason, entry.target) == (["phone"], "", "")
    assert AuditSubject.objects.get(entry=entry).person_id == people["li"].pk


def test_numbers_are_not_answered_by_address(people, clerk, client):
    client.force_login(clerk)

    for typed in ("13800001234", ID_A, "1234"):
        response = client.get(URL, {"q": typed})
        assert "李德厚" not in response.content.decode()
        assert typed not in response.content.decode()
    assert client.get(URL, {"q": "李德厚"}).status_code == 303


def test_clerk_finds_an_outsider_only_by_the_whole_id_and_masked(people, client):
    stranger = make_user("stranger", role="clerk", unit=make_unit("邻市老干部局"))
    client.force_login(stranger)

    page = client.post(URL, {"q": ID_A}).content.decode()

    assert "李**" in page
    assert "李德厚" not in page
    assert ID_A not in page
    assert AuditEntry.objects.get(action="search.outsider").subjects.get().person_id == people["li"].pk


def test_reading_a_search_touches_no_clear_number():
    assert read_search(ID_B).condition.children == [("citizen_id_index", crypto.blind_index("citizen_id", ID_B))]
    assert read_search("王伟").asked is Asked.NAME
