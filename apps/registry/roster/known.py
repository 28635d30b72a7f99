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
from apps.common.secrecy_words import current_words
from apps.organisation.barred import barred_entries
from apps.organisation.models import Community, Unit
from apps.registry.models import ImportBatch, RosterColumn

from .checking import Rules
from .columns import COLUMNS, synonyms
from .readers import fold
from .secrecy import Secrecy

PERMISSION = "registry.import_roster"

# Read of everybody; the others only where a file speaks of them.
ALWAYS = (
    "person.id", "person.version", "person.public_id", "person.name", "person.birth_date", "person.life_status",
    "person.citizen_id_index", "cadre.person_id", "cadre.version", "cadre.voided_at", "cadre.managing_unit_id",
    "cadre.counting_unit_id", "cadre.imported_batch_id",
)  # fmt: skip
NAMES = ("person.name", "person.former_name")
BIRTHDAYS = ("birthday_calendar", "birthday_month", "birthday_day", "birthday_leap")
RANKS = ("former_post", "rank_unmapped", "leader_rank", "leader_rank_since", "grade_rank", "grade_rank_since")
# Beside the key: what one attribute cannot be judged or written without.
TOGETHER = {
    **dict.fromkeys(NAMES, NAMES),
    **dict.fromkeys(
        ("person.birth_date", *(f"person.{name}" for name in BIRTHDAYS)), tuple(f"person.{name}" for name in BIRTHDAYS)
    ),
    **dict.fromkeys((f"cadre.{name}" for name in RANKS), tuple(f"cadre.{name}" for name in RANKS)),
    "cadre.managing_unit_id": ("cadre.managing_since", "cadre.counting_since"),
    "cadre.retire_type": ("cadre.retire_type_since",),
    "cadre.treatment": ("cadre.treatment_since", "cadre.treatment_document"),
    "person.citizen_id": ("person.citizen_id_last4", "person.birth_note", "person.sex"),
}
TABLES = {"person": ("p", "people_person"), "cadre": ("c", "registry_cadre"), "health": ("h", "registry_health")}
HEALTH_KEY = ("health.id", "health.version", "health.public_id")


class Known:
    """A person as the database has him, read by `person.<column>`, `cadre.<column>` and `health.<column>`; a fifth of
    a dict in size. Holds only the places that were asked for."""

    __slots__ = ("_at", "_values")

    def __init__(self, values: tuple, at: dict[str, int]) -> None:
        self._values, self._at = values, at

    def __getitem__(self, key: str) -> Any:
        return self._values[self._at[key]]

    def __contains__(self, key: object) -> bool:
        return key in self._at

    def get(self, key: str) -> Any:
        place = self._at.get(key)
        return None if place is None else self._values[place]


def places_about(places: Iterable[str]) -> tuple[str, ...]:
    """All places to read for judging and writing `places`, in a fixed order."""
    wanted = {place for place in places if place.split(".")[0] in TABLES}
    wanted |= {other for place in wanted for other in TOGETHER.get(place, ())}
    if any(place.startswith("health.") for place in wanted):
        wanted.update(HEALTH_KEY)
    return (*ALWAYS, *sorted(wanted - {*ALWAYS}))


def load_rules(user, today: date) -> Rules:
    """`user` None is the system itself (the command line): every unit."""
    words: dict[str, tuple[Mapping[str, Any], Mapping[str, str]]] = {}
    for column in COLUMNS:
        if column.reads in ("code", "codes", "level"):
            codes = {fold(name): code for name, code in codes_by_name(column.source).items()}
            words[column.key] = (codes, {name: code for code, name in names_of(column.source).items()})
    words["community"] = (_communities(), {})
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
        secrecy=Secrecy(current_words(), barred_entries()),
        not_for_him=frozenset(
            column.key for column in COLUMNS if column.right and user is not None and not user.has_perm(column.right)
        ),
    )


def _communities() -> dict[str, list[int]]:
    """Folded name, with and without its street → ids of open communities."""
    found: dict[str, list[int]] = defaultdict(list)
    rows = Community.objects.filter(voided_at__isnull=True, closed_on__isnull=True)
    for pk, name, street in rows.values_list("pk", "name", "street"):
        for word in {name, name.removesuffix("社区"), street + name}:
            found[fold(word)].append(pk)
    return found


