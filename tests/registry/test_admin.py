"""The staff pages of cadres: scope on every surface, read-only until asked, masks, versions, history."""

import re

import pytest
from django.urls import reverse

from apps.common.models import AuditEntry, AuditSubject
from apps.people.models import Household, Person, Phone, Relative
from apps.people.services import apply_citizen_id, apply_name, check_citizen_id, save_phone, save_relative
from apps.registry.models import Cadre, Health, LifeEvent
from apps.registry.services import life
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db
ID_A = "11010519491231002X"
CANARY = "金丝雀"
LIST = "/admin/registry/cadre/"


@pytest.fixture
def city():
    return make_unit()


@pytest.fixture
def district(city):
    return make_unit("东川区委老干部局", parent=city)


@pytest.fixture
def elsewhere(city):
    return make_unit("西山区委老干部局", parent=city)


def add(name, unit, **over):
    cadre = make_cadre(name, unit=unit, **over)
    apply_name(cadre.person)
    apply_citizen_id(cadre.person, check_citizen_id(over.get("citizen_id", "")) if over.get("citizen_id") else NO_ID)
    cadre.person.residence = f"{CANARY}路 1 号" if CANARY in name else "河滨路 2 号"
    cadre.person.save()
    return cadre


class _NoId:
    number = None


NO_ID = _NoId()


@pytest.fixture
def mine(district):
    cadre = add("李德厚", district)
    save_phone(Phone(person=cadre.person), "13800001234", actor=None)
    return cadre


@pytest.fixture
def foreign(elsewhere):
    """A cadre of another district, with a canary in every part."""
    cadre = add(f"{CANARY}甲", elsewhere, note=f"{CANARY}备注", former_post=f"{CANARY}科长")
    save_phone(Phone(person=cadre.person, whose=f"{CANARY}女儿"), "13900009876", actor=None)
    save_relative(Relative(person=cadre.person, name=f"{CANARY}乙"), "13900009875", actor=None)
    Health.objects.create(cadre=cadre, hospital=f"{CANARY}医院")
    Household.objects.create(name=f"{CANARY}家")
    person = Person.objects.get(pk=cadre.pk)
    person.household = Household.objects.get()
    person.save()
    told = life.Report("admitted", Person._meta.get_field("died_on").to_python("2026-01-02"), hospital=f"{CANARY}医院")
    life.report(cadre.person, told, actor=None)
    return cadre


@pytest.fixture
def clerk(district):
    return make_user("dongchuan", role="clerk", unit=district)


@pytest.fixture
def staff(client, clerk):
    client.force_login(clerk)
    return client


