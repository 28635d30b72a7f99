import pytest

from apps.common import crypto
from tests.builders import make_person

pytestmark = pytest.mark.django_db


def test_sealed_value_opens_only_in_its_place():
    sealed = crypto.encrypt("440600193602290016", crypto.place("people.person", "a", "citizen_id"))

    assert crypto.decrypt(sealed, crypto.place("people.person", "a", "citizen_id")) == "440600193602290016"
    with pytest.raises(crypto.Undecryptable):
        crypto.decrypt(sealed, crypto.place("people.person", "b", "citizen_id"))
    with pytest.raises(crypto.Undecryptable):
        crypto.decrypt(b"\x01\x09" + sealed[2:], crypto.place("people.person", "a", "citizen_id"))


def test_old_key_version_still_opens(settings):
    settings.FIELD_KEYS = {1: bytes(32)}
    sealed = crypto.encrypt("旧钥匙", b"place")
    settings.FIELD_KEYS = {1: bytes(32), 2: bytes(range(32))}

    assert crypto.decrypt(sealed, b"place") == "旧钥匙"
    assert crypto.key_version(crypto.encrypt("新钥匙", b"place")) == 2


def test_encrypted_field_round_trip():
    person = make_person(citizen_id="440600193602290016", residence="河滨路 1 号")
    again = type(person).objects.get(pk=person.pk)

    assert (again.citizen_id, again.residence, again.registered_address) == ("440600193602290016", "河滨路 1 号", "")
    again.former_name = "李厚"
    again.save()
    again.refresh_from_db()
    assert again.citizen_id == "440600193602290016"
    raw = type(person).objects.values_list("citizen_id", flat=True).get()
    assert b"440600" not in bytes(raw)


def test_version_and_history_see_bulk_updates():
    person = make_person()
    type(person).objects.filter(pk=person.pk).update(former_name="李厚")
    type(person).objects.filter(pk=person.pk).update(former_name="李厚")

    person.refresh_from_db()
    assert person.version == 2
    assert list(person.events.values_list("former_name", flat=True)) == [""]
