"""Names, ids, phones and relatives as they are stored."""

import datetime

import pytest

from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.people.models import Person, Phone, Relative
from apps.people.services import (
    CLEAR,
    apply_citizen_id,
    apply_name,
    apply_sealed,
    check_citizen_id,
    possible_twins,
    remove_phone,
    save_person,
    save_phone,
    save_relative,
)
from tests.builders import make_person

pytestmark = pytest.mark.django_db
ID_A, ID_B = "11010519491231002X", "440524188001010014"
ON = datetime.date(2026, 11, 22)


def test_reading_given_once_outlives_other_changes():
    person = Person(name="单田芳")
    save_person(person, sealed={}, reading="shan4 tian2 fang1")
    person.native_place = "营口"
    save_person(person, sealed={})

    assert (person.name_pinyin, person.name_initials) == ("shantianfang", "stf")


@pytest.mark.parametrize("name", ["古丽米热·艾比布力" * 6, "𬭎" * 60, "鑫" * 60])
def test_long_names_keep_their_keys_within_the_columns(name):
    person = Person(name=name[:60])
    save_person(person, sealed={})

    assert Person.objects.get(pk=person.pk).name == name[:60]


@pytest.mark.parametrize("name", ["", "李\x00", "李‮", "长" * 61])
def test_names_that_cannot_be_are_refused_with_a_sentence(name):
    with pytest.raises(BusinessError) as refused:
        apply_name(Person(name=name))

    assert refused.value.field == "name"


def test_id_of_another_is_a_duplicate():
    person = make_person()
    apply_citizen_id(person, check_citizen_id(ID_A, on=ON))
    person.save()

    with pytest.raises(BusinessError) as refused:
        check_citizen_id(ID_A.lower(), on=ON)
    assert refused.value.code == "duplicate"
    assert check_citizen_id(ID_A, on=ON, besides=person.pk).number.number == ID_A


def test_id_against_the_file_warns():
    check = check_citizen_id(ID_A, birth_date=PartialDate.parse("1948-05"), sex="1", on=ON)

    assert len(check.warnings) == 2
    assert check_citizen_id(ID_A, birth_date=PartialDate.parse("1949-12"), sex="2", on=ON).warnings == ()


def test_id_is_stored_encrypted_and_can_be_erased():
    person = make_person()
    apply_citizen_id(person, check_citizen_id(ID_B, on=ON))
    person.save()

    raw = Person.objects.filter(pk=person.pk).values_list("citizen_id", flat=True).get()
    assert ID_B.encode() not in bytes(raw)
    assert Person.objects.get(pk=person.pk).citizen_id == ID_B
    apply_citizen_id(person, check_citizen_id(CLEAR))
    person.save()
    assert Person.objects.get(pk=person.pk).citizen_id_index is None


def test_sealed_text_empty_keeps_and_clear_erases():
    person = make_person()
    assert apply_sealed(person, {"residence": "河滨路 2 号"}) == ["residence"]
    person.save()
    person = Person.objects.get(pk=person.pk)

    assert apply_sealed(person, {"residence": " "}) == []
    assert apply_sealed(person, {"residence": "河滨路 2 号"}) == []
    assert apply_sealed(person, {"residence": CLEAR}) == ["residence"]


@pytest.mark.parametrize(
    ("birth", "found"), [("1933-05-02", 1), ("1933-05", 1), ("1933", 1), (None, 1), ("1934", 0), ("1933-06", 0)]
)
def test_twins_are_those_whose_birth_does_not_contradict(birth, found):
    make_person("李德厚", birth_date="1933-05-02")

    assert len(possible_twins("李德厚", PartialDate.parse(birth) if birth else None)) == found


def test_phone_keeps_kind_extension_and_no_second_copy():
    person = make_person()
    phone = Phone(person=person)
    save_phone(phone, "0757-82280001转8", actor=None)
    assert (phone.kind, phone.number) == ("landline", "075782280001转8")

    with pytest.raises(BusinessError, match="已经登记"):
        save_phone(Phone(person=person), "075782280001", actor=None)
    save_phone(phone, "", actor=None)
    assert Phone.objects.get().number == "075782280001转8"
    remove_phone(phone, actor=None)
    assert not Phone.objects.exists()


def test_one_emergency_contact_the_last_one_marked():
    person = make_person()
    first = Relative(person=person, name="赵阿姨", is_emergency=True)
    save_relative(first, "13700000001", actor=None)
    save_relative(Relative(person=person, name="李小明", is_emergency=True), "", actor=None)

    assert list(Relative.objects.filter(is_emergency=True).values_list("name", flat=True)) == ["李小明"]
    first.refresh_from_db()
    save_relative(first, CLEAR, actor=None)
    assert (Relative.objects.get(pk=first.pk).phone, first.phone_index) == ("", None)
