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

from .columns import EMPTY, SEALED
from .difference import sealing_place

PERSON_ALWAYS = (
    "id", "public_id", "name", "former_name", "name_pinyin", "name_initials", "name_sort_key", "name_stroke_key",
    "search_grams", "citizen_id", "citizen_id_index", "citizen_id_last4", "sex", "birth_date", "reach_by",
)  # fmt: skip
CADRE_ALWAYS = ("person_id", "imported_batch_id", "managing_unit_id", "counting_unit_id", "retire_type")
PHONE_COLUMNS = ("public_id", "person_id", "kind", "number", "number_index", "last4_index", "position")
Writes = dict[str, Any]
Values = list[Any]


def name_columns(name: str, former_name: str) -> dict[str, Any]:
    keys = name_keys(name, former_name)
    return {
        "name_pinyin": keys.pinyin[:200],
        "name_initials": keys.initials[:60],
        "name_sort_key": keys.sort_key[:240],
        "name_stroke_key": keys.stroke_key[:240],
        "search_grams": list(keys.grams),
    }


class NewRows:
    """Makes rows of persons, cadres and phones for people who come in, in the text form that COPY takes.

    Only columns that some row fills are written; the others keep their database defaults.
    """

    def __init__(self, all_writes: Iterable[Writes]) -> None:
        used = set().union(*all_writes)
        self._person = _optional("person", used, {*PERSON_ALWAYS})
        self._cadre = _optional("cadre", used, {*CADRE_ALWAYS})
        self.person_columns = [*PERSON_ALWAYS, *(column for column, _, _ in self._person)]
        self.cadre_columns = [*CADRE_ALWAYS, *(column for column, _, _ in self._cadre)]
        self._seal = crypto.sealer()
        self._id_index, self._id_last4 = crypto.indexer("citizen_id"), crypto.indexer("citizen_id_last4")
        self._phone_index, self._phone_last4 = crypto.indexer("phone"), crypto.indexer("phone_last4")

    def person(self, person_id: int, public_id: str, writes: Writes) -> Values:
        get = writes.get
        name, former, number = writes["person.name"], get("person.former_name", ""), get("person.citizen_id")
        keys = name_keys(name, former)
        phones = get("phones")
        values = [
            person_id, public_id, name, former, keys.pinyin[:200], keys.initials[:60], keys.sort_key[:240],
            keys.stroke_key[:240], keys.grams,
            *(self.citizen_id(public_id, number) if number else (None, None, None)),
            get("person.sex", "0"), writes["person.birth_date"],
            get("person.reach_by") or (phones[0][0] if phones else "mobile"),
        ]  # fmt: skip
        self._fill(values, self._person, "people.person", public_id, writes)
        return values

    def citizen_id(self, public_id: object, number: str) -> tuple[str, str, str]:
        """The columns citizen_id, citizen_id_index and citizen_id_last4."""
        return (
            "\\x" + self._seal(number, f"people.person|{public_id}|citizen_id".encode()),
            "\\x" + self._id_index(number),
            "\\x" + self._id_last4(number[-4:]),
        )

    def cadre(self, person_id: int, public_id: str, batch_id: int, writes: Writes) -> Values:
        """Who is counted where starts with who manages him."""
        unit = writes["cadre.managing_unit_id"]
        values = [person_id, batch_id, unit, unit, writes["cadre.retire_type"]]
        self._fill(values, self._cadre, "registry.cadre", public_id, writes)
        return values

    def _fill(self, values: Values, columns: list, label: str, public_id: str, writes: Writes) -> None:
        for column, place, default in columns:
            value = writes.get(place, default)
            if value is not None and place in SEALED:
                value = "\\x" + self._seal(value, f"{label}|{public_id}|{column}".encode()) if value else None
            values.append(value)

    def phones(self, person_id: int, phones: Iterable[tuple[str, str]]) -> list[Values]:
        """Rows of PHONE_COLUMNS, tried in the order given."""
        rows = []
        for position, (kind, digits) in enumerate(phones):
            public_id = str(uuid.uuid4())
            rows.append(
                [
                    public_id,
                    person_id,
                    kind,
                    "\\x" + self._seal(digits, f"people.phone|{public_id}|number".encode()),
                    "\\x" + self._phone_index(digits),
                    "\\x" + self._phone_last4(digits[-4:]),
                    position,
                ]
            )
        return rows


def _optional(prefix: str, used: set[str], always: set[str]) -> list[tuple[str, str, Any]]:
    """(column, place in writes, value where a row says nothing) of the columns that come beside the constant ones."""
    columns = sorted(place.split(".")[1] for place in used if place.startswith(prefix + "."))
    return [
        (column, f"{prefix}.{column}", EMPTY.get(f"{prefix}.{column}", ""))
        for column in columns
        if column not in always
    ]


def seal(place: str, person: object, health: object, text: str | None) -> bytes | None:
    """Ciphertext of a protected column, bound to its person or health row; None for nothing."""
    return crypto.encrypt(text, sealing_place(place, person, health)) if text else None


def insert_persons(columns: Sequence[str], rows: Iterable[Values]) -> set[int]:
    """Insert new persons; returns the ids that went in. One whose number somebody registered meanwhile does not."""
    copy_rows("roster_person", column_types(Person, columns), rows, analyze=False)
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO people_person ({names}) SELECT {names} FROM roster_person "  # noqa: S608
            "ON CONFLICT (citizen_id_index) WHERE voided_at IS NULL DO NOTHING RETURNING id"
        )
        return {pk for (pk,) in cursor.fetchall()}


def insert_cadres(columns: Sequence[str], rows: Iterable[Values]) -> int:
    return insert_rows(Cadre, columns, rows)


def insert_phones(rows: Iterable[Values]) -> int:
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
