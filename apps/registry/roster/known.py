"""What the database knows, asked once for a whole file."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from apps.accounts.access import unit_ids_for
from apps.accounts.models import User
from apps.common import crypto
from apps.common.code_lists import codes_by_name, names_of
from apps.organisation.models import Unit
from apps.registry.models import ImportBatch, RosterColumn

from .checking import Rules
from .columns import COLUMNS, synonyms
from .readers import fold

PERMISSION = "registry.import_roster"

PERSON_FIELDS = (
    "id", "version", "public_id", "name", "former_name", "sex", "birth_date", "birthday_calendar", "birthday_month",
    "birthday_day", "birthday_leap", "ethnicity", "native_place", "political_status", "residence",
    "residence_division_id", "registered_address", "life_status", "citizen_id_index",
)  # fmt: skip
CADRE_FIELDS = (
    "person_id", "version", "voided_at", "order_no", "retire_type", "retire_type_since", "retired_on", "work_start",
    "joined_party_on", "full_member_on", "managing_unit_id", "managing_since", "counting_unit_id", "counting_since",
    "org_area", "former_post", "staff_category", "leader_rank", "leader_rank_since", "grade_rank", "grade_rank_since",
    "rank_unmapped", "professional_title", "education", "marital", "living", "interests", "note", "bank_account",
    "imported_batch_id",
)  # fmt: skip
KEYS = tuple(f"person.{name}" for name in PERSON_FIELDS) + tuple(f"cadre.{name}" for name in CADRE_FIELDS)
SELECT = "SELECT {} FROM people_person p LEFT JOIN registry_cadre c ON c.person_id = p.id".format(  # noqa: S608
    ", ".join([f"p.{name}" for name in PERSON_FIELDS] + [f"c.{name}" for name in CADRE_FIELDS])
)
PLACE = {key: place for place, key in enumerate(KEYS)}


class Known:
    """A person as the database has him, read by `person.<column>` and `cadre.<column>`; a fifth of a dict in size."""

    __slots__ = ("_values",)

    def __init__(self, values: tuple) -> None:
        self._values = values

    def __getitem__(self, key: str) -> Any:
        return self._values[PLACE[key]]

    def __contains__(self, key: object) -> bool:
        return key in PLACE

    def get(self, key: str) -> Any:
        place = PLACE.get(key)
        return None if place is None else self._values[place]


def load_rules(user, today: date) -> Rules:
    """`user` None is the system itself (the command line): every unit."""
    words: dict[str, tuple[Mapping[str, str], Mapping[str, str]]] = {}
    for column in COLUMNS:
        if column.reads == "code":
            codes = {fold(name): code for name, code in codes_by_name(column.source).items()}
            words[column.key] = (codes, {name: code for code, name in names_of(column.source).items()})
    units: dict[str, int] = {}
    unit_names: dict[int, str] = {}
    for pk, name, short, aliases in Unit.objects.open().values_list("pk", "name", "short_name", "aliases"):
        unit_names[pk] = name
        for word in (*aliases, short):
            if word:
                units.setdefault(fold(word), pk)
    units.update((fold(name), pk) for pk, name in unit_names.items())
    return Rules(
        today=today,
        synonyms=column_synonyms(),
        words=words,
        units=units,
        unit_names=unit_names,
        scope=None if user is None else frozenset(unit_ids_for(user, PERMISSION)),
        staff=Counter(
            fold(name) for name in User.objects.filter(is_active=True).values_list("display_name", flat=True)
        ),
    )


def column_synonyms() -> dict[str, str]:
    """Folded heading → column key: the bureau's table first, then what is shipped."""
    added = list(RosterColumn.objects.values_list("key", "aliases"))
    return synonyms([*((column.key, (column.label,)) for column in COLUMNS), *added])


def people_by_index(indexes: Iterable[bytes]) -> dict[bytes, Known]:
    """Persons not voided that bear one of the citizen id indexes, with their cadre columns where there is one."""
    rows = _select(f"{SELECT} WHERE p.voided_at IS NULL AND p.citizen_id_index = ANY(%s)", [list(indexes)])
    return {bytes(known["person.citizen_id_index"]): known for known in rows}


def people_by_id(ids: Iterable[int], *, lock: bool = False) -> dict[int, Known]:
    """The same by person id; with `lock` held, in the order of ids, until the transaction ends."""
    wanted = sorted(ids)
    if lock:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM people_person WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [wanted])
            cursor.execute(
                "SELECT person_id FROM registry_cadre WHERE person_id = ANY(%s) ORDER BY person_id FOR UPDATE", [wanted]
            )
    rows = _select(f"{SELECT} WHERE p.voided_at IS NULL AND p.id = ANY(%s)", [wanted])
    return {known["person.id"]: known for known in rows}


