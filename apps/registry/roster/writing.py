"""Rows of the tables a roster writes, and the statements that write them: set-based, never row by row.

New persons get their ids beforehand, so that person, cadre and phones go in with one COPY and one INSERT each.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from apps.common import crypto
from apps.common.insert_select import column_types, copy_rows, execute, insert_rows
from apps.common.names import name_keys
from apps.people.models import Person, Phone
from apps.registry.models import Cadre

PERSON_COLUMNS = (
    "id", "public_id", "name", "former_name", "name_pinyin", "name_initials", "name_sort_key", "name_stroke_key",
    "search_grams", "citizen_id", "citizen_id_index", "citizen_id_last4", "sex", "birth_date", "birth_note",
    "birthday_calendar", "birthday_month", "birthday_day", "birthday_leap", "ethnicity", "native_place",
    "political_status", "residence", "registered_address", "reach_by",
)  # fmt: skip
CADRE_COLUMNS = (
    "person_id", "order_no", "retire_type", "retired_on", "work_start", "joined_party_on", "full_member_on",
    "managing_unit_id", "counting_unit_id", "org_area", "former_post", "staff_category", "leader_rank", "grade_rank",
    "rank_unmapped", "professional_title", "education", "marital", "living", "interests", "note", "bank_account",
    "imported_batch_id",
)  # fmt: skip
PHONE_COLUMNS = ("public_id", "person_id", "kind", "number", "number_index", "last4_index", "position")
# Columns that have no empty text: everything else a row does not mention starts as "".
_NULL_COLUMNS = {
    "birthday_calendar", "birthday_month", "birthday_day", "order_no", "retired_on", "work_start", "joined_party_on",
    "full_member_on", "bank_account", "residence", "registered_address",
}  # fmt: skip
Writes = dict[str, Any]


def name_columns(name: str, former_name: str) -> dict[str, Any]:
    keys = name_keys(name, former_name)
    return {
        "name_pinyin": keys.pinyin[:200],
        "name_initials": keys.initials[:60],
        "name_sort_key": keys.sort_key[:240],
        "name_stroke_key": keys.stroke_key[:240],
        "search_grams": list(keys.grams),
    }


def person_values(person_id: int, public_id: uuid.UUID, writes: Writes) -> list[Any]:
    """A row of PERSON_COLUMNS for a new person."""
    get = writes.get
    name, former, number = writes["person.name"], get("person.former_name", ""), writes["person.citizen_id"]
    keys = name_keys(name, former)
    place = f"people.person|{public_id}|"
    phones = get("phones")
    residence, registered = get("person.residence"), get("person.registered_address")
    return [
        person_id, public_id, name, former, keys.pinyin[:200], keys.initials[:60], keys.sort_key[:240],
        keys.stroke_key[:240], keys.grams,
        crypto.encrypt(number, f"{place}citizen_id".encode()),
        crypto.blind_index("citizen_id", number), crypto.blind_index("citizen_id_last4", number[-4:]),
        get("person.sex", "0"), writes["person.birth_date"], get("person.birth_note", ""),
        get("person.birthday_calendar"), get("person.birthday_month"), get("person.birthday_day"),
        get("person.birthday_leap", False), get("person.ethnicity", ""), get("person.native_place", ""),
        get("person.political_status", ""),
        crypto.encrypt(residence, f"{place}residence".encode()) if residence else None,
        crypto.encrypt(registered, f"{place}registered_address".encode()) if registered else None,
        phones[0][0] if phones else "mobile",
    ]  # fmt: skip


def cadre_values(person_id: int, public_id: uuid.UUID, batch_id: int, writes: Writes) -> list[Any]:
    """A row of CADRE_COLUMNS for a new cadre; who is counted where starts with who manages him."""
    values: list[Any] = [person_id]
    for name in CADRE_COLUMNS[1:-2]:
        place = "cadre.managing_unit_id" if name == "counting_unit_id" else f"cadre.{name}"
        default = None if name in _NULL_COLUMNS else False if name == "rank_unmapped" else ""
        values.append(writes.get(place, default))
    values += [seal("cadre.bank_account", public_id, writes.get("cadre.bank_account")), batch_id]
    return values


def seal(place: str, public_id: object, text: str | None) -> bytes | None:
    """Ciphertext of a protected column, bound to its person; None for nothing."""
    if not text:
        return None
    label = "people.person" if place.startswith("person.") else "registry.cadre"
    return crypto.encrypt(text, crypto.place(label, public_id, place.split(".")[1]))


def phone_values(person_id: int, phones: Iterable[tuple[str, str]], start: int = 0) -> list[list[Any]]:
    """Rows of PHONE_COLUMNS, tried in the order given."""
    rows = []
    for position, (kind, digits) in enumerate(phones, start):
        public_id = uuid.uuid4()
        rows.append(
            [
                public_id,
                person_id,
                kind,
                crypto.encrypt(digits, f"people.phone|{public_id}|number".encode()),
                crypto.blind_index("phone", digits),
                crypto.blind_index("phone_last4", digits[-4:]),
                position,
            ]
        )
    return rows


def insert_persons(rows: Iterable[Sequence[Any]]) -> set[int]:
    """Insert new persons; returns the ids that went in. One whose number somebody registered meanwhile does not."""
    copy_rows("roster_person", column_types(Person, PERSON_COLUMNS), rows, analyze=False)
    names = ", ".join(PERSON_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO people_person ({names}) SELECT {names} FROM roster_person "  # noqa: S608
            "ON CONFLICT (citizen_id_index) WHERE voided_at IS NULL DO NOTHING RETURNING id"
        )
        return {pk for (pk,) in cursor.fetchall()}


def insert_cadres(rows: Iterable[Sequence[Any]]) -> int:
    return insert_rows(Cadre, CADRE_COLUMNS, rows)


def insert_phones(rows: Iterable[Sequence[Any]]) -> int:
    return insert_rows(Phone, PHONE_COLUMNS, rows)


def update_columns(model, key: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """UPDATE … FROM: `rows` are (key, *columns)."""
    if not rows or not columns:
        return 0
    table = f"roster_{model._meta.model_name}_new"
    copy_rows(table, column_types(model, (key, *columns)), rows)
    settings = ", ".join(f"{name} = s.{name}" for name in columns)
    return execute(
        f"UPDATE {model._meta.db_table} t SET {settings} FROM {table} s WHERE t.{key} = s.{key}"  # noqa: S608
    )