def body(response) -> str:
    text = response.content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|csrf[^"]*"[^"]*"', "", text)


def edit_values(client, cadre) -> dict:
    """What the edit form holds, ready to be posted."""
    response = client.get(f"{LIST}{cadre.pk}/change/", {"edit": "1"})
    form = response.context["adminform"].form
    values = {}
    for name in form.fields:
        value = form[name].value()
        if value is True:
            values[name] = "on"
        elif value not in (None, False):
            values[name] = form.fields[name].prepare_value(value)
    return values


def save(client, cadre, **changes):
    return client.post(f"{LIST}{cadre.pk}/change/?edit=1", {**edit_values(client, cadre), **changes})


# Scope


def surfaces(cadre):
    phone, relative = Phone.objects.get(person_id=cadre.pk), Relative.objects.get(person_id=cadre.pk)
    health, event = Health.objects.get(cadre=cadre), LifeEvent.objects.get(person_id=cadre.pk)
    household = Household.objects.get()
    for act in ("change", "history", "void", "restore", "reveal", "event", "delete", "standing/managing"):
        yield f"{LIST}{cadre.pk}/{act}/"
    yield f"{LIST}{cadre.pk}/change/?edit=1"
    yield f"{LIST}{cadre.pk}/change/?_to_field=person&_popup=1"
    for place, pk in (
        ("people/person", cadre.pk),
        ("people/phone", phone.pk),
        ("people/relative", relative.pk),
        ("registry/health", health.pk),
        ("registry/lifeevent", event.pk),
        ("people/household", household.pk),
    ):
        for act in ("change", "history"):
            yield f"/admin/{place}/{pk}/{act}/"
    yield f"/admin/people/phone/{phone.pk}/remove/"
    yield f"/admin/registry/lifeevent/{event.pk}/decide/"


@pytest.mark.parametrize("method", ["get", "post"])
def test_foreign_person_is_nowhere_and_like_a_missing_one(staff, foreign, mine, method):
    for url in surfaces(foreign):
        response = getattr(staff, method)(url)
        missing = getattr(staff, method)(re.sub(r"/\d+/", "/987654/", url, count=1))

        assert (response.status_code, url) in ((404, url), (403, url))
        pages = [re.sub(r"/\d+/", "/…/", body(found)) for found in (response, missing)]
        assert pages[0] == pages[1], url
        assert CANARY not in body(response)


def test_lists_pickers_and_filters_keep_foreign_names(staff, foreign, mine):
    autocomplete = reverse("admin:autocomplete")
    for url in (
        LIST,
        f"{LIST}?unit={foreign.managing_unit_id}",
        f"{LIST}?health=ill&living=alone&age=90-&order=strokes",
        "/admin/registry/lifeevent/?state=all",
        "/admin/people/household/",
        f"{autocomplete}?app_label=registry&model_name=lifeevent&field_name=person&term={CANARY}",
        f"{autocomplete}?app_label=people&model_name=person&field_name=household&term={CANARY}",
        f"{LIST}export/",
        f"{LIST}add/",
    ):
        response = staff.get(url)
        assert response.status_code == 200, url
        assert CANARY not in body(response), url


@pytest.mark.parametrize(
    "query",
    [
        "person__name__startswith=金",
        "managing_unit__id=1",
        "person__citizen_id_last4=x",
        "note__contains=x",
        "voided_at__isnull=0",
    ],
)
def test_free_look_ups_are_refused(staff, mine, query):
    assert staff.get(f"{LIST}?{query}").status_code in (302, 400)


def test_parts_are_not_added_to_foreign_people(staff, foreign):
    for url in (
        f"/admin/people/phone/add/?person={foreign.pk}",
        f"/admin/people/relative/add/?person={foreign.pk}",
        f"/admin/registry/health/add/?cadre={foreign.pk}",
        "/admin/people/phone/add/?person=987654",
        "/admin/people/phone/add/",
    ):
        assert staff.post(url, {"typed_number": "13800000000"}).status_code == 403


def test_forms_refuse_a_household_outside_the_scope(staff, foreign, mine):
    response = save(staff, mine, household=Household.objects.get().pk)

    assert response.status_code == 200
    assert Person.objects.get(pk=mine.pk).household_id is None
    assert CANARY not in body(response)


def test_leader_looks_and_changes_nothing(client, mine, district):
    client.force_login(make_user("leader", role="leader", unit=district))

    assert client.get(f"{LIST}{mine.pk}/change/").status_code == 200
    assert client.post(f"{LIST}{mine.pk}/change/?edit=1", {"name": "改名"}).status_code == 403
    assert client.post(f"{LIST}{mine.pk}/void/", {"reason": "x"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    assert "健康状况" not in body(client.get(LIST))


def test_right_on_one_district_changes_nothing_in_another_that_is_only_seen(client, city, mine, foreign):
    user = make_user("both", role="clerk", unit=mine.managing_unit)
    user.grants.create(role="leader", unit=city, starts_on="2020-01-01")
    client.force_login(user)

    assert client.get(f"{LIST}{foreign.pk}/change/").status_code == 200
    assert client.post(f"{LIST}{foreign.pk}/change/?edit=1", {}).status_code == 403
    assert client.post(f"{LIST}{foreign.pk}/reveal/", {"field": "citizen_id", "reason": "看"}).status_code == 403
    assert f"{CANARY}医院" not in body(client.get(f"{LIST}{foreign.pk}/change/"))


# The page of a person


def test_page_is_read_only_masked_and_logged(staff, mine):
    apply_citizen_id(mine.person, check_citizen_id(ID_A))
    mine.person.save()

    response = staff.get(f"{LIST}{mine.pk}/change/")
    text = body(response)

    assert "****************2X" in text
    assert "138****1234" in text
    assert not {ID_A, "13800001234", "河滨路"} & set(re.findall(r"[\w路]+", text))
    own_forms = r'<form (id="reveal-form"|class="person-search").*?</form>'
    assert 'type="text"' not in re.sub(own_forms, "", text, flags=re.S)
    entry = AuditEntry.objects.get(action="open")
    assert entry.subjects.get().person_id == mine.pk


def test_list_shows_no_number_and_names_its_order(staff, mine):
    assert "老干部（按姓氏笔画排列）" in body(staff.get(f"{LIST}?order=strokes"))
    assert "13800001234" not in body(staff.get(LIST))


def test_reveal_needs_a_reason_shows_once_and_is_logged_first(staff, mine):
    apply_citizen_id(mine.person, check_citizen_id(ID_A))
    mine.person.save()
    url = f"{LIST}{mine.pk}/reveal/"

    refused = staff.post(url, {"field": "citizen_id", "reason": " "})
    shown = staff.post(url, {"field": "citizen_id", "reason": "核对医保"})

    assert (refused.status_code, ID_A in body(refused)) == (422, False)
    assert ID_A in body(shown)
    assert ID_A not in body(staff.get(f"{LIST}{mine.pk}/change/"))
    entry = AuditEntry.objects.get(action="reveal")
    assert (entry.fields, entry.reason) == (["citizen_id"], "核对医保")


def test_thirty_reveals_an_hour(staff, mine):
    url = f"{LIST}{mine.pk}/reveal/"
    for _ in range(30):
        assert staff.post(url, {"field": "residence", "reason": "核对"}).status_code == 200

    refused = staff.post(url, {"field": "residence", "reason": "核对"})

    assert refused.status_code == 422
    assert "河滨路" not in body(refused)
    assert "一小时内最多查看 30 次" in body(refused)


@pytest.mark.parametrize("field", ["bank_account", "note", "phone.99999", "phone.x", "person", "", "phone." + "9" * 40])
def test_reveal_gives_only_what_may_be_revealed(staff, mine, field):
    assert staff.post(f"{LIST}{mine.pk}/reveal/", {"field": field, "reason": "看"}).status_code == 403


# Changing


def test_edit_saves_person_and_cadre_and_redoes_the_keys(staff, mine):
    response = save(staff, mine, name="欧阳修文", former_name="欧阳小毛", living="alone", residence="新桥路 3 号")

    assert (response.status_code, response.url) == (302, f"{LIST}{mine.pk}/change/")
    person = Person.objects.get(pk=mine.pk)
    assert (person.name, person.name_initials, person.residence) == ("欧阳修文", "oyxw", "新桥路 3 号")
    assert Cadre.objects.get(pk=mine.pk).living == "alone"
    assert "residence" in AuditEntry.objects.filter(action="change", fields__contains=["residence"]).first().fields


def test_untouched_form_keeps_everything(staff, mine):
    before = Person.objects.filter(pk=mine.pk).values("name", "residence", "citizen_id", "name_sort_key").get()

    assert save(staff, mine).status_code == 302
    assert Person.objects.filter(pk=mine.pk).values("name", "residence", "citizen_id", "name_sort_key").get() == before


def test_stale_form_shows_both_versions_and_keeps_what_was_typed(staff, mine):
    opened = edit_values(staff, mine)
    Cadre.objects.filter(pk=mine.pk).update(former_post="粮食局局长", interests="书法")

    response = staff.post(f"{LIST}{mine.pk}/change/?edit=1", {**opened, "former_post": "粮食局副局长"})
    text = body(response)

    assert response.status_code == 200
    assert "粮食局局长" in text
    assert "粮食局副局长" in text
    assert Cadre.objects.get(pk=mine.pk).former_post == "粮食局局长"
    form = response.context["adminform"].form
    conflicts = [(item.label, item.now, item.mine) for item in form.conflicts]
    assert conflicts == [("职务（职级）", "粮食局局长", "粮食局副局长")]
    assert form.taken_over == ["兴趣爱好"]

    again = {name: form[name].value() for name in opened} | {"seen_version": form.current_version()}
    assert staff.post(f"{LIST}{mine.pk}/change/?edit=1", again).status_code == 302
    saved = Cadre.objects.get(pk=mine.pk)
    assert (saved.former_post, saved.interests) == ("粮食局副局长", "书法")


def test_form_without_its_version_is_taken_as_stale(staff, mine):
    values = {**edit_values(staff, mine), "former_post": "甲"}
    del values["seen_version"]

    assert staff.post(f"{LIST}{mine.pk}/change/?edit=1", values).status_code == 200
    assert Cadre.objects.get(pk=mine.pk).former_post == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "李‮德"), ("name", "李\x00德"), ("name", "李\x07"), ("name", "长" * 300),
        ("birth_date", "1938-13-45"), ("birth_date", "昨天"), ("citizen_id", "440524188001010015"),
        ("citizen_id", "4.40524E+17"), ("birthday_day", "31"), ("birthday_month", "99"), ("sex", "7"),
        ("children_count", "-1"), ("order_no", "9" * 30), ("former_post", "长" * 3000), ("note", "长" * 501),
        ("residence", "长" * 301), ("community", "999999"), ("household", "x"), ("ethnicity", "99"),
        ("special_difficulties", "nonsense"),
    ],
)  # fmt: skip
def test_hostile_values_come_back_with_an_error_and_change_nothing(staff, mine, field, value):
    version = Person.objects.get(pk=mine.pk).version

    response = save(staff, mine, **{field: value})

    assert response.status_code == 200, field
    assert response.context["errors"], field
    assert Person.objects.get(pk=mine.pk).version == version


@pytest.mark.parametrize("name", ["张䶮", "𬭎铮", "古丽米热·艾比布力", "买买提•吐尔逊", "欧阳 修文", "Иван", "A B"])
def test_rare_and_minority_names_are_kept(staff, mine, name):
    assert save(staff, mine, name=name).status_code == 302
    stored = Person.objects.get(pk=mine.pk).name
    assert stored.replace("·", "").replace(" ", "") == name.replace("·", "").replace("•", "").replace(" ", "")


def test_adding_by_hand_checks_the_id_and_asks_why(staff, mine, district):
    apply_citizen_id(mine.person, check_citizen_id(ID_A))
    mine.person.save()
    values = {
        "name": "王秀兰", "sex": "1", "birth_date": "1949-12-31", "birthday_leap_policy": "normal",
        "reach_by": "mobile", "birthday_greeting": "on", "retire_type": "retired",
        "managing_unit": district.pk, "counting_unit": district.pk, "phone": "075782280001",
    }  # fmt: skip

    def post(**over):
        return staff.post(f"{LIST}add/", {**values, **over})

    assert "已经登记在另一位" in body(post(citizen_id=ID_A))
    assert post(citizen_id="110105491231002").status_code == 200
    warned = post(citizen_id="440524188001010014")
    assert "与身份证上的" in body(warned)
    assert Cadre.objects.count() == 1
    saved = post(citizen_id="440524188001010014", accepted_because="档案认定为准")

    person = Person.objects.get(name="王秀兰")
    assert saved.url == f"{LIST}{person.pk}/change/"
    assert (person.citizen_id, person.phones.get().number) == ("440524188001010014", "075782280001")
    assert AuditEntry.objects.filter(reason="档案认定为准").exists()


def test_void_leaves_the_list_and_comes_back(staff, mine):
    assert staff.post(f"{LIST}{mine.pk}/void/", {"reason": ""}).status_code == 422
    assert staff.post(f"{LIST}{mine.pk}/void/", {"reason": "重复登记"}).status_code == 302
    assert "李德厚" not in body(staff.get(LIST))
    assert "李德厚" in body(staff.get(f"{LIST}?status=voided"))
    assert staff.post(f"{LIST}{mine.pk}/change/?edit=1", {}).status_code in (200, 403)

    assert staff.post(f"{LIST}{mine.pk}/restore/").status_code == 302
    assert "李德厚" in body(staff.get(LIST))


def test_history_says_who_changed_what_in_words(staff, mine, clerk):
    save(staff, mine, former_post="粮食局局长", living="alone", ethnicity="01", residence="新桥路 3 号")

    text = body(staff.get(f"{LIST}{mine.pk}/history/"))

    for words in ("职务（职级）", "粮食局局长", "独居", "汉族", "现居住地址", clerk.display_name):
        assert words in text, words
    assert "新桥路" not in text


def test_phone_and_relative_are_written_and_taken_away(staff, mine):
    add_url = f"/admin/people/phone/add/?person={mine.pk}"
    assert staff.post(add_url, {"typed_number": "没有号码", "whose": "", "position": "0"}).status_code == 200
    assert staff.post(add_url, {"typed_number": "13800001234", "whose": "", "position": "0"}).status_code == 200
    assert staff.post(add_url, {"typed_number": "0757-82280001", "whose": "大女儿", "position": "1"}).status_code == 302
    phone = Phone.objects.get(whose="大女儿")
    assert (phone.number, phone.kind) == ("075782280001", "landline")
    assert staff.post(f"/admin/people/phone/{phone.pk}/remove/").status_code == 302
    assert not Phone.objects.filter(pk=phone.pk).exists()

    relative = {"name": "赵阿姨", "relation": "97", "relation_note": "邻居", "typed_phone": "13700000001"}
    relative |= {"is_emergency": "on", "is_living": "on", "note": ""}
    assert staff.post(f"/admin/people/relative/add/?person={mine.pk}", relative).status_code == 302
    assert Relative.objects.get().phone == "13700000001"


def test_life_event_page_confirms_and_undoes(staff, mine):
    url = f"{LIST}{mine.pk}/event/"
    assert staff.post(url, {"kind": "died", "happened_on": "2026-99"}).status_code == 422
    assert staff.post(url, {"kind": "died", "happened_on": "2026-01", "report": "1"}).status_code == 302
    event = LifeEvent.objects.get()
    assert "李德厚" in body(staff.get("/admin/registry/lifeevent/"))

    decide = f"/admin/registry/lifeevent/{event.pk}/decide/"
    assert staff.post(decide, {"act": "confirm"}).status_code == 302
    assert Person.objects.get(pk=mine.pk).life_status == "deceased"
    assert staff.post(decide, {"act": "undo"}).status_code == 422
    assert staff.post(decide, {"act": "undo", "reason": "登记错人"}).status_code == 302
    assert Person.objects.get(pk=mine.pk).life_status == "living"


def test_liaison_reports_and_does_not_decide(client, mine, district):
    client.force_login(make_user("liaison", role="liaison", unit=district))

    told = {"kind": "died", "happened_on": "2026-01", "confirm": "1"}
    assert client.post(f"{LIST}{mine.pk}/event/", told).status_code == 302
    event = LifeEvent.objects.get()
    assert event.state == "reported"
    assert client.post(f"/admin/registry/lifeevent/{event.pk}/decide/", {"act": "confirm"}).status_code == 403


def test_standing_page_changes_corrects_and_undoes(staff, mine):
    url = f"{LIST}{mine.pk}/standing/treatment/"
    assert staff.post(url, {"way": "change", "value": "131", "since": "", "save": "1"}).status_code == 422
    assert staff.post(url, {"way": "change", "value": "131", "since": "2026-01-01", "save": "1"}).status_code == 302
    assert staff.post(url, {"way": "change", "value": "121", "since": "2026-02-01", "save": "1"}).status_code == 302
    assert staff.post(url, {"undo": "1"}).status_code == 302
    assert Cadre.objects.get(pk=mine.pk).treatment == "131"
    assert staff.get(f"{LIST}{mine.pk}/standing/nonsense/").status_code == 404


def test_those_who_may_change_a_record_see_who_looked(staff, client, mine, district):
    staff.get(f"{LIST}{mine.pk}/change/")
    staff.post(f"{LIST}{mine.pk}/reveal/", {"field": "residence", "reason": "核对住址"})

    text = body(staff.get(f"{LIST}{mine.pk}/history/"))
    assert "核对住址" in text
    assert "查看完整内容" in text

    client.force_login(make_user("leader", role="leader", unit=district))
    assert "近 90 天谁看过" not in body(client.get(f"{LIST}{mine.pk}/history/"))


HOSTILE = ["长" * 5000, "\x00\x07", "\u202e反向", "<script>alert(1)</script>", "=1+1", "9" * 400, "-1", "😀"]


@pytest.mark.parametrize("value", HOSTILE)
def test_every_small_form_answers_hostile_values_with_a_page(staff, mine, value):
    health = Health.objects.create(cadre=mine)
    forms = {
        f"/admin/people/phone/add/?person={mine.pk}": ("typed_number", "whose", "position"),
        f"/admin/people/relative/add/?person={mine.pk}": ("name", "relation", "relation_note", "typed_phone", "note"),
        f"/admin/registry/health/{health.pk}/change/?edit=1": ("condition", "ability", "assessed_on", "typed_chronic"),
        f"{LIST}{mine.pk}/event/": ("kind", "happened_on", "hospital", "ward", "unit", "document_no", "detail"),
        f"{LIST}{mine.pk}/standing/managing/": ("way", "value", "since", "document_no"),
        f"{LIST}{mine.pk}/standing/leader_rank/": ("way", "value", "since", "document_no"),
        f"{LIST}{mine.pk}/void/": ("reason",),
        f"{LIST}{mine.pk}/reveal/": ("field", "reason"),
        f"{LIST}export/": ("columns", "file_format", "reason"),
    }
    for url, names in forms.items():
        response = staff.post(url, dict.fromkeys(names, value))
        assert response.status_code in (200, 302, 403, 422), url
        assert "<script>alert" not in body(response)
    for query in ("unit", "age", "status", "category", "living", "health", "order", "unmapped", "p", "q", "o"):
        assert staff.get(LIST, {query: value}).status_code in (200, 302, 400), query


# Cost


@pytest.mark.parametrize("count", [1, 3])
def test_list_and_page_ask_the_database_little(staff, district, count, django_assert_max_num_queries):
    cadres = [add(f"王{name}", district) for name in "一二三"[:count]]
    for cadre in cadres:
        save_phone(Phone(person=cadre.person), "13800001234", actor=None)
        save_relative(Relative(person=cadre.person, name="赵阿姨"), "13900009875", actor=None)
    staff.get(LIST)

    with django_assert_max_num_queries(12):
        staff.get(LIST)


def test_page_asks_the_database_little(staff, mine, django_assert_max_num_queries):
    for number in range(3):
        save_phone(Phone(person=mine.person), f"1390000987{number}", actor=None)
        save_relative(Relative(person=mine.person, name=f"赵{number}"), f"1390000986{number}", actor=None)
    staff.get(f"{LIST}{mine.pk}/change/")

    # 26 with the ledger and, where there is no 责任人, the way to whoever answers; the entry's own transaction counts
    # as four savepoint commands more in a test.
    with django_assert_max_num_queries(30):
        staff.get(f"{LIST}{mine.pk}/change/")


def test_no_subject_is_logged_for_people_never_shown(staff, mine, foreign):
    staff.get(LIST)
    staff.get(f"{LIST}{foreign.pk}/change/")

    me = staff.session["_auth_user_id"]
    assert not AuditSubject.objects.filter(person_id=foreign.pk, entry__actor_id=me).exists()