def _select(sql: str, params: list) -> list[Known]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [Known(values) for values in cursor]


def phones_of(ids: Iterable[int]) -> dict[int, list[dict]]:
    """person id → phones in the order in which they are tried."""
    found: dict[int, list[dict]] = defaultdict(list)
    names = ("id", "person_id", "version", "kind", "number_index", "updated_at", "position")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, person_id, version, kind, number_index, updated_at, position FROM people_phone "
            "WHERE person_id = ANY(%s) ORDER BY person_id, position, id",
            [list(ids)],
        )
        for values in cursor.fetchall():
            phone = dict(zip(names, values, strict=True))
            phone["number_index"] = bytes(phone["number_index"])
            found[phone["person_id"]].append(phone)
    return found


def extras_of(ids: Iterable[int]) -> dict[tuple[int, str], str]:
    """(person id, kind) → what the last applied roster said of rooms above."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (e.person_id, e.kind) e.person_id, e.kind, e.value FROM registry_importextra e "
            "JOIN registry_importbatch b ON b.id = e.batch_id AND b.state = %s "
            "WHERE e.person_id = ANY(%s) ORDER BY e.person_id, e.kind, e.id DESC",
            [ImportBatch.State.APPLIED, list(ids)],
        )
        return {(person_id, kind): value for person_id, kind, value in cursor.fetchall()}


class Namesake(NamedTuple):
    """A registered person: where he is managed (None: nowhere), and the birth date in his citizen id (YYYYMMDD)."""

    unit_id: int | None
    born: str


def namesakes(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[Namesake]]:
    """(name, birth date) → registered people of exactly this name and birth date."""
    names, births = zip(*pairs, strict=True) if (pairs := list(pairs)) else ((), ())
    found: dict[tuple[str, str], list[Namesake]] = defaultdict(list)
    if not names:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.name, p.birth_date, c.managing_unit_id, p.public_id, p.citizen_id "
            "FROM unnest(%s::text[], %s::text[]) AS wanted(name, birth_date) "
            "JOIN people_person p ON p.name = wanted.name AND p.birth_date = wanted.birth_date "
            "LEFT JOIN registry_cadre c ON c.person_id = p.id AND c.voided_at IS NULL WHERE p.voided_at IS NULL",
            [list(names), list(births)],
        )
        for name, birth, unit_id, public_id, sealed in cursor.fetchall():
            place = crypto.place("people.person", public_id, "citizen_id")
            born = crypto.decrypt(sealed, place)[6:14] if sealed else ""
            found[name, birth].append(Namesake(unit_id, born))
    return found


def wrote_last(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """person id → tracked columns as the last import left them, of people changed since (from the change history).

    People whom nobody touched since then are missing; so are those no import ever wrote.
    """
    from_history: dict[int, dict[str, Any]] = defaultdict(dict)
    for prefix, table, model_fields in (
        ("person", "people_personevent", PERSON_FIELDS),
        ("cadre", "registry_cadreevent", CADRE_FIELDS),
    ):
        columns = _columns_of(table)
        names = [name for name in model_fields if name in columns and name not in ("version", "voided_at")]
        key = "id" if prefix == "person" else "person_id"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT DISTINCT ON (e.pgh_obj_id) e.pgh_obj_id, {', '.join('e.' + name for name in names)} "  # noqa: S608
                f"FROM {table} e JOIN registry_cadre c ON c.person_id = e.{key} "
                "JOIN registry_importbatch b ON b.id = c.imported_batch_id "
                "WHERE e.pgh_obj_id = ANY(%s) AND e.pgh_created_at > b.applied_at "
                "ORDER BY e.pgh_obj_id, e.pgh_id",
                [list(ids)],
            )
            for pk, *values in cursor.fetchall():
                from_history[pk].update((f"{prefix}.{n}", v) for n, v in zip(names, values, strict=True))
    return from_history


def phones_touched(ids: Iterable[int]) -> set[int]:
    """Persons one of whose phones was written after the last import."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT t.person_id FROM people_phone t JOIN registry_cadre c ON c.person_id = t.person_id "
            "JOIN registry_importbatch b ON b.id = c.imported_batch_id "
            "WHERE t.person_id = ANY(%s) AND t.updated_at > b.applied_at",
            [list(ids)],
        )
        return {person_id for (person_id,) in cursor.fetchall()}


def _columns_of(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return {column.name for column in connection.introspection.get_table_description(cursor, table)}