def names_of_communities(ids: Iterable[int]) -> dict[int, str]:
    return dict(Community.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


def column_synonyms() -> dict[str, str]:
    """Folded heading → column key: the bureau's table first, then what is shipped."""
    added = list(RosterColumn.objects.values_list("key", "aliases"))
    return synonyms([*((column.key, (column.label,)) for column in COLUMNS), *added])


class Identity(NamedTuple):
    """Who somebody is: enough to find him, not to compare him."""

    person_id: int
    index: bytes | None
    name: str
    birth: str
    unit_id: int | None


_IDENTITY = (
    "SELECT p.id, p.citizen_id_index, p.name, p.birth_date, CASE WHEN c.voided_at IS NULL THEN c.managing_unit_id END "
    "FROM people_person p LEFT JOIN registry_cadre c ON c.person_id = p.id "
)


def people_by_index(indexes: Iterable[bytes]) -> dict[bytes, Identity]:
    """Persons not voided that bear one of the citizen id indexes."""
    found = _identities(f"{_IDENTITY} WHERE p.voided_at IS NULL AND p.citizen_id_index = ANY(%s)", [list(indexes)])
    return {person.index: person for person in found if person.index is not None}


def people_by_name(names_and_years: Iterable[tuple[str, str]]) -> dict[str, list[Identity]]:
    """Persons not voided, by name, born in the year beside it."""
    pairs = sorted(set(names_and_years))
    found: dict[str, list[Identity]] = defaultdict(list)
    if pairs:
        names, years = zip(*pairs, strict=True)
        rows = _identities(
            f"{_IDENTITY} JOIN unnest(%s::text[], %s::text[]) AS wanted(name, year) "  # noqa: S608
            "ON p.name = wanted.name AND left(p.birth_date, 4) = wanted.year WHERE p.voided_at IS NULL",
            [list(names), list(years)],
        )
        for person in rows:
            found[person.name].append(person)
    return found


def _identities(sql: str, params: list) -> list[Identity]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [
            Identity(pk, None if index is None else bytes(index), name, birth or "", unit)
            for pk, index, name, birth, unit in cursor
        ]


def people_by_id(ids: Iterable[int], places: Iterable[str] = (), *, lock: bool = False) -> dict[int, Known]:
    """What stands of persons at `places`, by person id; with `lock` held, in the order of ids, to the end of the
    transaction."""
    wanted, read = sorted(ids), places_about(places)
    has_health = any(place.startswith("health.") for place in read)
    tables = ["people_person p", "LEFT JOIN registry_cadre c ON c.person_id = p.id"]
    if has_health:
        tables.append("LEFT JOIN registry_health h ON h.cadre_id = p.id")
    columns = ", ".join(f"{TABLES[place.split('.')[0]][0]}.{place.split('.')[1]}" for place in read)
    at = {place: number for number, place in enumerate(read)}
    with connection.cursor() as cursor:
        if lock:
            cursor.execute("SELECT id FROM people_person WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [wanted])
            cursor.execute(
                "SELECT person_id FROM registry_cadre WHERE person_id = ANY(%s) ORDER BY person_id FOR UPDATE", [wanted]
            )
        cursor.execute(
            f"SELECT {columns} FROM {' '.join(tables)} WHERE p.voided_at IS NULL AND p.id = ANY(%s)",  # noqa: S608
            [wanted],
        )
        people = [Known(values, at) for values in cursor]
    return {known["person.id"]: known for known in people}


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


def wrote_last(ids: Iterable[int], places: Iterable[str]) -> dict[int, dict[str, Any]]:
    """person id → tracked columns as the last import left them, of people changed since (from the change history).

    People whom nobody touched since then are missing; so are those no import ever wrote.
    """
    from_history: dict[int, dict[str, Any]] = defaultdict(dict)
    people, wanted = list(ids), list(places)
    for prefix, table, key in (
        ("person", "people_personevent", "pgh_obj_id"),
        ("cadre", "registry_cadreevent", "pgh_obj_id"),
        ("health", "registry_healthevent", "cadre_id"),
    ):
        names = [place.split(".")[1] for place in wanted if place.startswith(f"{prefix}.")]
        tracked = _columns_of(table) if names else set()
        names = [name for name in names if name in tracked]
        if not names:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT DISTINCT ON (e.pgh_obj_id) e.{key}, {', '.join('e.' + name for name in names)} "  # noqa: S608
                f"FROM {table} e JOIN registry_cadre c ON c.person_id = e.{key} "
                "JOIN registry_importbatch b ON b.id = c.imported_batch_id "
                f"WHERE e.{key} = ANY(%s) AND e.pgh_created_at > b.applied_at "
                "ORDER BY e.pgh_obj_id, e.pgh_id",
                [people],
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
